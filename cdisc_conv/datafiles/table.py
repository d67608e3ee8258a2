"""A dataset of a file: columns of text or numbers, and what its source says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.datafiles.formats import Unit, find_unit
from cdisc_conv.problems import Problem

TEXT = pa.large_string()
ColumnValues = Any
"""Float64, or an arrow array of texts (nulls where the source has them).

A variable of kind ``NUMBER`` is a float64 array where every value is exactly one (its shortest decimals are the
source's), and else the texts of its numbers: integers above 2**53, long decimals, nanoseconds.
"""


class Kind(StrEnum):
    """What a column holds; the cells of a CSV file are text of which nobody says whether it means numbers."""

    TEXT = "text"
    NUMBER = "number"
    UNTYPED = "untyped"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; what its source does not tell is None, and is never a difference. ``length`` is in bytes.

    ``counts`` is what the type of the source says of its numbers; without it the format does. ``boolean`` numbers may
    be written as true and false, ``bits`` is what each takes: 32 hold some seven digits, 16 three.
    """

    name: str
    kind: Kind
    label: str | None = None
    length: int | None = None
    format: str | None = None
    informat: str | None = None
    counts: Unit = Unit.NONE
    boolean: bool = False
    bits: int = 64

    @property
    def unit(self) -> Unit:
        """What its numbers count."""
        return self.counts or find_unit(self.format or "")


@dataclass(frozen=True)
class Table:
    """A dataset: columns by name, and its metadata.

    ``special`` says whether missing numbers can carry SAS's codes (``.A``), ``nulls`` whether a missing text
    differs from a blank one.
    """

    name: str
    source: str
    variables: tuple[Variable, ...]
    columns: Mapping[str, ColumnValues]
    rows: int
    label: str | None = None
    special: bool = False
    nulls: bool = False
    ordered: bool = True
    codec: str = "utf-8"
    """The encoding of the file, as Python calls it, whose bytes lengths count."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with the file although it could be read."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self.variables)

    def variable(self, name: str) -> Variable:
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Variable]:
        return {variable.name: variable for variable in self.variables}

    def take(self, rows: np.ndarray) -> Table:
        """The rows at these positions."""
        columns = {name: take_rows(values, rows) for name, values in self.columns.items()}
        return replace(self, columns=columns, rows=len(rows))

    def keep(self, names: Iterable[str]) -> Table:
        """The variables of these names, in the order of the table."""
        wanted = set(names)
        variables = tuple(variable for variable in self.variables if variable.name in wanted)
        return replace(self, variables=variables, columns={one.name: self.columns[one.name] for one in variables})

    def rename(self, names: Mapping[str, str]) -> Table:
        """The same with other variable names."""
        variables = tuple(replace(one, name=names.get(one.name, one.name)) for one in self.variables)
        return replace(
            self, variables=variables, columns={names.get(name, name): one for name, one in self.columns.items()}
        )


def take_rows(values: ColumnValues, rows: np.ndarray) -> ColumnValues:
    """The values at these positions."""
    return values[rows] if isinstance(values, np.ndarray) else values.take(pa.array(rows))


def is_missing(values: ColumnValues) -> bool:
    """Whether all values are missing or blank."""
    if isinstance(values, np.ndarray):
        return bool(np.isnan(values).all())
    return not len(values) or not pc.any(pc.not_equal(pc.utf8_rtrim(values, " "), "")).as_py()
