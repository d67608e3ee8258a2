"""from_parameters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make, method, refusal

VITALS = {
    "USUBJID": ["01", "01", "01", "02", "02", "03"],
    "PARAMCD": ["HEIGHT", "WEIGHT", "WEIGHT", "HEIGHT", "WEIGHT", "WEIGHT"],
    "AVISITN": [1, 1, 2, 1, 1, 1],
    "AVAL": [160, 90, 40, 170, None, 70],
    "ANL01FL": ["Y", "Y", "", "Y", "Y", "Y"],
}
KEYS = {"USUBJID": ["01", "01", "02", "03"], "AVISITN": [1, 2, 1, 1]}
BY = ["USUBJID", "AVISITN"]


def visits(**columns: list) -> FakeRows:
    return FakeRows(KEYS, tables={"self": {**VITALS, **columns}}, dataset="ADVS", variable="AVAL")


def test_parameters_of_the_same_visit() -> None:
    rows = visits()
    assert derive(rows, from_parameters={"formula": "sqrt(HEIGHT * WEIGHT / 3600)", "by": BY}) == [
        2.0,
        None,
        None,
        None,
    ]
    assert derive(rows, from_parameters={"formula": "WEIGHT - 10", "by": BY}) == [80.0, 30.0, None, 60.0]
    assert rows.reports == []


def test_missing_parameters_may_be_replaced() -> None:
    formula = "coalesce(WEIGHT, 0) + coalesce(HEIGHT, 0)"
    assert derive(visits(), from_parameters={"formula": formula, "by": BY}) == [250.0, 40.0, 170.0, 70.0]


def test_texts() -> None:
    rows = FakeRows(
        {"USUBJID": ["01", "02"]},
        tables={"ADRS": {"USUBJID": ["01", "02"], "PARAMCD": ["BOR", "BOR"], "AVALC": ["PR", "PD"]}},
    )
    entry = {"formula": 'if(BOR in ("CR", "PR"), "Y", "N")', "value": "AVALC", "from": "ADRS"}
    assert derive(rows, from_parameters=entry) == ["Y", "N"]


def test_several_records_of_a_parameter_are_an_error() -> None:
    rows = visits()
    assert derive(rows, from_parameters={"formula": "WEIGHT"}) == [None, None, None, 70.0]
    assert rows.reports == [
        Report(
            "PARAM002",
            "2 earlier records of ADVS with different AVAL have parameter WEIGHT for USUBJID = 01",
            [0, 1],
            Severity.ERROR,
            value="USUBJID = 01",
            hint="add keys to 'by', or narrow 'where' to one record, such as ANL01FL",
        )
    ]
    narrowed = visits()
    entry = {"formula": "WEIGHT", "where": 'ANL01FL == "Y"'}
    assert derive(narrowed, from_parameters=entry) == [90.0, 90.0, None, 70.0]
    assert narrowed.reports == []


def test_equal_records_are_one() -> None:
    rows = visits(AVAL=[160, 90, 90, 170, 80, 70])
    assert derive(rows, from_parameters={"formula": "WEIGHT"}) == [90.0, 90.0, 80.0, 70.0]


def test_a_parameter_that_does_not_exist_yet() -> None:
    rows = visits()
    assert derive(rows, from_parameters={"formula": "BSA / WEIGTH", "by": BY}) == [None] * 4
    assert [(r.code, r.message, r.severity, r.value, r.hint) for r in rows.reports] == [
        (
            "PARAM001",
            "the formula BSA / WEIGTH reads parameter BSA, which no earlier block of ADVS has",
            Severity.ERROR,
            "BSA",
            "there are HEIGHT, WEIGHT; put the block that makes it before this one",
        ),
        (
            "PARAM001",
            "the formula BSA / WEIGTH reads parameter WEIGTH, which no earlier block of ADVS has",
            Severity.ERROR,
            "WEIGTH",
            "did you mean WEIGHT?",
        ),
    ]


def test_no_records() -> None:
    rows = FakeRows({"USUBJID": []}, tables={"self": VITALS})
    assert derive(rows, from_parameters={"formula": "BSA"}) == []
    assert rows.reports == []


def test_what_it_reads() -> None:
    made = make(from_parameters={"formula": "WEIGHT + HEIGHT", "by": BY, "where": 'ANL01FL == "Y"'})
    assert made.reads() == ("USUBJID", "AVISITN")
    assert made.tables() == {"self": ("USUBJID", "AVISITN", "PARAMCD", "ANL01FL", "AVAL")}
    assert not made.reads_siblings()


def test_numbers_or_texts() -> None:
    numeric = {"self.AVAL"}
    assert make(from_parameters="WEIGHT + HEIGHT").makes_numbers(numeric.__contains__)
    assert not make(from_parameters={"formula": "BOR", "value": "AVALC"}).makes_numbers(numeric.__contains__)
    assert not make(from_parameters='if(WEIGHT > 80, "Y", "N")').makes_numbers(numeric.__contains__)


def test_what_is_refused() -> None:
    assert refusal(from_parameters="1 + 1") == "'from_parameters': 'formula' 1 + 1 names no parameter"
    assert refusal(from_parameters="WEIGHT > 1") == (
        '\'from_parameters\': WEIGHT > 1 is true or false, which is not a value; write if(WEIGHT > 1, "Y", "N")'
    )


def test_it_describes_itself() -> None:
    assert method(from_parameters={"formula": "sqrt(HEIGHT * WEIGHT / 3600)", "by": BY}) == (
        "The square root of ((HEIGHT × WEIGHT) / 3600); HEIGHT and WEIGHT are the values of AVAL of the earlier "
        "records of AE with these PARAMCD whose USUBJID and AVISITN are the same. A parameter is missing where there "
        "is no such record, or where several have different values."
    )
    assert method(from_parameters={"formula": "WEIGHT * 2", "from": "ADVS", "where": 'ANL01FL == "Y"'}) == (
        "WEIGHT × 2; WEIGHT is the value of AVAL of the records of ADVS with this PARAMCD whose USUBJID is the same "
        "and where ADVS.ANL01FL equals Y. A parameter is missing where there is no such record, or where several have "
        "different values."
    )


@given(st.permutations(range(6)))
def test_the_order_of_records_does_not_matter(order: list[int]) -> None:
    shuffled = {name: [values[n] for n in order] for name, values in VITALS.items()}
    assert derive(visits(**shuffled), from_parameters={"formula": "WEIGHT - 10", "by": BY}) == [80.0, 30.0, None, 60.0]
