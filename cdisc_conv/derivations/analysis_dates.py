"""Analysis dates and times: SAS numbers from ISO 8601 texts, with imputation and its flags."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, field_validator, model_validator

from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.distinct import find_distinct
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.imputation import (
    DATE_FLAGS,
    DATE_LEVELS,
    TIME_FLAGS,
    Aim,
    find_date_levels,
    find_time_levels,
    impute_moments,
)
from cdisc_conv.derivations.moments import DAY, SAS_OFFSET, Parts, is_datetime, moments_of, read_parts
from cdisc_conv.derivations.parameters import Refs, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.derivations.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.derivations.texts import is_number, text_column, trim_text

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _read_time(value: Any) -> Any:
    """YAML reads 12:30:00 as a number of seconds."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < DAY:
        return f"{value // 3600:02d}:{value // 60 % 60:02d}:{value % 60:02d}"
    return value


@dataclass(frozen=True)
class Imputed:
    """Seconds since 1970 (NaN where missing), and how much of date and time was imputed: from 0, nothing, to 3, all."""

    moments: np.ndarray
    date_level: np.ndarray
    time_level: np.ndarray


class _Imputing(Derivation):
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
        if (self.not_before or self.not_after) and not self._imputes_dates and self._time in (None, "none"):
            raise ValueError("'not_before' and 'not_after' move imputed dates only, but 'impute' is none")
        return self

    @property
    def _time(self) -> str | None:
        """How times are imputed; None when they are not looked at, and limits count by whole days."""
        return None

    @property
    def _imputes_dates(self) -> bool:
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

    def _resolve(self, rows: Rows, report: bool = False) -> Imputed:
        parts = self._read(rows, report)
        date_level, time_level = find_date_levels(parts), find_time_levels(parts)
        floors = [moments_of(rows, ref).earliest for ref in self.not_before]
        ceilings = [moments_of(rows, ref).latest for ref in self.not_after]
        if self._time is None:
            unknown = np.full(len(rows), np.nan)
            parts = replace(parts, hour=unknown, minute=unknown, second=unknown)
            floors = [np.floor(limit / DAY) * DAY for limit in floors]
            ceilings = [np.floor(limit / DAY) * DAY + DAY - 1 for limit in ceilings]
        floors_first = bool(self._limits) and self._limits[0][0] == "not_before"
        moments = impute_moments(parts, self._aim, floors, ceilings, floors_first)
        allowed = (date_level <= DATE_LEVELS.index(self.impute)) & ~parts.faults
        if self._time == "none":
            allowed &= time_level == 0
        known = allowed & ~np.isnan(moments)
        return Imputed(np.where(known, moments, np.nan), np.where(known, date_level, 0), np.where(known, time_level, 0))

    def _read(self, rows: Rows, report: bool) -> Parts:
        found = find_distinct(trim_text(rows[self.date]))
        texts = found.values
        if is_number(texts):
            texts = to_iso_datetimes(texts) if is_datetime(self.date) else to_iso_dates(texts)
        parts = read_parts(texts)

        def describe(text: str) -> tuple[str, str]:
            message = f"'{text}' is no ISO 8601 date that the calendar has; {rows.variable} is left missing"
            return message, "correct the date where it is made, or take the variable that holds ISO 8601 dates"

        if report:
            report_values(rows, "DATE004", found.codes, texts, parts.faults, describe, field=self.date)
        return Parts(**{name: getattr(parts, name)[found.codes] for name in Parts.__dataclass_fields__})

    def _bring(self, flag: type[Derivation]) -> Derivation:
        return flag(**{name: getattr(self, name) for name in flag.model_fields if name in type(self).model_fields})

    def _describe_dates(self, words: Words) -> str:
        """How dates are imputed, for the method text."""
        date = words(self.date)
        if not self._imputes_dates:
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

    def _describe_limits(self, words: Words, what: str) -> str:
        if not self._limits:
            return ""
        told = [f"{kind.replace('_', ' ')} {join_words(map(words, refs), 'or')}" for kind, refs in self._limits]
        return (
            f" {what} is moved to be {', then to be '.join(told)}. A limit counts only where the known parts, and "
            "the limits before it, leave a date that meets it; a missing limit does not count, and of a partial limit "
            "every day that it may stand for is allowed. What is known is never changed."
        )


