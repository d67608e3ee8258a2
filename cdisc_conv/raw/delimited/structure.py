"""Quotes, records and lines of a delimited text, before and beside the parser."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

_QUOTE = ord('"')
_BLOCK = 1 << 23
_LARGEST_FIELD = 2**31 - 1


@dataclass(frozen=True, slots=True)
class QuoteFault:
    """The first place where quotes do not match: data row (0 is the header), line, and what is wrong."""

    row: int
    line: int
    never_closed: bool


def read_header(data: bytes, delimiter: str) -> tuple[list[str], int]:
    """The fields of the first record that is not blank, and the offset of the byte after it.

    >>> read_header(b'\\n"a b",c\\n1,2\\n', ",")
    (['a b', 'c'], 9)
    """
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for line in _open_text(data):
            taken += len(line.encode())
            yield line

    with _large_fields():
        for record in csv.reader(lines(), delimiter=delimiter):
            if record:
                return record, taken
    return [], len(data)


def find_quote_fault(data: bytes, delimiter: str) -> QuoteFault | None:
    """Where quotes do not match, or None.

    A quote opens a field only at its start, and closes it only at its end; inside it is doubled. Almost every file
    keeps this everywhere, which is seen from the bytes beside each quote. Where one does not, the csv module says
    whether that is a fault: a quote inside a field without quotes is just a character.

    >>> find_quote_fault(b'a,b\\n1,"x\\n2,y\\n', ",")
    QuoteFault(row=1, line=2, never_closed=True)
    """
    if _quotes_are_regular(data, delimiter):
        return None
    row, line = -1, 1
    with _large_fields():
        reader = csv.reader(_open_text(data), delimiter=delimiter, strict=True)
        try:
            for record in reader:
                row += bool(record)
                line = reader.line_num + 1
        except csv.Error as error:
            return QuoteFault(row + 1, line, "end of data" in str(error))
    return None


def _quotes_are_regular(data: bytes, delimiter: str) -> bool:
    beside = np.zeros(256, dtype=bool)
    beside[[ord(delimiter), ord("\n"), ord("\r"), _QUOTE]] = True
    values = np.frombuffer(data, dtype=np.uint8)
    seen = 0
    for start in range(0, len(values), _BLOCK):
        places = np.flatnonzero(values[start : start + _BLOCK] == _QUOTE) + start
        opening = places[seen % 2 :: 2]
        closing = places[1 - seen % 2 :: 2]
        before = opening[opening > 0] - 1
        after = closing[closing < len(values) - 1] + 1
        if not (beside[values[before]].all() and beside[values[after]].all()):
            return False
        seen += len(places)
    return seen % 2 == 0


def find_lines(data: bytes, delimiter: str, rows: Collection[int]) -> dict[int, int]:
    """The line of the file on which each of the data rows begins.

    >>> find_lines(b'a,b\\n1,"x\\ny"\\n\\n2,z\\n', ",", {1, 2})
    {1: 2, 2: 5}
    """
    found: dict[int, int] = {}
    wanted, last = set(rows), max(rows, default=0)
    row, line = -1, 1
    with _large_fields():
        reader = csv.reader(_open_text(data), delimiter=delimiter)
        for record in reader:
            if record:
                row += 1
                if row in wanted:
                    found[row] = line
                if row >= last:
                    break
            line = reader.line_num + 1
    return found


def split_records(texts: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The fields of each of some records; one may run over several lines."""
    with _large_fields():
        for text in texts:
            yield next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _open_text(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")


@contextmanager
def _large_fields() -> Iterator[None]:
    """The csv module refuses fields over 128 KiB unless told otherwise, and can only be told globally."""
    before = csv.field_size_limit(_LARGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)
