"""ODM files that are refused: entities, not well formed, cut off, not ODM; each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.raw import FormSource, read_form

ROOT = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" ODMVersion="1.3.2" FileOID="F">'
GOOD = f"{ROOT}\n<ClinicalData/></ODM>"
BOMB = '<!DOCTYPE ODM [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def refuse(folder: Path, text: str, encoding: str = "utf-8") -> list[str]:
    (folder / "odm.xml").write_text(text, encoding=encoding)
    form, problems = read_form(FormSource("f", "odm.xml"), folder)
    assert form is None
    return [str(problem).removeprefix(f"{folder.name}/") for problem in problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_anything_is_parsed(tmp_path: Path, encoding: str) -> None:
    assert refuse(tmp_path, BOMB + GOOD.replace("<ClinicalData/>", "&b;"), encoding) == [
        "odm.xml:1: ODM002 the file declares entities, which ODM does not need and which are not read "
        "(take the DOCTYPE out, or export the file again)"
    ]


def test_an_external_entity_is_refused(tmp_path: Path) -> None:
    text = '<!DOCTYPE ODM [\n<!ENTITY x SYSTEM "file:///etc/passwd">]>' + GOOD
    assert refuse(tmp_path, text)[0].startswith("odm.xml:2: ODM002 the file declares entities")


def test_a_dtd_outside_of_the_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "odm.xml").write_text('<!DOCTYPE ODM SYSTEM "odm1-1-0.dtd">' + GOOD, encoding="utf-8")
    _, problems = read_form(FormSource("f", "odm.xml"), tmp_path)
    assert [problem.code for problem in problems if problem.code in ("ODM001", "ODM002")] == []


def test_not_well_formed(tmp_path: Path) -> None:
    assert refuse(tmp_path, GOOD.replace("<ClinicalData/>", "<ClinicalData>")) == [
        "odm.xml:2: ODM001 the file is not well-formed XML: Opening and ending tag mismatch: "
        "ClinicalData line 2 and ODM, "
        "line 2, column 21 (export it again)"
    ]


def test_cut_off(tmp_path: Path) -> None:
    (problem,) = refuse(tmp_path, GOOD.removesuffix("</ODM>"))
    assert problem.startswith("odm.xml:2: ODM001 the file is not well-formed XML: Premature end of data in tag ODM")
    assert problem.endswith("(it may be cut off; export it again)")


def test_other_xml_is_refused_by_name(tmp_path: Path) -> None:
    (problem,) = refuse(tmp_path, "<report><row/></report>")
    assert "RAW019" in problem
    assert "XML with the root element report" in problem


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    text = GOOD.replace(
        "<ClinicalData/>",
        '<ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData SubjectKey="1"><StudyEventData '
        'StudyEventOID="E">'
        '<FormData FormOID="F.AE"><ItemGroupData ItemGroupOID="IG"><ItemData ItemOID="X" '
        'Value="1"/></ItemGroupData></FormData>'
        '<FormData FormOID="F.DM"><ItemGroupData ItemGroupOID="IG"><ItemData ItemOID="X" '
        'Value="1"/></ItemGroupData></FormData>'
        "</StudyEventData></SubjectData></ClinicalData>",
    )
    (tmp_path / "odm.xml").write_text(text, encoding="utf-8")
    form, problems = read_form(FormSource("ae", "odm.xml", table="F.EA"), tmp_path)
    assert form is None
    assert [problem.message for problem in problems if problem.code == "RAW020"] == [
        "form 'ae' is to be table 'F.EA', which the file does not hold"
    ]
