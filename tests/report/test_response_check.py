"""response_check.html: what stands in it, that it stands alone, and that nothing of the data can break it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
import pytest
from lxml import html

from cdisc_conv.recist import check_responses
from cdisc_conv.report.response_check import render_response_check
from tests.recist.lesion_data import frame, identify, join, measure, respond

PLACES = {"T01": "LIVER", "T02": "LYMPH NODE", "NT01": "STOMACH"}
BASELINE = {"T01": 40, "T02": 20, "NT01": "PRESENT"}
SECOND = {"T01": "TOO SMALL TO MEASURE", "T02": "ND:Image <unclear>", "NT01": "ABSENT"}
THIRD = {"T01": 42, "T02": 12, "NT01": "UNEQUIVOCAL", "N01": "EQUIVOCAL"}
AGREE = {"TRGRESP": "NE", "NTRGRESP": "CR", "NEWLIND": "N", "OVRLRESP": "NE"}
DIFFER = {"TRGRESP": "SD", "NTRGRESP": "PD", "NEWLIND": "N", "OVRLRESP": "SD"}


def datasets(subjects: Sequence[str], differing: Sequence[str]) -> dict[str, pd.DataFrame]:
    known = {name: place for name, place in PLACES.items() if name.startswith("T")}
    tu, tr, rs = [], [], []
    for subject in subjects:
        tu.append(identify(known, "TARGET", subject=subject))
        tu.append(identify({"NT01": "STOMACH"}, "NON-TARGET", subject=subject))
        tr.append(measure(PLACES, BASELINE, SECOND, THIRD, subject=subject))
        last = DIFFER if subject in differing else {**DIFFER, "OVRLRESP": "PD"}
        rs.append(respond(AGREE, last, subject=subject))
    return {"TU": join(*tu), "TR": join(*tr), "RS": join(*rs)}


def render(subjects: Sequence[str] = ("S1",), differing: Sequence[str] = ("S1",), note: str = "") -> str:
    (result,), problems = check_responses(datasets(subjects, differing))
    return render_response_check("TINY-01", "A tiny study", [result], problems, note)


def words(node: html.HtmlElement) -> str:
    return " ".join(" ".join(node.itertext()).split())


def rows(page: html.HtmlElement, path: str) -> list[list[str]]:
    return [[words(cell) for cell in row.xpath("./th|./td")] for row in page.xpath(path)]


@pytest.fixture(scope="module")
def page() -> html.HtmlElement:
    return html.document_fromstring(render())


def test_the_summary_counts(page: html.HtmlElement) -> None:
    assert [words(tile) for tile in page.xpath("//a[contains(@class, 'tile')]")] == [
        "1 disagreement",
        "1 of 1 subject with a disagreement",
        "1 of 2 overall responses agree (50.0 %)",
        "0 other findings",
    ]
    assert rows(page, "(//section[@id='summary']//table)[1]/tbody/tr") == [
        ["Target", "2", "2", "0"],
        ["Non-target", "2", "2", "0"],
        ["New lesions", "2", "2", "0"],
        ["Overall", "2", "1", "1"],
    ]


def test_derived_against_recorded(page: html.HtmlElement) -> None:
    table = page.xpath("//section[@id='summary']//table")[1]
    assert words(table) == "Derived SD NE PD 1 ≠ 0 NE 0 1"


def test_a_disagreement_stands_with_its_measurements(page: html.HtmlElement) -> None:
    assert rows(page, "//section[@id='disagreements']//tbody/tr") == [
        [
            "S1",
            "3 2024-03-01",
            "Overall",
            "PD",
            "≠ SD",
            "Table 1 row 8 (target SD, non-target PD, new lesions EQUIVOCAL); sum 54 mm; -10.0 % from baseline 60 mm; "
            "-10.0 % (-6 mm) from nadir 60 mm T01 42 mm, T02 12 mm, NT01 progression, N01 equivocal "
            "The parts as recorded give PD too: correct the overall response",
            "8",
        ]
    ]


def test_the_grid(page: html.HtmlElement) -> None:
    (table,) = page.xpath("//table[@class='grid']")
    assert [words(cell) for cell in table.xpath("./thead/tr/th")] == [
        "",
        "1 2024-01-01 baseline",
        "2 2024-02-01",
        "3 2024-03-01",
    ]
    assert [[words(cell) for cell in row.xpath("./th|./td")] for row in table.xpath("./tbody/tr")] == [
        ["Target lesions, mm"],
        ["T01 liver", "40", "5 too small", "42"],
        ["T02 lymph node", "20", "not assessed Image <unclear>", "12"],
        ["Non-target lesions"],
        ["NT01 stomach", "present", "absent", "progression"],
        ["New lesions"],
        ["N01", "", "", "equivocal"],
        ["Sum mm", "60", "5 incomplete", "54"],
        ["From baseline %", "", "-91.7", "-10.0"],
        ["From nadir %", "", "-91.7 -55 mm", "-10.0 -6 mm"],
        ["Responses"],
        ["Target", "", "NE", "SD"],
        ["Non-target", "", "CR", "PD"],
        ["New lesions", "", "N", "EQUIVOCAL RS: N"],
        ["Overall", "", "NE", "PD ≠ RS: SD"],
    ]


def test_subjects_with_disagreements_come_first_and_open() -> None:
    page = html.document_fromstring(render(["S1", "S2", "S3"], ["S2"]))
    subjects = page.xpath("//details[@class='subject']")
    assert [(each.get("id"), each.get("open") is not None) for each in subjects] == [
        ("s-S2", True),
        ("s-S1", False),
        ("s-S3", False),
    ]


def test_every_link_has_its_anchor() -> None:
    page = html.document_fromstring(render(["S/1 é", "S2"], ["S/1 é", "S2"]))
    ids = set(page.xpath("//@id"))
    links = [link for link in page.xpath("//a/@href") if link.startswith("#")]
    assert len(links) > 10
    assert {link[1:] for link in links} <= ids
    assert len(ids) == len(page.xpath("//@id"))


def test_disagreements_beyond_the_list_have_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdisc_conv.report.response_check.SHOWN", 1)
    page = html.document_fromstring(render(["S1", "S2"], ["S1", "S2"]))
    marks = page.xpath("//td[@class='differs']/a")
    assert [(mark.get("href"), words(mark)) for mark in marks if "RS:" in words(mark)] == [
        ("#d1", "≠ RS: SD"),
        (None, "≠ RS: SD"),
    ]
    assert words(page.xpath("//p[@class='more']")[0]) == (
        "The first 1 of 2; all of them are in findings.json and in the grids below."
    )


def test_the_first_subjects_have_a_grid_and_the_page_says_how_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("response_check", "response_grid"):
        monkeypatch.setattr(f"cdisc_conv.report.{module}.SHOWN_SUBJECTS", 1)
    page = html.document_fromstring(render(["S1", "S2", "S3"], ["S2"]))
    assert [words(name) for name in page.xpath("//summary/b")] == ["S2"]
    assert words(page.xpath("//p[@class='more']")[0]) == "The first 1 of 3 subjects have their grid here."
    assert words(page.xpath("//a[contains(@class, 'tile')]")[1]) == "1 of 3 subjects with a disagreement"


def test_the_page_stands_alone() -> None:
    text = render()
    assert "<script" not in text
    assert not re.findall(r"(?:src|href)=\"?(?:https?:|//)", text)
    assert "@import" not in text
    assert "url(" not in text


def test_the_same_data_give_the_same_page() -> None:
    assert render(["S1", "S2"]) == render(["S1", "S2"])


def test_data_cannot_break_the_page() -> None:
    evil = '"><script>alert(1)</script>/<b>'
    data = datasets([evil], [evil])
    data["TR"]["TRREASND"] = evil
    data["TR"]["VISIT"] = data["RS"]["VISIT"] = evil + data["TR"]["VISITNUM"]
    data["RS"]["VISIT"] = evil + data["RS"]["VISITNUM"]
    data["TR"]["TRLNKID"] = data["TR"]["TRLNKID"] + evil
    data["TU"]["TULOC"] = evil
    data["TU"]["TULNKID"] = data["TU"]["TULNKID"] + evil
    data["RS"]["RSSTRESC"] = evil
    (result,), problems = check_responses(data)
    text = render_response_check(evil, evil, [result], problems, evil)
    assert not result.disagreements.empty
    assert "<script" not in text
    assert "<b>/" not in text
    assert not html.document_fromstring(text).xpath("//script")


def test_the_published_tables_and_the_limits_stand_in_the_page(page: html.HtmlElement) -> None:
    section = words(page.xpath("//section[@id='rules']")[0])
    assert "Target PR sum at least 30 % under baseline Target PD" in section
    assert "6 Not all evaluated Non-PD No NE" in section
    assert "2 Non-CR/non-PD No NON-CR/NON-PD" in section


def test_other_findings_are_listed() -> None:
    data = datasets(["S1"], [])
    data["TR"].loc[0, "TRSTRESC"] = data["TR"].loc[0, "TRORRES"] = "ENORMOUS"
    data["TR"].loc[0, "TRSTRESN"] = ""
    (result,), problems = check_responses(data)
    page = html.document_fromstring(render_response_check("TINY-01", "A tiny study", [result], problems))
    listed = rows(page, "//section[@id='others']//tbody/tr")
    assert [row[:3] for row in listed] == [
        ["warning", "RECIST007", "TR.TRSTRESC row 1"],
        ["warning", "RECIST008", "TR.TRLNKID"],
    ]


def test_a_study_without_tumours() -> None:
    results, problems = check_responses({})
    page = html.document_fromstring(render_response_check("TINY-01", "A tiny study", results, problems))
    assert words(page.xpath("//section[@id='disagreements']/p")[0]) == "Nothing could be compared."
    assert words(page.xpath("//section[@id='subjects']/p")[1]) == "TU and TR have no lesions."


def test_everything_agrees() -> None:
    page = html.document_fromstring(render(["S1"], []))
    assert (
        words(page.xpath("//section[@id='disagreements']/p")[0])
        == "None: every response in RS is what the measurements give."
    )


def test_a_response_that_rs_does_not_have_is_said_so() -> None:
    data = datasets(["S1"], [])
    data["RS"] = frame("USUBJID RSTESTCD RSSTRESC VISIT", ("S1", "OVRLRESP", "NE", "2"))
    (result,), problems = check_responses(data)
    page = html.document_fromstring(render_response_check("TINY-01", "A tiny study", [result], problems, "synthetic"))
    assert words(page.xpath("//tr[@class='overall']")[0]) == "Overall NE PD not in RS"
    assert words(page.xpath("//header//strong")[0]) == "synthetic"


def test_several_evaluators_each_have_a_part_of_the_page() -> None:
    parts = []
    for reader, differing in (("READER 1", []), ("READER 2", ["S1"])):
        data = datasets(["S1"], differing)
        names = {"EVAL": "INDEPENDENT ASSESSOR", "EVALID": reader, "ACPTFL": "Y" if differing else ""}
        parts.append({n: f.assign(**{f"{n}{key}": text for key, text in names.items()}) for n, f in data.items()})
    checks, problems = check_responses({name: join(*(part[name] for part in parts)) for name in ("TU", "TR", "RS")})
    page = html.document_fromstring(render_response_check("TINY-01", "A tiny study", checks, problems))
    assert rows(page, "//section[@id='summary']//table[1]/thead/tr | (//section[@id='summary']//table)[1]/tbody/tr")[
        :3
    ] == [
        ["Evaluator", "Compared", "Agree", "Disagree", "Accepted"],
        ["INDEPENDENT ASSESSOR READER 1", "2", "2", "0", "0"],
        ["INDEPENDENT ASSESSOR READER 2", "2", "1", "1", "2"],
    ]
    assert [row[:3] for row in rows(page, "//section[@id='disagreements']//tbody/tr")] == [
        ["S1", "INDEPENDENT ASSESSOR READER 2", "3 2024-03-01"]
    ]
    names = [each.get("id") for each in page.xpath("//*[@id]")]
    assert len(names) == len(set(names))
    assert {link.removeprefix("#") for link in page.xpath("//a/@href") if link.startswith("#")} <= set(names)
