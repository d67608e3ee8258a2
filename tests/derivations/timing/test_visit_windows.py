"""visit_window and the variables that come along."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, FakeWords, derive, make, method, refusal

WINDOWS = [
    {"visit": "Week 6", "number": 6, "target": 43, "from": 2, "to": 64},
    {"visit": "Baseline", "number": 0, "target": 1, "to": 1},
    {"visit": "Week 12", "number": 12, "target": 85, "from": 70, "to": 106},
]
ALL = ["AVISITN", "AWTARGET", "AWTDIFF", "AWLO", "AWHI", "AWRANGE", "AWU"]


def companions(days: list[Any], **more: Any) -> dict[str, list[Any]]:
    made = make(visit_window={"windows": WINDOWS, "companions": ALL, **more})
    rows = FakeRows({"ADY": days})
    columns = {name: each.derive(rows).tolist() for name, each in made.companions("AVISIT").items()}
    return {name: [None if value != value else value for value in values] for name, values in columns.items()}


def test_the_window_that_takes_in_the_day() -> None:
    rows = FakeRows({"ADY": [-30, 1, 2, 64, 65, 69, 70, 106, 107, None]})
    entry = {"windows": WINDOWS, "outside": "Unscheduled"}
    assert derive(rows, visit_window=entry) == [
        "Baseline", "Baseline", "Week 6", "Week 6", "Unscheduled", "Unscheduled", "Week 12", "Week 12", "Unscheduled",
        "",
    ]  # fmt: skip
    assert derive(rows, visit_window={"windows": WINDOWS})[4:7] == ["", "", "Week 12"]


def test_the_last_window_may_be_open() -> None:
    rows = FakeRows({"DAY": ["5", "500"]})
    windows = [{"visit": "Early", "to": 10}, {"visit": "Late", "from": 11}]
    assert derive(rows, visit_window={"day": "DAY", "windows": windows}) == ["Early", "Late"]
    assert derive(rows, visit_window={"day": "DAY", "windows": [{"visit": "Any"}]}) == ["Any", "Any"]


def test_what_comes_along() -> None:
    assert companions([-3, 45, 66, None]) == {
        "AVISITN": [0.0, 6.0, None, None],
        "AWTARGET": [1.0, 43.0, None, None],
        "AWTDIFF": [3.0, 2.0, None, None],
        "AWLO": [None, 2.0, None, None],
        "AWHI": [1.0, 64.0, None, None],
        "AWRANGE": ["up to 1 DAYS", "2 to 64 DAYS", "", ""],
        "AWU": ["DAYS", "DAYS", "", ""],
    }


def test_there_is_no_day_0() -> None:
    windows = [{"visit": "Screening", "number": -1, "target": -1, "to": 5}]
    assert companions([-2, -1, 1, 2], windows=windows)["AWTDIFF"] == [1.0, 0.0, 1.0, 2.0]


def test_which_of_them_are_numbers() -> None:
    made = make(visit_window={"windows": WINDOWS, "companions": ALL}).companions("AVISIT")
    numbers = [name for name, each in made.items() if each.makes_numbers(lambda name: False)]
    assert numbers == ["AVISITN", "AWTARGET", "AWTDIFF", "AWLO", "AWHI"]


def test_nothing_comes_along_unless_asked() -> None:
    assert make(visit_window={"windows": WINDOWS}).companions("AVISIT") == {}


def test_no_records() -> None:
    assert derive(FakeRows({"ADY": []}), visit_window={"windows": WINDOWS}) == []
    assert companions([])["AWTDIFF"] == []


def test_what_is_refused() -> None:
    def refused(*windows: dict[str, Any], **more: Any) -> str:
        return refusal(visit_window={"windows": list(windows), **more})

    assert refused({"visit": "A", "from": 1, "to": 20}, {"visit": "B", "from": 20, "to": 30}) == (
        "'visit_window': windows 'A' (1 to 20) and 'B' (20 to 30) overlap; a day belongs to one visit"
    )
    assert refused({"visit": "A", "from": 1}, {"visit": "B", "from": 20, "to": 30}) == (
        "'visit_window': windows 'A' (from 1) and 'B' (20 to 30) overlap; a day belongs to one visit"
    )
    assert refused({"visit": "A", "from": 20, "to": 10}) == (
        "'windows.1' of 'visit_window': window 'A' ends on day 10, before it begins on day 20"
    )
    assert refused({"visit": "A", "to": 10, "target": 12}) == (
        "'windows.1' of 'visit_window': the target day 12 of window 'A' is not inside it"
    )
    assert refused({"visit": "A", "from": 0}) == (
        "'windows.1' of 'visit_window': window 'A' names day 0, but study days go from -1 to 1"
    )
    assert refused({"visit": "A", "to": 1}, {"visit": "A", "from": 2}) == "'visit_window': there are two windows 'A'"
    assert refused({"visit": "A"}, companions=["AWTDIFF"]) == (
        "'visit_window': window 'A' has no 'target', which AWTDIFF needs"
    )
    assert refused() == "'visit_window': 'windows' is empty; it takes at least one"
    assert refused({"visit": "A"}, companions=["ADT"]) == (
        "'companions' of 'visit_window': 'ADT' cannot come along; those that can are AVISITN, AWTARGET, AWTDIFF, AWLO, "
        "AWHI, AWRANGE, AWU"
    )


def test_it_describes_itself() -> None:
    assert method(visit_window={"windows": WINDOWS, "outside": "Unscheduled"}) == (
        "The analysis visit by the day AE.ADY, first and last day included: Baseline: up to 1; Week 6: 2 to 64; Week "
        "12: 70 to 106. On a day in no window 'Unscheduled'; blank where AE.ADY is missing."
    )
    made = make(visit_window={"windows": WINDOWS, "companions": ALL}).companions("AVISIT")
    assert {name: each.method(FakeWords()) for name, each in made.items()} == {
        "AVISITN": "The number of the window that takes in AE.ADY: Baseline: 0; Week 6: 6; Week 12: 12.",
        "AWTARGET": "The target day of the window that takes in AE.ADY: Baseline: 1; Week 6: 43; Week 12: 85.",
        "AWTDIFF": "The number of days between AE.ADY and the target day of the window, without sign; there is no day "
        "0.",
        "AWLO": "The first day of the window that takes in AE.ADY: Week 6: 2; Week 12: 70.",
        "AWHI": "The last day of the window that takes in AE.ADY: Baseline: 1; Week 6: 64; Week 12: 106.",
        "AWRANGE": "The days of the window of AE.ADY.",
        "AWU": "The unit of the days of the window of AE.ADY.",
    }


@given(st.lists(st.integers(-50, 150).filter(bool), min_size=1))
def test_every_day_is_inside_its_window(days: list[int]) -> None:
    rows = FakeRows({"ADY": days})
    made = companions(days)
    for day, visit, low, high in zip(
        days, derive(rows, visit_window={"windows": WINDOWS}), made["AWLO"], made["AWHI"], strict=True
    ):
        if visit:
            assert (low is None or low <= day) and day <= high
        else:
            assert 64 < day < 70 or day > 106
