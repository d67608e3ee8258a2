"""Dates that are there and cannot be read: reported once, and nothing is decided by them. Intervals and offsets."""

from __future__ import annotations

from typing import Any

import pytest

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make

BAD = ["2022-02-30", "2022-13-01", "0000-05-20", "20220501", "01MAY2022", "2022-05-01T"]


def finding(text: str, rows: list[int], variable: str = "AEX", field: str = "AESTDTC") -> Report:
    return Report(
        "DATE004",
        f"'{text}' is not an ISO 8601 date that the calendar has; {variable} is left missing",
        rows,
        Severity.ERROR,
        field=field,
        value=text,
        hint="correct the date where it is made, or take the variable that holds ISO 8601 dates",
    )


def events(start: str, **more: Any) -> FakeRows:
    columns = {"AESTDTC": [start], "DM.RFXSTDTC": ["2022-03-10"], "DM.RFXENDTC": ["2022-06-01"], "USUBJID": ["01"]}
    return FakeRows({**columns, **{name: [value] for name, value in more.items()}})


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize(
    ("entry", "blank"),
    [
        ({"treatment_emergent": "AESTDTC"}, ""),
        ({"study_day": {"date": "AESTDTC", "reference": "DM.RFXSTDTC"}}, None),
        ({"epoch": {"date": "AESTDTC", "epochs": [{"epoch": "TREATMENT", "start": "DM.RFXSTDTC"}]}}, ""),
        ({"numeric_date": {"date": "AESTDTC", "impute": "month"}}, None),
        ({"date_part": "AESTDTC"}, None),
        (
            {
                "on_treatment": {
                    "start": "AESTDTC",
                    "first_dose": "DM.RFXSTDTC",
                    "last_dose": "DM.RFXENDTC",
                    "end": "AEENDTC",
                }
            },
            "",
        ),
        ({"period": {"date": "AESTDTC", "periods": [{"name": "Screening"}]}}, ""),
    ],
)
def test_a_date_that_cannot_be_read_decides_nothing(text: str, entry: dict[str, Any], blank: Any) -> None:
    rows = events(text, AEENDTC="")
    assert derive(rows, **entry) == [blank]
    assert rows.reports == [finding(text, [0])]


@pytest.mark.parametrize("name", ["DM.RFXSTDTC", "DM.RFXENDTC", "AEENDTC"])
def test_no_bound_decides_when_it_cannot_be_read(name: str) -> None:
    rows = events("2022-05-01" if name != "AEENDTC" else "", AEENDTC="2022-05-10")
    rows = FakeRows({**rows.columns, name: ["2022-02-30"]})
    assert derive(rows, treatment_emergent={"date": "AESTDTC", "days": 30, "ended": "AEENDTC"}) == [""]
    assert [(each.code, each.field) for each in rows.reports] == [("DATE004", name)]


def test_an_event_that_is_over_before_the_first_dose_needs_no_last_dose() -> None:
    rows = FakeRows({**events("2022-01-01").columns, "DM.RFXENDTC": ["2022-02-30"]})
    assert derive(rows, treatment_emergent={"date": "AESTDTC", "days": 30}) == ["N"]


def test_a_value_lost_on_the_way_is_no_missing_date() -> None:
    columns = {"ASTDT": [None, None], "ADSL.TRTSDT": [22714.0, 22714.0]}
    rows = FakeRows(columns, lost={"ASTDT": [True, False]})
    assert derive(rows, treatment_emergent={"date": "ASTDT", "start": "ADSL.TRTSDT"}) == ["", "Y"]
    assert rows.reports == []


