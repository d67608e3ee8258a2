"""define.html: what it shows, that its links lead somewhere, and that nothing in the data becomes markup."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from urllib.parse import unquote

import pytest
from lxml import etree, html

from cdisc_conv.dataset import Condition, Item, ValueLevel
from cdisc_conv.define import build_define, render_html, stylesheet_path
from cdisc_conv.define.html import _load_stylesheet
from cdisc_conv.problems import ProblemsError


def parse(page: bytes):
    return html.fromstring(page.decode())


def read(element) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture
def page(study, vs, dm):
    return parse(render_html(build_define(study, [vs, dm])))


def test_head_and_sections(page):
    assert page.findtext(".//title") == "ABC-1 – data definitions"
    assert [read(one) for one in page.iterfind(".//main//h2")] == [
        "Datasets", "DM Demographics", "VS Vital Signs", "Codelists", "Methods", "Comments",
    ]  # fmt: skip


def test_variable_row(page):
    row = page.get_element_by_id("VS.VSTESTCD")

    assert [read(cell) for cell in row] == [
        "VSTESTCDkey 2",
        "Vital Signs Test Short NameTopic, mandatory",
        "text 8",
        "Vital Signs Test CodeSYSBP, LIVER",
        "AssignedSponsor",
        "",
    ]


def test_method_and_pages(page):
    assert [read(cell) for cell in page.get_element_by_id("VS.VSORRES")][3:] == [
        "value level",
        "CollectedInvestigatorCRF page 9, 10",
        "",
    ]
    assert read(page.get_element_by_id("VS.VSLOBXFL")[5]) == "Method Last record before <dose>."
    assert [link.get("href") for link in page.get_element_by_id("VS.VSORRES").iter("a")] == [
        "#VL.VS.VSORRES",
        "acrf.pdf#page=9",
        "acrf.pdf#page=10",
    ]


def test_where_clause_in_words(page):
    rows = [page.get_element_by_id(f"VL.VS.VSORRES.{number}") for number in (1, 2)]

    assert [read(row[0]) for row in rows] == [
        "VSTESTCD is “SYSBP” (Systolic Blood Pressure)",
        "VSTESTCD is “LIVER” (Liver Span)",
    ]


@pytest.mark.parametrize(
    ("comparator", "values", "words"),
    [
        ("EQ", ("SYSBP",), "VSTESTCD is “SYSBP” (Systolic Blood Pressure)"),
        ("NE", ("X",), "VSTESTCD is not “X”"),
        ("IN", ("A", "B"), "VSTESTCD is one of “A”, “B”"),
        ("NOTIN", ("A", "B"), "VSTESTCD is none of “A”, “B”"),
        ("LT", ("A",), "VSTESTCD is less than “A”"),
        ("LE", ("A",), "VSTESTCD is at most “A”"),
        ("GT", ("A",), "VSTESTCD is greater than “A”"),
        ("GE", ("A",), "VSTESTCD is at least “A”"),
    ],
)
def test_comparators_in_words(study, vs, comparator, values, words):
    level = (ValueLevel((Condition("VSTESTCD", comparator, values),), Item("text", 4)),)
    columns = tuple(replace(one, value_level=level if one.value_level else ()) for one in vs.columns)
    shown = parse(render_html(build_define(study, [replace(vs, columns=columns)])))

    assert read(shown.get_element_by_id("VL.VS.VSORRES.1")[0]) == words


def test_condition_on_another_dataset_names_it(study, vs, dm):
    conditions = (Condition("VSTESTCD", "EQ", ("X",)), Condition("DM.COUNTRY", "EQ", ("CHN",)))
    columns = tuple(
        replace(one, value_level=(ValueLevel(conditions, Item("text", 4)),) if one.value_level else ())
        for one in vs.columns
    )
    shown = parse(render_html(build_define(study, [replace(vs, columns=columns), dm])))

    assert read(shown.get_element_by_id("VL.VS.VSORRES.1")[0]) == (
        "VSTESTCD is “X” and DM.COUNTRY is “CHN” Comment A record of VS is joined with the record of DM that has "
        "the same USUBJID."
    ).replace("” Comment", "”Comment")


def test_codelist_with_extended_term_and_users(page):
    shown = page.get_element_by_id("CL.VSTESTCD")

    assert [read(cell) for cell in shown.iterfind(".//tbody/tr/*")] == [
        "SYSBP", "Systolic Blood Pressure", "C25298", "LIVERextended", "Liver Span", "",
    ]  # fmt: skip
    assert [read(one) for one in shown.iterfind("p")] == [
        "C66741 · CDISC/NCI SDTM 2025-03-28",
        "Used by VS.VSTESTCD",
    ]


def test_dictionary(page):
    assert [read(one) for one in page.get_element_by_id("CL.COUNTRY").iterfind("p")] == [
        "external dictionary ISO 3166, version 2020-08",
        "Used by DM.COUNTRY",
    ]


def test_method_names_its_users(page):
    row = page.get_element_by_id("MT.VS.VSORRES.VSTESTCD.EQ.LIVER")

    assert [read(cell) for cell in row] == ["Computation", "The span in cm.", "VS.VSORRES (LIVER)"]
    assert row[2].find("a").get("href") == "#VL.VS.VSORRES.2"


def test_comment_names_its_item(page):
    row = page.get_element_by_id("COM.VS.VSORRES.VSTESTCD.EQ.LIVER")

    assert [read(cell) for cell in row] == ["VS.VSORRES (LIVER)", "By palpation."]


def test_dataset_without_records_has_no_file(study, dm):
    shown = parse(render_html(build_define(study, [replace(dm, frame=dm.frame.iloc[:0])])))

    assert [read(cell) for cell in shown.get_element_by_id("datasets").iterfind(".//tbody/tr/*")] == [
        "DM", "DemographicsComment The dataset has no records.", "SPECIAL PURPOSE", "One record per subject", "USUBJID",
        "no data",
    ]  # fmt: skip


def test_every_link_leads_somewhere(page):
    places = {element.get("id") for element in page.iter() if element.get("id")}
    inner = {unquote(link.get("href")[1:]) for link in page.iter("a") if link.get("href").startswith("#")}

    assert inner <= places
    assert {link.get("href") for link in page.iter("a") if not link.get("href").startswith("#")} == {
        "acrf.pdf", "docs/csdrg.pdf", "dm.xpt", "vs.xpt", "acrf.pdf#page=9", "acrf.pdf#page=10",
    }  # fmt: skip


def test_every_place_is_named_once(page):
    counts = Counter(element.get("id") for element in page.iter() if element.get("id"))

    assert [name for name, count in counts.items() if count > 1] == []


def test_page_stands_alone(study, vs):
    text = render_html(build_define(study, [vs])).decode()

    assert text.startswith("<!DOCTYPE html")
    assert "http://" not in text
    assert "https://" not in text
    assert [element.get("src") for element in parse(text.encode()).iter("script", "img", "iframe", "link")] == [None]


def test_data_never_become_markup(study, vs, change):
    evil = '</td></script><script>alert("x")</script><img src=x onerror=alert(1)> &amp; "quoted"'
    vs = change(replace(vs, label=evil, comment=evil), "VSLOBXFL", label=evil, method=evil, comment=evil)

    shown = parse(render_html(build_define(replace(study, name=evil, description=evil), [vs])))

    assert len(list(shown.iter("script"))) == 1
    assert list(shown.iter("img")) == []
    assert not [element for element in shown.iter() if any(name.startswith("on") for name in element.attrib)]
    assert read(shown.get_element_by_id("VS.VSLOBXFL")[1]) == evil
    assert read(shown.get_element_by_id("VS.VSLOBXFL")[5]) == f"Method {evil}Comment {evil}"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "//evil.example/x", "/etc/hosts", "\\\\host\\x", "data:x"])
def test_address_outside_is_shown_as_text(study, vs, href):
    """A define.xml of somebody else may point anywhere; the page links only to files beside it."""
    xml = build_define(study, [vs]).decode().replace('"acrf.pdf"', f'"{href}"').encode()

    shown = parse(render_html(xml))

    assert {link.get("href") for link in shown.iter("a") if not link.get("href").startswith("#")} == {
        "docs/csdrg.pdf",
        "vs.xpt",
    }
    assert "CRF page 9, 10" in read(shown.get_element_by_id("VS.VSORRES"))


def test_same_bytes_every_time(study, vs, dm):
    xml = build_define(study, [vs, dm])
    first = render_html(xml)
    _load_stylesheet.cache_clear()

    assert render_html(xml) == first


def test_other_files_are_refused():
    with pytest.raises(ProblemsError) as caught:
        render_html(b"<html/>")

    assert str(caught.value) == (
        "define.xml:1: DEF002 the root is html without the namespace of ODM 1.3 (is it a define.xml?)"
    )


def test_stylesheet_is_xslt_1_without_extensions():
    sheet = etree.parse(stylesheet_path()).getroot()

    assert sheet.get("version") == "1.0"
    assert set(sheet.nsmap) == {"xsl", "odm", "def", "arm", "xlink"}
    assert sheet.get("extension-element-prefixes") is None


def test_stylesheet_reaches_no_files(tmp_path, monkeypatch, study, vs):
    """Even a stylesheet that asks for a file does not get it."""
    (tmp_path / "secret.xml").write_text("<secret>hidden</secret>", encoding="utf-8")
    asking = tmp_path / "asking.xsl"
    asking.write_text(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
        f"<p><xsl:value-of select=\"document('{(tmp_path / 'secret.xml').as_uri()}')\"/></p>"
        "</xsl:template></xsl:stylesheet>",
        encoding="utf-8",
    )
    monkeypatch.setattr("cdisc_conv.define.html.stylesheet_path", lambda: asking)

    try:
        shown = render_html(build_define(study, [vs]))
    except etree.XSLTError:
        shown = b""
    assert b"hidden" not in shown
