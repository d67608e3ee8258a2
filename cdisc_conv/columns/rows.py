"""Rows of columns: taken by position, filled with one value, and numbered by the group they are in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.columns.distinct import from_arrow


def take_rows(series: pd.Series, positions: np.ndarray) -> pd.Series:
    """The values at the positions, with a fresh RangeIndex.

    >>> take_rows(pd.Series(["a", "b"], dtype="str"), np.array([1, 1, 0])).tolist()
    ['b', 'b', 'a']
    """
    return series.take(positions).reset_index(drop=True)


def spread(value: Any, length: int) -> pd.Series:
    """A literal as a whole column: text, or float64 for numbers.

    >>> spread("a", 2).tolist(), spread(1, 2).tolist()
    (['a', 'a'], [1.0, 1.0])
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return pd.Series(np.full(length, float(value)))
    return from_arrow(pa.repeat(pa.scalar(str(value), pa.large_string()), length))


def group_codes(columns: list[pd.Series], length: int) -> np.ndarray:
    """One int64 number per row: rows with equal values in all columns share a number.

    >>> left, right = pd.Series(["x", "x", "y"], dtype="str"), pd.Series([1.0, 2.0, 1.0])
    >>> group_codes([left, right], 3).tolist(), group_codes([left], 3).tolist()
    ([0, 1, 2], [0, 0, 1])
    """
    codes = np.zeros(length, dtype=np.int64)
    for column in columns:
        numbers, distinct = pd.factorize(column, use_na_sentinel=False)
        codes = codes * (len(distinct) + 1) + numbers
        if len(columns) > 1:
            codes = pd.factorize(codes)[0]  # keeps the product of many columns from overflowing
    return codes.astype(np.int64)
