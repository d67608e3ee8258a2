"""dose_intensity and relative_dose_intensity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make, method, refusal

DOSES = {
    "CUMDOSE": [520, 0, None, 130, 130],
    "FIRSTDT": [100, 100, 100, None, 100],
    "LASTDT": [163, 100, 163, 163, 50],
    "DURD": [84, 21, 84, None, -29],
    "PLANDOSE": [520, 520, 520, 520, 0],
    "PLANDUR": [84, 84, 84, 84, 84],
}
ACTUAL = {"dose": "CUMDOSE", "start": "FIRSTDT", "end": "LASTDT", "add": 21}


def test_the_dose_in_a_unit_of_time() -> None:
    rows = FakeRows(DOSES, variable="AVAL")
    assert derive(rows, dose_intensity=ACTUAL) == [520 / 12, 0.0, None, None, None]
    assert derive(rows, dose_intensity={**ACTUAL, "per": "day"})[0] == 520 / 84
    assert derive(rows, dose_intensity={**ACTUAL, "per": 21})[0] == 130.0
    assert derive(rows, dose_intensity={"dose": "CUMDOSE", "duration": "DURD", "per": 21})[:2] == [130.0, 0.0]


def test_both_days_count() -> None:
    rows = FakeRows({"D": [70], "FIRST": ["2022-03-01"], "LAST": ["2022-03-07T08:00"]})
    assert derive(rows, dose_intensity={"dose": "D", "start": "FIRST", "end": "LAST", "per": "day"}) == [10.0]


def test_a_negative_duration_is_an_error() -> None:
    rows = FakeRows(DOSES, variable="AVAL")
    derive(rows, dose_intensity=ACTUAL)
    assert rows.reports == [
        Report(
            "DOSE001",
            "1 record has a duration that is not above 0 days; AVAL is blank there",
            [4],
            Severity.ERROR,
            value="-29 days",
            hint="the duration is LASTDT - FIRSTDT + 21; look at the dates of the first and the last dose",
        )
    ]


def test_percent_of_the_planned_intensity() -> None:
    rows = FakeRows({"CUM": [390, 390, 0], "DUR": [63, 84, 21], "PDOSE": [520, 520, 520], "PDUR": [84, 84, 84]})
    entry = {"dose": "CUM", "duration": "DUR", "planned_dose": "PDOSE", "planned_duration": "PDUR"}
    assert derive(rows, relative_dose_intensity=entry) == pytest.approx([100, 75, 0], rel=1e-15)
    assert derive(rows, relative_dose_intensity={**entry, "planned_dose": 520, "planned_duration": 84})[1] == 75.0
    by_number = {"dose": "CUM", "duration": "DUR", "planned": 130, "per": 21}
    assert derive(rows, relative_dose_intensity=by_number) == [100.0, 75.0, 0.0]


def test_percent_of_the_planned_dose() -> None:
    rows = FakeRows({"CUM": [390, None], "PDOSE": [520, 520]})
    assert derive(rows, relative_dose_intensity={"dose": "CUM", "planned_dose": "PDOSE"}) == [75.0, None]


def test_a_plan_of_0_gives_no_percentage() -> None:
    rows = FakeRows(DOSES, variable="AVAL")
    assert derive(rows, relative_dose_intensity={"dose": "CUMDOSE", "planned_dose": "PLANDOSE"}) == [
        100.0, 0.0, None, 25.0, None
    ]  # fmt: skip
    assert rows.reports == [
        Report(
            "DOSE002",
            "1 record has a planned dose or duration of 0; AVAL is blank there",
            [4],
            Severity.WARNING,
            hint="leave out records of drugs that were not planned",
        )
    ]


def test_no_records() -> None:
    rows = FakeRows({name: [] for name in DOSES})
    assert derive(rows, dose_intensity=ACTUAL) == []
    assert derive(rows, relative_dose_intensity={"dose": "CUMDOSE", "planned_dose": "PLANDOSE"}) == []


def test_what_they_read() -> None:
    assert make(dose_intensity=ACTUAL).reads() == ("CUMDOSE", "FIRSTDT", "LASTDT")
    planned = {"dose": "CUMDOSE", "duration": "DURD", "planned_dose": "PLANDOSE", "planned_duration": 84}
    assert make(relative_dose_intensity=planned).reads() == ("CUMDOSE", "DURD", "PLANDOSE")
    assert not make(dose_intensity=ACTUAL).reads_siblings()


def test_what_is_refused() -> None:
    assert refusal(dose_intensity={"dose": "D"}) == "'dose_intensity': needs 'duration', or 'start' and 'end'"
    assert refusal(dose_intensity={"dose": "D", "start": "S"}) == "'dose_intensity': 'start' and 'end' go together"
    assert refusal(dose_intensity={**ACTUAL, "duration": "DURD"}) == (
        "'dose_intensity': the duration is given twice: by 'duration', and by 'start' and 'end'"
    )
    assert refusal(relative_dose_intensity=ACTUAL) == (
        "'relative_dose_intensity': needs 'planned' or 'planned_dose', and not both"
    )
    assert refusal(relative_dose_intensity={**ACTUAL, "planned": 1, "planned_duration": 84}) == (
        "'relative_dose_intensity': 'planned_duration' goes with 'planned_dose', not with 'planned'"
    )
    assert refusal(relative_dose_intensity={**ACTUAL, "planned_dose": 520}) == (
        "'relative_dose_intensity': a duration is given, but no 'planned_duration' to compare it with"
    )


def test_datetimes_count_by_their_days_and_a_text_that_is_no_date_is_reported() -> None:
    day = 86_400.0
    rows = FakeRows({"CUMDOSE": [210], "TRTSDTM": [22_000 * day + 36_000], "TRTEDTM": [22_020 * day + 30_000]})
    assert derive(rows, dose_intensity={"dose": "CUMDOSE", "start": "TRTSDTM", "end": "TRTEDTM", "per": "day"}) == [10]
    rows = FakeRows({"CUMDOSE": [210, 210], "S": ["2022-02-30", "2022-03-01"], "E": ["2022-03-22", "2022-03-21"]})
    assert derive(rows, dose_intensity={"dose": "CUMDOSE", "start": "S", "end": "E", "per": "day"}) == [None, 10]
    assert [(report.code, report.message) for report in rows.reports] == [
        ("DATE004", "'2022-02-30' is not an ISO 8601 date that the calendar has; AEX is left missing")
    ]


def test_they_describe_themselves() -> None:
    assert method(dose_intensity=ACTUAL) == (
        "AE.CUMDOSE divided by the duration in days (AE.LASTDT minus AE.FIRSTDT plus 21), per week, not rounded. Blank "
        "where the dose or the duration is missing, or the duration is not above 0."
    )
    assert method(relative_dose_intensity={"dose": "D", "planned_dose": "P"}) == (
        "AE.D in percent of the planned dose AE.P, not rounded. Blank where one of these is missing or the plan is 0."
    )
    assert method(relative_dose_intensity={"dose": "D", "duration": "DURD", "planned": 130, "per": 21}) == (
        "AE.D divided by the duration AE.DURD in days, per 21 days, in percent of the planned dose intensity 130 per "
        "21 days, not rounded. Blank where one of these is missing or the plan is 0, or the duration is not above 0."
    )
    planned = {"dose": "D", "duration": "DURD", "planned_dose": "P", "planned_duration": 84}
    assert method(relative_dose_intensity=planned) == (
        "AE.D divided by the duration AE.DURD in days in percent of the planned dose AE.P divided by the planned "
        "duration 84 in days, not rounded. Blank where one of these is missing or the plan is 0, or the duration is "
        "not above 0."
    )


@given(st.integers(1, 1000), st.integers(1, 400))
def test_what_was_planned_and_given_is_100_percent(dose: int, days: int) -> None:
    rows = FakeRows({"DOSE": [dose], "DAYS": [days]})
    entry = {"dose": "DOSE", "duration": "DAYS", "planned_dose": "DOSE", "planned_duration": "DAYS"}
    assert derive(rows, relative_dose_intensity=entry) == pytest.approx([100], rel=1e-14)
