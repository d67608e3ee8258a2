"""The records of another dataset, subject by subject: which of them count, and which one is chosen.

What the derivations of response and time to event share: they stand on one record per subject and read many.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.moments import SAS_OFFSET, is_datetime, rank_in_time, read_sas_moments
from cdisc_conv.columns.rows import pick_or_blank, take_rows
from cdisc_conv.columns.sas_dates import to_sas_days
from cdisc_conv.columns.texts import is_number
from cdisc_conv.derivations.base import SELF, SUBJECT, Derivation, Kind, Reach, Ref, Rows, Table, TableRef, Words
from cdisc_conv.derivations.order.ordering import sort_rows
from cdisc_conv.derivations.parameters import Text
from cdisc_conv.derivations.records.joining import Keys, match_records, name_column, select_records
from cdisc_conv.expr import Expression

Keep = Literal["first", "last"]


@dataclass(frozen=True)
class SubjectRecords:
    """The records of a table that meet a condition and belong to a subject of ours.

    `ours` is the number of its subject for each of our rows, `subjects` for each record of theirs, both from 0 to
    `count`; `positions` are the places of these records in the table.
    """

    table: Table
    positions: np.ndarray
    ours: np.ndarray
    subjects: np.ndarray
    count: int

    def column(self, name: str) -> pd.Series:
        """A column of the records."""
        return take_rows(self.table[name], self.positions)

    def narrow(self, mask: np.ndarray) -> SubjectRecords:
        """Those of the records where the mask is true."""
        picked = np.flatnonzero(mask)
        return SubjectRecords(self.table, self.positions[picked], self.ours, self.subjects[picked], self.count)

    def choose(self, ranks: Sequence[np.ndarray], keep: Keep) -> np.ndarray:
        """The first or last record of each subject by the ranks, for each of our rows; -1 where there is none."""
        order = sort_rows(self.subjects, list(ranks))
        chosen = np.full(self.count, -1)
        if keep == "first":
            order = order[::-1]
        chosen[self.subjects[order]] = order
        return np.asarray(chosen[self.ours])

    def rows_of(self, mask: np.ndarray) -> np.ndarray:
        """Which of our rows have a record where the mask is true."""
        has = np.zeros(self.count, dtype=bool)
        has[self.subjects[mask]] = True
        return np.asarray(has[self.ours])


def find_records(rows: Rows, source: str, where: Expression | None) -> SubjectRecords:
    """The records of a table that meet a condition and whose USUBJID is that of one of our rows."""
    table = rows.table(source)
    picked = select_records(table, where)
    theirs = take_rows(table[SUBJECT], picked)
    matches = match_records(rows, (SUBJECT,), [theirs])
    known = matches.theirs >= 0
    return SubjectRecords(table, picked[known], matches.ours, matches.theirs[known], matches.count)


def rank_for(values: pd.Series, keep: Keep) -> np.ndarray:
    """Ranks by which a record with a missing value is never preferred."""
    ranks = rank_in_time(values)
    missing = values.isna() if is_number(values) else values == ""
    return np.where(missing.to_numpy(dtype=bool), len(ranks), ranks) if keep == "first" else ranks


def read_days(name: str, dates: pd.Series) -> np.ndarray:
    """A column of dates as whole SAS days: SAS dates, SAS datetimes where it is called ``--DTM``, or ISO 8601 text.

    NaN for dates that are not complete, or not in the calendar.

    >>> read_days("ADTM", pd.Series([86_400.0 * 3])).tolist()
    [3.0]
    >>> read_days("RSDTC", pd.Series(["2022-03-01T08:00", "2022-03", ""], dtype="str")).tolist()
    [22705.0, nan, nan]
    """
    if not is_number(dates):
        return to_sas_days(dates).to_numpy(dtype="float64")
    return read_sas_moments(dates, is_datetime(name)).first_day - SAS_OFFSET


def name_source(words: Words, source: str) -> str:
    """The table in words; the earlier blocks of the dataset by its own name."""
    return words.dataset if source == SELF else words.table(source)


def name_field(words: Words, source: str, column: str) -> str:
    """A column of the table in words."""
    return name_column(words, words.dataset if source == SELF else source, column)


def describe_where(words: Words, source: str, where: Expression | None) -> str:
    """The condition as an ending of a sentence, "" without one: `` where ADRS.PARAMCD equals OVR``."""
    if where is None:
        return ""
    return f" where {words.condition(where, words.dataset if source == SELF else source)}"


@dataclass(frozen=True)
class Chosen:
    """The record chosen for each of our rows; -1 where there is none."""

    records: SubjectRecords
    position: np.ndarray

    def note(self, rows: Rows, source: str) -> None:
        """Say which records of the table were chosen."""
        rows.took(source, np.append(self.records.positions, -1)[self.position])

    def column(self, name: str) -> pd.Series:
        """The values of the chosen records, missing where there is none."""
        return pick_or_blank(self.records.column(name), self.position)


class RecordChooser(Derivation):
    """Base of the derivations that choose one record of a subject and bring its values along."""

    topic: ClassVar[str] = "Response and time to event"
    reach: ClassVar[Reach] = Reach.SUBJECT

    source: Text = Field(alias="from", description="the dataset to look in; `self` for the earlier blocks of this one")
    bring: Keys = Field(
        {}, description="variables that come along with the value of the chosen record: names, or name -> their column"
    )

    @abstractmethod
    def choose(self, rows: Rows) -> Chosen:
        """The record that decides, for each of our rows. Reports nothing: `derive` does."""

    def find_chosen(self, rows: Rows) -> Chosen:
        """The same, found once for all variables that the record brings along."""
        return rows.share((RecordChooser.__name__, id(self)), lambda: self.choose(rows))

    @abstractmethod
    def describe_choice(self, words: Words, main: str) -> str:
        """Which record that is, as the end of "the value of ..."; `main` names the variable whose method tells more."""

    def brought(self) -> dict[str, str]:
        """Variables that come along -> their column."""
        return {str(name): column for name, column in self.bring.items()}

    def companions(self, variable: str) -> dict[str, Derivation]:
        return {
            name: Brought(of=self, column=column, main=variable)
            for name, column in self.brought().items()
            if name != variable
        }


class Brought(Derivation):
    """A value of the record that another variable's derivation chose; never written in a mapping."""

    name: ClassVar[str] = "brought"
    topic: ClassVar[str] = RecordChooser.topic
    reach: ClassVar[Reach] = Reach.SUBJECT

    of: RecordChooser = Field(description="the derivation that chooses")
    column: str = Field(description="the column of the chosen record")
    main: str = Field(description="the variable with that derivation")

    def reads(self) -> tuple[Ref, ...]:
        return tuple(Ref(name) for name in self.of.reads())

    def tables(self) -> dict[str, tuple[str, ...]]:
        return self.of.tables()

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return is_number(TableRef(f"{self.of.source}.{self.column}"))

    def picks(self) -> dict[str, tuple[str, ...]]:
        return {self.of.source: (self.column,)}

    def derive(self, rows: Rows) -> pd.Series:
        chosen = self.of.find_chosen(rows)
        chosen.note(rows, self.of.source)
        return chosen.column(self.column)

    def method(self, words: Words) -> str:
        return f"{name_field(words, self.of.source, self.column)} of {self.of.describe_choice(words, words(self.main))}"


class BroughtDate(Brought):
    """The date of that record, as a SAS date."""

    kind: ClassVar[Kind] = Kind.NUMBER

    def derive(self, rows: Rows) -> pd.Series:
        return pd.Series(read_days(self.column, super().derive(rows)))
