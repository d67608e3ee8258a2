"""Whole columns of values: how text, numbers and truth values are held while an expression is computed.

A value is a scalar (``str``, ``float``, ``bool``) or as long as the records: text an arrow ``large_string`` array or a
dictionary of its distinct values, numbers a float64 and truth values a bool numpy array. Missing text is "", a missing
number NaN; there are no arrow nulls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import hold_text, to_arrow
from cdisc_conv.columns.texts import is_number
from cdisc_conv.expr.nodes import Type

# pyarrow has no types for mypy, so these names are for the reader.
Scalar = str | float | bool
Vector = Any
Value = Any

TEXT_TYPE = pa.large_string()


def is_scalar(value: Value) -> bool:
    """Whether a value is one for all records."""
    return isinstance(value, str | float | int | bool | np.generic)


def type_of(value: Value) -> Type:
    """The type of a scalar or vector."""
    if isinstance(value, str | pa.Array):
        return Type.TEXT
    is_boolean = value.dtype.kind == "b" if isinstance(value, np.ndarray) else isinstance(value, bool | np.bool_)
    return Type.BOOLEAN if is_boolean else Type.NUMBER


def read_series(series: pd.Series | Vector) -> Vector:
    """A column as a vector: categories stay distinct values, other text becomes arrow, numbers float64.

    What is a vector already stays as it is.

    >>> read_series(pd.Series([1, 2])), read_series(pd.Series(["a", None], dtype="str")).to_pylist()
    (array([1., 2.]), ['a', ''])
    """
    if not isinstance(series, pd.Series):
        return series
    if isinstance(series.dtype, pd.CategoricalDtype):
        return _read_categories(series)
    if series.dtype.kind == "b":
        return series.to_numpy(dtype=bool)
    if is_number(series):
        return series.to_numpy(dtype="float64", na_value=np.nan)
    return to_arrow(series)


def _read_categories(series: pd.Series) -> Vector:
    values = series.cat.categories
    if len(values) and pd.api.types.is_numeric_dtype(values.dtype):
        return series.astype("float64").to_numpy()
    distinct = to_arrow(pd.Series(values))
    codes = series.cat.codes.to_numpy()
    if (codes < 0).any():
        codes = np.where(codes < 0, len(distinct), codes)
        distinct = pa.concat_arrays([distinct, pa.array([""], TEXT_TYPE)])
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype("int32")), distinct)


def write_series(value: Value, type_: Type, index: pd.Index) -> pd.Series:
    """A value as a column: ``str``, float64 or bool; a scalar is spread over the index."""
    if type_ is Type.TEXT:
        text = plain_text(value) if isinstance(value, pa.Array) else pa.repeat(pa.scalar(value, TEXT_TYPE), len(index))
        return hold_text(text, index)
    dtype: Any = bool if type_ is Type.BOOLEAN else "float64"
    data = np.full(len(index), value, dtype=dtype) if is_scalar(value) else np.asarray(value, dtype=dtype)
    return pd.Series(data, index=index)


def lift(value: Value) -> Vector:
    """A scalar as a vector of one; vectors as they are."""
    if isinstance(value, str):
        return pa.array([value], TEXT_TYPE)
    return np.array([value]) if is_scalar(value) else value


def drop(vector: Vector) -> Scalar:
    """The one value of a vector of one."""
    first: Scalar = vector[0].as_py() if isinstance(vector, pa.Array) else vector[0].item()
    return first


def plain_text(text: Value) -> Any:
    """A text vector without dictionary; a text scalar as an arrow scalar."""
    if isinstance(text, pa.DictionaryArray):
        return text.dictionary.take(text.indices)
    return pa.scalar(text, TEXT_TYPE) if isinstance(text, str) else text


def check_texts(text: pa.Array, test: Callable[[pa.Array], pa.Array]) -> np.ndarray:
    """A test of each text, made once per distinct value where these are known."""
    if isinstance(text, pa.DictionaryArray):
        return np.asarray(to_bool(test(text.dictionary))[text.indices.to_numpy()])
    return to_bool(test(text))


def to_bool(array: pa.Array) -> np.ndarray:
    """An arrow truth array as numpy."""
    return np.asarray(array.to_numpy(zero_copy_only=False))


def is_missing(value: Value) -> np.ndarray:
    """Which values are missing.

    >>> is_missing(np.array([1.0, np.nan]))
    array([False,  True])
    """
    if isinstance(value, pa.Array):
        return check_texts(value, lambda text: pc.equal(pc.binary_length(text), 0))
    return np.asarray(np.isnan(value))


def map_distinct(function: Callable[..., Any], arguments: Sequence[Value], returns: Type) -> Value:
    """Calls a function of plain Python values once per distinct combination of its arguments, and spreads the results.

    >>> map_distinct(str.upper, [pa.array(["a", "b", "a"], TEXT_TYPE)], Type.TEXT).to_pylist()
    ['A', 'B', 'A']
    """
    vectors = [place for place, value in enumerate(arguments) if not is_scalar(value)]
    if not vectors:
        return function(*arguments)
    codes, picks = _combine([_factorize(arguments[place]) for place in vectors])
    columns: list[Any] = [[value] * len(picks[0]) for value in arguments]
    for place, pick in zip(vectors, picks, strict=True):
        columns[place] = pick
    results = [function(*row) for row in zip(*columns, strict=True)]
    if returns is Type.TEXT:
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(results, TEXT_TYPE))
    dtype = bool if returns is Type.BOOLEAN else "float64"
    return np.array(results, dtype=dtype)[codes]


def _factorize(vector: Any) -> tuple[np.ndarray, list[Any]]:
    """Number of each record's value, and the distinct values."""
    if isinstance(vector, pa.Array):
        coded = vector if isinstance(vector, pa.DictionaryArray) else pc.dictionary_encode(vector)
        return coded.indices.to_numpy(), coded.dictionary.to_pylist()
    codes, distinct = pd.factorize(vector, use_na_sentinel=False)
    return codes, distinct.tolist()


def _combine(factors: list[tuple[np.ndarray, list[Any]]]) -> tuple[np.ndarray, list[list[Any]]]:
    """One number per record for its combination of values, and for each column its value in each combination."""
    codes, distinct = factors[0]
    picks = [distinct]
    for more, values in factors[1:]:
        joint = codes.astype("int64") * len(values) + more
        codes, pairs = pd.factorize(joint)
        picks = [[pick[i] for i in (pairs // len(values)).tolist()] for pick in picks]
        picks.append([values[i] for i in (pairs % len(values)).tolist()])
    return codes, picks
