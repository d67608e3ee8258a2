"""Ages and durations: how much time lies between two dates."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.calendar import DAY, split_days
from cdisc_conv.columns.texts import flag_column
from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of, report_mixture, report_order
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr.library import round_numbers
from cdisc_conv.problems import Severity

_TOPIC = "Analysis dates and times"
_DAYS_OF = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}


class _Aging(Derivation):
    """What an age and its unit share."""

    topic: ClassVar[str] = _TOPIC
    kind: ClassVar[Kind] = Kind.NUMBER

    birth: Ref = Field(description="the date of birth")
    date: Ref = Field(description="the date at which the age is wanted, such as TRTSDT")
    unit: Literal["years", "months", "weeks", "days"] = Field("years", description="what is counted")

    def reads(self) -> tuple[str, ...]:
        return (self.birth, self.date, SUBJECT)

    def _count(self, rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Completed units (NaN where unknown), and the days of birth and date."""
        birth, date = moments_of(rows, self.birth).days, moments_of(rows, self.date).days
        known = date >= birth
        if self.unit in ("days", "weeks"):
            ages = np.floor((date - birth) / _DAYS_OF[self.unit])
        else:
            months, day = split_days(np.where(known, date, 0))
            first_month, first_day = split_days(np.where(known, birth, 0))
            ages = np.floor((months - first_month - (day < first_day)) / (12 if self.unit == "years" else 1))
        return np.where(known, ages, np.nan), birth, date


class AgeUnit(_Aging):
    """The unit of an age. Comes along with it."""

    name: ClassVar[str] = "age_unit"
    kind: ClassVar[Kind] = Kind.TEXT

    def derive(self, rows: Rows) -> pd.Series:
        return flag_column(~np.isnan(self._count(rows)[0]), self.unit.upper())

    def method(self, words: Words) -> str:
        return f"{self.unit.upper()} where there is an age."


@register
class Age(_Aging):
    """The age at a date: completed years, months, weeks or days since birth.

    A year or month is completed on the same day of the month as the birth, or on the first of the next month where that
    day does not exist: who was born on 29 February turns a year older on 1 March in common years. Dates are ISO 8601
    text or SAS numbers; a partial or missing one leaves the age missing (impute the birth date with `numeric_date`
    first where the plan says so). A birth after the date is an error finding (AGE001). AAGE brings AAGEU, the unit.

    | BRTHDT (as a date) | TRTSDT (as a date) | AAGE in years | in months |
    |---|---|---|---|
    | 1960-03-11 | 2022-03-10 | 61 | 743 |
    | 1960-03-10 | 2022-03-10 | 62 | 744 |
    | missing | 2022-03-10 | missing | missing |

    ```yaml
    AAGE: {age: {birth: DM.BRTHDTC, date: TRTSDT}}
    ```

    Source: ADaMIG 1.3 section 3.2.2 (AAGE, when the age differs from DM.AGE, and AAGEU); ADaM terminology AGEU.
    """

    name: ClassVar[str] = "age"

    def derive(self, rows: Rows) -> pd.Series:
        ages, birth, date = self._count(rows)
        message = f"{self.date} is before {self.birth}"
        report_order(rows, "AGE001", date < birth, (birth, date), message, f"{rows.variable} is left missing")
        return pd.Series(ages)

    def companions(self, variable: str) -> dict[str, Derivation]:
        if not variable.endswith("AGE"):
            return {}
        return {f"{variable}U": AgeUnit(birth=self.birth, date=self.date, unit=self.unit)}

    def method(self, words: Words) -> str:
        rule = {
            "days": "",
            "weeks": " A week is 7 days.",
        }.get(
            self.unit,
            f" A {self.unit[:-1]} is completed on the day of the month of the birth, or on the first day of the next "
            "month where that day does not exist.",
        )
        return (
            f"Completed {self.unit} from {words(self.birth)} to {words(self.date)}.{rule} Missing where either date is "
            "missing or lacks its day or month, and where the birth is after the date."
        )


