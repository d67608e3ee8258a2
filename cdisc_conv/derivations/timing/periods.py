"""Where a record lies in the course of treatment: on treatment or not, and in which period or phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, field_validator, model_validator

from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.moments import Moments
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.texts import flag_column, text_column
from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of, report_mixture, report_order
from cdisc_conv.derivations.parameters import Parameters, Text
from cdisc_conv.derivations.registry import register

_TOPIC = "Periods and treatment"


@register
class OnTreatment(Derivation):
    """Whether a record falls under treatment: Y, or blank.

    Treatment lasts from the first dose to so many `days` after the last. A record with one date is on treatment when
    that date lies in this time. A record with an `end` as well, such as an event, is on treatment when any of its days
    does (`overlap: any`), so also when it began before and went on; with `overlap: begins` only its start counts.

    What is not known does not exclude: of a partial date the record is on treatment unless every day that the date may
    stand for is outside; a missing end means that it goes on; a missing last dose sets no limit; a record with an `end`
    parameter and no start may have begun on treatment unless its end is before the first dose. But a record of one date
    that is missing has no flag, and subjects who were never treated have none. Times count where both are known. Dates
    are ISO 8601 text or SAS numbers; one that cannot be read is an error finding (DATE004) and leaves the flag blank.

    With `days: 30`:

    | ASTDT (as a date) | AENDT (as a date) | ADSL.TRTSDT | ADSL.TRTEDT | ONTRTFL |
    |---|---|---|---|---|
    | 2022-02-20 | 2022-03-15 | 2022-03-10 | 2022-06-01 | Y |
    | 2022-02-20 | 2022-03-09 | 2022-03-10 | 2022-06-01 | missing |
    | 2022-07-01 | missing | 2022-03-10 | 2022-06-01 | Y |
    | 2022-07-02 | missing | 2022-03-10 | 2022-06-01 | missing |

    ```yaml
    ONTRTFL: {on_treatment: {start: ASTDT, end: AENDT, days: 30}}
    ```

    Source: ADaMIG 1.3 section 3.3.8 (ONTRTFL); the window is the sponsor's.
    """

    name: ClassVar[str] = "on_treatment"
    topic: ClassVar[str] = _TOPIC
    shorthand: ClassVar[str] = "start"
    kind: ClassVar[Kind] = Kind.TEXT

    start: Ref = Field(description="the date of the record, or its start")
    end: Ref | None = Field(None, description="the end of the record, where it may last longer than a day")
    first_dose: Ref = Field(Ref("ADSL.TRTSDT"), description="the first dose")
    last_dose: Ref = Field(Ref("ADSL.TRTEDT"), description="the last dose")
    days: int = Field(0, ge=0, description="days after the last dose that still count")
    overlap: Literal["any", "begins"] = Field("any", description="whether any day counts, or only the first")
    no: Literal["", "N"] = Field("", description="the value of records that are not on treatment")

    def derive(self, rows: Rows) -> pd.Series:
        start = moments_of(rows, self.start)
        first, last = moments_of(rows, self.first_dose), moments_of(rows, self.last_dose)
        report_mixture(rows, self.start, self.first_dose, start.mixes_with(first))
        late = (
            start.first_day > last.last_day + self.days
            if self.days
            else start.earliest > last.on_clock_of(start).latest
        )
        unknown = np.isnan(start.earliest)
        early = start.latest < first.on_clock_of(start).earliest
        unread = start.faults | first.faults | last.faults
        if self.end is not None:
            end = moments_of(rows, self.end)
            unread = unread | end.faults
            over = end.latest < first.on_clock_of(end).earliest
            early = over if self.overlap == "any" else early | (unknown & over)
        else:
            early = early | unknown
        return flag_column(~np.isnan(first.earliest) & ~late & ~early, "Y", self.no).mask(unread, "")

    def method(self, words: Words) -> str:
        start, first, last = words(self.start), words(self.first_dose), words(self.last_dose)
        until = f"{self.days} days after the date of {last}" if self.days else last
        no = self.no or "blank"
        if self.end is None:
            which = f"Y where {start} is from {first} to {until}; otherwise {no}."
            missing = f"Where {start} is missing, {no}."
        elif self.overlap == "any":
            end = words(self.end)
            which = (
                f"Y where any time from {start} to {end} is from {first} to {until}; otherwise {no}. A missing {end} "
                "means that the record goes on."
            )
            missing = f"Where {start} is missing, Y unless {end} is before {first}."
        else:
            which = f"Y where {start} is from {first} to {until}; otherwise {no}."
            missing = f"Where {start} is missing, Y unless {words(self.end)} is before {first}."
        return (
            f"{which} Times are compared where both are known. Where a date is partial, Y unless every day that it may "
            f"stand for is outside. {missing} A missing {last} sets no limit. Subjects without {first} have {no}."
        )


class PeriodSpan(Parameters):
    """A period or phase, and the dates between which it lies for a subject."""

    name: Text = Field(description="the name of the period")
    number: float | None = Field(None, description="the number of the period; its place without it")
    start: Ref | None = Field(None, alias="from", description="the variable with its first day")
    from_days: int = Field(0, description="days after that date on which it begins: 1 for the day after")
    end: Ref | None = Field(None, alias="to", description="the variable with its last day")
    to_days: int = Field(0, description="days after that date on which it ends")

    @model_validator(mode="after")
    def _check(self) -> Self:
        for shift, date, name in ((self.from_days, self.start, "from"), (self.to_days, self.end, "to")):
            if shift and date is None:
                raise ValueError(f"'{self.name}' has '{name}_days' but no '{name}'")
        return self


def _read_spans(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class _Periods(Derivation):
    """What the name of a period and its number share."""

    topic: ClassVar[str] = _TOPIC

    date: Ref = Field(description="the date of the record")
    periods: Annotated[tuple[PeriodSpan, ...], BeforeValidator(_read_spans)] = Field(
        description="periods in their order: `name`, `number`, `from`, `from_days` after it, `to`, `to_days` after it"
    )

    @field_validator("periods")
    @classmethod
    def _check_periods(cls, value: tuple[PeriodSpan, ...]) -> tuple[PeriodSpan, ...]:
        if not value:
            raise ValueError("there must be at least one period")
        late = [each.name for each in value[1:] if each.start is None]
        if late:
            raise ValueError(f"'{late[0]}' needs 'from': only the first period may begin before everything")
        return value

    def reads(self) -> tuple[str, ...]:
        bounds = [ref for each in self.periods for ref in (each.start, each.end) if ref is not None]
        return tuple(dict.fromkeys((self.date, *bounds, SUBJECT)))

    @property
    def _numbers(self) -> list[float]:
        """The numbers of the periods, and none for records outside them."""
        return [*(float(place) if p.number is None else p.number for place, p in enumerate(self.periods, 1)), np.nan]

    def find_places(self, rows: Rows) -> np.ndarray:
        """The period of each record, counted from 0; -1 for none, and where a date that decides cannot be read."""
        date = moments_of(rows, self.date)
        places = _find_places(date, self._find_bounds(rows, date))
        for ref in dict.fromkeys(ref for each in self.periods for ref in (each.start, each.end) if ref is not None):
            places[moments_of(rows, ref).faults] = -1
        return places

    def _find_bounds(self, rows: Rows, date: Moments) -> list[tuple[np.ndarray, np.ndarray]]:
        """First and last second of each period for each record; NaN begins a period that did not take place."""
        starts = [self._find_start(rows, each, date) for each in self.periods]
        bounds = []
        following = np.full(len(rows), np.inf)
        for each, start in zip(reversed(self.periods), reversed(starts), strict=True):
            end = self._find_end(rows, each, date)
            bounds.append((start, np.where(np.isnan(end), following - 1, end)))
            following = np.fmin(following, start)
        return bounds[::-1]

    @staticmethod
    def _find_start(rows: Rows, period: PeriodSpan, date: Moments) -> np.ndarray:
        if period.start is None:
            return np.full(len(rows), -np.inf)
        moments = moments_of(rows, period.start)
        day = (moments.first_day + period.from_days) * DAY
        return day if period.from_days else np.where(date.timed, moments.on_clock_of(date).earliest, day)

    @staticmethod
    def _find_end(rows: Rows, period: PeriodSpan, date: Moments) -> np.ndarray:
        if period.end is None:
            return np.full(len(rows), np.nan)
        moments = moments_of(rows, period.end)
        day = (moments.last_day + period.to_days) * DAY + DAY - 1
        return day if period.to_days else np.where(date.timed, moments.on_clock_of(date).latest, day)

    def _describe(self, words: Words, given: Sequence[str]) -> str:
        date = words(self.date)
        spans = "; ".join(
            f"{text} {_describe_span(each, words)}" for text, each in zip(given, self.periods, strict=False)
        )
        return (
            f"The last in this list of the periods in which {date} lies: {spans}. First and last day belong to a "
            "period; where date and bound both have times, the times decide. A period without its first date did not "
            "take place; one without its last date lasts until a later one begins. Blank where "
            f"{date} is missing, in no period, or partial and not on all days that it may stand for in the same one."
        )


class PeriodNumber(_Periods):
    """The number of a period. Comes along with its name."""

    name: ClassVar[str] = "period_number"
    kind: ClassVar[Kind] = Kind.NUMBER

    def derive(self, rows: Rows) -> pd.Series:
        return pd.Series(np.array(self._numbers)[self.find_places(rows)])

    def method(self, words: Words) -> str:
        return self._describe(words, [write_number(number) for number in self._numbers])


@register
class Period(_Periods):
    """The period or phase in which a date lies, and its number.

    Each period lasts from its first to its last day, both included; `from_days` and `to_days` move them. Without `to`,
    or where that date is missing, a period lasts until a later one of the list begins, and the last one without end.
    The first of the list may do without `from`: then it takes all that is before the others. A period whose `from` is
    missing for a subject did not take place. Where periods overlap the later in the list has the day. A period that
    ends before it begins is a finding (PRD001) and has no days. Where the date or one that bounds a period cannot be
    read (DATE004), the record has no period.

    A date in no period, such as one between two, has none; neither has a missing date. Of a partial date the known part
    decides: it has a period when all days that it may stand for lie in the same one. Where date and bound both have
    times, the times decide. Dates are ISO 8601 text or SAS numbers.

    `number` names the variable with the number of the period, which comes along: its place from 1, unless the period
    has a `number`. `give: number` makes the variable itself that number, as APERIOD is.

    | ASTDT (as a date) | ADSL.AP01SDT | ADSL.AP02SDT | ADSL.AP02EDT | APHASE |
    |---|---|---|---|---|
    | 2022-02-20 | 2022-03-10 | 2022-07-01 | 2022-09-30 | Screening |
    | 2022-03-10 | 2022-03-10 | 2022-07-01 | 2022-09-30 | Combination |
    | 2022-07-01 | 2022-03-10 | 2022-07-01 | 2022-09-30 | Maintenance |
    | 2022-07-01 | 2022-03-10 | missing | missing | Combination |
    | 2022-10-31 | 2022-03-10 | 2022-07-01 | 2022-09-30 | Follow-up |

    ```yaml
    APHASE:
      period:
        date: ASTDT
        periods:
          - {name: Screening}
          - {name: Combination, from: ADSL.AP01SDT}
          - {name: Maintenance, from: ADSL.AP02SDT}
          - {name: Follow-up, from: ADSL.TRTEDT, from_days: 31}
        number: APHASEN
    ```

    Source: ADaMIG 1.3 sections 3.2.7 (period and phase dates of ADSL) and 3.3.3 (APERIOD, APERIODC, APHASE, APHASEN).
    """

    name: ClassVar[str] = "period"

    number: str = Field("", description="the variable with the number of the period, such as APHASEN")
    give: Literal["name", "number"] = Field("name", description="what this variable itself holds")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return self.give == "number"

    def derive(self, rows: Rows) -> pd.Series:
        date = moments_of(rows, self.date)
        bounds = self._find_bounds(rows, date)
        for each, (start, _) in zip(self.periods, bounds, strict=True):
            if each.start is not None and each.end is not None:
                end = self._find_end(rows, each, date)
                message = f"{each.name} ends ({each.end}) before it begins ({each.start})"
                days = (np.floor(start / DAY), np.floor(end / DAY))
                report_order(rows, "PRD001", end < start, days, message, "no record is in it")
        places = self.find_places(rows)
        if self.give == "number":
            return pd.Series(np.array(self._numbers)[places])
        return text_column([*(each.name for each in self.periods), ""]).take(places).reset_index(drop=True)

    def companions(self, variable: str) -> dict[str, Derivation]:
        return {self.number: PeriodNumber(date=self.date, periods=self.periods)} if self.number else {}

    def method(self, words: Words) -> str:
        if self.give == "number":
            return self._describe(words, [write_number(number) for number in self._numbers])
        return self._describe(words, [each.name for each in self.periods])


def _find_places(date: Moments, bounds: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The period of each date, counted from 0; -1 for none. The later of overlapping periods wins."""
    low, high = date.earliest, date.latest
    places = np.full(len(low), -1)
    for place, (start, end) in enumerate(bounds):
        touched = (start <= end) & (low <= end) & (high >= start)
        inside = touched & (low >= start) & (high <= end)
        places[touched] = -1
        places[inside] = place
    return places


def _describe_bound(shift: int, ref: str) -> str:
    if not shift:
        return ref
    days = f"{abs(shift)} day{'' if abs(shift) == 1 else 's'}"
    return f"{days} {'after' if shift > 0 else 'before'} {ref}"


def _describe_span(period: PeriodSpan, words: Words) -> str:
    start = f"from {_describe_bound(period.from_days, words(period.start))}" if period.start is not None else ""
    if period.end is not None:
        return f"{start} to {_describe_bound(period.to_days, words(period.end))}".strip()
    return f"{start} until a later one begins".strip()
