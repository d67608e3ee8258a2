"""Analysis results metadata: the page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from cdisc_conv.define import build_define, render_html
from cdisc_conv.define.building.displays import Programming


@pytest.fixture
def page(adam_study, adsl, adtte, adrs):
    return html.fromstring(render_html(build_define(adam_study, [adsl, adtte, adrs])).decode())


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_page_of_a_result(page):
    cells = [words(cell) for cell in page.get_element_by_id("AR.T-14-2-1.MEDIAN")]

    assert cells == [
        "Median progression-free survival with 95 % confidence intervalPRIMARY OUTCOME MEASURESPECIFIED IN SAP",
        "ADTTE where PARAMCD is “PFS” (Progression-Free Survival (days))ADSL where FASFL is “Y” (Yes)"
        "Comment A record of ADTTE is joined with the record of ADSL that has the same USUBJID.",
        "ADTTE.AVALAnalysis ValueADTTE.CNSRCensorADSL.FASFLFull Analysis Set Population Flagparameter: ADTTE.PARAMCD",
        "Kaplan-Meier estimate; the interval is made with the log-log transformation."
        "Statistical Analysis Plan, page 24, 25Program R 4.4.1"
        "survfit(Surv(AVAL, CNSR == 0) ~ 1, conf.type = 'log-log')",
    ]


def test_page_leads_from_a_result_to_its_variables_and_documents(page):
    links = [link.get("href") for link in page.get_element_by_id("AR.T-14-2-1.MEDIAN").iter("a")]
    assert links == [
        "#IG.ADTTE", "#IG.ADSL", "#COM.AR.T-14-2-1.MEDIAN", "#ADTTE.AVAL", "#ADTTE.CNSR", "#ADSL.FASFL",
        "#ADTTE.PARAMCD", "sap.pdf", "sap.pdf#page=24", "sap.pdf#page=25",
    ]  # fmt: skip


def test_page_lists_the_displays_first(page):
    assert [words(one) for one in page.iterfind(".//main//h2")][:2] == ["Analysis results", "Datasets"]
    assert [words(one) for one in page.iterfind(".//nav/details[1]//li")] == [
        "Table 14.2.1 Progression-free survival, full analysis set",
        "Table 14.2.2 Best overall response, full analysis set",
    ]
    assert words(page.get_element_by_id("COM.AR.T-14-2-1.MEDIAN")[0]) == (
        "Table 14.2.1: Median progression-free survival with 95 % confidence interval"
    )


def test_links_inside_the_page_lead_somewhere(page):
    goals = {element.get("id") for element in page.iter() if element.get("id")}
    assert {link.get("href")[1:] for link in page.iter("a") if link.get("href").startswith("#")} <= goals


def test_code_becomes_no_markup(adam_study, adsl, adtte, adrs):
    display = adam_study.displays[0]
    result = replace(display.results[0], programming=Programming("R", "<script>alert(1)</script>"))
    study = replace(adam_study, displays=(replace(display, results=(result,)), *adam_study.displays[1:]))
    page = render_html(build_define(study, [adsl, adtte, adrs]))
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert b"<script>alert" not in page