@pytest.mark.parametrize(
    ("entry", "columns", "lost"),
    [
        ({"datetime": "D"}, {"D": ["31-FEB-2022", "", "01-MAR-2022", "yesterday"]}, [True, False, False, True]),
        ({"numeric_date": {"date": "D"}}, {"D": ["2022-02-30", "", "2022-03-01", "2022-03"]}, [True] + [False] * 3),
        ({"date_part": "D"}, {"D": ["2022-02-30", "", "2022-03-01", "2022-03"]}, [True] + [False] * 3),
    ],
)
def test_what_makes_dates_knows_which_it_could_not_read(
    entry: dict[str, Any], columns: dict[str, Any], lost: list[bool]
) -> None:
    found = make(**entry).find_unread(FakeRows(columns))
    assert found is not None
    assert found.tolist() == lost


def test_each_value_is_reported_once() -> None:
    rows = FakeRows({**events("2022-02-30").columns})
    derive(rows, treatment_emergent="AESTDTC")
    derive(rows, study_day={"date": "AESTDTC", "reference": "DM.RFXSTDTC"})
    assert rows.reports == [finding("2022-02-30", [0])]


@pytest.mark.parametrize(
    ("start", "flag"),
    [
        ("2022-03-01/2022-03-09", "N"),
        ("2022-03-01/2022-03-10", "Y"),
        ("2022-03-10/P3D", "Y"),
        ("--03-12", "Y"),
    ],
)
def test_an_interval_of_uncertainty_counts_by_its_days(start: str, flag: str) -> None:
    rows = events(start)
    assert derive(rows, treatment_emergent="AESTDTC") == [flag]
    assert rows.reports == []


@pytest.mark.parametrize(
    ("start", "dose", "flag", "mixed"),
    [
        ("2022-03-10T14:30+02:00", "2022-03-10T13:44Z", "N", False),
        ("2022-03-10T13:44Z", "2022-03-10T14:30+02:00", "Y", False),
        ("2022-03-10T14:30+02:00", "2022-03-10T13:44", "Y", True),
        ("2022-03-09T23:00-05:00", "2022-03-10T03:30Z", "Y", False),
    ],
)
def test_instants_decide_where_both_have_an_offset(start: str, dose: str, flag: str, mixed: bool) -> None:
    rows = FakeRows({**events(start).columns, "DM.RFXSTDTC": [dose]})
    assert derive(rows, treatment_emergent="AESTDTC") == [flag]
    assert [(each.code, each.message) for each in rows.reports] == (
        [
            (
                "DATE005",
                "1 record has a UTC offset in only one of AESTDTC and DM.RFXSTDTC, which are compared as written",
            )
        ]
        if mixed
        else []
    )


def test_days_are_those_written_whatever_the_offset() -> None:
    rows = events("2022-03-10T23:30-05:00")
    assert derive(rows, study_day={"date": "AESTDTC", "reference": "DM.RFXSTDTC"}) == [1.0]
    assert derive(rows, numeric_date={"date": "AESTDTC"}) == [22714.0]


def test_the_earliest_of_instants() -> None:
    starts = ["2022-03-10T14:30+02:00", "2022-03-10T13:44Z", "2022-03-10T14:30+02:00", "2022-03-10T13:44"]
    ex = {"USUBJID": ["01", "01", "02", "02"], "EXSTDTC": starts}
    rows = FakeRows({"USUBJID": ["01", "02"]}, tables={"EX": ex})
    assert derive(rows, min="EX.EXSTDTC") == ["2022-03-10T14:30+02:00", "2022-03-10T13:44"]
    assert [(each.code, each.message, each.rows) for each in rows.reports] == [
        ("DATE005", "times of EX.EXSTDTC with and without UTC offset are compared as written", [1])
    ]


def test_an_impossible_date_is_not_the_last_dose() -> None:
    ex = {"USUBJID": ["01", "01"], "EXENDTC": ["2022-02-30", "2022-02-01"]}
    rows = FakeRows({"USUBJID": ["01"]}, tables={"EX": ex})
    assert derive(rows, max="EX.EXENDTC") == ["2022-02-01"]
    assert [(each.code, each.message) for each in rows.reports] == [
        ("AGG002", "1 value of EX.EXENDTC has no year or is not an ISO 8601 date, and does not count")
    ]


