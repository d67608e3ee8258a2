"""The rules by which dates and times are imputed, as mappings write them, and the imputation flags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.distinct import Distinct, find_distinct
from cdisc_conv.columns.moments import Moments, Written, is_datetime, read_written
from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.columns.texts import is_number, text_column, trim_text
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of, report_faults
from cdisc_conv.derivations.dates.imputation import (
    DATE_FLAGS,
    DATE_LEVELS,
    TIME_FLAGS,
    Aim,
    find_date_levels,
    find_time_levels,
    impute_moments,
)
from cdisc_conv.derivations.parameters import Refs, join_words

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Imputed:
    """Seconds since 1970 (NaN where missing), and how much of date and time was imputed: from 0, nothing, to 3, all."""

    moments: np.ndarray
    date_level: np.ndarray
    time_level: np.ndarray


class ImputedDate(Derivation):
    """What `numeric_date` and `numeric_datetime` share: the rules for dates."""

    topic: ClassVar[str] = "Analysis dates and times"
    shorthand: ClassVar[str] = "date"
    kind: ClassVar[Kind] = Kind.NUMBER

    date: Ref = Field(description="the ISO 8601 text, of any precision")
    impute: Literal["none", "day", "month", "year"] = Field(
        "none", description="the highest part that may be imputed; `year` takes in dates that are missing altogether"
    )
    to: str = Field(
        "first", description="what unknown days and months become: `first`, `last`, `mid`, or a month and day MM-DD"
    )
    not_before: Refs = Field((), description="dates before which nothing is imputed where that is possible")
    not_after: Refs = Field((), description="dates after which nothing is imputed where that is possible")
    stronger: Literal["not_before", "not_after"] | None = Field(
        None,
        description="which limits go first when both cannot be met; `not_before` for `to: last`, else `not_after`",
    )
    flags: bool = Field(True, description="bring the imputation flags along, where something may be imputed")

    @field_validator("to")
    @classmethod
    def _check_aim(cls, value: str) -> str:
        if value in ("first", "last", "mid"):
            return value
        if not _MONTH_DAY.fullmatch(value) or value in ("02-29", "02-30", "02-31", "04-31", "06-31", "09-31", "11-31"):
            raise ValueError(f"'{value}' is neither first, last, mid nor a month and day such as 07-01")
        return value

    @model_validator(mode="after")
    def _check_limits(self) -> Self:
        if self.impute == "year" and not (
            (self.to == "first" and self.not_before) or (self.to == "last" and self.not_after)
        ):
            raise ValueError(
                "a missing date can only become a limit: 'impute: year' takes 'to: first' with 'not_before', or 'to: "
                "last' with 'not_after'"
            )
        if (self.not_before or self.not_after) and not self.imputes_dates and self._time in (None, "none"):
            raise ValueError("'not_before' and 'not_after' move imputed dates only, but 'impute' is none")
        return self

    @property
    def _time(self) -> str | None:
        """How times are imputed; None when they are not looked at, and limits count by whole days."""
        return None

    @property
    def imputes(self) -> bool:
        return self.imputes_dates or self._time not in (None, "none")

    @property
    def imputes_dates(self) -> bool:
        return self.impute != "none"

    @property
    def _limits(self) -> list[tuple[str, Refs]]:
        """The kinds of limits that there are, the stronger first."""
        first = self.stronger or ("not_before" if self.to == "last" else "not_after")
        kinds = ["not_before", "not_after"] if first == "not_before" else ["not_after", "not_before"]
        return [(kind, getattr(self, kind)) for kind in kinds if getattr(self, kind)]

    @property
    def _aim(self) -> Aim:
        time = _read_rule(self._time)
        if self.to == "first":
            return Aim(1, 1, 1, time, at_end=False)
        if self.to == "last":
            return Aim(12, 0, 0, time, at_end=True)
        if self.to == "mid":
            return Aim(6, 30, 15, time, at_end=False)
        month, day = (int(part) for part in self.to.split("-"))
        return Aim(month, day, day, time, at_end=False)

    def resolve(self, rows: Rows, report: bool = False) -> Imputed:
        """Distinct texts are imputed once; only where limits may move a value each record is looked at."""
        found, written = self._read(rows)
        codes, parts = found.codes, written.parts
        if report:
            report_faults(rows, self.date, found, written)
        date_level, time_level = find_date_levels(parts), find_time_levels(parts)
        allowed = (date_level <= DATE_LEVELS.index(self.impute)) & ~parts.faults
        open_parts = date_level > 0
        if self._time == "none":
            allowed &= time_level == 0
        elif self._time is None:
            written = written.without_time()
        else:
            open_parts |= time_level > 0
        moments = impute_moments(written, self._aim, [], [], floors_first=False)[codes]
        if self._limits:
            movable = np.flatnonzero((allowed & open_parts)[codes])
            moments[movable] = self._impute_within_limits(rows, written.take(codes[movable]), movable)
        known = allowed[codes] & ~np.isnan(moments)
        levels = (np.where(known, level[codes], 0) for level in (date_level, time_level))
        return Imputed(np.where(known, moments, np.nan), *levels)

    def _impute_within_limits(self, rows: Rows, written: Written, movable: np.ndarray) -> np.ndarray:
        """Of the records at the positions, whose dates these are."""
        limits = [self._read_limits(rows, refs, written, movable) for refs in (self.not_before, self.not_after)]
        floors, ceilings = [each.earliest for each in limits[0]], [each.latest for each in limits[1]]
        if self._time is None:
            floors = [np.floor(limit / DAY) * DAY for limit in floors]
            ceilings = [np.floor(limit / DAY) * DAY + DAY - 1 for limit in ceilings]
        return impute_moments(written, self._aim, floors, ceilings, self._limits[0][0] == "not_before")

    def _read_limits(self, rows: Rows, refs: Refs, written: Written, movable: np.ndarray) -> list[Moments]:
        """The limits of the records at the positions, on the clocks of their dates."""
        found = [moments_of(rows, ref, "is not limited by it").take(movable) for ref in refs]
        return [limit.on_clock_of(written.moments) for limit in found]

    def _read(self, rows: Rows) -> tuple[Distinct, Written]:
        """The distinct texts, and what they say."""
        found = find_distinct(trim_text(rows[self.date]))
        texts = found.values
        if is_number(texts):
            texts = to_iso_datetimes(texts) if is_datetime(self.date) else to_iso_dates(texts)
        return Distinct(found.codes, texts), read_written(texts)

    def find_unread(self, rows: Rows) -> np.ndarray:
        found, written = self._read(rows)
        return np.asarray(written.parts.faults[found.codes] | rows.unread(self.date))

    def bring_flag(self, flag: type[Derivation]) -> Derivation:
        return flag(**{name: getattr(self, name) for name in flag.model_fields if name in type(self).model_fields})

    def describe_dates(self, words: Words) -> str:
        """How dates are imputed, for the method text."""
        date = words(self.date)
        if not self.imputes_dates:
            return f"No part of the date is imputed: missing where {date} is missing or lacks its day or month."
        sentences = [f"An unknown day becomes {self._day_in_words}."]
        if self.impute != "day":
            aim = self._aim
            sentences.append(
                f"Where the month is unknown too, the date becomes {aim.day or 31} {_MONTHS[aim.month - 1]} "
                "of its year; a known day of an unknown month is kept."
            )
        if self.impute == "year":
            edge = "latest date before which" if self.to == "first" else "earliest date after which"
            sentences.append(f"A wholly unknown date becomes the {edge} nothing is imputed, if there is one.")
        sentences.append(f"Missing where more of {date} is unknown.")
        return " ".join(sentences)

    @property
    def _day_in_words(self) -> str:
        if self.to in ("first", "last"):
            return f"the {self.to} day of the month"
        if self.to == "mid":
            return "day 15 of the month"
        return f"day {int(self.to[3:])} of the month, or the last day of a shorter month"

    def describe_limits(self, words: Words, what: str) -> str:
        if not self._limits:
            return ""
        told = [f"{kind.replace('_', ' ')} {join_words(map(words, refs), 'or')}" for kind, refs in self._limits]
        return (
            f" {what} is moved to be {', then to be '.join(told)}. A limit counts only where the known parts, and "
            "the limits before it, leave a date that meets it; a missing limit does not count, and of a partial limit "
            "every day that it may stand for is allowed. What is known is never changed."
        )


class DateFlag(ImputedDate):
    """How much of a date was imputed: D, M or Y. Comes along with an imputed date."""

    name: ClassVar[str] = "date_flag"
    kind: ClassVar[Kind] = Kind.TEXT

    time: str | None = Field(None, description="how the time was imputed")

    @property
    def _time(self) -> str | None:
        return self.time

    def derive(self, rows: Rows) -> pd.Series:
        return _write_flags(self.resolve(rows).date_level, DATE_FLAGS)

    def method(self, words: Words) -> str:
        date = words(self.date)
        terms = [
            f"D where the day of {date} was imputed",
            "M where month and day were",
            "Y where the whole date was",
        ][: DATE_LEVELS.index(self.impute)]
        return f"{join_words(terms)}; blank where nothing of the date was imputed."


class TimeFlag(ImputedDate):
    """How much of a time was imputed: H, M or S. Comes along with an imputed time."""

    name: ClassVar[str] = "time_flag"
    kind: ClassVar[Kind] = Kind.TEXT

    time: str = Field("first", description="how the time was imputed")
    seconds_flag: bool = Field(True, description="give S where only the seconds were imputed")

    @property
    def _time(self) -> str | None:
        return self.time

    def derive(self, rows: Rows) -> pd.Series:
        levels = self.resolve(rows).time_level
        return _write_flags(levels, TIME_FLAGS if self.seconds_flag else ("", "", *TIME_FLAGS[2:]))

    def method(self, words: Words) -> str:
        date = words(self.date)
        seconds = ", S where only the seconds were" if self.seconds_flag else ""
        rest = "" if self.seconds_flag else " or only the seconds were"
        return (
            f"H where hours, minutes and seconds of {date} were imputed, M where minutes and seconds were{seconds}; "
            f"blank where nothing of the time was imputed{rest}."
        )


def _read_rule(rule: str | None) -> tuple[int, int, int]:
    """The time that unknown parts are taken from."""
    if rule in (None, "none", "first"):
        return 0, 0, 0
    if rule == "last":
        return 23, 59, 59
    hour, minute, second = (int(part) for part in str(rule).split(":"))
    return hour, minute, second


def write_time(rule: str) -> str:
    """The rule for times as a time of day."""
    return "{:02d}:{:02d}:{:02d}".format(*_read_rule(rule))


def _write_flags(levels: np.ndarray, flags: tuple[str, ...]) -> pd.Series:
    return take_rows(text_column(flags), levels)
