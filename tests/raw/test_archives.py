"""Zip archives, and those that may not be opened."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from cdisc_conv.raw import FormSource, read_form, read_forms

AE = "SUBJID,AETERM\n1,Rash\n2\n"


def pack(path: Path, **members: str | bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)


def test_a_zip_as_the_file_of_a_form(folder: Path) -> None:
    pack(folder / "ae.zip", **{"export/ae.csv": AE, "__MACOSX/._ae.csv": b"x"})
    form, problems = read_form(FormSource("ae", "ae.zip"), folder)
    assert form is not None
    assert form.frame["AETERM"].tolist() == ["Rash", ""]
    assert [str(problem) for problem in problems] == [
        "raw/ae.zip/export/ae.csv:3: RAW010 form 'ae' has 1 row with fewer fields than its 2 columns: row 2 has 1 "
        "(a line break inside a value needs quotes around it)"
    ]
    assert [file.path for file in form.files] == ["ae.zip"]


@pytest.mark.parametrize(
    "source",
    [
        FormSource("ae", "x.zip/export/ae.csv"),
        FormSource("ae", "x.zip"),
        FormSource("ae", "ae.csv", folder="x.zip"),
        FormSource("ae", "export/ae.csv", folder="x.zip"),
        FormSource("xx", "x.zip", table="AE"),
    ],
)
def test_ways_to_name_a_file_in_a_zip(folder: Path, source: FormSource) -> None:
    pack(folder / "x.zip", **{"export/ae.csv": AE, "export/dm.csv": "SUBJID\n1\n"})
    form, _ = read_form(source, folder)
    assert form is not None
    assert list(form.frame) == ["SUBJID", "AETERM"]


def test_a_workbook_in_a_zip_is_opened_once(folder: Path) -> None:
    book = Workbook()
    book.active.title = "AE"
    book.active.append(["A"])
    book.active.append(["1"])
    book.create_sheet("DM").append(["B"])
    book.save(folder / "all.xlsx")
    pack(folder / "x.zip", **{"all.xlsx": (folder / "all.xlsx").read_bytes()})
    forms, problems = read_forms([FormSource("ae", "x.zip"), FormSource("dm", "x.zip")], folder)
    assert [list(form.frame) for form in forms.values()] == [["A"], ["B"]]
    assert [problem.code for problem in problems] == ["RAW007"]


def refuse(folder: Path, path: str = "x.zip") -> str:
    form, (problem,) = read_form(FormSource("ae", path), folder)
    assert form is None
    return str(problem)


@pytest.mark.parametrize("name", ["../ae.csv", "/etc/ae.csv", "C:/ae.csv", "a/../../ae.csv"])
def test_paths_that_lead_out(folder: Path, name: str) -> None:
    pack(folder / "x.zip", **{name: AE, "ae.csv": AE})
    assert refuse(folder) == (
        f"raw/x.zip: RAW025 form 'ae' is in a zip archive that holds the path '{name}', which leads out of it "
        "(nothing of it is read; ask for another archive)"
    )


def test_bombs_links_and_zips_in_zips(folder: Path) -> None:
    pack(folder / "x.zip", **{"ae.csv": b"\0" * 60_000_000})
    assert "holds 'ae.csv', which would grow to 60,000,000 bytes from " in refuse(folder)
    link = zipfile.ZipInfo("ae.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "RAW025 form 'ae' is in a zip archive that holds the link 'ae.csv'" in refuse(folder)
    pack(folder / "in.zip", **{"ae.csv": AE})
    pack(folder / "x.zip", **{"in.zip": (folder / "in.zip").read_bytes()})
    assert refuse(folder) == (
        "raw/x.zip: RAW025 form 'ae' is in a zip archive inside a zip archive (unpack the outer one)"
    )


def test_damaged_archives_and_missing_members(folder: Path) -> None:
    pack(folder / "x.zip", **{"ae.csv": AE * 100, "dm.csv": AE})
    data = (folder / "x.zip").read_bytes()
    assert refuse(folder, "x.zip/vs.csv") == (
        "raw/x.zip: RAW020 form 'ae' is to be table 'vs.csv', which the file does not hold (did you mean dm.csv?)"
    )
    (folder / "x.zip").write_bytes(data[:-30])
    assert refuse(folder) == (
        "raw/x.zip: RAW003 form 'ae' is a damaged zip archive: File is not a zip file (ask for it again)"
    )
    (folder / "x.zip").write_bytes(data[:45] + b"XXXX" + data[49:])
    assert refuse(folder).startswith("raw/x.zip: RAW003 form 'ae' cannot be unpacked: ae.csv: ")


def test_what_is_in_a_zip_is_told_by_its_content(folder: Path) -> None:
    pack(folder / "x.zip", **{"ae.csv": b"%PDF-1.7", "dm.csv": AE})
    assert refuse(folder).startswith("raw/x.zip/ae.csv: RAW019 form 'ae' is a PDF document, not ")
