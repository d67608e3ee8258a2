"""Dataset-JSON 1.1 as tables: one JSON object, or one JSON value per line (NDJSON). Source: CDISC Dataset-JSON 1.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cdisc_conv.compare.faults import check_names, make_error
from cdisc_conv.compare.numerals import parse_numbers
from cdisc_conv.compare.table import DAY, SECOND, TEXT, ColumnValues, Kind, Table, Variable

_NUMBERS = ("integer", "float", "double", "decimal", "boolean")
_MOMENTS = {"date": DAY, "datetime": SECOND}


def read_dataset_json(path: Path, name: str) -> Table:
    """The records with label, type, length and format of each column; version 1.0 (``itemGroupData``) is read too.

    Dates that are numbers in SAS (``targetDataType`` integer) become numbers again. Raises ProblemsError: CMP001 for
    JSON that is damaged or no Dataset-JSON, for rows that do not fit the columns and for too few records; CMP014.
    """
    facts, rows = _read_lines(path) if path.suffix.lower() == ".ndjson" else _read_whole(path)
    columns = facts.get("columns")
    if not isinstance(columns, list) or not all(isinstance(one, dict) and "name" in one for one in columns):
        raise make_error("CMP001", "the file has no 'columns' with names", path, "is it Dataset-JSON 1.1?")
    check_names(path, [str(one["name"]) for one in columns])
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or len(row) != len(columns):
            held = f"{len(row)} values" if isinstance(row, list) else "no list of values"
            raise make_error("CMP001", f"record {number:,} has {held} for {len(columns)} columns", path)
    stated = facts.get("records")
    if isinstance(stated, int) and stated != len(rows):
        message = f"the file says {stated:,} records, but holds {len(rows):,}"
        raise make_error("CMP001", message, path, "is it whole?")
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    made = [_make_column(path, one, cells) for one, cells in zip(columns, values, strict=True)]
    found = str(facts.get("name") or name).upper()
    return Table(
        found, str(path), tuple(variable for variable, _ in made), {one.name: cells for one, cells in made},
        len(rows), facts.get("label"), nulls=True,
    )  # fmt: skip


def _read_whole(path: Path) -> tuple[dict[str, Any], list[Any]]:
    document = _parse(path, path.read_bytes())
    if not isinstance(document, dict):
        raise make_error("CMP001", "the file holds no JSON object", path, "is it Dataset-JSON 1.1?")
    for holder in ("clinicalData", "referenceData"):  # version 1.0
        groups = document.get(holder, {}).get("itemGroupData", {}) if isinstance(document.get(holder), dict) else {}
        if isinstance(groups, dict) and groups:
            document = next(iter(groups.values()))
            document = {"columns": document.get("items"), "rows": document.get("itemData"), **document}
    rows = document.get("rows", [])
    if not isinstance(rows, list):
        raise make_error("CMP001", "'rows' is no list", path, "is it Dataset-JSON 1.1?")
    return document, rows


def _read_lines(path: Path) -> tuple[dict[str, Any], list[Any]]:
    first, *lines = path.read_bytes().splitlines() or [b""]
    facts = _parse(path, first)
    if not isinstance(facts, dict):
        raise make_error("CMP001", "the first line holds no JSON object", path, "is it Dataset-JSON 1.1?", 1)
    lines = [line for line in lines if line.strip()]
    try:
        return facts, json.loads(b"[" + b",".join(lines) + b"]")
    except ValueError:
        return facts, [_parse(path, line, number) for number, line in enumerate(lines, 2)]


def _parse(path: Path, data: bytes, line: int = 0) -> Any:
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        message = f"the JSON is damaged or cut off: {error.msg}, at character {error.pos + 1:,}"
        raise make_error("CMP001", message, path, "is it whole?", line or error.lineno) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise make_error("CMP001", f"the JSON cannot be read: {error}", path, "Dataset-JSON is UTF-8", line) from None


def _make_column(path: Path, facts: dict[str, Any], cells: tuple[Any, ...]) -> tuple[Variable, ColumnValues]:
    name, kind = str(facts["name"]), facts.get("dataType") or facts.get("type") or "string"
    moment = facts.get("targetDataType") in ("integer", "float") and kind in _MOMENTS
    numeric = kind in _NUMBERS or moment
    form = facts.get("displayFormat")
    if moment and not form:
        form = _MOMENTS[kind]
    length = facts.get("length")
    variable = Variable(
        name, Kind.NUMBER if numeric else Kind.TEXT, facts.get("label"), length if not numeric else None, form
    )
    if numeric and not moment and all(cell is None or isinstance(cell, int | float) for cell in cells):
        return variable, np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    texts = pa.array([None if cell is None else str(cell) for cell in cells], TEXT)
    if not numeric:
        return variable, texts
    numbers, bad = parse_numbers(texts, form or "")
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise make_error("CMP001", f"{name} in record {row + 1:,} is {cells[row]!r}, but its type is {kind}", path)
    return variable, numbers
