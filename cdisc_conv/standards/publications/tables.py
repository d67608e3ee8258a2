"""Published tables: text parted by tabs, CSV, and the sheets of XLS and XLSX workbooks.

A table is recognised by its columns, not by its file name: a workbook may have a read-me sheet before the table, and
capitals and blanks in the names of columns differ from one publication to another.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.workbooks import read_workbook

LARGEST = 400 * 1024 * 1024
"""Bytes that a publication may have, unpacked; the largest has a tenth of it."""

_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_GZIP = b"\x1f\x8b"
_BREAKS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")
_MOST_SHOWN = 6

Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table: `rows` are the line number and the cells by column of each line; `sheet` is "" outside a workbook."""

    path: Path
    sheet: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]

    def problem(self, code: str, message: str, line: int = 0, hint: str = "") -> Problem:
        """A problem at a line of the table."""
        said = f"sheet '{self.sheet}': {message}" if self.sheet else message
        return Problem(code, said, place=Place(file=str(self.path), line=line), hint=hint)


def refuse(path: Path, code: str, message: str, hint: str = "") -> ProblemsError:
    """The error for a file that cannot be used at all."""
    return ProblemsError([Problem(code, message, place=Place(file=str(path)), hint=hint)])


def read_bytes(path: Path) -> bytes:
    """The content of a file, unpacked where it is gzipped.

    Raises:
        ProblemsError: STD001 the file is empty, too large or a damaged gzip file.
        OSError: the file cannot be read.
    """
    data = path.read_bytes()
    if data.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error):
            raise refuse(path, "STD001", "the gzip file is damaged or cut short", "download it again") from None
    if len(data) > LARGEST:
        raise refuse(path, "STD001", f"the file is larger than {LARGEST // 1024**2} MB, which no publication is")
    if not data.strip():
        raise refuse(path, "STD001", "the file is empty", "download it again")
    return data


def read_tables(path: Path, data: bytes) -> list[Table]:
    """The tables of a file: one of a text file, or one of each sheet of a workbook that is not empty.

    Raises:
        ProblemsError: STD001 the file is neither text nor a workbook, or is damaged.
    """
    if data.startswith(_WORKBOOK):
        return _read_workbook(path, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is neither a workbook nor UTF-8 text (byte {error.start + 1} is {data[error.start]:#04x})"
        raise refuse(path, "STD001", message, "give a published text, CSV, XLS, XLSX, XML or JSON file") from None
    return [_read_text(path, text)]


def find_table(
    path: Path, tables: Iterable[Table], wanted: Mapping[str, tuple[str, ...]], what: str, sheet: str = ""
) -> Table:
    """The one table that has the wanted columns, with its columns renamed to the keys of `wanted`.

    `wanted` gives for each key the names that the column goes by; where the first is ``?`` it need not be there.

    Raises:
        ProblemsError: STD001 no table has the columns, or several have them.
    """
    tables = list(tables)
    if sheet and sheet not in (names := [table.sheet for table in tables]):
        raise refuse(path, "STD001", f"there is no sheet '{sheet}'", f"the sheets are {_join(names)}")
    fitting = [table for table in tables if sheet in ("", table.sheet) and not _missing(table, wanted)]
    if len(fitting) > 1:
        names = [table.sheet for table in fitting]
        raise refuse(path, "STD001", f"{len(fitting)} sheets hold {what}: {_join(names)}", "choose one with --sheet")
    if not fitting:
        nearest = min(tables, key=lambda table: len(_missing(table, wanted)), default=None)
        if nearest is None:
            raise refuse(path, "STD001", "every sheet of the workbook is empty")
        missing, there = _missing(nearest, wanted), _join(nearest.columns)
        where = f"sheet '{nearest.sheet}' has" if nearest.sheet else "it has"
        lacking = "there is no column" if len(missing) == 1 else "there are no columns"
        message = f"this is not {what}: {lacking} {_join(missing)}"
        raise refuse(path, "STD001", message, f"{where} {there}")
    return _rename(fitting[0], wanted)


def _read_text(path: Path, text: str) -> Table:
    head = text.partition("\n")[0]
    tabs = "\t" in head
    if "\0" in text:
        raise refuse(path, "STD001", "the file is neither a workbook nor plain text", "give the file as published")
    lines = io.StringIO(text, newline="")
    try:
        if tabs:
            reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        else:
            reader = csv.reader(lines, delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
        cells = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        message = f"the file is damaged or cut short: {error}"
        raise ProblemsError(
            [Problem("STD001", message, place=Place(file=str(path), line=reader.line_num), hint="download it again")]
        ) from None
    return _make_table(path, "", cells)


def _read_workbook(path: Path, data: bytes) -> list[Table]:
    try:
        found = read_workbook(data)
    except ValueError as error:
        message = f"the workbook is damaged or cut short: {error}"
        raise refuse(path, "STD001", message, "download it again") from None
    tables = []
    for name, rows in found:
        cells = [(number, [_as_text(cell) for cell in row]) for number, row in enumerate(rows, 1)]
        filled = [(number, row) for number, row in cells if any(row)]
        if filled:
            tables.append(_make_table(path, name, filled))
    return tables


def _make_table(path: Path, sheet: str, cells: list[tuple[int, list[str]]]) -> Table:
    """The first line names the columns; a line that has fewer cells than there are columns is a problem."""
    columns = tuple(_clean(cell) for cell in cells[0][1])
    table = Table(path, sheet, columns, ())
    rows, problems = [], []
    for line, row in cells[1:]:
        if not any(row):
            continue
        if len(row) != len(columns):
            message = f"{len(row)} cells where the first line names {len(columns)} columns"
            hint = "the file may be cut short: download it again" if len(row) < len(columns) else ""
            problems.append(table.problem("STD002", message, line, hint))
        rows.append((line, dict(zip(columns, map(_clean, row), strict=False))))
    if problems and len(columns) == 1:
        message = f"this is not a table: its first line has one cell, '{columns[0][:40]}', and others have more"
        hint = "publications are text with tabs, CSV, a workbook, ODM-XML or JSON, with the names of columns first"
        raise refuse(path, "STD001", message, hint)
    if problems:
        raise ProblemsError(problems)
    return Table(path, sheet, columns, tuple(rows))


def _as_text(cell: Any) -> str:
    """A cell as it would be written in a text file: whole numbers without a decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _clean(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _missing(table: Table, wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    there = {_fold(column) for column in table.columns}
    needed = (names for names in wanted.values() if names[0] != "?")
    return [names[0] for names in needed if not there & {_fold(name) for name in names}]


def _rename(table: Table, wanted: Mapping[str, tuple[str, ...]]) -> Table:
    by_name = {_fold(column): column for column in reversed(table.columns)}
    columns: dict[str, str] = {}
    for key, names in wanted.items():
        columns[key] = next((by_name[_fold(name)] for name in names if _fold(name) in by_name), "")
    rows = tuple((line, {key: row.get(column, "") for key, column in columns.items()}) for line, row in table.rows)
    return Table(table.path, table.sheet, tuple(columns), rows)


def _join(names: Iterable[str]) -> str:
    names = [f"'{name}'" for name in names]
    more = len(names) - _MOST_SHOWN
    return ", ".join(names[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
