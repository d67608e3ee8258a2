"""visit."""

from __future__ import annotations

from typing import Any

from cdisc_conv.derivations.base import Reach
from tests.derivations.rows import FakeRows, Report, derive, make, method

VISITS = [
    {"event": "Screening", "visitnum": 1, "day": -14},
    {"event": "Cycle 1 Day 1", "visitnum": 10, "visit": "C1 D1", "day": 1},
    {"event": "Cycle 2 Day 1", "visitnum": 20, "day": 22},
    {"event": "Safety Follow-up", "visitnum": 90},
    {"event": "Unscheduled"},
    {"event": "Logs"},
]
EVENTS = ["Screening", "cycle 1  day 1 ", "Safety Follow-up", "Unscheduled", "Logs", "", "Unscheduled"]
DATES = ["15-FEB-2022", "01-MAR-2022", "01-JUN-2022", "25-MAR-2022", "01-MAR-2022", "", "2022-02-10"]


def visits(**more: Any) -> FakeRows:
    count = len(EVENTS)
    columns = {
        "EVENT": EVENTS,
        "EVENTDT": DATES,
        "ESEQ": ["1", "1", "1", "1", "1", "1", "2"],
        "DM.RFSTDTC": ["2022-03-01T09:00"] * count,
        "SUBJID": ["01"] * count,
        "USUBJID": ["S-01"] * count,
    }
    return FakeRows({**columns, **more}, settings={"visits": VISITS}, variable="VISITNUM")


def test_numbers_names_and_planned_days() -> None:
    rows = visits()
    assert derive(rows, visit="number") == [1.0, 10.0, 90.0, 20.01, None, None, 0.02]
    assert derive(rows, visit="name") == [
        "SCREENING",
        "C1 D1",
        "SAFETY FOLLOW-UP",
        "UNSCHEDULED 20.01",
        "",
        "",
        "UNSCHEDULED 0.02",
    ]
    assert derive(rows, visit="day") == [-14.0, 1.0, None, None, None, None, None]
    assert rows.reports == []


def test_unscheduled_visits_by_the_dates_of_scheduled_ones() -> None:
    # The second cycle of this subject is delayed beyond the unscheduled visit of 25 March, that of another is not.
    vs = {
        "SUBJID": ["01", "01", "01", "02", "02"],
        "EVENT": ["Screening", "Cycle 1 Day 1", "Cycle 2 Day 1", "Cycle 1 Day 1", "Cycle 2 Day 1"],
        "EVENTDT": ["15-FEB-2022", "01-MAR-2022", "29-MAR-2022", "01-MAR-2022", "22-MAR-2022"],
    }
    ecog = {"SUBJID": ["01", "02"], "EVENT": ["Unscheduled", "Logs"], "EVENTDT": ["25-MAR-2022", "24-MAR-2022"]}
    rows = FakeRows(
        {
            "EVENT": ["Unscheduled"] * 5,
            "EVENTDT": ["25-MAR-2022", "25-MAR-2022", "29-MAR-2022", "01-JAN-2022", "01-MAY-2022"],
            "ESEQ": ["1", "1", "2", "3", "4"],
            "SUBJID": ["01", "02", "01 ", "01", "03"],
        },
        tables={"form vs": vs, "form ecog": ecog},
        settings={"visits": VISITS},
    )
    assert derive(rows, visit={"take": "number", "forms": ["vs", "ecog"]}) == [10.01, 20.01, 20.02, 0.03, 0.04]
    assert rows.reports == []


def test_every_dataset_gives_an_unscheduled_visit_the_same_number() -> None:
    first = derive(visits(), visit="number")[3]
    alone = FakeRows(
        {
            "EVENT": ["Unscheduled"],
            "EVENTDT": ["25-MAR-2022"],
            "ESEQ": ["1"],
            "DM.RFSTDTC": ["2022-03-01"],
            "USUBJID": ["1"],
        },
        settings={"visits": VISITS},
    )
    assert derive(alone, visit="number") == [first]


