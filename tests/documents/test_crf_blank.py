"""A blank CRF of the study's own is annotated where its fields stand."""

from __future__ import annotations

from io import BytesIO

import pytest
from lxml import etree
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.package.run import run_study

DEFINE = """\
define:
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF, blank: blank.pdf}
"""
LABELS = {
    1: {"Sex": (72, 700), "Age:": (72, 650), "Date of first dose": (300, 600)},
    2: {"What was the adverse event?": (72, 700), "Start date": (72, 650)},
    3: {"Serious?": (72, 700)},
}


def write_blank(path):
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    for labels in LABELS.values():
        for text, (x, y) in labels.items():
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    path.write_bytes(buffer.getvalue())


@pytest.fixture
def folder(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "study.yaml", "raw: {", f"{DEFINE}raw: {{")
    edit(folder / "forms.yaml", "    file: dm.csv\n", "    file: dm.csv\n    page: 1\n")
    edit(folder / "forms.yaml", "    file: ae.csv\n", "    file: ae.csv\n    page: [2, 3]\n")
    write_blank(folder / "blank.pdf")
    write_tiny_raw(tmp_path)
    return folder


def run(folder):
    out = folder.parent / "out"
    package = run_study(folder, folder.parent / "raw", out)
    return out / "sdtm", [str(one) for one in package.problems if one.code.startswith(("DOC", "PKG022", "DEF"))]


def places(page):
    found = {}

    def note(text, current, matrix, *rest):
        if text.strip():
            found[text.strip()] = (round(current[4] + matrix[4]), round(current[5] + matrix[5]))

    page.extract_text(visitor_text=note)
    return found


def test_annotations_stand_right_of_the_labels(folder):
    sdtm, problems = run(folder)
    assert problems == []
    pages = PdfReader(sdtm / "acrf.pdf").pages
    first, second, third = (places(page) for page in pages)
    assert len(pages) == 3
    assert first["Sex"] == (72, 700)
    assert first["DM.SEX"][1] == 700
    assert 90 < first["DM.SEX"][0] < 120
    assert first["DM.AGE"][1] == 650
    assert second["AE.AESTDTC"][1] == 650
    assert third["AE.AESER"][1] == 700
    assert "AE = Adverse Events" in second
    # Not on the pages: listed at the foot of the form's first page.
    assert second['Remark: SUPPAE.QVAL where QNAM = "AENOTE"'][1] < 100


def test_define_xml_links_to_the_page_of_the_field(folder):
    sdtm, _ = run(folder)
    root = etree.parse(sdtm / "define.xml")
    path = "//*[local-name()='ItemDef'][@OID='{}']//*[local-name()='PDFPageRef']/@PageRefs"
    assert root.xpath(path.format("IT.AE.AETERM")) == ["2"]
    assert root.xpath(path.format("IT.AE.AESER")) == ["3"]


def test_the_same_bytes_every_time(folder):
    first = (run(folder)[0] / "acrf.pdf").read_bytes()
    assert (run(folder)[0] / "acrf.pdf").read_bytes() == first


def test_bookmarks(folder):
    outline = PdfReader(run(folder)[0] / "acrf.pdf").outline
    assert [one.title for one in outline[1]] == ["Demographics", "Adverse Events"]


def test_a_form_whose_page_is_not_said_or_not_there(folder):
    edit(folder / "forms.yaml", "    page: 1\n", "")
    edit(folder / "forms.yaml", "    page: [2, 3]\n", "    page: 9\n")
    _, problems = run(folder)
    assert [problem.partition("forms.yaml:")[2] for problem in problems] == [
        "5: DOC007 no page of the blank CRF is said to be form dm, so it is not annotated (say its 'page' in "
        "forms.yaml: the blank CRF has pages 1 to 3)",
        "13: DOC007 the blank CRF has no page 9, so form ae is not annotated (say its 'page' in forms.yaml: the blank "
        "CRF has pages 1 to 3)",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "the blank CRF 'blank.pdf' is not in the study folder"),
        (b"no PDF", "the blank CRF 'blank.pdf' cannot be read: "),
        (b"%PDF-1.7\n", "the blank CRF 'blank.pdf' cannot be read: "),
    ],
)
def test_a_blank_crf_that_cannot_be_used(folder, content, said):
    (folder / "blank.pdf").unlink()
    if content is not None:
        (folder / "blank.pdf").write_bytes(content)
    sdtm, problems = run(folder)
    assert f"DOC006 {said}" in problems[0]
    assert "; the annotated CRF is drawn instead ('blank' names a PDF of the study folder)" in problems[0]
    assert len(PdfReader(sdtm / "acrf.pdf").pages) == 3
