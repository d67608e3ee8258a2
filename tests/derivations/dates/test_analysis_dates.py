"""numeric_date and numeric_datetime: SAS numbers from ISO 8601 texts, imputation, its flags and its laws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, FakeWords, Report, derive, make, method, refusal

EPOCH = dt.datetime(1960, 1, 1)


def days(text: str) -> float | None:
    """The SAS date of a complete ISO 8601 date."""
    return float((dt.datetime.fromisoformat(text) - EPOCH).days) if text else None


def seconds(text: str) -> float | None:
    """The SAS datetime of an ISO 8601 datetime."""
    return (dt.datetime.fromisoformat(text) - EPOCH).total_seconds() if text else None


def written(values: Sequence[float | None], seconds: bool = False) -> list[str]:
    unit = "seconds" if seconds else "days"
    made = ["" if v is None else (EPOCH + dt.timedelta(**{unit: v})).isoformat() for v in values]
    return made if seconds else [text[:10] for text in made]


def impute(dates: Sequence[str], limits: dict[str, Sequence[Any]] | None = None, **rule: Any) -> list[str]:
    columns = {"AESTDTC": dates, **(limits or {})}
    return written(derive(FakeRows(columns), numeric_date={"date": "AESTDTC", **rule}))


def impute_time(dates: Sequence[str], limits: dict[str, Sequence[Any]] | None = None, **rule: Any) -> list[str]:
    columns = {"AESTDTC": dates, **(limits or {})}
    return written(derive(FakeRows(columns), numeric_datetime={"date": "AESTDTC", **rule}), seconds=True)


def flags(variable: str, rows: FakeRows, **entry: Any) -> dict[str, list[str]]:
    return {name: brought.derive(rows).tolist() for name, brought in make(**entry).companions(variable).items()}


# Dates


def test_complete_dates_are_sas_numbers() -> None:
    rows = FakeRows({"D": ["1960-01-01", "2022-03-10", "2022-03-10T08:30", "1959-12-31", ""]})
    assert derive(rows, numeric_date="D") == [0.0, 22714.0, 22714.0, -1.0, None]


def test_without_a_rule_nothing_is_imputed() -> None:
    assert impute(["2022-03", "2022", "", "2022---15", "--03-15"]) == [""] * 5


PARTIAL = ["2022-02", "2024-02", "2022", "2022---15", "2022---31", "", "--12-15", "2022-03--T08:00"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"impute": "day"}, ["2022-02-01", "2024-02-01", "", "", "", "", "", "2022-03-01"]),
        (
            {"impute": "month"},
            ["2022-02-01", "2024-02-01", "2022-01-01", "2022-01-15", "2022-01-31", "", "", "2022-03-01"],
        ),
        (
            {"impute": "month", "to": "last"},
            ["2022-02-28", "2024-02-29", "2022-12-31", "2022-12-15", "2022-12-31", "", "", "2022-03-31"],
        ),
        (
            {"impute": "month", "to": "mid"},
            ["2022-02-15", "2024-02-15", "2022-06-30", "2022-06-15", "2022-07-31", "", "", "2022-03-15"],
        ),
        (
            {"impute": "month", "to": "04-30"},
            ["2022-02-28", "2024-02-29", "2022-04-30", "2022-04-15", "2022-05-31", "", "", "2022-03-30"],
        ),
    ],
)
def test_unknown_parts_follow_the_rule(rule: dict[str, str], expected: list[str]) -> None:
    assert impute(PARTIAL, **rule) == expected


def test_an_imputed_date_is_not_before_a_floor_that_is_possible() -> None:
    dates = ["2022-03", "2022-02", "2022-04", "2022", "2022-03-05", "2022---15", "2022---31", ""]
    floor = {"ADSL.TRTSDT": [days("2022-03-20")] * len(dates)}
    rule = {"impute": "month", "not_before": "ADSL.TRTSDT"}
    assert impute(dates, floor, **rule) == [
        "2022-03-20",
        "2022-02-01",
        "2022-04-01",
        "2022-03-20",
        "2022-03-05",
        "2022-04-15",
        "2022-03-31",
        "",
    ]


def test_the_latest_floor_that_is_possible_counts() -> None:
    limits = {"A": ["2022-03-05"] * 2, "B": ["2022-03-20", ""], "C": ["2022-05-01"] * 2}
    assert impute(["2022-03"] * 2, limits, impute="day", not_before=["A", "B", "C"]) == ["2022-03-20", "2022-03-05"]


def test_an_imputed_date_is_not_after_a_ceiling_that_is_possible() -> None:
    limits = {"DTHDT": [days("2022-03-20")] * 4}
    rule = {"impute": "month", "to": "last", "not_after": "DTHDT"}
    assert impute(["2022-03", "2022-02", "2022-04", "2022---21"], limits, **rule) == [
        "2022-03-20",
        "2022-02-28",
        "2022-04-30",
        "2022-02-21",
    ]


def test_of_partial_limits_every_possible_day_is_allowed() -> None:
    assert impute(["2022"], {"A": ["2022-03"]}, impute="month", not_before="A") == ["2022-03-01"]
    assert impute(["2022"], {"A": ["2022-03"]}, impute="month", to="last", not_after="A") == ["2022-03-31"]


def test_the_stronger_limits_go_first() -> None:
    limits = {"FLOOR": ["2022-03-20"], "CEILING": ["2022-03-10"]}
    both = {"impute": "day", "not_before": "FLOOR", "not_after": "CEILING"}
    assert impute(["2022-03"], limits, **both) == ["2022-03-01"]
    assert impute(["2022-03"], limits, **both, stronger="not_before") == ["2022-03-20"]
    assert impute(["2022-03"], limits, **both, to="last") == ["2022-03-31"]
    assert impute(["2022-03"], limits, **both, to="last", stronger="not_after") == ["2022-03-10"]


def test_times_of_limits_do_not_count_for_dates() -> None:
    limits = {"FLOOR": ["2022-03-10T09:00"], "CEILING": ["2022-03-10T08:00"]}
    assert impute(["2022-03"], limits, impute="day", not_before="FLOOR", not_after="CEILING") == ["2022-03-10"]


def test_a_missing_date_becomes_its_limit() -> None:
    floors = {"A": [days("2022-03-20"), days("2022-03-20"), None], "AEENDTC": ["", "2022-03-10", ""]}
    rule = {"impute": "year", "not_before": "A"}
    assert impute(["", "", ""], floors, **rule) == ["2022-03-20", "2022-03-20", ""]
    assert impute(["", "", ""], floors, **rule, not_after="AEENDTC") == ["2022-03-20", "", ""]
    ceilings = {"DTHDT": [days("2022-05-01"), None]}
    assert impute(["", ""], ceilings, impute="year", to="last", not_after="DTHDT") == ["2022-05-01", ""]


def test_the_flag_tells_the_highest_part_imputed() -> None:
    rows = FakeRows({"D": ["2022-03-05", "2022-03", "2022", "2022---15", "", "x"], "A": ["2022-01-01"] * 6})
    rule = {"date": "D", "impute": "year", "not_before": "A"}
    assert flags("ASTDT", rows, numeric_date=rule) == {"ASTDTF": ["", "D", "M", "M", "Y", ""]}
    assert flags("ADT", rows, numeric_date={"date": "D", "impute": "day"}) == {"ADTF": ["", "D", "", "", "", ""]}
    assert rows.reports == []


def test_which_flags_come_along() -> None:
    assert make(numeric_date="D").companions("ADT") == {}
    assert make(numeric_date={"date": "D", "impute": "day", "flags": False}).companions("ADT") == {}
    assert make(numeric_date={"date": "D", "impute": "day"}).companions("STARTDAY") == {}
    assert list(make(numeric_datetime="D").companions("TRTSDTM")) == ["TRTSTMF"]
    assert list(make(numeric_datetime={"date": "D", "impute": "day"}).companions("ASTDTM")) == ["ASTDTF", "ASTTMF"]
    assert make(numeric_datetime={"date": "D", "time": "none"}).companions("ASTDTM") == {}
    assert make(numeric_datetime={"date": "D", "flags": False}).companions("ASTDTM") == {}


def test_a_text_that_is_no_date_is_a_finding() -> None:
    rows = FakeRows({"D": ["2022-03-10", "2022-02-30", "10MAR2022", "2022-02-30"]}, variable="ASTDT")
    assert derive(rows, numeric_date="D") == [22714.0, None, None, None]
    hint = "correct the date where it is made, or take the variable that holds ISO 8601 dates"
    message = "'{}' is not an ISO 8601 date that the calendar has; ASTDT is left missing"
    assert rows.reports == [
        Report("DATE004", message.format("2022-02-30"), [1, 3], field="D", value="2022-02-30", hint=hint),
        Report("DATE004", message.format("10MAR2022"), [2], field="D", value="10MAR2022", hint=hint),
    ]


def test_sas_numbers_pass_through() -> None:
    assert derive(FakeRows({"ADT": [22714.0, None]}), numeric_date="ADT") == [22714.0, None]
    rows = FakeRows({"ADTM": [22714 * 86400 + 3600.0]})
    assert derive(rows, numeric_date="ADTM") == [22714.0]
    assert derive(rows, numeric_datetime="ADTM") == [22714 * 86400 + 3600.0]


def test_dates_of_no_rows() -> None:
    assert derive(FakeRows({"D": []}), numeric_date={"date": "D", "impute": "month"}) == []


# Datetimes


def test_times_follow_the_rule() -> None:
    dates = ["2022-03-10", "2022-03-10T08", "2022-03-10T08:15", "2022-03-10T08:15:20", "2022-03-10T-:15", ""]
    assert impute_time(dates) == [
        "2022-03-10T00:00:00",
        "2022-03-10T08:00:00",
        "2022-03-10T08:15:00",
        "2022-03-10T08:15:20",
        "2022-03-10T00:15:00",
        "",
    ]
    assert impute_time(dates, time="last")[:3] == ["2022-03-10T23:59:59", "2022-03-10T08:59:59", "2022-03-10T08:15:59"]
    assert impute_time(dates, time="12:30:10")[:2] == ["2022-03-10T12:30:10", "2022-03-10T08:30:10"]
    assert impute_time(dates, time=45010)[:1] == ["2022-03-10T12:30:10"]  # what YAML makes of 12:30:10
    assert impute_time(dates, time="none") == ["", "", "", "2022-03-10T08:15:20", "", ""]


def test_time_flags() -> None:
    rows = FakeRows({"D": ["2022-03-10", "2022-03-10T08", "2022-03-10T08:15", "2022-03-10T08:15:20", "2022-03", ""]})
    assert flags("ASTDTM", rows, numeric_datetime={"date": "D", "impute": "day"}) == {
        "ASTDTF": ["", "", "", "", "D", ""],
        "ASTTMF": ["H", "M", "S", "", "H", ""],
    }
    without_seconds = {"date": "D", "seconds_flag": False}
    assert flags("ASTDTM", rows, numeric_datetime=without_seconds) == {"ASTTMF": ["H", "M", "", "", "", ""]}
    complete = {"date": "D", "impute": "day", "time": "none"}
    assert flags("ASTDTM", rows, numeric_datetime=complete) == {"ASTDTF": ["", "", "", "", "", ""]}


def test_limits_count_to_the_second() -> None:
    dates = ["2022-03-10", "2022-03-11", "2022-03-10T08", "2022-03", "2022-03--T08:00", "2022-03-10T-:05"]
    floor = {"TRTSDTM": [seconds("2022-03-10T09:00")] * len(dates)}
    assert impute_time(dates, floor, impute="day", not_before="TRTSDTM") == [
        "2022-03-10T09:00:00",
        "2022-03-11T00:00:00",
        "2022-03-10T08:00:00",
        "2022-03-10T09:00:00",
        "2022-03-11T08:00:00",
        "2022-03-10T00:05:00",
    ]


def test_limits_of_times_need_no_imputed_dates() -> None:
    limits = {"TRTSDTM": [seconds("2022-03-10T09:00")] * 2}
    assert impute_time(["2022-03-10", "2022-03"], limits, not_before="TRTSDTM") == ["2022-03-10T09:00:00", ""]


# What mappings may write


def test_rules_that_are_refused() -> None:
    assert refusal(numeric_date={"date": "D", "impute": "day", "to": "middle"}) == (
        "'to' of 'numeric_date': 'middle' is neither first, last, mid nor a month and day such as 07-01"
    )
    assert refusal(numeric_date={"date": "D", "impute": "day", "to": "02-30"}) == (
        "'to' of 'numeric_date': '02-30' is neither first, last, mid nor a month and day such as 07-01"
    )
    assert refusal(numeric_date={"date": "D", "impute": "year"}) == (
        "'numeric_date': a missing date can only become a limit: 'impute: year' takes 'to: first' with 'not_before', "
        "or 'to: last' with 'not_after'"
    )
    assert refusal(numeric_date={"date": "D", "not_before": "A"}) == (
        "'numeric_date': 'not_before' and 'not_after' move imputed dates only, but 'impute' is none"
    )
    assert refusal(numeric_datetime={"date": "D", "time": "noon"}) == (
        "'time' of 'numeric_datetime': 'noon' is neither none, first, last nor a time such as 12:00:00"
    )


def test_what_it_reads() -> None:
    rule = {"date": "AESTDTC", "impute": "day", "not_before": "ADSL.TRTSDT", "not_after": ["AEENDTC"]}
    made = make(numeric_date=rule)
    assert made.reads() == ("AESTDTC", "ADSL.TRTSDT", "AEENDTC")
    assert made.companions("ASTDT")["ASTDTF"].reads() == made.reads()


LIMITS = (
    "A limit counts only where the known parts, and the limits before it, leave a date that meets it; a missing limit "
    "does not count, and of a partial limit every day that it may stand for is allowed. What is known is never changed."
)


def test_numeric_date_describes_itself() -> None:
    assert method(numeric_date="AESTDTC") == (
        "The date of AE.AESTDTC as a SAS date (days since 1960-01-01). No part of the date is imputed: missing where "
        "AE.AESTDTC is missing or lacks its day or month."
    )
    rule = {"date": "AESTDTC", "impute": "month", "not_before": ["ADSL.TRTSDT", "A"], "not_after": "AEENDTC"}
    assert method(numeric_date=rule) == (
        "The date of AE.AESTDTC as a SAS date (days since 1960-01-01). An unknown day becomes the first day of the "
        "month. Where the month is unknown too, the date becomes 1 January of its year; a known day of an unknown "
        "month is kept. Missing where more of AE.AESTDTC is unknown. An imputed date is moved to be not after "
        f"AE.AEENDTC, then to be not before ADSL.TRTSDT or AE.A. {LIMITS}"
    )
    rule = {"date": "AEENDTC", "impute": "year", "to": "last", "not_after": "ADSL.DTHDT"}
    assert method(numeric_date=rule) == (
        "The date of AE.AEENDTC as a SAS date (days since 1960-01-01). An unknown day becomes the last day of the "
        "month. Where the month is unknown too, the date becomes 31 December of its year; a known day of an unknown "
        "month is kept. A wholly unknown date becomes the earliest date after which nothing is imputed, if there is "
        f"one. Missing where more of AE.AEENDTC is unknown. An imputed date is moved to be not after "
        f"ADSL.DTHDT. {LIMITS}"
    )
    assert "An unknown day becomes day 15 of the month. " in method(
        numeric_date={"date": "D", "impute": "day", "to": "mid"}
    )
    assert "An unknown day becomes day 30 of the month, or the last day of a shorter month. " in method(
        numeric_date={"date": "D", "impute": "day", "to": "06-30"}
    )


def test_numeric_datetime_describes_itself() -> None:
    assert method(numeric_datetime={"date": "AESTDTC", "time": "last"}) == (
        "The date and time of AE.AESTDTC as a SAS datetime (seconds since 1960-01-01). No part of the date is imputed: "
        "missing where AE.AESTDTC is missing or lacks its day or month. Unknown hours, minutes and seconds become "
        "those of 23:59:59."
    )
    assert method(numeric_datetime={"date": "AESTDTC", "impute": "day", "time": "none"}) == (
        "The date and time of AE.AESTDTC as a SAS datetime (seconds since 1960-01-01). An unknown day becomes the "
        "first day of the month. Missing where more of AE.AESTDTC is unknown. No part of the time is imputed: missing "
        "where hour, minute or second is unknown."
    )


def test_flags_describe_themselves() -> None:
    date, time = make(numeric_datetime={"date": "D", "impute": "month"}).companions("ASTDTM").values()
    assert date.method(FakeWords()) == (
        "D where the day of AE.D was imputed and M where month and day were; blank where nothing of the date "
        "was imputed."
    )
    assert time.method(FakeWords()) == (
        "H where hours, minutes and seconds of AE.D were imputed, M where minutes and seconds were, S where only the "
        "seconds were; blank where nothing of the time was imputed."
    )
    (time,) = make(numeric_datetime={"date": "D", "seconds_flag": False}).companions("ASTDTM").values()
    assert time.method(FakeWords()) == (
        "H where hours, minutes and seconds of AE.D were imputed, M where minutes and seconds were; blank where "
        "nothing of the time was imputed or only the seconds were."
    )


# Laws

YEARS = range(2020, 2023)
DAYS = [dt.date(2020, 1, 1) + dt.timedelta(days=n) for n in range(366 + 365 + 365)]


@cache
def possible_days(text: str) -> list[dt.date]:
    """The days that a partial date may stand for, by trying each of the years in question."""
    year, month, day = (*(text.replace("---", "-.-").split("-")), ".", ".")[:3]
    return [
        each
        for each in DAYS
        if each.year == int(year) and month in (".", f"{each.month:02d}") and day in (".", f"{each.day:02d}")
    ]


@st.composite
def partial_dates(draw: st.DrawFn) -> str:
    date = draw(st.sampled_from(DAYS)).isoformat()
    return draw(st.sampled_from([date, date[:7], date[:4], f"{date[:4]}---{date[8:]}"]))


RULES = st.sampled_from(["first", "last", "mid", "03-31", "07-01"])


@settings(max_examples=300, deadline=None)
@given(partial_dates(), partial_dates(), partial_dates(), partial_dates(), RULES, RULES)
def test_start_is_not_after_end_where_the_known_parts_allow_it(start, end, dose, death, aim, end_aim) -> None:  # type: ignore[no-untyped-def]
    columns: dict[str, list[Any]] = {"AESTDTC": [start], "AEENDTC": [end], "DOSE": [dose], "DEATH": [death]}
    limits = {"not_before": "DOSE", "not_after": "AEENDTC", "stronger": "not_after"}
    columns["ASTDT"] = derive(
        FakeRows(columns), numeric_date={"date": "AESTDTC", "impute": "month", "to": aim, **limits}
    )
    limits = {"not_before": "ASTDT", "not_after": "DEATH", "stronger": "not_before"}
    made = derive(FakeRows(columns), numeric_date={"date": "AEENDTC", "impute": "month", "to": end_aim, **limits})
    allowed = possible_days(start)[0] <= possible_days(end)[-1]
    assert (columns["ASTDT"][0] <= made[0]) == allowed


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(*[partial_dates()] * 5), min_size=1, max_size=8), st.integers(0, 2), st.integers(0, 2), RULES)
def test_known_parts_and_possible_limits_are_kept(records, floors, ceilings, aim) -> None:  # type: ignore[no-untyped-def]
    dates, *columns = zip(*records, strict=True)
    sides = {"not_before": ["F0", "F1"][:floors], "not_after": ["C0", "C1"][:ceilings]}
    limits = {name: list(column) for name, column in zip(("F0", "F1", "C0", "C1"), columns, strict=True)}
    made = impute(list(dates), limits, impute="month", to=aim, stronger="not_before", **sides)
    for row, (date, imputed) in enumerate(zip(dates, made, strict=True)):
        left = possible_days(date)
        assert dt.date.fromisoformat(imputed) in left
        assert len(date) < 10 or "---" in date or imputed == date
        for floor in sides["not_before"]:
            left = [each for each in left if each >= possible_days(limits[floor][row])[0]] or left
        for ceiling in sides["not_after"]:
            left = [each for each in left if each <= possible_days(limits[ceiling][row])[-1]] or left
        assert dt.date.fromisoformat(imputed) in left


@st.composite
def partial_datetimes(draw: st.DrawFn) -> str:
    date = draw(partial_dates())
    time = draw(st.sampled_from(["", "T08", "T08:30", "T23:59:59", "T00:00:00", "T20:15"]))
    padding = {4: "----", 7: "--"}.get(len(date), "")
    return f"{date}{padding}{time}" if time else date


@settings(max_examples=300, deadline=None)
@given(partial_datetimes(), partial_datetimes(), partial_datetimes(), RULES, st.sampled_from(["first", "last"]))
def test_datetimes_start_before_they_end(start, end, dose, aim, time) -> None:  # type: ignore[no-untyped-def]
    columns: dict[str, list[Any]] = {"AESTDTC": [start], "AEENDTC": [end], "DOSE": [dose]}
    rule = {"impute": "month", "to": aim, "time": time}
    limits = {"not_before": "DOSE", "not_after": "AEENDTC", "stronger": "not_after"}
    columns["ASTDTM"] = derive(FakeRows(columns), numeric_datetime={"date": "AESTDTC", **rule, **limits})
    made = derive(FakeRows(columns), numeric_datetime={"date": "AEENDTC", **rule, "not_before": "ASTDTM"})
    first = written(derive(FakeRows(columns), numeric_datetime={"date": "AESTDTC", "impute": "month"}), seconds=True)[0]
    last_rule = {"date": "AEENDTC", "impute": "month", "to": "last", "time": "last"}
    last = written(derive(FakeRows(columns), numeric_datetime=last_rule), seconds=True)[0]
    assert (columns["ASTDTM"][0] <= made[0]) == (first <= last)
