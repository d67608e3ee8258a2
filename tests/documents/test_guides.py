"""The reviewer's guides of a run: the PDF to submit and the DOCX to edit say the same."""

from __future__ import annotations

import docx
import pytest
from analysis import write_analysis
from pypdf import PdfReader
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.documents.fonts import open_fonts
from cdisc_conv.documents.guides.docx import render_docx
from cdisc_conv.documents.guides.model import Guide, Section, Table
from cdisc_conv.documents.guides.pdf import render_pdf
from cdisc_conv.package.run import run_study

DEFINE = """\
define:
  documents:
    - {id: CSDRG, title: Guide, href: csdrg.pdf}
documents:
  decisions: [Ages are as reported by the subject.]
"""
GUIDE = Guide(
    "A Guide",
    "S-01",
    "About <a> study & its data",
    "2026-01-31T12:00:00",
    (Section("First", ("One\x0b < two.",), (Section("Inner", (Table(("A", "B"), (("1", "x" * 5000),), (1, 2)),)),)),),
)


@pytest.fixture
def folder(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "study.yaml", "raw: {", f"{DEFINE}raw: {{")
    write_tiny_raw(tmp_path)
    return folder


def run(folder):
    out = folder.parent / "out"
    package = run_study(folder, folder.parent / "raw", out)
    return out / "sdtm", package.problems


def headings(path):
    return [one.text for one in docx.Document(path).paragraphs if one.style.name.startswith("Heading")]


def test_the_outline_of_the_guide(folder):
    sdtm, problems = run(folder)
    assert [one for one in problems if one.code in ("PKG022", "DOC001", "DOC002")] == []
    found = headings(sdtm / "csdrg.docx")
    assert found == [
        "1 Introduction",
        "1.1 Purpose",
        "1.2 Acronyms",
        "1.3 Study Data Standards and Dictionary Inventory",
        "2 Protocol Description",
        "2.1 Protocol Number and Title",
        "2.2 Protocol Design",
        "2.3 Trial Design Datasets",
        "3 Subject Data Description",
        "3.1 Overview",
        "3.2 Traceability",
        "3.3 Annotated CRFs",
        "3.4 Sponsor Decisions",
        "3.5 SDTM Subject Domains",
        "3.5.1 DM - Demographics",
        "3.5.2 AE - Adverse Events",
        "3.5.3 SUPPAE - Supplemental Qualifiers for AE",
        "4 Data Conformance Summary",
        "4.1 Conformance Inputs",
        "4.2 Issues Summary",
        "5 Data Not Submitted",
        "5.1 Rows",
        "5.2 Columns",
        "6 Inclusion and Exclusion Criteria",
    ]
    text = "\n".join(page.extract_text() for page in PdfReader(sdtm / "csdrg.pdf").pages)
    assert [one for one in found if one not in text] == []


def test_it_says_what_the_run_knows(folder):
    sdtm, _ = run(folder)
    text = "\n".join(page.extract_text() for page in PdfReader(sdtm / "csdrg.pdf").pages)
    for said in ("SDTMIG 3.4", "2025-03-28", "Ages are as reported by the subject.", "the same text on every form"):
        assert said in text
    assert "Made from: form Adverse Events." in text


def test_the_guide_of_the_analysis_names_imputations_and_flags(tmp_path):
    folder = write_tiny_study(tmp_path)
    adam = "define:\n  adam:\n    documents:\n      - {id: ADRG, title: Guide, href: adrg.pdf}\n"
    edit(folder / "study.yaml", "raw: {", f"{adam}raw: {{")
    write_analysis(tmp_path)
    label = "label: Pooled Age Group 1}\n"
    start = "  ASTDT: {numeric_date: {date: AESTDTC, impute: month}}\n"
    flag = "  ONTRTFL: {on_treatment: {start: ASTDT, last_dose: TRTSDT}}\n"
    edit(folder / "adam" / "adae.yaml", label, f"{label}{start}{flag}")
    write_tiny_raw(tmp_path)
    run(folder)
    guide = tmp_path / "out" / "adam" / "adrg.docx"
    assert [one for one in headings(guide) if one.startswith("3.")] == [
        "3.1 Core Variables",
        "3.2 Treatment Variables",
        "3.3 Visit Windows and Record Selection",
        "3.4 Imputation Methods",
        "3.5 Decisions",
    ]
    rows = [[cell.text for cell in row.cells] for table in docx.Document(guide).tables for row in table.rows]
    (imputed,) = [row for row in rows if row[:2] == ["ADAE", "ASTDT"]]
    assert imputed[2].startswith("The date of ADAE.AESTDTC as a SAS date (days since 1960-01-01).")
    assert [row[1] for row in rows if row[1] == "ONTRTFL"] == ["ONTRTFL"]
    assert "No values are imputed." not in "".join(one.text for one in docx.Document(guide).paragraphs)


def test_findings_stand_with_their_explanations(folder):
    (folder / "explanations.yaml").write_text(
        "explanations:\n  - {rule: DAT011, dataset: AE, reason: entered on the last day}\n", encoding="utf-8"
    )
    raw = folder.parent / "raw" / "ae.csv"
    raw.write_text(raw.read_text(encoding="utf-8").replace("2022", "2032"), encoding="utf-8")
    sdtm, problems = run(folder)
    found = [one for one in problems if one.code == "DAT011"]
    assert found
    rows = [
        [cell.text for cell in row.cells] for table in docx.Document(sdtm / "csdrg.docx").tables for row in table.rows
    ]
    assert [row[-1] for row in rows if row[0] == "DAT011"] == ["entered on the last day"] * len(found)


def test_a_guide_of_the_study_folder_is_taken_as_it_is(folder):
    (folder / "csdrg.pdf").write_bytes(b"%PDF-1.7 mine")
    sdtm, _ = run(folder)
    assert (sdtm / "csdrg.pdf").read_bytes() == b"%PDF-1.7 mine"
    assert not (sdtm / "csdrg.docx").exists()


def test_the_same_bytes_every_time():
    assert render_docx(GUIDE) == render_docx(GUIDE)
    assert render_pdf(GUIDE, open_fonts()) == render_pdf(GUIDE, open_fonts())


def test_hostile_and_long_text(tmp_path):
    (tmp_path / "a.pdf").write_bytes(render_pdf(GUIDE, open_fonts()))
    (tmp_path / "a.docx").write_bytes(render_docx(GUIDE))
    pdf = PdfReader(tmp_path / "a.pdf")
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "About <a> study & its data" in text
    assert "? < two." in text
    assert pdf.metadata["/CreationDate"] == "D:20260131120000"
    assert [one.title for one in pdf.outline if not isinstance(one, list)] == ["1 First"]
    assert "One? < two." in [one.text for one in docx.Document(tmp_path / "a.docx").paragraphs]
