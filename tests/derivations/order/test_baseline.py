"""baseline, change, percent_change and shift."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make, method

SUMS = {
    "USUBJID": ["01", "01", "01", "01", "02", "02"],
    "PARAMCD": ["SDIAM"] * 6,
    "ADT": [90, 100, 121, None, 200, 221],
    "AVAL": [98, 96, 38, 7, 50, None],
    "AVALC": ["98", "96", "38", "7", "50", ""],
    "ABLFL": ["", "Y", "", "", "", ""],
    "BASE": [96, 96, 96, 96, None, None],
}


def test_the_value_of_the_flagged_record_stands_on_all_records() -> None:
    assert derive(FakeRows(SUMS), baseline="AVAL") == [96.0, 96.0, 96.0, 96.0, None, None]
    assert derive(FakeRows(SUMS), baseline={"value": "AVALC"}) == ["96", "96", "96", "96", "", ""]


def test_parameters_have_their_own_baseline() -> None:
    rows = FakeRows(
        {
            "USUBJID": ["01", "01", "01"],
            "PARAMCD": ["SYSBP", "DIABP", "SYSBP"],
            "BASETYPE": ["A", "A", "B"],
            "AVAL": [120, 80, 130],
            "BLFL": ["Y", "Y", ""],
        }
    )
    assert derive(rows, baseline={"flag": "BLFL"}) == [120.0, 80.0, 120.0]
    assert derive(rows, baseline={"flag": "BLFL", "by": ["PARAMCD", "BASETYPE"]}) == [120.0, 80.0, None]


def test_several_baselines_are_an_error() -> None:
    rows = FakeRows(
        {
            "USUBJID": ["01", "01", "01", "02", "03", "03"],
            "PARAMCD": ["SDIAM"] * 6,
            "AVAL": [96, 95, 38, 50, 1, 1],
            "ABLFL": ["Y", "Y", "", "Y", "Y", "Y"],
        },
        variable="BASE",
    )
    assert derive(rows, baseline="AVAL") == [None, None, None, 50.0, None, None]
    assert rows.reports == [
        Report(
            "BASE001",
            "2 records are flagged as baseline by ABLFL for USUBJID = 01, PARAMCD = SDIAM, and 1 more group has "
            "several; BASE is blank there",
            [0, 1, 4, 5],
            Severity.ERROR,
            value="USUBJID = 01, PARAMCD = SDIAM",
            hint="a group has one baseline: narrow the rule of ABLFL, or split the group with 'by' (BASETYPE)",
        )
    ]


def test_change_and_percent_change() -> None:
    rows = FakeRows(SUMS)
    assert derive(rows, change={}) == [2.0, 0.0, -58.0, -89.0, None, None]
    assert derive(rows, percent_change={}) == [200 / 96, 0.0, -5800 / 96, -8900 / 96, None, None]


def test_the_base_may_be_another_variable_and_0_has_no_percent() -> None:
    rows = FakeRows({"AVAL": [5, 5, 0], "NADIR": [0, 4, 0]})
    assert derive(rows, change="NADIR") == [5.0, 1.0, 0.0]
    assert derive(rows, percent_change="NADIR") == [None, 25.0, None]


def test_which_records_have_a_change() -> None:
    rows = FakeRows(SUMS)
    assert derive(rows, change={"records": "from_baseline"}) == [None, 0.0, -58.0, None, None, None]
    assert derive(rows, change={"records": "after_baseline"}) == [None, None, -58.0, None, None, None]
    assert derive(rows, percent_change={"records": "after_baseline"})[:2] == [None, None]


def test_a_record_of_the_same_day_is_not_after_baseline() -> None:
    rows = FakeRows(
        {
            "USUBJID": ["01"] * 3,
            "PARAMCD": ["P"] * 3,
            "ADT": [1, 1, 2],
            "AVAL": [4, 5, 6],
            "BASE": [4, 4, 4],
            "ABLFL": ["Y", "", ""],
        }
    )
    assert derive(rows, change={"records": "after_baseline"}) == [None, None, 2.0]


def test_shift() -> None:
    rows = FakeRows({"BTOXGR": ["0", "", "1", ""], "ATOXGR": ["2", "1", "", ""]})
    entry = {"from": "BTOXGR", "to": "ATOXGR", "prefix": "GRADE "}
    assert derive(rows, shift=entry) == ["GRADE 0 to GRADE 2", "", "", ""]
    assert derive(rows, shift={**entry, "missing": "MISSING"}) == [
        "GRADE 0 to GRADE 2",
        "MISSING to GRADE 1",
        "GRADE 1 to MISSING",
        "",
    ]
    numbers = FakeRows({"B": [0, 1], "A": [2, None]})
    assert derive(numbers, shift={"from": "B", "to": "A", "separator": "->"}) == ["0->2", ""]


def test_no_records() -> None:
    rows = FakeRows({name: [] for name in SUMS})
    assert derive(rows, baseline="AVALC") == []
    assert derive(rows, change={"records": "after_baseline"}) == []
    assert derive(rows, shift={"from": "AVALC", "to": "AVALC"}) == []


def test_what_they_read_and_where_they_look() -> None:
    assert make(baseline="AVAL").reads() == ("AVAL", "ABLFL", "PARAMCD")
    assert make(change={}).reads() == ("AVAL", "BASE")
    assert make(change={"records": "from_baseline"}).reads() == ("AVAL", "BASE", "ADT", "PARAMCD", "ABLFL")
    assert make(baseline="AVAL").reads_siblings()
    assert not make(change={}).reads_siblings()
    assert make(change={"records": "from_baseline"}).reads_siblings()


def test_they_describe_themselves() -> None:
    assert method(baseline="AVAL") == (
        "AE.AVAL of the record of the same subject and AE.PARAMCD whose AE.ABLFL is Y. Blank where no record is so "
        "flagged, or more than one is."
    )
    assert method(change={}) == "AE.AVAL minus AE.BASE. Blank where either is missing."
    assert method(change={"records": "from_baseline"}) == (
        "AE.AVAL minus AE.BASE. Blank where either is missing. Given on the record flagged as baseline by AE.ABLFL and "
        "on the records after it, by AE.ADT, of the same subject and AE.PARAMCD; blank on all others."
    )
    assert method(percent_change={"base": "NADIR", "records": "after_baseline"}) == (
        "100 times (AE.AVAL minus AE.NADIR), divided by AE.NADIR, not rounded. Blank where either is missing or "
        "AE.NADIR is 0. Given on the records after the record flagged as baseline by AE.ABLFL, by AE.ADT, of the same "
        "subject and AE.PARAMCD; blank on all others."
    )
    assert method(shift={"from": "B", "to": "A"}) == ("AE.B and AE.A joined by ' to '. Blank where either is missing.")
    assert method(shift={"from": "B", "to": "A", "prefix": "GRADE ", "missing": "NONE"}) == (
        "AE.B and AE.A joined by ' to ', each after the text 'GRADE '. 'NONE' stands for one that is missing. Blank "
        "where both are missing."
    )


NUMBERS = st.integers(1, 10_000).map(lambda n: n / 8)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1))
def test_the_change_added_to_the_base_is_the_value(pairs: list[tuple[float, float]]) -> None:
    rows = FakeRows({"AVAL": [value for value, _ in pairs], "BASE": [base for _, base in pairs]})
    assert [base + change for (_, base), change in zip(pairs, derive(rows, change={}), strict=True)] == [
        value for value, _ in pairs
    ]


@given(st.permutations(range(6)))
def test_baselines_do_not_depend_on_the_order_of_records(order: list[int]) -> None:
    rows = FakeRows({name: [values[n] for n in order] for name, values in SUMS.items()})
    assert derive(rows, baseline="AVAL") == [[96.0, 96.0, 96.0, 96.0, None, None][n] for n in order]
