"""Text columns: making them, trimming them, and comparing texts as people mean them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import Distinct, find_distinct, from_arrow, holds_text, map_distinct, to_arrow
from cdisc_conv.columns.numerals import write_number


def text_column(values: Iterable[str]) -> pd.Series:
    """Python texts as a ``str`` column."""
    return from_arrow(pa.array(list(values), pa.large_string()))


def repeat_text(value: str, length: int) -> pd.Series:
    """One text on every row."""
    return from_arrow(pa.repeat(pa.scalar(value, pa.large_string()), length))


def flag_column(mask: np.ndarray, yes: str = "Y", no: str = "") -> pd.Series:
    """`yes` where the mask is true, `no` elsewhere."""
    return from_arrow(pc.if_else(pa.array(mask), pa.scalar(yes, pa.large_string()), pa.scalar(no, pa.large_string())))


def trim_text(series: pd.Series) -> pd.Series:
    """The texts without blanks at their ends, the very same series when there are none; numbers as they are.

    >>> trim_text(pd.Series([" Mild ", "\\u3000"], dtype="str")).tolist()
    ['Mild', '']
    """
    if is_number(series):
        return series
    texts = to_arrow(series)
    if not _may_have_outer_blanks(texts):
        return series
    trimmed = pc.utf8_trim_whitespace(texts)
    # No second copy of the column stays in memory when there was nothing to trim.
    same = pc.sum(pc.binary_length(texts)) == pc.sum(pc.binary_length(trimmed))
    return series if same else from_arrow(trimmed)


def _may_have_outer_blanks(texts: Any) -> bool:
    """Whether any value begins or ends with a byte of white space, or one that may belong to a wider blank.

    Looking at two bytes of each value is several times faster than trimming a million of them for nothing.
    """
    data_buffer = texts.buffers()[2]
    if data_buffer is None or not len(texts):
        return False
    offsets = _list_offsets(texts)
    data = np.frombuffer(data_buffer, dtype=np.uint8)
    every = data[offsets[0] : offsets[-1]]
    if every.min(initial=0x7F) > 0x20 and every.max(initial=0) < 0x80:
        return False
    starts, stops = offsets[:-1], offsets[1:]
    filled = stops > starts
    if not filled.all():
        starts, stops = starts[filled], stops[filled]
    return any(bool(((ends <= 0x20) | (ends >= 0x80)).any()) for ends in (data[starts], data[stops - 1]))


def _list_offsets(texts: Any) -> np.ndarray:
    """Where each text of an arrow array begins among its bytes, and where the last one ends."""
    if not len(texts):
        return np.zeros(1, dtype=np.int64)
    return np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]


def longest_bytes(texts: pd.Series) -> int:
    """The bytes of UTF-8 of the longest text.

    >>> longest_bytes(pd.Series(["ab", "皮"], dtype="str"))
    3
    """
    return int(np.diff(_list_offsets(to_arrow(texts))).max(initial=0))


def find_texts(series: pd.Series) -> Distinct:
    """The distinct texts of a column after trimming; numbers as `as_text` writes them.

    >>> found = find_texts(pd.Series(["a ", "b", "a"], dtype="str"))
    >>> found.codes.tolist(), found.values.tolist()
    ([0, 1, 0], ['a', 'b'])
    """
    found = find_distinct(series)
    texts = as_text(found.values)
    if texts is found.values:
        return found
    merged = find_distinct(texts)
    return Distinct(merged.codes[found.codes], merged.values)


def fold(text: str) -> str:
    """A text for comparison without regard to case, blanks at its ends and the number of blanks inside."""
    return " ".join(text.split()).casefold()


def is_number(series: pd.Series) -> bool:
    """Whether a column holds numbers."""
    return not holds_text(series)


def is_filled(series: pd.Series) -> np.ndarray:
    """Which values are not missing; a text of blanks only is missing."""
    if is_number(series):
        return series.notna().to_numpy()
    return is_written(trim_text(series))


def is_written(texts: pd.Series) -> np.ndarray:
    """Which texts are not empty; one of blanks only is not.

    >>> is_written(pd.Series(["a", "", " "], dtype="str")).tolist()
    [True, False, True]
    """
    return np.asarray(np.diff(_list_offsets(to_arrow(texts))) > 0)


def as_text(series: pd.Series) -> pd.Series:
    """A column as trimmed text; numbers in the fewest digits that read back as the same number.

    >>> as_text(pd.Series([2.0, 0.1, float("nan")])).tolist()
    ['2', '0.1', '']
    """
    return map_distinct(series, format_numbers) if is_number(series) else trim_text(series)


def format_numbers(numbers: pd.Series) -> pd.Series:
    """Numbers as text, without exponent; missing ones as ""."""
    return text_column(write_number(number) for number in numbers)
