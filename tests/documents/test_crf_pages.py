"""The pages of an annotated CRF: nothing is cut off, nothing overlaps, and text stands where the layout says."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from cdisc_conv.documents.crf import layout as at
from cdisc_conv.documents.crf.draw import draw_crf
from cdisc_conv.documents.crf.layout import lay_out
from cdisc_conv.documents.crf.model import Annotation, Crf, CrfForm, Question
from cdisc_conv.documents.fonts import Fonts, open_fonts

CREATED = "2026-01-31T12:00:00"
SEX = Question("SEX", "Sex", "coded", "", (("M", "Male"), ("F", "Female")), annotations=(Annotation("DM.SEX", "DM"),))
NOTE = Question("NOTE", "Remark", annotations=(Annotation("[NOT SUBMITTED] not asked for"),))
SUBJ = Question("SUBJID", "Subject", annotations=(Annotation("DM.SUBJID", "DM"),))
DM = CrfForm("dm", "Demographics", (SEX, NOTE), (SUBJ,), (("DM", "Demographics"),))


def crf_of(*forms):
    return Crf("S-01", "A study", CREATED, forms)


def read(content):
    return PdfReader(BytesIO(content))


def test_a_form_has_its_fields_annotations_and_datasets():
    fonts = open_fonts()
    pdf = read(draw_crf(lay_out(crf_of(DM), fonts), fonts))
    assert pdf.pages[0].extract_text().splitlines()[:4] == [
        "S-01",
        "Annotated Case Report Form",
        "A study",
        "Page 1 of 2",
    ]
    assert pdf.pages[1].extract_text().splitlines() == [
        "S-01",
        "Demographics",
        "A study",
        "Page 2 of 2",
        "DM = Demographics",
        "Sex",
        "SEX",
        "Male (M)",
        "Female (F)",
        "DM.SEX",
        "Remark",
        "NOTE",
        "______________________",
        "[NOT SUBMITTED] not asked for",
        "Added by the EDC",
        "SUBJID",
        "Subject",
        "DM.SUBJID",
    ]


def test_an_annotation_stands_beside_its_field():
    fonts = open_fonts()
    places = {}

    def note(text, _, matrix, *rest):
        if text.strip():
            places[text.strip()] = (round(matrix[4]), round(matrix[5]))

    read(draw_crf(lay_out(crf_of(DM), fonts), fonts)).pages[1].extract_text(visitor_text=note)
    assert places["Sex"][0] == round(at.LABEL[0])
    assert places["DM.SEX"][0] == round(at.NOTES[0] + 4)
    assert abs(places["Sex"][1] - places["DM.SEX"][1]) < at.LEADING


def test_bookmarks_by_form_and_by_visit():
    fonts = open_fonts()
    ae = CrfForm("ae", "Adverse Events", (NOTE,))
    visits = [("Screening", ("dm", "ae")), ("Week 2", ("ae",)), ("Week 3", ("gone",))]
    pdf = read(draw_crf(lay_out(crf_of(DM, ae), fonts), fonts, visits))

    def tree(outline):
        return [
            tree(one) if isinstance(one, list) else (one.title, pdf.get_destination_page_number(one) + 1)
            for one in outline
        ]

    assert tree(pdf.outline) == [
        ("Contents", 1),
        ("Forms", 2),
        [("Demographics", 2), ("Adverse Events", 3)],
        ("Visits", 2),
        [("Screening", 2), [("Demographics", 2), ("Adverse Events", 3)], ("Week 2", 3), [("Adverse Events", 3)]],
    ]


def test_the_same_bytes_every_time_and_the_date_of_the_study():
    first, second = (draw_crf(lay_out(crf_of(DM), fonts), fonts) for fonts in (open_fonts(), open_fonts()))
    assert first == second
    assert read(first).metadata["/CreationDate"] == "D:20260131120000"


def test_every_font_is_embedded():
    fonts = open_fonts()
    for page in read(draw_crf(lay_out(crf_of(DM), fonts), fonts)).pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"]


def test_a_list_longer_than_a_page_goes_on():
    values = tuple((f"C{number:03}", f"Choice {number}") for number in range(150))
    layout = lay_out(crf_of(CrfForm("f", "F", (Question("LONG", "Long", "coded", "", values),))), open_fonts())
    assert [len(page.rows) for page in layout.pages] == [1, 1, 1]
    assert [line.text for page in layout.pages for row in page.rows for line in row.answer] == [
        f"Choice {number} (C{number:03})" for number in range(150)
    ]
    assert [row.label for page in layout.pages for row in page.rows] == [
        ("Long",), ("Long", "(continued)"), ("Long", "(continued)")
    ]  # fmt: skip
    assert layout.where().fields == {("f", "LONG"): 2}


def test_a_study_without_forms_says_so():
    fonts = open_fonts()
    pdf = read(draw_crf(lay_out(crf_of(), fonts), fonts))
    assert len(pdf.pages) == 1
    assert "The data dictionary of the study has no forms." in pdf.pages[0].extract_text()


def test_more_forms_than_a_page_of_contents_holds():
    fonts = open_fonts()
    layout = lay_out(crf_of(*(CrfForm(f"f{n}", f"Form {n}", (SEX,)) for n in range(60))), fonts)
    assert layout.contents == 2
    assert layout.where().forms["f0"] == (3,)
    assert "Form 59" in read(draw_crf(layout, fonts)).pages[1].extract_text()


QUESTIONS = st.builds(
    Question,
    st.text("ABC", min_size=1, max_size=8),
    st.text("ab 中é", min_size=1, max_size=400),
    st.sampled_from(["text", "date", "coded"]),
    st.just("kg"),
    st.lists(st.tuples(st.text("12", min_size=1, max_size=3), st.text("xy ", max_size=80)), max_size=120).map(tuple),
    annotations=st.lists(st.builds(Annotation, st.text("AE.T ", min_size=1, max_size=900)), max_size=40).map(tuple),
)


@given(st.lists(QUESTIONS, max_size=6).map(tuple), st.lists(QUESTIONS, max_size=4).map(tuple))
def test_rows_keep_to_the_page_and_do_not_overlap(asked, added):
    layout = lay_out(crf_of(CrfForm("f", "F", asked, added)), open_fonts())
    for page in layout.pages:
        edges = [at.TOP, *(edge for row in page.rows for edge in (row.top, row.top - row.height))]
        assert edges == sorted(edges, reverse=True)
        assert edges[-1] >= at.BOTTOM - 0.001
    lines = sum(len(row.answer) for page in layout.pages for row in page.rows if row.kind == "question")
    assert lines >= sum(max(len(question.values), 1) for question in asked)


@pytest.mark.parametrize("label", ["x" * 300, "A very long label of a form " * 12])
def test_a_label_that_is_too_long_is_broken_and_not_cut(label):
    fonts = open_fonts()
    layout = lay_out(crf_of(CrfForm("f", "F", (Question("A", label),))), fonts)
    (row,) = layout.pages[0].rows
    assert "".join("".join(row.label).split()) == "".join(label.split())
    assert all(fonts.width(line, at.SIZE, "VeraBd") <= at.LABEL[1] for line in row.label)


def test_characters_that_no_font_has_are_remembered():
    fonts = Fonts()
    open_fonts()
    assert fonts.runs("Fe 铁") == [("Vera", "Fe ?")]
    assert list(fonts.missing) == ["铁"]


@pytest.mark.skipif(open_fonts().runs("是")[0][0] == "Vera", reason="no font with Chinese characters on this machine")
def test_chinese_is_set_in_an_embedded_font():
    fonts = open_fonts()
    form = CrfForm("f", "不良事件", (Question("A", "开始日期", values=(("1", "是"),)),))
    page = read(draw_crf(lay_out(crf_of(form), fonts), fonts)).pages[1]
    assert fonts.missing == {}
    assert page.extract_text().splitlines()[1] == "不良事件"
    assert all("/FontFile2" in font.get_object()["/FontDescriptor"] for font in page["/Resources"]["/Font"].values())
