"""Dates as days and seconds, so that partial dates and SAS numbers can be compared by what they may stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import find_distinct, from_arrow, to_arrow

DAY = 86_400.0
SAS_OFFSET = -3653.0
"""1960-01-01, where SAS dates begin, in days since 1970-01-01."""
_PATTERN = (
    r"^(?P<year>[0-9]{4}|-)(?:-(?P<month>[0-9]{2}|-)(?:-(?P<day>[0-9]{2}|-))?)?"
    r"(?:T(?P<hour>[0-9]{2}|-)(?::(?P<minute>[0-9]{2}|-)(?::(?P<second>[0-9]{2}|-)(?:\.[0-9]+)?)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
_NAMES = ("year", "month", "day", "hour", "minute", "second")


@dataclass(frozen=True)
class Moments:
    """For each date, what it may stand for; float64, NaN where its year is unknown or it is no date.

    ``first_day`` and ``last_day`` count from 1970-01-01 and are equal for a complete date. ``first_second`` and
    ``last_second`` are seconds of the day: 0 and 86,399 where no time is known. Time zones are not looked at.
    """

    first_day: np.ndarray
    last_day: np.ndarray
    first_second: np.ndarray
    last_second: np.ndarray
    timed: np.ndarray

    @property
    def complete(self) -> np.ndarray:
        """Which have year, month and day."""
        return np.asarray(self.first_day == self.last_day)

    @property
    def days(self) -> np.ndarray:
        """The day of complete dates, NaN for others."""
        return np.where(self.complete, self.first_day, np.nan)

    def take(self, positions: np.ndarray) -> Moments:
        """The moments at the positions."""
        return Moments(
            self.first_day[positions],
            self.last_day[positions],
            self.first_second[positions],
            self.last_second[positions],
            self.timed[positions],
        )

    @property
    def earliest(self) -> np.ndarray:
        """Seconds since 1970 of the first moment that a text may stand for."""
        return np.asarray(self.first_day * DAY + self.first_second)

    @property
    def latest(self) -> np.ndarray:
        """Seconds since 1970 of the last moment that a text may stand for."""
        return np.asarray(self.last_day * DAY + self.last_second)


@dataclass(frozen=True)
class Parts:
    """What ISO 8601 texts say, part by part; float64, NaN for a part that is unknown.

    ``faults`` is true for texts that are not ISO 8601 or name a day or time that does not exist; their parts are NaN.
    """

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    minute: np.ndarray
    second: np.ndarray
    faults: np.ndarray

    def take(self, positions: np.ndarray) -> Parts:
        """The parts at the positions."""
        known = {name: getattr(self, name)[positions] for name in _NAMES}
        return Parts(**known, faults=self.faults[positions])


def read_moments(iso: pd.Series) -> Moments:
    """The moments of a column of ISO 8601 texts.

    >>> moments = read_moments(pd.Series(["1970-01-03", "1970-02", ""], dtype="str"))
    >>> moments.first_day.tolist(), moments.last_day.tolist()
    ([2.0, 31.0, nan], [2.0, 58.0, nan])
    """
    found = find_distinct(iso)
    return span_parts(_split(found.values)).take(found.codes)


def read_sas_moments(numbers: pd.Series, seconds: bool) -> Moments:
    """The moments of SAS dates, or of SAS datetimes when `seconds`; both count from 1960-01-01.

    >>> read_sas_moments(pd.Series([3654.0]), seconds=False).first_day.tolist()
    [1.0]
    >>> read_sas_moments(pd.Series([86_399.0]), seconds=True).first_second.tolist()
    [86399.0]
    """
    values = numbers.to_numpy(dtype=float)
    days = np.floor(values / DAY) if seconds else np.floor(values)
    second = values - days * DAY if seconds else np.zeros(len(values))
    timed = ~np.isnan(values) & seconds
    return Moments(days + SAS_OFFSET, days + SAS_OFFSET, second, second if seconds else second + DAY - 1, timed)


def is_datetime(ref: str) -> bool:
    """Whether a column of numbers holds SAS datetimes, which its name tells.

    >>> is_datetime("ADSL.TRTSDTM"), is_datetime("TRTSDT")
    (True, False)
    """
    return ref.endswith("DTM")


def read_parts(texts: pd.Series) -> Parts:
    """The parts of ISO 8601 texts, best called with distinct ones.

    >>> parts = read_parts(pd.Series(["2022---15", "2022-02-30", ""], dtype="str"))
    >>> parts.day.tolist(), parts.faults.tolist()
    ([15.0, nan, nan], [False, True, False])
    """
    parts = _split(texts)
    short = np.isin(parts.month, (4, 6, 9, 11))
    leap = (parts.year % 4 == 0) & ((parts.year % 100 != 0) | (parts.year % 400 == 0)) | np.isnan(parts.year)
    longest = np.where(parts.month == 2, np.where(leap, 29, 28), np.where(short, 30, 31))
    wrong = (parts.month < 1) | (parts.month > 12) | (parts.day < 1) | (parts.day > longest)
    wrong |= (parts.year < 1) | (parts.hour > 23) | (parts.minute > 59) | (parts.second > 59)
    faults = parts.faults | wrong
    known = {name: np.where(faults, np.nan, getattr(parts, name)) for name in _NAMES}
    return Parts(**known, faults=faults)


def _split(texts: pd.Series) -> Parts:
    """The parts as they are written; faults are texts that are not ISO 8601."""
    matched = pc.extract_regex(to_arrow(texts), _PATTERN)
    part = {name: _read_numbers(from_arrow(pc.struct_field(matched, name))) for name in _NAMES}
    written = (texts != "").to_numpy(dtype=bool)
    return Parts(**part, faults=written & np.asarray(pc.is_null(matched).to_numpy(zero_copy_only=False), dtype=bool))


def span_parts(part: Parts) -> Moments:
    """What the parts may stand for."""
    year, month, day = part.year, part.month, part.day
    first_month, last_month = (np.where(np.isnan(month), edge, month) for edge in (1, 12))
    first = count_days(year, first_month, np.where(np.isnan(day), 1, day))
    end_of_month = count_days(year, last_month + 1, np.ones(len(year))) - 1
    last = np.where(np.isnan(day), end_of_month, count_days(year, last_month, day))
    hour, minute, second = (np.nan_to_num(getattr(part, name)) for name in _NAMES[3:])
    timed = ~np.isnan(part.hour)
    last_minute = np.where(np.isnan(part.minute), 59, part.minute)
    last_second = np.where(np.isnan(part.second), 59, part.second)
    return Moments(
        first,
        last,
        np.where(timed, hour * 3600 + minute * 60 + second, 0.0),
        np.where(timed, hour * 3600 + last_minute * 60 + last_second, DAY - 1),
        timed,
    )


def _read_numbers(values: pd.Series) -> np.ndarray:
    """Digits as numbers; a hyphen or nothing is NaN."""
    return pd.to_numeric(values.where(values.str.isdigit()), errors="coerce").to_numpy(dtype=float)


def count_days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days since 1970-01-01 in the Gregorian calendar; month 13 is January of the next year."""
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
