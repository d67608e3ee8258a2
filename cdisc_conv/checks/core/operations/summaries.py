"""Values of a variable over all records, or group by group."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cdisc_conv.checks.core.data.vectors import Value, Vector, constant, from_numbers, group_rows, is_missing, to_number
from cdisc_conv.checks.core.operations.registry import Task, operation
from cdisc_conv.checks.core.operators.texts import compile_pattern


@operation("distinct")
def distinct(task: Task) -> Vector | Value:
    """The values that occur, sorted; those that name no variable of their dataset left out where that is asked."""
    vector = task.column()
    if task.option("value_is_reference"):
        vector = _keep_references(task, vector)
    if not task.grouping:
        return _sort(vector.take(task.kept).used)
    return _gather(task, vector, _sort)


def _keep_references(task: Task, vector: Vector) -> Vector:
    """Values that are variables of the dataset that the record names, usually in RDOMAIN."""
    names = task.records.find(task.text("referenced_domain_variable") or "RDOMAIN")
    if names is None:
        return constant(None, len(vector))
    columns = {table.name: frozenset(table.view.names) for table in task.study.tables}
    width = len(names.values)
    codes = vector.codes * width + names.codes
    pairs = np.unique(codes)
    values = [vector.values[pair // width] for pair in pairs.tolist()]
    owners = [names.values[pair % width] for pair in pairs.tolist()]
    kept = [
        value if value in columns.get(str(owner), ()) else None for value, owner in zip(values, owners, strict=True)
    ]
    return Vector(np.searchsorted(pairs, codes), tuple(kept))


def _sort(values: tuple[Value, ...]) -> tuple[Value, ...]:
    known = {value for value in values if value is not None}
    return tuple(
        sorted(
            known,
            key=lambda value: (
                isinstance(value, str),
                value if isinstance(value, str) else "",
                0.0 if isinstance(value, str | tuple) else to_number(value),
            ),
        )
    )


def _gather(task: Task, vector: Vector, summarise: Callable[[tuple[Value, ...]], Value]) -> Vector:
    """What `summarise` makes of the values of each group, beside each record that is asked."""
    kept = task.kept
    keys = [task.column(name).take(kept) for name in task.grouping]
    values = vector.take(kept)
    groups = group_rows(keys, len(kept))
    pairs = np.unique(groups * len(values.values) + values.codes) if len(kept) else np.zeros(0, dtype="int64")
    found: dict[int, list[Value]] = {}
    for pair in pairs.tolist():
        found.setdefault(pair // len(values.values), []).append(values.values[pair % len(values.values)])
    first = np.unique(groups, return_index=True)[1]
    named = {tuple(key.at(int(row)) for key in keys): summarise(tuple(found[group])) for group, row in enumerate(first)}
    return task.spread_groups(named, task.asked_keys())


@operation("record_count")
def record_count(task: Task) -> Vector | Value:
    """How many records there are, or how many in each group; the filter counts some of them only."""
    if not task.grouping:
        return float(len(task.kept))
    keys = [_cut(task, task.column(name)) for name in task.grouping]
    groups = group_rows(keys, task.records.length)
    counts = np.bincount(groups[task.kept], minlength=int(groups.max(initial=-1)) + 1)
    first = np.unique(groups, return_index=True)[1] if len(groups) else np.zeros(0, dtype="int64")
    if task.records is task.view and not task.operation.aliases:
        return from_numbers(counts[groups].astype("float64"))
    named = {tuple(key.at(int(row)) for key in keys): float(count) for row, count in zip(first, counts, strict=True)}
    return task.spread_groups(named, [_cut(task, key) for key in task.asked_keys()])


def _cut(task: Task, key: Vector) -> Vector:
    """A grouping variable cut to what the expression matches, where its first value does."""
    if not task.text("regex"):
        return key
    pattern = compile_pattern(task.text("regex"))
    first = next((value for value in key.used if not is_missing(value)), None)
    if not isinstance(first, str) or not pattern.match(first):
        return key
    return key.map(lambda value: found[0] if isinstance(value, str) and (found := pattern.match(value)) else value)


@operation("max")
def maximum(task: Task) -> Vector | Value:
    """The greatest value."""
    return _summarise(task, lambda values: max(values, key=_order, default=None))


@operation("min")
def minimum(task: Task) -> Vector | Value:
    """The smallest value."""
    return _summarise(task, lambda values: min(values, key=_order, default=None))


@operation("mean")
def mean(task: Task) -> Vector | Value:
    """The mean of the numbers."""
    vector, kept = task.column(), task.kept
    if not task.grouping:
        numbers = vector.numbers[kept]
        return float(np.nanmean(numbers)) if np.isfinite(numbers).any() else None
    keys = [task.column(name).take(kept) for name in task.grouping]
    groups, numbers = group_rows(keys, len(kept)), vector.numbers[kept]
    known = ~np.isnan(numbers)
    count = int(groups.max(initial=-1)) + 1
    sizes = np.bincount(groups[known], minlength=count)
    sums = np.bincount(groups[known], weights=numbers[known], minlength=count)
    first = np.unique(groups, return_index=True)[1]
    named = {
        tuple(key.at(int(row)) for key in keys): float(total / size) if size else None
        for row, total, size in zip(first, sums, sizes, strict=True)
    }
    return task.spread_groups(named, task.asked_keys())


def _summarise(task: Task, pick: Callable[[list[Value]], Value]) -> Vector | Value:
    def summarise(values: tuple[Value, ...]) -> Value:
        return pick([value for value in values if not is_missing(value)])

    if task.grouping:
        return _gather(task, task.column(), summarise)
    return summarise(task.column().take(task.kept).used)


def _order(value: Value) -> tuple[bool, str, float]:
    return isinstance(value, str), value if isinstance(value, str) else "", to_number(value)
