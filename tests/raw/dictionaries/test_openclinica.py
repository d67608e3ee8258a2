"""OpenClinica and LibreClinica: CRF workbooks of version 3, forms of version 4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdisc_conv.raw.dictionaries import Dictionary

Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]

COLUMNS = (
    "ITEM_NAME* DESCRIPTION_LABEL* LEFT_ITEM_TEXT UNITS RESPONSE_TYPE* RESPONSE_LABEL RESPONSE_OPTIONS_TEXT "
    "RESPONSE_VALUES_OR_CALCULATIONS DATA_TYPE* PHI"
)
CRF: dict[str, list[list[Any]]] = {
    "CRF": [["CRF_NAME*", "VERSION*"], ["Vitals", "v1.0"]],
    "Items": [
        COLUMNS.split(),
        ["SBP", "Systolic blood pressure", "Systolic:", "mmHg", "text", "text", "", "", "INT", 0],
        ["POS", "Position", "", "", "radio", "position", r"Sitting\, upright, Lying", "1,2", "INT", 0],
        ["POS2", "Position again", "", "", "radio", "position", "", "", "INT", 0],
        ["SYMP", "Symptoms", "", "", "multi-select", "symp", "Pain,Fever", "1,2", "ST", 0],
        ["BMI", "BMI", "", "", "calculation", "bmi", "", "func: x", "REAL", 0],
        ["VSDAT", "Date", "", "", "text", "text", "", "", "PDATE", 1],
    ],
}


def test_a_crf_workbook(read: Read, show: Show) -> None:
    dictionary = read({"vitals.xlsx": CRF})
    assert dictionary.edc == "openclinica"
    assert show(dictionary, "Vitals") == [
        ("SBP", "Systolic:", "integer", "item", {}, 2),
        ("POS", "Position", "coded", "item", {"1": "Sitting, upright", "2": "Lying"}, 3),
        ("POS2", "Position again", "coded", "item", {"1": "Sitting, upright", "2": "Lying"}, 4),
        ("SYMP", "Symptoms", "coded", "item", {"1": "Pain", "2": "Fever"}, 5),
        ("BMI", "BMI", "decimal", "derived", {}, 6),
        ("VSDAT", "Date", "date", "item", {}, 7),
    ]
    columns = dictionary.forms["Vitals"].columns
    assert (columns["SBP"].unit, columns["SYMP"].separator, columns["VSDAT"].identifying) == ("mmHg", ",", True)
    assert read({"vitals.xlsx": CRF}, "libreclinica").edc == "libreclinica"


def test_options_and_values_that_do_not_match(read: Read) -> None:
    rows = [list(row) for row in CRF["Items"]]
    rows[2][6] = "Sitting, upright, Lying"
    dictionary = read({"vitals.xlsx": {**CRF, "Items": rows}})
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/vitals.xlsx, sheet Items:3: DICT012 item POS has 3 options and 2 values "
        "(a comma inside an option needs a backslash before it)"
    ]


def test_two_versions_of_a_crf(read: Read) -> None:
    dictionary = read({"a.xlsx": CRF, "b.xlsx": CRF})
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/b.xlsx, sheet Items:2: DICT006 form Vitals is there in two workbooks "
        "(the first is edc/a.xlsx, sheet Items; give the version that is in use)"
    ]


def test_a_form_of_version_4(read: Read, show: Show) -> None:
    sheets = {
        "settings": [["form_title", "form_id", "version"], ["Vital signs", "VS", "1"]],
        "choices": [["list_name", "label", "name"], ["yn", "Yes", "1"], ["yn", "No", "0"]],
        "survey": [
            ["type", "name", "label", "bind::oc:itemgroup", "calculation"],
            ["begin group", "g", "Group", "", ""],
            ["integer", "SBP", "Systolic", "IG1", ""],
            ["select_one yn", "DONE", "Done?", "IG1", ""],
            ["calculate", "BMI", "", "IG1", "1+1"],
            ["end group", "", "", "", ""],
        ],
    }
    dictionary = read({"f.xlsx": sheets})
    assert dictionary.forms["VS"].label == "Vital signs"
    assert show(dictionary, "VS") == [
        ("SBP", "Systolic", "integer", "item", {}, 3),
        ("DONE", "Done?", "coded", "item", {"1": "Yes", "0": "No"}, 4),
        ("BMI", "", "text", "derived", {}, 5),
    ]
