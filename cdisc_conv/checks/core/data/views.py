"""The records that a rule is asked of: named columns of one length, read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from cdisc_conv.checks.core.data.vectors import Value, Vector, concatenate, constant, from_series, from_values
from cdisc_conv.columns.stored import Frame, Stored

Column: TypeAlias = Vector | Callable[[], Vector]


class View:
    """Columns by name, in order. ``datasets`` and ``rows`` say where each record comes from (rows from 1).

    A view never changes but for the columns it has read; what a rule adds or joins is a view of its own.
    """

    def __init__(self, columns: Mapping[str, Column], datasets: Vector, rows: np.ndarray) -> None:
        self._columns = dict(columns)
        self._read: dict[str, Vector] = {}
        self.datasets = datasets
        self.rows = rows

    @property
    def length(self) -> int:
        return len(self.rows)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._columns)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def find(self, name: str) -> Vector | None:
        """The column, or None."""
        column = self._columns.get(name)
        if column is None or isinstance(column, Vector):
            return column
        if name not in self._read:
            self._read[name] = column()
        return self._read[name]

    @property
    def held(self) -> int:
        """How many values of columns that were read are in memory."""
        return self.length * len(self._read)

    def forget(self) -> None:
        """Let go of the columns that were read; they are read again when they are asked for."""
        self._read.clear()

    def with_columns(self, columns: Mapping[str, Column]) -> View:
        """This view with more columns; those of the same name are replaced."""
        return View({**self._columns, **columns}, self.datasets, self.rows)

    def renamed(self, names: Mapping[str, str]) -> View:
        """This view with other names for some columns."""
        return View({names.get(name, name): self._thunk(name) for name in self._columns}, self.datasets, self.rows)

    def take(self, rows: np.ndarray) -> View:
        """Other records of this view; a negative row is a record of missing values."""
        return View(
            {name: self._taken(name, rows) for name in self._columns},
            self.datasets.take(rows),
            np.where(rows < 0, 0, self.rows[rows] if self.length else 0),
        )

    def taken_columns(self, rows: np.ndarray) -> dict[str, Column]:
        """The columns for other records, to stand beside those of another view."""
        return {name: self._taken(name, rows) for name in self._columns}

    def _thunk(self, name: str) -> Column:
        return lambda: self._require(name)

    def _taken(self, name: str, rows: np.ndarray) -> Column:
        return lambda: self._require(name).take(rows)

    def _require(self, name: str) -> Vector:
        vector = self.find(name)
        assert vector is not None, name
        return vector


def view_frame(frame: Frame, dataset: str, blank: Value = "", numbers: np.ndarray | None = None) -> View:
    """The records of a dataset; `blank` is what a blank text is, `numbers` are those of the records, from 1."""
    length = len(frame)
    columns = {str(name): partial(_read_column, frame, position, blank) for position, name in enumerate(frame.columns)}
    return View(columns, constant(dataset, length), np.arange(1, length + 1) if numbers is None else numbers)


def _read_column(frame: Frame, position: int, blank: Value) -> Vector:
    column = frame[frame.columns[position]] if isinstance(frame, Stored) else frame.iloc[:, position]
    return from_series(column, blank)


def view_rows(rows: Sequence[Mapping[str, Value]], dataset: str, names: Iterable[str] = ()) -> View:
    """A small table given row by row, such as one of variables; ``names`` are columns even when there are no rows."""
    wanted = dict.fromkeys([*names, *(name for row in rows for name in row)])
    columns: dict[str, Column] = {name: from_values(row.get(name) for row in rows) for name in wanted}
    return View(columns, constant(dataset, len(rows)), np.arange(1, len(rows) + 1))


def join_views(views: Sequence[View]) -> View:
    """The records of several views, one after the other; a column that one lacks is missing there."""
    if len(views) == 1:
        return views[0]
    names = dict.fromkeys(name for view in views for name in view.names)
    return View(
        {name: _concatenate_later(views, name) for name in names},
        concatenate([view.datasets for view in views]),
        np.concatenate([view.rows for view in views]),
    )


def _concatenate_later(views: Sequence[View], name: str) -> Column:
    return lambda: concatenate([view.find(name) or constant(None, view.length) for view in views])
