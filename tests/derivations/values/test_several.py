"""multiple and multiple_part."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

from typing import Any

from cdisc_conv.derivations.base import Derivation
from tests.derivations.rows import CT, FakeRows, derive, make, method, refusal

RACE = CT.codelist("RACE")


def race(**columns: list[str]) -> FakeRows:
    return FakeRows(columns, terms=RACE, variable="RACE", dataset="DM")


def brought(rows: FakeRows, **entry: Any) -> dict[str, list[str]]:
    parts: dict[str, tuple[str, Derivation]] = make(**entry).supplemental("RACE")
    return {name: derivation.derive(rows).tolist() for name, (_, derivation) in parts.items()}


def test_one_answer_several_and_none() -> None:
    rows = race(RACE=["Asian", "Asian|White", "", "asian | Asian"])
    entry = {"value": "RACE", "most": 2}
    assert derive(rows, multiple=entry) == ["ASIAN", "MULTIPLE", "", "ASIAN"]
    assert brought(rows, multiple=entry) == {"RACE1": ["", "ASIAN", "", ""], "RACE2": ["", "WHITE", "", ""]}
    assert rows.reports == []


def test_checkboxes() -> None:
    rows = race(R1=["1", "1", "0", ""], R2=["0", "Yes", "No", ""])
    entry = {"boxes": {"R1": "ASIAN", "R2": "WHITE"}, "most": 2, "label": "Race"}
    assert derive(rows, multiple=entry) == ["ASIAN", "MULTIPLE", "", ""]
    assert brought(rows, multiple=entry) == {"RACE1": ["", "ASIAN", "", ""], "RACE2": ["", "WHITE", "", ""]}
    assert [label for label, _ in make(multiple=entry).supplemental("RACE").values()] == ["Race 1", "Race 2"]


def test_a_qualifier_of_ones_own() -> None:
    rows = race(RACE=["Asian|White", "Asian"])
    assert derive(rows, multiple_part={"value": "RACE", "number": 2, "terms": "RACE"}) == ["WHITE", ""]
    assert method(multiple_part={"value": "RACE", "number": 2}) == (
        'Answer 2 where there are several, of the answers in AE.RACE, with "|" between them.'
    )


def test_an_answer_without_a_term_is_kept_and_reported() -> None:
    rows = race(RACE=["Asian;Martian", "White"])
    entry = {"value": "RACE", "separator": ";", "map": {"x": "WHITE"}, "most": 2}
    assert derive(rows, multiple=entry) == ["MULTIPLE", "WHITE"]
    assert brought(rows, multiple=entry)["RACE2"] == ["Martian", ""]
    assert [(one.code, one.message, one.rows) for one in rows.reports] == [
        ("TERM001", "'Martian' is not in RACE (C74457); it is kept as it is", [0])
    ]


def test_more_answers_than_qualifiers_are_joined_in_the_last() -> None:
    rows = race(RACE=["Asian|White|Black or African American"])
    assert brought(rows, multiple={"value": "RACE", "most": 2}) == {
        "RACE1": ["ASIAN"],
        "RACE2": ["WHITE; BLACK OR AFRICAN AMERICAN"],
    }


def test_what_is_refused() -> None:
    assert "it takes 'value' with its 'separator', or 'boxes'" in refusal(multiple={"most": 2})
    assert "it takes 'value' with its 'separator', or 'boxes'" in refusal(
        multiple={"value": "RACE", "boxes": {"R1": "ASIAN"}}
    )


def test_method_texts() -> None:
    assert method(multiple={"value": "RACE", "most": 2, "map": {"W": "WHITE"}}) == (
        "One answer is the value; of several it is MULTIPLE, and they are in SUPPAE (AEX1, AEX2). These are the answers in "
        'AE.RACE, with "|" between them. Collected answers that differ from the terms: "W" is WHITE.'
    )
    assert method(multiple={"boxes": {"R1": "ASIAN", "R2": "WHITE"}, "most": 2}) == (
        "One answer is the value; of several it is MULTIPLE, and they are in SUPPAE (AEX1, AEX2). These are the boxes that "
        "are ticked: AE.R1 (ASIAN) and AE.R2 (WHITE)."
    )
