"""Work on distinct values, then spread: how every text derivation stays fast on millions of records."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

TEXT = pd.StringDtype(na_value=np.nan)


def encode(series: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """(codes, distinct values) of a text or numeric series: ``distinct[codes]`` is the series again.

    >>> codes, distinct = encode(pd.Series(["b", "a", "b"], dtype="str"))
    >>> codes.tolist(), distinct.tolist()
    ([0, 1, 0], ['b', 'a'])
    """
    if series.dtype != TEXT:
        codes, distinct = pd.factorize(series, use_na_sentinel=False)
        return codes, pd.Series(distinct)
    array = pa.array(series, from_pandas=True)
    encoded = pc.dictionary_encode(array.fill_null("") if array.null_count else array)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.large_string()))
    return encoded.indices.to_numpy(zero_copy_only=False), pd.Series(encoded.dictionary, dtype=TEXT)


def spread(distinct: pd.Series, codes: np.ndarray) -> pd.Series:
    """The values that the codes point at, with a fresh RangeIndex."""
    if not len(codes):
        return pd.Series(distinct.iloc[:0].array.copy())
    return pd.Series(distinct.array.take(codes))


def map_distinct(series: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """`function` of a series, computed on its distinct values only.

    `function` takes the distinct values as a series and gives one value for each, in the same order.

    >>> map_distinct(pd.Series(["a", "b", "a"], dtype="str"), lambda values: values.str.upper()).tolist()
    ['A', 'B', 'A']
    """
    codes, distinct = encode(series)
    return spread(function(distinct).reset_index(drop=True), codes)
