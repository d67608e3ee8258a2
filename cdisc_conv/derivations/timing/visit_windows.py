"""Analysis visits by windows of study days."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, field_validator, model_validator

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.rows import pick_or_blank
from cdisc_conv.columns.texts import format_numbers, text_column
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.parameters import Names, Parameters, Text
from cdisc_conv.derivations.registry import register

_UNIT = "DAYS"
Part = Literal["number", "target", "difference", "from", "to", "range", "unit"]
_PARTS: dict[str, Part] = {
    "AVISITN": "number",
    "AWTARGET": "target",
    "AWTDIFF": "difference",
    "AWLO": "from",
    "AWHI": "to",
    "AWRANGE": "range",
    "AWU": "unit",
}
"""The variables that come along, and what they hold."""


class Window(Parameters):
    """One analysis visit: the study days it takes in."""

    visit: Text = Field(description="the name of the analysis visit")
    number: float | None = Field(None, description="its number, for AVISITN")
    target: float | None = Field(None, description="its target day, for AWTARGET and AWTDIFF")
    start: float | None = Field(None, alias="from", description="the first day; open when left out")
    end: float | None = Field(None, alias="to", description="the last day; open when left out")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.low > self.high:
            end, start = write_number(self.high), write_number(self.low)
            raise ValueError(f"window '{self.visit}' ends on day {end}, before it begins on day {start}")
        if self.target is not None and not self.low <= self.target <= self.high:
            raise ValueError(f"the target day {write_number(self.target)} of window '{self.visit}' is not inside it")
        if 0 in (self.start, self.end, self.target):
            raise ValueError(f"window '{self.visit}' names day 0, but study days go from -1 to 1")
        return self

    @property
    def low(self) -> float:
        return -np.inf if self.start is None else self.start

    @property
    def high(self) -> float:
        return np.inf if self.end is None else self.end

    @property
    def text(self) -> str:
        """The days in words: ``2 to 64``, ``up to 1``, ``from 107``."""
        if self.end is None:
            return "all days" if self.start is None else f"from {write_number(self.start)}"
        if self.start is None:
            return f"up to {write_number(self.end)}"
        return f"{write_number(self.start)} to {write_number(self.end)}"


@register
class VisitWindow(Derivation):
    """The analysis visit whose window of study days takes in the day of the record.

    `from` and `to` are days of the window, both included; one that is left out is open. Windows may not overlap. A
    record whose day lies in no window, such as between two, gets the word `outside`; a record without a day stays
    blank. Every record in a window gets its visit: which of several is analysed says a flag, such as the one nearest to
    the target day by `extreme` over AWTDIFF.

    `companions` are variables that come along with the visit: AVISITN (`number`), AWTARGET (`target`), AWTDIFF (days
    between the record and the target, without sign; there is no day 0), AWLO and AWHI (`from` and `to`), AWRANGE (both
    as text), AWU (the unit, DAYS). They are missing where the visit is.

    | ADY | AVISIT | AVISITN | AWTARGET | AWTDIFF |
    |---|---|---|---|---|
    | -3 | Baseline | 0 | 1 | 3 |
    | 45 | Week 6 | 6 | 43 | 2 |
    | 200 | Unscheduled | missing | missing | missing |

    ```yaml
    AVISIT:
      visit_window:
        day: ADY
        windows:
          - {visit: Baseline, number: 0, target: 1, to: 1}
          - {visit: Week 6, number: 6, target: 43, from: 2, to: 64}
          - {visit: Week 12, number: 12, target: 85, from: 65, to: 106}
        outside: Unscheduled
        companions: [AVISITN, AWTARGET, AWTDIFF]
    ```

    The record nearest to the target, the later of two that are equally near:
    `ANL01FL: {extreme: {pick: lowest, value: AWTDIFF, by: [PARAMCD, AVISIT], order: [ADT], ties: last}}`.

    Source: ADaMIG 1.3 section 3.3.3 (AVISIT, AVISITN and the AW variables of analysis visit windowing).
    """

    name: ClassVar[str] = "visit_window"
    topic: ClassVar[str] = "Visits and epochs"
    kind: ClassVar[Kind] = Kind.TEXT

    day: Ref = Field(Ref("ADY"), description="the study day of the record")
    windows: tuple[Window, ...] = Field(description="the analysis visits, in any order")
    outside: Text = Field("", description="the visit of a record whose day is in no window")
    companions_: Names = Field((), alias="companions", description="variables that come along with the visit")

    @field_validator("companions_")
    @classmethod
    def _check_companions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in value if name not in _PARTS]:
            raise ValueError(f"'{unknown[0]}' cannot come along; those that can are {', '.join(_PARTS)}")
        return value

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.windows:
            raise ValueError("'windows' is empty; it takes at least one")
        for before, after in pairwise(self.sorted_windows):
            if after.low <= before.high:
                raise ValueError(
                    f"windows '{before.visit}' ({before.text}) and '{after.visit}' ({after.text}) overlap; a day "
                    "belongs to one visit"
                )
        names = [window.visit for window in self.windows]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"there are two windows '{twice[0]}'")
        for name, attribute in (("AVISITN", "number"), ("AWTARGET", "target"), ("AWTDIFF", "target")):
            lacking = [window.visit for window in self.windows if getattr(window, attribute) is None]
            if name in self.companions_ and lacking:
                raise ValueError(f"window '{lacking[0]}' has no '{attribute}', which {name} needs")
        return self

    @property
    def sorted_windows(self) -> list[Window]:
        """The windows from the first day to the last."""
        return sorted(self.windows, key=lambda window: window.low)

    def reads(self) -> tuple[str, ...]:
        return (self.day,)

    def companions(self, variable: str) -> dict[str, Derivation]:
        parameters = {name: getattr(self, name) for name in VisitWindow.model_fields}
        return {name: WindowPart(**parameters, part=_PARTS[name]) for name in self.companions_}

    def derive(self, rows: Rows) -> pd.Series:
        position, known = self._find_windows(rows)
        names = text_column([*(window.visit for window in self.sorted_windows), self.outside])
        return pick_or_blank(names, np.where(known, position, -1))

    def _find_windows(self, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
        """The window of each record, the number of windows where its day is in none; and whether it has a day."""
        days = as_numbers(rows[self.day]).to_numpy()
        windows = self.sorted_windows
        known = ~np.isnan(days)
        place = np.searchsorted([window.low for window in windows], np.where(known, days, 0), side="right") - 1
        inside = (place >= 0) & (days <= np.array([window.high for window in windows])[np.maximum(place, 0)])
        return np.where(inside, place, len(windows)), known

    def method(self, words: Words) -> str:
        windows = "; ".join(f"{window.visit}: {window.text}" for window in self.sorted_windows)
        outside = f"'{self.outside}'" if self.outside else "blank"
        return (
            f"The analysis visit by the day {words(self.day)}, first and last day included: {windows}. On a day in no "
            f"window {outside}; blank where {words(self.day)} is missing."
        )


class WindowPart(VisitWindow):
    """A variable that comes along with an analysis visit: its number, target day, distance, or days."""

    kind: ClassVar[Kind] = Kind.ANY
    shorthand: ClassVar[str] = "part"

    part: Part = Field(description="what it holds")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return self.part not in ("range", "unit")

    def companions(self, variable: str) -> dict[str, Derivation]:
        return {}

    def derive(self, rows: Rows) -> pd.Series:
        position, known = self._find_windows(rows)
        values = [self._give(window) for window in self.sorted_windows]
        if self.part in ("range", "unit"):
            texts = text_column([*map(str, values), ""])
            return pick_or_blank(texts, np.where(known, position, -1))
        numbers = np.array([*(np.nan if value is None else value for value in values), np.nan], dtype=float)
        made = np.where(known, numbers[position], np.nan)
        return pd.Series(self._measure(as_numbers(rows[self.day]).to_numpy(), made))

    def _give(self, window: Window) -> float | str | None:
        """What the variable holds for a window."""
        if self.part == "unit":
            return _UNIT
        if self.part == "range":
            return f"{window.text} {_UNIT}"
        return {"number": window.number, "from": window.start, "to": window.end}.get(self.part, window.target)

    def _measure(self, days: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """The days to the target where these are asked for; from day -1 to day 1 is one day."""
        if self.part != "difference":
            return targets
        return np.asarray(np.abs((days - (days > 0)) - (targets - (targets > 0))))

    def method(self, words: Words) -> str:
        day = words(self.day)
        if self.part == "difference":
            return (
                f"The number of days between {day} and the target day of the window, without sign; there is no day 0."
            )
        what = {"number": "number", "target": "target day", "from": "first day", "to": "last day"}.get(self.part)
        if what is None:
            return f"The {'days' if self.part == 'range' else 'unit of the days'} of the window of {day}."
        given = "; ".join(
            f"{window.visit}: {format_numbers(pd.Series([float(value)])).iloc[0]}"
            for window in self.sorted_windows
            if isinstance(value := self._give(window), float)
        )
        return f"The {what} of the window that takes in {day}: {given}."
