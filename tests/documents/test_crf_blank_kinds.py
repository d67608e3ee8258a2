"""Blank CRFs as sponsors have them: with choices beside labels, fields to fill in, turned, cropped, scanned."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from reportlab.pdfgen.canvas import Canvas
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.documents.crf.blank import read_blank
from cdisc_conv.package.run import run_study

DEFINE = """\
define:
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF, blank: blank.pdf}
"""


@pytest.fixture
def folder(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "study.yaml", "raw: {", f"{DEFINE}raw: {{")
    edit(folder / "forms.yaml", "    file: dm.csv\n", "    file: dm.csv\n    page: 1\n")
    edit(folder / "forms.yaml", "    file: ae.csv\n", "    file: ae.csv\n    page: 2\n")
    write_tiny_raw(tmp_path)
    return folder


def annotate(folder, writer):
    """Where the texts of the annotated CRF stand, page by page, and what was found."""
    writer.write(folder / "blank.pdf")
    package = run_study(folder, folder.parent / "raw", folder.parent / "out")
    pages = read_blank(folder.parent / "out" / "sdtm" / "acrf.pdf").pages
    found = [{word.text: (round(word.x), round(word.y)) for word in page.words} for page in pages]
    return found, [str(one) for one in package.problems if one.code.startswith("DOC")]


def draw(*pages):
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(600, 800), invariant=1)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return PdfWriter(clone_from=PdfReader(BytesIO(buffer.getvalue())))


def demographics(canvas):
    canvas.drawString(72, 700, "Sex")
    canvas.drawString(200, 700, "[ ] Male   [ ] Female")
    canvas.drawString(72, 650, "Age: |__|__| years")
    canvas.drawString(72, 600, "Date of first")
    canvas.drawString(150, 600, "dose")


def events(canvas):
    canvas.drawString(72, 700, "What was the adverse event?")


def nothing(canvas):
    canvas.rect(100, 100, 50, 50)


def test_annotations_stand_behind_choices_and_labels_may_be_in_parts(folder):
    (first, _), problems = annotate(folder, draw(demographics, events))
    assert problems == []
    assert first["DM.SEX"][1] == 700
    assert first["DM.SEX"][0] > 310
    assert first["DM.AGE"][1] == 650
    assert first["DM.AGE"][0] > 180
    assert first["DM.RFSTDTC"][1] == 600
    assert first["DM.RFSTDTC"][0] > 175


def test_fields_to_fill_in_are_not_covered_and_are_known_by_their_names(folder):
    def fillable(canvas):
        events(canvas)
        canvas.acroForm.textfield(name="AETERM", x=300, y=692, width=150, height=20)
        canvas.acroForm.textfield(name="page2.AESTDAT", x=300, y=642, width=100, height=20)
        canvas.acroForm.checkbox(name="c7", tooltip="Serious?", x=300, y=600, size=15)

    (_, second), problems = annotate(folder, draw(demographics, fillable))
    assert problems == []
    assert second["AE.AETERM"] == (459, 700)
    assert second["AE.AESTDTC"] == (409, 644)
    assert second["AE.AESER"] == (324, 602)
    reader = PdfReader(folder.parent / "out" / "sdtm" / "acrf.pdf")
    assert sorted(reader.get_fields()) == ["AETERM", "c7", "page2.AESTDAT"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_has_upright_annotations(folder, turn):
    def turned(canvas):
        canvas.translate(*{90: (600, 0), 180: (600, 800), 270: (0, 800)}[turn])
        canvas.rotate(turn)
        canvas.drawString(72, 500, "Sex")

    writer = draw(turned, events)
    writer.pages[0].rotate(turn)
    (first, _), problems = annotate(folder, writer)
    assert problems == []
    assert first["Sex"] == (72, 500)
    assert first["DM.SEX"][1] == 500
    assert 95 < first["DM.SEX"][0] < 110
    assert first["DM = Demographics"] == (17, (800 if turn == 180 else 600) - 21)


def test_a_part_of_a_page(folder):
    writer = draw(demographics, events)
    writer.pages[0].cropbox = RectangleObject((50, 100, 550, 750))
    (first, _), problems = annotate(folder, writer)
    assert problems == []
    assert first["Sex"] == (22, 600)
    assert first["DM.SEX"][1] == 600
    assert first["DM = Demographics"] == (17, 650 - 21)


def test_a_scanned_page_is_a_finding_and_has_all_annotations_at_its_foot(folder):
    (first, second), problems = annotate(folder, draw(demographics, nothing))
    (problem,) = problems
    assert problem.partition("forms.yaml:")[2] == (
        "14: DOC008 no field of form ae is found in the text of page 2 of the blank CRF: all annotations stand at the "
        "foot of page 2 (is 'page' right, and does the page have text with the labels of forms.yaml? A scanned page "
        "has none)"
    )
    assert first["DM.SEX"][1] == 700
    assert second["Serious?: AE.AESER"][1] < 100


def test_many_fields_at_the_foot_stand_in_columns(folder):
    columns = "".join(f"      F{number:03}: Field {number}\n" for number in range(100))
    edit(folder / "forms.yaml", "      AENOTE: Remark\n", f"      AENOTE: Remark\n{columns}")
    (_, second), _ = annotate(folder, draw(demographics, nothing))
    fields = [place for text, place in second.items() if text.startswith("Field ")]
    assert len(fields) == 100
    assert len({x for x, _ in fields}) == 2
    assert all(12 <= y < 770 for _, y in fields)
