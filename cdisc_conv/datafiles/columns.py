"""Columns of frames and arrow tables as columns of a comparison, without losing a digit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.datafiles.formats import Unit
from cdisc_conv.datafiles.numerals import parse_numbers, write_canonical, write_exact
from cdisc_conv.datafiles.table import TEXT, ColumnValues, Kind, Table, Variable

_EXACT = 2**53
_LATEST = 2**33
"""Seconds to which a float64 tells microseconds apart."""
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_FROM_1970 = int((np.datetime64("1970-01-01") - np.datetime64("1960-01-01")).astype(int))


def make_table(frame: pd.DataFrame, name: str = "", source: str = "frame", **facts: Any) -> Table:
    """A frame as a table: text, numbers, dates (as SAS counts them) and whatever else as text.

    Raises ValueError when two columns have one name.

    >>> make_table(pd.DataFrame({"AGE": [64], "SEX": ["F"]})).variables[0].kind
    <Kind.NUMBER: 'number'>
    """
    names = [str(column) for column in frame.columns]
    doubled = sorted(name for name, times in Counter(names).items() if times > 1)
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
    if series.dtype == object:
        return _read_objects(name, series)
    return read_arrow(name, pa.array(series))


def read_numerals(texts: Any, variable: Variable) -> ColumnValues:
    """Numbers that are written out: float64 where that holds all of them, else their texts. What is none is missing."""
    found = parse_numbers(texts, variable)
    if not found.inexact.any():
        return found.values
    exact = write_exact(texts, variable)
    return pc.if_else(pa.array(found.bad | pc.equal(exact, "").to_numpy(zero_copy_only=False)), None, exact)


def read_arrow(name: str, array: Any) -> tuple[Variable, ColumnValues]:
    """An arrow array of any type as a column."""
    array = combine(array)
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    kind = array.type
    number = Variable(name, Kind.NUMBER)
    if pa.types.is_large_string(kind):
        return Variable(name, Kind.TEXT), array
    if pa.types.is_date(kind):
        days = array.cast(pa.date32()).cast(pa.int32())
        return replace(number, counts=Unit.DAY), _to_floats(days) + _FROM_1970
    if pa.types.is_timestamp(kind):
        shift = _FROM_1970 * 86_400
        return replace(number, counts=Unit.SECOND), _read_seconds(array.cast(pa.int64()), _PER_SECOND[kind.unit], shift)
    if pa.types.is_time(kind):
        ticks = array.cast(pa.int32() if pa.types.is_time32(kind) else pa.int64()).cast(pa.int64())
        return replace(number, counts=Unit.TIME), _read_seconds(ticks, _PER_SECOND[kind.unit], 0)
    if pa.types.is_duration(kind):
        return number, _read_seconds(array.cast(pa.int64()), _PER_SECOND[kind.unit], 0)
    if pa.types.is_integer(kind):
        return number, _to_floats(array) if _fits(array) else array.cast(TEXT)
    if pa.types.is_floating(kind):
        return replace(number, bits=kind.bit_width), _to_floats(array)
    if pa.types.is_boolean(kind):
        return replace(number, boolean=True), _to_floats(array.cast(pa.int8()))
    if pa.types.is_decimal(kind):
        return number, read_numerals(array.cast(TEXT), number)
    if pa.types.is_null(kind):
        return Variable(name, Kind.UNTYPED), pa.nulls(len(array), TEXT)
    return Variable(name, Kind.TEXT), _cast_text(array)


def combine(array: Any) -> Any:
    """A chunked array as one array."""
    if isinstance(array, pa.ChunkedArray):
        return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return array


def _read_objects(name: str, series: pd.Series) -> tuple[Variable, ColumnValues]:
    missing = series.isna().to_numpy()
    values = [None if gone else value for gone, value in zip(missing, series, strict=True)]
    kinds = {type(value) for value in values if value is not None}
    if kinds & {int, Decimal} and kinds <= {int, float, Decimal}:
        texts = [None if value is None else write_canonical(repr(value) if isinstance(value, float) else str(value))
                 for value in values]  # fmt: skip
        number = Variable(name, Kind.NUMBER)
        return number, read_numerals(pa.array(texts, TEXT), number)
    try:
        return read_arrow(name, pa.array(values))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeError):
        return Variable(name, Kind.TEXT), pa.array([None if one is None else str(one) for one in values], TEXT)


def _read_seconds(ticks: Any, per_second: int, shift: int) -> ColumnValues:
    """Ticks as seconds: float64 where that tells them apart, else the texts of their digits."""
    if per_second == 10**9 and _divides(ticks, 1000):
        ticks, per_second = pc.divide(ticks, 1000), 10**6
    ends = pc.min_max(ticks).as_py()
    most = max((abs(end + shift * per_second) for end in ends.values() if end is not None), default=0)
    if per_second <= 10**6 and most <= min(_EXACT, _LATEST * per_second):
        return _to_floats(pc.add(ticks, shift * per_second)) / per_second
    texts = [
        None if tick is None else _write_seconds(tick + shift * per_second, per_second) for tick in ticks.to_pylist()
    ]
    return pa.array(texts, TEXT)


def _divides(ticks: Any, divisor: int) -> bool:
    rest = pc.subtract(ticks, pc.multiply(pc.divide(ticks, divisor), divisor))
    return not pc.any(pc.not_equal(rest, 0)).as_py()


def _write_seconds(ticks: int, per_second: int) -> str:
    return write_canonical(f"{ticks}E-{len(str(per_second)) - 1}")


def _fits(array: Any) -> bool:
    ends = pc.min_max(array).as_py()
    return ends["min"] is None or max(abs(ends["min"]), abs(ends["max"])) <= _EXACT


def _to_floats(array: Any) -> np.ndarray:
    return np.asarray(array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _cast_text(array: Any) -> Any:
    try:
        return array.cast(TEXT)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.array([None if value is None else str(value) for value in array.to_pylist()], TEXT)
