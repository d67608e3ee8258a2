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
_UNKNOWN = ("", "-")
_OPEN_END = r"-(?:Z|[+-][0-9]{2}:[0-9]{2})?$"
"""A hyphen stands for an unknown part only where a known one follows it."""
NAMES = ("year", "month", "day", "hour", "minute", "second")
_ZERO = np.uint8(ord("0"))
_PLAIN = np.frombuffer(b"0000-00-00T00:00:00", dtype=np.uint8)
_IS_DIGIT = _PLAIN == _ZERO
_LENGTHS = (4, 7, 10, 13, 16, 19)
"""How long a text is that ends with its year, its month, its day and so on."""
_WEIGHTS = np.zeros((len(_PLAIN), len(NAMES)))
"""What a digit at each place adds to the year, the month, the day and so on."""
_WEIGHTS[:4, 0] = [1000, 100, 10, 1]
for _number, _length in enumerate(_LENGTHS[1:], start=1):
    _WEIGHTS[_length - 2 : _length, _number] = [10, 1]
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
    part, left = _read_plain(array)
    offset, faults = np.full(len(array), np.nan), np.zeros(len(array), dtype=bool)
    if left.any():
        part[:, left], offset[left], faults[left] = _read_others(array.filter(pa.array(left)))
    year, month, day, hour, minute, second = part
    faults |= ~exists(year, month, day)
    faults |= (hour > 23) | (minute > 59) | (second >= 60) | (np.abs(offset) > MOST_OFFSET)
    known = dict(zip((*NAMES, "offset"), np.where(faults, np.nan, [*part, offset]), strict=True))
    return Parts(**known, faults=faults)


def _read_plain(array: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The parts (one row each) of texts that have all their digits up to some part, and which texts are left.

    Nearly all dates are such, and their digits are read many times as fast as a regular expression finds them.
    """
    part = np.full((len(NAMES), len(array)), np.nan)
    if not len(array):
        return part, np.zeros(0, dtype=bool)
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    lengths = np.diff(offsets)
    left = lengths > 0
    for number, length in enumerate(_LENGTHS, start=1):
        rows = np.flatnonzero(lengths == length)
        if not rows.size:
            continue
        characters = np.frombuffer(array.buffers()[2], dtype=np.uint8)[offsets[rows, np.newaxis] + np.arange(length)]
        digits = np.where(_IS_DIGIT[:length], characters - _ZERO, characters != _PLAIN[:length])
        fits = (digits <= np.where(_IS_DIGIT[:length], 9, 0)).all(axis=1)
        part[:number, rows[fits]] = (digits[fits] @ _WEIGHTS[:length, :number]).T
        left[rows[fits]] = False
    return part, left


def _read_others(array: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The parts of texts in any form, their offsets, and which are no dates."""
    matched = pc.extract_regex(array, _PATTERN)
    faults = _to_bool(pc.or_(pc.is_null(matched), pc.match_substring_regex(array, _OPEN_END)))
    part = np.array([_read_numbers(pc.struct_field(matched, name)) for name in NAMES])
    return part, _read_offsets(pc.struct_field(matched, "offset")), faults


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
    unknown = pc.is_in(digits, pa.array(_UNKNOWN, pa.large_string()))
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
