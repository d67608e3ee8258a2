"""Tiny dictionaries in files, read, and shown as plain tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from cdisc_conv.problems import ProblemsError
from cdisc_conv.raw.dictionaries import Dictionary, read_dictionary

Files = Mapping[str, str | bytes | Mapping[str, list[list[Any]]]]
Read = Callable[..., Dictionary]


def write_workbook(path: Path, sheets: Mapping[str, list[list[Any]]]) -> None:
    """An XLSX with these sheets, each a list of rows."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Files], Path]:
    """Writes files: text, bytes, or the sheets of a workbook."""

    def run(files: Files) -> Path:
        folder = tmp_path / "edc"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Mapping):
                write_workbook(path, content)
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return run


@pytest.fixture
def read(write: Callable[[Files], Path]) -> Read:
    """Writes files and reads them as the dictionary of a system ("" to recognise it)."""

    def run(files: Files, edc: str = "", encoding: str = "") -> Dictionary:
        return read_dictionary([(write(files), "edc")], edc, encoding)

    return run


@pytest.fixture
def refuse(read: Read) -> Callable[..., list[str]]:
    """What is said of files that cannot be read as a dictionary."""

    def run(files: Files, edc: str = "") -> list[str]:
        with pytest.raises(ProblemsError) as caught:
            read(files, edc)
        return [str(problem) for problem in caught.value.problems]

    return run


@pytest.fixture
def show() -> Callable[[Dictionary, str], list[tuple[str, ...]]]:
    """The items of a form, or all its columns: name, label, type, role, codes, and where it was said (line)."""

    def run(dictionary: Dictionary, form: str, *, items: bool = True) -> list[tuple[Any, ...]]:
        return [
            (column.name, column.label, column.type, str(column.role), dict(column.values), column.place.line)
            for column in dictionary.forms[form].columns.values()
            if not items or column.role in ("item", "derived")
        ]

    return run
