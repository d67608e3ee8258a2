"""Visits that share a text or a number: what is one assessment, and what cannot be told apart."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cdisc_conv.problems import Problem
from cdisc_conv.recist import ResponseCheck, check_responses
from tests.recist.lesion_data import frame, identify

TU = identify({"T01": "LIVER", "T02": "LIVER"}, "TARGET")
Row = tuple[object, ...]


def measured(*rows: Row) -> pd.DataFrame:
    """Lesion, millimetres, VISIT, VISITNUM, date."""
    records = [("S1", "TARGET", row[0], "LDIAM", *row[1:]) for row in rows]
    return frame("USUBJID TRGRPID TRLNKID TRTESTCD TRSTRESC VISIT VISITNUM TRDTC", *records)


def responded(*rows: Row) -> pd.DataFrame:
    """Overall response, VISIT, VISITNUM, date."""
    return frame("USUBJID RSTESTCD RSSTRESC VISIT VISITNUM RSDTC", *(("S1", "OVRLRESP", *row) for row in rows))


def check(tr: pd.DataFrame, rs: pd.DataFrame) -> tuple[ResponseCheck, Sequence[Problem]]:
    (result,), problems = check_responses({"TU": TU, "TR": tr, "RS": rs})
    return result, problems


BASELINE = ("T01", 40, "SCREENING", 1, "2024-01-01")


def test_unscheduled_visits_with_one_text_and_two_numbers() -> None:
    result, problems = check(
        measured(
            BASELINE, ("T01", 40, "UNSCHEDULED", 1.01, "2024-02-20"), ("T01", 60, "UNSCHEDULED", 2.01, "2024-05-20")
        ),
        responded(("SD", "UNSCHEDULED", 1.01, "2024-02-20"), ("PD", "UNSCHEDULED", 2.01, "2024-05-20")),
    )
    assert result.assessments[["assessment", "overall", "recorded_overall"]].values.tolist() == [
        ["SCREENING", "", ""],
        ["UNSCHEDULED (1.01)", "SD", "SD"],
        ["UNSCHEDULED (2.01)", "PD", "PD"],
    ]
    assert problems == ()


def test_unscheduled_visits_with_one_text_and_one_number_are_told_apart_by_their_dates() -> None:
    result, problems = check(
        measured(
            BASELINE,
            ("T02", 30, "SCREENING", 1, "2024-01-03"),
            ("T01", 40, "UNSCHEDULED", 99, "2024-02-20"),
            ("T02", 30, "UNSCHEDULED", 99, "2024-02-22"),
            ("T01", 60, "UNSCHEDULED", 99, "2024-05-20"),
            ("T02", 50, "UNSCHEDULED", 99, "2024-05-23"),
        ),
        responded(("SD", "UNSCHEDULED", 99, "2024-02-23"), ("PD", "UNSCHEDULED", 99, "2024-05-24")),
    )
    assert result.assessments[["assessment", "sum", "overall", "recorded_overall"]].values.tolist() == [
        ["SCREENING", 70, "", ""],
        ["UNSCHEDULED (2024-02-20)", 70, "SD", "SD"],
        ["UNSCHEDULED (2024-05-20)", 110, "PD", "PD"],
    ]
    assert problems == ()


def test_a_response_without_a_date_may_belong_to_any_of_them() -> None:
    result, problems = check(
        measured(BASELINE, ("T01", 40, "UNSCHEDULED", 99, "2024-02-20"), ("T01", 60, "UNSCHEDULED", 99, "2024-05-20")),
        responded(("SD", "UNSCHEDULED", 99, ""), ("PD", "UNSCHEDULED", 99, "2024-05-20")),
    )
    assert result.assessments["recorded_overall"].tolist() == ["", "", "PD"]
    assert [str(problem) for problem in problems] == [
        "RS.RSDTC row 1: RECIST015 subject S1, UNSCHEDULED: TR has several assessments at this visit, and 1 record of "
        "RS may belong to any of them; not used (give the whole date, a VISITNUM for each assessment, or RSLNKGRP)",
        "RS: RECIST005 subject S1, UNSCHEDULED (2024-02-20): RS has no overall response; the measurements give SD",
    ]


def test_a_measurement_without_a_date_is_reported_too() -> None:
    result, problems = check(
        measured(
            BASELINE,
            ("T01", 40, "UNSCHEDULED", 99, "2024-02-20"),
            ("T01", 60, "UNSCHEDULED", 99, "2024-05-20"),
            ("T01", 90, "UNSCHEDULED", 99, "2024-05"),
        ),
        responded(("SD", "UNSCHEDULED", 99, "2024-02-20"), ("PD", "UNSCHEDULED", 99, "2024-05-20")),
    )
    assert result.assessments["sum"].tolist() == [40, 40, 60]
    assert [(problem.code, problem.place.dataset, problem.place.rows) for problem in problems] == [
        ("RECIST015", "TR", (4,))
    ]


def test_an_impossible_date_is_no_whole_date() -> None:
    result, problems = check(
        measured(
            BASELINE,
            ("T01", 40, "UNSCHEDULED", 99, "2024-02-20"),
            ("T01", 60, "UNSCHEDULED", 99, "2024-05-20"),
            ("T01", 90, "UNSCHEDULED", 99, "2024-05-32"),
        ),
        responded(("SD", "UNSCHEDULED", 99, "2024-02-20"), ("PD", "UNSCHEDULED", 99, "2024-05-20")),
    )
    assert result.assessments["sum"].tolist() == [40, 40, 60]
    assert [(problem.code, problem.place.dataset, problem.place.rows) for problem in problems] == [
        ("RECIST015", "TR", (4,))
    ]


def test_a_lesion_that_is_measured_again_within_a_week_is_one_assessment() -> None:
    result, problems = check(
        measured(BASELINE, ("T01", 40, "WEEK 6", 2, "2024-02-14"), ("T01", 42, "WEEK 6", 2, "2024-02-20")),
        responded(("SD", "WEEK 6", 2, "2024-02-20")),
    )
    assert result.assessments["assessment"].tolist() == ["SCREENING", "WEEK 6"]
    assert [problem.code for problem in problems] == ["RECIST009"]


def test_one_number_for_several_texts() -> None:
    result, problems = check(
        measured(
            BASELINE, ("T01", 40, "UNSCHEDULED 1", 99, "2024-02-20"), ("T01", 60, "UNSCHEDULED 2", 99, "2024-02-25")
        ),
        responded(("SD", "Unscheduled 1", 99, ""), ("PD", "Unscheduled 2", 99, "")),
    )
    assert result.assessments[["assessment", "recorded_overall"]].values.tolist() == [
        ["SCREENING", ""],
        ["UNSCHEDULED 1", "SD"],
        ["UNSCHEDULED 2", "PD"],
    ]
    assert problems == ()


def test_a_response_at_an_unscheduled_visit_of_its_own_is_not_that_of_another() -> None:
    result, problems = check(
        measured(BASELINE, ("T01", 40, "UNSCHEDULED", 1.01, "2024-02-20")),
        responded(("SD", "UNSCHEDULED", 1.01, "2024-02-20"), ("PD", "UNSCHEDULED", 2.01, "2024-05-20")),
    )
    assert result.assessments[["assessment", "overall", "recorded_overall"]].values.tolist() == [
        ["SCREENING", "", ""],
        ["UNSCHEDULED (1.01)", "SD", "SD"],
        ["UNSCHEDULED (2.01)", "", "PD"],
    ]
    assert [problem.code for problem in problems] == ["RECIST006"]


def test_texts_tie_what_has_no_numbers() -> None:
    tr = measured(BASELINE, ("T01", 20, "WEEK 6", 2, "2024-02-14"))
    result, problems = check(tr, responded(("PR", "Week 6", "", "")))
    assert result.assessments["recorded_overall"].tolist() == ["", "PR"]
    assert problems == ()
