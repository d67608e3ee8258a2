"""The one place that reads ISO 8601 dates and times, as SDTM writes them (SDTMIG 3.4, sections 4.4.1 to 4.4.3).

A date may be cut off on the right (``2014-03``), have a hyphen for an unknown part before a known one (``2014---15``,
``--12-15``, ``2003-12-15T-:15``), have decimals of a second and a UTC offset (``Z``, ``+02:00``), and be an interval of
uncertainty (``2022-05-01/2022-05-10``, ``2022-05-01/P10D``). Hours are 00 to 23, minutes and seconds 00 to 59. What
ISO 8601 knows beyond this, such as weeks, days of the year and dates without hyphens, SDTM does not use.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.calendar import exists
from cdisc_conv.columns.distinct import find_distinct, from_arrow, to_arrow

_PATTERN = (
    r"^(?P<year>[0-9]{4}|-)(?:-(?P<month>[0-9]{2}|-)(?:-(?P<day>[0-9]{2}|-)"
    r"(?:T(?P<hour>[0-9]{2}|-)(?::(?P<minute>[0-9]{2}|-)(?::(?P<second>[0-9]{2}(?:\.[0-9]+)?|-))?)?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?$"
)
_UNKNOWN = pa.array(["", "-"], pa.large_string())
_OPEN_END = r"-(?:Z|[+-][0-9]{2}:[0-9]{2})?$"
"""A hyphen stands for an unknown part only where a known one follows it."""
NAMES = ("year", "month", "day", "hour", "minute", "second")
MOST_OFFSET = 14 * 60
"""Minutes: no clock is further from UTC."""


@dataclass(frozen=True)
class Parts:
    """What texts say, part by part; float64, NaN for a part that is unknown.

    ``offset`` is that from UTC in minutes, NaN where none is written. ``faults`` is true for texts that are not
    ISO 8601 dates or name a day or time that does not exist; their parts are NaN. Blank texts have no fault.
    """

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    minute: np.ndarray
    second: np.ndarray
    offset: np.ndarray
    faults: np.ndarray

    def take(self, positions: np.ndarray) -> Parts:
        """The parts at the positions."""
        return Parts(*(getattr(self, name)[positions] for name in (*NAMES, "offset", "faults")))


def read_single(texts: pd.Series) -> Parts:
    """The parts of dates without intervals, best called with distinct trimmed texts.

    >>> parts = read_single(pd.Series(["2022---15", "2022-02-30", "2022-03-01T08:30+02:00", ""], dtype="str"))
    >>> parts.day.tolist(), parts.offset.tolist(), parts.faults.tolist()
    ([15.0, nan, 1.0, nan], [nan, nan, 120.0, nan], [False, True, False, False])
    """
    array = to_arrow(texts)
    matched = pc.extract_regex(array, _PATTERN)
    written = pc.greater(pc.binary_length(array), 0)
    faults = _to_bool(pc.and_(written, pc.or_(pc.is_null(matched), pc.match_substring_regex(array, _OPEN_END))))
    part = {name: _read_numbers(pc.struct_field(matched, name)) for name in NAMES}
    offset = _read_offsets(pc.struct_field(matched, "offset"))
    faults = faults | ~exists(part["year"], part["month"], part["day"])
    faults |= (part["hour"] > 23) | (part["minute"] > 59) | (part["second"] >= 60) | (np.abs(offset) > MOST_OFFSET)
    known = {name: np.where(faults, np.nan, each) for name, each in (*part.items(), ("offset", offset))}
    return Parts(**known, faults=faults)


def share_parts(first: Parts, second: Parts) -> Parts:
    """What the two ends of an interval say alike: their parts up to the first that differs."""
    same = ~(first.faults | second.faults)
    shared = {}
    for name in NAMES:
        ours = getattr(first, name)
        same = same & (ours == getattr(second, name))
        shared[name] = np.where(same, ours, np.nan)
    alike = first.offset == second.offset
    return Parts(**shared, offset=np.where(alike, first.offset, np.nan), faults=first.faults | second.faults)


def _read_numbers(digits: pa.Array) -> np.ndarray:
    """Digits as numbers; a hyphen or nothing is NaN."""
    unknown = pc.is_in(digits, _UNKNOWN)
    numbers = pc.if_else(unknown, pa.scalar(None, digits.type), digits).cast(pa.float64())
    return np.asarray(pc.fill_null(numbers, np.nan).to_numpy(zero_copy_only=False))


def _read_offsets(texts: pa.Array) -> np.ndarray:
    """Minutes of ``Z`` and ``+hh:mm``; NaN for nothing, and infinite where there are no such minutes."""
    found = find_distinct(from_arrow(texts))
    minutes = [_read_offset(text) for text in found.values]
    return np.asarray(np.array(minutes, dtype=float)[found.codes])


def _read_offset(text: str) -> float:
    if text in ("", "Z"):
        return 0.0 if text else np.nan
    hours, minutes = int(text[1:3]), int(text[4:])
    return np.inf if minutes > 59 else (hours * 60.0 + minutes) * (-1 if text[0] == "-" else 1)


def _to_bool(array: pa.Array) -> np.ndarray:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)