class _Lasting(Derivation):
    """What a duration and its unit share."""

    topic: ClassVar[str] = _TOPIC
    kind: ClassVar[Kind] = Kind.NUMBER

    start: Ref = Field(alias="from", description="the first date, such as ASTDT")
    end: Ref = Field(alias="to", description="the last date, such as AENDT")
    unit: Literal["hours", "days", "weeks", "months", "years"] = Field(
        "days", description="the unit; a month has 30.4375 days and a year 365.25"
    )
    add_one: bool = Field(True, description="count both the first and the last day; hours never do")
    decimals: int | None = Field(None, ge=0, le=10, description="round to so many decimal places, halves away from 0")
    negative: Literal["missing", "keep"] = Field("missing", description="what an end before the start gives")
    unit_term: str = Field("", description="the text of the unit variable; DAYS and so on without it")

    def reads(self) -> tuple[str, ...]:
        return (self.start, self.end, SUBJECT)

    def _find_ends(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """Days since 1970, or seconds for hours; NaN where not known so exactly."""
        start, end = moments_of(rows, self.start), moments_of(rows, self.end)
        if self.unit == "hours":
            report_mixture(rows, self.start, self.end, start.mixes_with(end))
            end = end.on_clock_of(start)
        if self.unit != "hours":
            return start.days, end.days
        first, last = (np.where(m.complete & m.timed, m.earliest, np.nan) for m in (start, end))
        return first, last

    def _count(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        elapsed = last - first
        if self.unit == "hours":
            numbers = elapsed / 3600
        else:
            numbers = (elapsed + (self.add_one & (elapsed >= 0))) / _DAYS_OF[self.unit]
        if self.negative == "missing":
            numbers = np.where(elapsed < 0, np.nan, numbers)
        return np.asarray(numbers if self.decimals is None else round_numbers(numbers, self.decimals))


class DurationUnit(_Lasting):
    """The unit of a duration. Comes along with it."""

    name: ClassVar[str] = "duration_unit"
    kind: ClassVar[Kind] = Kind.TEXT

    def derive(self, rows: Rows) -> pd.Series:
        known = ~np.isnan(self._count(*self._find_ends(rows)))
        return flag_column(known, self.unit_term or self.unit.upper())

    def method(self, words: Words) -> str:
        return f"{self.unit_term or self.unit.upper()} where there is a duration."


@register
class Duration(_Lasting):
    """How long something lasted, from its first day to its last.

    In days both ends count, so that what begins and ends on one day lasts 1 day; `add_one: false` counts the days
    elapsed. Weeks are 7 days, months 30.4375 and years 365.25. Hours are those elapsed between two datetimes (SAS
    datetimes, or ISO 8601 texts with a time). Dates are ISO 8601 text or SAS numbers; where one is partial or missing,
    so is the duration.

    An end before the start is an error finding (DUR001) that names subject and dates, and its duration is missing. With
    `negative: keep` it is a warning, and the duration is the negative number of days elapsed. ADURN brings ADURU, the
    unit; a variable whose name does not end in N brings none.

    | ASTDT (as a date) | AENDT (as a date) | ADURN | ADURU |
    |---|---|---|---|
    | 2022-03-05 | 2022-03-05 | 1 | DAYS |
    | 2022-03-05 | 2022-03-11 | 7 | DAYS |
    | 2022-03-05 | 2022-03-01 | missing, DUR001 | |
    | 2022-03-05 | missing | missing | |

    ```yaml
    ADURN: {duration: {from: ASTDT, to: AENDT}}
    ```

    Source: ADaM OCCDS 1.1, timing variables (ADURN and its unit ADURU); CDISC terminology UNIT. A month is a twelfth of
    365.25 days.
    """

    name: ClassVar[str] = "duration"

    def derive(self, rows: Rows) -> pd.Series:
        first, last = self._find_ends(rows)
        kept = self.negative == "keep"
        report_order(
            rows,
            "DUR001",
            last < first,
            (first, last) if self.unit != "hours" else (first / DAY, last / DAY),
            f"{self.end} is before {self.start}",
            f"{rows.variable} is {'negative' if kept else 'left missing'}",
            severity=Severity.WARNING if kept else Severity.ERROR,
            times=self.unit == "hours",
            field=self.end,
        )
        return pd.Series(self._count(first, last))

    def companions(self, variable: str) -> dict[str, Derivation]:
        if not variable.endswith("N"):
            return {}
        return {f"{variable[:-1]}U": DurationUnit.model_validate(dict(self))}

    def method(self, words: Words) -> str:
        start, end = words(self.start), words(self.end)
        if self.unit == "hours":
            text = f"Hours from {start} to {end}"
        elif self.unit == "days":
            text = f"{end} minus {start} in days{', plus 1' if self.add_one else ''}"
        else:
            days = f"{end} minus {start} in days{', plus 1' if self.add_one else ''}"
            text = f"({days}) / {_DAYS_OF[self.unit]:g}"
        digits = (
            ""
            if self.decimals is None
            else f", rounded to {self.decimals} decimal place{'' if self.decimals == 1 else 's'}"
        )
        known = "a complete date and time" if self.unit == "hours" else "a complete date"
        negative = (
            f", and where {end} is before {start}."
            if self.negative == "missing"
            else f". Negative{', without the plus 1,' if self.add_one and self.unit != 'hours' else ''} where {end} is "
            f"before {start}."
        )
        return f"{text}{digits}. Missing where either is not {known}{negative}"
