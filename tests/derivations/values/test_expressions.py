"""expr and cases."""

from __future__ import annotations

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Reach
from tests.derivations.rows import CT, FakeRows, derive, make, method, refusal


def test_expr_computes_text_and_numbers() -> None:
    rows = FakeRows({"PATNUM": ["701-1015", ""], "A": [1, None]})
    assert derive(rows, expr="substr(PATNUM, 5)") == ["1015", ""]
    assert derive(rows, expr="A + 1") == [2.0, None]


def test_expr_describes_itself() -> None:
    assert method(expr="AVAL - BASE") == "AE.AVAL − AE.BASE."
    assert make(expr="AVAL - DM.AGE").reads() == ("AVAL", "DM.AGE")


def test_expr_refuses_conditions_and_bad_text() -> None:
    assert refusal(expr='A == "x"') == (
        '\'expression\' of \'expr\': A == "x" is true or false, which is not a value; write if(A == "x", "Y", "N")'
    )
    assert "'expression' of 'expr': " in refusal(expr="A +")


ARM = [{"when": 'IEYN == "N"', "constant": "Screen Failure"}, {"when": 'ARMC != ""', "copy": "ARMC"}, {"constant": "?"}]


def test_the_first_branch_that_holds_decides() -> None:
    rows = FakeRows({"IEYN": ["N", "Y", "Y", "N"], "ARMC": ["A", "B", "", ""]})
    assert derive(rows, cases=ARM) == ["Screen Failure", "B", "?", "Screen Failure"]


def test_records_that_meet_no_condition_stay_blank() -> None:
    rows = FakeRows({"IEYN": ["N", "Y"], "ARMC": ["A", ""]})
    assert derive(rows, cases=ARM[:2]) == ["Screen Failure", ""]
    assert derive(FakeRows({"IEYN": [], "ARMC": []}), cases=ARM[:2]) == []


def test_branches_of_numbers() -> None:
    rows = FakeRows({"X": ["1", "2", "3"], "N": [10, 20, 30]}, numeric=True)
    branches = [{"when": 'X == "1"', "constant": 5}, {"when": 'X == "2"', "copy": "N"}]
    assert derive(rows, cases=branches) == [5.0, 20.0, None]
    text = FakeRows({"X": ["1", "2"], "N": [10, 20.5]})
    assert derive(text, cases=[{"when": 'X == "1"', "constant": "low"}, {"copy": "N"}]) == ["low", "20.5"]


def test_a_branch_complains_only_of_its_own_records() -> None:
    rows = FakeRows({"X": ["a", "b", "a"], "SEV": ["bad", "worse", "MILD"]}, terms=CT.codelist("AESEV"))
    assert derive(rows, cases=[{"when": 'X == "a"', "term": "SEV"}, {"copy": "SEV"}]) == ["bad", "worse", "MILD"]
    assert [(report.code, report.rows, report.value) for report in rows.reports] == [("TERM001", [0], "bad")]


def test_nested_cases_name_the_right_rows() -> None:
    rows = FakeRows({"X": ["b", "a", "a"], "Y": ["", "1", "2"], "SEV": ["", "MILD", "bad"]}, terms=CT.codelist("AESEV"))
    inner = {"cases": [{"when": 'Y == "2"', "term": "SEV"}, {"constant": "one"}]}
    assert derive(rows, cases=[{"when": 'X == "a"', **inner}]) == ["", "one", "bad"]
    assert [report.rows for report in rows.reports] == [[2]]


def test_cases_describe_themselves() -> None:
    assert method(cases=[{"when": 'IEYN == "N"', "constant": "SF"}, {"when": 'ARMC != ""', "copy": "raw.ARMC"}]) == (
        "Where AE.IEYN equals N: Set to SF. Otherwise, where AE.ARMC is not missing: The value of ARMC of form "
        "Adverse Events. Otherwise: left blank."
    )
    assert method(cases=[{"when": 'IEYN == "N"', "constant": "SF"}, {"constant": ""}]) == (
        "Where AE.IEYN equals N: Set to SF. Otherwise: Left blank."
    )


def test_cases_read_what_their_branches_read() -> None:
    made = make(cases=[{"when": "A == B", "lookup": {"from": "DS", "take": "DSDTC"}}, {"copy": "C"}])
    assert made.reads() == ("A", "B", "USUBJID", "C")
    assert made.tables() == {"DS": ("USUBJID", "DSDTC")}
    assert made.actual_reach() is Reach.SUBJECT
    assert make(cases=[{"copy": "C"}]).actual_reach() is Reach.ROW


def test_the_origin_follows_the_branches() -> None:
    assert make(cases=[{"when": 'A == "1"', "copy": "B"}, {"term": "C"}]).actual_origin() is OriginType.COLLECTED
    assert make(cases=[{"when": 'A == "1"', "copy": "B"}, {"constant": "C"}]).actual_origin() is OriginType.DERIVED


def test_branches_bring_their_qualifiers_under_their_conditions() -> None:
    made = make(cases=[{"when": 'A == "1"', "split": {"text": "B", "parts": 2, "size": 5}}, {"copy": "C"}])
    label, derivation = made.supplemental("AETERM")["AETERM1"]
    assert label == "Continuation of AETERM 1"
    rows = FakeRows({"A": ["1", "2"], "B": ["aaaa bbbb", "aaaa bbbb"], "C": ["", ""]})
    assert derivation.derive(rows).tolist() == ["bbbb", ""]


def test_branches_bring_companions_and_leave_them_blank_elsewhere() -> None:
    imputed = {"date": "B", "impute": "day"}
    made = make(cases=[{"when": 'A == "1"', "numeric_date": "B"}, {"numeric_date": imputed}])
    rows = FakeRows({"A": ["1", "2", "2"], "B": ["2022-03", "2022-03", "2022-03-10"]})
    assert made.derive(rows).fillna(-1).tolist() == ["", "22705", "22714"]
    assert {name: flag.derive(rows).tolist() for name, flag in made.companions("ADT").items()} == {
        "ADTF": ["", "D", ""]
    }
    assert make(cases=[{"copy": "A"}]).companions("ADT") == {}


def test_cases_check_their_branches() -> None:
    problems = make(cases=[{"when": 'A == "1"', "constant": "MIDL"}, {"constant": "MILD"}]).check(
        CT.codelist("AESEV"), numeric=False
    )
    assert [problem.message for problem in problems] == ["'MIDL' is not in codelist AESEV (C66769)"]


def test_cases_that_are_refused() -> None:
    assert refusal(cases=[]).startswith("'branches' of 'cases': ")
    assert refusal(cases=[{"copy": "A"}, {"copy": "B"}]) == (
        "'branches' of 'cases': branch 1 has no 'when' and takes all records, so those after it get none"
    )
    assert "'branches.1' of 'cases': there is no derivation 'cpoy' (did you mean copy?)" in refusal(
        cases=[{"cpoy": "A"}]
    )
    assert "'copy' has no 'sorce'" in refusal(cases=[{"copy": {"sorce": "A"}}])
    assert "'label' does not belong beside 'copy' here" in refusal(cases=[{"copy": "A", "label": "B"}])


def test_numbers_that_lose_digits_are_reported() -> None:
    rows = FakeRows({"A": ["12345678901234567", "7", ""]}, variable="AEX", numeric=True)
    assert derive(rows, expr="number(A)") == [12345678901234568.0, 7.0, None]
    assert [(report.code, report.rows, report.field) for report in rows.reports] == [("NUM002", [0], "A")]
