"""Dose intensity: how much of a drug in a unit of time, and how much of what was planned."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.dates.findings import moments_of
from cdisc_conv.derivations.evidence import First
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity

_DAYS = {"day": 1.0, "week": 7.0}

Quantity = Annotated[float, Field(ge=0)] | Ref
"""A number, or a column of numbers."""


class _Intensity(Derivation):
    """What `dose_intensity` and `relative_dose_intensity` share: the dose, and the time in which it was given."""

    topic: ClassVar[str] = "Exposure"
    kind: ClassVar[Kind] = Kind.NUMBER

    dose: Ref = Field(description="the cumulative dose that was given")
    duration: Ref | None = Field(None, description="the column with the duration in days; or give `start` and `end`")
    start: Ref | None = Field(None, description="the date of the first dose")
    end: Ref | None = Field(None, description="the date of the last dose")
    add: float = Field(
        1, ge=0, description="days added to `end` less `start`: 1, or the cycle length when `end` begins the last cycle"
    )
    per: Literal["day", "week"] | Annotated[float, Field(gt=0)] = Field(
        "week", description="the unit of time: day, week, or a number of days such as the cycle length"
    )

    @model_validator(mode="after")
    def _check_duration(self) -> Self:
        if self.duration is not None and (self.start is not None or self.end is not None):
            raise ValueError("the duration is given twice: by 'duration', and by 'start' and 'end'")
        if (self.start is None) != (self.end is None):
            raise ValueError("'start' and 'end' go together")
        if self._needs_duration and self.duration is None and self.start is None:
            raise ValueError("needs 'duration', or 'start' and 'end'")
        return self

    @property
    def _needs_duration(self) -> bool:
        return True

    @property
    def _unit(self) -> float:
        return self.per if isinstance(self.per, float) else _DAYS[self.per]

    def _find_intensity(self, rows: Rows) -> np.ndarray:
        """The dose in a unit of time."""
        dose, days = as_numbers(rows[self.dose]).to_numpy(), self._find_days(rows)
        return np.asarray(dose / (days / self._unit))

    def _find_days(self, rows: Rows) -> np.ndarray:
        """The duration in days; missing where it is not above 0."""
        if self.duration is not None:
            days, source = as_numbers(rows[self.duration]).to_numpy(), str(self.duration)
        else:
            start, end = (moments_of(rows, name).days for name in (self.start, self.end) if name is not None)
            days, source = end - start + self.add, f"{self.end} - {self.start} + {write_number(self.add)}"
        if (wrong := days <= 0).any():
            rows.report(
                "DOSE001",
                "{count:# record has|# records have} a duration that is not above 0 days; {variable} is blank there",
                where=wrong,
                severity=Severity.ERROR,
                value="{example} days",
                hint="the duration is {source}; look at the dates of the first and the last dose",
                parameters={
                    "variable": rows.variable,
                    "source": source,
                    "example": First(lambda record: write_number(days[record])),
                },
            )
        return np.where(wrong, np.nan, days)

    def _describe_duration(self, words: Words) -> str:
        if self.duration is not None:
            return f"the duration {words(self.duration)} in days"
        start, end = (words(name) for name in (self.start, self.end) if name is not None)
        return f"the duration in days ({end} minus {start} plus {write_number(self.add)})"

    def _describe_unit(self) -> str:
        return f"{write_number(self._unit)} days" if isinstance(self.per, float) else str(self.per)


@register
class DoseIntensity(_Intensity):
    """The dose intensity: the cumulative dose divided by the duration of treatment, per unit of time.

    The duration is a column of days, or the days from `start` to `end` and `add` days: with 1 both days count; when
    `end` is the first day of the last cycle, the length of a cycle counts that cycle in full. A cumulative dose of 0
    gives 0. Missing where the dose or the duration is missing. A duration that is not above 0 is an error finding
    (DOSE001). Nothing is rounded; the unit is that of the dose, such as mg/m2, per unit of time.

    | CUMDOSE (mg/m2) | FIRSTDT | LASTDT | dose intensity per week, add: 21 |
    |---|---|---|---|
    | 520 | 2022-03-05 | 2022-05-07 | 43.333 |
    | 0 | 2022-03-05 | 2022-03-05 | 0 |

    ```yaml
    AVAL: {dose_intensity: {dose: CUMDOSE, start: FIRSTDT, end: LASTDT, add: 21, per: week}}
    ```

    Source: Hryniuk and Bush, J Clin Oncol 1984;2:1281-1288 (dose intensity is mg/m2 per week).
    """

    name: ClassVar[str] = "dose_intensity"

    def derive(self, rows: Rows) -> pd.Series:
        return pd.Series(self._find_intensity(rows))

    def method(self, words: Words) -> str:
        intensity = f"{words(self.dose)} divided by {self._describe_duration(words)}, per {self._describe_unit()}"
        blank = "Blank where the dose or the duration is missing, or the duration is not above 0."
        return f"{intensity}, not rounded. {blank}"


@register
class RelativeDoseIntensity(_Intensity):
    """The relative dose intensity: the actual dose intensity in percent of the planned one.

    The planned dose intensity is `planned`, a number or a column in units of the dose per unit of time (`per`), or
    `planned_dose` divided by `planned_duration` (days). With `planned_dose` alone the result is the percent of the
    planned dose that was given, whatever the time, and no duration is needed. Missing where one of the inputs is
    missing. A planned dose or duration of 0 gives no percentage and is a finding (DOSE002); an actual duration that is
    not above 0 is an error finding (DOSE001). Nothing is rounded.

    | CUMDOSE | DURD | PLANDOSE | PLANDUR | relative dose intensity |
    |---|---|---|---|---|
    | 390 | 63 | 520 | 84 | 100 |
    | 390 | 84 | 520 | 84 | 75 |

    ```yaml
    AVAL:
      relative_dose_intensity: {dose: CUMDOSE, duration: DURD, planned_dose: PLANDOSE, planned_duration: PLANDUR}
    ```

    Source: Hryniuk and Bush, J Clin Oncol 1984;2:1281-1288 (relative dose intensity is the ratio to the intensity of a
    standard regimen).
    """

    name: ClassVar[str] = "relative_dose_intensity"

    planned: Quantity | None = Field(None, description="the planned dose intensity in the unit of `per`")
    planned_dose: Quantity | None = Field(None, description="the planned cumulative dose")
    planned_duration: Quantity | None = Field(None, description="the planned duration in days; with `planned_dose`")

    @model_validator(mode="after")
    def _check_plan(self) -> Self:
        if (self.planned is None) == (self.planned_dose is None):
            raise ValueError("needs 'planned' or 'planned_dose', and not both")
        if self.planned is not None and self.planned_duration is not None:
            raise ValueError("'planned_duration' goes with 'planned_dose', not with 'planned'")
        if not self._needs_duration and (self.duration is not None or self.start is not None):
            raise ValueError("a duration is given, but no 'planned_duration' to compare it with")
        return self

    @property
    def _needs_duration(self) -> bool:
        return self.planned is not None or self.planned_duration is not None

    def derive(self, rows: Rows) -> pd.Series:
        actual = self._find_intensity(rows) if self._needs_duration else as_numbers(rows[self.dose]).to_numpy()
        plan = _read(rows, self.planned if self.planned is not None else self.planned_dose)
        empty = plan <= 0
        if self.planned_duration is not None:
            days = _read(rows, self.planned_duration)
            empty |= days <= 0
            plan = plan / np.where(days > 0, days / self._unit, np.nan)
        if empty.any():
            message = "{count:# record has|# records have} a planned dose or duration of 0; {variable} is blank there"
            hint, parameters = "leave out records of drugs that were not planned", {"variable": rows.variable}
            rows.report("DOSE002", message, where=empty, hint=hint, parameters=parameters)
        return pd.Series(100 * actual / np.where(empty, np.nan, plan))

    def method(self, words: Words) -> str:
        dose = words(self.dose)
        blank = "Blank where one of these is missing or the plan is 0"
        if not self._needs_duration:
            return f"{dose} in percent of the planned dose {_name(words, self.planned_dose)}, not rounded. {blank}."
        if self.planned is not None:
            plan = f"the planned dose intensity {_name(words, self.planned)} per {self._describe_unit()}"
        else:
            days = _name(words, self.planned_duration)
            plan = f"the planned dose {_name(words, self.planned_dose)} divided by the planned duration {days} in days"
        per = f", per {self._describe_unit()}," if self.planned is not None else ""
        actual = f"{dose} divided by {self._describe_duration(words)}{per}"
        return f"{actual} in percent of {plan}, not rounded. {blank}, or the duration is not above 0."


def _read(rows: Rows, quantity: Any) -> np.ndarray:
    """A number on every record, or the numbers of a column."""
    return as_numbers(rows[quantity]).to_numpy() if isinstance(quantity, Ref) else np.full(len(rows), float(quantity))


def _name(words: Words, quantity: Any) -> str:
    return words(quantity) if isinstance(quantity, Ref) else write_number(quantity)
