"""Hashes of the values of columns, whatever their layout in memory."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def hash_column(column: pd.Series) -> str:
    """SHA-256 of the values of a column in their order; text and numbers never share one.

    Text is hashed as the lengths in bytes (32-bit, little-endian) and then all values as UTF-8; anything else as
    64-bit floats. How the column is laid out in memory does not matter.

    >>> hash_column(pd.Series(["a", "b"], dtype="str")) == hash_column(pd.Series(["xa", "ab"], dtype="str").str[1:])
    True
    >>> hash_column(pd.Series(["ab", ""], dtype="str")) == hash_column(pd.Series(["a", "b"], dtype="str"))
    False
    """
    if column.dtype.kind in "fiub":
        numbers = np.array(column.to_numpy(), dtype="<f8") + 0.0  # no negative zero
        numbers[np.isnan(numbers)] = np.nan
        return hashlib.sha256(b"number" + numbers.tobytes()).hexdigest()
    text = pa.array(column, from_pandas=True)
    whole = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    whole = pc.fill_null(whole.cast(pa.large_string()), "")
    lengths = pc.binary_length(whole).to_numpy(zero_copy_only=False).astype("<i4")
    digest = hashlib.sha256(b"text" + lengths.tobytes())
    if len(whole):
        digest.update(_content(whole))
    return digest.hexdigest()


def _content(text: pa.LargeStringArray) -> memoryview:
    """The bytes of all values, one after the other."""
    _, offsets, data = text.buffers()
    bounds = np.frombuffer(offsets, dtype="<i8")[text.offset : text.offset + len(text) + 1]
    return memoryview(data)[bounds[0] : bounds[-1]] if data is not None else memoryview(b"")
