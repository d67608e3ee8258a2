"""How a delimited file is written, from its beginning: encoding, delimiter, header rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEAD = 1 << 17
ROWS = 60
_SIGNS = (",", ";", "\t", "|")
_NAME = re.compile(r"[A-Za-z_][\w.\-]*")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def find_layout(path: Path) -> dict[str, Any]:
    """What forms.yaml has to say of a delimited file beyond the usual: encoding, delimiter, header.

    Files that are no text are none of it, and come out as usual ones. Raises OSError.
    """
    with path.open("rb") as file:
        data = file.read(HEAD)
    encoding = find_encoding(data)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data)
    delimiter = find_delimiter(text, path.suffix.lower())
    rows = list(read_rows(text, delimiter))
    header = find_header(rows)
    usual = "\t" if path.suffix.lower() in (".tsv", ".tab") else ","
    said = {
        "encoding": "" if encoding in ("utf-8", "utf-8-sig") else encoding,
        "delimiter": "" if delimiter == usual == "," else delimiter,
        "header": [] if header == ["names"] else header,
        "end": "EOF" if _ends_with_eof(path) else "",
    }
    return {key: value for key, value in said.items() if value}


def find_encoding(data: bytes) -> str:
    """The encoding of the beginning of a text: by its mark, else UTF-8 if it is, else Windows-1252.

    >>> find_encoding("é".encode()), find_encoding(b"caf\\xe9"), find_encoding("a".encode("utf-16"))
    ('utf-8', 'cp1252', 'utf-16')
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(data, final=len(data) < HEAD)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def find_delimiter(text: str, suffix: str = "") -> str:
    """The sign that cuts the most rows into equally many fields.

    >>> find_delimiter("a;b;c\\n1,5;2;3\\n"), find_delimiter("a,b\\n1,2\\n")
    (';', ',')
    """

    def weigh(sign: str) -> tuple[float, int]:
        widths = [len(row) for row in read_rows(text, sign)[:20]]
        width = max(set(widths), key=widths.count) if widths else 0
        return (widths.count(width) / len(widths) if width > 1 else 0.0), width

    best = max(_SIGNS, key=weigh)
    return best if weigh(best)[1] > 1 else ("\t" if suffix in (".tsv", ".tab") else ",")


def read_rows(text: str, delimiter: str) -> list[list[str]]:
    """The first rows of a text; the last one that was read may be cut and is left out of a long text."""
    lines = text.removeprefix("\ufeff")
    rows = []
    try:
        for row in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter):
            if row:
                rows.append([cell.strip() for cell in row])
            if len(rows) == ROWS:
                break
    except csv.Error:
        return rows
    return rows[:-1] if len(text) >= HEAD // 2 and len(rows) > 3 else rows


def find_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """What the first rows are: names, with a row of labels above or below them, or none.

    >>> find_header([["Site name", "Start date"], ["SiteName", "AESTDAT"], ["A site", "2024-01-01"]])
    ['labels', 'names']
    >>> find_header([["SUBJID", "AETERM"], ["Subject", "Reported term"], ["001", "Sun stroke"], ["002", "Flu"]])
    ['names', 'labels']
    >>> find_header([["SUBJID", "AETERM"], ["001", "Sun stroke"], ["002", "Flu"]])
    ['names']
    """
    titles = _count_titles(rows)
    if titles:
        return ["skip"] * titles + find_header(rows[titles:])
    if len(rows) < 2:
        return ["names"]
    first, second = rows[0], rows[1]
    if len(first) != len(second):
        return ["names"]
    if not _are_names(first) and _are_names(second) and _are_labels(first):
        return ["labels", "names"]
    if _are_names(first) and _are_labels(second) and len(rows) > 2 and _differ(second, rows[2:]):
        return ["names", "labels"]
    return ["names"]


def _count_titles(rows: Sequence[Sequence[str]]) -> int:
    """How many rows at the top have one cell only, such as a title, above a row of several names."""
    filled = [sum(bool(cell) for cell in row) for row in rows[:6]]
    count = next((place for place, cells in enumerate(filled) if cells > 2), 0)
    below = rows[count] if count else ()
    whole = count > 0 and all(below) and all(cells <= 1 for cells in filled[:count])
    return count if whole and not any(_NUMBER.fullmatch(cell) for cell in below) else 0


def _are_names(row: Sequence[str]) -> bool:
    return all(_NAME.fullmatch(cell) for cell in row) and len({cell.casefold() for cell in row}) == len(row)


def _are_labels(row: Sequence[str]) -> bool:
    """Whether all cells are words, and at least some have several."""
    whole = all(cell and not _NUMBER.fullmatch(cell) and not cell[0].isdigit() for cell in row)
    return whole and any(" " in cell for cell in row)


def _differ(labels: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether most rows below are no labels: numbers, dates and blanks."""
    columns = list(zip(*(row for row in rows if len(row) == len(labels)), strict=True))
    if not columns:
        return False
    other = [
        all(not cell or any(sign.isdigit() for sign in cell) for cell in column)
        for label, column in zip(labels, columns, strict=True)
        if not any(sign.isdigit() for sign in label)
    ]
    return sum(other) >= 0.4 * max(len(other), 1) and not any(
        label in column for label, column in zip(labels, columns, strict=True)
    )


def _ends_with_eof(path: Path) -> bool:
    """Whether the last line of a text is the bare word EOF."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 64))
        lines = file.read().replace(b"\0", b"").split(b"\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), b"") == b"EOF"
