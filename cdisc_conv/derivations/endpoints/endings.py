"""What ends a time to event: the records with the dates of events, of censoring and of assessments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.distinct import rank_values
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import pick_or_blank
from cdisc_conv.derivations.base import SUBJECT, ExpressionField, Rows, Words
from cdisc_conv.derivations.order.ordering import sort_rows
from cdisc_conv.derivations.parameters import Parameters, Text
from cdisc_conv.derivations.records.joining import find_last_before, names_in
from cdisc_conv.derivations.records.subject_records import (
    Keep,
    SubjectRecords,
    describe_where,
    find_records,
    name_field,
    read_days,
)
from cdisc_conv.expr import Expression


@dataclass(frozen=True)
class Ending:
    """A way in which the time may end: an event (`cnsr` 0) or a reason of censoring, and where its date stands."""

    description: str
    date_description: str
    cnsr: int
    domain: str
    variable: str
    at_start: bool = False
    """Whether a rule censors at the start."""

    @property
    def label(self) -> str:
        """The description, with the date where the same reason has several."""
        return f"{self.description} (at the start)" if self.at_start else self.description


@dataclass(frozen=True)
class Dates:
    """A date and a sequence number for each row, and the position of the record that has them; NaN for none."""

    date: np.ndarray
    sequence: np.ndarray
    record: np.ndarray

    def where(self, mask: np.ndarray, other: Dates) -> Dates:
        """These where the mask is true, the others elsewhere."""
        pairs = ((self.date, other.date), (self.sequence, other.sequence), (self.record, other.record))
        return Dates(*(np.where(mask, ours, theirs) for ours, theirs in pairs))


class DatedSource(Parameters):
    """Records with a date: the dataset, which of them, and how SRCDOM, SRCVAR and SRCSEQ name it."""

    source: Text = Field(alias="from", description="the dataset with the records")
    where: Annotated[Expression, ExpressionField] | None = Field(None, description="which of their records count")
    date: Text = Field("ADT", description="their column with the date")
    description: Text = Field(description="the event, or the reason of censoring, in words")
    domain: Text = Field("", description="what SRCDOM says; the dataset when left out")
    variable: Text = Field("", description="what SRCVAR says; the column of the date when left out")
    sequence: Text = Field("", description="their column that gives SRCSEQ")
    flag: Text = Field("", description="their column with the imputation flag of the date, such as DTHDTF")

    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        more = [name for name in (self.sequence, self.flag) if name]
        return (SUBJECT, *names_in(self.where), self.date, *more)

    def find(self, rows: Rows) -> tuple[SubjectRecords, np.ndarray]:
        """The records, and their dates in days."""
        records = find_records(rows, self.source, self.where)
        return records, read_days(self.date, records.column(self.date))

    def numbers(self, records: SubjectRecords) -> pd.Series:
        """The sequence number of each record."""
        if not self.sequence:
            return pd.Series(np.full(len(records.subjects), np.nan))
        return as_numbers(records.column(self.sequence))

    def pick(self, rows: Rows, keep: Keep) -> Dates:
        """The first or last date of each subject; of equal dates that with the first or last sequence number."""
        records, dates = self.find(rows)
        dated = ~np.isnan(dates)
        records, date = records.narrow(dated), pd.Series(dates[dated])
        numbers = self.numbers(records)
        chosen = records.choose([rank_values(date), rank_values(numbers)], keep)
        places = pd.Series(records.positions.astype("float64"))
        return Dates(*(pick_or_blank(values, chosen).to_numpy() for values in (date, numbers, places)))

    def describe(self, words: Words, which: str) -> str:
        """``Death (ADSL.DTHDT of the earliest record where ...)``."""
        where = describe_where(words, self.source, self.where)
        date = name_field(words, self.source, self.date)
        record = f" of the subject's {which} record{where}" if where else ""
        return f"{self.description} ({date}{record})"


class EventSource(DatedSource):
    """An event that ends the time."""

    unassessed: bool = Field(False, description="whether it counts also where the rule `unassessed` censors")

    def ending(self) -> Ending:
        return Ending(self.description, "", 0, self.domain or self.source, self.variable or self.date)


class CensorSource(DatedSource):
    """A date at which the time is censored when there is no event."""

    cnsr: int = Field(1, ge=1, description="the value of CNSR")
    date_description: Text = Field("", description="CNSDTDSC, what the date is; `description` when left out")

    def ending(self) -> Ending:
        what = self.date_description or self.description
        return Ending(self.description, what, self.cnsr, self.domain or self.source, self.variable or self.date)


class AssessmentSource(DatedSource):
    """The adequate assessments, of which the optional rules speak."""

    description: Text = Field("Last adequate assessment", description="CNSDTDSC where a rule censors at one of them")


@dataclass(frozen=True)
class Adequate:
    """The adequate assessments, sorted by subject and date, to look up the last one before a moment."""

    subjects: np.ndarray
    dates: np.ndarray
    sequences: np.ndarray
    records: np.ndarray
    ours: np.ndarray
    start: np.ndarray

    def find_last(self, moments: np.ndarray) -> tuple[Dates, np.ndarray]:
        """The last one on or before each row's moment, from its start on; else the start. And whether there is one."""
        place = find_last_before(self.subjects, self.dates, self.ours, moments)
        date = np.append(self.dates, np.nan)[place]
        found = (place >= 0) & (date >= self.start)
        last = Dates(date, np.append(self.sequences, np.nan)[place], np.append(self.records, np.nan)[place])
        return last.where(found, replace(missing_dates(len(date)), date=self.start)), found


def read_adequate(rows: Rows, source: AssessmentSource, start: np.ndarray) -> Adequate:
    """The adequate assessments with a date."""
    records, dates = source.find(rows)
    numbers = source.numbers(records).to_numpy()
    order = sort_rows(records.subjects, [rank_values(pd.Series(dates)), rank_values(pd.Series(numbers))])
    order = order[~np.isnan(dates[order])]
    places = records.positions[order].astype("float64")
    return Adequate(records.subjects[order], dates[order], numbers[order], places, records.ours, start)


def pick_earliest(choices: Sequence[Dates], allowed: Sequence[np.ndarray]) -> tuple[np.ndarray, Dates]:
    """The earliest date of each row among those allowed, and the place of its source; the first on equal dates."""
    pairs = zip(choices, allowed, strict=True)
    dates = np.array([np.where(may & ~np.isnan(each.date), each.date, np.inf) for each, may in pairs])
    return _pick(choices, dates, np.argmin(dates, axis=0))


def pick_latest(choices: Sequence[Dates]) -> tuple[np.ndarray, Dates]:
    """The latest date of each row, and the place of its source; the last on equal dates."""
    dates = np.array([np.where(np.isnan(each.date), -np.inf, each.date) for each in choices])
    return _pick(choices, dates, len(choices) - 1 - np.argmax(dates[::-1], axis=0))


def _pick(choices: Sequence[Dates], dates: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, Dates]:
    """The chosen place, -1 where there is no date, with its date and sequence number."""
    here = np.arange(dates.shape[1])
    date = dates[place, here]
    there = np.isfinite(date)
    sequence = np.array([each.sequence for each in choices])[place, here]
    record = np.array([each.record for each in choices])[place, here]
    return np.where(there, place, -1), Dates(date, sequence, record).where(there, missing_dates(len(here)))


def missing_dates(count: int) -> Dates:
    """No date on any row."""
    return Dates(*(np.full(count, np.nan) for _ in range(3)))
