"""Flags against their method in define.xml: what is read of it, and what is found in the data."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.checks.define.baselines import check_baseline
from cdisc_conv.checks.define.columns import Columns
from cdisc_conv.checks.define.extremes import check_extreme
from cdisc_conv.checks.define.methods import Definition, check_method, read_method
from cdisc_conv.checks.define.statements import ItemStatement
from cdisc_conv.dataset import Column, Dataset, Item
from tests.checks.conftest import make_analysis_dataset

NAMES = {"SAFFL", "TRTSDT", "ADT", "AVAL", "PARAMCD", "ADSL.SAFFL", "AESEV"}


@pytest.mark.parametrize(
    ("method", "condition", "otherwise"),
    [
        ("Y if SAFFL = 'Y', otherwise N", 'SAFFL == "Y"', "N"),
        ("Set to Y if ADSL.SAFFL equals Y and ADT is on or after TRTSDT; else blank.",
         '(ADSL.SAFFL == "Y" and ADT >= TRTSDT)', ""),
        ("If TRTSDT ne . then SAFFL = 'Y'; else SAFFL = 'N'", 'TRTSDT != ""', "N"),
        ("Set to 'Y' when (AVAL > 5 or AVAL is missing) and PARAMCD in ('A', 'B')",
         '((AVAL > 5 or AVAL == "") and PARAMCD in ("A", "B"))', None),
        ("Only where AESEV is one of (\"MILD\", SEVERE) and ADT is greater than TRTSDT; blank otherwise. Set to Y.",
         '(AESEV in ("MILD", "SEVERE") and ADT > TRTSDT)', ""),
        ("Y where TRTSDT is not missing; otherwise N.", 'TRTSDT != ""', "N"),
    ],
)  # fmt: skip
def test_conditions_that_are_read(method: str, condition: str, otherwise: str | None) -> None:
    found = read_method(method, NAMES.__contains__)
    assert found is not None
    assert (found.condition, found.otherwise) == (condition, otherwise)


@pytest.mark.parametrize(
    "method",
    [
        "Y on the last record before TRTSDT",
        "Y if SAFFL = 'Y' and the subject took a dose, otherwise N",
        "Y if NOSUCH = 'Y', otherwise N",
        "Y if SAFFL = 'Y' [WORK, a working value]",
        "See the analysis plan",
        "Y if " + "(" * 500 + "SAFFL = 'Y'" + ")" * 500,
        "",
    ],
)
def test_what_is_not_read_to_its_end_is_not_asked(method: str) -> None:
    assert read_method(method, NAMES.__contains__) is None


@given(st.text(alphabet="Yif SAFLotherwise=',.()\"<>^1", max_size=80))
def test_any_text_is_read_or_not(text: str) -> None:
    assert isinstance(read_method(f"Y if {text}", NAMES.__contains__), Definition | None)


def make(name: str, **data: list[str]) -> Dataset:
    frame = pd.DataFrame(data, dtype="str")
    columns = tuple(Column(one, one, False, Item("text", 10)) for one in map(str, frame))
    return Dataset(name, name, frame, columns)


def test_flags_that_are_not_what_their_method_says() -> None:
    adsl = make("ADSL", USUBJID=["01", "02", "03"], SAFFL=["Y", "N", "Y"], TRTSDT=["2022-01-10", "", "2022-01-12"])
    adae = make(
        "ADAE",
        USUBJID=["01", "01", "02", "03", "03"],
        ASTDTC=["2022-01-10", "2022-01-09", "2022-01-10", "", "2022-02-01"],
        TRTEMFL=["Y", "Y", "N", "Y", ""],
    )
    method = "Y if ADSL.SAFFL = 'Y' and ASTDTC >= ADSL.TRTSDT, otherwise blank"
    item = ItemStatement("TRTEMFL", "text", method=method)
    (found,) = check_method(Columns(adae, {"ADSL": adsl}), item)
    assert found.problem.place.rows == (2, 5)  # what cannot be compared is not asked
    assert str(found.problem) == (
        f"ADAE.TRTEMFL rows 2, 5: DEF223 TRTEMFL is not what its method in define.xml says: {method}; 2 records: "
        "subject 01 TRTEMFL Y; subject 03 TRTEMFL blank (derive it again, or correct the method)"
    )
    sound = make("ADAE", USUBJID=["01"], ASTDTC=["2022-01-10"], TRTEMFL=["Y"])
    assert list(check_method(Columns(sound, {"ADSL": adsl}), item)) == []


LAST = "Last non-missing value of AVAL on or before first dose (ADSL.TRTSDT)"


@pytest.mark.parametrize(
    ("method", "rows"),
    [
        (LAST, (1,)),
        ("Y on the last record by ADVS.ADT of a subject. Only where ADVS.ADT is at most ADSL.TRTSDT.", (1,)),
        (f"{LAST}, among records with ANL01FL = Y", ()),
        ("Average of all values before ADSL.TRTSDT", ()),
    ],
)  # fmt: skip
def test_baselines_that_are_not_the_last(method: str, rows: tuple[int, ...]) -> None:
    adsl = make_analysis_dataset("ADSL", "USUBJID|TRTSDT\n01|2022-01-10\n02|2022-01-10")
    advs = make_analysis_dataset(
        "ADVS",
        "USUBJID|PARAMCD|ADT|AVAL|ABLFL\n01|SYSBP|2022-01-04|120|Y\n01|SYSBP|2022-01-08|125|\n"
        "02|SYSBP|2022-01-04|120|Y\n02|SYSBP|2022-01-08||\n02|SYSBP|2022-01-10|130|",
    )
    item = ItemStatement("ABLFL", "text", method=method)
    found = list(check_baseline(Columns(advs, {"ADSL": adsl}), item))
    assert [row for one in found for row in one.problem.place.rows] == list(rows)


@pytest.mark.parametrize(
    ("method", "flags", "rows"),
    [
        ("Y on the record with the lowest ADVS.AVAL for each subject and ADVS.PARAMCD; blank on all other records. "
         "Only records where ADVS.ADT is greater than ADSL.TRTSDT and that have ADVS.AVAL count.", ",,Y,,", ()),
        ("Y on the record with the lowest ADVS.AVAL for each subject and ADVS.PARAMCD; blank on all other records. "
         "Only records where ADVS.ADT is greater than ADSL.TRTSDT and that have ADVS.AVAL count.", "Y,,,,", (1,)),
        ("Y on the record with the highest ADVS.AVAL for each subject; blank on all other records.", ",Y,Y,,", (3,)),
        ("Y on the record with the highest ADVS.AVAL for each subject; blank on all other records.", ",Y,,Y,", (2, 4)),
        ("Y on the last record by ADVS.ADT for each subject, ADVS.PARAMCD; blank on all other records.", ",,,,Y", ()),
        ("Y on the first record by ADVS.ADT for each subject; blank on all other records.", ",,,,", (1,)),
    ],
)  # fmt: skip
def test_flags_of_extremes(method: str, flags: str, rows: tuple[int, ...]) -> None:
    adsl = make_analysis_dataset("ADSL", "USUBJID|TRTSDT\n01|2022-01-05")
    values = ("2022-01-04|120", "2022-01-08|125", "2022-01-09|123", "2022-01-10|125", "2022-01-11|123")
    lines = [f"01|SYSBP|{value}|{flag}" for value, flag in zip(values, flags.split(","), strict=True)]
    advs = make_analysis_dataset("ADVS", "\n".join(["USUBJID|PARAMCD|ADT|AVAL|ANL01FL", *lines]))
    found = list(check_extreme(Columns(advs, {"ADSL": adsl}), ItemStatement("ANL01FL", "text", method=method)))
    assert [row for one in found for row in one.problem.place.rows] == list(rows)


def test_types_that_do_not_go_together_are_not_asked() -> None:
    item = ItemStatement("SAFFL", "text", method="Y if TRTSDT > 5, otherwise N")
    assert list(check_method(Columns(make("ADSL", SAFFL=["N"], TRTSDT=["x"])), item)) == []
