"""Fingerprints of the columns that were read, so that two packages can tell which raw columns differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

NO_VALUES = ("define", "protocol", "formats", "agency", "translations", "split_size")
"""Settings that shape no value: words of define.xml, labels, and which files are written beside transport files."""


def describe_columns(frames: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """For each form or given dataset the number of its rows, and the SHA-256 of each column.

    >>> frame = pd.DataFrame({"SEX": pd.Series(["M", "F"], dtype="str")})
    >>> described = describe_columns({"dm": frame})["dm"]
    >>> described["rows"], described["sha256"]["SEX"][:12]
    (2, 'f43f77b0baef')
    """
    return {name: _describe_frame(frame) for name, frame in frames.items()}


def describe_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each setting of the study that can shape values: visits, units, date formats ..."""
    texts = {
        name: json.dumps(value, sort_keys=True, default=str)
        for name, value in settings.items()
        if name not in NO_VALUES and value
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(texts.items())}


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


def _describe_frame(frame: pd.DataFrame) -> dict[str, Any]:
    return {"rows": len(frame), "sha256": {str(name): hash_column(column) for name, column in frame.items()}}
