"""What a run makes of the rows of one source, row by row. Marks of ranges that all have the same rows add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import is_filled, is_written
from cdisc_conv.engine.account.coded import Readers
from cdisc_conv.engine.account.rows import Lookups, Masks, SourceRows, find_rows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.expr import texts_compared
from cdisc_conv.spec.model import Study
from cdisc_conv.tables import TableId


@dataclass(frozen=True)
class SourceMarks:
    """A raw form or given dataset, and what became of each of its rows and values."""

    rows: SourceRows
    filled: Masks
    """Column -> the rows that have a value; the columns of the dictionary first."""
    lost: Mapping[str, Masks] = field(default_factory=dict)
    """Dataset -> column -> the rows with something to read that it passes over because the column is blank."""
    lookups: Lookups = field(default_factory=dict)
    reads: Masks = field(default_factory=dict)
    """Column -> the rows whose value something made use of."""

    def __add__(self, other: SourceMarks) -> SourceMarks:
        """Of another range that has the same rows: they differ in what look-ups match, and in the values they read."""
        lookups = {
            reader: (asked | other.lookups[reader][0], found | other.lookups[reader][1])
            for reader, (asked, found) in self.lookups.items()
        }
        reads = {name: mask | other.reads[name] for name, mask in self.reads.items()}
        return SourceMarks(self.rows, self.filled, self.lost, lookups, reads)


def mark_form(state: State, name: str, lookups: tuple[str, ...], readers: Readers) -> SourceMarks:
    """The marks of a raw form; `lookups` are the variables that look something up in it, `readers` read its columns."""
    frame, form = state.forms[name], state.study.forms[name]
    table = TableId.of_form(name)
    rows = find_rows(state, name, table, len(frame))
    fields = tuple(dict.fromkeys([*form.fields, *map(str, frame.columns)]))
    filled = {field: _find_filled(state, name, field, frame) for field in fields}
    lost = {
        dataset: _keep_lost(state.study, rows, dataset, masks, filled, readers) for dataset, masks in rows.blank.items()
    }
    reads = {field: state.reads.of(name, field, rows.length) for field in fields}
    return SourceMarks(rows, filled, lost, _find_lookups(state, table, rows.length, lookups), reads)


def mark_given(state: State, name: str, lookups: tuple[str, ...]) -> SourceMarks:
    """The marks of a given dataset."""
    frame = state.given[name]
    rows = find_rows(state, name, f"dataset {name}", len(frame))
    filled = {str(column): np.asarray(is_filled(frame[column])) for column in frame.columns}
    return SourceMarks(rows, filled, lookups=_find_lookups(state, name, rows.length, lookups))


def _find_lookups(state: State, table: str, length: int, readers: tuple[str, ...]) -> Lookups:
    """The variables that look something up in a source, each with the rows it asks and those it matches."""
    every = np.ones(length, dtype=bool)
    return {reader: state.matched.get((table, reader), (every, every)) for reader in readers}


def _find_filled(state: State, form: str, field: str, frame: Frame) -> np.ndarray:
    if field not in frame:
        return np.zeros(len(frame), dtype=bool)
    return is_written(state.column(TableId.of_form(form), field))


def _keep_lost(study: Study, rows: SourceRows, dataset: str, blank: Masks, filled: Masks, readers: Readers) -> Masks:
    """Of the rows that a dataset passes over for a missing value, those with something that it would have read."""
    form = study.forms[rows.name]
    asked = {
        ref.removeprefix("raw.")
        for block in study.datasets[dataset].blocks
        if block.where is not None
        for ref in texts_compared(block.where)
    }
    there = np.zeros(rows.length, dtype=bool)
    for one in form.fields.values():
        if (
            one.item
            and one.name not in asked
            and one.decode_of not in asked
            and one.name != study.raw.subject
            and any(reader.startswith(f"{dataset}.") for reader in readers.get((form.name, one.name), ()))
        ):
            there |= filled[one.name]
    return {column: mask & there for column, mask in blank.items() if (mask & there).any()}
