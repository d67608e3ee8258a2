"""Dates as what they may stand for, so that partial dates, intervals, offsets and SAS numbers can be compared.

Every date is a stretch of time on the clock that it was written by. Two dates are in an order for certain when their
stretches do not touch; where both are written with a UTC offset, the instants decide, and else what is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.calendar import DAY, count_days, count_month
from cdisc_conv.columns.distinct import find_distinct, from_arrow, holds_text, rank_distinct, rank_values, to_arrow
from cdisc_conv.columns.durations import measure_durations, move
from cdisc_conv.columns.iso import NAMES, Parts, read_single, share_parts

SAS_OFFSET = -3653.0
"""1960-01-01, where SAS dates begin, in days since 1970-01-01."""
_OFFSET = r"T.*(?:Z|[+-][0-9]{2}:[0-9]{2})$"


@dataclass(frozen=True)
class Moments:
    """For each date, what it may stand for; float64, NaN where its year is unknown, it is missing or is not a date.

    ``first_day`` and ``last_day`` count from 1970-01-01 and are equal for a complete date. ``first_second`` and
    ``last_second`` are seconds of these days: 0 and 86,399 where no time is known. All are on the clock that the text
    was written by; ``offset`` is how many minutes that is ahead of UTC, NaN where the text does not say. ``timed`` is
    true where an hour is known. ``faults`` is true for what is written and is not a date: nothing is known of it, so
    nothing may be concluded from it, other than from a date that is missing.
    """

    first_day: np.ndarray
    last_day: np.ndarray
    first_second: np.ndarray
    last_second: np.ndarray
    timed: np.ndarray
    offset: np.ndarray
    faults: np.ndarray

    @property
    def complete(self) -> np.ndarray:
        """Which have year, month and day."""
        return np.asarray(self.first_day == self.last_day)

    @property
    def days(self) -> np.ndarray:
        """The day of complete dates, NaN for others."""
        return np.where(self.complete, self.first_day, np.nan)

    @cached_property
    def earliest(self) -> np.ndarray:
        """Seconds since 1970, as written, of the first moment that a date may stand for."""
        return np.asarray(self.first_day * DAY + self.first_second)

    @cached_property
    def latest(self) -> np.ndarray:
        """Seconds since 1970, as written, of the last moment that a date may stand for."""
        return np.asarray(self.last_day * DAY + self.last_second)

    @property
    def has_offset(self) -> np.ndarray:
        """Which are instants: their distance from UTC is known."""
        return np.asarray(~np.isnan(self.offset))

    def with_faults(self, more: np.ndarray) -> Moments:
        """The same moments, those where `more` is true as faults."""
        return replace(self, faults=self.faults | more)

    def take(self, positions: np.ndarray) -> Moments:
        """The moments at the positions."""
        return Moments(*(getattr(self, name)[positions] for name in self.__dataclass_fields__))

    def on_clock_of(self, other: Moments) -> Moments:
        """The same moments on the clock of another column, record by record, where both have an offset.

        Then the seconds of both are on one clock and may be compared: 14:30+02:00 is 12:30 on the clock of 13:44Z.
        """
        return self.on_clock(other.offset)

    def on_clock(self, offset: np.ndarray) -> Moments:
        """The same moments on a clock so many minutes ahead of UTC, where their own offset is known too."""
        ahead = np.nan_to_num((offset - self.offset) * 60)
        if not ahead.any():
            return self
        first, last = self.earliest + ahead, self.latest + ahead
        first_day, last_day = np.floor(first / DAY), np.floor(last / DAY)
        return replace(
            self,
            first_day=first_day,
            last_day=last_day,
            first_second=first - first_day * DAY,
            last_second=last - last_day * DAY,
            offset=np.where(self.has_offset & ~np.isnan(offset), offset, self.offset),
        )

    def on_common_clock(self, groups: np.ndarray, utc: np.ndarray) -> Moments:
        """The same moments by UTC in the groups where `utc` is true, and as they are written in the others."""
        inside = (groups >= 0) & utc[np.maximum(groups, 0)] if len(utc) else np.zeros(len(groups), dtype=bool)
        return self.on_clock(np.where(inside, 0.0, np.nan))

    def mixes_with(self, other: Moments) -> np.ndarray:
        """Where one of two times has an offset and the other has none, so that they are compared as written."""
        return np.asarray(self.timed & other.timed & (self.has_offset != other.has_offset))


@dataclass(frozen=True)
class Written:
    """Distinct texts: their parts, and what they may stand for. The parts of an interval are those its ends share."""

    parts: Parts
    moments: Moments

    def take(self, positions: np.ndarray) -> Written:
        """The texts at the positions."""
        return Written(self.parts.take(positions), self.moments.take(positions))

    def without_time(self) -> Written:
        """The same dates by their days alone."""
        unknown = np.full(len(self.parts.year), np.nan)
        parts = replace(self.parts, hour=unknown, minute=unknown, second=unknown)
        start, end = np.zeros(len(unknown)), np.full(len(unknown), DAY - 1)
        untimed = np.zeros(len(unknown), dtype=bool)
        return Written(parts, replace(self.moments, first_second=start, last_second=end, timed=untimed))


def read_moments(iso: pd.Series) -> Moments:
    """The moments of a column of ISO 8601 texts.

    >>> moments = read_moments(pd.Series(["1970-01-03", "1970-02", "", "1970-02-30"], dtype="str"))
    >>> moments.first_day.tolist(), moments.last_day.tolist(), moments.faults.tolist()
    ([2.0, 31.0, nan, nan], [2.0, 58.0, nan, nan], [False, False, False, True])
    """
    found = find_distinct(iso)
    return read_written(found.values).moments.take(found.codes)


def is_datetime(ref: str) -> bool:
    """Whether a column of numbers holds SAS datetimes, which its name tells.

    >>> is_datetime("ADSL.TRTSDTM"), is_datetime("TRTSDT")
    (True, False)
    """
    return ref.endswith("DTM")


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
    last = second if seconds else second + DAY - 1
    nowhere, fine = np.full(len(values), np.nan), np.zeros(len(values), dtype=bool)
    return Moments(days + SAS_OFFSET, days + SAS_OFFSET, second, last, timed, nowhere, fine)


def read_written(texts: pd.Series) -> Written:
    """What ISO 8601 texts say, best called with distinct ones; blanks around them do not matter.

    >>> read_written(pd.Series(["2022-05-01/2022-05-10", "2022-05-10/2022-05-01"], dtype="str")).parts.month.tolist()
    [5.0, nan]
    """
    trimmed = pc.utf8_trim_whitespace(to_arrow(texts))
    several = np.asarray(pc.match_substring(trimmed, "/").to_numpy(zero_copy_only=False), dtype=bool)
    parts = read_single(from_arrow(pc.if_else(pa.array(several), pa.scalar("", pa.large_string()), trimmed)))
    single = Written(parts, span_parts(parts))
    if not several.any():
        return single
    positions = np.flatnonzero(several)
    intervals = _read_intervals(from_arrow(trimmed.take(pa.array(positions))))
    return Written(
        Parts(*_place(single.parts, intervals.parts, positions)),
        Moments(*_place(single.moments, intervals.moments, positions)),
    )


def _place(whole: Parts | Moments, some: Parts | Moments, positions: np.ndarray) -> list[np.ndarray]:
    """The fields of `whole` with those of `some` at the positions."""
    fields = []
    for name in whole.__dataclass_fields__:
        values = getattr(whole, name).copy()
        values[positions] = getattr(some, name)
        fields.append(values)
    return fields


def _read_intervals(texts: pd.Series) -> Written:
    """Two dates with a slash between them, or a date and a duration."""
    ends = texts.str.split("/", n=1, expand=True)
    first, second = (_read_end(ends[number]) for number in (0, 1))
    first, second = _move_end(first, second, ends[0], -1), _move_end(second, first, ends[1], 1)
    start, end = first.moments, second.moments.on_clock_of(first.moments)
    blank = ((ends[0] == "") | (ends[1] == "")).to_numpy(dtype=bool)
    parts = share_parts(first.parts, second.parts)
    faults = parts.faults | blank | (end.latest < start.earliest)
    gone = np.where(faults | np.isnan(start.first_day + end.last_day), np.nan, 0.0)
    moments = Moments(
        start.first_day + gone,
        end.last_day + gone,
        start.first_second + gone,
        end.last_second + gone,
        start.timed & end.timed & ~faults,
        np.where(faults, np.nan, np.where(end.has_offset, start.offset, np.nan)),
        faults,
    )
    known = {name: getattr(parts, name) + np.where(faults, np.nan, 0.0) for name in (*NAMES, "offset")}
    return Written(Parts(**known, faults=faults), moments)


def _read_end(texts: pd.Series) -> Written:
    parts = read_single(texts)
    return Written(parts, span_parts(parts))


def _move_end(end: Written, other: Written, texts: pd.Series, sign: int) -> Written:
    """The end of an interval; one that is a duration lies so long before (-1) or after (1) the other end."""
    months, seconds = measure_durations(texts)
    lasting = ~np.isnan(months) & ~other.parts.faults
    if not lasting.any():
        return end
    edge = other.moments.latest if sign > 0 else other.moments.earliest
    moment = move(edge, sign * months, sign * seconds)
    day = np.floor(moment / DAY)
    second = moment - day * DAY
    nothing = np.full(len(day), np.nan)
    made = Moments(day, day, second, second, other.moments.timed, other.moments.offset, other.moments.faults)
    unknown = Parts(nothing, nothing, nothing, nothing, nothing, nothing, nothing, other.parts.faults)
    positions = np.flatnonzero(lasting)
    return Written(
        Parts(*_place(end.parts, unknown.take(positions), positions)),
        Moments(*_place(end.moments, made.take(positions), positions)),
    )


def find_instants(count: int, *columns: tuple[np.ndarray, Moments]) -> np.ndarray:
    """For each of `count` groups, whether all its dates have an offset, so that their instants are their order.

    `columns` are pairs of the group of each date (negative for none) and the dates. A single one without an offset has
    its group compared as it is written.
    """
    instants = np.ones(count, dtype=bool)
    for groups, moments in columns:
        instants[groups[(groups >= 0) & ~np.isnan(moments.earliest) & ~moments.has_offset]] = False
    return instants


def span_parts(part: Parts) -> Moments:
    """What the parts may stand for."""
    year, month, day = part.year, part.month, part.day
    first_month, last_month = (np.where(np.isnan(month), edge, month) for edge in (1, 12))
    first = count_days(year, first_month, np.where(np.isnan(day), 1, day))
    end_of_month = count_days(year, last_month, count_month(year, last_month))
    last = np.where(np.isnan(day), end_of_month, count_days(year, last_month, day))
    hour, minute, second = (np.nan_to_num(getattr(part, name)) for name in NAMES[3:])
    timed = ~np.isnan(part.hour)
    last_minute = np.where(np.isnan(part.minute), 59, part.minute)
    last_second = np.where(np.isnan(part.second), 59, part.second)
    return Moments(
        first,
        last,
        np.where(timed, hour * 3600 + minute * 60 + second, 0.0),
        np.where(timed, hour * 3600 + last_minute * 60 + last_second, DAY - 1),
        timed,
        part.offset,
        part.faults,
    )


def rank_in_time(series: pd.Series) -> np.ndarray:
    """The place of each value among the distinct ones, as `rank_values` gives it, but instants by time.

    Texts of ISO 8601 come in the order of time as they are, a partial date before those it may stand for, unless they
    have UTC offsets: a column of dates of which any has one is put in the order of what its dates stand for, by instant
    when every time of it has an offset.

    >>> rank_in_time(pd.Series(["2022-03-01T14:30+02:00", "2022-03-01T13:44Z"], dtype="str")).tolist()
    [0, 1]
    """
    found = find_distinct(series)
    if not holds_text(series) or not pc.any(pc.match_substring_regex(to_arrow(found.values), _OFFSET)).as_py():
        return rank_distinct(found)
    moments = read_written(found.values).moments
    if moments.faults.any():
        return rank_distinct(found)
    if not (moments.timed & ~moments.has_offset).any():
        moments = moments.on_clock(np.zeros(len(moments.offset)))
    order = np.lexsort([rank_values(found.values), np.nan_to_num(moments.earliest, nan=-np.inf)])
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return np.asarray(ranks[found.codes])
