"""Rows of columns: taken by position, filled with one value, and numbered by the group they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.columns.distinct import TEXT, find_codes, from_arrow, holds_text, to_arrow


def take_rows(series: pd.Series, positions: np.ndarray) -> pd.Series:
    """The values at the positions, with a fresh RangeIndex.

    >>> take_rows(pd.Series(["a", "b"], dtype="str"), np.array([1, 1, 0])).tolist()
    ['b', 'b', 'a']
    """
    if series.dtype == TEXT:
        return from_arrow(to_arrow(series).take(pa.array(positions)))
    return series.take(positions).reset_index(drop=True)


def pick_or_blank(series: pd.Series, positions: np.ndarray) -> pd.Series:
    """The values at the positions; missing where the position is negative.

    >>> pick_or_blank(pd.Series(["a", "b"], dtype="str"), np.array([1, -1])).tolist()
    ['b', '']
    """
    if holds_text(series):
        return from_arrow(to_arrow(series).take(pa.array(positions, mask=positions < 0)))
    numbers = np.append(series.to_numpy(dtype="float64"), np.nan)
    return pd.Series(numbers[np.where(positions < 0, len(series), positions)])


def slice_rows(series: pd.Series, start: int, stop: int) -> pd.Series:
    """The values from `start` up to `stop`, with a fresh RangeIndex.

    >>> slice_rows(pd.Series(["a", "b", "c"], dtype="str"), 1, 3).tolist()
    ['b', 'c']
    """
    if start == 0 and stop == len(series):
        return series
    if holds_text(series):
        return from_arrow(to_arrow(series).slice(start, stop - start))
    return pd.Series(series.to_numpy()[start:stop])


def stack(pieces: Sequence[pd.Series]) -> pd.Series:
    """Columns of one kind, text or numbers, under each other.

    >>> stack([pd.Series(["a"], dtype="str"), pd.Series(["b"], dtype="str")]).tolist()
    ['a', 'b']
    """
    if len(pieces) == 1:
        return pieces[0]
    if all(piece.dtype == TEXT for piece in pieces):
        return from_arrow(pa.concat_arrays([to_arrow(piece) for piece in pieces]))
    return pd.concat(pieces, ignore_index=True)


def spread(value: Any, length: int) -> pd.Series:
    """A literal as a whole column: text, or float64 for numbers.

    >>> spread("a", 2).tolist(), spread(1, 2).tolist()
    (['a', 'a'], [1.0, 1.0])
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return pd.Series(np.full(length, float(value)))
    return from_arrow(pa.repeat(pa.scalar(str(value), pa.large_string()), length))


def group_codes(columns: Sequence[pd.Series], length: int) -> np.ndarray:
    """One int64 number per row, counted in the order of first rows: rows with equal values in all columns share one.

    >>> left, right = pd.Series(["x", "x", "y"], dtype="str"), pd.Series([1.0, 2.0, 1.0])
    >>> group_codes([left, right], 3).tolist(), group_codes([left], 3).tolist()
    ([0, 1, 2], [0, 0, 1])
    """
    codes = np.zeros(length, dtype=np.int64)
    for place, column in enumerate(columns):
        numbers, distinct = find_codes(column)
        # Numbered anew with each column, so that the product of many does not overflow.
        codes = pd.factorize(codes * (len(distinct) + 1) + numbers)[0] if place else numbers
    return codes


def find_distinct_rows(columns: Sequence[pd.Series]) -> tuple[np.ndarray, list[pd.Series]]:
    """The distinct combinations of several columns: the number of its combination per row, and the combinations.

    >>> texts = pd.Series(["a", "a", "b"], dtype="str")
    >>> codes, (letters, numbers) = find_distinct_rows([texts, pd.Series([1.0, 1.0, 2.0])])
    >>> codes.tolist(), letters.tolist(), numbers.tolist()
    ([0, 0, 1], ['a', 'b'], [1.0, 2.0])
    """
    codes = group_codes(columns, len(columns[0]))
    first = first_rows(codes)
    return codes, [take_rows(column, first) for column in columns]


def first_rows(codes: np.ndarray) -> np.ndarray:
    """For group numbers 0, 1, 2 ... without gaps, the first row of each group."""
    first = np.zeros(int(codes.max()) + 1 if len(codes) else 0, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first
