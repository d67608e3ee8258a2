"""treatment_emergent."""

from __future__ import annotations

from tests.derivations.rows import FakeRows, Report, derive, make, method

START = "2022-03-10T09:00"
END = "2022-06-01"


def events(*dates: str, start: str = START, end: str = END, ended: str = "") -> FakeRows:
    count = len(dates)
    return FakeRows(
        {
            "AESTDTC": list(dates),
            "AEENDTC": [ended] * count,
            "DM.RFXSTDTC": [start] * count,
            "DM.RFXENDTC": [end] * count,
        }
    )


def test_on_or_after_the_first_dose() -> None:
    assert derive(events("2022-03-09", "2022-03-10", "2022-03-11"), treatment_emergent="AESTDTC") == ["N", "Y", "Y"]


def test_times_decide_on_the_day_of_the_first_dose() -> None:
    rows = events("2022-03-10T08:59", "2022-03-10T09:00", "2022-03-10T09")
    assert derive(rows, treatment_emergent="AESTDTC") == ["N", "Y", "Y"]
    assert derive(events("2022-03-10T08:59", start="2022-03-10"), treatment_emergent="AESTDTC") == ["Y"]


def test_partial_dates_are_emergent_unless_they_are_shown_not_to_be() -> None:
    rows = events("2022-03", "2022-02", "2022", "2021", "", "2022---05", "--03-10")
    assert derive(rows, treatment_emergent="AESTDTC") == ["Y", "N", "Y", "N", "Y", "Y", "Y"]


def test_an_event_without_a_start_that_was_over_before() -> None:
    parameters = {"date": "AESTDTC", "ended": "AEENDTC"}
    assert derive(events("", "2022-03", ended="2022-03-01"), treatment_emergent=parameters) == ["N", "Y"]
    assert derive(events("", ended="2022-03"), treatment_emergent=parameters) == ["Y"]


def test_days_after_the_last_dose() -> None:
    parameters = {"date": "AESTDTC", "days": 30}
    rows = events("2022-07-01", "2022-07-02", "2022-07", "2022-08", "")
    assert derive(rows, treatment_emergent=parameters) == ["Y", "N", "Y", "N", "Y"]
    assert derive(events("2023-01-01", end=""), treatment_emergent=parameters) == ["Y"]
    assert derive(events("2023-01-01"), treatment_emergent="AESTDTC") == ["Y"]


def test_subjects_who_were_never_treated() -> None:
    assert derive(events("2022-03-10", "", start=""), treatment_emergent="AESTDTC") == ["N", "N"]
    assert derive(events("2022-03-10", start=""), treatment_emergent={"date": "AESTDTC", "no": ""}) == [""]


def test_comparing_texts() -> None:
    rows = events("2022-03-10", "2022-03-11", "2022-03", "2023", "", start="2022-03-10")
    parameters = {"date": "AESTDTC", "compare": "text"}
    assert derive(rows, treatment_emergent=parameters) == ["Y", "Y", "N", "Y", "N"]
    assert derive(events("2022-03-10", start=""), treatment_emergent=parameters) == ["N"]


def test_treatment_emergent_says_what_it_reads() -> None:
    assert make(treatment_emergent="AESTDTC").reads() == ("AESTDTC", "DM.RFXSTDTC")
    everything = {"date": "AESTDTC", "days": 1, "ended": "AEENDTC"}
    assert make(treatment_emergent=everything).reads() == ("AESTDTC", "DM.RFXSTDTC", "DM.RFXENDTC", "AEENDTC")


def test_treatment_emergent_describes_itself() -> None:
    assert method(treatment_emergent={"date": "AESTDTC", "days": 30, "ended": "AEENDTC"}) == (
        "Y where AE.AESTDTC is on or after DM.RFXSTDTC and at most 30 days after the date of DM.RFXENDTC; otherwise "
        "N. Times are compared where both are known; without them an event on the day of DM.RFXSTDTC is Y. Where "
        "AE.AESTDTC is partial, Y unless every day that it may stand for is outside; where it is missing, Y, unless "
        "AE.AEENDTC is before DM.RFXSTDTC. A missing DM.RFXENDTC sets no limit. Subjects without DM.RFXSTDTC have N."
    )
    assert method(treatment_emergent={"date": "AESTDTC", "compare": "text", "no": ""}) == (
        "Y where AE.AESTDTC is on or after DM.RFXSTDTC, compared as ISO 8601 texts, so that a partial date comes "
        "before the dates it may stand for; otherwise blank, also where either is missing."
    )


def test_sas_numbers() -> None:
    day, hour = 22714, 3600.0
    rows = FakeRows(
        {
            "ASTDTM": [
                day * 86400 + 8 * hour,
                day * 86400 + 9 * hour,
                (day + 40) * 86400.0,
                (day + 41) * 86400.0,
                None,
            ],
            "ASTDT": [float(day - 1), float(day), float(day + 40), float(day + 41), None],
            "ADSL.TRTSDTM": [day * 86400 + 9 * hour] * 5,
            "ADSL.TRTEDTM": [(day + 10) * 86400.0] * 5,
        }
    )
    parameters = {"start": "ADSL.TRTSDTM", "end": "ADSL.TRTEDTM", "days": 30, "no": ""}
    assert derive(rows, treatment_emergent={"date": "ASTDTM", **parameters}) == ["", "Y", "Y", "", "Y"]
    assert derive(rows, treatment_emergent={"date": "ASTDT", **parameters}) == ["", "Y", "Y", "", "Y"]


def test_numbers_are_not_compared_as_texts() -> None:
    rows = FakeRows({"ASTDT": [1.0, None], "DM.RFXSTDTC": ["2022-03-10"] * 2})
    assert derive(rows, treatment_emergent={"date": "ASTDT", "compare": "text"}) == ["N", "N"]
    assert rows.reports == [
        Report(
            "TEAE001",
            "ASTDT holds numbers, which 'compare: text' cannot compare; no event is treatment-emergent",
            [0, 1],
            field="ASTDT",
            hint="leave 'compare' out",
        )
    ]
