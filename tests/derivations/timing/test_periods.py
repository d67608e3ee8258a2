"""on_treatment and period."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, FakeWords, Report, derive, make, method, refusal

# on_treatment


def records(*dates: tuple[str, str], first: str = "2022-03-10", last: str = "2022-06-01") -> FakeRows:
    return FakeRows(
        {
            "ASTDT": [start for start, _ in dates],
            "AENDT": [end for _, end in dates],
            "ADSL.TRTSDT": [first] * len(dates),
            "ADSL.TRTEDT": [last] * len(dates),
        }
    )


def test_a_record_of_one_date() -> None:
    rows = records(("2022-03-09", ""), ("2022-03-10", ""), ("2022-06-01", ""), ("2022-06-02", ""), ("", ""))
    assert derive(rows, on_treatment="ASTDT") == ["", "Y", "Y", "", ""]
    assert derive(rows, on_treatment={"start": "ASTDT", "no": "N"}) == ["N", "Y", "Y", "N", "N"]
    window = {"start": "ASTDT", "days": 30}
    assert derive(records(("2022-07-01", ""), ("2022-07-02", "")), on_treatment=window) == ["Y", ""]


def test_a_record_that_lasts() -> None:
    rows = records(
        ("2022-02-20", "2022-03-15"),
        ("2022-02-20", "2022-03-09"),
        ("2022-02-20", ""),
        ("2022-07-01", ""),
        ("2022-07-02", ""),
        ("", "2022-03-10"),
        ("", "2022-03-09"),
        ("", ""),
    )
    entry = {"start": "ASTDT", "end": "AENDT", "days": 30}
    assert derive(rows, on_treatment=entry) == ["Y", "", "Y", "Y", "", "Y", "", "Y"]
    assert derive(rows, on_treatment={**entry, "overlap": "begins"}) == ["", "", "", "Y", "", "Y", "", "Y"]


def test_what_is_not_known_does_not_exclude() -> None:
    rows = records(("2022-03", ""), ("2022-02", ""), ("2022", ""), ("2022-06", ""), ("2022-07", ""))
    assert derive(rows, on_treatment="ASTDT") == ["Y", "", "Y", "Y", ""]
    assert derive(records(("2030-01-01", ""), last=""), on_treatment="ASTDT") == ["Y"]
    assert derive(records(("2022-03-10", ""), first=""), on_treatment="ASTDT") == [""]


def test_times_count_where_both_are_known() -> None:
    rows = records(("2022-03-10T08:59", ""), ("2022-03-10T09:00", ""), ("2022-03-10", ""), first="2022-03-10T09:00")
    assert derive(rows, on_treatment="ASTDT") == ["", "Y", "Y"]
    rows = records(("2022-06-01T11:00", ""), ("2022-06-01T10:00", ""), last="2022-06-01T10:00")
    assert derive(rows, on_treatment="ASTDT") == ["", "Y"]
    assert derive(rows, on_treatment={"start": "ASTDT", "days": 1}) == ["Y", "Y"]


def test_on_treatment_of_sas_numbers() -> None:
    rows = FakeRows({"ADTM": [100 * 86400.0, 111 * 86400.0, None], "F": [100.0] * 3, "L": [110.0] * 3})
    assert derive(rows, on_treatment={"start": "ADTM", "first_dose": "F", "last_dose": "L"}) == ["Y", "", ""]


PARTIAL = (
    "Times are compared where both are known. Where a date is partial, Y unless every day that it may stand for is "
    "outside."
)
REST = "A missing ADSL.TRTEDT sets no limit. Subjects without ADSL.TRTSDT have blank."


def test_on_treatment_describes_itself() -> None:
    assert method(on_treatment={"start": "ADT"}) == (
        f"Y where AE.ADT is from ADSL.TRTSDT to ADSL.TRTEDT; otherwise blank. {PARTIAL} Where AE.ADT is missing, "
        f"blank. {REST}"
    )
    assert method(on_treatment={"start": "ASTDT", "end": "AENDT", "days": 30}) == (
        "Y where any time from AE.ASTDT to AE.AENDT is from ADSL.TRTSDT to 30 days after the date of ADSL.TRTEDT; "
        f"otherwise blank. A missing AE.AENDT means that the record goes on. {PARTIAL} Where AE.ASTDT is missing, Y "
        f"unless AE.AENDT is before ADSL.TRTSDT. {REST}"
    )
    assert method(on_treatment={"start": "ASTDT", "end": "AENDT", "overlap": "begins"}) == (
        f"Y where AE.ASTDT is from ADSL.TRTSDT to ADSL.TRTEDT; otherwise blank. {PARTIAL} Where AE.ASTDT is missing, Y "
        f"unless AE.AENDT is before ADSL.TRTSDT. {REST}"
    )


# period

HOPE = [
    {"name": "Screening"},
    {"name": "Combination", "from": "AP01SDT"},
    {"name": "Maintenance", "from": "AP02SDT"},
    {"name": "Follow-up", "from": "TRTEDT", "from_days": 31},
]


def visits(*dates: str, ap01: str = "2022-03-10", ap02: str = "2022-07-01", last: str = "2022-09-30") -> FakeRows:
    count = len(dates)
    columns = {
        "USUBJID": ["01"] * count,
        "ADT": list(dates),
        "AP01SDT": [ap01] * count,
        "AP01EDT": ["2022-06-20"] * count,
        "AP02SDT": [ap02] * count,
        "TRTEDT": [last] * count,
    }
    return FakeRows(columns, variable="APHASE")


def phases(*dates: str, periods: Any = HOPE, **subject: str) -> list[str]:
    return derive(visits(*dates, **subject), period={"date": "ADT", "periods": periods})


def test_phases_of_a_trial() -> None:
    dates = (
        "2022-02-20",
        "2022-03-09",
        "2022-03-10",
        "2022-06-30",
        "2022-07-01",
        "2022-10-30",
        "2022-10-31",
        "2030-01-01",
    )
    assert phases(*dates) == [
        *("Screening", "Screening", "Combination", "Combination"),
        *("Maintenance", "Maintenance", "Follow-up", "Follow-up"),
    ]


def test_a_period_without_its_first_date_did_not_take_place() -> None:
    assert phases("2022-07-01", "2022-10-31", ap02="") == ["Combination", "Follow-up"]
    assert phases("2022-07-01", ap01="", ap02="", last="") == ["Screening"]


def test_dates_between_and_outside_periods() -> None:
    periods = [
        {"name": "1", "from": "AP01SDT", "to": "AP01EDT", "to_days": 1},
        {"name": "2", "from": "AP02SDT", "to": "TRTEDT"},
    ]
    dates = ("2022-03-09", "2022-06-21", "2022-06-22", "2022-09-30", "2022-10-01", "")
    assert phases(*dates, periods=periods) == ["", "1", "", "2", "", ""]
    assert phases("2030-01-01", periods=periods, last="") == ["2"]


def test_the_later_of_overlapping_periods_has_the_day() -> None:
    periods = [
        {"name": "whole", "from": "AP01SDT", "to": "TRTEDT"},
        {"name": "part", "from": "AP01EDT", "to": "AP02SDT"},
    ]
    dates = ("2022-06-19", "2022-06-20", "2022-07-01", "2022-07-02", "2022-05", "2022", "2022-06")
    assert phases(*dates, periods=periods) == ["whole", "part", "part", "whole", "whole", "", ""]


def test_partial_dates_need_one_period_for_all_their_days() -> None:
    assert phases("2022-02", "2022-03", "2022-04", "2022", "2023") == ["Screening", "", "Combination", "", "Follow-up"]


def test_times_decide_where_both_are_known() -> None:
    dates = ("2022-03-10T08:00", "2022-03-10T09:00", "2022-03-10")
    assert phases(*dates, ap01="2022-03-10T09:00") == ["Screening", "Combination", "Combination"]
    assert phases("2022-03-10T00:00", "2022-03-09T23:59:59") == ["Combination", "Screening"]


def test_periods_of_sas_numbers() -> None:
    rows = FakeRows({"USUBJID": ["01"] * 3, "ADTM": [86400.0 * 99 + 1, 86400.0 * 100, None], "S": [100.0] * 3})
    periods = [{"name": "before"}, {"name": "after", "from": "S"}]
    assert derive(rows, period={"date": "ADTM", "periods": periods}) == ["before", "after", ""]


def test_numbers_of_periods() -> None:
    entry = {"date": "ADT", "periods": HOPE, "number": "APHASEN"}
    rows = visits("2022-02-20", "2022-03-10", "")
    brought = make(period=entry).companions("APHASE")
    assert {name: made.derive(rows).fillna(-1).tolist() for name, made in brought.items()} == {"APHASEN": [1, 2, -1]}
    assert make(period={"date": "ADT", "periods": HOPE}).companions("APHASE") == {}
    numbered = [{"name": "Screening", "number": 0}, {"name": "Treatment", "from": "AP01SDT", "number": 1}]
    assert derive(rows, period={"date": "ADT", "periods": numbered, "give": "number"}) == [0.0, 1.0, None]


def test_a_period_that_ends_before_it_begins_is_a_finding() -> None:
    periods = [{"name": "all"}, {"name": "treated", "from": "AP02SDT", "to": "AP01EDT"}]
    rows = visits("2022-06-19", "2022-07-01")
    assert derive(rows, period={"date": "ADT", "periods": periods}) == ["all", ""]
    text = "01: 2022-07-01 and 2022-06-20"
    assert rows.reports == [
        Report(
            "PRD001",
            f"treated ends (AP01EDT) before it begins (AP02SDT) ({text}); no record is in it",
            [0, 1],
            value=text,
            hint="correct one of the two dates, or its imputation",
        )
    ]


def test_periods_that_are_refused() -> None:
    assert refusal(period={"date": "ADT", "periods": []}) == "'periods' of 'period': there must be at least one period"
    assert refusal(period={"date": "ADT", "periods": [{"name": "a"}, {"name": "b"}]}) == (
        "'periods' of 'period': 'b' needs 'from': only the first period may begin before everything"
    )
    assert refusal(period={"date": "ADT", "periods": [{"name": "a", "to_days": 1}]}) == (
        "'periods.1' of 'period': 'a' has 'to_days' but no 'to'"
    )


def test_what_period_reads() -> None:
    assert make(period={"date": "ADT", "periods": HOPE}).reads() == ("ADT", "AP01SDT", "AP02SDT", "TRTEDT", "USUBJID")


def test_period_describes_itself() -> None:
    rest = (
        "First and last day belong to a period; where date and bound both have times, the times decide. A period "
        "without its first date did not take place; one without its last date lasts until a later one begins. Blank "
        "where AE.ADT is missing, in no period, or partial and not on all days that it may stand for in the same one."
    )
    assert method(period={"date": "ADT", "periods": HOPE}) == (
        "The last in this list of the periods in which AE.ADT lies: Screening until a later one begins; Combination "
        "from AE.AP01SDT until a later one begins; Maintenance from AE.AP02SDT until a later one begins; Follow-up "
        f"from 31 days after AE.TRTEDT until a later one begins. {rest}"
    )
    periods = [{"name": "On", "from": "A", "from_days": -1, "to": "B"}]
    numbered = make(period={"date": "ADT", "periods": periods, "number": "N"}).companions("C")["N"]
    text = f"The last in this list of the periods in which AE.ADT lies: 1 from 1 day before AE.A to AE.B. {rest}"
    assert numbered.method(FakeWords()) == text
    assert method(period={"date": "ADT", "periods": periods, "give": "number"}) == text


@given(st.lists(st.dates(dt.date(2022, 1, 1), dt.date(2022, 12, 31)), min_size=3, max_size=3), st.dates())
def test_periods_that_follow_each_other_hold_every_date_once(starts: list[dt.date], date: dt.date) -> None:
    starts.sort()
    ap01, ap02, last = (each.isoformat() for each in starts)
    periods = [{"name": "a"}, *({"name": n, "from": n} for n in ("AP01SDT", "AP02SDT", "TRTEDT"))]
    expected = ["a", "AP01SDT", "AP02SDT", "TRTEDT"][sum(date >= start for start in starts)]
    assert phases(date.isoformat(), periods=periods, ap01=ap01, ap02=ap02, last=last) == [expected]
