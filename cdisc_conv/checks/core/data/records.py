"""What a rule's type says it is asked of: records, variables, values, datasets, with what files or define.xml say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from cdisc_conv.checks.core.data.library import LibraryVariable
from cdisc_conv.checks.core.data.study import Study, Table
from cdisc_conv.checks.core.data.vectors import Value, Vector, concatenate, constant, from_numbers, from_values, to_text
from cdisc_conv.checks.core.data.views import Column, View, join_views, view_rows
from cdisc_conv.checks.core.operators.registry import NotAnswerableError
from cdisc_conv.checks.core.rule.model import CoreRule

Builder = Callable[[CoreRule, Table, Study], View]
Row = dict[str, Value]

_LIBRARY = ("name", "label", "data_type", "role", "core", "ccode", "has_codelist", "order_number")


def build_records(rule: CoreRule, table: Table, study: Study) -> View:
    """What the rule is asked of in one dataset; the parts of a split one together, unless the rule wants them apart.

    Raises:
        NotAnswerableError: the rule's type is unknown, or needs a define.xml that is not there.
    """
    builder = BUILDERS.get(rule.type.casefold())
    if builder is None:
        raise NotAnswerableError(f"cdisc-conv does not know rules of type '{rule.type}'")
    if "define" in rule.type.casefold() and study.define is None:
        raise NotAnswerableError("there is no define.xml")
    parts = study.parts(table.whole)
    if builder is _records and not rule.scope.split:
        return study.view_whole(table)
    if len(parts) < 2 or rule.scope.split:
        return builder(rule, table, study)
    return join_views([builder(rule, part, study) for part in parts])


def _records(rule: CoreRule, table: Table, study: Study) -> View:
    return table.view


def _dataset(rule: CoreRule, table: Table, study: Study) -> View:
    return view_rows([table.facts], table.name)


def _variables(rule: CoreRule, table: Table, study: Study) -> View:
    rows: Sequence[Row] = table.variables
    names = {*rule.outputs, *(check.name for check in rule.checks), *(str(check.value) for check in rule.checks)}
    if "variable_max_size" in names:
        rows = [{**row, "variable_max_size": _measure(table.view.find(str(row["variable_name"])))} for row in rows]
    return view_rows(rows, table.name)


def _measure(vector: Vector | None) -> float:
    return max((float(len(to_text(value))) for value in vector.used), default=0.0) if vector is not None else 0.0


def _variables_with_library(rule: CoreRule, table: Table, study: Study) -> View:
    return view_rows(
        [
            {**row, **_fill_library(row, "variable_name", table, study), **_blanks(row, table, study)}
            for row in table.variables
        ],
        table.name,
    )


def _variables_with_define(rule: CoreRule, table: Table, study: Study) -> View:
    return view_rows(_beside_define(table, study), table.name)


def _variables_with_both(rule: CoreRule, table: Table, study: Study) -> View:
    return view_rows(
        [
            {**row, **_fill_library(row, "variable_name", table, study), **_blanks(row, table, study)}
            for row in _beside_define(table, study)
        ],
        table.name,
    )


def _beside_define(table: Table, study: Study) -> list[Row]:
    said = {row["define_variable_name"]: row for row in study.define.variables(table)}
    blank = dict.fromkeys(next(iter(said.values()), {}))
    return [{**row, **said.get(row["variable_name"], blank)} for row in table.variables]


def _define_variables_with_library(rule: CoreRule, table: Table, study: Study) -> View:
    rows = study.define.variables(table)
    return view_rows([{**row, **_fill_library(row, "define_variable_name", table, study)} for row in rows], table.name)


def _fill_library(row: Mapping[str, Value], key: str, table: Table, study: Study) -> Row:
    known = {variable.name: variable for variable in study.guide_variables(table)}
    return _describe(known.get(str(row[key])))


def _describe(variable: LibraryVariable | None) -> Row:
    if variable is None:
        return {f"library_variable_{name}": None for name in _LIBRARY}
    values: tuple[Value, ...] = (
        variable.name,
        variable.label,
        variable.type,
        variable.role,
        variable.core,
        variable.ccode,
        bool(variable.ccode),
        str(variable.order),
    )
    return {f"library_variable_{name}": value for name, value in zip(_LIBRARY, values, strict=True)}


def _blanks(row: Mapping[str, Value], table: Table, study: Study) -> Row:
    found = study.view_whole(table).find(str(row["variable_name"]))
    missing = found.missing if found is not None else np.ones(1, dtype=bool)
    return {"variable_has_empty_values": bool(missing.any()), "variable_is_empty": bool(missing.all())}


def _values(rule: CoreRule, table: Table, study: Study) -> View:
    """Every value as a record of its own, with the record and the variable that it is of."""
    return _lengthen(table, {str(row["variable_name"]): row for row in table.variables})


def _values_with_dataset(rule: CoreRule, table: Table, study: Study) -> View:
    return _lengthen(table, dict.fromkeys(table.view.names, table.facts))


def _values_with_define(rule: CoreRule, table: Table, study: Study) -> View:
    return _lengthen(table, {str(row["define_variable_name"]): row for row in study.define.variables(table)})


def _lengthen(table: Table, said: Mapping[str, Mapping[str, Value]]) -> View:
    view, names = table.view, table.view.names
    length, count = view.length, len(table.view.names)
    places = np.repeat(np.arange(count), length)
    facts = dict.fromkeys(name for row in said.values() for name in row)
    columns: dict[str, Column] = {
        "row_number": lambda: from_numbers(np.tile(view.rows.astype("float64"), count)),
        "variable_name": Vector(places, tuple(names)),
        "variable_value": lambda: concatenate([view.find(name) or constant(None, length) for name in names]),
    }
    for fact in facts:
        if fact != "variable_name":
            columns[fact] = partial(_spread_fact, said, fact, names, places)
    columns["variable_value_length"] = lambda: _count_letters(
        concatenate([view.find(name) or constant(None, length) for name in names])
    )
    return View(columns, constant(table.name, length * count), np.tile(view.rows, count))


def _spread_fact(
    said: Mapping[str, Mapping[str, Value]], fact: str, names: Sequence[str], places: np.ndarray
) -> Vector:
    """What is said of variables beside each of their values."""
    return from_values([said.get(name, {}).get(fact) for name in names]).take(places)


def _count_letters(vector: Vector) -> Vector:
    return vector.map(lambda value: None if value is None else float(len(to_text(value))))


def _domains(rule: CoreRule, table: Table, study: Study) -> View:
    """One record with a column per dataset, which holds the name of its file."""
    return view_rows([{each.whole: each.file.name for each in study.tables}], table.name)


def _domains_with_define(rule: CoreRule, table: Table, study: Study) -> View:
    """A record per dataset of define.xml, with the file where there is one."""
    files = {each.whole: each.file.name for each in study.tables} | {each.name: each.file.name for each in study.tables}
    rows = []
    for row in study.define.datasets():
        name = str(row["define_dataset_name"])
        rows.append({**row, "domain": name if name in files else None, "filename": files.get(name)})
    return view_rows(rows, table.name)


def _datasets_with_define(rule: CoreRule, table: Table, study: Study) -> View:
    """A record per dataset of the package or of define.xml, with what both say of it."""
    said = {str(row["define_dataset_name"]): row for row in study.define.datasets()}
    blank = dict.fromkeys(next(iter(said.values()), {}))
    rows: list[Row] = [
        {**each.facts, "dataset_domain": each.domain, "dataset_columns": each.view.names, **said.pop(each.name, blank)}
        for each in study.tables
    ]
    return view_rows([*rows, *said.values()], table.name)


def _define_datasets(rule: CoreRule, table: Table, study: Study) -> View:
    return view_rows([row for row in study.define.datasets() if row["define_dataset_name"] == table.name], table.name)


def _records_with_define(rule: CoreRule, table: Table, study: Study) -> View:
    said: Row = next((row for row in study.define.datasets() if row["define_dataset_name"] == table.name), {})
    facts = {**table.facts, "dataset_domain": table.domain, **said}
    return table.view.with_columns({name: constant(value, table.view.length) for name, value in facts.items()})


def _records_with_library(rule: CoreRule, table: Table, study: Study) -> View:
    known = study.guide_variables(table)
    return _lengthen(table, {variable.name: _describe(variable) for variable in known})


BUILDERS: dict[str, Builder] = {
    "record data": _records,
    "range and limit": _records,
    "dataset metadata check": _dataset,
    "variable metadata check": _variables,
    "variable metadata check against library metadata": _variables_with_library,
    "variable metadata check against define xml": _variables_with_define,
    "variable metadata check against define xml and library metadata": _variables_with_both,
    "define item metadata check": _define_variables_with_library,
    "define item metadata check against library metadata": _define_variables_with_library,
    "define item group metadata check": _define_datasets,
    "value check with variable metadata": _values,
    "value check with dataset metadata": _values_with_dataset,
    "value check against define xml variable": _values_with_define,
    "value check against library metadata": _records_with_library,
    "domain presence check": _domains,
    "domain presence check against define xml": _domains_with_define,
    "dataset metadata check against define xml": _datasets_with_define,
    "dataset contents check against define xml": _records_with_define,
}
"""What is asked by the type of a rule, in small letters."""
