"""GROUP001: values of rows that became one record, and that the record does not have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import as_text, is_filled
from cdisc_conv.derivations.dates.collected import choose_formats, read_dates
from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.derive.grouping import find_contradictions, find_lost
from cdisc_conv.engine.derive.state import State
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.spec.model import Block, SourceKind

WAYS = "first, last, min, max, most_complete, list, or row for that of the row that is taken"


def report_lost_values(state: State) -> None:
    """A finding for every column that some entry reads and whose rows differ within a group, or a merged interval.

    Where the mapping says under ``columns`` how the column is taken, it is silent; only a most complete date that
    others contradict is a finding all the same.
    """
    for (dataset, number, name, given), variable in state.taken.items():
        block = state.study.datasets[dataset].blocks[number]
        rows = state.blocks[dataset, number]
        if not (block.group or block.merge):
            continue
        way = block.columns.get(name, "")
        if name in _shared_columns(block) or way not in ("", "most_complete"):
            continue
        for problem in _check(state, block, rows, name, given, way):
            where = Place(
                form=block.source.name if block.source.kind is SourceKind.FORM else "",
                field=name if block.source.kind is SourceKind.FORM else "",
                rows=problem.place.rows,
                dataset=dataset,
                variable=variable,
            )
            state.report(
                Problem(
                    problem.code, problem.message, problem.severity, where, problem.hint, problem.value, problem.count
                )
            )


def _shared_columns(block: Block) -> tuple[str, ...]:
    """The columns that lose nothing: those that make a group, or an interval."""
    if block.group or block.merge is None:
        return block.group
    return (*block.merge.by, block.merge.start, block.merge.end)


def _check(state: State, block: Block, rows: BlockRows, name: str, given: bool, way: str) -> Iterator[Problem]:
    record, source_row = rows.origins()
    values = rows.behind[name] if given else take_rows(rows.read_source(name), source_row)
    taken = rows.given[name] if given else rows.source_column(name)
    form = block.source.kind is SourceKind.FORM
    if way:
        settings = state.study.settings
        formats = choose_formats(settings.get("date_formats") or (), "date", settings.get("date_pivot"))

        def dates(column: pd.Series) -> pd.Series:
            return read_dates(column, formats)[0] if form else column

        lost = find_contradictions(values, record, taken, dates)
    else:
        lost = find_lost(values, record, taken, folded=form)
    if len(lost):
        yield _describe(block, name, way, values, taken, record, source_row, lost)


def _describe(
    block: Block,
    name: str,
    way: str,
    values: pd.Series,
    taken: pd.Series,
    record: np.ndarray,
    source_row: np.ndarray,
    lost: np.ndarray,
) -> Problem:
    groups = np.unique(record[lost])
    first = record[lost[0]]
    other, own = as_text(values).iloc[lost[0]], as_text(taken).iloc[first]
    count = f"{len(groups):,} of {len(np.unique(record)):,}"
    of = f"{count} groups by {', '.join(block.group)}"
    if block.merge is not None and not block.group:
        of = f"{count} intervals merged by {', '.join(block.merge.by)}"
    rows = tuple(dict.fromkeys(int(row) + 1 for row in np.sort(source_row[lost])))[:SHOWN_ROWS]
    place = Place(rows=rows)
    shown = (
        f"'{own}' is taken, '{other}' is not"
        if is_filled(taken.iloc[[first]]).all()
        else f"a blank is taken, '{other}' is not"
    )
    if way:
        message = f"the dates in {name} contradict each other in {of}; first: {shown}"
        return Problem("GROUP001", message, Severity.WARNING, place, "correct the data", str(other), len(lost))
    message = f"{name} differs within {of}; first: {shown}"
    hint = f"say how it is taken, 'columns: {{{name}: ...}}': {WAYS}"
    if block.merge is not None and not block.group:
        hint = f"add it to 'by' of 'merge', or {hint}"
    return Problem("GROUP001", message, Severity.WARNING, place, hint, str(other), len(lost))
