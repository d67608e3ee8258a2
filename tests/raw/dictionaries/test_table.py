"""A plain table of fields, for systems that have no reader of their own."""

from __future__ import annotations

from collections.abc import Callable

from cdisc_conv.raw.dictionaries import Dictionary

Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]


def test_codes_in_a_cell(read: Read, show: Show) -> None:
    text = (
        "CRF Name;Variable Name;Variable Label;Data Type;Values;Units\n"
        'DM;SEX;Sex;Text;"M=Male|F=Female";\nDM;WEIGHT;Weight;Numeric;;kg\nAE;AESTDAT;Start;Date;;\n'
    )
    dictionary = read({"fields.csv": text})
    assert (dictionary.edc, list(dictionary.forms)) == ("table", ["DM", "AE"])
    assert show(dictionary, "DM") == [
        ("SEX", "Sex", "coded", "item", {"M": "Male", "F": "Female"}, 2),
        ("WEIGHT", "Weight", "decimal", "item", {}, 3),
    ]
    assert (dictionary.forms["DM"].columns["WEIGHT"].unit, dictionary.forms["AE"].columns["AESTDAT"].type) == (
        "kg",
        "date",
    )


def test_code_lists_in_another_sheet(read: Read, show: Show) -> None:
    dictionary = read(
        {
            "spec.xlsx": {
                "Fields": [
                    ["Form", "Item", "Question", "Code List"],
                    ["DM", "SEX", "Sex?", "SEX"],
                    ["DM", "X", "X?", "NO"],
                ],
                "Lists": [["Code List", "Code", "Decode"], ["SEX", "1", "Male"], ["SEX", "2", "Female"]],
            }
        }
    )
    assert show(dictionary, "DM")[0] == ("SEX", "Sex?", "coded", "item", {"1": "Male", "2": "Female"}, 2)
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/spec.xlsx, sheet Fields:3: DICT007 field X of form DM has the code list NO, which is not in the dictionary"
    ]
