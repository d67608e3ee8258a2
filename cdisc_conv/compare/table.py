"""A dataset as the comparison wants it: columns of text or numbers, and what its source says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.large_string()
DAY, SECOND = "E8601DA.", "E8601DT."
EPOCH = np.datetime64("1960-01-01")
"""Day 0 of SAS dates, second 0 of SAS datetimes."""
_EXACT = 2.0**53

ColumnValues = Any
"""An arrow array of texts (nulls where the source has them), or float64."""


class Kind(StrEnum):
    """What a column holds; the cells of a CSV file are text of which nobody says whether it means numbers."""

    TEXT = "text"
    NUMBER = "number"
    UNTYPED = "untyped"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable; what its source does not tell is None, and is never a difference. ``length`` is in bytes."""

    name: str
    kind: Kind
    label: str | None = None
    length: int | None = None
    format: str | None = None


@dataclass(frozen=True)
class Table:
    """A dataset: columns by name, and its metadata.

    ``special`` says whether missing numbers can carry SAS's codes (``.A``), ``nulls`` whether a missing text is told
    from a blank one.
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

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self.variables)

    def variable(self, name: str) -> Variable:
        return next(variable for variable in self.variables if variable.name == name)

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


def make_table(frame: pd.DataFrame, name: str = "", source: str = "frame", **facts: Any) -> Table:
    """A frame as a table: text, numbers, dates (as SAS counts them) and whatever else as text.

    Raises ValueError when two columns have one name.

    >>> make_table(pd.DataFrame({"AGE": [64], "SEX": ["F"]})).variables[0].kind
    <Kind.NUMBER: 'number'>
    """
    names = [str(column) for column in frame.columns]
    doubled = sorted({each for each in names if names.count(each) > 1})
    if doubled:
        raise ValueError(f"{source} has the column {doubled[0]} more than once")
    made = [make_column(column, frame.iloc[:, number]) for number, column in enumerate(names)]
    facts.setdefault("nulls", True)
    facts.setdefault("special", True)
    variables = tuple(variable for variable, _ in made)
    return Table(name, source, variables, {one.name: values for one, values in made}, len(frame), **facts)


def make_column(name: str, series: pd.Series) -> tuple[Variable, ColumnValues]:
    """A column of a frame and its variable."""
    if series.dtype == np.float64:
        return Variable(name, Kind.NUMBER), series.to_numpy()
    return read_arrow(name, pa.array(series) if series.dtype != object else _read_objects(series))


def _read_objects(series: pd.Series) -> Any:
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if pd.isna(value) else str(value) for value in series], TEXT)


def read_arrow(name: str, array: Any) -> tuple[Variable, ColumnValues]:
    """An arrow array of any type as a column. Integers beyond 2**53 stay text: as numbers they would not be exact."""
    array = combine(array)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    kind = array.type
    if pa.types.is_large_string(kind):
        return Variable(name, Kind.TEXT), array
    if pa.types.is_date(kind):
        days = array.cast(pa.date32()).cast(pa.int32())
        return Variable(name, Kind.NUMBER, format=DAY), _numbers(days) - EPOCH.astype("datetime64[D]").astype(int)
    if pa.types.is_timestamp(kind):
        moments = array.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        shift = EPOCH.astype("datetime64[s]").astype(int)
        return Variable(name, Kind.NUMBER, format=SECOND), _numbers(moments) / 1e6 - shift
    if pa.types.is_integer(kind) and not _fits(array):
        return Variable(name, Kind.UNTYPED), array.cast(TEXT)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return Variable(name, Kind.NUMBER), _numbers(array)
    if pa.types.is_decimal(kind):
        return Variable(name, Kind.NUMBER), _numbers(array.cast(pa.float64(), safe=False))
    if pa.types.is_null(kind):
        return Variable(name, Kind.UNTYPED), pa.nulls(len(array), TEXT)
    return Variable(name, Kind.TEXT), _cast_text(array)


def combine(array: Any) -> Any:
    """A chunked array as one array."""
    if isinstance(array, pa.ChunkedArray):
        return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return array


def take_rows(values: ColumnValues, rows: np.ndarray) -> ColumnValues:
    """The values at these positions."""
    return values[rows] if isinstance(values, np.ndarray) else values.take(pa.array(rows))


def is_missing(values: ColumnValues) -> bool:
    """Whether all values are missing or blank."""
    if isinstance(values, np.ndarray):
        return bool(np.isnan(values).all())
    return not len(values) or not pc.any(pc.not_equal(pc.utf8_rtrim(values, " "), "")).as_py()


def _fits(array: Any) -> bool:
    ends = pc.min_max(array).as_py()
    return ends["min"] is None or max(abs(ends["min"]), abs(ends["max"])) <= _EXACT


def _numbers(array: Any) -> np.ndarray:
    numbers = array.cast(pa.float64(), safe=False) if not pa.types.is_boolean(array.type) else array.cast(pa.int8())
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _cast_text(array: Any) -> Any:
    try:
        return array.cast(TEXT)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([None if value is None else str(value) for value in array.to_pylist()], TEXT)
