"""normal_range and toxicity_grade."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from reference_data import reference_file

from cdisc_conv.standards.toxicity import Results, load_toxicity
from tests.derivations.rows import FakeRows, Report, derive, method, refusal

RANGE = {"normal_range": {"value": "LBSTRESN", "low": "LBSTNRLO", "high": "LBSTNRHI"}}
GRADE = {"test": "LBTESTCD", "value": "LBSTRESN", "unit": "LBSTRESU", "low": "LBSTNRLO", "high": "LBSTNRHI"}


def results(*lines: str) -> FakeRows:
    """Test, result, unit, lower and upper limit, result and indicator at baseline; - for missing."""
    names = ("LBTESTCD", "LBSTRESN", "LBSTRESU", "LBSTNRLO", "LBSTNRHI", "BASE", "BNRIND")
    cells = [["" if cell == "-" else cell for cell in (*line.split(), *["-"] * 7)[:7]] for line in lines]
    columns = {name: [row[number] for row in cells] for number, name in enumerate(names)}
    for name in ("LBSTRESN", "LBSTNRLO", "LBSTNRHI", "BASE"):
        columns[name] = [float(cell) if cell else None for cell in columns[name]]
    return FakeRows(columns, dataset="LB", variable="LBTOXGR")


def test_below_in_and_above():
    rows = results("ALB 3.2 g/dL 3.3 4.9", "ALB 3.3 g/dL 3.3 4.9", "ALB 4.9 g/dL 3.3 4.9", "ALB 5 g/dL 3.3 4.9")
    assert derive(rows, **RANGE) == ["LOW", "NORMAL", "NORMAL", "HIGH"]


def test_one_limit_is_enough_and_none_is_not():
    rows = results("CRP 12 mg/L - 10", "CRP 9 mg/L - 10", "CRP 9 mg/L 10 -", "CRP 9 mg/L - -", "CRP - mg/L 1 10")
    assert derive(rows, **RANGE) == ["HIGH", "NORMAL", "LOW", "", ""]


def test_the_limits_may_be_text():
    rows = FakeRows({"V": ["3", "<5", "7"], "L": ["3.0", "1", ""], "H": ["5", "9", "x"]})
    assert derive(rows, normal_range={"value": "V", "low": "L", "high": "H"}) == ["NORMAL", "", ""]


def test_a_range_without_limits_is_refused():
    assert "a range needs a limit: give 'low', 'high' or both" in refusal(normal_range={"value": "LBSTRESN"})


def test_the_method_of_a_range():
    assert method(**RANGE) == (
        "LOW where AE.LBSTRESN is less than AE.LBSTNRLO and HIGH where it is greater than AE.LBSTNRHI; else NORMAL. "
        "Missing where there is no number or no limit."
    )


def test_indicators_of_the_public_laboratory_data():
    lb = pd.read_csv(reference_file("golden", "sdtm", "lb_part.csv.gz"), dtype="str", keep_default_na=False)
    lb = lb[(lb["LBSTRESN"] != "") & (lb["LBNRIND"] != "") & (lb["LBSTNRLO"] + lb["LBSTNRHI"] != "")]
    columns = {name: lb[name].tolist() for name in ("LBSTRESN", "LBSTNRLO", "LBSTNRHI")}
    made = pd.Series(derive(FakeRows(columns), **RANGE), index=lb.index)
    assert len(lb) > 9000
    # the others were judged by the original results and limits, which standard units round
    assert (made != lb["LBNRIND"]).sum() == 21


def test_grades_in_numbers_of_a_unit():
    rows = results(
        "HGB 121 g/L 120 160", "HGB 119 g/L 120 160", "HGB 99 g/L 120 160", "HGB 79 g/L 120 160",
        "PLAT 24.9 10^9/L 150 400", "K 6 mmol/L 3.5 5.1", "K 6.1 mmol/L 3.5 5.1", "K 2.4 mmol/L 3.5 5.1",
    )  # fmt: skip
    assert derive(rows, toxicity_grade=GRADE) == ["0", "1", "2", "3", "4", "2", "3", "4"]
    assert derive(rows, toxicity_grade={**GRADE, "return": "term"}) == [
        "", "Anemia", "Anemia", "Anemia", "Platelet count decreased", "Hyperkalemia", "Hyperkalemia", "Hypokalemia",
    ]  # fmt: skip
    assert rows.reports == []


def test_a_side_of_the_range():
    rows = results("HGB 185 g/L 120 160", "HGB 79 g/L 120 160", "ALT 9 U/L 5 40")
    assert derive(rows, toxicity_grade={**GRADE, "direction": "low"}) == ["0", "3", ""]
    assert derive(rows, toxicity_grade={**GRADE, "direction": "high"}) == ["2", "0", "0"]


def test_multiples_of_a_limit_are_exact_decimals():
    rows = results("CK 2.1 U/L 0 0.84", "CK 2.11 U/L 0 0.84", "APTT 2.1 s 0 1.4", "APTT 2.11 s 0 1.4")
    assert derive(rows, toxicity_grade=GRADE) == ["1", "2", "1", "2"]


def test_an_abnormal_baseline_is_what_liver_tests_are_compared_with():
    baseline = {**GRADE, "base": "BASE", "base_indicator": "BNRIND"}
    rows = results(
        "ALT 130 U/L 5 40 30 NORMAL",   # more than 3 x ULN
        "ALT 130 U/L 5 40 100 HIGH",    # less than 1.5 x baseline
        "ALT 150 U/L 5 40 100 HIGH",    # 1.5 x baseline
        "ALT 301 U/L 5 40 100 HIGH",    # more than 3 x baseline
        "ALT 130 U/L 5 40 - -",         # not known
        "ALT 39 U/L 5 40 - -",
    )  # fmt: skip
    assert derive(rows, toxicity_grade=baseline) == ["2", "0", "1", "2", "", ""]
    assert derive(rows, toxicity_grade=GRADE) == ["2", "2", "2", "3", "2", "0"]


def test_what_is_missing_decides_only_where_it_is_asked():
    rows = results("HGB 110 g/L - 160", "HGB 79 g/L - 160", "HGB - g/L 120 160", "XYZ 1 g/L 0 1")
    assert derive(rows, toxicity_grade={**GRADE, "direction": "low"}) == ["", "3", "", ""]


def test_units_are_converted_or_reported():
    rows = results(
        "ALB 2.9 g/dL 3.3 4.9",
        "HGB 6.2 mmol/L 7.1 9.8",
        "HGB 6.1 mmol/L 7.1 9.8",
        "ALB 29 furlong 33 49",
        "ALB 29 - 33 49",
    )
    low = {**GRADE, "direction": "low"}
    assert derive(rows, toxicity_grade=low) == ["2", "1", "2", "", ""]
    assert rows.reports == [
        Report(
            "TOX001",
            "ALB in 'furlong' cannot be graded as Hypoalbuminemia, whose criteria are in g/L",
            [3],
            field="LBSTRESU",
            value="ALB furlong",
            hint="correct the unit, or convert the result first",
        ),
        Report(
            "TOX001",
            "ALB in no unit cannot be graded as Hypoalbuminemia, whose criteria are in g/L",
            [4],
            field="LBSTRESU",
            value="ALB ",
            hint="correct the unit, or convert the result first",
        ),
    ]


def test_parameters_that_do_not_go_together_are_refused():
    assert "'base' and 'base_indicator' go together" in refusal(toxicity_grade={**GRADE, "base": "BASE"})
    assert "no criteria of CTCAE 4.0 here; there is: 5.0" in refusal(toxicity_grade={**GRADE, "version": "4.0"})


def test_version_4_03_grades_without_the_state_at_baseline():
    columns = {
        "LBTESTCD": ["ALT", "ALT", "CREAT", "CREAT", "PHOS", "PHOS", "GLUC", "URATE"],
        "LBSTRESN": ["100", "170", "90", "80", "0.75", "0.85", "14", "600"],
        "LBSTRESU": ["U/L", "U/L", "umol/L", "umol/L", "mmol/L", "mmol/L", "mmol/L", "umol/L"],
        "LBSTNRLO": ["0", "0", "40", "40", "0.9", "0.8", "4", "200"],
        "LBSTNRHI": ["40", "40", "120", "120", "1.5", "1.5", "6", "400"],
        "BASE": ["80", "80", "80", "80", "1", "1", "5", "300"],
        "BNRIND": ["HIGH", "HIGH", *["NORMAL"] * 6],
    }
    grade = {**GRADE, "base": "BASE", "base_indicator": "BNRIND"}
    assert derive(FakeRows(columns), toxicity_grade={**grade, "version": "4.03"}) == [
        "1", "2", "1", "0", "2", "0", "3", "4",
    ]  # fmt: skip
    assert derive(FakeRows(columns), toxicity_grade=grade) == ["0", "1", "0", "0", "", "", "0", "3"]


def test_the_method_of_a_grade():
    assert method(toxicity_grade={**GRADE, "direction": "low"}) == (
        "The grade of low results by CTCAE 5.0 of AE.LBSTRESN in AE.LBSTRESU of the test AE.LBTESTCD, with AE.LBSTNRLO "
        "and AE.LBSTNRHI. The highest grade whose criterion holds; what only a clinician can say is taken at its "
        "worst. 0 where no criterion holds; missing where it cannot be judged, or the test is not graded."
    )


@given(
    value=st.floats(0, 1000), low=st.floats(1, 100), width=st.floats(0.1, 100), more=st.floats(0, 1000),
)  # fmt: skip
def test_a_result_farther_out_has_no_lower_grade(value: float, low: float, width: float, more: float):
    no = np.zeros(2, dtype=bool)
    for term in load_toxicity("5.0"):
        step = more if term.direction == "high" else -more
        ours = Results(
            np.array([value, value + step]), np.full(2, low), np.full(2, low + width), np.full(2, low + width), ~no, no
        )
        first, second = term.grade(ours)
        assert second >= first, term.term


def test_grades_of_the_public_laboratory_data():
    """The public data are graded by CTCAE 4: the terms whose criteria stayed the same are compared."""
    adlb = pd.read_csv(reference_file("golden", "adam", "adlb_part.csv.gz"), dtype="str", keep_default_na=False)
    codes = {"ALB": "ALB", "CA": "CA", "GLUC": "GLUC", "PLAT": "PLAT", "POTAS": "K", "SODIUM": "SODIUM", "WBC": "WBC"}
    adlb = adlb[adlb["PARAMCD"].isin(codes)]
    columns = {
        "LBTESTCD": adlb["PARAMCD"].map(codes).tolist(),
        "LBSTRESN": adlb["AVAL"].tolist(),
        "LBSTRESU": adlb["PARAM"].str.extract(r"\(([^()]+)\)$")[0].tolist(),
        "LBSTNRLO": adlb["ANRLO"].tolist(),
        "LBSTNRHI": adlb["ANRHI"].tolist(),
    }
    made = derive(FakeRows(columns), toxicity_grade={**GRADE, "direction": "low"})
    assert len(adlb) > 2500
    assert made == adlb["ATOXGRL"].str.removeprefix("-").tolist()
