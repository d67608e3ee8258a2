"""Links and bookmarks of PDFs: those of the documents that a run makes open, and those that lead nowhere are found."""

from __future__ import annotations

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.documents.links import read_links
from cdisc_conv.package.ectd import lay_out_ectd, list_pages
from cdisc_conv.package.run import run_study

DEFINE = """\
define:
  documents:
    - {id: CRF, title: Annotated CRF, href: acrf.pdf, kind: annotated CRF}
    - {id: CSDRG, title: Guide, href: csdrg.pdf}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("links")
    study = write_tiny_study(folder)
    edit(study / "study.yaml", "raw: {", f"{DEFINE}raw: {{")
    run_study(study, write_tiny_raw(folder), folder / "out")
    return folder / "out"


@pytest.mark.parametrize("name", ["acrf.pdf", "csdrg.pdf"])
def test_every_link_and_bookmark_of_our_documents_opens(package, name):
    found = read_links(package / "sdtm" / name)
    assert found.dead == ()
    assert found.bookmarks > 3
    assert found.links > 0 or name == "acrf.pdf"


def test_define_names_pages_that_are_there(package):
    pages = list_pages(package / "sdtm" / "define.xml", "acrf.pdf")
    assert pages
    assert max(pages) <= read_links(package / "sdtm" / "acrf.pdf").pages


def write_pdf(path, *links, bookmark=None):
    """Two blank pages with links on the first, given as goals or actions."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_blank_page(200, 200)
    writer.add_outline_item(title="Second", page_number=1)
    for link in links:
        annotation = Link(rect=(0, 0, 10, 10), url="https://example.org")
        del annotation[NameObject("/A")]
        annotation.update(link)
        writer.add_annotation(0, annotation)
    if bookmark is not None:
        item = writer.add_outline_item(title="Nowhere", page_number=0)
        target = item.get_object()
        target.pop("/A", None)
        target[NameObject("/Dest")] = bookmark
    writer.write(path)


def go(*goal):
    return {NameObject("/Dest"): ArrayObject([*goal, NameObject("/Fit")])}


def test_what_leads_nowhere(tmp_path):
    action = DictionaryObject({NameObject("/S"): NameObject("/GoToR"), NameObject("/F"): TextStringObject("other.pdf")})
    write_pdf(
        tmp_path / "a.pdf",
        go(NumberObject(1)),
        go(NumberObject(7)),
        {NameObject("/Dest"): TextStringObject("chapter")},
        {},
        {NameObject("/A"): action},
        bookmark=ArrayObject([NumberObject(9), NameObject("/Fit")]),
    )
    found = read_links(tmp_path / "a.pdf")
    assert (found.pages, found.links, found.bookmarks, found.files) == (2, 5, 2, ("other.pdf",))
    assert found.dead == (
        "a link on page 1 leads to a page that the document does not have",
        "a link on page 1 leads to 'chapter', which is no place of the document",
        "a link on page 1 has no goal",
        "the bookmark 'Nowhere' leads to a page that the document does not have",
    )


def test_a_file_that_is_no_pdf(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"not a PDF")
    (dead,) = read_links(tmp_path / "a.pdf").dead
    assert dead.startswith("the document cannot be read: ")


def test_an_ectd_with_dead_links_is_reported(package, tmp_path):
    import json
    import shutil

    copy = tmp_path / "out"
    shutil.copytree(package, copy)
    write_pdf(copy / "sdtm" / "csdrg.pdf", go(NumberObject(5)))
    writer = PdfWriter()
    writer.append(PdfReader(copy / "sdtm" / "acrf.pdf"), pages=(0, 1))
    writer.write(copy / "sdtm" / "acrf.pdf")
    assert json.loads((copy / "manifest.json").read_text(encoding="utf-8"))["study"] == "TINY-01"
    found = [str(one) for one in lay_out_ectd(copy, tmp_path / "ectd").problems if one.code == "ECTD008"]
    assert (
        "tabulations/sdtm/csdrg.pdf: ECTD008 in csdrg.pdf a link on page 1 leads to a page that the document does not "
        "have (make the document again)"
    ) in found
    assert any("in acrf.pdf define.xml links to page" in one for one in found)
