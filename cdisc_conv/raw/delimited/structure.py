"""Quotes, records and lines of a delimited text, by the csv module: for its header, and for what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LARGEST_FIELD = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Signs:
    """What parts the fields, and what may stand around one ("": nothing does)."""

    delimiter: str = ","
    quote: str = '"'

    @property
    def pair(self) -> tuple[str, str]:
        """The delimiter and the quote."""
        return self.delimiter, self.quote

    @property
    def options(self) -> dict[str, Any]:
        """Of a reader of the csv module."""
        if self.quote:
            return {"delimiter": self.delimiter, "quotechar": self.quote}
        return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE, "quotechar": None}


@dataclass(frozen=True, slots=True)
class QuoteFault:
    """The first place where quotes do not match: data row (0 and below is the header), line, and what is wrong."""

    row: int
    line: int
    never_closed: bool


def read_header(data: bytes, signs: Signs, count: int) -> tuple[list[list[str]], int]:
    """The fields of the first records that are not blank, and the offset of the byte after them.

    >>> read_header(b'\\n"a b",c\\n1,2\\n', Signs(), 1)
    ([['a b', 'c']], 9)
    """
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for line in io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="surrogateescape", newline=""):
            taken += len(line.encode("utf-8", "surrogateescape"))
            yield line

    records: list[list[str]] = []
    if not count:
        return records, 0
    with _large_fields():
        for record in csv.reader(lines(), **signs.options):
            if record:
                records.append(record)
            if len(records) == count:
                return records, taken
    return records, len(data)


def find_quote_fault(lines: Iterable[str], signs: Signs, header: int) -> QuoteFault | None:
    """Where quotes do not match, or None; `header` records come before the first row.

    A quote opens a field only at its start, and closes it only at its end; inside it is doubled.

    >>> find_quote_fault(["a,b\\n", '1,"x\\n', "2,y\\n"], Signs(), 1)
    QuoteFault(row=1, line=2, never_closed=True)
    """
    row, line = -header, 1
    with _large_fields():
        reader = csv.reader(lines, strict=True, **signs.options)
        try:
            for record in reader:
                row += bool(record)
                line = reader.line_num + 1
        except csv.Error as error:
            return QuoteFault(row + 1, line, "end of data" in str(error))
    return None


def find_lines(lines: Iterable[str], signs: Signs, header: int, rows: Collection[int]) -> dict[int, int]:
    """The line of the file on which each of the data rows begins.

    >>> find_lines(["a,b\\n", '1,"x\\n', 'y"\\n', "\\n", "2,z\\n"], Signs(), 1, {1, 2})
    {1: 2, 2: 5}
    """
    found: dict[int, int] = {}
    wanted, last = set(rows), max(rows, default=0)
    row, line = -header, 1
    with _large_fields():
        reader = csv.reader(lines, **signs.options)
        for record in reader:
            if record:
                row += 1
                if row in wanted:
                    found[row] = line
                if row >= last:
                    break
            line = reader.line_num + 1
    return found


def split_records(texts: Iterable[str], signs: Signs) -> Iterator[list[str]]:
    """The fields of each of some records; one may run over several lines."""
    with _large_fields():
        for text in texts:
            yield next(csv.reader(io.StringIO(text, newline=""), **signs.options), [])


def open_lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a file with their ends, without byte order mark."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        for number, line in enumerate(file):
            yield line if number else line.removeprefix("\ufeff")


@contextmanager
def _large_fields() -> Iterator[None]:
    """The csv module refuses fields over 128 KiB unless told otherwise, and can only be told globally."""
    before = csv.field_size_limit(_LARGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)
