"""occurrence."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.derivations.base import Reach
from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, FakeWords, Report, derive, make, method

OVR = {
    "USUBJID": ["01", "01", "01", "02", "03"],
    "PARAMCD": ["OVR", "OVR", "OVR", "OVR", "BOR"],
    "AVALC": ["PD", "SD", "PD", "PR", "PD"],
    "ADT": [22900, 22800, 22850, 22810, 22820],
    "VISIT": ["WEEK 9", "WEEK 3", "WEEK 6", "WEEK 3", ""],
}
PD = {"from": "self", "where": 'PARAMCD == "OVR" and AVALC == "PD"', "order": "ADT"}


def subjects(*names: str, **tables: Any) -> FakeRows:
    return FakeRows({"USUBJID": list(names)}, tables=tables or {"self": OVR})


def brought(rows: FakeRows, **entry: Any) -> dict[str, list[Any]]:
    """The values of the companions."""
    found = make(**entry).companions("AVALC")
    made = {name: derivation.derive(rows).tolist() for name, derivation in found.items()}
    return {name: [None if value != value else value for value in values] for name, values in made.items()}


def test_yes_where_there_is_a_record() -> None:
    rows = subjects("02", "01", "03", "04")
    assert derive(rows, occurrence=PD) == ["N", "Y", "N", "N"]
    assert derive(rows, occurrence={**PD, "yes": "1", "no": ""}) == ["", "1", "", ""]
    assert rows.reports == []


def test_values_of_the_chosen_record_come_along() -> None:
    rows = subjects("02", "01")
    assert brought(rows, occurrence={**PD, "bring": ["ADT", "VISIT"]}) == {
        "ADT": [None, 22850],
        "VISIT": ["", "WEEK 6"],
    }
    assert brought(rows, occurrence={**PD, "keep": "last", "bring": {"DTHDT": "ADT"}}) == {"DTHDT": [None, 22900]}


def test_a_column_instead_of_yes() -> None:
    rows = subjects("01", "04", "02")
    last = {"from": "self", "where": 'PARAMCD == "OVR"', "order": "ADT", "keep": "last", "take": "AVALC"}
    assert derive(rows, occurrence=last) == ["PD", "", "PR"]
    assert derive(rows, occurrence={**last, "take": "ADT"}) == [22900, None, 22810]


def test_the_variable_itself_is_no_companion() -> None:
    assert list(make(occurrence={**PD, "bring": ["ADT", "AVALC"]}).companions("AVALC")) == ["ADT"]


def test_a_record_without_a_date_is_taken_only_when_there_is_no_other() -> None:
    table = {"USUBJID": ["01", "01", "02"], "ADT": [None, 5, None], "V": ["a", "b", "c"]}
    entry = {"from": "ADRS", "order": "ADT", "take": "V"}
    for keep in ("first", "last"):
        rows = subjects("01", "02", ADRS=table)
        assert derive(rows, occurrence={**entry, "keep": keep}) == ["b", "c"]
        assert rows.reports == [
            Report(
                "OCC001",
                "the record of ADRS that is taken for subject 02 has no ADT, so it is not known whether it is the "
                "right one",
                [1],
                Severity.WARNING,
                hint="add ADT, or leave such records out with 'where'",
            )
        ]


def test_the_chosen_record_may_have_to_meet_a_condition() -> None:
    table = {"USUBJID": ["01", "01", "02", "02"], "ADT": [1, 2, 1, 2], "AVALC": ["PR", "PD", "PD", "SD"]}
    entry = {"from": "ADRS", "order": "ADT", "keep": "last", "only_if": 'AVALC in ("CR", "PR", "SD")'}
    rows = subjects("01", "02", "03", ADRS=table)
    assert derive(rows, occurrence=entry) == ["N", "Y", "N"]
    assert derive(rows, occurrence={**entry, "take": "AVALC"}) == ["", "SD", ""]
    assert brought(rows, occurrence={**entry, "bring": "ADT"}) == {"ADT": [None, 2, None]}
    assert derive(rows, occurrence={**entry, "where": "ADT < 2"}) == ["Y", "N", "N"]
    assert method(occurrence=entry) == (
        "Y if in the record that follows ADRS.AVALC is one of (CR, PR, SD); otherwise N. It is the last record of the "
        "subject in ADRS, sorted ascending by ADRS.ADT. Missing values are sorted first, and equal records keep the "
        "order of the source data."
    )
    assert make(occurrence={**entry, "bring": "ADT"}).companions("AVALC")["ADT"].method(FakeWords()) == (
        "ADRS.ADT of the last record of the subject in ADRS, sorted ascending by ADRS.ADT. Missing values are sorted "
        "first, and equal records keep the order of the source data. Blank where there is no such record, and unless "
        "in it ADRS.AVALC is one of (CR, PR, SD)."
    )
    assert make(occurrence=entry).tables() == {"ADRS": ("USUBJID", "ADT", "AVALC")}


def test_without_order_the_source_decides() -> None:
    table = {"USUBJID": ["01", "01"], "V": ["b", "a"]}
    assert derive(subjects("01", X=table), occurrence={"from": "X", "take": "V"}) == ["b"]
    assert derive(subjects("01", X=table), occurrence={"from": "X", "take": "V", "keep": "last"}) == ["a"]


def test_no_rows_and_no_records() -> None:
    empty: dict[str, list[Any]] = {"USUBJID": [], "ADT": []}
    assert derive(FakeRows({"USUBJID": []}, tables={"self": OVR}), occurrence=PD) == []
    assert derive(subjects("01", X=empty), occurrence={"from": "X", "order": "ADT"}) == ["N"]


def test_it_says_what_it_reads() -> None:
    made = make(occurrence={**PD, "bring": ["ADT", "VISIT"], "take": "AVALC"})
    assert made.reads() == ("USUBJID",)
    assert made.tables() == {"self": ("USUBJID", "PARAMCD", "AVALC", "ADT", "VISIT")}
    assert made.actual_reach() is Reach.SUBJECT
    assert made.reads_siblings() is False
    companion = made.companions("AVALC")["ADT"]
    assert companion.reads() == made.reads() and companion.tables() == made.tables()
    assert companion.reads_siblings() is False


def test_it_describes_itself() -> None:
    assert method(occurrence=PD) == (
        "Y if the subject has a record in AE where AE.PARAMCD equals OVR and AE.AVALC equals PD; otherwise N."
    )
    assert method(occurrence={"from": "ADSL", "where": 'DTHDT != ""', "no": ""}) == (
        "Y if the subject has a record in ADSL where ADSL.DTHDT is not missing; otherwise blank."
    )
    assert method(occurrence={**PD, "keep": "last", "take": "AVALC"}) == (
        "AE.AVALC of the last record of the subject in AE where AE.PARAMCD equals OVR and AE.AVALC equals PD, sorted "
        "ascending by AE.ADT. Missing values are sorted first, and equal records keep the order of the source data. "
        "Blank where there is no such record."
    )
    assert make(occurrence={"from": "TU", "bring": ["VISIT"]}).companions("AVALC")["VISIT"].method(FakeWords()) == (
        "TU.VISIT of the first record of the subject in TU, in the order of the source data. Blank where there is no "
        "such record."
    )


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 5), st.sampled_from("xyz")), max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_of_records_and_other_subjects_do_not_matter(
    records: list[tuple[str, int, str]], random: Any
) -> None:
    def look(table: list[tuple[str, int, str]], names: list[str]) -> list[Any]:
        columns = {"USUBJID": [t[0] for t in table], "ADT": [t[1] for t in table], "V": [t[2] for t in table]}
        rows = subjects(*names, X=columns)
        return derive(rows, occurrence={"from": "X", "order": ["ADT", "V"], "take": "V"})

    shuffled = list(records)
    random.shuffle(shuffled)
    whole = look(records, ["A", "B", "C"])
    assert look(shuffled, ["A", "B", "C"]) == whole
    assert look([record for record in records if record[0] == "B"], ["B"]) == whole[1:2]
