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
        ("Y if SAFFL='Y' and TRTSDT ne missing. N otherwise", '(SAFFL == "Y" and TRTSDT != "")', "N"),
        ("Equal to 'Y' if TRTSDT is non-missing, blank otherwise", 'TRTSDT != ""', ""),
        ("If TRTSDT <= ADT <= TRTSDT + 30 then 'Y'", "(TRTSDT <= ADT and ADT <= TRTSDT + 30)", None),
        ("Y if ADT is within 14 days before TRTSDT", "(ADT >= TRTSDT - 14 and ADT <= TRTSDT)", None),
        ("Y if ADT is within 3 days of TRTSDT", "(ADT >= TRTSDT - 3 and ADT <= TRTSDT + 3)", None),
        ("Y if AVAL is between 1 and 5, otherwise N", "(AVAL >= 1 and AVAL <= 5)", "N"),
        ("Y where ADT is on or after TRTSDT and at most 30 days after the date of TRTSDT; otherwise blank. "
         "Times are compared where both are known. A missing TRTSDT sets no limit.",
         "(ADT >= TRTSDT and ADT <= TRTSDT + 30)", ""),
        ("Only where SAFFL is missing; blank otherwise. "
         "Y where ADT is from TRTSDT to 30 days after the date of TRTSDT; otherwise blank. "
         "Where a date is partial, Y unless every day that it may stand for is outside.",
         '(SAFFL == "" and (ADT >= TRTSDT and ADT <= TRTSDT + 30))', ""),
        ("Y where any time from ADT to AVAL is from TRTSDT to 30 days after TRTSDT; otherwise blank.",
         "(AVAL >= TRTSDT and ADT <= TRTSDT + 30)", ""),
        ("Y if AESEV is neither missing nor one of (MILD), otherwise N",
         '(AESEV != "" and AESEV not in ("MILD"))', "N"),
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
        "Y if ADT is within 30 days",
        "Y if ADT is from TRTSDT",
        "Y if is at least 5",
        "Only where SAFFL is missing; blank otherwise. See the analysis plan",
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
        ("Last value of AVAL on or before first dose (ADSL.TRTSDT), within 3 days", (1, 3)),
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


WORST = (
    "Y on the record with the worst ADVS.AVAL for each subject; blank on all other records. "
    "From best to worst the values are 120, 123 and 125. Of several such records the first is flagged."
)


@pytest.mark.parametrize(("flags", "rows"), [(",Y,,,", ()), ("Y,,,,", (1,)), (",,Y,,", (3,))])
def test_flags_of_the_worst(flags: str, rows: tuple[int, ...]) -> None:
    lines = [f"01|{value}|{flag}" for value, flag in zip((120, 125, 123, 123, 120), flags.split(","), strict=True)]
    advs = make_analysis_dataset("ADVS", "\n".join(["USUBJID|AVAL|ANL01FL", *lines]))
    found = list(check_extreme(Columns(advs, {}), ItemStatement("ANL01FL", "text", method=WORST)))
    assert [row for one in found for row in one.problem.place.rows] == list(rows)
    unknown = make_analysis_dataset("ADVS", "USUBJID|AVAL|ANL01FL\n01|120|Y\n01|130|")
    assert list(check_extreme(Columns(unknown, {}), ItemStatement("ANL01FL", "text", method=WORST))) == []


FIRST = (
    " [FIRST, a working value: RS.RSSTRESC from the first of the records of RS whose USUBJID is the same and where "
    "RS.RSSTRESC is not missing, sorted ascending by RSDTC. Blank where there is no such record.]"
)
RESPONSE = " [RESPONSE, a working value: Y where RS has a record whose USUBJID is the same; otherwise blank.]"


@pytest.mark.parametrize(
    ("method", "rows"),
    [
        ("Y where RS has a record whose USUBJID is the same and where RS.RSSTRESC equals PR; otherwise N.", (2,)),
        ("Y if RESPONSE equals Y, otherwise N." + RESPONSE, (2, 3)),
        ("Y if FIRST is missing, otherwise N." + FIRST, (1,)),
        ("Y if FIRST equals SD, otherwise N." + FIRST, (2, 3)),
        ("Y if the subject has at least one record in RS with RSSTRESC = 'PR', otherwise N", (2,)),
        ("Y if the subject has any record in EX, otherwise N", ()),
        ("Y if A is missing. [A, a working value: the mean of all values.]", ()),
    ],
)
def test_what_methods_take_from_other_datasets(method: str, rows: tuple[int, ...]) -> None:
    adsl = make("ADSL", USUBJID=["01", "02", "03"], RESPFL=["Y", "Y", "N"])
    rs = make(
        "RS", USUBJID=["01", "01", "03"], RSDTC=["2022-03-01", "2022-02-01", "2022-02-01"], RSSTRESC=["PR", "SD", "SD"]
    )
    found = list(check_method(Columns(adsl, {"RS": rs}), ItemStatement("RESPFL", "text", method=method)))
    assert [row for one in found for row in one.problem.place.rows] == list(rows)


def test_an_imputed_date_is_not_compared() -> None:
    adae = make_analysis_dataset(
        "ADAE",
        "USUBJID|TRTSDT|ASTDT|ASTDTF|TRTEMFL\n01|2022-01-10|2022-01-01|D|Y\n01|2022-01-10|2022-01-01||Y",
    )
    item = ItemStatement("TRTEMFL", "text", method="Y if ASTDT >= TRTSDT")
    assert [one.problem.place.rows for one in check_method(Columns(adae), item)] == [(2,)]


def test_types_that_do_not_go_together_are_not_asked() -> None:
    item = ItemStatement("SAFFL", "text", method="Y if TRTSDT > 5, otherwise N")
    assert list(check_method(Columns(make("ADSL", SAFFL=["N"], TRTSDT=["x"])), item)) == []
