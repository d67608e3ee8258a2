"""Terminology packages in every form in which they are published, and files that are none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from published_standards import COLUMNS, SEX, WALK, comma, odm, text, workbook
from reference_data import reference_file

from cdisc_conv.problems import ProblemsError
from cdisc_conv.standards.publications.package import format_package
from cdisc_conv.standards.publications.terminology import read_package

KEPT = (
    "#SDTM CT\t2024-09-27\n"
    "=C66731\tSEX\tSex\tNo\n"
    "C16576\tF\t\tFemale\tFemale\n"
    "C20197\tM\t\tMale\tMale; Man\n"
)  # fmt: skip


def keep(path: Path, **said: str) -> str:
    package, warnings = read_package(path, **said)
    assert warnings == []
    return format_package(package).decode()


def refusal(path: Path, **said: str) -> list[str]:
    with pytest.raises(ProblemsError) as error:
        read_package(path, **said)
    return [str(problem).replace(str(path), "FILE") for problem in error.value.problems]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_the_same_package_in_every_form(tmp_path: Path) -> None:
    name = "SDTM Terminology 2024-09-27"
    library = {
        "package": "sdtmct-2024-09-27",
        "codelists": [
            {
                "conceptId": "C66731",
                "submissionValue": "SEX",
                "name": "Sex",
                "extensible": "false",
                "preferredTerm": "CDISC SDTM Sex of Individual Terminology",
                "terms": [
                    {"conceptId": "C16576", "submissionValue": "F", "synonyms": ["Female"], "preferredTerm": "Female"},
                    {
                        "conceptId": "C20197",
                        "submissionValue": "M",
                        "synonyms": ["Male", "Man"],
                        "preferredTerm": "Male",
                    },
                ],
            }
        ],
    }
    readme = [("Read me",), ("This workbook holds the terminology.",)]
    files = [
        write(tmp_path / f"{name}.txt", text(SEX)),
        write(tmp_path / f"{name}.txt.gz", gzip.compress(text(SEX).encode())),
        write(tmp_path / "crlf.txt", b"\xef\xbb\xbf" + text(SEX).replace("\n", "\r\n").encode()),
        write(tmp_path / "table.csv", comma(SEX, "SDTM CT 2024-09-27")),
        workbook(tmp_path / "book.xlsx", {"ReadMe": readme, name: (COLUMNS, *SEX)}),
        write(tmp_path / "package.odm.xml", odm(SEX)),
        write(tmp_path / "package.json", json.dumps(library)),
    ]
    said = {"crlf.txt": {"version": "2024-09-27"}}
    assert {path.name: keep(path, **said.get(path.name, {})) for path in files} == {path.name: KEPT for path in files}


def test_instruments_are_bound_to_their_categories_and_tests(tmp_path: Path) -> None:
    path = write(tmp_path / "SDTM Terminology 2024-09-27.txt", text((*WALK,)))
    heads = [line for line in keep(path).splitlines() if line.startswith("=")]
    assert [head.split("\t")[1::3] for head in heads] == [
        ["FTCAT", "--TEST"][:1],
        ["WLK1TC", "--TESTCD WALK"],
        ["WLK1TN", "--TEST WALK"],
        ["WLK101T02OR", "--ORRES WLK101 WLK102"],
        ["WLK1SET1STR", "--STRESC WLK101 WLK103"],
    ]


def test_numbers_in_a_workbook_stay_the_texts_they_are(tmp_path: Path) -> None:
    path = workbook(tmp_path / "SDTM Terminology 2024-09-27.xlsx", {"CT": (COLUMNS, *WALK)})
    assert "C10\t0\t\tWalk 0\tWLK101-0\n" in keep(path)


def test_without_synonyms_there_is_a_warning(tmp_path: Path) -> None:
    rows = [(*row[:5], "", *row[6:]) for row in SEX]
    path = write(tmp_path / "SDTM Terminology 2024-09-27.txt", text(rows))
    _, warnings = read_package(path)
    assert [str(problem) for problem in warnings] == [
        f"{path}: STD007 no term has synonyms, so collected texts are found by submission values and preferred terms "
        "only"
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"", "FILE: STD001 the file is empty (download it again)"),
        (
            "a.txt",
            "Subject,Visit\n1,2\n",
            "FILE: STD001 this is not a terminology package: there are no columns 'Code', 'Codelist Code', 'Codelist "
            "Extensible (Yes/No)', 'Codelist Name', 'CDISC Submission Value' (it has 'Subject', 'Visit')",
        ),
        (
            "a.txt",
            text(SEX).replace("Codelist Name\t", "", 1),
            "FILE:2: STD002 8 cells where the first line names 7 columns",
        ),
        (
            "a.pdf",
            b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n",
            "FILE: STD001 the file is neither a workbook nor UTF-8 text (byte 10 is 0xe2) (give a published text, CSV, "
            "XLS, XLSX, XML or JSON file)",
        ),
        (
            "a.xlsx",
            b"PK\x03\x04 not a workbook at all",
            None,
        ),
        (
            "a.gz",
            gzip.compress(text(SEX).encode(), mtime=0)[:60],
            "FILE: STD001 the gzip file is damaged or cut short (download it again)",
        ),
        (
            "a.json",
            '{"codelists": [',
            "FILE:1: STD001 the JSON is damaged or cut short: Expecting value",
        ),
        (
            "a.json",
            '{"classes": []}',
            "FILE: STD001 this is not a terminology package: the JSON has no 'codelists'",
        ),
        (
            "a.xml",
            odm(SEX)[:700],
            None,
        ),
        (
            "a.xml",
            odm(SEX, before='<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
            "FILE: STD001 the XML has a document type declaration, which may declare entities; no publication has one "
            "(download it from the NCI or from CDISC)",
        ),
        (
            "a.md",
            "# Terminology\n\n| file | date |\n|---|---|\nOne, two\n",
            "FILE: STD001 this is not a table: its first line has one cell, '# Terminology', and others have more "
            "(publications are text with tabs, CSV, a workbook, ODM-XML or JSON, with the names of columns first)",
        ),
        (
            "a.xml",
            "<html/>",
            "FILE: STD001 this is not a terminology package: the XML is <html>, not <ODM>",
        ),
        (
            "a.xml",
            '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><CodeList OID="CL.1" Name="x"/></ODM>',
            "FILE: STD001 this is not a terminology package: the ODM-XML has no codelist with a C-code "
            "(nciodm:ExtCodeID)",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_package(tmp_path: Path, name: str, content: str | bytes, said: str | None) -> None:
    found = refusal(write(tmp_path / name, content), name="SDTM", version="2024-09-27")
    if said is None:
        assert len(found) == 1 and ("cut short" in found[0])
    else:
        assert found[0] == said


def test_a_file_that_was_cut_short(tmp_path: Path) -> None:
    whole = text((*SEX, *WALK))
    path = write(tmp_path / "SDTM Terminology 2024-09-27.txt", whole[: whole.index("Walk - Fast") - 20])
    assert refusal(path) == [
        "FILE:9: STD002 4 cells where the first line names 8 columns (the file may be cut short: download it again)"
    ]
    path = write(path, whole[: whole.index("C3\tC2")])
    assert refusal(path) == ["FILE:7: STD002 codelist C2 has no terms; the file may be cut short"]


def test_everything_that_no_publication_has_is_told_at_once(tmp_path: Path) -> None:
    rows = [
        *SEX,
        ("C20197", "C66731", "", "Sex", "M", "", "", "Male"),
        ("20197", "C66731", "", "Sex", "", "", "", "Male"),
        ("C5", "", "Maybe", "Five", "", "", "", "Five"),
        ("C6", "C5", "", "Five", "A", "", "", "A"),
    ]
    assert refusal(write(tmp_path / "SDTM Terminology 2024-09-27.txt", text(rows))) == [
        "FILE:5: STD002 'M' is in codelist SEX (C66731) 2 times",
        "FILE:6: STD002 '' in codelist SEX (C66731) has '20197' for its C-code (SEX is not extensible: it has no other "
        "terms)",
        "FILE:6: STD002 term 20197 of codelist SEX (C66731) has no submission value",
        "FILE:7: STD002 codelist C5 has no submission value (its short name)",
        "FILE:7: STD002 codelist C5 is extensible: 'Maybe', not Yes or No",
    ]


def test_a_package_that_a_sponsor_extended(tmp_path: Path) -> None:
    rows = [
        *SEX,
        ("", "C66731", "", "Sex", "X", "", "", ""),
        ("C66729", "", "Yes", "Route", "ROUTE", "", "", "CDISC SDTM Route Terminology"),
        ("C38288", "C66729", "", "Route", "ORAL", "", "", "Oral"),
        ("S001", "C66729", "", "Route", "BY SPOON", "", "", ""),
        ("OURS", "", "No", "Ours", "MYLIST", "", "", ""),
        ("S002", "OURS", "", "Ours", "A", "", "", ""),
    ]
    assert refusal(write(tmp_path / "SDTM Terminology 2024-09-27.txt", text(rows))) == [
        "FILE:5: STD002 'X' in codelist SEX (C66731) has '' for its C-code (SEX is not extensible: it has no other "
        "terms)",
        "FILE:8: STD002 'BY SPOON' in codelist ROUTE (C66729) has 'S001' for its C-code (a term of the sponsor's own "
        "belongs under 'sponsor_terms' in study.yaml, not in a published package)",
        "FILE:9: STD002 codelist 'MYLIST' has 'OURS' for its C-code (a codelist of the sponsor's own does not belong "
        "in a published package: leave it out)",
        "FILE:10: STD002 'A' in codelist MYLIST (OURS) has 'S002' for its C-code (MYLIST is not extensible: it has no "
        "other terms)",
    ]


@pytest.mark.parametrize("ending", ["xls", "xlsx"])
def test_damaged_workbooks(tmp_path: Path, ending: str, capfd: pytest.CaptureFixture[str]) -> None:
    if ending == "xls":
        whole = reference_file("samples", "ct", "ADaM_Terminology_2022-03-25.xls")
    else:
        whole = workbook(tmp_path / "ADaM Terminology 2022-03-25.xlsx", {"CT": (COLUMNS, *SEX)})
    said = {"name": "ADaM", "version": "2022-03-25"}
    data, kept, refused = whole.read_bytes(), keep(whole, **said), set[str]()
    for length in range(20, len(data), max(1, len(data) // 60)):
        path = write(tmp_path / f"cut.{ending}", data[:length])
        try:
            found = keep(path, **said)
        except ProblemsError as error:
            refused.update(problem.code for problem in error.problems)
        else:
            assert found == kept  # what is missing is not of the table
    assert refused <= {"STD001", "STD002"}
    assert capfd.readouterr().err == ""


def test_terms_without_their_codelist(tmp_path: Path) -> None:
    path = write(tmp_path / "SDTM Terminology 2024-09-27.txt", text(SEX[1:]))
    assert refusal(path) == [
        "FILE:2: STD002 terms of codelist C66731, which the file does not have (the file may be cut short or filtered: "
        "download it again)"
    ]


def test_a_workbook_with_other_sheets(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", {"Changes": [("Release", "Request")], "Notes": [("x",)]})
    assert refusal(path) == [
        "FILE: STD001 this is not a terminology package: there are no columns 'Code', 'Codelist Code', 'Codelist "
        "Extensible (Yes/No)', 'Codelist Name', 'CDISC Submission Value' (sheet 'Changes' has 'Release', 'Request')"
    ]
    path = workbook(
        tmp_path / "two.xlsx", {"SDTM CT 2024-09-27": (COLUMNS, *SEX), "SEND CT 2024-09-27": (COLUMNS, *SEX)}
    )
    assert refusal(path) == [
        "FILE: STD001 2 sheets hold a terminology package: 'SDTM CT 2024-09-27', 'SEND CT 2024-09-27' (choose one with "
        "--sheet)"
    ]
    assert keep(path, sheet="SDTM CT 2024-09-27") == KEPT
    assert refusal(path, sheet="ADaM") == [
        "FILE: STD001 there is no sheet 'ADaM' (the sheets are 'SDTM CT 2024-09-27', 'SEND CT 2024-09-27')"
    ]


def test_name_and_version_come_from_the_file_from_its_name_or_from_the_user(tmp_path: Path) -> None:
    unnamed = [(*row[:7], "Female") for row in SEX]
    path = write(tmp_path / "terms.txt", text(unnamed))
    assert refusal(path) == [
        "FILE: STD003 neither the file nor its name says which package it is: give --name, such as --name SDTM",
        "FILE: STD003 neither the file nor its name says its version: give --version, such as --version 2024-09-27",
    ]
    package, _ = read_package(path, name="Define-XML", version="2024-09-27")
    assert (package.key, package.name, package.version) == ("define_xml", "DEFINE-XML CT", "2024-09-27")
    path = write(tmp_path / "table.csv", comma(SEX, "SDTM CT 2024-09-27"))
    assert refusal(path, name="ADaM", version="2024-03-29") == [
        "FILE: STD003 the file says that it is SDTM CT, not ADaM CT",
        "FILE: STD003 the file says that its version is 2024-09-27, not 2024-03-29",
    ]


@pytest.mark.parametrize("name", ["ADaM", "CDASH"])
def test_published_files_of_one_release_are_equal(name: str) -> None:
    folder = reference_file("samples", "ct")
    files = [folder / f"{name}_Terminology_2022-03-25.{ending}" for ending in ("txt", "xls", "odm.xml")]
    first, second, third = map(keep, files)
    assert first == second == third
