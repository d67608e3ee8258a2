"""Dates that an expression compares by their order and that do not exist, so that the comparison is false."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cdisc_conv.columns.distinct import find_distinct, to_arrow
from cdisc_conv.columns.texts import is_number
from cdisc_conv.derivations.base import SELF, Ref
from cdisc_conv.derivations.evidence import SingleValues
from cdisc_conv.derivations.findings import MOST_FINDINGS, REST
from cdisc_conv.derivations.records.joining import OWN
from cdisc_conv.engine.derive.reports import ReportedRows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.expr import Expression
from cdisc_conv.expr.dates import find_impossible, names_ordered
from cdisc_conv.findings import Finding
from cdisc_conv.problems import Place
from cdisc_conv.spec.lint.expressions import expressions_in
from cdisc_conv.spec.model import Block, DatasetSpec
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.tables import TableId

Column = tuple[str, str]
"""A table (``form ae``, ``DS``) and its column."""


def report_compared_dates(state: State) -> None:
    """An error (DATE004) for each text that an expression puts in order as a date and that is none.

    A value that is reported already, by a derivation that reads it, is left to that.
    """
    for (table, name), expression in _list_compared(state).items():
        _report(state, TableId(table), name, expression)


def _list_compared(state: State) -> Mapping[Column, Expression]:
    """The columns that are there and that expressions of the study put in order, each with the first that does."""
    found: dict[Column, Expression] = {}
    for dataset, number in state.blocks:
        spec = state.study.datasets[dataset]
        for column, expression in _list_of_block(state, spec, spec.blocks[number]):
            if _is_there(state, *column):
                found.setdefault(column, expression)
    return found


def _list_of_block(state: State, spec: DatasetSpec, block: Block) -> Iterator[tuple[Column, Expression]]:
    source = spec.name if block.source.table == SELF else block.source.table
    where = block.where
    for name in names_ordered(where.tree) if where is not None else ():
        assert where is not None
        bare = name.removeprefix("raw.")
        yield from (((source, column), where) for column in _list_given(block, bare) or [bare])
    for variable in spec.names():
        entry = spec.own_variable(variable, block)
        if entry is None:
            continue
        whens = [(entry.when, None, "")] if entry.when is not None else []
        for expression, _, table in [*whens, *expressions_in(entry.derivation)]:
            for name in names_ordered(expression.tree):
                if table and not name.startswith(OWN):
                    yield (spec.name if table == SELF else table, name.removeprefix("raw.")), expression
                    continue
                target = resolve(state.study, spec, block, variable, name.removeprefix(OWN))
                if target is not None and target.kind is TargetKind.GIVEN:
                    yield from (((source, column), expression) for column in _list_given(block, target.name))
                elif target is not None:
                    yield (target.table, target.name), expression


def _list_given(block: Block, name: str) -> list[str]:
    """The columns of the source that ``for_each`` gives a name."""
    values = (entry.get(name) for entry in block.for_each)
    return list(dict.fromkeys(value.removeprefix("raw.") for value in values if isinstance(value, Ref)))


def _is_there(state: State, table: str, name: str) -> bool:
    """Whether the run has made or read a column."""
    if (form := TableId(table)).is_form:
        return name in state.forms.get(form.name, ())
    if table in state.given:
        return name in state.given[table]
    parts = state.plan.parts.get((table, name), ())
    blocks = state.blocks_of(table) if table in state.study.datasets else ()
    return bool(parts) and all(p in state.values for p in parts) and all((table, n) in state.blocks for n in blocks)


def _report(state: State, table: TableId, name: str, expression: Expression) -> None:
    """Each impossible date of a column."""
    column = state.column(table, name)
    if is_number(column):
        return
    found = find_distinct(column)
    impossible = np.asarray(find_impossible(to_arrow(found.values)))
    rows = np.flatnonzero(impossible[found.codes])
    if not len(rows):
        return
    place = Place(form=table.name, field=name) if table.is_form else Place(dataset=table, variable=name)
    cause = "" if table.is_form else f"{table}.{name}"

    def describe(text: str) -> tuple[str, str]:
        message = f"'{text}' is not a date that the calendar has; it counts as missing where {expression} compares it"
        return message, "correct it at the source"

    finding = Finding("DATE004", REST, place=place, cause=cause, most=MOST_FINDINGS, unless_known=True)
    values = SingleValues(found.codes, found.values, impossible, describe, MOST_FINDINGS)
    state.report(finding, ReportedRows.of(table, rows, final=table not in state.study.datasets), rows, {}, values)