def test_unknown_events_are_errors() -> None:
    rows = FakeRows(
        {"EVENT": ["Cycel 2 Day 1", "Screening"], "EVENTDT": ["", ""], "ESEQ": ["", ""], "DM.RFSTDTC": ["", ""]},
        settings={"visits": VISITS},
        variable="VISITNUM",
    )
    assert derive(rows, visit="number") == [None, 1.0]
    assert rows.reports == [
        Report(
            "VISIT001",
            "'Cycel 2 Day 1' is not in the study's table of visits; VISITNUM is left missing",
            [0],
            field="EVENT",
            value="Cycel 2 Day 1",
            hint="did you mean Cycle 2 Day 1?",
        )
    ]


CODED = [
    {"event": "Screening", "eid": "SCR", "visitnum": 1, "day": -14},
    {"event": "Cycle 1 Day 1", "eid": "C1D1", "visitnum": 10, "visit": "C1 D1", "day": 1},
    {"event": "Log A", "eid": "LOG", "visitnum": 30},
    {"event": "Log B", "eid": "LOG", "visitnum": 31},
    {"event": "Unscheduled", "eid": "UNS"},
    {"event": "UNS", "eid": "X", "visitnum": 99},
]


def test_events_are_known_by_their_identifiers_too() -> None:
    rows = FakeRows({"EVENTEID": ["SCR", "c1d1 ", "Screening", "UNS"]}, settings={"visits": CODED}, variable="VISITNUM")
    take = {"event": "EVENTEID", "unscheduled": []}
    assert derive(rows, visit={"take": "number", **take}) == [1.0, 10.0, 1.0, 99.0]  # a name before an identifier
    assert derive(rows, visit={"take": "name", **take}) == ["SCREENING", "C1 D1", "SCREENING", "UNS"]
    assert derive(rows, visit={"take": "day", **take}) == [-14.0, 1.0, -14.0, None]
    assert rows.reports == []


def test_unscheduled_visits_by_their_identifier() -> None:
    columns = {"EVENT": ["UNS"], "EVENTDT": ["25-MAR-2022"], "ESEQ": ["1"], "DM.RFSTDTC": ["2022-03-01"]}
    columns["USUBJID"] = ["S-01"]
    rows = FakeRows(columns, settings={"visits": CODED[:5]}, variable="VISITNUM")
    assert derive(rows, visit="number") == [10.01]
    assert rows.reports == []


def test_attended_visits_by_their_identifier() -> None:
    vs = {"SUBJID": ["01", "01"], "EVENT": ["SCR", "C1D1"], "EVENTDT": ["15-FEB-2022", "01-MAR-2022"]}
    columns = {"EVENT": ["UNS"], "EVENTDT": ["25-MAR-2022"], "ESEQ": ["1"], "SUBJID": ["01"]}
    rows = FakeRows(columns, tables={"form vs": vs}, settings={"visits": CODED[:5]})
    assert derive(rows, visit={"take": "number", "forms": ["vs"]}) == [10.01]


def test_an_identifier_of_two_events_is_none() -> None:
    rows = FakeRows({"EVENT": ["LOG", "C1D2"]}, settings={"visits": CODED}, variable="VISITDY")
    assert derive(rows, visit="day") == [None, None]
    assert [(report.message, report.hint) for report in rows.reports] == [
        ("'LOG' is not in the study's table of visits; VISITDY is left missing", "did you mean Log B?"),
        ("'C1D2' is not in the study's table of visits; VISITDY is left missing", "did you mean C1D1?"),
    ]


def test_unscheduled_visits_that_cannot_be_numbered() -> None:
    rows = visits(
        EVENT=["Unscheduled"] * 7,
        EVENTDT=["", "UN-MAR-2022", *["01-APR-2022"] * 5],
        ESEQ=["1", "1", "", "100", "x", "0", "7"],
    )
    assert derive(rows, visit="number") == [None, None, None, None, None, None, 20.07]
    assert [(r.code, r.message, r.rows, r.field) for r in rows.reports] == [
        (
            "VISIT002",
            "ESEQ does not number the unscheduled visit from 1 to 99; VISITNUM is left missing",
            [2, 3, 4, 5],
            "ESEQ",
        ),
        (
            "VISIT002",
            "an unscheduled visit without a complete date, and DM.RFSTDTC, has no place among the visits; VISITNUM "
            "is left "
            "missing",
            [0, 1],
            "EVENTDT",
        ),
    ]


