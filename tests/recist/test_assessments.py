"""Which records make an assessment, in which order, and which one is the baseline."""

from __future__ import annotations

import pytest

from tests.recist.lesion_data import TARGETS, check, frame, identify, join, measure, respond

TR = "USUBJID TRGRPID TRLNKID TRTESTCD TRSTRESC TRLNKGRP VISIT VISITNUM TRDTC"


def lesion(value: int, group: str, visit: str, number: str, date: str) -> tuple[object, ...]:
    return ("S1", "TARGET", "T01", "LDIAM", value, group, visit, number, date)


def names(*records: tuple[object, ...]) -> list[str]:
    result, _ = check(frame(TR, *records))
    return result.assessments["assessment"].tolist()


def test_assessments_follow_their_dates_not_their_visit_numbers() -> None:
    assert names(
        lesion(40, "", "WEEK 12", "3", "2024-04-01"),
        lesion(40, "", "SCREENING", "1", "2024-01-01"),
        lesion(40, "", "UNSCHEDULED", "99", "2024-02-20"),
        lesion(40, "", "WEEK 6", "2", "2024-02-14"),
    ) == ["SCREENING", "WEEK 6", "UNSCHEDULED", "WEEK 12"]


def test_without_a_whole_date_the_visit_number_tells() -> None:
    assert names(
        lesion(40, "", "SCREENING", "1", "2024-01-20"),
        lesion(40, "", "WEEK 6", "2", "2024-03"),
        lesion(40, "", "WEEK 12", "3", "2024-03-30"),
        lesion(40, "", "WEEK 18", "4", ""),
    ) == ["SCREENING", "WEEK 6", "WEEK 12", "WEEK 18"]


@pytest.mark.parametrize("date", ["2024-02-30", "2024-05-01/2024-05-20", "20240501", "2024-13-01"])
def test_a_date_that_is_impossible_or_uncertain_moves_no_assessment(date: str) -> None:
    assert names(
        lesion(40, "", "SCREENING", "1", "2024-01-20"),
        lesion(40, "", "WEEK 6", "2", date),
        lesion(40, "", "WEEK 12", "3", "2024-02-20"),
    ) == ["SCREENING", "WEEK 6", "WEEK 12"]


def test_offsets_from_utc_count_where_all_dates_of_the_subject_have_one() -> None:
    early, late = "2024-02-02T01:00+02:00", "2024-02-01T20:30-05:00"
    records = (
        lesion(40, "", "WEEK 6", "2", late),
        lesion(40, "", "UNSCHEDULED", "3", early),
    )
    assert names(*records, lesion(40, "", "SCREENING", "1", "2024-01-20T09:00Z")) == [
        "SCREENING",
        "UNSCHEDULED",
        "WEEK 6",
    ]
    assert names(*records, lesion(40, "", "SCREENING", "1", "2024-01-20")) == ["SCREENING", "WEEK 6", "UNSCHEDULED"]


def test_of_an_impossible_and_a_possible_date_the_possible_one_is_that_of_the_assessment() -> None:
    result, _ = check(
        frame(
            TR,
            lesion(40, "", "1", "1", "2024-01-00"),
            ("S1", "TARGET", "T02", "LDIAM", "30", "", "1", "1", "2024-01-03T11:00"),
        )
    )
    assert result.assessments["date"].tolist() == ["2024-01-03"]


def test_the_date_is_that_of_the_first_measurement() -> None:
    result, _ = check(
        frame(
            TR,
            lesion(40, "", "1", "1", "2024-01-05T10:30"),
            ("S1", "TARGET", "T02", "LDIAM", "30", "", "1", "1", "2024-01-03"),
        ),
        rs=respond({"OVRLRESP": "SD"}),
    )
    assert result.assessments["date"].tolist() == ["2024-01-03", "2024-02-02"]


def test_the_group_of_the_assessment_counts_more_than_the_visit() -> None:
    tr = frame(
        TR,
        lesion(40, "A1", "SCREENING", "1", "2024-01-01"),
        lesion(20, "A2", "WEEK 6", "2", "2024-02-14"),
        ("S1", "TARGET", "T02", "LDIAM", "30", "A1", "SCREENING 2", "1.1", "2024-01-03"),
        ("S1", "TARGET", "T02", "LDIAM", "15", "A2", "WEEK 6 REPEAT", "2.1", "2024-02-15"),
    )
    rs = frame("USUBJID RSTESTCD RSSTRESC RSLNKGRP", ("S1", "OVRLRESP", "PR", "A2"))
    result, problems = check(tr, rs=rs)
    assert result.assessments["sum"].tolist() == [70, 35]
    assert result.assessments["overall"].tolist() == result.assessments["recorded_overall"].tolist() == ["", "PR"]
    assert problems == ()


def test_without_rs_the_groups_of_tr_hold() -> None:
    assert names(lesion(40, "A1", "1", "1", "2024-01-01"), lesion(20, "A2", "2", "2", "2024-02-14")) == ["A1", "A2"]


def test_without_groups_in_rs_the_visit_ties_both() -> None:
    tr = frame(TR, lesion(40, "A1", "1", "1", "2024-01-01"), lesion(20, "A2", "2", "2", "2024-02-14"))
    result, _ = check(tr, rs=respond({"OVRLRESP": "PR"}))
    assert result.assessments["recorded_overall"].tolist() == ["", "PR"]


def test_the_baseline_is_the_last_one_that_is_flagged() -> None:
    tr = frame(
        TR,
        lesion(50, "", "SCREENING 1", "1", "2024-01-01"),
        lesion(40, "", "SCREENING 2", "2", "2024-01-20"),
        lesion(26, "", "WEEK 6", "3", "2024-02-14"),
    )
    result, _ = check(tr.assign(TRLOBXFL=["", "Y", ""]))
    assert result.assessments["number"].tolist() == [-1, 0, 1]
    assert result.assessments["baseline"].tolist() == [40, 40, 40]
    assert result.assessments["target"].tolist() == ["", "", "PR"]
    result, _ = check(tr)
    assert result.assessments["number"].tolist() == [0, 1, 2]


def test_subjects_are_apart() -> None:
    one = measure(TARGETS, {"T01": 40}, {"T01": 20})
    other = measure(TARGETS, {"T01": 100}, {"T01": 100}, subject="S2")
    tu = join(identify({"T01": "LIVER"}, "TARGET"), identify({"T01": "LIVER"}, "TARGET", subject="S2"))
    result, _ = check(join(one, other), tu)
    assert result.assessments["subject"].tolist() == ["S1", "S1", "S2", "S2"]
    assert result.assessments["target"].tolist() == ["", "PR", "", "SD"]


def test_the_order_of_the_records_does_not_matter() -> None:
    tr = measure(TARGETS, {"T01": 40, "T03": 20}, {"T01": 20, "T03": 9}, {"T01": 0, "T03": 9}, {"T01": 30, "T03": 9})
    for seed in range(5):
        shuffled = tr.sample(frac=1, random_state=seed)
        assert check(shuffled)[0].assessments["target"].tolist() == ["", "PR", "CR", "PD"]
