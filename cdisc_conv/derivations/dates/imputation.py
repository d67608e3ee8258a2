"""Filling the unknown parts of dates and times: what a partial date may stand for, and which of it is taken.

A moment is a number of seconds since 1970. The moments that a text may stand for are those that agree with all its
known parts. Limits narrow them where that is possible; the moment that the rule aims at is then moved, if need be, to
the nearest one left. So what is known is never contradicted, and a complete date is never moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cdisc_conv.columns.calendar import DAY, count_days, count_month
from cdisc_conv.columns.iso import Parts
from cdisc_conv.columns.moments import Written

DATE_LEVELS = ("none", "day", "month", "year")
"""How much of a date may be imputed, from nothing to the whole date."""
DATE_FLAGS = ("", "D", "M", "Y")
TIME_FLAGS = ("", "S", "M", "H")
UNUSABLE = 4
"""The level of a date whose year is unknown though its month or day is known."""


@dataclass(frozen=True)
class Aim:
    """What unknown parts become. A day of 0 is the last day of the month."""

    month: int
    day: int
    """The day where the month is unknown too."""
    day_of_known_month: int
    time: tuple[int, int, int]
    at_end: bool
    """Whether a wholly missing date becomes the last moment that the limits leave, not the first."""


def find_date_levels(parts: Parts) -> np.ndarray:
    """0 for a complete date, 1 without day, 2 without month, 3 with nothing, 4 without year but with another part."""
    year, month, day = (np.isnan(part) for part in (parts.year, parts.month, parts.day))
    return np.select([year & month & day, year, month, day], [3, UNUSABLE, 2, 1], 0)


def find_time_levels(parts: Parts) -> np.ndarray:
    """0 for a complete time, 1 without seconds, 2 without minutes, 3 without hours."""
    hour, minute, second = (np.isnan(part) for part in (parts.hour, parts.minute, parts.second))
    return np.select([hour, minute, second], [3, 2, 1], 0)


def impute_moments(
    written: Written, aim: Aim, floors: Sequence[np.ndarray], ceilings: Sequence[np.ndarray], floors_first: bool
) -> np.ndarray:
    """Seconds since 1970 of each date with its unknown parts filled in; NaN where nothing says what they are.

    `floors` and `ceilings` are seconds since 1970, NaN for no limit. Those of the first kind narrow what a date may
    stand for, each where it leaves something; those of the second kind then do so where they still can.
    """
    parts, possible = written.parts, _find_possible(written, aim)
    low, high = possible.low, possible.high
    for kind in ("floor", "ceiling") if floors_first else ("ceiling", "floor"):
        if kind == "floor":
            for floor in floors:
                low = np.where(floor <= high, np.fmax(low, possible.move_up(floor)), low)
        else:
            for ceiling in ceilings:
                high = np.where(ceiling >= low, np.fmin(high, possible.move_down(ceiling)), high)
    unknown = np.isinf(possible.low) | np.isnan(parts.year)
    edge = np.floor((high if aim.at_end else low) / DAY)
    target = np.where(unknown, edge, _aim_at_days(parts, aim)) * DAY + _aim_at_seconds(parts, aim)
    moments = np.minimum(np.maximum(target, low), high)
    return np.where(np.isfinite(moments), moments, np.nan)


@dataclass(frozen=True)
class _Possible:
    """The moments that dates may stand for: days, each with the same stretch of seconds.

    The days are all from the first to the last, but where the day is known and the month is not they are the at most
    twelve days in ``choices``.
    """

    first_day: np.ndarray
    last_day: np.ndarray
    first_second: np.ndarray
    last_second: np.ndarray
    scattered: np.ndarray
    """The positions of dates with a known day of an unknown month."""
    choices: np.ndarray
    """Their possible days, one row of twelve for each; NaN for a month without such a day."""

    @property
    def low(self) -> np.ndarray:
        return np.asarray(self.first_day * DAY + self.first_second)

    @property
    def high(self) -> np.ndarray:
        return np.asarray(self.last_day * DAY + self.last_second)

    def move_up(self, moment: np.ndarray) -> np.ndarray:
        """The first possible moment that is not before `moment`."""
        day = np.floor(moment / DAY)
        second = moment - day * DAY
        day = day + (second > self.last_second)
        found = np.maximum(day, self.first_day)
        later = self.choices >= day[self.scattered, None]
        found[self.scattered] = np.where(later, self.choices, np.inf).min(axis=1, initial=np.inf)
        same_day = found == np.floor(moment / DAY)
        return np.asarray(found * DAY + np.where(same_day, np.maximum(second, self.first_second), self.first_second))

    def move_down(self, moment: np.ndarray) -> np.ndarray:
        """The last possible moment that is not after `moment`."""
        day = np.floor(moment / DAY)
        second = moment - day * DAY
        day = day - (second < self.first_second)
        found = np.minimum(day, self.last_day)
        earlier = self.choices <= day[self.scattered, None]
        found[self.scattered] = np.where(earlier, self.choices, -np.inf).max(axis=1, initial=-np.inf)
        same_day = found == np.floor(moment / DAY)
        return np.asarray(found * DAY + np.where(same_day, np.minimum(second, self.last_second), self.last_second))


def _find_possible(written: Written, aim: Aim) -> _Possible:
    parts, span = written.parts, written.moments
    unknown = (find_date_levels(parts) == 3) & np.isnan(span.first_day)
    scattered = np.flatnonzero(~np.isnan(parts.year) & np.isnan(parts.month) & ~np.isnan(parts.day))
    year, day = parts.year[scattered, None], parts.day[scattered, None]
    months = np.arange(1, 13)[None, :]
    choices = np.where(day <= count_month(year, months), count_days(year, months, day), np.nan)
    # With a known part behind an unknown one the seconds are not a single stretch: then the time stays as aimed.
    gap = np.isnan(parts.hour) & ~(np.isnan(parts.minute) & np.isnan(parts.second))
    gap |= np.isnan(parts.minute) & ~np.isnan(parts.second)
    aimed = _aim_at_seconds(parts, aim)
    return _Possible(
        np.where(unknown, -np.inf, span.first_day),
        np.where(unknown, np.inf, span.last_day),
        np.where(gap, aimed, span.first_second),
        np.where(gap, aimed, span.last_second),
        scattered,
        choices,
    )


def _aim_at_days(parts: Parts, aim: Aim) -> np.ndarray:
    """The day that the rule aims at; NaN without year."""
    month = np.where(np.isnan(parts.month), aim.month, parts.month)
    # The 31st of June does not exist, that of July does.
    month = month + (parts.day > count_month(parts.year, month))
    length = count_month(parts.year, month)
    wanted = np.where(np.isnan(parts.month), aim.day, aim.day_of_known_month)
    wanted = np.where(wanted == 0, length, np.minimum(wanted, length))
    return count_days(parts.year, month, np.where(np.isnan(parts.day), wanted, parts.day))


def _aim_at_seconds(parts: Parts, aim: Aim) -> np.ndarray:
    known = zip((parts.hour, parts.minute, parts.second), aim.time, (3600, 60, 1), strict=True)
    return np.asarray(sum(np.where(np.isnan(part), wanted, part) * size for part, wanted, size in known))
