"""reference_period and reference_point."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, derive, method


def records(*dates: str, ongoing: str = "", start: str = "2022-03-10", end: str = "2022-06-01") -> FakeRows:
    count = len(dates)
    return FakeRows(
        {
            "CMENDTC": list(dates),
            "CMONGO": [ongoing] * count,
            "DM.RFSTDTC": [start] * count,
            "DM.RFENDTC": [end] * count,
            "CMENTPT": [end] * count,
        }
    )


def relate(rows: FakeRows, **more: Any) -> list[str]:
    return derive(rows, reference_period={"date": "CMENDTC", **more})


def test_complete_dates_and_the_period() -> None:
    rows = records("2022-03-09", "2022-03-10", "2022-06-01", "2022-06-02", "")
    assert relate(rows) == ["BEFORE", "DURING", "DURING", "AFTER", ""]


def test_partial_dates_are_what_all_their_days_are() -> None:
    rows = records("2022-02", "2022-03", "2022-04", "2022-06", "2022-07", "2022")
    assert relate(rows) == ["BEFORE", "BEFORE/DURING", "DURING", "DURING/AFTER", "AFTER", ""]


def test_what_is_not_known_of_the_period() -> None:
    dates = ("2022-03-09", "2022-03-10", "2022-03")
    assert relate(records(*dates, end="")) == ["BEFORE", "DURING/AFTER", ""]
    assert relate(records(*dates, start="")) == ["", "", ""]


def test_times_count_where_both_are_known() -> None:
    rows = records("2022-03-10T08:59", "2022-03-10T09:00", "2022-03-10", start="2022-03-10T09:00")
    assert relate(rows) == ["BEFORE", "DURING", "BEFORE/DURING"]


def test_the_form_says_it_where_there_is_no_date() -> None:
    said = {"ongoing": 'CMONGO == "Y"', "before": 'CMONGO == "PRIOR"'}
    assert relate(records("", "2022-04-01", ongoing="Y"), **said) == ["AFTER", "DURING"]
    assert relate(records("", ongoing="Y"), **said, ongoing_is="DURING/AFTER") == ["DURING/AFTER"]
    assert relate(records("", ongoing="PRIOR"), **said) == ["BEFORE"]


def test_a_text_that_is_no_date_has_no_relation() -> None:
    rows = records("2022-02-31", ongoing="Y")
    assert relate(rows, ongoing='CMONGO == "Y"') == [""]
    assert [report.code for report in rows.reports] == ["DATE004"]


def to_point(rows: FakeRows, **more: Any) -> list[str]:
    return derive(rows, reference_point={"date": "CMENDTC", "point": "CMENTPT", **more})


def test_a_time_point() -> None:
    rows = records("2022-05-31", "2022-06-01", "2022-06-02", "2022-05", "2022-06", "")
    assert to_point(rows) == ["BEFORE", "COINCIDENT", "AFTER", "BEFORE", "", ""]
    assert to_point(records("2022-06"), unknown="UNKNOWN") == ["UNKNOWN"]
    assert to_point(records("", ongoing="Y"), ongoing='CMONGO == "Y"') == ["ONGOING"]
    assert to_point(records("2022-06-01", end="")) == [""]


def test_a_time_point_with_a_time() -> None:
    rows = records("2022-06-01T08:00", "2022-06-01T09:00", "2022-06-01", end="2022-06-01T09:00")
    assert to_point(rows) == ["BEFORE", "COINCIDENT", "COINCIDENT"]


@given(st.dates(), st.dates(), st.dates())
def test_every_complete_date_has_one_place(date: Any, one: Any, other: Any) -> None:
    start, end = sorted((one, other))
    found = relate(records(date.isoformat(), start=start.isoformat(), end=end.isoformat()))
    assert found == ["BEFORE" if date < start else "AFTER" if date > end else "DURING"]


def test_method_texts() -> None:
    said = {"date": "CMENDTC", "ongoing": 'CMONGO == "Y"'}
    assert method(reference_period=said) == (
        "BEFORE where AE.CMENDTC is before DM.RFSTDTC, AFTER where it is after DM.RFENDTC, DURING where it is from DM.RFSTDTC to DM.RFENDTC. A partial date whose days fall on both sides is BEFORE/DURING or DURING/AFTER; blank where they reach over the whole period. Without DM.RFENDTC what is not before is DURING/AFTER. Where AE.CMENDTC is missing: AFTER where AE.CMONGO equals Y; otherwise blank. Subjects without DM.RFSTDTC have no value."
    )
    assert method(reference_point={"date": "CMENDTC", "point": "CMENTPT"}) == (
        "BEFORE where AE.CMENDTC is before AE.CMENTPT, AFTER where it is after it, COINCIDENT where both are the same day, or the same time where both are known. A partial date that may be on either side: blank. Where AE.CMENDTC is missing: blank."
    )
