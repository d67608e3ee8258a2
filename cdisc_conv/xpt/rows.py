"""How many observations a member has: version 5 does not say, and what fills the last record can look like rows.

The last record of 80 bytes is filled up with blanks; some programs fill it with NUL bytes, or not at all. When an
observation is shorter than a record, the filling may have room for whole observations. Which of them are filling:

- A number is never blank (missing ones have their code), and text is never NUL. So a blank row of a dataset with a
  numeric variable is filling, and a NUL row of a dataset with a text variable is, however many there are; files that
  went through tape blocks have many.
- Blank rows of text only, and NUL rows of numbers only (zeros), are observations as far as the size of the data proves
  them: of all row counts that give data of this size, the smallest that leaves nothing but filling behind. Rows of
  zeros count as filling only where NUL bytes that are not a whole row show that the program fills with NUL.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cdisc_conv.xpt.layout import RECORD

_CHUNK_BYTES = 1 << 20
FILLING = b" \0"
BLANK = ord(" ")
ReadAt = Callable[[int, int], bytes]
"""The bytes of a file from an offset on, so many of them."""
Block = NDArray[np.uint8]
"""Observations, a (rows, bytes) array."""


class CutOff(ValueError):  # noqa: N818  (a signal between modules: the place and what is wrong there)
    """Data that are not whole observations: the offset in the file, the whole ones before it, and what is left."""

    def __init__(self, place: int, rows: int, left: int, row_length: int) -> None:
        self.place, self.rows, self.left, self.row_length = place, rows, left, row_length
        self.message = f"observation {rows + 1:,} is cut off: expected {row_length} bytes, found {left}"
        super().__init__(place, self.message)


def count_certain_rows(size: int, row_length: int) -> int:
    """The fewest observations that need ``size`` bytes (a multiple of 80).

    >>> count_certain_rows(160, 40), count_certain_rows(80, 10), count_certain_rows(0, 10)
    (3, 1, 0)
    """
    return (size - RECORD) // row_length + 1 if size else 0


def count_possible_rows(size: int, row_length: int) -> int:
    """The most observations that fit into ``size`` bytes."""
    return size // row_length


def count_rows(size: int, row_length: int, tail: bytes) -> int:
    """The number of observations that hold text only, given the last record (or nothing, when there is none).

    >>> count_rows(80, 10, b"0123456789".ljust(80)), count_rows(160, 40, b" " * 80)
    (1, 3)
    """
    return _drop_filling_rows(size, row_length, len(tail) - len(tail.rstrip(b" ")))


def count_rows_between(
    read: ReadAt, offset: int, end: int, row_length: int, *, text: int, numbers: int, is_text: NDArray[np.bool_]
) -> int:
    """The observations between two offsets.

    ``text`` and ``numbers`` say where the first variable of each kind ends in an observation, 0 when there is none;
    ``is_text`` which of its bytes are text.
    Raises `CutOff` when something is left behind the last one that is no filling, or may be none: a record of it or
    more, unless a number in it would be blank, or a text NUL, or observations before it are filling.
    """
    size = end - offset
    rows = count_possible_rows(size, row_length)
    rest = read(offset + rows * row_length, size - rows * row_length)

    def holds_data(block: Block) -> NDArray[np.bool_]:
        if numbers and text:  # what fills may change from one byte to the other within an observation
            impossible = (block[:, ~is_text] == BLANK).any(axis=1) | (block[:, is_text] == 0).any(axis=1)
            return np.asarray(((block != BLANK) & (block != 0)).any(axis=1) | ~impossible)
        return np.asarray((block != (BLANK if numbers else 0)).any(axis=1))

    filled = _drop_rows_without(holds_data, read, offset, rows, row_length)
    certain = (numbers and not rest[:numbers].strip(b" ") and len(rest) >= numbers) or (
        text and not rest[:text].strip(b"\0") and len(rest) >= text
    )
    if rest.strip(FILLING) or (len(rest) >= RECORD and not certain and filled == rows):
        raise CutOff(offset + rows * row_length, rows, len(rest), row_length)
    tail = read(max(offset, end - RECORD), min(size, RECORD))
    if numbers and text:
        return filled
    if text:
        told = filled < rows or b"\0" in rest or _is_unfilled(size, row_length)
        return filled if told else count_rows(size, row_length, tail)
    if b"\0" not in rest:
        return filled
    return _drop_filling_rows(size, row_length, len(tail) - len(tail.rstrip(b"\0")))


def _is_unfilled(size: int, row_length: int) -> bool:
    """Whether the data end with an observation and not with a record: nothing of it is filling."""
    return bool(size % RECORD) and not size % row_length


def _drop_filling_rows(size: int, row_length: int, filling: int) -> int:
    rows = count_possible_rows(size, row_length)
    certain = count_certain_rows(size + -size % RECORD, row_length)
    while rows > certain and size - (rows - 1) * row_length <= filling:
        rows -= 1
    return rows


def _drop_rows_without(
    holds_data: Callable[[Block], NDArray[np.bool_]], read: ReadAt, offset: int, rows: int, row_length: int
) -> int:
    """The rows up to the last one that holds data."""
    step = max(1, _CHUNK_BYTES // row_length)
    while rows:
        first = max(0, rows - step)
        content = read(offset + first * row_length, (rows - first) * row_length)
        used = np.flatnonzero(holds_data(np.frombuffer(content, dtype=np.uint8).reshape(-1, row_length)))
        if used.size:
            return first + int(used[-1]) + 1
        rows = first
    return 0
