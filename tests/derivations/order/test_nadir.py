"""nadir."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, derive, make, method

SUMS = {
    "USUBJID": ["01"] * 5 + ["02"] * 2,
    "PARAMCD": ["SDIAM"] * 7,
    "ADY": [1, 22, 43, 64, None, 1, 22],
    "AVAL": [96, 60, 38, 70, 1, 50, 40],
    "ANL01FL": ["Y", "Y", "", "Y", "Y", "Y", "Y"],
    "ABLFL": ["Y", "", "", "", "", "Y", ""],
}
ENTRY = {"order": ["ADY"], "where": 'ANL01FL == "Y"'}


def test_the_lowest_of_the_earlier_records_that_count() -> None:
    assert derive(FakeRows(SUMS), nadir=ENTRY) == [None, 96.0, 60.0, 60.0, None, None, 50.0]
    assert derive(FakeRows(SUMS), nadir={"order": ["ADY"]}) == [None, 96.0, 60.0, 38.0, None, None, 50.0]


def test_without_the_baseline_record() -> None:
    assert derive(FakeRows(SUMS), nadir={**ENTRY, "baseline": "exclude"}) == [
        None, None, 60.0, 60.0, None, None, None
    ]  # fmt: skip


def test_records_of_one_day_are_not_earlier_than_each_other() -> None:
    rows = FakeRows({"USUBJID": ["01"] * 4, "PARAMCD": ["P"] * 4, "ADT": [2, 1, 2, 3], "AVAL": [4, 9, 5, 8]})
    assert derive(rows, nadir="AVAL") == [9.0, None, 9.0, 4.0]


def test_no_records() -> None:
    assert derive(FakeRows({name: [] for name in SUMS}), nadir=ENTRY) == []


def test_what_it_reads() -> None:
    assert make(nadir={**ENTRY, "baseline": "exclude"}).reads() == ("AVAL", "ADY", "PARAMCD", "ANL01FL", "ABLFL")
    assert make(nadir="AVAL").reads() == ("AVAL", "ADT", "PARAMCD")


def test_it_describes_itself() -> None:
    assert method(nadir=ENTRY) == (
        "The lowest AE.AVAL among the records of the same subject and AE.PARAMCD where AE.ANL01FL equals Y that are "
        "strictly earlier by AE.ADY; the baseline record counts like others. Blank where there is no such record, or "
        "where AE.ADY is missing."
    )
    assert method(nadir={"baseline": "exclude"}) == (
        "The lowest AE.AVAL among the records of the same subject and AE.PARAMCD that are strictly earlier by AE.ADT; "
        "the baseline record (flagged by AE.ABLFL) does not count. Blank where there is no such record, or where "
        "AE.ADT is missing."
    )


RECORDS = st.lists(
    st.tuples(st.sampled_from("AB"), st.none() | st.integers(0, 4), st.none() | st.integers(0, 9)), min_size=1
)


@given(RECORDS)
def test_it_is_the_minimum_of_what_is_earlier(records: list[tuple[str, int | None, int | None]]) -> None:
    rows = FakeRows(
        {
            "USUBJID": [record[0] for record in records],
            "PARAMCD": ["P"] * len(records),
            "ADT": [record[1] for record in records],
            "AVAL": [record[2] for record in records],
        }
    )
    expected = [
        min((v for s, d, v in records if s == subject and None not in (d, day, v) and d < day), default=None)
        for subject, day, _ in records
    ]
    assert derive(rows, nadir="AVAL") == expected