def test_dates_of_forms_that_are_none_are_reported() -> None:
    rows = FakeRows(
        {"USUBJID": ["01"], "SUBJID": ["01"]},
        tables={"form ex": {"SUBJID": ["01", "01"], "EXDAT": ["31-FEB-2022", "01-FEB-2022"]}},
    )
    assert derive(rows, max={"of": "form ex.EXDAT", "by": ["SUBJID"]}) == ["2022-02-01"]
    assert [(each.code, each.message) for each in rows.reports] == [
        ("AGG002", "1 value of form ex.EXDAT is not a date, and does not count")
    ]


@pytest.mark.parametrize(
    ("text", "rule", "day", "flag"),
    [
        ("2022-03-05/2022-03-20", {"impute": "day"}, 22709.0, "D"),
        ("2022-03-05/2022-03-20", {"impute": "day", "to": "last"}, 22724.0, "D"),
        ("2022-03-05/2022-03-20", {}, None, ""),
        ("2022-03-05/2022-04-20", {"impute": "day"}, None, ""),
        ("2022-03-05/2022-04-20", {"impute": "month"}, 22709.0, "M"),
    ],
)
def test_an_interval_is_imputed_within_itself(text: str, rule: dict[str, Any], day: float | None, flag: str) -> None:
    rows = FakeRows({"D": [text]})
    entry = {"numeric_date": {"date": "D", **rule}}
    assert derive(rows, **entry) == [day]
    if rule:
        assert make(**entry).companions("ASTDT")["ASTDTF"].derive(rows).tolist() == [flag]


def elements(*starts: str) -> FakeRows:
    se = {"USUBJID": ["01"] * len(starts), "EPOCH": ["SCREENING", "TREATMENT", "FOLLOW-UP"], "SESTDTC": list(starts)}
    return FakeRows(
        {"AESTDTC": ["2022-06-20", "2022-04-01", "2022-07-01", "2022"], "USUBJID": ["01"] * 4},
        tables={"SE": se},
        variable="EPOCH",
    )


def test_a_partial_start_of_an_element_gives_no_certain_epoch() -> None:
    rows = elements("2022-02-01", "2022-03-01", "2022-06")
    assert derive(rows, epoch="AESTDTC") == ["", "TREATMENT", "FOLLOW-UP", ""]
    assert [(each.code, each.message, each.rows) for each in rows.reports] == [
        (
            "EPOCH001",
            "1 complete date of AESTDTC lies in no certain epoch, because the start of an element of SE is partial or "
            "cannot be read; EPOCH is left missing",
            [0],
        )
    ]


def test_an_unreadable_start_of_an_element_leaves_all_epochs_open() -> None:
    rows = elements("2022-02-01", "2022-02-30", "2022-06-01")
    assert derive(rows, epoch="AESTDTC") == ["", "", "", ""]
    assert [(each.code, each.rows) for each in rows.reports] == [("EPOCH001", [0, 1, 2])]


def test_unscheduled_visits_are_numbered_by_whole_numbers() -> None:
    rows = FakeRows(
        {
            "EVENT": ["Unscheduled"] * 2,
            "EVENTDT": ["2022-03-05"] * 2,
            "ESEQ": ["1.5", "2"],
            "DM.RFSTDTC": ["2022-03-01"] * 2,
            "USUBJID": ["01"] * 2,
        },
        settings={"visits": [{"event": "Day 1", "visitnum": 1, "day": 1}]},
        variable="VISITNUM",
    )
    assert derive(rows, visit="number") == [None, 1.02]
    assert [(each.code, each.message, each.rows) for each in rows.reports] == [
        ("VISIT002", "ESEQ does not number the unscheduled visit from 1 to 99; VISITNUM is left missing", [0])
    ]


