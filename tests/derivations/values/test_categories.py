"""category."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import CT, FakeRows, FakeWords, Report, derive, make, method, refusal

AGES = [{"below": 18, "name": "<18"}, {"from": 18, "to": 64, "name": "18-64"}, {"above": 64, "name": ">64"}]


def test_a_number_falls_into_a_range() -> None:
    rows = FakeRows({"AGE": [17.9, 18.0, 64.0, 64.5, None]}, variable="AGEGR1")
    assert derive(rows, category={"value": "AGE", "ranges": AGES}) == ["<18", "18-64", "18-64", ">64", ""]
    assert rows.reports == []
    texts = FakeRows({"AGE": ["17", " 65 ", ""]})
    assert derive(texts, category={"value": "AGE", "ranges": AGES}) == ["<18", ">64", ""]


def test_the_number_comes_along() -> None:
    rows = FakeRows({"AGE": [17.0, 70.0, None]})
    brought = make(category={"value": "AGE", "ranges": AGES, "number": "AGEGR1N"}).companions("AGEGR1")
    assert {name: made.derive(rows).fillna(-1).tolist() for name, made in brought.items()} == {"AGEGR1N": [1, 3, -1]}
    assert make(category={"value": "AGE", "ranges": AGES}).companions("AGEGR1") == {}


def test_numbers_of_the_mapping() -> None:
    ranges = [{"below": 65, "name": "a", "number": 10}, {"from": 65, "name": "b", "number": 20}]
    entry = {"value": "AGE", "ranges": ranges, "give": "number"}
    assert derive(FakeRows({"AGE": [64.0, 65.0, None]}), category=entry) == [10.0, 20.0, None]
    assert derive(FakeRows({"AGE": [64.0, None]}), category={**entry, "missing": "Missing"}) == [10.0, 21.0]


def test_missing_values_may_have_a_category() -> None:
    entry = {"value": "AGE", "ranges": AGES, "missing": "Missing"}
    assert derive(FakeRows({"AGE": [70.0, None]}), category=entry) == [">64", "Missing"]


def test_values_outside_are_findings() -> None:
    rows = FakeRows({"AGE": ["17", "18", "x", "17"]}, variable="AGEGR1")
    ranges = [{"from": 18, "to": 64, "name": "18-64"}, {"above": 64, "name": ">64"}]
    assert derive(rows, category={"value": "AGE", "ranges": ranges}) == ["", "18-64", "", ""]
    assert rows.reports == [
        Report(
            "CATG002",
            "AGE 'x' is not a number; AGEGR1 is left missing",
            [2],
            field="AGE",
            value="x",
            hint="correct AGE",
        ),
        Report(
            "CATG001",
            "AGE 17 is in none of the ranges; AGEGR1 is left missing",
            [0, 3],
            Severity.WARNING,
            field="AGE",
            value="17",
            hint="correct the value, or widen the first or the last range",
        ),
    ]


def test_whole_numbers() -> None:
    ranges = [{"to": 64, "name": "<=64"}, {"from": 65, "name": ">=65"}]
    rows = FakeRows({"AGE": [64.0, 65.0, 64.5]}, variable="AGEGR1")
    assert derive(rows, category={"value": "AGE", "ranges": ranges, "whole": True}) == ["<=64", ">=65", ""]
    assert [report.message for report in rows.reports] == ["AGE '64.5' is not a whole number; AGEGR1 is left missing"]


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        (
            [{"to": 64, "name": "a"}, {"from": 65, "name": "b"}],
            "there is a gap between 'a' and 'b', from 64 to 65; write 'above: 64', or 'whole: true' where only whole "
            "numbers occur",
        ),
        (
            [{"below": 65, "name": "a"}, {"above": 65, "name": "b"}],
            "there is a gap between 'a' and 'b': 65 is in neither",
        ),
        (
            [{"to": 65, "name": "a"}, {"from": 65, "name": "b"}],
            "'a' and 'b' overlap at 65; ranges are written in ascending order",
        ),
        (
            [{"to": 65, "name": "a"}, {"from": 60, "name": "b"}],
            "'a' and 'b' overlap from 60 to 65; ranges are written in ascending order",
        ),
        (
            [{"from": 65, "name": "a"}, {"below": 65, "name": "b"}],
            "'a' and 'b' overlap: the first has no upper bound, or the second no lower one",
        ),
        ([{"to": 64, "name": "a"}, {"above": 64, "name": "a"}], "two ranges are called 'a'"),
        ([], "there must be at least one range"),
    ],
)
def test_ranges_that_do_not_fit_are_refused(ranges: list[dict[str, object]], reason: str) -> None:
    told = refusal(category={"value": "AGE", "ranges": ranges})
    assert told in (f"'category': {reason}", f"'ranges' of 'category': {reason}")


def test_gaps_between_whole_numbers_are_refused() -> None:
    ranges = [{"to": 64, "name": "a"}, {"from": 66, "name": "b"}]
    assert refusal(category={"value": "AGE", "ranges": ranges, "whole": True}) == (
        "'category': there is a gap between 'a' and 'b', from 64 to 66"
    )
    ranges = [{"below": 65, "name": "a"}, {"above": 64, "name": "b"}]
    assert make(category={"value": "AGE", "ranges": ranges, "whole": True}).name == "category"


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        ({}, "'a' has no bound; write 'from', 'above', 'to' or 'below'"),
        (
            {"from": 1, "above": 1},
            "'a' has two bounds on one side; write one of 'from' and 'above', 'to' and 'below'",
        ),
        ({"from": 2, "to": 1}, "'a' is empty: no number is at least 2 and at most 1"),
        ({"from": 2, "below": 2}, "'a' is empty: no number is at least 2 and below 2"),
    ],
)
def test_bounds_that_are_refused(bounds: dict[str, object], reason: str) -> None:
    assert (
        refusal(category={"value": "AGE", "ranges": [{**bounds, "name": "a"}]}) == f"'ranges.1' of 'category': {reason}"
    )


def test_names_outside_the_codelist_are_told_before_any_data() -> None:
    made = make(category={"value": "AGE", "ranges": [{"below": 18, "name": "Y"}, {"from": 18, "name": "Q"}]})
    messages = [problem.message for problem in made.check(CT.codelist("NY"), numeric=False)]
    assert messages == ["'Q' is not in codelist NY (C66742)"]
    assert made.check(CT.codelist("NY"), numeric=True) == []


def test_category_describes_itself() -> None:
    entry = {"value": "AGE", "ranges": AGES, "number": "AGEGR1N"}
    assert method(category=entry) == (
        "<18 where AE.AGE is below 18; 18-64 where AE.AGE is at least 18 and at most 64; >64 where AE.AGE is above 64; "
        "blank where AE.AGE is missing or in none of these ranges."
    )
    assert make(category=entry).companions("AGEGR1")["AGEGR1N"].method(FakeWords()) == (
        "1 where AE.AGE is below 18; 2 where AE.AGE is at least 18 and at most 64; 3 where AE.AGE is above 64; blank "
        "where AE.AGE is missing or in none of these ranges."
    )
    one = {"value": "AGE", "ranges": [{"below": 65, "name": "young"}], "missing": "Unknown"}
    assert method(category=one) == (
        "young where AE.AGE is below 65; Unknown where AE.AGE is missing; blank where it is in none of these ranges."
    )
    assert method(category={**one, "give": "number"}) == (
        "1 where AE.AGE is below 65; 2 where AE.AGE is missing; blank where it is in none of these ranges."
    )


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True), st.floats(-100, 100))
def test_ranges_that_fit_hold_every_number_once(cuts: list[int], value: float) -> None:
    edges = sorted(cuts)
    inner = [{"from": a, "below": b, "name": f"{a} to {b}"} for a, b in pairwise(edges)]
    ranges = [{"below": edges[0], "name": "low"}, *inner, {"from": edges[-1], "name": "high"}]
    made = make(category={"value": "AGE", "ranges": ranges})
    assert sum(each.contains(FakeRows({"AGE": [value]})["AGE"].to_numpy())[0] for each in made.ranges) == 1  # type: ignore[attr-defined]
    assert derive(FakeRows({"AGE": [value]}), category={"value": "AGE", "ranges": ranges}) != [""]
