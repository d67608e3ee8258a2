"""ISO 8601 dates as rules compare them: to the precision that both have, and only what is a date at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from cdisc_conv.checks.core.data.vectors import Mask, Value, Vector
from cdisc_conv.columns.calendar import count_days as count_calendar_days
from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.iso import NAMES, Parts, read_single

_FIRST = (0.0, 1.0, 1.0, 0.0, 0.0, 0.0)
"""What stands for a part that is not known."""
_SIZES = (12, 31, 24, 60, 60 * 1_000_000)
"""How many of the next smaller part there are in each: a date becomes one number that sorts like it."""
_DAY = 2
"""The precision of a complete date: year 0, month 1, day 2, hour 3, minute 4, second 5; -1 for no date."""


@dataclass(frozen=True, eq=False)
class Dates:
    """The distinct values of a vector as dates.

    ``days`` of complete dates count from 1970. ``keys`` has a row per value and a column per precision: one number that
    sorts like the date cut off there.
    """

    valid: np.ndarray
    precision: np.ndarray
    complete: np.ndarray
    days: np.ndarray
    keys: np.ndarray


def read_dates(vector: Vector) -> Dates:
    """The values of a vector as dates, worked out once per vector.

    An interval counts as its start. A number is no date.
    """
    return vector.learn("dates", _read)


def _read(values: tuple[Value, ...]) -> Dates:
    texts = [value if isinstance(value, str) else "" for value in values]
    parts = _parse([text.partition("/")[0] for text in texts])
    interval = np.array(["/" in text for text in texts], dtype=bool)
    valid = np.array([bool(text) for text in texts], dtype=bool) & ~parts.faults
    for place in np.flatnonzero(interval):
        end = texts[place].partition("/")[2]
        valid[place] &= bool(end) and not _parse([end]).faults[0]
    filled = np.stack(
        [
            np.where(np.isnan(getattr(parts, name)), first, getattr(parts, name))
            for name, first in zip(NAMES, _FIRST, strict=True)
        ],
        axis=1,
    )
    known = np.stack([~np.isnan(getattr(parts, name)) for name in NAMES], axis=1)
    precision = np.where(valid, np.cumprod(known, axis=1).sum(axis=1) - 1, -1)
    complete = valid & (known.sum(axis=1) - 1 == precision) & (precision >= _DAY) & ~interval
    days = np.where(complete, count_calendar_days(*filled[:, :3].T), np.nan)
    _move_to_utc(filled, np.where(precision > _DAY, parts.offset, np.nan))
    return Dates(valid, precision, complete, days, _make_keys(filled))


def _parse(texts: Sequence[str]) -> Parts:
    return read_single(pd.Series(texts, dtype=TEXT))


def _move_to_utc(filled: np.ndarray, offsets: np.ndarray) -> None:
    """Times with an offset, few as they are, onto the clock of UTC."""
    for row in np.flatnonzero(np.nan_to_num(offsets) != 0):
        year, month, day, hour, minute = (int(part) for part in filled[row, :5])
        try:
            moved = datetime(year, month, day, hour, minute) - timedelta(minutes=float(offsets[row]))
        except (ValueError, OverflowError):
            continue
        filled[row, :5] = (moved.year, moved.month, moved.day, moved.hour, moved.minute)


def _make_keys(filled: np.ndarray) -> np.ndarray:
    keys = np.zeros((len(filled), len(NAMES)), dtype="int64")
    for precision in range(len(NAMES)):
        cut = filled.copy()
        cut[:, precision + 1 :] = _FIRST[precision + 1 :]
        number = cut[:, 0].astype("int64")
        for place, size in enumerate(_SIZES, 1):
            part = cut[:, place] * 1_000_000 if place == len(_SIZES) else cut[:, place] - (place < 3)
            number = number * size + np.round(part).astype("int64")
        keys[:, precision] = number
    return keys


def compare_dates(
    left: Vector, right: Vector, compare: Callable[[np.ndarray, np.ndarray], np.ndarray], *, exact: bool | None = None
) -> Mask:
    """Where two dates stand in an order, to the precision that both have; False where one of them is no date.

    `exact` False or True is the answer where the precisions differ, None when they do not matter: ``2014-03`` is
    neither before nor after ``2014-03-15``, and not equal to it.
    """
    ours, theirs = read_dates(left), read_dates(right)
    if not len(left):
        return np.zeros(0, dtype=bool)
    mine, other = ours.precision[left.codes], theirs.precision[right.codes]
    common = np.minimum(mine, other)
    found = compare(ours.keys[left.codes, common], theirs.keys[right.codes, common])
    if exact is not None:
        found = np.where(mine == other, found, exact)
    return np.asarray((common >= 0) & found, dtype=bool)


def compare_parts(
    left: Vector, right: Vector, part: str, compare: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> Mask:
    """Where one part of two dates, such as the year, stands in an order."""
    place = NAMES.index(part) if part in NAMES else len(NAMES) - 1
    ours, theirs = read_dates(left), read_dates(right)

    def pick(dates: Dates, codes: np.ndarray) -> np.ndarray:
        keys = dates.keys[codes, len(NAMES) - 1]
        for size in reversed(_SIZES[place:]):
            keys = keys // size
        return np.asarray(keys % _SIZES[place - 1] if place else keys)

    valid = ours.valid[left.codes] & theirs.valid[right.codes]
    return np.asarray(valid & compare(pick(ours, left.codes), pick(theirs, right.codes)), dtype=bool)


def count_days(vector: Vector) -> np.ndarray:
    """Days since 1970 of complete dates per record, NaN for others."""
    return vector.spread(read_dates(vector).days)
