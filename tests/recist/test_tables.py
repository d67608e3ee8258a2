"""Tables 1 and 2 of RECIST 1.1, cell by cell."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc_conv.recist.tables import _expand_tables, load_tables, look_up_overall, read_published_tables

NON = "NON-CR/NON-PD"

# Rows: target response; columns: non-target response CR, non-CR/non-PD, NE, PD, none at baseline.
NON_TARGET = ("CR", NON, "NE", "PD", "")
TABLE_1_WITHOUT_NEW = {
    "CR": ("CR", "PR", "PR", "PD", "CR"),
    "PR": ("PR", "PR", "PR", "PD", "PR"),
    "SD": ("SD", "SD", "SD", "PD", "SD"),
    "NE": ("NE", "NE", "NE", "PD", "NE"),
    "PD": ("PD", "PD", "PD", "PD", "PD"),
}
TABLE_2_WITHOUT_NEW = {"CR": "CR", NON: NON, "NE": "NE", "PD": "PD"}

CELLS = [
    *(
        (target, non_target, "N", overall)
        for target, row in TABLE_1_WITHOUT_NEW.items()
        for non_target, overall in zip(NON_TARGET, row, strict=True)
    ),
    *((target, non_target, "Y", "PD") for target in TABLE_1_WITHOUT_NEW for non_target in NON_TARGET),
    *(("", non_target, "N", overall) for non_target, overall in TABLE_2_WITHOUT_NEW.items()),
    *(("", non_target, "Y", "PD") for non_target in NON_TARGET),
]


@pytest.mark.parametrize(("target", "non_target", "new", "overall"), CELLS)
def test_cell(target: str, non_target: str, new: str, overall: str) -> None:
    found = look_up_overall(*(pd.Series([code]) for code in (target, non_target, new)))
    assert found["overall"].tolist() == [overall]
    assert found["table"].tolist() == [1 if target else 2]


def test_there_are_no_other_cells() -> None:
    assert len(CELLS) == 59
    cells = load_tables()
    assert set(zip(cells["target"], cells["non_target"], cells["new"], cells["overall"], strict=True)) == set(CELLS)
    assert not cells.duplicated(["target", "non_target", "new"]).any()


def test_the_rows_are_those_of_the_paper() -> None:
    tables = read_published_tables()
    assert tables[1]["rows"] == [
        ["CR", "CR", "No", "CR"],
        ["CR", "Non-CR/non-PD", "No", "PR"],
        ["CR", "Not evaluated", "No", "PR"],
        ["PR", "Non-PD or not all evaluated", "No", "PR"],
        ["SD", "Non-PD or not all evaluated", "No", "SD"],
        ["Not all evaluated", "Non-PD", "No", "NE"],
        ["PD", "Any", "Yes or No", "PD"],
        ["Any", "PD", "Yes or No", "PD"],
        ["Any", "Any", "Yes", "PD"],
    ]
    assert tables[2]["rows"] == [
        ["", "CR", "No", "CR"],
        ["", "Non-CR/non-PD", "No", NON],
        ["", "Not all evaluated", "No", "NE"],
        ["", "Unequivocal PD", "Yes or No", "PD"],
        ["", "Any", "Yes", "PD"],
    ]


def test_the_row_that_tells_is_named() -> None:
    found = look_up_overall(pd.Series(["CR", "SD", ""]), pd.Series([NON, "PD", NON]), pd.Series(["N", "N", "Y"]))
    assert found["table"].tolist() == [1, 1, 2]
    assert found["row"].tolist() == [2, 8, 5]


def test_what_no_table_has_gives_nothing() -> None:
    found = look_up_overall(pd.Series(["", "XX"]), pd.Series(["", "CR"]), pd.Series(["N", "N"]))
    assert found.to_dict("list") == {"overall": ["", ""], "table": [0, 0], "row": [0, 0]}


def test_rows_that_contradict_each_other_are_refused() -> None:
    words = {part: {"CR": ["CR"], "N": ["N"]} for part in ("target", "non_target", "new")}
    tables = {1: {"rows": [["CR", "CR", "N", "CR"], ["CR", "CR", "N", "PR"]], "words": words}}
    with pytest.raises(ValueError, match=r"the tables give several answers for \[\('CR', 'CR', 'N'\)\]"):
        _expand_tables(tables)
