"""Excel workbooks: a sheet is a form, cells as they are shown, and what cannot be read of them."""

from __future__ import annotations

import datetime
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from cdisc_conv.raw import FormSource, RawForm, read_form

Sheet = Callable[..., tuple[RawForm | None, list[str]]]


@pytest.fixture
def sheet(folder: Path) -> Sheet:
    """Writes rows as sheet AE of a workbook and reads them; a cell may be (value, number format)."""

    def run(*rows: Any, merge: tuple[str, ...] = (), **settings: Any) -> tuple[RawForm | None, list[str]]:
        book = Workbook()
        book.active.title = "AE"
        for row, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells, 1):
                value, form = cell if isinstance(cell, tuple) else (cell, "General")
                written = book.active.cell(row, column, value)
                if form != "General":
                    written.number_format = form
        for found in merge:
            book.active.merge_cells(found)
        book.create_sheet("DM").append(["SUBJID"])
        book.save(folder / "export.xlsx")
        form, problems = read_form(FormSource("ae", "export.xlsx", **settings), folder)
        return form, [str(problem) for problem in problems]

    return run


def test_cells_are_read_as_they_are_shown(sheet: Sheet) -> None:
    moment = datetime.datetime(2024, 1, 5, 10, 30)
    form, problems = sheet(
        ["TEXT", "NUM", "DAT"],
        ["001", 2, (moment, "dd-mmm-yyyy")],
        [],
        ["  x ", (1.5, "0.00"), (moment, "yyyy-mm-dd hh:mm:ss")],
        [True, (7, "000"), (datetime.time(9, 5), "h:mm")],
        ["é\n2", 0.1 + 0.2, (datetime.date(2024, 3, 1), "mmm-yy")],
        [None, (1234567.0, "#,##0"), (datetime.timedelta(hours=30), "[h]:mm:ss")],
    )
    assert form is not None
    assert problems == []
    assert form.frame.to_dict("list") == {
        "TEXT": ["001", "  x ", "TRUE", "é\n2", ""],
        "NUM": ["2", "1.50", "007", "0.3", "1234567"],
        "DAT": ["2024-01-05", "2024-01-05T10:30:00", "09:05", "2024-03", "30:00:00"],
    }


def test_digits_that_are_not_shown_are_a_note_and_errors_are_errors(sheet: Sheet) -> None:
    form, problems = sheet(["A", "B"], [(1.26, "0.0"), "#N/A"], [(2.5, "0.0"), "x"], key=())
    assert form is not None
    assert form.frame["A"].tolist() == ["1.3", "2.5"]
    assert problems == [
        "raw/export.xlsx:2: RAW029 form 'ae' has errors of formulas as values, first in row 1 (correct them in Excel)",
        "raw/export.xlsx:2: RAW030 form 'ae' has numbers with more digits than are shown, which are read as shown, "
        "first in row 1 (show all digits, or export values)",
    ]


def test_formulas_that_were_never_calculated(sheet: Sheet) -> None:
    form, problems = sheet(["A", "B"], [1, "=A2+1"], [2, 3])
    assert form is not None
    assert form.frame["B"].tolist() == ["", "3"]
    assert problems == [
        "raw/export.xlsx: RAW029 form 'ae' has formulas that were never calculated: B2 "
        "(open the workbook in Excel and save it, or export values)"
    ]


def test_merged_cells_in_the_header(sheet: Sheet) -> None:
    rows = (["SUBJ", "ALT", None], [None, "RES", "UNIT"], ["1", 5, "U/L"])
    form, problems = sheet(*rows, merge=("B1:C1", "A1:A2"))
    assert form is None
    assert problems == [
        "raw/export.xlsx:1: RAW028 form 'ae' has merged cells in its header: B1:C1, A1:A2 (say with 'header' what each "
        "header row holds, such as [group, names] where the upper names go before the lower ones, or [skip, names])"
    ]
    form, problems = sheet(["", "ALT", None], ["SUBJ", "RES", "UNIT"], ["1", 5, "U/L"], header=("group", "names"))
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"SUBJ": ["1"], "ALT_RES": ["5"], "ALT_UNIT": ["U/L"]}, [])


def test_merged_cells_in_the_rows(sheet: Sheet) -> None:
    _, problems = sheet(["A"], ["1"], [None], merge=("A2:A3",))
    assert problems == [
        "raw/export.xlsx: RAW028 form 'ae' has merged cells in its rows: A2:A3 "
        "(only the first of them has a value; take them apart in Excel, and fill each)"
    ]


def test_cells_beyond_the_header(sheet: Sheet) -> None:
    form, problems = sheet(["A"], ["1", "2"], ["3"])
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1", "3"]}
    assert problems == [
        "raw/export.xlsx:2: RAW010 form 'ae' has 1 row with cells beyond its header (name these columns in the header)"
    ]


def test_which_sheet(sheet: Sheet) -> None:
    assert sheet(["A"], ["1"], table="XX")[1] == [
        "raw/export.xlsx: RAW020 form 'ae' is to be table 'XX', which the file does not hold "
        "(it holds AE, DM; name the form's with 'table')"
    ]
    form, problems = sheet(["A"], ["1"], table="dm")
    assert form is not None
    assert (list(form.frame), problems[0].split()[1]) == (["SUBJID"], "RAW007")


def test_an_empty_sheet_and_labels(sheet: Sheet) -> None:
    assert sheet() == (
        None,
        [
            "raw/export.xlsx: RAW006 form 'ae' is empty, without even a header: sheet 'AE' has no cells "
            "(export it again)"
        ],
    )
    form, _ = sheet(["Subject"], ["SUBJID"], ["1"], header=("labels", "names"))
    assert form is not None
    assert form.labels == {"SUBJID": "Subject"}


def test_a_damaged_workbook_and_one_that_is_none(folder: Path, sheet: Sheet) -> None:
    sheet(["A"], ["1"])
    data = (folder / "export.xlsx").read_bytes()
    (folder / "export.xlsx").write_bytes(data[: len(data) // 2])
    form, problems = read_form(FormSource("ae", "export.xlsx"), folder)
    assert form is None
    assert str(problems[0]).startswith("raw/export.xlsx: RAW003 form 'ae' is damaged: ")
    with zipfile.ZipFile(folder / "x.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    form, problems = read_form(FormSource("ae", "x.docx"), folder)
    assert form is None
    assert re.match(r"raw/x.docx: RAW003 form 'ae' is ", str(problems[0]))


def test_a_workbook_under_another_name(folder: Path, sheet: Sheet) -> None:
    sheet(["A"], ["1"])
    shutil.copy(folder / "export.xlsx", folder / "ae.csv")
    form, problems = read_form(FormSource("ae", "ae.csv"), folder)
    assert form is not None
    assert problems == []
    form, problems = read_form(FormSource("ae", "ae.csv", format="csv"), folder)
    assert form is None
    assert [str(problem) for problem in problems] == [
        "raw/ae.csv: RAW019 form 'ae' is an Excel workbook, not delimited text (declare 'format: xlsx')"
    ]
