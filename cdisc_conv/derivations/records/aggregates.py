"""The least and the greatest value over the records of a subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from cdisc_conv.columns.distinct import rank_values
from cdisc_conv.columns.moments import find_instants, read_moments
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import pick_or_blank, take_rows
from cdisc_conv.columns.texts import as_text, is_filled, is_number, repeat_text
from cdisc_conv.derivations.base import Derivation, ExpressionField, Reach, Rows, Words
from cdisc_conv.derivations.dates.collected import find_refused, read_dates, study_formats
from cdisc_conv.derivations.evidence import First, Parameters
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.derivations.records.gathering import (
    Gathered,
    ValuesRef,
    ValuesRefs,
    check_source,
    describe_marked,
    describe_source,
    gather_members,
    list_references,
    list_tables,
    name_values,
)
from cdisc_conv.derivations.records.joining import (
    BY_SUBJECT,
    Keys,
    check_keys,
    find_reach,
    match_records,
    select_records,
)
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression
from cdisc_conv.problems import Severity

_UNREAD = "the first is '{example}'; say 'read: number' if they are numbers"
_DATE_NAMES = ("DTC", "DAT", "DT", "DATE")
"""How columns of dates are called in SDTM and on forms; only the words of the method text go by it."""


@dataclass(frozen=True)
class _Piece:
    """The values of one column: their keys (or the numbers of our records), and their positions in the table."""

    keys: list[pd.Series]
    values: pd.Series
    positions: np.ndarray
    refused: pd.Series
    """The texts that are not dates, by their places among the values."""


class _Extreme(Derivation):
    """What `min` and `max` share: all but the direction."""

    topic: ClassVar[str] = "Other records"
    shorthand: ClassVar[str] = "of"
    reach: ClassVar[Reach] = Reach.SUBJECT
    words_for: ClassVar[tuple[str, str]]
    """The words for dates and for numbers."""

    of: ValuesRefs = Field(
        description="one or more columns of other datasets or forms (EX.EXSTDTC), or of the source rows behind the "
        "record (TRDTC)"
    )
    by: Keys = Field(BY_SUBJECT, description="keys that must be equal: names, or own column -> their column")
    where: Annotated[Expression, ExpressionField] | None = Field(
        None, description="a condition on the columns of that dataset; only when `of` names one dataset"
    )
    date: bool = Field(False, description="take the date only, without its time")
    read: Literal["date", "number"] = Field("date", description="what text is: dates, or numbers")
    partial: Literal["include", "exclude"] = Field("include", description="whether partial dates count")

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_source(self.of, self.by, self.where)
        for ref in self.of:
            check_keys(ref.table, self.by)
        if self.where is not None and len({ref.table for ref in self.of}) > 1:
            raise ValueError("'where' speaks of one dataset, but 'of' names several")
        return self

    def reads(self) -> tuple[str, ...]:
        return list_references(self.of, self.by, self.where)

    def actual_reach(self) -> Reach:
        return find_reach(self.by) if self.of[0].table else Reach.ROW

    def tables(self) -> dict[str, tuple[str, ...]]:
        return list_tables(self.of, self.by, self.where)

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return self.read == "number" or is_number(self.of[0].reference)

    def derive(self, rows: Rows) -> pd.Series:
        pieces = [self._read_column(rows, ref) for ref in self.of]
        if len({is_number(piece.values) for piece in pieces}) > 1:
            message = f"{join_words(self.of)} are partly numbers and partly dates, which do not compare"
            rows.report("AGG001", message, severity=Severity.ERROR, hint="take columns of one kind")
            return repeat_text("", len(rows))
        columns = zip(*(piece.keys for piece in pieces), strict=True)
        keys: list[pd.Series] = [pd.concat(pair, ignore_index=True) for pair in columns]
        gathered = self._tie(rows, keys, pd.concat([piece.values for piece in pieces], ignore_index=True))
        values, groups = gathered.values, gathered.groups
        weight = self._weigh(rows, gathered)
        self._report_refused(rows, pieces, gathered)
        self._report_unread(rows, gathered, weight)
        usable = np.flatnonzero((groups >= 0) & ~np.isnan(weight))
        # The longest text among those of the same weight: 2022-03-01 rather than 2022-03.
        order = usable[np.lexsort([-rank_values(values)[usable], weight[usable] * self._sign, groups[usable]])]
        position = np.full(gathered.count, -1)
        position[groups[order[::-1]]] = order[::-1]
        place = np.asarray(position[gathered.ours])
        self._report_hidden(rows, gathered, usable, position)
        self._note(rows, pieces, place)
        return pick_or_blank(values, place)

    def find_unread(self, rows: Rows) -> np.ndarray | None:
        """Records of which some date is there but unreadable, so that its extreme is not known to be missing."""
        if self.read == "number":
            return None
        pieces = [self._find_lost(rows, ref) for ref in self.of]
        columns = zip(*(keys for keys, _ in pieces), strict=True)
        keys: list[pd.Series] = [pd.concat(pair, ignore_index=True) for pair in columns]
        lost = np.concatenate([marks for _, marks in pieces])
        tied = self._tie(rows, keys, pd.Series(lost))
        found = np.zeros(tied.count, dtype=bool)
        found[tied.groups[lost & (tied.groups >= 0)]] = True
        return np.asarray((tied.ours >= 0) & np.append(found, False)[tied.ours])

    def _find_lost(self, rows: Rows, ref: ValuesRef) -> tuple[list[pd.Series], np.ndarray]:
        """Keys of the rows that count, as in `_read_column`, and where their date is there but cannot be read."""
        if not ref.table:
            record, values = gather_members(rows, ref, self.where)
            return [pd.Series(record)], _is_refused(rows, values, _is_iso(values))
        table = rows.table(ref.table)
        picked = select_records(table, self.where)
        values = take_rows(table[ref.column], picked)
        keys = [take_rows(table[name], picked) for name in self.by.values()]
        return keys, _is_refused(rows, values, not ref.table.is_form) | table.unread(ref.column)[picked]

    def _note(self, rows: Rows, pieces: Sequence[_Piece], place: np.ndarray) -> None:
        """Say which records of which table have the values; rows of the source are known anyway."""
        start = 0
        for ref, piece in zip(self.of, pieces, strict=True):
            mine = (place >= start) & (place < start + len(piece.values))
            if ref.table:
                rows.took(ref.table, np.append(piece.positions, -1)[np.where(mine, place - start, -1)])
            start += len(piece.values)

    def picks(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for ref in self.of:
            if ref.table:
                found[ref.table] = tuple(dict.fromkeys((*found.get(ref.table, ()), ref.column)))
        return found

    def _tie(self, rows: Rows, keys: list[pd.Series], values: pd.Series) -> Gathered:
        """The values of all columns, tied to our records."""
        if not self.of[0].table:
            return Gathered(keys[0].to_numpy(), values, np.arange(len(rows)), len(rows))
        matches = match_records(rows, tuple(self.by), keys)
        return Gathered(matches.theirs, values, matches.ours, matches.count)

    @property
    def _sign(self) -> int:
        return 1 if self.name == "min" else -1

    def _read_column(self, rows: Rows, ref: ValuesRef) -> _Piece:
        """Keys (or the numbers of our records) and values of the rows that count; dates of forms in ISO 8601."""
        if not ref.table:
            record, values = gather_members(rows, ref, self.where)
            return _Piece([pd.Series(record)], *self._read_values(rows, values, _is_iso(values), record[:0]))
        table = rows.table(ref.table)
        picked = select_records(table, self.where)
        values = take_rows(table[ref.column], picked)
        keys = [take_rows(table[name], picked) for name in self.by.values()]
        return _Piece(keys, *self._read_values(rows, values, not ref.table.is_form, picked))

    def _read_values(
        self, rows: Rows, values: pd.Series, iso: bool, positions: np.ndarray
    ) -> tuple[pd.Series, np.ndarray, pd.Series]:
        refused = values[:0]
        if self.read == "number":
            values = as_numbers(values)
        elif not iso and not is_number(values):
            texts, formats = values, study_formats(rows)
            values, _ = read_dates(texts, formats)
            refused = texts[find_refused(texts, formats)]
        if self.date and not is_number(values):
            values = values.str.replace(r"T.*$", "", regex=True)
        return values, positions, refused

    def _weigh(self, rows: Rows, gathered: Gathered) -> np.ndarray:
        """The place of values in order: numbers, or the first second that a date may stand for; NaN does not count.

        Where all dates of a group have a UTC offset, their instants count.
        """
        values, groups = gathered.values, gathered.groups
        if is_number(values):
            return values.to_numpy(dtype=float)
        moments = read_moments(values)
        inside = (groups >= 0) & moments.timed
        mixed = np.intersect1d(groups[inside & moments.has_offset], groups[inside & ~moments.has_offset])
        if len(mixed):
            message = f"times of {join_words(self.of)} with and without UTC offset are compared as written"
            where = np.isin(gathered.ours, mixed)
            rows.report("DATE005", message, where=where, hint="give all times an offset, or none")
        moments = moments.on_common_clock(groups, find_instants(gathered.count, (groups, moments)))
        return np.where(moments.complete, moments.earliest, np.nan if self.partial == "exclude" else moments.earliest)

    def _report_refused(self, rows: Rows, pieces: Sequence[_Piece], gathered: Gathered) -> None:
        """Texts of a form that are not dates."""
        start = 0
        for ref, piece in zip(self.of, pieces, strict=True):
            if len(piece.refused):
                where, marked = describe_marked(gathered, piece.refused.index.to_numpy() + start, piece.refused)
                message = (
                    "{values:# value of|# values of} {names} "
                    "{values:is not a date, and does not count|are not dates, and do not count}"
                )
                rows.report("AGG002", message, where=where, hint=_UNREAD, parameters={"names": str(ref), **marked})
            start += len(piece.values)

    def _report_unread(self, rows: Rows, gathered: Gathered, weight: np.ndarray) -> None:
        """Texts that are not dates: they cannot be compared, and nobody should believe that they were."""
        values = gathered.values
        unread = np.flatnonzero(is_filled(values) & np.isnan(weight) & (self.partial == "include"))
        if len(unread):
            where, marked = describe_marked(gathered, unread, as_text(values.iloc[unread]))
            message = (
                "{values:# value of|# values of} {names} {values:has no year or is not an ISO 8601 date, and does not "
                "count|have no year or are not ISO 8601 dates, and do not count}"
            )
            parameters = {"names": join_words(self.of), **marked}
            rows.report("AGG002", message, where=where, hint=_UNREAD, parameters=parameters)

    def _report_hidden(self, rows: Rows, gathered: Gathered, usable: np.ndarray, position: np.ndarray) -> None:
        """AGG003: a partial date is taken although a complete one of the group lies in the time it stands for."""
        if is_number(gathered.values):
            return
        moments = read_moments(gathered.values)
        chosen = position[gathered.groups[usable]]
        inside = moments.complete[usable] & ~moments.complete[chosen]
        inside &= (moments.first_day[usable] >= moments.first_day[chosen]) & (
            moments.last_day[usable] <= moments.last_day[chosen]
        )
        if not inside.any():
            return
        hidden = usable[inside]
        where = np.isin(gathered.ours, gathered.groups[hidden])
        first_of = dict(zip(gathered.groups[hidden][::-1].tolist(), range(len(hidden) - 1, -1, -1), strict=True))

        def describe(record: int) -> str:
            place = first_of[gathered.ours[record]]
            taken, passed = (gathered.values.iloc[places[place]] for places in (chosen[inside], hidden))
            return f"{taken} instead of {passed}"

        message = "the {which} of {names}: a partial date is taken though a complete one may come before it"
        hint = "such as {example}; is 'partial: exclude' meant?"
        parameters: Parameters = {"which": self.words_for[0], "names": join_words(self.of), "example": First(describe)}
        rows.report("AGG003", message, where=where, hint=hint, parameters=parameters)

    def method(self, words: Words) -> str:
        names = join_words([name_values(words, ref) for ref in self.of])
        earliest, least = self.words_for
        partial = (
            "Partial dates are not used."
            if self.partial == "exclude"
            else "A partial date counts as the first day that it may stand for and is given as it is; on equal terms "
            "the more complete date is taken."
        )
        part = " Only the date is taken, not the time." if self.date else ""
        dates = self.date or all(ref.column.endswith(_DATE_NAMES) for ref in self.of)
        what = f"{earliest} date" if dates else f"{least} number"
        rule = f" {partial}{part}" if dates else ""
        return (
            f"The {what} among {names} over {describe_source(words, self.of[0], self.by, self.where)}. Missing values "
            f"are not used.{rule} Blank where there is no value."
        )


def _is_refused(rows: Rows, values: pd.Series, iso: bool) -> np.ndarray:
    """Where a column of dates has texts that are none."""
    if is_number(values):
        return np.zeros(len(values), dtype=bool)
    if iso:
        return read_moments(values).faults
    read, _ = read_dates(values, study_formats(rows))
    return np.asarray(is_filled(values) & ~is_filled(read))


def _is_iso(values: pd.Series) -> bool:
    """Whether a column of source rows, which may come from a form, has its dates in ISO 8601 already."""
    return is_number(values) or not bool((is_filled(values) & read_moments(values).faults).any())


@register
class Minimum(_Extreme):
    """The earliest date, or the least number, over the subject's records in other datasets or the record's own rows.

    Missing values do not count. A partial date counts as the first day it may stand for and is given as it is, because
    nothing later is proven to be the earliest; `partial: exclude` leaves partial dates out. Where a complete date lies
    in the time that the partial one may stand for, that is the finding AGG003. Among equal ones the most complete is
    taken. Dates of raw forms are read in the formats of the study.

    A bare name, as in `ADT: {min: ADT}`, is a column of the source rows that a block with `group` made one record of.

    | EX.USUBJID | EX.EXSTDTC | | USUBJID | RFXSTDTC |
    |---|---|---|---|---|
    | 01 | 2022-03-05T08:30 | | 01 | 2022-03-05T08:30 |
    | 01 | 2022-03-26 | | | |

    ```yaml
    RFXSTDTC: {min: EX.EXSTDTC}
    ```

    Source: SDTMIG 3.4, DM assumptions (RFXSTDTC is the first exposure to any protocol-specified treatment).
    """

    name: ClassVar[str] = "min"
    words_for: ClassVar[tuple[str, str]] = ("earliest", "least")


@register
class Maximum(_Extreme):
    """The latest date, or the greatest number, over the subject's records in other datasets or the record's own rows.

    Missing values do not count. A partial date counts as the first day it may stand for, so that it is taken only when
    even that day is later than all others; `partial: exclude` leaves partial dates out. Among equal ones the most
    complete is taken. Dates of raw forms are read in the formats of the study.

    A bare name, as in `ADT: {min: ADT}`, is a column of the source rows that a block with `group` made one record of.

    | EX.USUBJID | EX.EXENDTC | | USUBJID | RFXENDTC |
    |---|---|---|---|---|
    | 01 | 2022-03-25 | | 01 | 2022-04-15 |
    | 01 | 2022-04-15 | | | |
    | 01 | 2022-04 | | | |

    ```yaml
    RFPENDTC: {max: [DS.DSSTDTC, SV.SVENDTC, AE.AEENDTC]}
    ```

    Source: SDTMIG 3.4, DM assumptions (RFXENDTC is the last exposure, RFPENDTC the end of participation).
    """

    name: ClassVar[str] = "max"
    words_for: ClassVar[tuple[str, str]] = ("latest", "greatest")
