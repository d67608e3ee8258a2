"""The reviewer's guides of a run: the PDF to submit and the DOCX to edit say the same."""

from __future__ import annotations

import docx
import pandas as pd
import pytest
from analysis import write_analysis
from pypdf import PdfReader
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.documents.fonts import open_fonts
from cdisc_conv.documents.guides.comparison import compare_content
from cdisc_conv.documents.guides.docx import render_docx
from cdisc_conv.documents.guides.model import Guide, Known, Section, Table
from cdisc_conv.documents.guides.pdf import render_pdf
from cdisc_conv.documents.guides.subjects import describe_subjects, list_special_subjects
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
        "4.3 Additional Conformance Details",
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
        "3.1 Comparison of SDTM and ADaM Content",
        "3.2 Core Variables",
        "3.3 Treatment Variables",
        "3.4 Subject Issues that Require Special Analysis Rules",
        "3.5 Use of Visit Windowing, Unscheduled Visits, and Record Selection",
        "3.6 Imputation and Derivation Methods",
        "3.7 Decisions",
    ]
    rows = [[cell.text for cell in row.cells] for table in docx.Document(guide).tables for row in table.rows]
    (imputed,) = [row for row in rows if row[:2] == ["ADAE", "ASTDT"]]
    assert imputed[2].startswith("The date of ADAE.AESTDTC as a SAS date (days since 1960-01-01).")
    assert [row[1] for row in rows if row[1] == "ONTRTFL"] == ["ONTRTFL"]
    assert "No values are imputed." not in "".join(one.text for one in docx.Document(guide).paragraphs)


def read_rows(path):
    return [[cell.text for cell in row.cells] for table in docx.Document(path).tables for row in table.rows]


def read_paragraphs(path):
    return [one.text for one in docx.Document(path).paragraphs]


def test_the_guide_of_the_analysis_compares_it_with_sdtm(tmp_path):
    folder = write_tiny_study(tmp_path)
    adam = "define:\n  adam:\n    documents:\n      - {id: ADRG, title: Guide, href: adrg.pdf}\n"
    edit(folder / "study.yaml", "raw: {", f"{adam}raw: {{")
    write_analysis(tmp_path)
    write_tiny_raw(tmp_path)
    run(folder)
    guide = tmp_path / "out" / "adam" / "adrg.docx"
    rows, texts = read_rows(guide), read_paragraphs(guide)
    found = headings(guide)
    assert [one for one in found if one.startswith(("1.", "2.", "4.", "7."))] == [
        "1.1 Purpose",
        "1.2 Acronyms",
        "1.3 Study Data Standards and Dictionary Inventory",
        "1.4 Source Data Used for Analysis Dataset Creation",
        "2.1 Protocol Number and Title",
        "2.2 Protocol Design",
        "2.3 Protocol Design in Relation to ADaM Concepts",
        "4.1 Split Datasets",
        "4.2 Data Dependencies",
        "4.3 Intermediate Datasets",
        "7.1 ADaM Programs",
        "7.2 Analysis Output Programs",
        "7.3 Macro Programs",
    ]
    assert [row for row in rows if row[0] in ("DM", "AE")] == [
        ["DM", "Demographics", "3", "3", "ADSL"],
        ["AE", "Adverse Events", "3", "2", "ADSL, ADAE, ADNN"],
    ]
    assert "Every tabulation dataset is read by an analysis dataset." in " ".join(texts)
    assert "ADSL has all 3 subjects of DM." in texts
    assert [row for row in rows if row[0] == "All subjects of ADSL"] == [["All subjects of ADSL", "3", "2"]]
    assert [row[1:] for row in rows if row[0] in ("ADSL", "ADAE") and len(row) == 3] == [["DM", "AE"], ["AE", "none"]]


DM = pd.DataFrame(
    {
        "USUBJID": ["1", "2", "3", "4"],
        "ARMCD": ["A", "", "A", ""],
        "ACTARMCD": ["A", "", "", ""],
        "ARMNRS": ["", "SCREEN FAILURE", "ASSIGNED, NOT TREATED", "SCREEN FAILURE"],
    }
)
DS = pd.DataFrame({"USUBJID": ["1", "1", "2"], "DSDECOD": ["SCREEN FAILURE", "ENROLLED", "SCREEN FAILURE"]})
ADSL = DM.assign(
    ARM=["A", "", "A", ""], ACTARM=["B", "", "", ""], SAFFL=["Y", "N", "N", "N"], DTHDTF=["D", "", "", "M"]
)
TS = pd.DataFrame({"TSPARMCD": ["SSTDTC", "DCUTDTC"], "TSVAL": ["2024-01-05", "2025-06-30"]})


def make_known(family, mine, others):
    def make(name, frame):
        item = Item("text", 8)
        columns = tuple(Column(one, f"Label of {one}", False, item) for one in frame)
        return Dataset(name, name, frame, columns)

    return Known(
        None,
        None,
        tuple(make(*one) for one in mine.items()),
        tuple(make(*one) for one in others.items()),
        None,
        (),
        None,
    )


def test_screen_failures_second_screenings_and_the_cut_off():
    assert list(describe_subjects(make_known("sdtm", {"DM": DM, "DS": DS, "TS": TS}, {}))) == [
        "4 subjects in DM, among them subjects without a planned or an actual arm: ASSIGNED, NOT TREATED 1, "
        "SCREEN FAILURE 2 (ARMNRS). Their data are in the datasets as far as they were collected.",
        "1 subject with a screen failure in DS entered the trial all the same, after another screening.",
        "The data are those up to 2025-06-30.",
        "By TS the study began on 2024-01-05 and has no end yet: the data are of an ongoing study.",
    ]


def test_arms_that_say_screen_failure_are_none():
    """SDTMIG 3.2 and before had codes for subjects without an arm, which studies write in their own case."""
    dm = DM.assign(ARMCD=["Scrnfail", "SCRNFAIL", "NOTASSGN", ""])
    said = list(describe_subjects(make_known("sdtm", {"DM": dm, "DS": DS}, {})))
    assert said[1] == "No subject with a screen failure in DS entered the trial later."


def test_groups_of_adsl_that_need_rules_of_their_own():
    _, table, again = list_special_subjects(make_known("adam", {"ADSL": ADSL}, {"DM": DM, "DS": DS}))
    assert table.head == ("Subjects", "Number", "SAFFL")
    assert table.rows == (
        ("All subjects of ADSL", "4", "1"),
        ("ASSIGNED, NOT TREATED (ARMNRS)", "1", "0"),
        ("SCREEN FAILURE (ARMNRS)", "2", "0"),
        ("Treated otherwise than planned (ARM, ACTARM)", "1", "1"),
        ("Label of DTHDTF (DTHDTF)", "2", "1"),
    )
    assert again == "1 subject entered the trial after an earlier screen failure; ADSL has one record for each."


def test_subjects_that_adam_does_not_have():
    known = make_known("adam", {"ADSL": ADSL.head(3)}, {"DM": DM})
    assert compare_content(known)[0] == "ADSL has 3 of the 4 subjects of DM; 1 are not in ADaM."


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
