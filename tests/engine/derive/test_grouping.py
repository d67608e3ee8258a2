"""Rows that become one record: how single columns are taken, and the finding about values that are lost."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.engine.derive.grouping import MARK, find_lost, take_values

CM = """\
keys: [USUBJID, CMTRT]
records:
  - form: cm
    group: [SUBJID, TRT]
{more}
variables:
  CMTRT: {{copy: TRT}}
  CMSTDTC: {{datetime: STDAT}}
  CMDOSE: {{copy: DOSE}}
"""
FORMS = {
    "dm": {"SUBJID": ["1", "2"]},
    "cm": {
        "SUBJID": ["1", "1", "1", "2"],
        "TRT": ["Aspirin", "aspirin ", "Ibuprofen", "Aspirin"],
        "STDAT": ["UN-MAR-2022", "05-MAR-2022", "01-APR-2022", ""],
        "DOSE": ["100", "100 ", "400", "100"],
    },
}
DM = "records: [{form: dm}]\nvariables: {RFSTDTC: {constant: ''}}"


def run(lab, more: str = "", **changed: list[str]):
    forms = {**FORMS, "cm": {**FORMS["cm"], **changed}}
    return lab.convert(forms, {"DM": DM, "CM": CM.format(more=more)})


def lost(conversion) -> list[str]:
    return [str(problem) for problem in conversion.problems if problem.code == "GROUP001"]


def test_a_value_that_the_record_does_not_have_is_a_finding(lab, records):
    made = run(lab)
    assert records(made, "CM", "USUBJID", "CMSTDTC")[0] == ("1", "2022-03")
    assert lost(made) == [
        "CM.CMSTDTC form cm.STDAT row 2: GROUP001 STDAT differs within 1 of 3 groups by SUBJID, TRT; first: 'UN-MAR-2022' is taken, "
        "'05-MAR-2022' is not (say how it is taken, 'columns: {STDAT: ...}': first, last, min, max, most_complete, list, or row for "
        "that of the row that is taken)"
    ]


def test_blanks_and_letter_case_make_no_difference_and_a_blank_loses_nothing(lab):
    assert lost(run(lab, STDAT=["05-MAR-2022", "", "", ""], DOSE=["1 mg", " 1  MG", "", ""])) == []


def test_a_blank_that_is_taken_loses_the_value_of_another_row(lab):
    (message,) = lost(run(lab, STDAT=["", "05-MAR-2022", "", ""]))
    assert "a blank is taken, '05-MAR-2022' is not" in message


@pytest.mark.parametrize(
    ("way", "dates", "taken"),
    [
        ("most_complete", ["UN-MAR-2022", "05-MAR-2022"], "2022-03-05"),
        ("most_complete", ["", "2022"], "2022"),
        ("min", ["06-APR-2022", "05-MAY-2022"], "2022-04-06"),
        ("max", ["06-APR-2022", "05-MAY-2022"], "2022-05-05"),
        ("first", ["", "05-MAY-2022"], "2022-05-05"),
        ("last", ["06-APR-2022", ""], "2022-04-06"),
        ("row", ["2021", "05-MAY-2022"], "2021"),
    ],
)
def test_a_column_says_how_it_is_taken(lab, records, way, dates, taken):
    made = run(lab, f"    columns: {{STDAT: {way}}}", STDAT=[*dates, "", ""])
    assert records(made, "CM", "USUBJID", "CMSTDTC")[0] == ("1", taken)
    assert lost(made) == []


EX = """\
keys: [USUBJID, EXTRT, EXSTDTC]
records:
  - form: ex
    merge: {{by: [SUBJID, TRT], start: STDAT, end: ENDAT}}
{more}
variables:
  EXTRT: {{copy: TRT}}
  EXSTDTC: {{datetime: STDAT}}
  EXENDTC: {{datetime: ENDAT}}
  EXROUTE: {{copy: ROUTE}}
