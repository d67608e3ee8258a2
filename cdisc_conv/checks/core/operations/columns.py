"""Columns made from columns: lists compared, texts split, values mapped."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from cdisc_conv.checks.core.data.vectors import Value, Vector, as_items, constant, from_values, to_text
from cdisc_conv.checks.core.operations.registry import Task, operation
from cdisc_conv.checks.core.operators.registry import MissingVariableError, fill_prefix
from cdisc_conv.checks.core.operators.texts import compile_pattern


@operation("minus")
def minus(task: Task) -> Value:
    """The values of one list that are not in the other, in the order of the first."""
    left, right = _list(task, task.operation.name), _list(task, task.text("subtract"))
    if task.option("order_insensitive", True):
        return tuple(item for item in left if item not in set(right))
    return _subtract_in_order(left, right)


def _list(task: Task, name: str) -> tuple[Value, ...]:
    found = task.view.find(name)
    value = found.at(0) if found is not None and len(found) else None
    return () if value is None else as_items(value)


def _subtract_in_order(left: tuple[Value, ...], right: tuple[Value, ...]) -> tuple[Value, ...]:
    """What is left of a list when another is taken out of it from the left to the right."""
    rest: list[Value] = []
    place = 0
    for item in right:
        if item not in left[place:]:
            continue
        found = left.index(item, place)
        rest += left[place:found]
        place = found + 1
        while place < len(left) and left[place] == item:
            place += 1
    return (*rest, *left[place:])


@operation("split_by")
def split_by(task: Task) -> Vector:
    """The parts of each text between the delimiters."""
    delimiter = task.text("delimiter")
    column = task.view.find(task.target)
    if column is None:
        raise MissingVariableError(task.target)
    return column.map(lambda value: tuple(value.split(delimiter)) if isinstance(value, str) and delimiter else value)


@operation("map")
def map_values(task: Task) -> Vector:
    """What a table in the rule gives for each record's values."""
    said = task.option("map")
    rows = [row for row in said if isinstance(row, Mapping)] if isinstance(said, list) else []
    names = tuple(dict.fromkeys(str(name) for row in rows for name in row if name != "output"))
    if not names:
        return constant(_to_value(rows[0].get("output")) if rows else None, task.view.length)
    table = {tuple(_to_value(row.get(name)) for name in names): _to_value(row.get("output")) for row in rows}
    keys = [task.view.find(fill_prefix(name, task.table.prefix)) for name in names]
    if any(key is None for key in keys):
        raise MissingVariableError(", ".join(names))
    return task.spread_groups(table, [key for key in keys if key is not None])


def _to_value(said: object) -> Value:
    if isinstance(said, bool) or said is None or isinstance(said, str):
        return said or None if isinstance(said, str) else said
    return float(said) if isinstance(said, int | float) else str(said)


@operation("regex_find_replace")
def regex_find_replace(task: Task) -> Vector:
    """Each text with what the expression finds replaced."""
    pattern = compile_pattern(task.text("find"))
    replacement = task.text("replace")
    column = task.view.find(task.target)
    if column is None:
        raise MissingVariableError(task.target)

    def change(value: Value) -> Value:
        try:
            return value if value is None else pattern.sub(replacement, to_text(value))
        except (re.error, IndexError):
            return value

    return column.map(change)


@operation("variable_is_null")
def variable_is_null(task: Task) -> Vector | Value:
    """Whether the variable is not there, or has no value in any record (or, with level row, in the record)."""
    view = task.records if task.text("source") == "submission" else task.view
    found = view.find(task.target)
    if found is None and task.target in task.source.view:
        found = task.source.view.find(task.target)
    if found is None:
        return True
    if task.text("level") == "row" and len(found) == task.view.length:
        return from_values(found.missing.tolist())
    return bool(np.all(found.missing))
