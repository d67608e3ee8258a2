"""convert."""

from __future__ import annotations

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make, method

CONVERT = {"value": "R", "from": "U", "to": "S"}


def results(values: list, units: list[str], to: list[str], **more: object) -> FakeRows:
    return FakeRows({"R": values, "U": units, "S": to}, variable="VSSTRESN", **more)


def test_numbers_are_converted() -> None:
    rows = results(["70", "1.72", " 98.6 ", "80", ""], ["in", "m", "F", "kg", "in"], ["cm", "cm", "C", "kg", "cm"])
    assert derive(rows, convert=CONVERT) == [177.8, 172.0, 37.0, 80.0, None]
    assert rows.reports == []


def test_numeric_results_and_no_rows() -> None:
    assert derive(results([70, None], ["in", "in"], ["cm", "cm"]), convert=CONVERT) == [177.8, None]
    assert derive(results([], [], []), convert=CONVERT) == []


def test_units_written_in_the_mapping() -> None:
    rows = FakeRows({"R": ["70"]})
    assert derive(rows, convert={"value": "R", "from": {"constant": "in"}, "to": {"constant": "cm"}}) == [177.8]


def test_rounding_is_half_away_from_zero() -> None:
    rows = results(["0.5", "1.5", "-2.5"], ["m", "m", "m"], ["m", "m", "m"])
    assert derive(rows, convert={**CONVERT, "decimals": 0}) == [1.0, 2.0, -3.0]


def test_conversions_of_one_test_only() -> None:
    rows = results(["1", "1"], ["mg/dL", "mg/dL"], ["umol/L", "umol/L"])
    rows.columns["T"] = ["CREAT", "OTHER"]  # type: ignore[index]
    assert derive(rows, convert={**CONVERT, "test": "T", "decimals": 1}) == [88.4, None]
    assert rows.reports[0].message == "no conversion is known from mg/dL to umol/L for OTHER; VSSTRESN is left missing"


def test_conversions_of_the_study() -> None:
    settings = {"units": [{"from": "stone", "to": "kg", "factor": "6.35029318"}]}
    rows = results(["10", "63.5029318"], ["stone", "kg"], ["kg", "stone"], settings=settings)
    assert derive(rows, convert={**CONVERT, "decimals": 6}) == [63.502932, 10.0]


def test_what_cannot_be_converted_is_reported() -> None:
    rows = results(
        ["high", "1", "2", "3", "4", "<5"], ["cm", "cm", "", "kg", "", "cm"], ["cm", "kg", "cm", "", "", "cm"]
    )
    assert derive(rows, convert=CONVERT) == [None, None, None, None, 4.0, None]
    assert rows.reports == [
        Report("NUM001", "'high' is not a number; VSSTRESN is left missing", [0], field="R", value="high"),
        Report("NUM001", "'<5' is not a number; VSSTRESN is left missing", [5], field="R", value="<5"),
        Report(
            "UNIT001",
            "no conversion is known from cm to kg; VSSTRESN is left missing",
            [1],
            field="U",
            value="cm",
            hint="correct the unit, or add the conversion under 'units' in the settings of the study",
        ),
        Report("UNIT002", "the result has no unit; VSSTRESN is left missing", [2], field="U"),
        Report(
            "UNIT002",
            "the result has the unit kg, but there is no unit to convert to; VSSTRESN is left missing",
            [3],
            field="U",
        ),
    ]
    assert {report.severity for report in rows.reports} == {Severity.ERROR}


def test_convert_says_what_it_reads() -> None:
    assert make(convert={**CONVERT, "test": "T"}).reads() == ("R", "U", "S", "T")
    assert make(convert={"value": "R", "from": {"constant": "in"}, "to": "S"}).reads() == ("R", "S")


def test_convert_describes_itself() -> None:
    assert method(convert={"value": "VSORRES", "from": "VSORRESU", "to": {"constant": "cm"}, "decimals": 1}) == (
        "AE.VSORRES as a number, converted from the unit AE.VSORRESU to the unit cm by the fixed factor (and offset, "
        "for temperatures) of each pair of units; unchanged where the units are equal. Rounded to 1 decimal places, "
        "halves away from zero. Missing where AE.VSORRES is missing or no number, or its unit cannot be converted."
    )
