"""The columns of a frame, ready to be written: as arrow text or float64 numbers, checked against their variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.problems import Place, Problem
from cdisc_conv.xpt.encodings import ASCII, measure
from cdisc_conv.xpt.ibm import Doubles
from cdisc_conv.xpt.transliteration import Transliteration, is_printable
from cdisc_conv.xpt.variables import LONGEST_TEXT, XptVariable

_EXACT_INTEGERS = 2**53
_NOT_TEXT = (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError)


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A text column: ``values`` is one arrow array, missing values allowed, that is written in an encoding."""

    variable: XptVariable
    values: pa.LargeStringArray
    codec: str = ASCII


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A numeric column. ``inexact`` holds integers that float64 cannot hold, by row (0-based)."""

    variable: XptVariable
    values: Doubles
    inexact: Mapping[int, int] = field(default_factory=dict)


def infer_variables(frame: pd.DataFrame, replace: Transliteration, codec: str = ASCII) -> list[XptVariable]:
    """Variables for a frame that comes without: numbers in 8 bytes, text as long as its longest value, at least 1."""
    variables = []
    for place, name in enumerate(map(str, frame.columns)):
        series = frame.iloc[:, place]
        if _is_numeric(series):
            variables.append(XptVariable(name, numeric=True, length=8))
            continue
        try:
            length = _longest(replace.apply_to_column(_to_arrow(series)), codec)
        except _NOT_TEXT:
            length = 1
        variables.append(XptVariable(name, numeric=False, length=max(1, min(length, LONGEST_TEXT))))
    return variables


def prepare_columns(
    dataset: str,
    frame: pd.DataFrame,
    variables: Sequence[XptVariable],
    replace: Transliteration,
    codec: str = ASCII,
) -> tuple[list[TextColumn | NumberColumn], list[Problem]]:
    """The columns of the variables that the frame has, and a problem for each whose values are of the other kind."""
    columns: list[TextColumn | NumberColumn] = []
    problems: list[Problem] = []
    places: dict[str, list[int]] = {}
    for place, name in enumerate(map(str, frame.columns)):
        places.setdefault(name, []).append(place)
    for variable in variables:
        found = places.get(variable.name, [])
        if len(found) != 1:
            continue
        series = frame.iloc[:, found[0]]
        if variable.numeric:
            column: TextColumn | NumberColumn | None = _prepare_number(variable, series)
        else:
            column = _prepare_text(variable, series, replace, codec)
        if column is None:
            problems.append(_describe_kind(dataset, variable, series))
        else:
            columns.append(column)
    return columns, problems


def _prepare_number(variable: XptVariable, series: pd.Series) -> NumberColumn | None:
    if not _is_numeric(series):
        return NumberColumn(variable, np.full(len(series), np.nan)) if series.isna().all() else None
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    if not pd.api.types.is_integer_dtype(series.dtype):
        return NumberColumn(variable, values)
    suspects = {int(row): int(series.iloc[row]) for row in np.flatnonzero(np.abs(values) >= _EXACT_INTEGERS)}
    return NumberColumn(variable, values, {row: exact for row, exact in suspects.items() if exact != int(values[row])})


def _prepare_text(variable: XptVariable, series: pd.Series, replace: Transliteration, codec: str) -> TextColumn | None:
    if _is_numeric(series):
        return TextColumn(variable, pa.nulls(len(series), pa.large_string())) if series.isna().all() else None
    try:
        return TextColumn(variable, replace.apply_to_column(_to_arrow(series)), codec)
    except _NOT_TEXT:
        return None


def _describe_kind(dataset: str, variable: XptVariable, series: pd.Series) -> Problem:
    declared = "numeric" if variable.numeric else "text"
    if variable.numeric:
        hint = "convert the column to numbers (dates to SAS days) or declare the variable as text"
    else:
        hint = "convert the column to text, or to numbers (dates to SAS days) and declare the variable as numeric"
    return Problem(
        "XPT009",
        f"the variable is declared {declared} but the column has dtype {series.dtype} and values that are not",
        place=Place(dataset=dataset, variable=variable.name),
        hint=hint,
    )


def _is_numeric(series: pd.Series) -> bool:
    """Whether the values are real numbers (truth values count as 0 and 1)."""
    kind = series.dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind)


def _to_arrow(series: pd.Series) -> pa.LargeStringArray:
    """One arrow array of text, without a copy for the usual `str` column; raises when a value is not text."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if not isinstance(series.dtype, pd.StringDtype) and pd.api.types.infer_dtype(series, skipna=True) not in (
        "string",
        "empty",
    ):
        raise pa.ArrowTypeError(f"dtype {series.dtype} holds values that are not text")
    values = pa.array(series, type=pa.large_string(), from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
    return values


def _longest(values: pa.LargeStringArray, codec: str) -> int:
    if codec != ASCII and not is_printable(values):
        return max((measure(text.rstrip(" "), codec) for text in values.unique().to_pylist() if text), default=0)
    longest = pc.max(pc.binary_length(values)).as_py() or 0
    if longest > LONGEST_TEXT:  # trailing blanks are not kept and so do not count
        longest = pc.max(pc.binary_length(pc.ascii_rtrim(values, " "))).as_py() or 0
    return int(longest)
