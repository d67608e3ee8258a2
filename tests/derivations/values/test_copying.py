"""copy and constant."""

from __future__ import annotations

from cdisc_conv.dataset import OriginType
from cdisc_conv.problems import Problem, Severity
from tests.derivations.rows import CT, FakeRows, FakeWords, derive, make, method, refusal

ROWS = FakeRows({"AETERM": [" Headache ", "", "  ", "Übelkeit x"], "AGE": [1, None, 2.5, 0]})


def test_copy_takes_blanks_off_the_ends() -> None:
    assert derive(ROWS, copy="AETERM") == ["Headache", "", "", "Übelkeit x"]


def test_copy_changes_case() -> None:
    assert derive(ROWS, copy={"source": "AETERM", "case": "upper"}) == ["HEADACHE", "", "", "ÜBELKEIT X"]
    assert derive(ROWS, copy={"source": "AETERM", "case": "lower"}) == ["headache", "", "", "übelkeit x"]


def test_copy_leaves_numbers_numbers() -> None:
    assert derive(ROWS, copy={"source": "AGE", "case": "upper"}) == [1.0, None, 2.5, 0.0]


def test_copy_of_no_rows() -> None:
    assert derive(FakeRows({"AETERM": []}), copy="AETERM") == []


def test_copy_describes_itself_where_there_is_something_to_say() -> None:
    assert method(copy="raw.AETERM") == ""
    assert make(copy="raw.AETERM").sentence(FakeWords()) == "The value of AETERM of form Adverse Events."
    assert method(copy={"source": "raw.AETERM", "case": "upper"}) == (
        "The value of AETERM of form Adverse Events, in capital letters."
    )
    assert method(copy="DM.RFPENDTC") == "The value of DM.RFPENDTC."


def test_copy_reads_its_source() -> None:
    assert make(copy="AETERM").reads() == ("AETERM",)
    assert make(copy="`AE TERM`").reads() == ("raw.AE TERM",)


def test_constant_is_in_every_record() -> None:
    assert derive(ROWS, constant="YEARS") == ["YEARS"] * 4
    assert derive(ROWS, constant=2) == [2.0] * 4
    assert derive(ROWS, constant="") == [""] * 4


def test_constant_describes_itself() -> None:
    assert method(constant="YEARS") == "Set to YEARS."
    assert method(constant="") == ""
    assert make(constant="").sentence(FakeWords()) == "Left blank."
    assert make(constant="").origin is OriginType.ASSIGNED


def test_constant_refuses_truth_values() -> None:
    assert refusal(constant=True) == (
        "'value' of 'constant': 'True' is a truth value; put it in quotes if it is a text"
    )


def test_constant_outside_its_codelist() -> None:
    assert make(constant="YEARS").check(CT.codelist("AGEU"), numeric=False) == []
    assert make(constant="Yes").check(CT.codelist("SEX"), numeric=False) == [
        Problem("DRV002", "'Yes' is not in codelist SEX (C66731)", value="Yes")
    ]
    assert make(constant="MAL").check(CT.codelist("SEX"), numeric=False)[0].hint == "did you mean M?"
    assert make(constant="TABLETTE").check(CT.codelist("FRM"), numeric=False) == [
        Problem(
            "DRV002",
            "'TABLETTE' is not in codelist FRM (C66726)",
            Severity.WARNING,
            hint="did you mean TABLET?",
            value="TABLETTE",
        )
    ]
    assert make(constant={"value": "OWN FORM", "extend": True}).check(CT.codelist("FRM"), numeric=False) == []


def test_constant_that_is_no_number() -> None:
    assert make(constant="12").check(None, numeric=True) == []
    assert make(constant="").check(None, numeric=True) == []
    assert make(constant="twelve").check(None, numeric=True) == [
        Problem("DRV001", "the constant 'twelve' is not a number")
    ]
