"""The operations of rules by name: what is worked out before the conditions are asked, as a column beside the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cdisc_conv.checks.core.data.study import Study, Table
from cdisc_conv.checks.core.data.vectors import Value, Vector, constant, from_values, group_rows, is_missing
from cdisc_conv.checks.core.data.views import View
from cdisc_conv.checks.core.operators.registry import MissingVariableError, NotAnswerableError, fill_prefix
from cdisc_conv.checks.core.rule.model import Operation, Reach
from cdisc_conv.docstrings import read_docstring


@dataclass(frozen=True)
class Task:
    """One operation of a rule that is asked of ``table``; its result stands beside the records of ``view``."""

    operation: Operation
    study: Study
    table: Table
    view: View

    @cached_property
    def domain(self) -> str:
        """The dataset that the operation looks into: that which it names, else the one that is asked."""
        named = self.operation.domain or self.table.whole
        if named.endswith("--") and self.table.related:
            return named.removesuffix("--") + self.table.related
        return named

    @cached_property
    def source(self) -> Table:
        """The first dataset of that name.

        Raises:
            NotAnswerableError: there is none.
        """
        if self.domain == self.table.whole:
            return self.table
        parts = self.study.parts(self.domain)
        if not parts and self.domain.endswith("--"):
            stem = self.domain.removesuffix("--")
            parts = tuple(table for table in self.study.tables if table.whole.startswith(stem))
        if not parts:
            raise NotAnswerableError(f"there is no dataset {self.domain}")
        return parts[0]

    @cached_property
    def records(self) -> View:
        """The records that the operation looks into: those that are asked, where these are of that dataset."""
        related = self.domain.startswith(("SUPP", "SQ")) or self.domain in ("RELREC", "RELSUB", "CO")
        own = self.view.find("DOMAIN")
        if not related and own is not None and len(own) and own.at(0) == self.domain:
            return self.view
        if self.source is self.table and not related:  # variables or facts are asked: those of this part count
            return self.table.view
        return self.study.view_whole(self.source)

    @property
    def target(self) -> str:
        """The variable that the operation is about."""
        return fill_prefix(self.operation.name, self.operation.domain or self.table.prefix)

    def column(self, name: str = "") -> Vector:
        """A column of the records; MissingVariableError when there is none."""
        wanted = name or self.target
        found = self.records.find(wanted)
        if found is None:
            raise MissingVariableError(wanted)
        return found

    @cached_property
    def kept(self) -> np.ndarray:
        """The records that the operation's filter keeps; ``TRT&`` keeps what begins with TRT."""
        keep = np.ones(self.records.length, dtype=bool)
        for name, wanted in self.operation.filter.items():
            keep &= _match_filter(self.column(fill_prefix(str(name), self.table.prefix)), wanted)
        return np.flatnonzero(keep)

    def option(self, name: str, default: object = None) -> object:
        """Something said beside the operator and its variable."""
        return self.operation.options.get(name, default)

    def text(self, name: str) -> str:
        """Such a thing as text, "" when it is not said."""
        said = self.operation.options.get(name)
        return "" if said is None else str(said)

    @cached_property
    def grouping(self) -> tuple[str, ...]:
        """The variables that it groups by; an earlier result that lists variables stands for these."""
        names: list[str] = []
        for name in self.operation.group:
            earlier = self.view.find(name)
            if earlier is not None and earlier.listed and earlier.single and isinstance(earlier.values[0], tuple):
                names += [str(item) for item in earlier.values[0]]
            else:
                names.append(fill_prefix(name, self.operation.domain or self.table.prefix))
        return tuple(dict.fromkeys(names))

    def spread_groups(self, values: Mapping[tuple[Value, ...], Value], keys: Iterable[Vector]) -> Vector:
        """One result per group as a column of the records that are asked, by their values of the grouping variables."""
        columns = list(keys)
        if not columns:
            return constant(values.get(()), self.view.length)
        first = _distinct(columns)
        known = {_name_group(key): value for key, value in values.items()}
        rows = range(len(first[0]))
        found = from_values([known.get(_name_group([column.at(row) for column in first])) for row in rows])
        return found.take(group_rows(columns, self.view.length))

    def asked_keys(self) -> list[Vector]:
        """The grouping variables of the records that are asked."""
        aliases = self.operation.aliases
        names = [aliases[place] if place < len(aliases) else name for place, name in enumerate(self.grouping)]
        found = [self.view.find(name) for name in names]
        missing = [name for name, vector in zip(names, found, strict=True) if vector is None]
        if missing:
            raise MissingVariableError(", ".join(missing))
        return [vector for vector in found if vector is not None]


def _name_group(key: Iterable[Value]) -> tuple[Value, ...]:
    """The values of a group; blank and missing are the same."""
    return tuple(None if is_missing(value) else value for value in key)


def _distinct(columns: list[Vector]) -> list[Vector]:
    """The first record of each combination of values."""
    groups = group_rows(columns, len(columns[0]))
    first = np.unique(groups, return_index=True)[1] if len(groups) else np.zeros(0, dtype="int64")
    return [column.take(first) for column in columns]


def _match_filter(column: Vector, wanted: object) -> np.ndarray:
    if isinstance(wanted, str) and wanted.endswith("&"):
        stem = wanted.rstrip("&")
        return column.test(lambda value: isinstance(value, str) and value.startswith(stem))
    if wanted in ("", None):
        return column.missing
    value = float(wanted) if isinstance(wanted, int) and not isinstance(wanted, bool) else wanted
    return column.test(lambda each: each == value)


Work = Callable[[Task], "Vector | Mapping[str, Vector] | Value"]
"""What an operation returns: a column, several by name, or one value for all records."""


@dataclass(frozen=True)
class Worker:
    """An operation by name: what does it, how far it looks, and what it does in a line."""

    name: str
    work: Work
    reach: Reach

    @property
    def doc(self) -> str:
        return read_docstring(self.work).strip().partition("\n")[0]


OPERATIONS: dict[str, Worker] = {}


def operation(name: str, *, reach: Reach = Reach.DATASET) -> Callable[[Work], Work]:
    """Register a function under `name`."""

    def register(work: Work) -> Work:
        if name in OPERATIONS:
            raise ValueError(f"there are two operations named {name}")
        OPERATIONS[name] = Worker(name, work, reach)
        return work

    return register


def load_operations() -> dict[str, Worker]:
    """All operations by name."""
    import cdisc_conv.checks.core.operations  # noqa: F401  (registers them)

    return OPERATIONS


def work_out(task: Task) -> View:
    """The records with the operation's result beside them, under its id."""
    worker = load_operations().get(task.operation.operator)
    if worker is None:
        raise NotAnswerableError(f"cdisc-conv does not know the operation '{task.operation.operator}'")
    made = (
        worker.work(task) if _depends(task) else task.study.once(_name_work(task), lambda: (worker.work(task), task))[0]
    )
    if isinstance(made, Mapping):
        return task.view.with_columns(made)
    column = made if isinstance(made, Vector) else constant(made, task.view.length)
    return task.view.with_columns({task.operation.id: column})


def _depends(task: Task) -> bool:
    """Whether the operation may read the results of earlier ones."""
    return any(name.startswith("$") for name in task.view.names)


def _name_work(task: Task) -> tuple[object, ...]:
    """What the same operation for the same records is known by; the task is kept, so that the view keeps its number."""
    return "work", repr(task.operation), task.table.name, id(task.view)
