"""Pictures of more subjects than can be seen: what is drawn is limited, and the page says of what."""

from __future__ import annotations

import pytest
from lxml import html
from oncology_studies import make_study

from cdisc_conv.report.oncology import render_oncology
from cdisc_conv.report.plots.spider import make_spider
from cdisc_conv.report.plots.swimmer import make_swimmer
from cdisc_conv.report.plots.waterfall import make_waterfall

STUDY = make_study([f"S-{number}" for number in range(1, 8)])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three subjects with a bar or a line, two rows in a table."""
    monkeypatch.setattr("cdisc_conv.report.plots.figure.MOST_MARKS", 3)
    for module in ("figure", "swimmer"):
        monkeypatch.setattr(f"cdisc_conv.report.plots.{module}.MOST_ROWS", 2)


@pytest.mark.usefixtures("few")
def test_waterfall_draws_some_bars_of_all_and_says_so() -> None:
    figure = make_waterfall(STUDY)
    tips = [title.text for title in html.fromstring(figure.drawings[0]).xpath("//rect/title")]
    assert [tip.partition(":")[0] for tip in tips] == ["S-1", "S-4", "S-7"]
    assert "3 of 7 subjects, one bar each" in figure.drawings[0]
    assert figure.definitions[-1] == (
        "Drawn are the bars of 3 of 7 subjects, evenly spaced in this order; all numbers are of all of them."
    )
    assert figure.subjects[0].endswith("N = 7; 7 subjects shown.")
    assert (len(figure.tables[0].rows), figure.tables[0].total) == (2, 7)


@pytest.mark.usefixtures("few")
def test_spider_draws_some_lines_of_all_and_says_so() -> None:
    figure = make_spider(STUDY)
    tips = [title.text for title in html.fromstring(figure.drawings[0]).xpath("//g/title")]
    assert [tip.partition(":")[0] for tip in tips] == ["S-1", "S-4", "S-7"]
    assert figure.definitions[-1] == (
        "Drawn are the lines of 3 of 7 subjects, evenly spaced by identifier; all numbers are of all of them."
    )


@pytest.mark.usefixtures("few")
def test_swimmer_says_what_its_table_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdisc_conv.report.plots.swimmer.PANEL", 1)
    monkeypatch.setattr("cdisc_conv.report.plots.swimmer.MOST_PANELS", 3)
    assert make_swimmer(STUDY).subjects[1] == (
        "4 subjects with the shortest courses not drawn; the table has the first 2."
    )


@pytest.mark.usefixtures("few")
def test_a_table_says_how_many_rows_there_are() -> None:
    made = render_oncology("STUDY-01", "Title", STUDY)
    assert made is not None
    page = html.document_fromstring(made[0])
    assert [note.text for note in page.xpath("//details/p[@class='more']")][:2] == [
        "The first 2 of 7 rows; the datasets have all.",
        "The first 2 of 14 rows; the datasets have all.",
    ]
    assert [count.text for count in page.xpath("//summary/span")][:2] == ["7 rows", "14 rows"]