def test_a_branch_knows_which_dates_it_could_not_read() -> None:
    rows = FakeRows({"D": ["31-FEB-2022", "31-FEB-2022", "01-MAR-2022"], "YN": ["Y", "N", "Y"]})
    found = make(cases=[{"when": 'YN == "Y"', "datetime": "D"}, {"constant": ""}]).find_unread(rows)
    assert found is not None
    assert found.tolist() == [True, False, False]


def test_a_predecessor_has_lost_what_it_is_taken_from() -> None:
    found = make(predecessor="AE.AESTDTC").find_unread(
        FakeRows({"AE.AESTDTC": ["", ""]}, lost={"AE.AESTDTC": [True, False]})
    )
    assert found is not None
    assert found.tolist() == [True, False]


def test_an_extreme_has_lost_what_one_of_its_dates_has_lost() -> None:
    ex = {"USUBJID": ["01", "01", "02", "03"], "EXSTDTC": ["", "", "", "2022-02-30"]}
    rows = FakeRows(
        {"USUBJID": ["01", "02", "03"]}, tables={"EX": ex}, lost={"EX.EXSTDTC": [False, True, False, False]}
    )
    found = make(min="EX.EXSTDTC").find_unread(rows)
    assert found is not None
    assert found.tolist() == [True, False, True]


def test_an_extreme_of_a_form_has_lost_what_is_no_date_there() -> None:
    ic = {"SUBJ": ["01", "02"], "ICDAT": ["31-FEB-2022", ""]}
    rows = FakeRows({"SUBJ": ["01", "02"]}, tables={"form ic": ic})
    found = make(max={"of": "form ic.ICDAT", "by": ["SUBJ"]}).find_unread(rows)
    assert found is not None
    assert found.tolist() == [True, False]


MIXED = ("DATE005", "times of AESTDTC and {} with and without UTC offset are compared as written", [0])


def test_a_look_up_by_times_of_which_some_have_an_offset() -> None:
    ex = {"USUBJID": ["01", "02"], "EXSTDTC": ["2022-03-10T13:44Z", "2022-03-10T13:44"], "EXTRT": ["A", "B"]}
    rows = FakeRows(
        {"AESTDTC": ["2022-03-10T14:30", "2022-03-10T14:30", "2022-03-11"], "USUBJID": ["01", "02", "01"]},
        tables={"EX": ex},
    )
    entry = {"from": "EX", "take": "EXTRT", "up_to": {"AESTDTC": "EXSTDTC"}, "optional": True}
    assert derive(rows, lookup=entry) == ["A", "B", "A"]
    assert [(each.code, each.message, each.rows) for each in rows.reports] == [
        (MIXED[0], MIXED[1].format("EX.EXSTDTC"), MIXED[2])
    ]


def test_elements_by_times_of_which_some_have_an_offset() -> None:
    se = {"USUBJID": ["01", "02"], "EPOCH": ["TREATMENT"] * 2, "SESTDTC": ["2022-03-10T13:44Z", "2022-03-10T13:44"]}
    rows = FakeRows(
        {"AESTDTC": ["2022-03-10T14:30", "2022-03-10T14:30"], "USUBJID": ["01", "02"]},
        tables={"SE": se},
        variable="EPOCH",
    )
    assert derive(rows, epoch="AESTDTC") == ["TREATMENT", "TREATMENT"]
    assert [(each.code, each.message, each.rows) for each in rows.reports] == [
        (MIXED[0], MIXED[1].format("SE.SESTDTC"), MIXED[2])
    ]


def test_an_epoch_that_starts_at_a_time_with_an_offset() -> None:
    rows = FakeRows({"AESTDTC": ["2022-03-10T14:30"], "DM.RFXSTDTC": ["2022-03-10T13:44Z"]}, variable="EPOCH")
    derive(rows, epoch={"date": "AESTDTC", "epochs": [{"epoch": "TREATMENT", "start": "DM.RFXSTDTC"}]})
    assert [each.code for each in rows.reports] == ["DATE005"]
