"""sequence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, derive, make, method

SUBJECTS = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["", "2022", "2022-03", "a", "Z"])), min_size=1)


def test_records_are_numbered_within_subjects() -> None:
    rows = FakeRows(
        {
            "USUBJID": ["01", "01", "02", "01"],
            "AESTDTC": ["2022-03-05", "", "2022-04-01", "2022-03"],
            "AETERM": ["Nausea", "Cough", "Fever", "Rash"],
        }
    )
    assert derive(rows, sequence=["AESTDTC", "AETERM"]) == [3.0, 1.0, 1.0, 2.0]
    assert derive(rows, sequence="AETERM") == [2.0, 1.0, 1.0, 3.0]


def test_a_dataset_without_subjects() -> None:
    rows = FakeRows({"TSPARMCD": ["OBJPRIM", "INDIC", "INDIC"], "TSVAL": ["b", "d", "c"]})
    assert derive(rows, sequence={"within": "TSPARMCD", "subjects": False}) == [1.0, 1.0, 2.0]
    assert derive(rows, sequence={"by": "TSVAL", "subjects": False}) == [1.0, 3.0, 2.0]
    assert method(sequence={"within": "TSPARMCD", "subjects": False}) == (
        "Records are numbered from 1 within each AE.TSPARMCD, in the order of the source data."
    )
    assert method(sequence={"subjects": False}) == "Records are numbered from 1, in the order of the source data."


def test_numbers_are_ordered_by_size_and_missing_ones_first() -> None:
    rows = FakeRows({"USUBJID": ["01"] * 4, "VISITNUM": [10, 2, None, -1]})
    assert derive(rows, sequence=["VISITNUM"]) == [4.0, 3.0, 1.0, 2.0]


def test_missing_values_may_come_last() -> None:
    rows = FakeRows({"USUBJID": ["01"] * 4, "PARAMCD": ["OVR", "BOR", "OVR", "OVR"], "ADT": [None, 3, 1, 2]})
    assert derive(rows, sequence={"by": ["PARAMCD", "ADT"], "missing": "last"}) == [4.0, 1.0, 2.0, 3.0]
    text = FakeRows({"USUBJID": ["01"] * 3, "X": ["", "b", "a"]})
    assert derive(text, sequence={"by": "X", "missing": "last"}) == [3.0, 2.0, 1.0]


def test_text_is_ordered_by_code_point() -> None:
    rows = FakeRows({"USUBJID": ["01"] * 4, "X": ["b", "Z", "é", "\U0001f600"]})
    assert derive(rows, sequence=["X"]) == [2.0, 1.0, 3.0, 4.0]


def test_ties_keep_the_order_of_the_source() -> None:
    rows = FakeRows({"USUBJID": ["01", "02", "01"], "X": ["a", "a", "a"]})
    assert derive(rows, sequence=["X"]) == [1.0, 1.0, 2.0]
    assert derive(rows, sequence={"by": []}) == [1.0, 1.0, 2.0]


def test_groups_inside_a_subject() -> None:
    rows = FakeRows({"USUBJID": ["01"] * 3, "CAT": ["A", "B", "A"], "X": ["2", "1", "1"]})
    assert derive(rows, sequence={"by": ["X"], "within": ["CAT"]}) == [2.0, 1.0, 1.0]


def test_no_rows() -> None:
    assert derive(FakeRows({"USUBJID": [], "X": []}), sequence=["X"]) == []


def test_sequence_describes_itself() -> None:
    assert method(sequence=["AESTDTC", "AETERM"]) == (
        "Records are numbered from 1 within each subject, sorted ascending by AE.AESTDTC and AE.AETERM. Text is sorted "
        "by character code and missing values come first. Records that are equal in all of these keep the order of the "
        "source data."
    )
    assert method(sequence={"within": ["AECAT"]}) == (
        "Records are numbered from 1 within each subject and AE.AECAT, in the order of the source data."
    )
    assert method(sequence={"by": ["ADT"], "missing": "last"}) == (
        "Records are numbered from 1 within each subject, sorted ascending by AE.ADT. Text is sorted by character code "
        "and missing values come last. Records that are equal in all of these keep the order of the source data."
    )
    assert make(sequence=["AESTDTC"]).reads() == ("AESTDTC",)


@given(SUBJECTS)
def test_numbers_are_one_to_n_in_each_subject(records: list[tuple[str, str]]) -> None:
    rows = FakeRows({"USUBJID": [r[0] for r in records], "X": [r[1] for r in records]})
    numbers = derive(rows, sequence=["X"])
    for subject in "ABC":
        mine = sorted(n for n, record in zip(numbers, records, strict=True) if record[0] == subject)
        assert mine == [float(n) for n in range(1, len(mine) + 1)]


@given(st.permutations([(s, x) for s in "AB" for x in ("", "1", "2", "3")]))
def test_numbers_do_not_depend_on_the_order_of_records_without_ties(records: list[tuple[str, str]]) -> None:
    rows = FakeRows({"USUBJID": [r[0] for r in records], "X": [r[1] for r in records]})
    numbers = dict(zip(records, derive(rows, sequence=["X"]), strict=True))
    assert numbers == {(s, x): float(n) for s in "AB" for n, x in enumerate(("", "1", "2", "3"), 1)}


@given(SUBJECTS)
def test_numbers_do_not_depend_on_other_subjects(records: list[tuple[str, str]]) -> None:
    rows = FakeRows({"USUBJID": [r[0] for r in records], "X": [r[1] for r in records]})
    together = [n for n, r in zip(derive(rows, sequence=["X"]), records, strict=True) if r[0] == "A"]
    own = [r for r in records if r[0] == "A"]
    alone = FakeRows({"USUBJID": ["A"] * len(own), "X": [r[1] for r in own]})
    assert together == derive(alone, sequence=["X"])
