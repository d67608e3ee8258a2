"""oncology.html: the page, what is left out and said so, and that it is safe and the same every time."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from lxml import etree, html
from oncology_studies import make_dataset, make_study

from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.report.oncology import render_oncology

HINT = "nothing to do if the study has no such data; else add them to the ADaM mapping"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def render(datasets: Mapping[str, Dataset], note: str = "") -> tuple[str, list[Problem]]:
    made = render_oncology("tiny", "A tiny study", datasets, note)
    assert made is not None
    return made


def list_drawings(page: str) -> list[str]:
    return re.findall(r"<svg .*?</svg>", page, flags=re.DOTALL)


def test_page_has_every_picture_and_its_table() -> None:
    page, problems = render(make_study(), "Simulated data.")
    tree = html.fromstring(page)
    assert problems == []
    assert [section.get("id") for section in tree.iter("section")] == [
        "waterfall",
        "spider",
        "swimmer",
        "pfs",
        "os",
        "grades",
    ]
    assert all(section.findall(".//table") for section in tree.iter("section"))
    assert "Simulated data." in tree.findtext(".//header/p/strong", "")


def test_drawings_are_well_formed_and_described() -> None:
    drawings = list_drawings(render(make_study())[0])
    roots = [etree.fromstring(drawing.encode(), PARSER) for drawing in drawings]
    assert len(roots) == 6
    for root in roots:
        assert root.get("role") == "img"
        ids = (root.get("aria-labelledby") or "").split()
        assert [element.get("id") for element in root[:2]] == ids
        assert all(element.text for element in root[:2])


def test_page_needs_nothing_from_elsewhere() -> None:
    page, _ = render(make_study())
    assert "<script" not in page
    assert "<link" not in page
    assert re.findall(r'(?:src|href|url)\s*[=(]\s*"?(?:https?:)?//', page) == []


def test_ids_are_unique() -> None:
    page, _ = render(make_study())
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_same_input_same_text() -> None:
    assert render(make_study())[0] == render(make_study())[0]


def test_record_order_does_not_matter() -> None:
    study = make_study()
    turned = {
        name: Dataset(name, name, dataset.frame.iloc[::-1].reset_index(drop=True), ())
        for name, dataset in study.items()
    }
    assert render(turned)[0] == render(study)[0]


def test_hostile_text_is_only_text() -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>]]>&amp;\x01'
    page, _ = render(make_study(subjects=(evil, "S-02", "S-03"), term=evil), note=evil)
    tree = html.fromstring(page)
    assert list(tree.iter("script")) == []
    assert list(tree.iter("img")) == []
    for drawing in list_drawings(page):
        etree.fromstring(drawing.encode(), PARSER)
    title = render_oncology("<b>x</b>", "</title><i>y</i>", make_study())
    assert title is not None
    assert "<b>x</b>" not in title[0]
    assert "<i>y</i>" not in title[0]


def test_no_adam_no_page() -> None:
    assert render_oncology("tiny", "A tiny study", {"DM": make_dataset("DM", {"USUBJID": ["1"]})}) is None


def test_a_study_without_tumours_has_neither_page_nor_notes() -> None:
    adtte = make_dataset("ADTTE", {"USUBJID": ["1"], "PARAMCD": ["TTDE"]})
    assert render_oncology("tiny", "A tiny study", {"ADTTE": adtte}) is None


def test_survival_makes_a_study_one_of_oncology() -> None:
    study = make_study()
    page, problems = render({name: study[name] for name in ("ADSL", "ADTTE")})
    assert "Overall survival" in page
    assert {problem.code for problem in problems} == {"PIC001"}


def test_missing_dataset_is_one_note_per_picture() -> None:
    study = make_study()
    del study["ADTTE"]
    _, problems = render(study)
    assert problems == [
        Problem(
            "PIC001",
            f"report/oncology.html has no picture '{title} (Kaplan-Meier)': there is no dataset ADTTE",
            Severity.NOTE,
            Place(dataset="ADTTE"),
            HINT,
        )
        for title in ("Progression-free survival", "Overall survival")
    ]


def test_everything_missing_is_told_at_once() -> None:
    adtr = make_dataset("ADTR", {"USUBJID": ["1"], "PARAMCD": ["SDIAM"]})
    page, problems = render({"ADTR": adtr})
    assert [problem.message for problem in problems] == [
        "report/oncology.html has no picture 'Best percent change in the sum of target lesion diameters (waterfall)': "
        "there is no dataset ADSL; ADTR has no variable AVAL",
        "report/oncology.html has no picture 'Percent change in the sum of target lesion diameters over time (spider "
        "plot)': there is no dataset ADSL; ADTR has no variable AVAL, PCHG, ADY, ABLFL",
        "report/oncology.html has no picture 'Course of each subject (swimmer plot)': there is no dataset ADSL",
        "report/oncology.html has no picture 'Progression-free survival (Kaplan-Meier)': there is no dataset ADSL; "
        "there is no dataset ADTTE",
        "report/oncology.html has no picture 'Overall survival (Kaplan-Meier)': there is no dataset ADSL; "
        "there is no dataset ADTTE",
        "report/oncology.html has no picture 'Adverse events by preferred term and worst grade': there is no dataset "
        "ADSL; there is no dataset ADAE",
    ]
    assert html.fromstring(page).findall(".//section[@id='left-out']//li")


@pytest.mark.parametrize(
    ("name", "variable", "value", "picture", "reason"),
    [
        ("ADTTE", "PARAMCD", "RSD", "pfs", "ADTTE has no record with PARAMCD = PFS"),
        (
            "ADTTE",
            "AVAL",
            float("nan"),
            "os",
            "no ADTTE record with PARAMCD = OS has a time (AVAL) and a censor (CNSR)",
        ),
        ("ADTTE", "USUBJID", "X", "os", "ADTTE has no record with PARAMCD = OS of the full analysis set (FASFL = Y)"),
        ("ADTR", "AVAL", float("nan"), "waterfall", "no ADTR record with PARAMCD = BESTPCHG has a value (AVAL)"),
        (
            "ADTR",
            "PCHG",
            float("nan"),
            "spider",
            "no ADTR record with PARAMCD = SDIAM after baseline has both PCHG and ADY",
        ),
        (
            "ADSL",
            "TRTSDT",
            float("nan"),
            "swimmer",
            "no subject of the safety population (SAFFL = Y) has a date of first dose (TRTSDT)",
        ),
        (
            "ADAE",
            "TRTEMFL",
            "",
            "grades",
            "ADAE has no treatment-emergent event (TRTEMFL = Y) of the safety population (SAFFL = Y)",
        ),
    ],
)
def test_no_records_to_draw(name: str, variable: str, value: object, picture: str, reason: str) -> None:
    study = make_study()
    frame = study[name].frame.assign(**{variable: value})
    page, problems = render({**study, name: Dataset(name, name, frame, ())})
    assert any(problem.message.endswith(f"': {reason}") for problem in problems)
    assert f'<section id="{picture}">' not in page


def test_one_subject() -> None:
    page, problems = render(make_study(subjects=("S-01",)))
    assert problems == []
    assert len(list_drawings(page)) == 6


def test_empty_datasets() -> None:
    empty = {name: Dataset(name, name, item.frame.iloc[:0], ()) for name, item in make_study().items()}
    page, problems = render(empty)
    assert list_drawings(page) == []
    assert {problem.message.rpartition(": ")[2] for problem in problems} == {"ADSL has no records"}


def test_a_thousand_subjects_are_bars_without_labels() -> None:
    page, problems = render(make_study(subjects=[f"S-{number:04d}" for number in range(1000)]))
    drawings = list_drawings(page)
    assert problems == []
    assert drawings[0].count("<rect") == 1000 + 3  # ground, pattern, legend
    assert "rotate(-90)" in drawings[0] and drawings[0].count("rotate(-90)") == 1  # the axis label only
    assert len(drawings) == 5 + 20  # the swimmer plot has panels of 50
