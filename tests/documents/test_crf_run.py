"""A run draws the annotated CRF that study.yaml names, and define.xml links to its pages."""

from __future__ import annotations

import pytest
from lxml import etree
from pypdf import PdfReader
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.documents import fonts
from cdisc_conv.package.run import run_study

DEFINE = """\
define:
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF}
"""


@pytest.fixture
def folder(tmp_path):
    folder = write_tiny_study(tmp_path)
    edit(folder / "study.yaml", "raw: {", f"{DEFINE}raw: {{")
    write_tiny_raw(tmp_path)
    return folder


def run(folder):
    out = folder.parent / "out"
    package = run_study(folder, folder.parent / "raw", out)
    return out / "sdtm", [str(one) for one in package.problems if one.code.startswith(("DOC", "PKG022", "DEF"))]


def pages_of(define, oid):
    root = etree.parse(define)
    path = f"//*[local-name()='ItemDef'][@OID='{oid}']//*[local-name()='PDFPageRef']/@PageRefs"
    return root.xpath(path)


def test_define_xml_links_to_the_pages_that_were_drawn(folder):
    sdtm, problems = run(folder)
    assert problems == []
    pdf = PdfReader(sdtm / "acrf.pdf")
    assert [page.extract_text().splitlines()[1] for page in pdf.pages] == [
        "Annotated Case Report Form", "Demographics", "Adverse Events"
    ]  # fmt: skip
    assert pages_of(sdtm / "define.xml", "IT.DM.SEX") == ["2"]
    assert pages_of(sdtm / "define.xml", "IT.AE.AETERM") == ["3"]


def test_the_crf_of_the_study_folder_is_taken_as_it_is(folder):
    (folder / "acrf.pdf").write_bytes(b"%PDF-1.7 mine")
    edit(folder / "forms.yaml", "    file: ae.csv\n", "    file: ae.csv\n    page: 12\n")
    sdtm, problems = run(folder)
    assert problems == []
    assert (sdtm / "acrf.pdf").read_bytes() == b"%PDF-1.7 mine"
    assert pages_of(sdtm / "define.xml", "IT.AE.AETERM") == ["12"]


def test_pages_of_forms_yaml_are_not_those_of_a_crf_that_is_drawn(folder):
    edit(folder / "forms.yaml", "    file: ae.csv\n", "    file: ae.csv\n    page: 12\n")
    sdtm, problems = run(folder)
    (problem,) = problems
    assert problem.partition("forms.yaml:")[2] == (
        "13: DOC003 acrf.pdf is drawn, so its own pages are used: 'page' of form ae is ignored (take 'page' out of "
        "forms.yaml, put your annotated CRF into the study folder, or name a blank one to annotate)"
    )
    assert pages_of(sdtm / "define.xml", "IT.AE.AETERM") == ["3"]


def test_a_form_without_fields(folder):
    edit(folder / "forms.yaml", "  ae:\n", "  no: {label: Nothing}\n  ae:\n")
    (folder.parent / "raw" / "no.csv").write_text("SUBJID,VISIT\n", encoding="utf-8")
    _, problems = run(folder)
    (problem,) = problems
    assert problem.partition("forms.yaml:")[2] == (
        "13: DOC004 form no has no fields, so its page of the annotated CRF is empty (list its columns in forms.yaml, "
        "or take the form out)"
    )


def test_characters_without_a_font(folder, monkeypatch):
    monkeypatch.setattr(fonts, "_find_installed", tuple)
    edit(folder / "forms.yaml", "AENOTE: Remark", "AENOTE: 备注")
    _, problems = run(folder)
    assert problems == [
        "DOC001 no font has 2 characters of acrf.pdf, where '?' stands for them: 备注 (install a font that has them, "
        "such as Debian's fonts-droid-fallback, or name a TrueType file of the study folder in study.yaml: documents: "
        "{fonts: [FILE]})"
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no.ttf", "the font 'no.ttf' is not in the study folder"),
        ("../study/x.ttf", "the font '../study/x.ttf' is not in the study folder"),
        ("study.yaml", "the font 'study.yaml' cannot be used: "),
    ],
)
def test_a_font_that_cannot_be_used(folder, name, said):
    edit(folder / "study.yaml", "raw: {", f"documents: {{fonts: [{name}]}}\nraw: {{")
    _, problems = run(folder)
    (problem,) = problems
    assert f"DOC002 {said}" in problem
    assert "name a TrueType file" in problem
