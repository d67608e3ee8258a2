"""The optional rules that censor a time to event: missing assessments and other therapies.

Source: FDA guidance "Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics" (2018), appendix 3.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from cdisc_conv.derivations.base import ExpressionField, Ref, Rows, Words
from cdisc_conv.derivations.endpoints.endings import Adequate, Dates, missing_dates
from cdisc_conv.derivations.parameters import Parameters, Text, join_words
from cdisc_conv.derivations.records.subject_records import read_days
from cdisc_conv.expr import Expression

Judgement = tuple[np.ndarray, tuple[Dates, np.ndarray]]
"""Which rows a rule censors, at which date, and whether an assessment was found there (else it is the start)."""


@dataclass(frozen=True)
class Time:
    """The times as they would end without the optional rules: one number or truth value per row."""

    start: np.ndarray
    is_event: np.ndarray
    lacking: np.ndarray
    """Rows whose assessments are lacking, by `UnassessedRule`."""
    dates: Dates


class CensoringRule(Parameters):
    """What the optional rules share."""

    description: Text = Field(description="EVNTDESC: the reason of censoring in words")
    cnsr: int = Field(1, ge=1, description="the value of CNSR")

    @abstractmethod
    def judge(self, rows: Rows, time: Time, adequate: Adequate) -> Judgement:
        """Which rows are censored, and where."""

    @abstractmethod
    def describe(self, words: Words, start: str, kept: Sequence[str]) -> str:
        """The rule in words; `kept` are the events that count without assessments too."""


class UnassessedRule(CensoringRule):
    """Without assessment at baseline or later, the time is censored at its start."""

    baseline: Annotated[Expression, ExpressionField] | None = Field(
        None, description="the condition under which there is a baseline assessment; not looked at when left out"
    )

    def find_lacking(self, rows: Rows, adequate: Adequate) -> np.ndarray:
        """Rows without an adequate assessment after the start, or without one at baseline."""
        last, found = adequate.find_last(np.full(len(rows), np.inf))
        lacking = ~(found & (last.date > adequate.start))
        if self.baseline is not None:
            lacking |= ~self.baseline.evaluate(rows.__getitem__, len(rows)).to_numpy(dtype=bool)
        return np.asarray(lacking)

    def judge(self, rows: Rows, time: Time, adequate: Adequate) -> Judgement:
        at_start = replace(missing_dates(len(rows)), date=time.start)
        return time.lacking & ~time.is_event, (at_start, np.zeros(len(rows), dtype=bool))

    def describe(self, words: Words, start: str, kept: Sequence[str]) -> str:
        baseline = "" if self.baseline is None else f"unless {words.condition(self.baseline)}, or "
        text = f"{baseline}where there is no adequate assessment after {start}, the time is censored at {start}"
        return f"{self.description}: {text}" + (f", but {join_words(kept)} still counts as an event" if kept else "")


class NewTherapyRule(CensoringRule):
    """Nothing counts after the start of another anti-cancer therapy."""

    date: Ref = Field(description="the start of the other therapy")

    def judge(self, rows: Rows, time: Time, adequate: Adequate) -> Judgement:
        therapy = read_days(self.date, rows[self.date])
        before = time.is_event & (time.dates.date <= therapy)
        return ~np.isnan(therapy) & ~before, adequate.find_last(therapy)

    def describe(self, words: Words, start: str, kept: Sequence[str]) -> str:
        date = words(self.date)
        return (
            f"{self.description}: where {date} is present and no event is on or before it, the time is censored at the "
            f"last adequate assessment on or before {date}"
        )


class MissedRule(CensoringRule):
    """Events after missed assessments do not count: the gap as days, or as planned assessments."""

    gap_days: int | None = Field(None, ge=1, description="days without adequate assessment after which no event counts")
    assessments: int | None = Field(None, ge=1, description="so many missed assessments in a row are too many")
    every: int | None = Field(None, ge=1, description="days between planned assessments")
    window: int = Field(0, ge=0, description="days that an assessment may be late")

    @model_validator(mode="after")
    def _check(self) -> Self:
        planned = self.assessments is not None and self.every is not None
        half = (self.assessments is None) != (self.every is None)
        if half or planned == (self.gap_days is not None) or (self.window and not planned):
            raise ValueError("say either 'gap_days', or 'assessments' and 'every' (and 'window' if there is one)")
        return self

    @property
    def days(self) -> int:
        """The longest gap after which an event still counts."""
        return self.gap_days or (self.assessments or 0) * (self.every or 0) + self.window

    def judge(self, rows: Rows, time: Time, adequate: Adequate) -> Judgement:
        last = adequate.find_last(np.where(time.is_event, time.dates.date - 1, np.nan))
        return time.is_event & (time.dates.date - last[0].date > self.days), last

    def describe(self, words: Words, start: str, kept: Sequence[str]) -> str:
        days = f"{self.days} days"
        if self.gap_days is None:
            window = f" and {self.window} days of window" if self.window else ""
            days = f"{days} ({self.assessments} planned assessments every {self.every} days{window})"
        return (
            f"{self.description}: an event more than {days} after the last adequate assessment before it (after "
            f"{start} where there is none) does not count, and the time is censored at that assessment"
        )
