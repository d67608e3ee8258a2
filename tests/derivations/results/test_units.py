"""convert."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, Report, derive, make, method

CONVERT = {"value": "R", "from": "U", "to": "S"}


def results(values: list, units: list[str], to: list[str], **more: object) -> FakeRows:
    return FakeRows({"R": values, "U": units, "S": to}, variable="VSSTRESN", numeric=True, **more)


def test_numbers_are_converted() -> None:
    rows = results(["70", "1.72", " 98.6 ", "80", ""], ["in", "m", "F", "kg", "in"], ["cm", "cm", "C", "kg", "cm"])
    assert derive(rows, convert=CONVERT) == [177.8, 172.0, 37.0, 80.0, None]
    assert rows.reports == []


def test_numeric_results_and_no_rows() -> None:
    assert derive(results([70, None], ["in", "in"], ["cm", "cm"]), convert=CONVERT) == [177.8, None]
    assert derive(results([], [], []), convert=CONVERT) == []


def test_units_written_in_the_mapping() -> None:
    rows = FakeRows({"R": ["70"]}, numeric=True)
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


def texts(values: list, units: list[str], to: list[str], **more: object) -> FakeRows:
    return FakeRows({"R": values, "U": units, "S": to}, variable="LBSTRESC", **more)


def test_a_text_variable_keeps_what_stands_beside_the_numbers() -> None:
    values = ["<5", ">= 2000", "≤ 0.5", "5-10", "NEGATIVE", "TRACE", "1+", "++", "1:80", "stage 2", "", "0.70"]
    rows = texts(values, ["g/dL"] * 12, ["g/L"] * 12)
    assert derive(rows, convert=CONVERT) == [
        "<50", ">= 20000", "≤ 5", "50-100", "NEGATIVE", "TRACE", "1+", "++", "1:80", "stage 2", "", "7",
    ]  # fmt: skip
    assert rows.reports == []


def test_numbers_of_qualified_results_and_words_are_missing_without_an_error() -> None:
    rows = results(["<5", "5-10", "NEGATIVE", "7", "TRACE", "1.5E3"], ["g/dL"] * 6, ["g/L"] * 6)
    assert derive(rows, convert=CONVERT) == [None, None, None, 70.0, None, 15000.0]
    message = "results in words leave VSSTRESN missing: NEGATIVE, TRACE"
    assert rows.reports == [Report("NUM003", message, [2, 4], Severity.NOTE, field="R")]


def test_texts_that_do_not_change_stay_as_they_are_written() -> None:
    rows = texts(["36.60", " 1.50 ", "< 5.0"], ["C", "mg/dl", "K/uL"], ["C", "mg/dL", "10^9/L"])
    assert derive(rows, convert=CONVERT) == ["36.60", "1.50", "< 5.0"]
    assert derive(rows, convert={**CONVERT, "decimals": 1}) == ["36.60", "1.50", "< 5.0"]


def test_converted_texts_have_the_digits_of_the_number() -> None:
    rows = texts(["0.7", "98.6", "-40", "2.675", "100"], ["in", "F", "F", "m", "mg"], ["cm", "C", "C", "m", "g"])
    assert derive(rows, convert=CONVERT) == ["1.778", "37", "-40", "2.675", "0.1"]
    assert derive(rows, convert={**CONVERT, "decimals": 2}) == ["1.78", "37", "-40", "2.68", "0.1"]


def test_the_standard_unit_stands_only_beside_what_has_it() -> None:
    brought = make(convert=CONVERT).companions("LBSTRESN")
    assert set(brought) == {"LBSTRESC", "LBSTRESU"}
    rows = texts(["1", "<5", "NEGATIVE", "1,5", "", "2", "3"], ["g/dL"] * 5 + ["foo", "g/L"], ["g/L"] * 7)
    assert brought["LBSTRESU"].derive(rows).tolist() == ["g/L", "g/L", "", "", "", "", "g/L"]
    assert brought["LBSTRESC"].derive(rows).tolist() == ["10", "<50", "NEGATIVE", "1,5", "", "", "3"]
    assert rows.reports == []
    assert set(make(convert=CONVERT).companions("LBSTRESC")) == {"LBSTRESN", "LBSTRESU"}
    assert set(make(convert={**CONVERT, "to": "VSSTRESU"}).companions("VSSTRESN")) == {"VSSTRESC"}
    assert make(convert=CONVERT).companions("AVAL") == {}


def test_what_only_looks_like_a_number_is_an_error_that_says_what_to_do() -> None:
    rows = results(["1,5", "> 10 000", "7O", "12..5"], ["cm"] * 4, ["cm"] * 4)
    assert derive(rows, convert=CONVERT) == [None, None, None, None]
    comma = "write a decimal point where the comma is one, and leave out a comma between thousands"
    blanks = "leave out the blanks between thousands"
    assert rows.reports == [
        Report("NUM001", "'1,5' is not a number; VSSTRESN is left missing", [0], field="R", value="1,5", hint=comma),
        Report(
            "NUM001",
            "'> 10 000' is not a number; VSSTRESN is left missing",
            [1],
            field="R",
            value="> 10 000",
            hint=blanks,
        ),
        Report("NUM001", "'7O' is not a number; VSSTRESN is left missing", [2], field="R", value="7O"),
        Report("NUM001", "'12..5' is not a number; VSSTRESN is left missing", [3], field="R", value="12..5"),
    ]


def test_units_that_cannot_be_converted_are_reported() -> None:
    rows = results(["1", "2", "3", "4", "NEGATIVE"], ["cm", "", "kg", "", ""], ["kg", "cm", "", "", "cm"])
    assert derive(rows, convert=CONVERT) == [None, None, None, 4.0, None]
    assert rows.reports[1:] == [
        Report(
            "UNIT001",
            "no conversion is known from cm to kg; VSSTRESN is left missing",
            [0],
            field="U",
            value="cm",
            hint="correct the unit, or add the conversion under 'units' in the settings of the study",
        ),
        Report("UNIT002", "the result has no unit; VSSTRESN is left missing", [1], field="U"),
        Report(
            "UNIT002",
            "the result has the unit kg, but there is no unit to convert to; VSSTRESN is left missing",
            [2],
            field="U",
        ),
    ]
    assert [report.severity for report in rows.reports] == [Severity.NOTE, *[Severity.ERROR] * 3]


def test_a_unit_without_a_rule_is_reported_with_its_test() -> None:
    rows = FakeRows(
        {"R": ["1", "2", "<3"], "U": ["mg/dL", "mgdl", "mg/dL"], "T": ["ALB", "GLUC", "GLUC"]},
        variable="LBSTRESN",
        numeric=True,
    )
    entry = {"value": "R", "from": "U", "to": {"constant": "mmol/L"}, "test": "T"}
    assert derive(rows, convert=entry) == [None, None, None]
    assert [(report.message, report.rows) for report in rows.reports] == [
        ("no conversion is known from mg/dL to mmol/L for ALB; LBSTRESN is left missing", [0]),
        ("no conversion is known from mgdl to mmol/L for GLUC; LBSTRESN is left missing", [1]),
    ]
    assert rows.reports[1].hint == (
        "mgdl is not in the table of units: correct it, or add the conversion under 'units' in the settings of "
        "the study"
    )


def test_numbers_of_more_digits_than_a_number_holds_are_reported() -> None:
    rows = results(["12345678901234567", "0.1", "0.30000000000000004"], [""] * 3, [""] * 3)
    assert derive(rows, convert=CONVERT) == [12345678901234568.0, 0.1, 0.30000000000000004]
    message = "'12345678901234567' has more digits than a number holds; VSSTRESN becomes 12345678901234568"
    hint = "keep it in a text variable if every digit counts"
    assert rows.reports == [
        Report("NUM002", message, [0], Severity.WARNING, field="R", value="12345678901234567", hint=hint)
    ]


def test_hostile_results() -> None:
    rows = results(["9" * 100_000, "1e999999999", "1e308", "\x001"], ["g"] * 4, ["mg"] * 4)
    assert derive(rows, convert=CONVERT) == [None, None, None, None]
    assert [report.code for report in rows.reports] == ["NUM001"] * 4


@given(
    st.decimals(-1000, 1000, places=3), st.sampled_from([("in", "cm"), ("F", "C"), ("mg/dL", "g/L"), ("mmHg", "kPa")])
)
def test_text_and_number_agree(value: Decimal, units: tuple[str, str]) -> None:
    one, two = ([str(value)], [units[0]], [units[1]]), ([f"<{value}"], [units[0]], [units[1]])
    number = derive(results(*one), convert=CONVERT)[0]
    assert float(derive(texts(*one), convert=CONVERT)[0]) == number
    assert float(derive(texts(*two), convert=CONVERT)[0].removeprefix("<")) == number


def test_convert_says_what_it_reads() -> None:
    assert make(convert={**CONVERT, "test": "T"}).reads() == ("R", "U", "S", "T")
    assert make(convert={"value": "R", "from": {"constant": "in"}, "to": "S"}).reads() == ("R", "S")


def test_convert_describes_itself() -> None:
    assert method(convert={"value": "VSORRES", "from": "VSORRESU", "to": {"constant": "cm"}, "decimals": 1}) == (
        "AE.VSORRES as a number, converted from the unit AE.VSORRESU to the unit cm by the fixed factor (and offset, "
        "for temperatures) of each pair of units; unchanged where the units are equal. Rounded to 1 decimal place, "
        "halves away from zero. Missing where AE.VSORRES is missing or no number, or its unit cannot be converted."
    )


def test_wide_digits_and_dashes_are_numbers() -> None:
    columns = (["５．５", "＜５", "−5", "1–5", "5²", "\u200b7"], ["in"] * 6, ["cm"] * 6)
    assert derive(results(*columns), convert=CONVERT) == [13.97, None, -12.7, None, None, 17.78]
    rows = texts(*columns)
    assert derive(rows, convert=CONVERT) == ["13.97", "<12.7", "-12.7", "2.54–12.7", "5²", "17.78"]
    assert [report.message for report in rows.reports] == ["'5²' is not a number; LBSTRESC keeps the text"]


def test_a_text_keeps_its_digits_and_its_number_loses_them() -> None:
    rows = texts(["12345678901234567"], ["g"], ["g"])
    assert derive(rows, convert=CONVERT) == ["12345678901234567"]
    assert [report.message for report in rows.reports] == [
        "'12345678901234567' has more digits than a number holds; LBSTRESN becomes 12345678901234568"
    ]
