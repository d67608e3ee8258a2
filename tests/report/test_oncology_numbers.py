"""The numbers behind the pictures of oncology.html, against tables made by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oncology_studies import make_dataset
from scipy.stats import CensoredData, ecdf

from cdisc_conv.dataset import Dataset
from cdisc_conv.report.plots.figure import Figure
from cdisc_conv.report.plots.grades import choose_terms, collect_grades, make_grades
from cdisc_conv.report.plots.kaplan_meier import collect_survival, describe_median, make_survival
from cdisc_conv.report.plots.spider import collect_spider
from cdisc_conv.report.plots.survival import count_at_risk, estimate_survival
from cdisc_conv.report.plots.survival_drawing import count_left
from cdisc_conv.report.plots.swimmer import collect_swimmer, make_swimmer
from cdisc_conv.report.plots.waterfall import collect_waterfall, make_waterfall

NAN = float("nan")

# Remission in weeks under 6-mercaptopurine: Freireich et al., Blood 1963.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_estimate_of_a_published_example() -> None:
    result = estimate_survival(np.array(WEEKS, dtype="float64"), np.array(RELAPSED) == 1)
    shown = result.events > 0
    assert result.times[shown].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert result.at_risk[shown].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert result.events[shown].tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert result.survival[shown].round(3).tolist() == [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448]
    assert result.low[shown].round(3).tolist() == [0.62, 0.563, 0.503, 0.432, 0.368, 0.268, 0.188]
    assert result.high[shown].round(3).tolist() == [0.952, 0.923, 0.889, 0.849, 0.805, 0.747, 0.68]
    assert (result.median, result.median_low) == (23, 13)
    assert np.isnan(result.median_high)
    assert describe_median(result) == "23.0 months (95 % CI 13.0 to NE)"


def test_median_in_the_middle_of_a_level_half() -> None:
    result = estimate_survival(np.array([1.0, 2.0, 5.0, 6.0]), np.array([True, True, True, True]))
    assert result.survival.tolist() == pytest.approx([0.75, 0.5, 0.25, 0])
    assert result.median == 3.5


def test_all_censored_has_no_median_and_no_limits() -> None:
    result = estimate_survival(np.array([3.0, 5.0]), np.array([False, False]))
    assert result.survival.tolist() == [1, 1]
    assert np.isnan(result.low).all()
    assert describe_median(result) == "not reached"


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=30))
def test_estimate_and_limits_are_those_of_scipy(followed: list[tuple[int, bool]]) -> None:
    times, is_event = np.array([float(time) for time, _ in followed]), np.array([event for _, event in followed])
    result = estimate_survival(times, is_event)
    curve = ecdf(CensoredData.right_censored(times, ~is_event)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where the formula has no value
        limits = curve.confidence_interval(confidence_level=0.95, method="log-log")
    assert result.times.tolist() == curve.quantiles.tolist()
    np.testing.assert_allclose(result.survival, curve.probabilities, atol=1e-12)
    np.testing.assert_allclose(result.low, limits.low.probabilities, atol=1e-12)
    np.testing.assert_allclose(result.high, limits.high.probabilities, atol=1e-12)


def test_one_event_is_the_whole_curve() -> None:
    result = estimate_survival(np.array([4.0]), np.array([True]))
    assert (result.survival.tolist(), result.median) == ([0.0], 4.0)
    assert describe_median(result) == "4.0 months (95 % CI NE to NE)"


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60))
def test_estimate_is_the_product_over_times(records: list[tuple[int, bool]]) -> None:
    times = np.array([time for time, _ in records], dtype="float64")
    event = np.array([is_event for _, is_event in records])
    result = estimate_survival(times, event)
    assert result.survival == pytest.approx(np.cumprod(1 - result.events / result.at_risk))
    assert result.at_risk.tolist() == [float((times >= time).sum()) for time in result.times]
    assert int((result.events + result.censored).sum()) == len(records)
    limits = ~np.isnan(result.low)
    assert (result.low[limits] <= result.survival[limits]).all()
    assert (result.high[limits] >= result.survival[limits]).all()


def test_numbers_at_risk_below_the_axis() -> None:
    times = np.array([0.5, 1.0, 1.0, 2.5, 3.0])
    result = estimate_survival(times, np.array([True, False, True, True, False]))
    assert count_left(result, [0, 1, 2, 3, 4]) == [5, 4, 2, 1, 0]
    assert count_at_risk(times, [0, 1, 2, 3, 4]).tolist() == [5, 4, 2, 1, 0]


def make_times(groups: list[str]) -> dict[str, Dataset]:
    return {
        "ADSL": make_dataset(
            "ADSL", {"USUBJID": ["1", "2", "3", "4", "5"], "FASFL": ["Y", "Y", "Y", "Y", "N"], "TRT01P": groups}
        ),
        "ADTTE": make_dataset(
            "ADTTE",
            {
                "USUBJID": ["1", "2", "3", "5"],
                "PARAMCD": ["PFS"] * 4,
                "AVAL": [30.4375, 60.875, NAN, 10],
                "CNSR": [0, 1, 0, 0],
                "EVNTDESC": ["Disease progression", "", "Death", "Death"],
                "CNSDTDSC": ["", "Last tumor assessment", "", ""],
            },
        ),
    }


def table_rows(figure: Figure, number: int = 0) -> tuple[tuple[str, ...], ...]:
    return figure.tables[number].rows


def test_survival_figure() -> None:
    figure = make_survival(make_times(["A"] * 5), "PFS", "PFS", "progression or death")
    assert figure.results == ("Median 1.0 months (95 % CI 1.0 to NE), 1 event in 2 subjects.",)
    assert figure.subjects == (
        "Full analysis set (FASFL = Y): N = 4; 2 subjects shown.",
        "Left out: 1 subject without a record of PFS.",
        "1 subject without a time or a censor, or with a negative time, left out.",
        "1 subject with records in ADTTE not in this population.",
        "Events: Disease progression (1).",
        "Censored at: Last tumor assessment (1).",
    )
    assert table_rows(figure) == (("All subjects", "2", "1", "1", "1.00", "1.00 to NE"),)
    assert table_rows(figure, 1) == (
        ("30", "1.00", "2", "1", "0", "0.5000", "0.0060", "0.9104"),
        ("61", "2.00", "1", "0", "1", "0.5000", "0.0060", "0.9104"),
    )


def test_one_curve_per_treatment_group() -> None:
    curves = collect_survival(make_times(["B", "A", "A", "A", "A"]), "PFS").curves
    assert [(curve.label, curve.estimate.subjects) for curve in curves] == [("A", 1), ("B", 1)]


def make_tumours() -> dict[str, Dataset]:
    return {
        "ADSL": make_dataset(
            "ADSL",
            {
                "USUBJID": ["X-1", "X-2", "X-3", "X-4", "X-5"],
                "SUBJID": ["1", "2", "3", "4", "5"],
                "FASFL": ["Y"] * 5,
                "TRTSDT": [100, 100, 100, 100, NAN],
                "TRTEDT": [120, 130, 140, NAN, NAN],
                "LSTALVDT": [200, 150, NAN, 110, NAN],
                "DTHDT": [NAN, 150, NAN, NAN, NAN],
                "EOSSTT": ["ONGOING", "DISCONTINUED", "DISCONTINUED", "ONGOING", ""],
                "AP01SDT": [100, 100, 100, 100, NAN],
                "AP01EDT": [110, 130, 90, NAN, NAN],
                "AP02SDT": [111, NAN, NAN, NAN, NAN],
                "AP02EDT": [120, NAN, NAN, NAN, NAN],
                "APHASE1": ["Combination"] * 5,
                "TRT02A": ["Thalidomide", "", "", "", ""],
            },
        ),
        "ADTR": make_dataset(
            "ADTR",
            {
                "USUBJID": ["X-1", "X-1", "X-1", "X-2", "X-2", "X-3", "X-4", "X-1", "X-2"],
                "PARAMCD": ["SDIAM"] * 7 + ["BESTPCHG"] * 2,
                "AVAL": [50, 30, 20, 40, 50, 60, 20, -60, 25],
                "PCHG": [NAN, -40, -60, 0, 25, NAN, NAN, NAN, NAN],
                "ADY": [-6, 43, 85, 1, 40, -2, 30, NAN, NAN],
                "ADT": [94, 142, 184, 100, 139, 98, 129, NAN, NAN],
                "ABLFL": ["Y", "", "", "Y", "", "Y", "", "", ""],
                "ANL01FL": ["Y", "Y", "", "Y", "Y", "Y", "Y", "", ""],
            },
        ),
        "ADRS": make_dataset(
            "ADRS",
            {
                "USUBJID": ["X-1", "X-2", "X-1", "X-1", "X-2", "X-2"],
                "PARAMCD": ["CBOR", "CBOR", "OVR", "OVR", "OVR", "PD"],
                "AVALC": ["PR", "PD", "PR", "CR", "PD", "Y"],
                "ADT": [142, 139, 142, 184, 139, 139],
            },
        ),
    }


def test_waterfall_from_growth_to_shrinkage() -> None:
    figure = make_waterfall(make_tumours())
    assert table_rows(figure) == (("2", "25.0", "PD"), ("1", "-60.0", "PR"))
    assert figure.subjects == (
        "Full analysis set (FASFL = Y): N = 5; 2 subjects shown.",
        "Left out: 1 subject without a sum of diameters, 1 subject without a baseline sum, "
        "1 subject without a sum after baseline.",
    )


def test_waterfall_without_responses_says_so() -> None:
    tumours = make_tumours()
    del tumours["ADRS"]
    assert "ADRS has no best overall response to colour by." in make_waterfall(tumours).definitions
    assert collect_waterfall(tumours).response == ""


def test_spider_draws_complete_assessments_of_subjects_with_a_change() -> None:
    data = collect_spider(make_tumours())
    columns = ["SUBJECT", "DAY", "CHANGE", "BASELINE", "PROGRESSION"]
    assert data.points[columns].to_numpy().tolist() == [
        ["1", -6, 0, True, False],
        ["1", 43, -40, False, False],
        ["2", 1, 0, True, False],
        ["2", 40, 25, False, True],
    ]
    assert data.sentences == (
        "Left out: 3 subjects without a dated change from baseline.",
        "1 assessment without all lesions of baseline (ANL01FL not Y) not drawn.",
    )


def test_swimmer_in_study_days() -> None:
    data, figure = collect_swimmer(make_tumours()), make_swimmer(make_tumours())
    assert data.phases == ("Combination", "Period 2: Thalidomide")
    assert table_rows(figure) == (
        ("1", "1", "11", "12", "21", "43", "85", "", "", "101", "yes", "PR"),
        ("2", "1", "31", "", "", "", "", "40", "51", "51", "", "PD"),
        ("3", "", "", "", "", "", "", "", "", "41", "", ""),
        ("4", "1", "11", "", "", "", "", "", "", "11", "yes", ""),
    )
    assert data.sentences == (
        "Left out: 1 subject without a date of first dose (TRTSDT).",
        "1 period with the end before the start not drawn.",
    )


def make_events() -> dict[str, Dataset]:
    rows = [
        ("1", "Nausea", "1", "Y"),
        ("1", "Nausea", "3", "Y"),
        ("2", "Nausea", "GRADE 2", "Y"),
        ("2", "Rash", "", "Y"),
        ("3", "Anaemia", "4", "Y"),
        ("3", "Nausea", "5", ""),
        ("3", "", "2", "Y"),
    ]
    columns = dict(zip(("USUBJID", "AEDECOD", "ATOXGR", "TRTEMFL"), zip(*rows, strict=True), strict=True))
    adsl = make_dataset("ADSL", {"USUBJID": ["1", "2", "3", "4"], "SAFFL": ["Y"] * 4})
    return {"ADSL": adsl, "ADAE": make_dataset("ADAE", columns)}


def test_worst_grade_by_term() -> None:
    figure = make_grades(make_events())
    assert table_rows(figure) == (
        ("Nausea", "2", "50.0", "0", "1", "1", "0", "0", "0", "1", "25.0"),
        ("Anaemia", "1", "25.0", "0", "0", "0", "1", "0", "0", "1", "25.0"),
        ("Rash", "1", "25.0", "0", "0", "0", "0", "0", "1", "0", "0.0"),
    )
    assert figure.subjects == (
        "Safety population (SAFFL = Y): N = 4; 3 subjects with any treatment-emergent event.",
        "1 event not treatment-emergent left out.",
        "1 event without a preferred term left out.",
    )


def test_ties_with_the_last_term_are_drawn_as_far_as_they_are_few() -> None:
    def count_drawn(terms: int) -> int:
        adsl = make_dataset("ADSL", {"USUBJID": ["1"], "SAFFL": ["Y"]})
        names = [f"Term {number:02d}" for number in range(terms)]
        columns = {"USUBJID": ["1"] * terms, "AEDECOD": names, "ATOXGR": ["1"] * terms, "TRTEMFL": ["Y"] * terms}
        return len(choose_terms(collect_grades({"ADSL": adsl, "ADAE": make_dataset("ADAE", columns)}).counts))

    assert [count_drawn(terms) for terms in (3, 20, 25, 26)] == [3, 20, 25, 20]