"""
DOSES = {
    "SUBJID": ["1", "1", "1", "2"],
    "TRT": ["A", "A", "A", "A"],
    "STDAT": ["01-MAR-2022", "03-MAR-2022", "09-MAR-2022", "01-MAR-2022"],
    "ENDAT": ["02-MAR-2022", "04-MAR-2022", "09-MAR-2022", "01-MAR-2022"],
    "ROUTE": ["ORAL", "TOPICAL", "ORAL", "ORAL"],
}


def merge(lab, more: str = ""):
    return lab.convert({**FORMS, "ex": DOSES}, {"DM": DM, "EX": EX.format(more=more)})


def test_a_value_that_a_merged_interval_does_not_have_is_a_finding(lab, records):
    made = merge(lab)
    assert records(made, "EX", "EXSTDTC", "EXENDTC", "EXROUTE")[0] == ("2022-03-01", "2022-03-04", "ORAL")
    assert lost(made) == [
        "EX.EXROUTE form ex.ROUTE row 2: GROUP001 ROUTE differs within 1 of 3 intervals merged by SUBJID, TRT; first: 'ORAL' is taken, "
        "'TOPICAL' is not (add it to 'by' of 'merge', or say how it is taken, 'columns: {ROUTE: ...}': first, last, min, max, "
        "most_complete, list, or row for that of the row that is taken)"
    ]


@pytest.mark.parametrize(
    ("way", "taken"), [("list", "ORAL; TOPICAL"), ("last", "TOPICAL"), ("first", "ORAL"), ("row", "ORAL")]
)
def test_a_column_of_merged_intervals_says_how_it_is_taken(lab, records, way, taken):
    made = merge(lab, f"    columns: {{ROUTE: {way}}}")
    assert records(made, "EX", "EXENDTC", "EXROUTE") == [
        ("2022-03-04", taken),
        ("2022-03-09", "ORAL"),
        ("2022-03-01", "ORAL"),
    ]
    assert lost(made) == []


def test_numbers_are_compared_as_numbers(lab, records):
    made = run(lab, "    columns: {DOSE: max, STDAT: row}", DOSE=["100", "20", "", ""])
    assert records(made, "CM", "CMDOSE")[0] == (100.0,)


def test_most_complete_dates_that_contradict_each_other(lab):
    made = run(lab, "    columns: {STDAT: most_complete}", STDAT=["UN-APR-2022", "05-MAR-2022", "", ""])
    assert lost(made) == [
        "CM.CMSTDTC form cm.STDAT row 1: GROUP001 the dates in STDAT contradict each other in 1 of 3 groups by SUBJID, TRT; first: "
        "'05-MAR-2022' is taken, 'UN-APR-2022' is not (correct the data)"
    ]


def test_the_method_says_how_a_column_is_taken(lab):
    from cdisc_conv.engine.describe.words import method_of
    from cdisc_conv.engine.plan.graph import plan_study

    study = lab.load(FORMS, {"DM": DM, "CM": CM.format(more="    columns: {STDAT: most_complete}")})
    part = next(node for node in plan_study(study).order if str(node) == "CM.CMSTDTC")
    assert method_of(study, part).endswith("Of several rows that make one record, the most complete date in STDAT.")


def test_a_column_of_for_each_is_taken_as_it_says(lab, records):
    vs = """\
records:
  - form: cm
    for_each: [{VSTESTCD: HEIGHT, RESULT: raw.DOSE}]
    group: [SUBJID, VSTESTCD]
    columns: {RESULT: list}
variables: {VSORRES: {copy: RESULT}}
"""
    assert records(lab.convert(FORMS, {"DM": DM, "VS": vs}), "VS", "USUBJID", "VSORRES") == [
        ("1", "100; 400"),
        ("2", "100"),
    ]


def test_raw_is_the_column_of_the_source_whatever_for_each_calls_its_names(lab, records):
    vs = """\
records:
  - form: cm
    for_each: [{VSTESTCD: HEIGHT, DOSE: fixed}]
    where: raw.DOSE == "400" and DOSE == "fixed"
variables: {VSORRES: {copy: raw.DOSE}, VSSTRESC: {copy: DOSE}}
"""
    assert records(lab.convert(FORMS, {"DM": DM, "VS": vs}), "VS", "VSORRES", "VSSTRESC") == [("400", "fixed")]


def test_all_rows_of_a_group_after_for_each(lab, records):
    vs = """\
records:
  - form: cm
    for_each: [{VSTESTCD: HEIGHT, RESULT: raw.DOSE}, {VSTESTCD: WEIGHT, RESULT: raw.TRT}]
    group: [SUBJID, VSTESTCD]
variables: {VSORRES: {list: RESULT}}
"""
    made = records(lab.convert(FORMS, {"DM": DM, "VS": vs}), "VS", "USUBJID", "VSTESTCD", "VSORRES")
    assert made[0][:2] == ("1", "HEIGHT") and "100" in made[0][2] and "400" in made[0][2]


def test_for_each_of_a_dataset_waits_for_its_columns(lab, records):
    ae = "records: [{form: cm}]\nvariables: {AETERM: {copy: TRT}, AEACN: {copy: AETERM}}"
    fa = "records:\n  - from: AE\n    for_each: [{FATESTCD: OCCUR, FAOBJ: raw.AEACN}]\nvariables: {USUBJID: {copy: USUBJID}}"
    assert records(lab.convert(FORMS, {"FA": fa, "AE": ae, "DM": DM}), "FA", "FAOBJ")[0] == ("Aspirin",)


texts = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "a", "b", "c"])), min_size=1, max_size=12)


@given(texts)
def test_each_way_against_plain_python(pairs):
    record = np.array([number for number, _ in pairs])
    values = pd.Series([text for _, text in pairs], dtype="str")
    behind = [[text for number, text in pairs if number == n and text] for n in range(4)]
    pick = {
        "first": lambda found: found[0],
        "last": lambda found: found[-1],
        "min": min,
        "max": max,
        "list": lambda found: MARK.join(dict.fromkeys(found)),
    }
    for way, choose in pick.items():
        expected = [choose(found) if found else "" for found in behind]
        assert take_values(values, record, 4, way, lambda dates: dates).tolist() == expected
    listed = take_values(values, record, 4, "first", lambda dates: dates)
    wanted = [n for n, (r, text) in enumerate(pairs) if text and text != listed[r]]
    assert find_lost(values, record, listed, folded=False).tolist() == wanted


def test_the_least_of_a_record_does_not_depend_on_the_values_of_others():
    values = pd.Series(["10", "9", "b", "a10", "2022-02", "2022-01-31"], dtype="str")
    taken = take_values(
        values, np.array([0, 0, 1, 1, 2, 2]), 3, "min", lambda texts: texts.where(texts.str[:1] == "2", "")
    )
    assert taken.tolist() == ["9", "a10", "2022-01-31"]
