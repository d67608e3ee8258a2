"""ISO 8601 dates, times, intervals and durations as SDTM writes them (SDTMIG 3.4, 4.4.1 to 4.4.3).

A date may be cut off on the right (``2014-03``) or have a hyphen for a part that is not known (``2014---15``). So a
value is a stretch of time: from the first to the last second that it can mean. Two values are in the wrong order only
when the stretches say so for certain.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.checks.codes import Coded
from cdisc_conv.expr.vectors import to_bool

DAY = 86400.0
_EPOCH = date(1970, 1, 1).toordinal()
_FULL = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$"
_PARTS = re.compile(
    r"(?P<year>\d{4}|-)(-(?P<month>\d\d|-)(-(?P<day>\d\d|-)"
    r"(T(?P<hour>\d\d|-)(:(?P<minute>\d\d|-)(:(?P<second>\d\d(\.\d+)?|-))?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_DURATION = re.compile(
    r"-?P(?=[\dT])(\d+(\.\d+)?W|(\d+(\.\d+)?Y)?(\d+(\.\d+)?M)?(\d+(\.\d+)?D)?"
    r"(T(?=\d)(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?)",
    re.ASCII,
)
_NAMES = ("year", "month", "day", "hour", "minute", "second")
_LAST = {"hour": 23, "minute": 59, "second": 60}


@dataclass(frozen=True)
class Moments:
    """What each record's date and time can mean: `low` and `high` are seconds since 1970 (float64, NaN: unknown),
    `valid` tells ISO 8601 from anything else (blank is valid), `whole` whether a single, complete date is given."""

    low: np.ndarray
    high: np.ndarray
    valid: np.ndarray
    whole: np.ndarray

    @cached_property
    def day(self) -> np.ndarray:
        """The day as a number (float64), NaN unless the date is complete."""
        return np.where(self.whole, np.floor(self.low / DAY), np.nan)

    def spread(self, codes: np.ndarray) -> Moments:
        return Moments(self.low[codes], self.high[codes], self.valid[codes], self.whole[codes])


def read_moments(column: Coded) -> Moments:
    """The moments of a text column, read once per distinct value."""
    if not len(column.values):
        return Moments(*(np.zeros(0) for _ in range(2)), *(np.zeros(0, dtype=bool) for _ in range(2)))
    low, high, valid, whole = _read_full(column.values)
    for place in np.flatnonzero(~whole).tolist():
        low[place], high[place], valid[place], whole[place] = read_moment(column.values[place].as_py())
    return Moments(low, high, valid, whole).spread(column.codes)


def read_moment(text: str) -> tuple[float, float, bool, bool]:
    """Low, high, valid and whole of one value; see `Moments`.

    >>> low, high, valid, whole = read_moment("2014-03")
    >>> int((high - low) // DAY), valid, whole
    (30, True, False)
    >>> read_moment("2014-13-45")[2], read_moment("2014-02-29")[2], read_moment("2014---15")[2], read_moment("")[2]
    (False, False, True, True)
    """
    if not text:
        return np.nan, np.nan, True, False
    start, slash, end = text.partition("/")
    if slash:
        first = read_moment(start)
        if not (start and end and first[2]):
            return np.nan, np.nan, False, False
        if is_duration(end):
            return first[0], np.nan, True, False
        last = read_moment(end)
        return (first[0], last[1], last[2], False) if "/" not in end else (np.nan, np.nan, False, False)
    return _read_single(text)


def is_duration(text: str) -> bool:
    """Whether a text is an ISO 8601 duration.

    >>> [is_duration(text) for text in ("P3D", "PT2H30M", "-PT15M", "P2W", "P", "3 days", "PT")]
    [True, True, True, True, False, False, False]
    """
    return _DURATION.fullmatch(text) is not None


def _read_single(text: str) -> tuple[float, float, bool, bool]:
    wrong = (np.nan, np.nan, False, False)
    found = _PARTS.fullmatch(text)
    if found is None:
        return wrong
    given = [found[name] for name in _NAMES if found[name] is not None]
    if given[-1] == "-":
        return wrong
    parts = {name: float(part) for name in _NAMES if (part := found[name]) not in (None, "-")}
    if not _is_possible(parts):
        return wrong
    if "year" not in parts:
        return np.nan, np.nan, True, False
    return *_stretch(parts), True, all(name in parts for name in _NAMES[:3])


def _is_possible(parts: dict[str, float]) -> bool:
    month = int(parts.get("month", 1))
    if not 1 <= month <= 12 or parts.get("year") == 0:
        return False
    longest = monthrange(int(parts.get("year", 2000)), month)[1] if "month" in parts else 31
    if not 1 <= parts.get("day", 1) <= longest:
        return False
    return parts.get("second", 0) < 60 and all(parts.get(name, 0) <= last for name, last in _LAST.items())


def _stretch(parts: dict[str, float]) -> tuple[float, float]:
    """First and last second; everything behind the first unknown part is open."""
    known: dict[str, float] = {}
    for name in _NAMES:
        if name not in parts:
            break
        known[name] = parts[name]
    year = int(known["year"])
    first_month, last_month = (int(known["month"]),) * 2 if "month" in known else (1, 12)
    last_day = int(known.get("day", monthrange(year, last_month)[1]))
    low = _seconds(year, first_month, int(known.get("day", 1)))
    high = _seconds(year, last_month, last_day)
    clock = {"hour": 3600, "minute": 60, "second": 1}
    low += sum(known.get(name, 0) * size for name, size in clock.items())
    latest = {"hour": 23, "minute": 59, "second": 59}
    high += sum(known.get(name, latest[name]) * size for name, size in clock.items())
    return low, high


def _seconds(year: int, month: int, day: int) -> float:
    return (date(year, month, day).toordinal() - _EPOCH) * DAY


def _read_full(texts: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The complete dates, with or without a time, of many distinct texts at once; `whole` says which they are."""
    full = to_bool(pc.match_substring_regex(texts, _FULL)).copy()
    low, high = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    chosen = texts.filter(pa.array(full))
    year, month, day = (_slice(chosen, start, stop) for start, stop in ((0, 4), (5, 7), (8, 10)))
    hour, minute, second = (_slice(chosen, start, start + 2) for start in (11, 14, 17))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    longest = lengths[np.clip(month, 1, 12) - 1] + ((month == 2) & leap)
    fine = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)
    fine &= (hour <= 23) & (minute <= 59) & (second <= 59)
    days = _day_number(year, np.clip(month, 1, 12), day) - _EPOCH
    start = days * DAY + np.maximum(hour, 0) * 3600 + np.maximum(minute, 0) * 60 + np.maximum(second, 0)
    open_end = np.where(hour < 0, DAY - 1, np.where(second < 0, 59, 0))
    low[full], high[full] = np.where(fine, start, np.nan), np.where(fine, start + open_end, np.nan)
    full[full] = fine
    return low, high, full.copy(), full


def _slice(texts: pa.Array, start: int, stop: int) -> np.ndarray:
    """The digits at a place as numbers; -1 where the text ends before."""
    digits = pc.utf8_slice_codeunits(texts, start, stop)
    digits = pc.if_else(pc.equal(pc.binary_length(digits), 0), "-1", digits)
    return np.asarray(pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False))


def _day_number(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The proleptic Gregorian day, counted like ``date.toordinal``."""
    past = year - 1
    before = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return np.asarray(
        past * 365 + past // 4 - past // 100 + past // 400 + before[month - 1] + ((month > 2) & leap) + day,
        dtype="float64",
    )