def test_a_study_without_unscheduled_visits_reads_only_the_event() -> None:
    made = make(visit={"take": "number", "unscheduled": []})
    assert made.reads() == ("EVENT",)
    assert make(visit="day").reads() == ("EVENT",)
    assert derive(FakeRows({"EVENT": ["Unscheduled"]}, settings={"visits": VISITS}), visit="day") == [None]


def test_visit_says_what_it_reads() -> None:
    planned = make(visit="number")
    assert (planned.reads(), planned.tables()) == (("EVENT", "EVENTDT", "ESEQ", "DM.RFSTDTC", "USUBJID"), {})
    assert planned.actual_reach() is Reach.ROW
    attended = make(visit={"take": "name", "forms": ["vs", "tl"]})
    assert attended.reads() == ("EVENT", "EVENTDT", "ESEQ", "raw.SUBJID")
    assert attended.tables() == {
        "form vs": ("SUBJID", "EVENT", "EVENTDT"),
        "form tl": ("SUBJID", "EVENT", "EVENTDT"),
    }
    assert attended.actual_reach() is Reach.SUBJECT


def test_visit_describes_itself() -> None:
    assert method(visit="number") == (
        "The number that the study's schedule of visits gives to AE.EVENT. An unscheduled visit has the number of "
        "the last scheduled visit planned on or before its study day (counted from DM.RFSTDTC, without a day 0), 0 "
        "when there is none, plus one hundredth of its number among the unscheduled visits of the subject (AE.ESEQ)."
    )
    assert method(visit={"take": "name", "forms": ["vs", "tl"]}) == (
        "The name that the study's schedule of visits gives to AE.EVENT. An unscheduled visit is called "
        '"UNSCHEDULED" and its '
        "visit number, which is the number of the last scheduled visit that the subject had on or before its date, "
        "by the dates of the visits on form vs and form tl, 0 when there is none, plus one hundredth of its number "
        "among the unscheduled visits of the subject (AE.ESEQ)."
    )
    assert method(visit="day") == (
        "The planned study day that the study's schedule of visits gives to AE.EVENT. Blank for unscheduled visits."
    )


def unscheduled(**more: Any) -> FakeRows:
    columns = {
        "EVENT": ["Unscheduled"] * 4,
        "EVENTDT": ["25-MAR-2022", "25-MAR-2022", "28-MAR-2022", "28-MAR-2022"],
        "ESEQ": ["1", "1", "1", "1"],
        "DM.RFSTDTC": ["2022-03-01"] * 4,
        "USUBJID": ["S-01", "S-01", "S-01", "S-02"],
        "SUBJID": ["01", "01", "01", "02"],
    }
    return FakeRows({**columns, **more}, settings={"visits": VISITS}, variable="VISITNUM")


def test_two_unscheduled_visits_that_the_edc_counts_alike() -> None:
    rows = unscheduled()
    assert derive(rows, visit="number") == [20.01] * 4
    assert rows.reports == [
        Report(
            "VISIT004",
            "unscheduled visits of S-01 on 25-MAR-2022 and 28-MAR-2022 have one number, 20.01, because ESEQ is the "
            "same",
            [0, 1, 2],
            field="ESEQ",
            hint="number the unscheduled visits of a subject by ESEQ in the export",
        )
    ]


def test_unscheduled_visits_of_several_subjects_share_numbers() -> None:
    rows = unscheduled(USUBJID=["S-01", "S-01", "S-02", "S-03"])
    assert derive(rows, visit="number") == [20.01] * 4
    assert rows.reports == []


def test_one_finding_for_number_and_name() -> None:
    rows = unscheduled()
    derive(rows, visit="number")
    derive(rows, visit="name")
    assert [report.code for report in rows.reports] == ["VISIT004"]
