"""GROUP001: values of rows that became one record, and that the record does not have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import as_text, is_filled
from cdisc_conv.derivations.dates.collected import choose_formats, read_dates
from cdisc_conv.derivations.evidence import Evidence, First
from cdisc_conv.engine.derive.grouping import find_contradictions, find_lost
from cdisc_conv.engine.derive.reports import list_rows_behind
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import RowSet, refs_of, variable_of
from cdisc_conv.findings import Finding, Parameter, Reader, Total
from cdisc_conv.problems import Place, Severity
from cdisc_conv.spec.model import Block, SourceKind
from cdisc_conv.spec.references import TargetKind, resolve

WAYS = "first, last, min, max, most_complete, list, or row for that of the row that is taken"


def report_lost_values(state: State) -> None:
    """A finding for every column that some entry reads and whose rows differ within a group, or a merged interval.

    Where the mapping says under ``columns`` how the column is taken, it is silent; only a most complete date that
    others contradict is a finding all the same.
    """
    for column in _list_columns(state):
        block = state.study.datasets[column.dataset].blocks[column.number]
        if column.name in _shared_columns(block) or column.way(block) not in ("", "most_complete"):
            continue
        _report(state, block, column, _find(state, block, column))


@dataclass(frozen=True)
class _Column:
    """A column of the source of a block, or a name that ``for_each`` gives."""

    dataset: str
    number: int
    name: str
    given: bool

    def way(self, block: Block) -> str:
        """How the mapping says that it is taken."""
        return block.columns.get(self.name, "")


def _list_columns(state: State) -> list[_Column]:
    """What the entries of blocks that make one record of several rows may read; some is read where it is needed."""
    found: dict[_Column, None] = {}
    for part in state.values:
        spec, variable = state.study.datasets[part.dataset], variable_of(state.study, part)
        for number in part.blocks:
            if RowSet(part.dataset, number) in state.known.blocks:
                continue
            block = spec.blocks[number]
            for ref in refs_of(variable) if block.group or block.merge else ():
                target = resolve(state.study, spec, block, part.name, ref)
                if target is not None and target.kind in (TargetKind.SOURCE, TargetKind.GIVEN):
                    found[_Column(part.dataset, number, target.name, target.kind is TargetKind.GIVEN)] = None
    return list(found)


@dataclass(frozen=True)
class _Lost:
    """The values behind the records of a block, one for each pair of record and source row, and which are lost."""

    record: np.ndarray
    source_row: np.ndarray
    values: pd.Series
    taken: pd.Series
    """The value that each record has."""
    lost: np.ndarray


def _shared_columns(block: Block) -> tuple[str, ...]:
    """The columns that lose nothing: those that make a group, or an interval."""
    if block.group or block.merge is None:
        return block.group
    return (*block.merge.by, block.merge.start, block.merge.end)


def _find(state: State, block: Block, column: _Column) -> _Lost:
    rows, name, given = state.blocks[column.dataset, column.number], column.name, column.given
    record, source_row = rows.origins()
    values = rows.behind[name] if given else take_rows(rows.read_source(name), source_row)
    taken = rows.given[name] if given else rows.source_column(name)
    form = block.source.kind is SourceKind.FORM
    if not column.way(block):
        return _Lost(record, source_row, values, taken, find_lost(values, record, taken, folded=form))
    settings = state.study.settings
    formats = choose_formats(settings.get("date_formats") or (), "date", settings.get("date_pivot"))

    def dates(column: pd.Series) -> pd.Series:
        return read_dates(column, formats)[0] if form else column

    return _Lost(record, source_row, values, taken, find_contradictions(values, record, taken, dates))


def _report(state: State, block: Block, column: _Column, found: _Lost) -> None:
    """The finding; without a lost value, how many groups there are, which counts where another range has one."""
    name, way = column.name, column.way(block)
    merged = block.merge is not None and not block.group
    of = "{some:#} of {all:#} groups by {by}"
    by = block.group
    if block.merge is not None and merged:
        of, by = "{some:#} of {all:#} intervals merged by {by}", block.merge.by
    hint = f"say how it is taken, 'columns: {{{{{name}: ...}}}}': {WAYS}"
    if merged:
        hint = f"add it to 'by' of 'merge', or {hint}"
    form = block.source.kind is SourceKind.FORM
    finding = Finding(
        "GROUP001",
        f"the dates in {{name}} contradict each other in {of}; first: {{first}}"
        if way
        else f"{{name}} differs within {of}; first: {{first}}",
        Severity.WARNING,
        Place(
            form=block.source.name if form else "",
            field=name if form else "",
            dataset=column.dataset,
            variable="{reader}",
        ),
        "correct the data" if way else hint,
        "{other}",
    )

    def show(place: int) -> str:
        other, own = as_text(found.values).iloc[place], as_text(found.taken).iloc[found.record[place]]
        filled = is_filled(found.taken.iloc[[found.record[place]]]).all()
        return f"'{own}' is taken, '{other}' is not" if filled else f"a blank is taken, '{other}' is not"

    parameters: dict[str, str | Parameter | Evidence] = {
        "reader": state.taken.get((column.dataset, column.number, name, column.given), Reader()),
        "name": name,
        "by": ", ".join(by),
        "some": Total(len(np.unique(found.record[found.lost]))),
        "all": Total(len(np.unique(found.record))),
        "first": First(show),
        "other": First(lambda place: str(as_text(found.values).iloc[place])),
    }
    behind = list_rows_behind(state.study, column.dataset, block, found.source_row[found.lost])
    state.report(finding, behind, found.lost, parameters)
