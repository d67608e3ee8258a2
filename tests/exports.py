"""The same raw forms in other formats, and forms.yaml to read them: what the tests of formats share.

Fixed here: numbers are typed only where they read back as the text they were; a date is typed where it is complete and
its column is asked for, and stays text otherwise (``UN-MAR-2022``); names keep their length, which transport files of
version 8 can hold.
"""

from __future__ import annotations

import datetime
import gzip
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
from openpyxl import Workbook, load_workbook

from cdisc_conv.columns.numerals import write_number

_DATE = re.compile(r"(\d\d)-([A-Z]{3})-(\d{4})")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def read_export(path: Path) -> pd.DataFrame:
    """A form as it was exported, every cell text."""
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def type_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of numbers as float64, where every text is what the number is written as."""
    typed = frame.copy()
    for name in frame:
        filled = frame[name][frame[name] != ""]
        numbers = pd.to_numeric(filled, errors="coerce")
        if len(filled) and numbers.notna().all() and [write_number(number) for number in numbers] == filled.tolist():
            typed[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    return typed


def write_delimited(frame: pd.DataFrame, path: Path, encoding: str, delimiter: str, quote: str = '"') -> None:
    frame.to_csv(path, index=False, encoding=encoding, sep=delimiter, quotechar=quote, lineterminator="\r\n")


def write_labelled(frame: pd.DataFrame, path: Path) -> None:
    """Tabs, with a row of labels above the names and a line EOF."""
    text = frame.to_csv(index=False, sep="\t", lineterminator="\n")
    path.write_text("\t".join(f"Label of {name}" for name in frame) + "\n" + text + "EOF\n", encoding="utf-8")


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    type_numbers(frame).to_parquet(path, index=False)


def write_transport(frame: pd.DataFrame, path: Path) -> None:
    pyreadstat.write_xport(type_numbers(frame), str(path), table_name=path.stem[:8].upper(), file_format_version=8)


def write_workbook(frame: pd.DataFrame, path: Path, sheet: str, typed_dates: bool = False) -> None:
    """One more sheet of a workbook."""
    book = load_workbook(path) if path.exists() else Workbook()
    added = book.create_sheet(sheet)
    if "Sheet" in book.sheetnames:
        del book["Sheet"]
    added.append(list(frame))
    for row in type_numbers(frame).itertuples(index=False):
        added.append([_type_date(value) if typed_dates else value if value == value else None for value in row])
    for cells in added.iter_rows():
        for cell in cells:
            if isinstance(cell.value, datetime.date):
                cell.number_format = "DD-MMM-YYYY"
    book.save(path)


def _type_date(value: object) -> object:
    found = _DATE.fullmatch(value) if isinstance(value, str) else None
    if found and found[2] in _MONTHS:
        return datetime.date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    return value if value == value else None


def write_dataset_json(frame: pd.DataFrame, path: Path) -> None:
    """json, ndjson or dsjc, by the end of the name; numbers where `type_numbers` has them."""
    typed = type_numbers(frame)
    rows = [
        [None if value != value else json_number(value) if isinstance(value, float) else value for value in row]
        for row in typed.itertuples(index=False)
    ]
    facts = {"datasetJSONVersion": "1.1.0", "records": len(rows), "columns": [{"name": name} for name in frame]}
    if path.suffix == ".json":
        path.write_text(json.dumps({**facts, "rows": rows}, ensure_ascii=False), encoding="utf-8")
        return
    lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in (facts, *rows)).encode()
    path.write_bytes(gzip.compress(lines) if path.suffix == ".dsjc" else lines)


def json_number(number: float) -> int | float:
    return int(number) if number == int(number) else number


def write_table(frame: pd.DataFrame, path: Path, table: str) -> None:
    """A table of an SQLite database; a number of its own keeps the rows in order."""
    connection = sqlite3.connect(path)
    type_numbers(frame).to_sql(table, connection, index=False)
    connection.close()


def write_zipped(frame: pd.DataFrame, path: Path, member: str) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, frame.to_csv(index=False))


def write_long(frame: pd.DataFrame, path: Path, by: list[str]) -> None:
    """One item a row; a row of the form without any item keeps one that is empty."""
    items = [name for name in frame if name not in by]
    rows = []
    for record in frame.to_dict("records"):
        filled = [name for name in items if record[name]] or items[:1]
        rows += [[*(record[name] for name in by), name, record[name]] for name in filled]
    pd.DataFrame(rows, columns=[*by, "ITEM", "VALUE"]).to_csv(path, index=False)


Export = Callable[[pd.DataFrame, Path], None]
