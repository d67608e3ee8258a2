"""ISO 8601 texts as days and seconds, so that partial dates can be compared by what they may stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from cdisc_conv.derivations.distinct import Distinct, find_distinct, from_arrow, to_arrow

DAY = 86_400.0
_PATTERN = (
    r"^(?P<year>[0-9]{4}|-)(?:-(?P<month>[0-9]{2}|-)(?:-(?P<day>[0-9]{2}|-))?)?"
    r"(?:T(?P<hour>[0-9]{2}|-)(?::(?P<minute>[0-9]{2}|-)(?::(?P<second>[0-9]{2}|-)(?:\.[0-9]+)?)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
_NAMES = ("year", "month", "day", "hour", "minute", "second")


@dataclass(frozen=True)
class Moments:
    """For each ISO 8601 text, what it may stand for; float64, NaN where its year is unknown or it is no date.

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


def read_moments(iso: pd.Series) -> Moments:
    """The moments of a column of ISO 8601 texts.

    >>> moments = read_moments(pd.Series(["1970-01-03", "1970-02", ""], dtype="str"))
    >>> moments.first_day.tolist(), moments.last_day.tolist()
    ([2.0, 31.0, nan], [2.0, 58.0, nan])
    """
    found = find_distinct(iso)
    return _read_distinct(found).take(found.codes)


def _read_distinct(found: Distinct) -> Moments:
    matched = pc.extract_regex(to_arrow(found.values), _PATTERN)
    part = {name: _read_numbers(from_arrow(pc.struct_field(matched, name))) for name in _NAMES}
    year, month, day = part["year"], part["month"], part["day"]
    first_month, last_month = (np.where(np.isnan(month), edge, month) for edge in (1, 12))
    first = _count_days(year, first_month, np.where(np.isnan(day), 1, day))
    end_of_month = _count_days(year, last_month + 1, np.ones(len(year))) - 1
    last = np.where(np.isnan(day), end_of_month, _count_days(year, last_month, day))
    low = [np.nan_to_num(part[name]) for name in _NAMES[3:]]
    timed = ~np.isnan(part["hour"])
    minute = np.where(np.isnan(part["minute"]), 59, part["minute"])
    second = np.where(np.isnan(part["second"]), 59, part["second"])
    return Moments(
        first,
        last,
        np.where(timed, low[0] * 3600 + low[1] * 60 + low[2], 0.0),
        np.where(timed, low[0] * 3600 + minute * 60 + second, DAY - 1),
        timed,
    )


def _read_numbers(values: pd.Series) -> np.ndarray:
    """Digits as numbers; a hyphen or nothing is NaN."""
    return pd.to_numeric(values.where(values.str.isdigit()), errors="coerce").to_numpy(dtype=float)


def _count_days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
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