class DateFlag(_Imputing):
    """How much of a date was imputed: D, M or Y. Comes along with an imputed date."""

    name: ClassVar[str] = "date_flag"
    kind: ClassVar[Kind] = Kind.TEXT

    time: str | None = Field(None, description="how the time was imputed")

    @property
    def _time(self) -> str | None:
        return self.time

    def derive(self, rows: Rows) -> pd.Series:
        return _write_flags(self._resolve(rows).date_level, DATE_FLAGS)

    def method(self, words: Words) -> str:
        date = words(self.date)
        terms = [
            f"D where the day of {date} was imputed",
            "M where month and day were",
            "Y where the whole date was",
        ][: DATE_LEVELS.index(self.impute)]
        return f"{join_words(terms)}; blank where nothing of the date was imputed."


class TimeFlag(_Imputing):
    """How much of a time was imputed: H, M or S. Comes along with an imputed time."""

    name: ClassVar[str] = "time_flag"
    kind: ClassVar[Kind] = Kind.TEXT

    time: str = Field("first", description="how the time was imputed")
    seconds_flag: bool = Field(True, description="give S where only the seconds were imputed")

    @property
    def _time(self) -> str | None:
        return self.time

    def derive(self, rows: Rows) -> pd.Series:
        levels = self._resolve(rows).time_level
        return _write_flags(levels, TIME_FLAGS if self.seconds_flag else ("", "", *TIME_FLAGS[2:]))

    def method(self, words: Words) -> str:
        date = words(self.date)
        seconds = ", S where only the seconds were" if self.seconds_flag else ""
        rest = "" if self.seconds_flag else " or only the seconds were"
        return (
            f"H where hours, minutes and seconds of {date} were imputed, M where minutes and seconds were{seconds}; "
            f"blank where nothing of the time was imputed{rest}."
        )


@register
class NumericDate(_Imputing):
    """A date as a SAS number, its unknown parts imputed by rule; with the imputation flag.

    Takes ISO 8601 text of any precision (or a SAS number, which stays as it is) and gives days since 1960-01-01.
    `impute` names the highest part that may be imputed: with `none` a partial date is missing, with `day` a date
    without its day is completed, with `month` one without month and day as well, with `year` a date that is missing
    altogether. Unknown parts become the first (`to: first`) or the last of what they may be, the middle (`mid`: day
    15, or 30 June where the month is unknown), or a given month and day. A known day of an unknown month is kept, and
    the date is put in the month that the rule names, or in the next one that has such a day.

    Then the limits move what was imputed. `not_before` and `not_after` name other dates, SAS numbers or ISO 8601 text.
    The stronger kind goes first (`not_after`, but `not_before` for `to: last`; `stronger` says otherwise): each of its
    limits narrows what the date may stand for, unless nothing would be left; then those of the other kind do so where
    they still can; then the date nearest to the rule's among those left is taken. So the latest floor that is possible
    counts, known parts are never contradicted, and a complete date is never changed. Of a partial limit the first day
    counts for `not_before`, the last for `not_after`. A wholly missing date becomes the limit itself.

    Start and end together: when the start is `not_after` the collected end and the end is `not_before` the analysis
    start, the start is not after the end wherever the known parts allow it.

    The flag (ASTDT brings ASTDTF, ADT brings ADTF) is D, M or Y by the highest part that was imputed. A text that is no
    date is a finding (DATE004) and its date is missing.

    With `impute: month` and `not_before: ADSL.TRTSDT`:

    | AESTDTC | ADSL.TRTSDT | ASTDT (as a date) | ASTDTF |
    |---|---|---|---|
    | 2022-03-05 | 2022-03-10 | 2022-03-05 | |
    | 2022-03 | 2022-03-10 | 2022-03-10 | D |
    | 2022-02 | 2022-03-10 | 2022-02-01 | D |
    | 2022 | 2022-03-10 | 2022-03-10 | M |
    | | 2022-03-10 | missing | |

    ```yaml
    ASTDT: {numeric_date: {date: AESTDTC, impute: month, not_before: ADSL.TRTSDT, not_after: AEENDTC}}
    ```

    Source: ADaMIG 1.3 section 3.1.3 (date and time imputation flags; ADaM terminology DATEFL); the rules themselves are
    the sponsor's.
    """

    name: ClassVar[str] = "numeric_date"

    def derive(self, rows: Rows) -> pd.Series:
        return pd.Series(np.floor(self._resolve(rows, report=True).moments / DAY) - SAS_OFFSET)

    def companions(self, variable: str) -> dict[str, Derivation]:
        if not (self.flags and self._imputes_dates and variable.endswith("DT")):
            return {}
        return {f"{variable}F": self._bring(DateFlag)}

    def method(self, words: Words) -> str:
        return (
            f"The date of {words(self.date)} as a SAS date (days since 1960-01-01). {self._describe_dates(words)}"
            f"{self._describe_limits(words, 'An imputed date')}"
        )


