"""Walk the plan: make every row set and every column, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.rows import pick_or_blank, spread
from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import as_text
from cdisc_conv.derivations.base import Derivation, Ref
from cdisc_conv.derivations.dates.collected import choose_formats, read_dates
from cdisc_conv.engine.derive.blocks import BlockRows, make_rows
from cdisc_conv.engine.derive.coerce import as_number
from cdisc_conv.engine.derive.compared_dates import report_compared_dates
from cdisc_conv.engine.derive.kept_parts import Keeping, KeptParts
from cdisc_conv.engine.derive.known import NOTHING_KNOWN, Known
from cdisc_conv.engine.derive.lost_values import report_lost_values
from cdisc_conv.engine.derive.merge_dates import report_merge_dates
from cdisc_conv.engine.derive.reads import find_given_rows, find_source_rows
from cdisc_conv.engine.derive.reports import ReportedRows
from cdisc_conv.engine.derive.rows import LostReferenceError, PartRows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import Node, Part, Plan, RowSet, variable_of
from cdisc_conv.findings import Finding
from cdisc_conv.problems import Place
from cdisc_conv.spec.expected import codelist_of, is_numeric
from cdisc_conv.spec.model import Block, SourceKind, Study, Variable
from cdisc_conv.spec.references import NO_TABLE, source_columns

Progress = Callable[[str], None]


def run_plan(
    study: Study,
    plan: Plan,
    forms: Mapping[str, Frame],
    given: Mapping[str, Frame],
    datasets: Iterable[str] | None = None,
    progress: Progress = lambda step: None,
    known: Known = NOTHING_KNOWN,
    keeping: Keeping | None = None,
) -> State:
    """Make everything that `datasets` (all when left out) need and that is not `known`.

    `forms` and `given` hold frames with every column as text (given datasets: numbers where the standard has them).
    Findings are in the `reports` of the state that comes back.
    """
    needed = plan.needed_for(study.datasets if datasets is None else datasets)
    state = run_nodes(study, plan, Inputs(forms, given, known, keeping), needed, progress)
    report_columns(state)
    return state


@dataclass(frozen=True)
class Inputs:
    """What nodes are made of."""

    forms: Mapping[str, Frame]
    given: Mapping[str, Frame]
    known: Known = NOTHING_KNOWN
    keeping: Keeping | None = None
    """Where an earlier run kept variables, which are taken over where nothing of what makes them has changed."""


def run_nodes(
    study: Study, plan: Plan, inputs: Inputs, needed: Collection[Node], progress: Progress = lambda step: None
) -> State:
    """Make some nodes of the plan, which has to hold all that they need; those that are known are taken over."""
    state = State(study, plan, inputs.forms, inputs.given, inputs.known)
    kept = KeptParts(inputs.keeping, state) if inputs.keeping is not None else None
    remaining = {name: sum(node.dataset == name for node in needed) for name in study.datasets}
    for number, node in enumerate(plan.order):
        if node not in needed:
            continue
        state.at = number
        if kept is not None:
            kept.look(node)
        if inputs.known.has(node):
            pass
        elif isinstance(node, RowSet):
            _make_row_set(state, node)
        else:
            make = partial(_make_part, state, node)
            state.values[node] = make() if kept is None else kept.make(node, make)
        remaining[node.dataset] -= 1
        if not remaining[node.dataset]:
            progress(node.dataset)
    if kept is not None:
        kept.close()
        state.reused = frozenset(map(str, kept.reused))
    return state


def report_columns(state: State) -> None:
    """The findings that take whole columns, when all of them are made."""
    for step, check in enumerate((report_lost_values, report_merge_dates, report_compared_dates), start=1):
        state.at = step * len(state.plan.order)
        check(state)


def _make_row_set(state: State, node: RowSet) -> None:
    block = state.study.datasets[node.dataset].blocks[node.block]
    table, kind = block.source.table, block.source.kind

    def dates(column: pd.Series) -> pd.Series:
        """Dates of another dataset are in ISO 8601 already."""
        if kind is not SourceKind.FORM:
            return column
        settings = state.study.settings
        formats = choose_formats(settings.get("date_formats") or (), "date", settings.get("date_pivot"))
        return read_dates(column, formats)[0]

    def read(name: str) -> pd.Series:
        if kind is SourceKind.SELF:
            return state.earlier(node.dataset, name, node.block)
        return state.read(node.dataset, table, name)

    length = 0
    if kind is SourceKind.SELF:
        length = state.length(node.dataset, range(node.block))
    elif kind is not SourceKind.NOTHING:
        length = state.table_length(table)
    columns = source_columns(state.study, block)
    made = make_rows(block, str(block.source), length, read, dates, columns)
    if node in state.known.empty:
        made = made.without_records()
    state.blocks[node.dataset, node.block] = made
    if kind is SourceKind.FORM:
        _mark_deciding(state, block, made, length)


def _mark_deciding(state: State, block: Block, made: BlockRows, length: int) -> None:
    """The columns that decide which records there are: of a condition in all rows, of groups in those that are left."""
    form = block.source.name
    everywhere = np.ones(made.length, dtype=bool)
    for ref in block.where.reads() if block.where is not None else ():
        name = ref.removeprefix("raw.")
        if name not in block.given_names:
            state.reads.mark(form, name, length)
        for entry in block.for_each:
            if isinstance(entry.get(name), Ref):
                state.reads.mark(form, entry[name].removeprefix("raw."), length)
    for ref in (
        *block.group,
        *block.order,
        *block.columns,
        *((*block.merge.by, block.merge.start, block.merge.end) if block.merge else ()),
    ):
        name = ref.removeprefix("raw.")
        if name not in block.given_names:
            state.reads.mark(form, name, length, find_source_rows(made, everywhere))
        for column, rows in find_given_rows(block, made, name, everywhere):
            state.reads.mark(form, column, length, rows)


def _make_part(state: State, part: Part) -> pd.Series:
    study = state.study
    dataset = study.datasets[part.dataset]
    variable = variable_of(study, part)
    numeric = is_numeric(study, dataset, variable)
    rows = PartRows(state, part, variable, numeric, codelist_of(study, dataset, variable))
    try:
        return _derive(rows, variable, numeric)
    except LostReferenceError as error:
        state.report(_describe_lost(part, variable, error), ReportedRows.of(NO_TABLE, np.zeros(1, dtype=np.int64)))
        return spread(np.nan if numeric else "", len(rows))
    except Exception as error:
        error.add_note(f"while making {part}, mapped at {variable.place}")
        raise


def _derive(rows: PartRows, variable: Variable, numeric: bool) -> pd.Series:
    if variable.when is None:
        return _coerce(_call(variable.derivation, rows), rows, variable, numeric)
    mask = rows.evaluate(variable.when).to_numpy(dtype=bool)
    picked = rows.matching(mask)
    made = _coerce(_call(variable.derivation, picked), picked, variable, numeric)
    positions = np.full(len(rows), -1)
    positions[mask] = np.arange(len(made))
    return pick_or_blank(made, positions)


def _call(derivation: Derivation, rows: PartRows) -> pd.Series:
    made = derivation.derive(rows)
    if len(made) != len(rows):
        raise ValueError(f"derivation '{derivation.name}' made {len(made)} values for {len(rows)} records")
    return made


def _coerce(series: pd.Series, rows: PartRows, variable: Variable, numeric: bool) -> pd.Series:
    if numeric:
        reads = variable.derivation.reads()
        return as_number(series, rows, reads[0] if len(reads) == 1 else "")
    return series if series.dtype == TEXT else as_text(series)


def _describe_lost(part: Part, variable: Variable, error: LostReferenceError) -> Finding:
    message = f"{part} could not be made: {error.args[0]}"
    place = Place(dataset=part.dataset, variable=part.name)
    return Finding("RUN001", message, place=place, hint=f"mapped at {variable.place}", everywhere=True)
