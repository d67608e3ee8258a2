"""Dates that only an expression compares, and that do not exist."""

from __future__ import annotations

from cdisc_conv.engine.convert import Conversion

AE = {"SUBJID": ["01", "02", "03"], "AETERM": ["A", "B", "C"], "D": ["2022-02-30", "2022-01-05", "2022-02-30"]}
KEYS = "keys: [USUBJID, AETERM]\nrecords:\n  - form: ae\n"
HINT = "(correct it at the source)"


def told(conversion: Conversion) -> list[str]:
    return [str(each) for each in conversion.problems if each.code.startswith("DATE")]


def test_a_condition_on_a_raw_column(lab, records) -> None:
    made = lab.convert(
        {"ae": AE},
        {"AE": KEYS + "    where: 'D < \"2022-05-01\"'\nvariables: {AETERM: {copy: AETERM}}\n"},
    )
    assert records(made, "AE", "USUBJID") == [("02",)]
    assert told(made) == [
        "form ae.D rows 1, 3: DATE004 '2022-02-30' is not a date that the calendar has; it counts as missing where "
        f'D < "2022-05-01" compares it {HINT}'
    ]


def test_a_variable_that_a_condition_compares(lab, records) -> None:
    made = lab.convert(
        {"ae": AE},
        {
            "AE": KEYS + "variables:\n  AETERM: {copy: AETERM}\n  AESTDTC: {copy: D}\n"
            "  AESER: {constant: Y, when: 'AESTDTC < \"2022-05-01\"'}\n"
        },
    )
    assert records(made, "AE", "USUBJID", "AESER") == [("01", ""), ("02", "Y"), ("03", "")]
    assert told(made) == [
        "AE.AESTDTC rows 1, 3: DATE004 '2022-02-30' is not a date that the calendar has; it counts as missing where "
        f'AESTDTC < "2022-05-01" compares it {HINT}'
    ]


def test_a_date_that_a_derivation_reports_is_left_to_that(lab) -> None:
    made = lab.convert(
        {"ae": {name: values[:2] for name, values in AE.items()}},
        {
            "AE": KEYS + "variables:\n  AETERM: {copy: AETERM}\n"
            "  AESTDTC: {datetime: D}\n  AESER: {constant: Y, when: 'raw.D < \"2022-05-01\"'}\n"
        },
        study="settings: {date_formats: [YYYY-MM-DD]}\n",
    )
    assert [line.partition(";")[0] for line in told(made)] == [
        "AE.AESTDTC form ae.D row 1: DATE001 '2022-02-30' is a date that the calendar does not have"
    ]