@register
class NumericDatetime(_Imputing):
    """A date and time as a SAS number, their unknown parts imputed by rule; with the imputation flags.

    Gives seconds since 1960-01-01. Dates are imputed and limited as by `numeric_date`, see there. Unknown hours,
    minutes and seconds become 0 (`time: first`), 23, 59 and 59 (`time: last`) or those of a given time; with `time:
    none` a time that is not complete leaves the value missing. Limits count to the second: a time that was imputed is
    moved within its day, so an event on the day of the first dose without a time does not begin before that dose. A
    time in which minutes or seconds are known but not the hour is imputed, but not moved.

    The flags are ASTDTF (D, M, Y) where dates may be imputed, and ASTTMF (H, M, S by the highest part of the time that
    was imputed) for ASTDTM, and so on; `seconds_flag: false` leaves S out, for data that never had seconds.

    With `time: first` and `not_before: ADSL.TRTSDTM`:

    | AESTDTC | ADSL.TRTSDTM | ASTDTM (as a datetime) | ASTTMF |
    |---|---|---|---|
    | 2022-03-12 | 2022-03-10T09:00:00 | 2022-03-12T00:00:00 | H |
    | 2022-03-10 | 2022-03-10T09:00:00 | 2022-03-10T09:00:00 | H |
    | 2022-03-10T08:15 | 2022-03-10T09:00:00 | 2022-03-10T08:15:00 | S |

    ```yaml
    ASTDTM: {numeric_datetime: {date: AESTDTC, impute: month, time: first, not_before: ADSL.TRTSDTM}}
    ```

    Source: ADaMIG 1.3 section 3.1.3 (date and time imputation flags; ADaM terminology DATEFL and TIMEFL); the rules
    themselves are the sponsor's.
    """

    name: ClassVar[str] = "numeric_datetime"

    time: Annotated[str, BeforeValidator(_read_time)] = Field(
        "first", description="what unknown parts of the time become: `first`, `last`, a time HH:MM:SS; or `none`"
    )
    seconds_flag: bool = Field(True, description="give the flag S where only the seconds were imputed")

    @field_validator("time")
    @classmethod
    def _check_time(cls, value: str) -> str:
        if value in ("none", "first", "last") or _TIME.fullmatch(value):
            return value
        raise ValueError(f"'{value}' is neither none, first, last nor a time such as 12:00:00")

    @property
    def _time(self) -> str | None:
        return self.time

    def derive(self, rows: Rows) -> pd.Series:
        made = self._resolve(rows, report=True)
        return pd.Series(made.moments - SAS_OFFSET * DAY)

    def companions(self, variable: str) -> dict[str, Derivation]:
        if not (self.flags and variable.endswith("DTM")):
            return {}
        date = {f"{variable[:-1]}F": self._bring(DateFlag)} if self._imputes_dates else {}
        time = {f"{variable[:-3]}TMF": self._bring(TimeFlag)} if self.time != "none" else {}
        return date | time

    def method(self, words: Words) -> str:
        if self.time == "none":
            time = "No part of the time is imputed: missing where hour, minute or second is unknown."
        else:
            time = f"Unknown hours, minutes and seconds become those of {_write_rule(self.time)}."
        return (
            f"The date and time of {words(self.date)} as a SAS datetime (seconds since 1960-01-01). "
            f"{self._describe_dates(words)} {time}{self._describe_limits(words, 'An imputed date or time')}"
        )


def _read_rule(rule: str | None) -> tuple[int, int, int]:
    """The time that unknown parts are taken from."""
    if rule in (None, "none", "first"):
        return 0, 0, 0
    if rule == "last":
        return 23, 59, 59
    hour, minute, second = (int(part) for part in str(rule).split(":"))
    return hour, minute, second


def _write_rule(rule: str) -> str:
    return "{:02d}:{:02d}:{:02d}".format(*_read_rule(rule))


def _write_flags(levels: np.ndarray, flags: tuple[str, ...]) -> pd.Series:
    return text_column(flags).take(levels).reset_index(drop=True)
