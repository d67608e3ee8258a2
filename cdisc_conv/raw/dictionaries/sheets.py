"""Tables of text in whatever file they come: CSV, XLSX, XLS, Excel's XML of 2003, records in XML, JSON.

A sheet is rows of cells with the line (or row) on which each stands; `find_table` finds in it the columns that a
dictionary must have, whatever their order, case, blanks and signs, below title rows and above a row that repeats the
names.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from lxml import etree

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.raw.dictionaries.files import File
from cdisc_conv.workbooks import read_workbook

_SPREADSHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_DELIMITERS = ",;\t|@"
_TITLE_ROWS = 6
_DELIMITED = ("", ".csv", ".tsv", ".tab", ".txt", ".dat", ".asc", ".xls")
"""Endings of delimited texts; secuTrial calls them .xls."""
MOST_COLUMNS = 20_000
HEAD_ROWS = 60
LARGEST_HEAD = 32 << 20


@dataclass(frozen=True)
class Sheet:
    """Rows of cells. `name` is that of a sheet of a workbook, else ""."""

    file: File
    name: str
    rows: Sequence[tuple[int, Sequence[str]]]
    delimiter: str = ""
    """What parts the fields of a delimited text; "" for other files."""

    @property
    def reading(self) -> dict[str, Any]:
        """How the file is written, as far as it is not as usual, in the words of forms.yaml."""
        said = {"delimiter": self.delimiter if self.delimiter != "," else "", "encoding": self.file.encoding}
        if self.delimiter and self.file.open(2) in (b"\xff\xfe", b"\xfe\xff"):
            said["encoding"] = "utf-16"
        return {key: value for key, value in said.items() if value}

    @property
    def shown(self) -> str:
        """``als.xlsx, sheet Fields``."""
        return f"{self.file.shown}, sheet {self.name}" if self.name else self.file.shown

    def place(self, line: int) -> Place:
        """A row of the sheet as a place."""
        return Place(file=self.shown, line=line)

    @cached_property
    def headers(self) -> Sequence[tuple[int, Mapping[str, int]]]:
        """The first rows, each of which could be the header, as (index, normalised cell -> place)."""
        found = []
        for index, (_, cells) in enumerate(self.rows[:_TITLE_ROWS]):
            names: dict[str, int] = {}
            for place, cell in enumerate(cells):
                names.setdefault(normalise(cell), place)
            names.pop("", None)
            found.append((index, names))
        return found


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells by the names that the reader of the dictionary gives them."""

    cells: Mapping[str, str]
    place: Place

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a dictionary, found in a sheet."""

    sheet: Sheet
    columns: Mapping[str, int]
    rows: Sequence[Row]

    @property
    def file(self) -> File:
        """Where it stands."""
        return self.sheet.file


def normalise(text: str) -> str:
    """A name without what writers differ in: case, blanks, signs.

    >>> normalise("Variable / Field Name"), normalise("variable_field_name")
    ('variablefieldname', 'variablefieldname')
    """
    return re.sub(r"[\W_]+", "", text.casefold())


def find_table(sheet: Sheet, required: Iterable[str], others: Mapping[str, Iterable[str]]) -> Table | None:
    """The table in a sheet whose header has every one of the `required` columns, or None.

    `others` names the columns by what they may be called: ``{"label": ("Field Label", "field_label")}``; `required` are
    names among its keys. A column goes by its key without saying so.
    """
    wanted = {name: [normalise(alias) for alias in (*aliases, name)] for name, aliases in others.items()}
    for index, names in sheet.headers:
        columns = {
            name: names[alias] for name, aliases in wanted.items() for alias in reversed(aliases) if alias in names
        }
        if set(required) <= columns.keys():
            return Table(sheet, columns, tuple(_read_rows(sheet, index, columns)))
    return None


def _read_rows(sheet: Sheet, header: int, columns: Mapping[str, int]) -> Iterator[Row]:
    title = [normalise(cell) for cell in sheet.rows[header][1]]
    for line, cells in sheet.rows[header + 1 :]:
        if not any(cell.strip() for cell in cells) or [cell.strip() for cell in cells if cell] == ["EOF"]:
            continue
        if [normalise(cell) for cell in cells] == title:
            continue  # the names once more, below their labels
        values = {name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()}
        yield Row(values, sheet.place(line))


def read_sheets(file: File, *, head: bool = False) -> tuple[Sheet, ...]:
    """The sheets of a file; none when it holds no table at all. `head`: only the beginning of tables, and no large
    files that cannot be read in part.

    Raises ProblemsError (DICT002) for a file that is damaged.
    """
    start = file.open(4096)
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        if start.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
            return tuple(_read_workbook(file, HEAD_ROWS if head else None)) if _is_workbook(file) else ()
        if head and bare.startswith((b"<", b"{", b"[")) and len(file.open(LARGEST_HEAD + 1)) > LARGEST_HEAD:
            return ()
        if bare.startswith(b"<") or _is_wide_xml(start):
            return tuple(_read_xml(file)) if _is_tabular_xml(start) else ()
        if bare.startswith((b"{", b"[")):
            return tuple(_read_json(file))
        if file.suffix not in _DELIMITED:
            return ()
        if b"\0" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")) and "16" not in file.encoding:
            return ()
        data = file.head() if head else file.read()
        text = decode(data, file.encoding)
        delimiter = find_delimiter(text)
        return (Sheet(file, "", read_delimited(text, delimiter), delimiter),)
    except (etree.XMLSyntaxError, json.JSONDecodeError, csv.Error, RecursionError, ValueError) as error:
        raise ProblemsError([_damaged(file, error)]) from None


def _damaged(file: File, error: Exception) -> Problem:
    line = getattr(error, "lineno", 0) or 0
    reason = getattr(error, "msg", None) or str(error)
    return Problem("DICT002", f"the file cannot be taken apart: {reason}", place=Place(file=file.shown, line=line))


def find_delimiter(text: str) -> str:
    """What parts the fields of a text: the sign that parts its first record into most."""
    first = text[: text.find("\n", text.find("\n") + 1) + 1] or text
    counts = {sign: len(next(csv.reader(io.StringIO(first), delimiter=sign), [])) for sign in _DELIMITERS}
    return max(counts, key=lambda sign: counts[sign])


def read_delimited(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The records of a delimited text, each with the line on which it begins.

    >>> read_delimited('a;"b;c"\\n1;"two\\nlines"\\n', ";")
    [(1, ['a', 'b;c']), (2, ['1', 'two\\nlines'])]
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records, line = [], 1
    for record in reader:
        if record:
            records.append((line, record[:MOST_COLUMNS]))
        line = reader.line_num + 1
    return records


def decode(data: bytes, encoding: str = "") -> str:
    """The text of a file, whose encoding may not be known."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data[: len(data) // 2 * 2].decode("utf-16", errors="replace")
    if encoding and not data.startswith(b"\xef\xbb\xbf"):
        return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > len(data) - 4:  # the head of a file, cut
            return data[: error.start].decode("utf-8-sig")
        return data.decode("cp1252", errors="replace")


