"""datetime and study_day, and the formats of dates."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.derivations.dates.collected import choose_formats, read_dates
from tests.derivations.rows import FakeRows, Report, derive, make, method, refusal

ISO = re.compile(r"(\d{4}|-)(-(\d\d|-)(-(\d\d|-))?)?(T(\d\d|-)(:(\d\d|-)(:\d\d)?)?)?")


def read(text: str, *formats: str) -> str:
    return str(read_dates(pd.Series([text], dtype="str"), choose_formats(formats, "date"))[0][0])


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("07-MAR-2022", "2022-03-07"),
        (" 7-mar-2022 ", "2022-03-07"),
        ("29-FEB-2024", "2024-02-29"),
        ("UN-MAR-2022", "2022-03"),
        ("UNK-MAR-2022", "2022-03"),
        ("--MAR-2022", "2022-03"),
        ("00-MAR-2022", "2022-03"),
        ("??-MAR-2022", "2022-03"),
        ("UN-UNK-2022", "2022"),
        ("NK-NK-2022", "2022"),
        ("15-UNK-2022", "2022---15"),
        ("15-DEC-UNK", "--12-15"),
        ("UN-UNK-UNKN", ""),
        ("UNK", ""),
        ("", ""),
        ("MAR-2022", "2022-03"),
        ("2022", "2022"),
        ("07MAR2022", "2022-03-07"),
        ("2022-03-07", "2022-03-07"),
        ("2022-03", "2022-03"),
        ("2022-03-07T08:05", "2022-03-07T08:05"),
        ("07-MAR-2022 8:05", "2022-03-07T08:05"),
        ("07-MAR-2022 08:05:09", "2022-03-07T08:05:09"),
        ("07-MAR-2022 08:UN", "2022-03-07T08"),
        ("UN-MAR-2022 08:05", "2022-03--T08:05"),
        ("07-MAR-2022 UN:05", "2022-03-07T-:05"),
        ("UN-UNK-UNK 07:15", "-----T07:15"),
    ],
)
def test_dates_in_the_formats_that_need_no_telling(written: str, iso: str) -> None:
    rows = FakeRows({"D": [written]})
    assert derive(rows, datetime="D") == [iso]
    assert rows.reports == []


@pytest.mark.parametrize(
    ("written", "formats", "iso"),
    [
        ("03/07/2022", ["MM/DD/YYYY"], "2022-03-07"),
        ("7.3.2022", ["DD.MM.YYYY"], "2022-03-07"),
        ("20220307", ["YYYYMMDD"], "2022-03-07"),
        ("07.03.2022 08:05", ["DD.MM.YYYY HH:MM"], "2022-03-07T08:05"),
        ("25/03/2022", ["MM/DD/YYYY", "DD/MM/YYYY"], "2022-03-25"),
        ("03/03/2022", ["MM/DD/YYYY", "DD/MM/YYYY"], "2022-03-03"),
    ],
)
def test_dates_in_named_formats(written: str, formats: list[str], iso: str) -> None:
    rows = FakeRows({"D": [written]})
    assert derive(rows, datetime={"date": "D", "formats": formats}) == [iso]
    assert rows.reports == []


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2022-03-07 08:05", "2022-03-07T08:05"),
        ("2022-03-07  08:05:09", "2022-03-07T08:05:09"),
        ("07-MAR-2022T08:05", "2022-03-07T08:05"),
        ("07-MAR-2022 02:30 PM", "2022-03-07T14:30"),
        ("07-MAR-2022 12:30 am", "2022-03-07T00:30"),
        ("07-MAR-2022 12:30 p.m.", "2022-03-07T12:30"),
        ("2022-03-07T08:05:09.25+0200", "2022-03-07T08:05:09.25+02:00"),
        ("2022-03-07T08:05Z", "2022-03-07T08:05Z"),
        ("07-MAR-2022 08:05-08:00", "2022-03-07T08:05-08:00"),
        ("07-MAR-2022 2:30:05 PM +02:00", "2022-03-07T14:30:05+02:00"),
    ],
)
def test_times_have_what_exports_write(written: str, iso: str) -> None:
    rows = FakeRows({"D": [written]})
    assert derive(rows, datetime="D") == [iso]
    assert rows.reports == []


@pytest.mark.parametrize("written", ["07-MAR-2022 14:30 PM", "07-MAR-2022 00:30 AM", "2022-03-07 08:05 +15:00"])
def test_hours_and_offsets_that_no_clock_has(written: str) -> None:
    rows = FakeRows({"D": [written]})
    assert derive(rows, datetime="D") == [""]
    assert [(each.code, each.value) for each in rows.reports] == [("DATE001", written)]


def test_times_of_their_own_column_with_am_and_offset() -> None:
    rows = FakeRows({"D": ["07-MAR-2022"] * 2, "T": ["8:05 PM", "20:05+02:00"]})
    assert derive(rows, datetime={"date": "D", "time": "T"}) == ["2022-03-07T20:05", "2022-03-07T20:05+02:00"]


@pytest.mark.parametrize(
    ("written", "pivot", "iso"),
    [
        ("07-MAR-22", 1930, "2022-03-07"),
        ("07-MAR-29", 30, "2029-03-07"),
        ("07-MAR-30", 30, "1930-03-07"),
        ("07-MAR-00", 1930, "2000-03-07"),
        ("07-MAR-00", 1900, "1900-03-07"),
        ("07-MAR-UN", 1930, "--03-07"),
        ("29-FEB-00", 2000, "2000-02-29"),
    ],
)
def test_years_of_two_digits_by_a_declared_pivot(written: str, pivot: int, iso: str) -> None:
    own = FakeRows({"D": [written]})
    assert derive(own, datetime={"date": "D", "formats": ["DD-MON-YY"], "pivot": pivot}) == [iso]
    study = FakeRows({"D": [written]}, settings={"date_formats": ["DD-MON-YY"], "date_pivot": pivot})
    assert derive(study, datetime="D") == [iso]


def test_years_of_two_digits_need_a_pivot() -> None:
    assert refusal(datetime={"date": "D", "formats": "DD-MON-YY"}) == (
        "'datetime': the format 'DD-MON-YY' has years of two digits; 'pivot' (of a study: 'date_pivot') has to say "
        "which are meant, such as 1930 for 1930 to 2029"
    )
    assert refusal(datetime={"date": "D", "formats": "DD-MON-YY", "pivot": 20220}) == (
        "'pivot' of 'datetime': the pivot of two-digit years is '20220', and should be a year such as 1930"
    )


IMPOSSIBLE = "is a date that the calendar does not have; AESTDTC is left blank"


@pytest.mark.parametrize(
    "written", ["31-FEB-2022", "29-FEB-2023", "29-FEB-1900", "2020-02-60", "2022-13-01", "32-UNK-2022", "11-FOO-2022"]
)
def test_impossible_dates_are_refused(written: str) -> None:
    rows = FakeRows({"D": ["01-JAN-2022", written]}, variable="AESTDTC")
    assert derive(rows, datetime={"date": "D", "formats": ["DD-MON-YYYY", "YYYY-MM-DD"]}) == ["2022-01-01", ""]
    assert rows.reports == [
        Report(
            "DATE001",
            f"'{written}' {IMPOSSIBLE}",
            [1],
            field="D",
            value=written,
            hint="expected DD-MON-YYYY or YYYY-MM-DD; unknown parts are written UN or UNK",
        )
    ]


@pytest.mark.parametrize("written", ["07-MAR-22", "03/07/2022", "yesterday", "07-MAR-2022 extra", "7 March 2022"])
def test_other_formats_are_refused(written: str) -> None:
    rows = FakeRows({"D": [written]}, settings={"date_formats": ["DD-MON-YYYY"]}, variable="AESTDTC")
    assert derive(rows, datetime="D") == [""]
    assert rows.reports == [
        Report(
            "DATE002",
            f"'{written}' is not written as a date; AESTDTC is left blank",
            [0],
            field="D",
            value=written,
            hint="expected DD-MON-YYYY; unknown parts are written UN or UNK",
        )
    ]


def test_a_date_that_can_be_read_in_two_ways_is_refused() -> None:
    rows = FakeRows({"D": ["03/04/2022"]}, variable="AESTDTC")
    assert derive(rows, datetime={"date": "D", "formats": ["MM/DD/YYYY", "DD/MM/YYYY"]}) == [""]
    assert rows.reports == [
        Report(
            "DATE002",
            "'03/04/2022' can be read as several dates; AESTDTC is left blank",
            [0],
            field="D",
            value="03/04/2022",
            hint="expected MM/DD/YYYY or DD/MM/YYYY; unknown parts are written UN or UNK",
        )
    ]


def test_date_and_time_in_two_columns() -> None:
    rows = FakeRows(
        {
            "D": ["07-MAR-2022", "07-MAR-2022", "07-MAR-2022", "UN-MAR-2022", "", "07-MAR-2022"],
            "T": ["08:05", "", "UN:UN", "08:05", "", "9:05:01"],
        }
    )
    assert derive(rows, datetime={"date": "D", "time": "T"}) == [
        "2022-03-07T08:05",
        "2022-03-07",
        "2022-03-07",
        "2022-03--T08:05",
        "",
        "2022-03-07T09:05:01",
    ]
    assert rows.reports == []


def test_a_bad_time_does_not_take_the_date_with_it() -> None:
    rows = FakeRows({"D": ["07-MAR-2022", "31-FEB-2022"], "T": ["25:10", "08:00"]}, variable="AESTDTC")
    assert derive(rows, datetime={"date": "D", "time": "T"}) == ["2022-03-07", ""]
    time = rows.reports[1]
    assert (time.code, time.message) == (
        "DATE001",
        "'25:10' is a time that the clock does not have; AESTDTC is left without time",
    )
    assert time.hint == "expected HH:MM or HH:MM:SS; unknown parts are written UN or UNK"


def test_dates_of_no_rows() -> None:
    assert derive(FakeRows({"D": []}), datetime="D") == []


def test_datetime_describes_itself() -> None:
    assert method(datetime={"date": "raw.AESTDAT", "time": "raw.AESTTIM"}) == (
        "The date in AESTDAT of form Adverse Events and the time in AESTTIM of form Adverse Events in ISO 8601 "
        "format, with the precision that was collected. Unknown parts at the end are left out (a date whose day is "
        "unknown is YYYY-MM, one whose day and month are unknown is YYYY); an unknown part before a known one is "
        "written as a hyphen. Nothing is imputed. Blank where the date was not collected or is wholly unknown."
    )


def test_formats_that_are_refused() -> None:
    means_nothing = "formats are written like DD-MON-YYYY or HH:MM"
    assert refusal(datetime={"date": "D", "formats": ["DD-MMM-YYYY"]}) == (
        f"'formats' of 'datetime': 'M-' in the format 'DD-MMM-YYYY' means nothing; {means_nothing}"
    )
    assert refusal(datetime={"date": "D", "formats": "DD-DD-YYYY"}) == (
        "'formats' of 'datetime': the format 'DD-DD-YYYY' has its day twice"
    )
    assert refusal(datetime={"date": "D", "formats": "-"}) == (
        f"'formats' of 'datetime': the format '-' has no parts; {means_nothing}"
    )


@given(st.dates(), st.sampled_from(["", "UN", "UNK"]))
def test_every_date_is_read_back(day, unknown) -> None:  # type: ignore[no-untyped-def]
    written = f"{unknown or day.strftime('%d')}-{day.strftime('%b')}-{day.year:04d}"
    assert read(written, "DD-MON-YYYY") == day.isoformat()[: 7 if unknown else 10]


@given(st.text("0123456789-UNKMAR: T", max_size=16))
def test_whatever_comes_out_is_iso_8601(text: str) -> None:
    found = read(text)
    assert found == "" or ISO.fullmatch(found)


def test_study_day_has_no_day_0() -> None:
    rows = FakeRows(
        {
            "AESTDTC": ["2022-03-10", "2022-03-09T23:00", "2022-03-11", "2022-03", "", "2021-03-10", "2022---10"],
            "DM.RFSTDTC": ["2022-03-10T09:00"] * 7,
        }
    )
    assert derive(rows, study_day="AESTDTC") == [1.0, -1.0, 2.0, None, None, -365.0, None]


def test_study_day_needs_a_complete_reference() -> None:
    rows = FakeRows({"D": ["2022-03-10"] * 3, "DM.RFSTDTC": ["", "2022-03", "2022-03-10"]})
    assert derive(rows, study_day="D") == [None, None, 1.0]


def test_study_day_with_another_reference() -> None:
    rows = FakeRows({"D": ["2022-03-10"], "DM.RFICDTC": ["2022-03-01"]})
    assert derive(rows, study_day={"date": "D", "reference": "DM.RFICDTC"}) == [10.0]
    assert make(study_day={"date": "D", "reference": "DM.RFICDTC"}).reads() == ("D", "DM.RFICDTC")


def test_study_day_describes_itself() -> None:
    assert method(study_day="AESTDTC") == (
        "The date of AE.AESTDTC minus the date of DM.RFSTDTC in days, plus 1 where AE.AESTDTC is on or after "
        "DM.RFSTDTC; there is no day 0. Times of day are not used. Missing where either date is missing or lacks its "
        "day or month."
    )


@given(st.dates(), st.dates())
def test_study_day_is_never_0_and_antisymmetric(first, second) -> None:  # type: ignore[no-untyped-def]
    def day(date, reference):  # type: ignore[no-untyped-def]
        return derive(FakeRows({"D": [date.isoformat()], "DM.RFSTDTC": [reference.isoformat()]}), study_day="D")[0]

    forth, back = day(first, second), day(second, first)
    assert forth != 0
    if first != second:
        assert sorted((forth, back)) == [-abs((first - second).days), abs((first - second).days) + 1]
    else:
        assert forth == back == 1


def test_study_days_of_sas_numbers() -> None:
    rows = FakeRows(
        {
            "ASTDT": [22714.0, 22713.0, None],
            "ASTDTM": [22714 * 86400 + 86399.0, 22713 * 86400.0, None],
            "AESTDTC": ["2022-03-10", "2022-03-09", ""],
            "ADSL.TRTSDT": [22714.0] * 3,
        }
    )
    for date in ("ASTDT", "ASTDTM", "AESTDTC"):
        assert derive(rows, study_day={"date": date, "reference": "ADSL.TRTSDT"}) == [1.0, -1.0, None]
