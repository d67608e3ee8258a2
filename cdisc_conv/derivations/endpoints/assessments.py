"""The tumour assessments of a subject in the order of time, as the rules of response want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.distinct import rank_values
from cdisc_conv.columns.rows import first_rows
from cdisc_conv.columns.texts import find_texts
from cdisc_conv.derivations.base import SUBJECT, Derivation, ExpressionField, Ref, Rows, Words
from cdisc_conv.derivations.evidence import Each, Parameters
from cdisc_conv.derivations.order.ordering import sort_rows
from cdisc_conv.derivations.parameters import Names, Text, join_words
from cdisc_conv.derivations.records.joining import names_in
from cdisc_conv.derivations.records.subject_records import (
    BroughtDate,
    Chosen,
    RecordChooser,
    SubjectRecords,
    describe_where,
    find_records,
    name_field,
    name_source,
    rank_for,
    read_days,
)
from cdisc_conv.expr import Expression
from cdisc_conv.problems import Severity

CR, PR, SD, NON, PD, NE = "CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"
RESPONSES = (CR, PR, SD, NON, PD, NE)
"""The overall responses of RECIST 1.1; `Assessments.response` holds their numbers here."""
WORST_FIRST = (PD, NON, SD, PR, CR, NE)
NO_RESPONSE = ("", "MISSING")
"""What stands in place of a response where none was given."""


@dataclass(frozen=True)
class Assessments:
    """The assessments that count, one per subject and date, sorted by subject and date.

    `subject`, `date` (days) and `response` (number in RESPONSES) stand for each assessment, `record` is its place
    among `records`; `start` is the start date of its subject.
    """

    records: SubjectRecords
    record: np.ndarray
    subject: np.ndarray
    date: np.ndarray
    response: np.ndarray
    start: np.ndarray

    def are(self, *responses: str) -> np.ndarray:
        """Which assessments have one of the responses."""
        return np.isin(self.response, [RESPONSES.index(each) for each in responses])

    def last_at_least(self, days: int) -> np.ndarray:
        """Which are at least so many days after the start; none where the start is missing."""
        return np.asarray(self.date >= self.start + days)

    def pick_first(self, mask: np.ndarray) -> Chosen:
        """The earliest assessment of each subject where the mask is true."""
        picked = np.flatnonzero(mask)
        first = np.full(self.records.count, -1)
        first[self.subject[picked[::-1]]] = self.record[picked[::-1]]
        return Chosen(self.records, first[self.records.ours])


@dataclass(frozen=True)
class _Read:
    """All records, before any is left out; numbers per record."""

    records: SubjectRecords
    date: np.ndarray
    response: np.ndarray
    start: np.ndarray
    until: np.ndarray
    unknown: np.ndarray

    @property
    def given(self) -> np.ndarray:
        return self.response >= 0

    @property
    def early(self) -> np.ndarray:
        return np.asarray(self.date < self.start)


class AssessmentRule(RecordChooser):
    """Base of the derivations that judge the overall responses of a subject."""

    where: Annotated[Expression, ExpressionField] | None = Field(None, description="which of their records count")
    response: Text = Field("AVALC", description="their column with the overall response")
    date: Text = Field("ADT", description="their column with the date of the assessment")
    order: Names = Field((), description="their columns that sort equal responses of one date; the first is taken")
    start: Ref | None = Field(
        None, description="the start of treatment or randomisation; what is before does not count"
    )
    until: Ref | None = Field(
        None, description="the date after which nothing counts, such as a new anti-cancer therapy"
    )

    def companions(self, variable: str) -> dict[str, Derivation]:
        brought = {"ADT": BroughtDate(of=self, column=self.date, main=variable), **super().companions(variable)}
        return {name: each for name, each in brought.items() if name != variable}

    def reads(self) -> tuple[str, ...]:
        return tuple(ref for ref in (SUBJECT, self.start, self.until) if ref is not None)

    def tables(self) -> dict[str, tuple[str, ...]]:
        columns = (SUBJECT, *names_in(self.where), self.response, self.date, *self.order, *self.brought().values())
        return {self.source: tuple(dict.fromkeys(columns))}

    def read(self, rows: Rows) -> _Read:
        """All records that meet the condition, with their dates and responses as numbers; read once."""
        return rows.share((_Read.__name__, id(self)), lambda: self._read(rows))

    def _read(self, rows: Rows) -> _Read:
        records = find_records(rows, self.source, self.where)
        first = first_rows(records.ours)
        start, until = (self._date_of(rows, ref)[first] for ref in (self.start, self.until))
        found = find_texts(records.column(self.response))
        number = [RESPONSES.index(text) if text in RESPONSES else -1 for text in found.values]
        unknown = [text not in (*RESPONSES, *NO_RESPONSE) for text in found.values]
        return _Read(
            records,
            read_days(self.date, records.column(self.date)),
            np.array(number, dtype=np.int64)[found.codes],
            start[records.subjects],
            until[records.subjects],
            np.array(unknown, dtype=bool)[found.codes],
        )

    def sort(self, read: _Read) -> Assessments:
        """The assessments that count: dated, from the start on, none after `until` or after the first progression."""
        counts = read.given & ~np.isnan(read.date) & ~read.early & ~(read.date > read.until)
        records = read.records
        worst = np.array([WORST_FIRST.index(each) for each in RESPONSES])[read.response]
        ties = [rank_for(records.column(name), "first") for name in self.order]
        order = sort_rows(records.subjects, [rank_values(pd.Series(read.date)), worst, *ties])
        order = order[counts[order]]
        order = order[_starts_run(records.subjects[order], read.date[order])]
        subject, progressed = records.subjects[order], read.response[order] == RESPONSES.index(PD)
        before = np.cumsum(progressed) - progressed
        order = order[before == before[_run_starts(subject)]]
        columns = (values[order] for values in (records.subjects, read.date, read.response, read.start))
        return Assessments(records, order, *columns)

    def assess(self, rows: Rows) -> Assessments:
        """The assessments that count."""
        return self.sort(self.read(rows))

    def report(self, rows: Rows, read: _Read) -> None:
        """Findings about records that cannot count as they stand."""
        records = read.records
        parameters: Parameters = {
            "names": Each(rows[SUBJECT]), "date": f"{self.source}.{self.date}", "start": str(self.start)
        }  # fmt: skip
        self._report_unknown(rows, read)
        undated = records.rows_of(read.given & np.isnan(read.date))
        if undated.any():
            message = "responses of {names.subjects} have no complete date in {date} and do not count"
            hint = "add the date, or leave them out with 'where'"
            rows.report("RESP002", message, where=undated, hint=hint, parameters=parameters)
        early = records.rows_of(read.given & read.early)
        if early.any():
            message = "responses of {names.subjects} are dated before {start} and do not count"
            rows.report("RESP003", message, where=early, hint="correct {date} or {start}", parameters=parameters)
        self._report_conflicts(rows, read)
        self._report_starts(rows)

    def _report_unknown(self, rows: Rows, read: _Read) -> None:
        found = find_texts(read.records.column(self.response))
        for number in np.unique(found.codes[read.unknown]):
            value = str(found.values.iloc[number])
            where = read.records.rows_of(found.codes == number)
            message = f"'{value}' is not an overall response of RECIST 1.1, and does not count"
            hint = f"{self.source}.{self.response} is one of {join_words(RESPONSES, 'or')}"
            rows.report("RESP001", message, where=where, severity=Severity.ERROR, value=value, hint=hint)

    def _report_conflicts(self, rows: Rows, read: _Read) -> None:
        """Subjects with different responses on one date."""
        counts = np.flatnonzero(read.given & ~np.isnan(read.date))
        pairs = pd.DataFrame({"s": read.records.subjects[counts], "d": read.date[counts], "r": read.response[counts]})
        pairs = pairs.drop_duplicates()
        several = pairs.duplicated(["s", "d"], keep=False).to_numpy()
        subjects = np.isin(read.records.ours, pairs["s"].to_numpy()[several])
        if subjects.any():
            message = "{names.subjects} has different responses on one date; the worst one counts"
            hint = "say with 'where' which one is analysed"
            rows.report("RESP004", message, where=subjects, hint=hint, parameters={"names": Each(rows[SUBJECT])})

    def _report_starts(self, rows: Rows) -> None:
        """Rows of one subject that start on different dates: the rule is made for one record per subject."""
        for ref in (self.start, self.until):
            if ref is None:
                continue
            subjects, both = rows.codes([SUBJECT]), rows.codes([SUBJECT, ref])
            pairs = pd.DataFrame({"s": subjects, "b": both}).drop_duplicates()
            several = pairs["s"].to_numpy()[pairs["s"].duplicated().to_numpy()]
            where = np.isin(subjects, several)
            if where.any():
                message = "{names.subjects} has several records that differ in {ref}; the first one counts"
                hint = "make this variable in a block with one record per subject"
                parameters: Parameters = {"names": Each(rows[SUBJECT]), "ref": str(ref)}
                rows.report("RESP005", message, where=where, severity=Severity.ERROR, hint=hint, parameters=parameters)

    def _date_of(self, rows: Rows, ref: Ref | None) -> np.ndarray:
        return np.full(len(rows), np.nan) if ref is None else read_days(ref, rows[ref])

    def describe_assessments(self, words: Words) -> str:
        """Which records count, as whole sentences."""
        where = describe_where(words, self.source, self.where)
        date = name_field(words, self.source, self.date)
        left = ["records without a date"]
        if self.start is not None:
            left.append(f"records dated before {words(self.start)}")
        if self.until is not None:
            left.append(f"records dated after {words(self.until)}")
        left.append("all that follows the first PD")
        text = (
            f"Responses are {name_field(words, self.source, self.response)} of the subject's records in "
            f"{name_source(words, self.source)}{where}, dated by {date}. Not counted are {join_words(left)}. Of "
            f"several responses on one date the worst counts, from worst to best {join_words(WORST_FIRST[:-1])}, and "
            "NE only where there is no other."
        )
        if self.order:
            names = join_words([name_field(words, self.source, name) for name in self.order])
            text += f" Of equal ones the record first by {names} is taken."
        return text


def _starts_run(*keys: np.ndarray) -> np.ndarray:
    """Which of sorted rows differ from the one before."""
    starts = np.ones(len(keys[0]), dtype=bool)
    starts[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return starts


def _run_starts(groups: np.ndarray) -> np.ndarray:
    """For each of sorted rows the first row of its group."""
    return np.maximum.accumulate(np.where(_starts_run(groups), np.arange(len(groups)), 0))
