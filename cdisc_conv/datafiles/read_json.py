"""Dataset-JSON 1.1 as tables: one JSON object, or one JSON value per line (NDJSON), also compressed (DSJC).

Source: CDISC Dataset-JSON 1.1.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cdisc_conv.datafiles.columns import read_numerals
from cdisc_conv.datafiles.faults import check_names, make_error
from cdisc_conv.datafiles.formats import Unit
from cdisc_conv.datafiles.numerals import parse_numbers, write_canonical
from cdisc_conv.datafiles.table import TEXT, ColumnValues, Kind, Table, Variable
from cdisc_conv.problems import ProblemsError

_NUMBERS = ("integer", "float", "double", "decimal", "boolean")
_MOMENTS = {"date": Unit.DAY, "datetime": Unit.SECOND, "time": Unit.TIME}
_TARGETS = ("integer", "float", "decimal")
_EXACT = 2**53
_WHAT = "is it Dataset-JSON 1.1?"
LINES = (".ndjson", ".dsjc")
GZIP_OR_ZLIB = 47
MOST_UNPACKED = 1 << 34
"""Bytes that a compressed file may hold; a small file that holds more was made to do harm."""


def read_dataset_json(path: Path, name: str) -> Table:
    """The records with label, type, length and format of each column; version 1.0 (``itemGroupData``) is read too.

    Dates that are numbers in SAS (``targetDataType`` integer) become numbers again; integers and decimals keep all
    their digits. Raises ProblemsError: CMP001 for JSON that is damaged or no Dataset-JSON, for values that are not of
    their type, for rows that do not fit the columns and for too few records; CMP014.
    """
    facts, rows = _read_lines(path) if path.suffix.lower() in LINES else _read_whole(path)
    variables = read_variables(path, facts)
    values = read_rows(path, variables, rows)
    check_count(path, facts, len(rows))
    return make_json_table(path, name, facts, variables, values, len(rows))


def read_variables(path: Path, facts: dict[str, Any]) -> tuple[Variable, ...]:
    """The columns that the file declares."""
    columns = facts.get("columns")
    if not isinstance(columns, list) or not columns or not all(isinstance(one, dict) for one in columns):
        raise make_error("CMP001", "the file has no 'columns' with names", path, _WHAT)
    variables = tuple(_read_variable(path, one, number) for number, one in enumerate(columns, 1))
    check_names(path, [one.name for one in variables])
    return variables


def read_rows(
    path: Path, variables: Sequence[Variable], rows: Sequence[Any], before: int = 0
) -> dict[str, ColumnValues]:
    """The columns of some records, of which so many are before them in the file."""
    for number, row in enumerate(rows, before + 1):
        if not isinstance(row, list) or len(row) != len(variables):
            held = f"{len(row)} values" if isinstance(row, list) else "no list of values"
            raise make_error("CMP001", f"record {number:,} has {held} for {len(variables)} columns", path)
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(variables)
    return {one.name: _read_cells(path, one, each, before) for one, each in zip(variables, cells, strict=True)}


def check_count(path: Path, facts: dict[str, Any], rows: int) -> None:
    """ProblemsError (CMP001) when the file says another number of records than it holds."""
    stated = facts.get("records")
    if stated is not None and (isinstance(stated, bool) or not isinstance(stated, int)):
        raise make_error("CMP001", f"'records' is {_show(stated)}, not a whole number", path, _WHAT)
    if stated is not None and stated != rows:
        message = f"the file says {stated:,} records, but holds {rows:,}"
        raise make_error("CMP001", message, path, "is it whole?")


def make_json_table(
    path: Path, name: str, facts: dict[str, Any], variables: tuple[Variable, ...], values: dict[str, Any], rows: int
) -> Table:
    """The table of some records, under the name and label that the file says."""
    found = (_read_text(path, facts, "name", "the file") or name).upper()
    label = _read_text(path, facts, "label", "the file")
    return Table(found, str(path), variables, values, rows, label, nulls=True)


def _read_whole(path: Path) -> tuple[dict[str, Any], list[Any]]:
    document = parse(path, path.read_bytes())
    if not isinstance(document, dict):
        raise make_error("CMP001", "the file holds no JSON object", path, _WHAT)
    for holder in ("clinicalData", "referenceData"):  # version 1.0
        groups = document.get(holder, {}).get("itemGroupData", {}) if isinstance(document.get(holder), dict) else {}
        group = next(iter(groups.values()), None) if isinstance(groups, dict) else None
        if isinstance(group, dict):
            document = {"columns": group.get("items"), "rows": group.get("itemData"), **group}
    rows = document.get("rows", [])
    if not isinstance(rows, list):
        raise make_error("CMP001", "'rows' is not a list", path, _WHAT)
    return document, rows


def _read_lines(path: Path) -> tuple[dict[str, Any], list[Any]]:
    data = _unpack(path) if path.suffix.lower() == ".dsjc" else path.read_bytes()
    first, *lines = data.splitlines() or [b""]
    facts = parse(path, first, 1)
    if not isinstance(facts, dict):
        raise make_error("CMP001", "the first line holds no JSON object", path, _WHAT, 1)
    numbered = [(number, line) for number, line in enumerate(lines, 2) if line.strip()]
    try:
        return facts, list(parse(path, b"[" + b",".join(line for _, line in numbered) + b"]"))
    except ProblemsError:
        return facts, [parse(path, line, number) for number, line in numbered]


def _unpack(path: Path) -> bytes:
    """The lines of a compressed file (zlib or gzip)."""
    reader = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        data = reader.decompress(path.read_bytes(), MOST_UNPACKED)
    except zlib.error as error:
        raise make_error("CMP001", f"the compressed file cannot be unpacked: {error}", path, _WHAT) from None
    if not reader.eof:
        raise make_error("CMP001", "the compressed file is cut off, or holds more than 16 GiB", path, "is it whole?")
    return data


def parse(path: Path, data: bytes, line: int = 0, exact: bool = False) -> Any:
    """A JSON value, with all digits of its numbers where it has decimals or is `exact`; CMP001 for anything else."""
    exact = exact or b'"decimal"' in data[: 1 << 20]
    try:
        return json.loads(data, parse_float=Decimal if exact else None, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        message = f"the JSON is damaged or cut off: {error.msg}, at character {error.pos + 1:,}"
        raise make_error("CMP001", message, path, "is it whole?", line or error.lineno) from None
    except UnicodeDecodeError as error:
        message = f"the JSON cannot be read: byte {error.start + 1:,} is not UTF-8 text"
        raise make_error("CMP001", message, path, "Dataset-JSON is UTF-8", line) from None
    except RecursionError:
        raise make_error("CMP001", "the JSON is nested too deeply", path, _WHAT, line) from None
    except ValueError as error:
        reason = "a number has more than 4,300 digits" if "digits" in str(error) else str(error)
        raise make_error("CMP001", f"the JSON cannot be read: {reason}", path, _WHAT, line) from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not a number of JSON")


def _read_variable(path: Path, facts: dict[str, Any], number: int) -> Variable:
    """A column as it is declared; errors for entries of a wrong type."""
    name = _read_text(path, facts, "name", f"column {number}")
    if not name:
        raise make_error("CMP001", f"column {number} has no name", path, _WHAT)
    kind = _read_text(path, facts, "dataType", name) or _read_text(path, facts, "type", name) or "string"
    moment = kind in _MOMENTS and _read_text(path, facts, "targetDataType", name) in _TARGETS
    length = facts.get("length")
    if length is not None and (isinstance(length, bool) or not isinstance(length, int)):
        raise make_error("CMP001", f"'length' of {name} is {_show(length)}, not a whole number", path, _WHAT)
    numeric = kind in _NUMBERS or moment
    return Variable(
        name,
        Kind.NUMBER if numeric else Kind.TEXT,
        _read_text(path, facts, "label", name),
        None if numeric else length,
        _read_text(path, facts, "displayFormat", name),
        counts=_MOMENTS[kind] if moment else Unit.NONE,
        boolean=kind == "boolean",
    )


def _read_text(path: Path, facts: dict[str, Any], key: str, owner: str) -> str | None:
    value = facts.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise make_error("CMP001", f"'{key}' of {owner} is {_show(value)}, not a text", path, _WHAT)
    if not _is_unicode(value):
        raise make_error("CMP001", f"'{key}' of {owner} is {_show(value)}, which is not Unicode text", path, _WHAT)
    return value


def _read_cells(path: Path, variable: Variable, cells: tuple[Any, ...], before: int) -> ColumnValues:
    numeric = variable.kind is Kind.NUMBER
    kinds = set(map(type, cells)) - {type(None)}
    wrong = kinds - ({str, int, float, Decimal} | (set() if numeric and not variable.boolean else {bool}))
    if wrong:
        raise _misfit(path, variable, next(n for n, cell in enumerate(cells) if type(cell) in wrong), cells, before)
    if numeric and kinds <= {int, float, bool} and (int not in kinds or _fit(cells)):
        values = np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
        if np.isinf(values).any():
            raise _misfit(path, variable, int(np.flatnonzero(np.isinf(values))[0]), cells, before)
        return values
    try:
        texts = pa.array(cells if kinds <= {str} else [_write_cell(cell) for cell in cells], TEXT)
    except UnicodeEncodeError:
        raise _misfit(
            path, variable, next(n for n, cell in enumerate(cells) if not _is_unicode(cell)), cells, before
        ) from None
    if not numeric:
        return texts
    bad = parse_numbers(texts, variable).bad
    if bad.any():
        raise _misfit(path, variable, int(np.flatnonzero(bad)[0]), cells, before)
    return read_numerals(texts, variable)


def _fit(cells: tuple[Any, ...]) -> bool:
    """Whether float64 holds all whole numbers among them."""
    return all(not isinstance(cell, int) or -_EXACT <= cell <= _EXACT for cell in cells)


def _misfit(path: Path, variable: Variable, row: int, cells: tuple[Any, ...], before: int) -> ProblemsError:
    number = before + row + 1
    message = f"{variable.name} in record {number:,} is {_show(cells[row])}, but its type is {_name_type(variable)}"
    if not _is_unicode(cells[row]):
        message = f"{variable.name} in record {number:,} is {_show(cells[row])}, which is not Unicode text"
    return make_error("CMP001", message, path, _WHAT)


def _name_type(variable: Variable) -> str:
    if variable.kind is Kind.TEXT:
        return "text"
    words = {Unit.DAY: "a date", Unit.SECOND: "a datetime", Unit.TIME: "a time"}
    return words.get(variable.unit, "a truth value" if variable.boolean else "a number")


def _write_cell(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return write_canonical(repr(cell) if isinstance(cell, float) else str(cell))


def _is_unicode(text: Any) -> bool:
    """Whether a text has no half of a surrogate pair, which JSON can write and no file can hold."""
    return not isinstance(text, str) or text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _show(value: Any) -> str:
    """A value as JSON writes it, cut where it is long."""
    text = json.dumps(value, default=str) if not isinstance(value, int) or abs(value) < 10**40 else "a huge number"
    return text if len(text) <= 60 else f"{text[:57]}..."
