"""How many observations a member has: the file does not say, and blank padding can look like blank rows.

The last record of 80 bytes is filled up with blanks. When an observation is shorter than that, the filling may have
room for whole observations, and one that is blank in every variable (text only; a number is never blank) cannot be
told from filling. The rule here: of all row counts that give a file of this size, take the smallest that leaves nothing
but blanks behind. Blank rows that the size itself proves are kept.

With a numeric variable nothing is open: a number is never blank (missing ones have their code), so blank rows at the
end are padding, however many; files that went through tape blocks have them.
"""

from __future__ import annotations

from cdisc_conv.xpt.layout import RECORD


def count_certain_rows(size: int, row_length: int) -> int:
    """The fewest observations that need ``size`` bytes (a multiple of 80).

    >>> count_certain_rows(160, 40), count_certain_rows(80, 10), count_certain_rows(0, 10)
    (3, 1, 0)
    """
    return (size - RECORD) // row_length + 1 if size else 0


def count_possible_rows(size: int, row_length: int) -> int:
    """The most observations that fit into ``size`` bytes."""
    return size // row_length


def count_rows(size: int, row_length: int, tail: bytes, told: int = 0) -> int:
    """The number of observations that hold text only, given the last record (or nothing, when there is none).

    ``told`` is the number that the header gives (version 8), 0 for none; it decides where it is one of those possible.

    >>> count_rows(80, 10, b"0123456789".ljust(80)), count_rows(160, 40, b" " * 80), count_rows(80, 10, b" " * 80, 3)
    (1, 3, 3)
    """
    rows = count_possible_rows(size, row_length)
    certain = count_certain_rows(size, row_length)
    filling = len(tail) - len(tail.rstrip(b" "))
    while rows > max(certain, told) and size - (rows - 1) * row_length <= filling:
        rows -= 1
    return rows
