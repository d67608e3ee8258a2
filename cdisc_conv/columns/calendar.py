"""The Gregorian calendar over whole arrays: days since 1970-01-01, their months, and how long a month is."""

from __future__ import annotations

import numpy as np

DAY = 86_400.0
"""Seconds of a day."""


def count_days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days since 1970-01-01; month 13 is January of the next year.

    >>> count_days(np.array([1970.0, 2000.0]), np.array([1.0, 3.0]), np.array([2.0, 1.0])).tolist()
    [1.0, 11017.0]
    """
    year = year + (month > 12)
    month = np.where(month > 12, 1, month)
    # Years that begin in March put the leap day at their end.
    shifted = year - (month <= 2)
    era = np.floor(shifted / 400)
    of_era = shifted - era * 400
    day_of_year = np.floor((153 * (month + np.where(month > 2, -3, 9)) + 2) / 5) + day - 1
    return np.asarray(
        era * 146097 + of_era * 365 + np.floor(of_era / 4) - np.floor(of_era / 100) + day_of_year - 719468
    )


def count_month(year: np.ndarray, month: np.ndarray) -> np.ndarray:
    """How many days a month has; NaN without year.

    >>> count_month(np.array([1900.0, 2000.0, 2024.0]), np.array([2.0, 2.0, 12.0])).tolist()
    [28.0, 29.0, 31.0]
    """
    first = np.ones(np.broadcast(year, month).shape)
    return np.asarray(count_days(year, month + 1, first) - count_days(year, month, first))


def split_days(days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole days since 1970 as months since then and the day of the month.

    >>> months, day = split_days(np.array([0.0, 58.0, -1.0]))
    >>> months.tolist(), day.tolist()
    ([0, 1, -1], [0, 27, 30])
    """
    dates = days.astype(np.int64).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return months.astype(np.int64), (dates - months.astype("datetime64[D]")).astype(np.int64)


def exists(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Which dates the calendar has; an unknown part (NaN) forbids nothing, and there is no year 0.

    >>> exists(np.array([1900.0, np.nan]), np.array([2.0, 2.0]), np.array([29.0, 29.0])).tolist()
    [False, True]
    """
    longest = count_month(np.where(np.isnan(year), 2000, year), np.where(np.isnan(month), 1, np.clip(month, 1, 12)))
    return ~((year < 1) | (month < 1) | (month > 12) | (day < 1) | (day > longest))
