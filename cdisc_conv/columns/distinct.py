"""Work on the distinct values of a column, then spread the results back over its rows.

A clinical column has few distinct values: a million adverse events have some thousand dates and some dozen outcomes.
Whatever has to look inside a value does so once per distinct value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT: Final = "str"
"""The dtype of character columns, text in arrow; missing is "" and never NaN. By its name, which needs no pandas."""

_ARROW = pa.large_string()


@dataclass(frozen=True)
class Distinct:
    """A column as its distinct values, in the order of their first rows, and the number of its value for each row."""

    codes: np.ndarray
    values: pd.Series

    def spread(self, made: pd.Series) -> pd.Series:
        """One result per distinct value as a column with one result per row."""
        if not holds_text(made):
            return pd.Series(made.to_numpy()[self.codes])
        return from_arrow(to_arrow(made).take(pa.array(self.codes)))


def holds_text(series: pd.Series) -> bool:
    """Whether a column is of text, and not of numbers."""
    return series.dtype == TEXT or not pd.api.types.is_numeric_dtype(series.dtype)  # the first is ten times as fast


def find_distinct(series: pd.Series) -> Distinct:
    """The distinct values of a ``str`` or numeric column.

    >>> found = find_distinct(pd.Series(["b", "a", "b"], dtype="str"))
    >>> found.codes.tolist(), found.values.tolist()
    ([0, 1, 0], ['b', 'a'])
    """
    codes, values = find_codes(series)
    return Distinct(codes, pd.Series(values) if isinstance(values, np.ndarray) else from_arrow(values))


def find_codes(series: pd.Series) -> tuple[np.ndarray, Any]:
    """The number of its value for each row, and the distinct values as an array: of numpy for numbers, else arrow."""
    if not holds_text(series):
        return pd.factorize(series.to_numpy(dtype="float64"), use_na_sentinel=False)
    texts = to_arrow(series)
    if is_constant(texts):
        return np.zeros(len(texts), dtype=np.int64), pa.array([texts[0].as_py()], _ARROW)
    coded = texts.dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary


def is_constant(texts: Any) -> bool:
    """Whether all texts of an arrow array are one, such as the study or nothing, which is found faster than numbered.

    >>> is_constant(pa.array(["ab", "ab"], pa.large_string())), is_constant(pa.array(["a", "b"], pa.large_string()))
    (True, False)
    """
    count = len(texts)
    if not count or texts[0] != texts[count // 2] or texts[0] != texts[count - 1]:
        return False
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + count + 1]
    width = offsets[1] - offsets[0]
    if (np.diff(offsets) != width).any():
        return False
    if not width:
        return True
    every = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]].reshape(count, width)
    return bool((every == every[0]).all())


def map_distinct(series: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Calls `function` with the distinct values of a column and spreads what it returns.

    `function` takes a Series and returns one of the same length, ``str``, float64 or bool.

    >>> map_distinct(pd.Series(["a", "b", "a"], dtype="str"), lambda values: values.str.upper()).tolist()
    ['A', 'B', 'A']
    """
    found = find_distinct(series)
    return found.spread(function(found.values))


def rank_values(series: pd.Series) -> np.ndarray:
    """The place of each value among the distinct ones, from 0: missing first, text by code point, numbers by size.

    >>> rank_values(pd.Series(["b", "", "Ä", "b", "a"], dtype="str")).tolist()
    [2, 0, 3, 2, 1]
    """
    return rank_distinct(find_distinct(series))


def rank_distinct(found: Distinct) -> np.ndarray:
    """The same of a column whose distinct values are known."""
    if not holds_text(found.values):
        order = np.argsort(found.values.fillna(-np.inf).to_numpy(), kind="stable")
    else:
        order = pc.sort_indices(to_arrow(found.values).cast(pa.large_binary())).to_numpy()
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return np.asarray(ranks[found.codes])


def to_arrow(series: pd.Series) -> Any:
    """A text column as one arrow array without nulls."""
    held: Any = series.array if isinstance(series.array, pd.arrays.ArrowStringArray) else series.astype(TEXT).array
    chunks = held.__arrow_array__().chunks
    array = chunks[0] if len(chunks) == 1 else pa.concat_arrays([pa.array([], _ARROW), *chunks])
    return pc.fill_null(array, "") if array.null_count else array


def from_arrow(array: Any) -> pd.Series:
    """An arrow array of texts as a ``str`` column; nulls become ""."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    array = array if array.type == _ARROW else array.cast(_ARROW)
    return hold_text(pc.fill_null(array, "") if array.null_count else array)


def hold_text(array: Any, index: pd.Index | None = None) -> pd.Series:
    """The same of an array of large strings without nulls, without a copy.

    >>> hold_text(pa.array(["a", "b"], pa.large_string())).tolist()
    ['a', 'b']
    """
    made: Any = pd.arrays.ArrowStringArray
    return pd.Series(made(array, dtype=_find_dtype()), index=index)


@cache
def _find_dtype() -> Any:
    return pd.StringDtype("pyarrow", na_value=np.nan)
