"""age and duration."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, FakeWords, Report, derive, make, method, refusal

HINT = "correct one of the two dates, or its imputation"


def people(*pairs: tuple[str, str]) -> FakeRows:
    return FakeRows(
        {"USUBJID": ["01"] * len(pairs), "B": [born for born, _ in pairs], "D": [date for _, date in pairs]},
        variable="AAGE",
    )


PAIRS = (
    ("1960-03-11", "2022-03-10"),
    ("1960-03-10", "2022-03-10"),
    ("2000-02-29", "2022-02-28"),
    ("2000-02-29", "2022-03-01"),
    ("2000-01-31", "2000-02-29"),
    ("2000-01-31", "2000-03-01"),
    ("2000-01-31", "2000-01-31"),
    ("1960-03", "2022-03-10"),
    ("1960-03-11", ""),
)


def test_completed_units_of_age() -> None:
    def age(unit: str) -> list[float | None]:
        return derive(people(*PAIRS), age={"birth": "B", "date": "D", "unit": unit})

    assert age("years") == [61.0, 62.0, 21.0, 22.0, 0.0, 0.0, 0.0, None, None]
    assert age("months") == [743.0, 744.0, 263.0, 264.0, 0.0, 1.0, 0.0, None, None]
    assert age("days") == [22644.0, 22645.0, 8035.0, 8036.0, 29.0, 30.0, 0.0, None, None]
    assert age("weeks") == [3234.0, 3235.0, 1147.0, 1148.0, 4.0, 4.0, 0.0, None, None]


def test_the_age_has_its_unit() -> None:
    brought = make(age={"birth": "B", "date": "D", "unit": "months"}).companions("AAGE")
    assert list(brought) == ["AAGEU"]
    assert brought["AAGEU"].derive(people(("1960-03-11", "2022-03-10"), ("", "2022-03-10"))).tolist() == ["MONTHS", ""]
    assert brought["AAGEU"].method(FakeWords()) == "MONTHS where there is an age."
    assert make(age={"birth": "B", "date": "D"}).companions("AGEDTH") == {}


def test_a_birth_after_the_date_is_a_finding() -> None:
    rows = people(("1960-03-11", "2022-03-10"), ("2022-03-11", "2022-03-10"))
    assert derive(rows, age={"birth": "B", "date": "D"}) == [61.0, None]
    text = "01: 2022-03-11 and 2022-03-10"
    assert rows.reports == [
        Report("AGE001", f"D is before B ({text}); AAGE is left missing", [1], value=text, hint=HINT)
    ]


def test_age_describes_itself() -> None:
    assert method(age={"birth": "DM.BRTHDTC", "date": "TRTSDT"}) == (
        "Completed years from DM.BRTHDTC to AE.TRTSDT. A year is completed on the day of the month of the birth, or on "
        "the first day of the next month where that day does not exist. Missing where either date is missing or lacks "
        "its day or month, and where the birth is after the date."
    )
    assert method(age={"birth": "DM.BRTHDTC", "date": "TRTSDT", "unit": "weeks"}) == (
        "Completed weeks from DM.BRTHDTC to AE.TRTSDT. A week is 7 days. Missing where either date is missing or lacks "
        "its day or month, and where the birth is after the date."
    )
    assert "Completed days from DM.BRTHDTC to AE.TRTSDT. Missing" in method(
        age={"birth": "DM.BRTHDTC", "date": "TRTSDT", "unit": "days"}
    )


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
def test_years_are_counted_as_people_count_them(birth: dt.date, date: dt.date) -> None:
    rows = people((birth.isoformat(), date.isoformat()))
    expected = date.year - birth.year - ((date.month, date.day) < (birth.month, birth.day))
    assert derive(rows, age={"birth": "B", "date": "D"}) == [float(expected) if birth <= date else None]


def events(starts: list[float | None], ends: list[float | None]) -> FakeRows:
    columns = {"USUBJID": [f"0{n}" for n in range(len(starts))], "ASTDT": starts, "AENDT": ends}
    return FakeRows(columns, variable="ADURN")


def test_days_count_both_ends() -> None:
    rows = events([100.0, 100.0, 100.0, None], [100.0, 106.0, None, 106.0])
    assert derive(rows, duration={"from": "ASTDT", "to": "AENDT"}) == [1.0, 7.0, None, None]
    assert derive(rows, duration={"from": "ASTDT", "to": "AENDT", "add_one": False}) == [0.0, 6.0, None, None]
    assert rows.reports == []


def test_units_of_durations() -> None:
    rows = events([1.0, 1.0], [14.0, 365.0])
    assert derive(rows, duration={"from": "ASTDT", "to": "AENDT", "unit": "weeks"})[0] == 2.0
    months = {"from": "ASTDT", "to": "AENDT", "unit": "months", "decimals": 2}
    assert derive(rows, duration=months) == [0.46, 11.99]
    years = {"from": "ASTDT", "to": "AENDT", "unit": "years", "decimals": 3}
    assert derive(rows, duration=years) == [0.038, 0.999]


def test_hours_are_those_elapsed() -> None:
    rows = FakeRows(
        {
            "USUBJID": ["01"] * 3,
            "ASTDTM": [3600.0, 3600.0, None],
            "ASTDT": [0.0, 0.0, None],
            "EXENDTC": ["1960-01-01T02:30", "1960-01-01", "1960-01-01T02:30"],
        }
    )
    assert derive(rows, duration={"from": "ASTDTM", "to": "EXENDTC", "unit": "hours"}) == [1.5, None, None]
    assert derive(rows, duration={"from": "ASTDT", "to": "EXENDTC", "unit": "hours"}) == [None, None, None]


def test_an_end_before_the_start_is_a_finding() -> None:
    rows = events([100.0, 0.0], [100.0, -2.0])
    assert derive(rows, duration={"from": "ASTDT", "to": "AENDT"}) == [1.0, None]
    text = "01: 1960-01-01 and 1959-12-30"
    message = f"AENDT is before ASTDT ({text}); ADURN is "
    assert rows.reports == [Report("DUR001", f"{message}left missing", [1], field="AENDT", value=text, hint=HINT)]
    rows = events([100.0, 0.0], [100.0, -2.0])
    assert derive(rows, duration={"from": "ASTDT", "to": "AENDT", "negative": "keep"}) == [1.0, -2.0]
    assert rows.reports == [Report("DUR001", f"{message}negative", [1], Severity.WARNING, "AENDT", text, HINT)]


def test_an_end_before_the_start_in_hours() -> None:
    rows = FakeRows({"USUBJID": ["01"], "ASTDTM": [3600.0], "AENDTM": [0.0]}, variable="ADURN")
    assert derive(rows, duration={"from": "ASTDTM", "to": "AENDTM", "unit": "hours"}) == [None]
    assert rows.reports[0].value == "01: 1960-01-01T01:00:00 and 1960-01-01T00:00:00"


def test_the_duration_has_its_unit() -> None:
    rows = events([100.0, 100.0], [100.0, 99.0])
    entry = {"from": "ASTDT", "to": "AENDT"}
    brought = make(duration=entry).companions("ADURN")
    assert {name: made.derive(rows).tolist() for name, made in brought.items()} == {"ADURU": ["DAYS", ""]}
    assert brought["ADURU"].method(FakeWords()) == "DAYS where there is a duration."
    named = make(duration={**entry, "unit_term": "days"}).companions("ADURN")["ADURU"]
    assert named.derive(rows).tolist() == ["days", ""]
    assert make(duration=entry).companions("TRTDURD") == {}
    assert rows.reports == []


def test_duration_describes_itself() -> None:
    assert method(duration={"from": "ASTDT", "to": "AENDT"}) == (
        "AE.AENDT minus AE.ASTDT in days, plus 1. Missing where either is not a complete date, and where AE.AENDT is "
        "before AE.ASTDT."
    )
    assert method(duration={"from": "A", "to": "B", "unit": "months", "decimals": 1, "negative": "keep"}) == (
        "(AE.B minus AE.A in days, plus 1) / 30.4375, rounded to 1 decimal place. Missing where either is not a "
        "complete date. Negative, without the plus 1, where AE.B is before AE.A."
    )
    assert method(duration={"from": "A", "to": "B", "unit": "hours"}) == (
        "Hours from AE.A to AE.B. Missing where either is not a complete date and time, and where AE.B is before AE.A."
    )


def test_durations_that_are_refused() -> None:
    assert refusal(duration={"from": "A"}) == "'duration' needs 'to'"