def _is_workbook(file: File) -> bool:
    return file.suffix in (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def _read_workbook(file: File, most: int | None) -> Iterator[Sheet]:
    try:
        sheets = read_workbook(file.read(), most)
    except ValueError as error:
        raise ValueError(f"the workbook is damaged: {error}") from None
    for name, rows in sheets:
        yield Sheet(file, name, [(line, [_write_cell(cell) for cell in row]) for line, row in enumerate(rows, 1)])


def _write_cell(value: Any) -> str:
    """A cell of a workbook as a person typed it: whole numbers without decimals, dates in ISO 8601."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat().removesuffix("T00:00:00")
    return "" if value is None else str(value)


def _is_wide_xml(start: bytes) -> bool:
    return start.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<"))


def _is_tabular_xml(start: bytes) -> bool:
    """Whether an XML file is one of tables: not ODM and not a page."""
    text = start.replace(b"\0", b"").lower()
    return not re.search(rb"<(odm|study|metadataversion|html|!doctype html)[\s>]", text)


def _read_xml(file: File) -> Iterator[Sheet]:
    """Excel's XML of 2003, or records: elements with attributes alone, or with leaves alone."""
    data = file.read()
    if b"<!ENTITY" in data.replace(b"\0", b"")[:100_000]:
        raise ValueError("it declares entities, which are not read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser)
    if root.tag == f"{_SPREADSHEET}Workbook":
        yield from _read_spreadsheet(file, root)
        return
    records = [record for element in root.iter() if (record := _read_record(element))]
    header = list(dict.fromkeys(name for _, record in records for name in record))
    rows = [(line, [record.get(name, "") for name in header]) for line, record in records]
    yield Sheet(file, "", [(1, header), *rows] if header else [])


def _read_record(element: Any) -> tuple[int, dict[str, str]] | None:
    if not isinstance(element.tag, str):
        return None
    line = element.sourceline or 0
    children = [child for child in element if isinstance(child.tag, str)]
    if not children and len(element.attrib) > 1:
        return line, {_local(name): value for name, value in element.attrib.items()}
    if len(children) > 1 and not any(len(child) for child in children) and not element.attrib:
        return line, {_local(child.tag): child.text or "" for child in children}
    return None


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]


def _read_spreadsheet(file: File, root: Any) -> Iterator[Sheet]:
    for worksheet in root.iter(f"{_SPREADSHEET}Worksheet"):
        rows, line = [], 0
        for row in worksheet.iter(f"{_SPREADSHEET}Row"):
            line = _index(row, line)
            rows.append((line, _read_cells(row)))
        yield Sheet(file, worksheet.get(f"{_SPREADSHEET}Name", ""), rows)


def _read_cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{_SPREADSHEET}Cell"):
        place = min(_index(cell, len(cells)), MOST_COLUMNS)
        cells += [""] * (place - 1 - len(cells))
        content = cell.find(f"{_SPREADSHEET}Data")
        cells.append("" if content is None else "".join(content.itertext()))
        across = cell.get(f"{_SPREADSHEET}MergeAcross", "0")
        cells += [""] * min(int(across) if across.isdigit() else 0, MOST_COLUMNS - len(cells))
    return cells


def _index(element: Any, before: int) -> int:
    """The number of a row or cell: as it says, or the one after that before it."""
    said = element.get(f"{_SPREADSHEET}Index", "")
    return max(int(said), before + 1) if said.isdigit() else before + 1


def _read_json(file: File) -> Iterator[Sheet]:
    """Records: a list of objects, or an object of such lists; ``{name: [type, label]}`` has a row per name."""
    content = json.loads(decode(file.read()))
    lists = content.items() if isinstance(content, dict) else [("", content)]
    if isinstance(content, dict) and content and all(_is_pair(value) for value in content.values()):
        rows: list[Sequence[str]] = [[str(name), str(kind), str(label)] for name, (kind, label) in content.items()]
        yield Sheet(file, "", [(1, ["varname", "vartype", "varlabel"]), *((0, row) for row in rows)])
        return
    for name, records in lists:
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            continue
        header = list(dict.fromkeys(str(key) for record in records for key in record))
        body = [[_write_cell(record.get(key)) for key in header] for record in records]
        yield Sheet(file, str(name), [(0, header), *((0, row) for row in body)])


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)
