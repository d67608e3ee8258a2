"""Rows of text columns in Arrow: taken, sliced, stacked and numbered, also where a column is a slice of another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.iso import NAMES, read_single
from cdisc_conv.columns.rows import pick_or_blank, slice_rows, stack, take_rows
from cdisc_conv.columns.texts import is_filled, is_written, longest_bytes, trim_text
from cdisc_conv.columns.threads import map_columns

WHOLE = pd.Series(["x", "ab", "", "皮 ", "ab"], dtype="str")
SLICED = slice_rows(WHOLE, 1, 4)


def test_a_slice_is_read_from_its_own_first_row() -> None:
    assert SLICED.tolist() == ["ab", "", "皮 "]
    assert take_rows(SLICED, np.array([2, 0])).tolist() == ["皮 ", "ab"]
    assert is_written(SLICED).tolist() == [True, False, True]
    assert longest_bytes(SLICED) == 4
    assert trim_text(SLICED).tolist() == ["ab", "", "皮"]
    assert stack([SLICED, WHOLE]).tolist() == ["ab", "", "皮 ", "x", "ab", "", "皮 ", "ab"]


def test_missing_where_there_is_no_position() -> None:
    nowhere = np.array([-1, 1])
    assert pick_or_blank(SLICED, nowhere).tolist() == ["", ""]
    assert pick_or_blank(pd.Series([1.0, 2.0]), nowhere).fillna(-9).tolist() == [-9.0, 2.0]
    assert pick_or_blank(pd.Series([], dtype="str"), np.array([-1])).tolist() == [""]


@pytest.mark.parametrize(
    ("texts", "codes", "values"),
    [
        ([], [], []),
        (["", "", ""], [0, 0, 0], [""]),
        (["ab", "ab", "ab"], [0, 0, 0], ["ab"]),
        (["ab", "cd", "ab", "ab"], [0, 1, 0, 0], ["ab", "cd"]),
        (["ab", "abc", "ab", "ab", "ab"], [0, 1, 0, 0, 0], ["ab", "abc"]),
    ],
)
def test_constant_columns_are_numbered_like_others(texts: list[str], codes: list[int], values: list[str]) -> None:
    found = find_distinct(pd.Series(texts, dtype="str"))
    assert found.codes.tolist() == codes
    assert found.values.tolist() == values


def test_blanks_at_the_ends_only_matter() -> None:
    inside = pd.Series(["a b", "c"], dtype="str")
    assert trim_text(inside) is inside
    assert is_filled(pd.Series([" ", "a ", ""], dtype="str")).tolist() == [False, True, False]


def test_dates_of_every_precision_and_what_only_looks_like_one() -> None:
    parts = read_single(
        pd.Series(
            ["2022", "2022-03", "2022-03-01", "2022-03-01T08", "2022-03-01T08:30", "2022-03-01T08:30:59", "2022/03/01",
             "2022-13", "2022-03-01 08:30", "2022-03-01T24:30", "20ab"],
            dtype="str",
        )
    )  # fmt: skip
    known = np.nan_to_num(np.array([getattr(parts, name) for name in NAMES]), nan=-1)
    assert known.T[:6].tolist() == [
        [2022, -1, -1, -1, -1, -1],
        [2022, 3, -1, -1, -1, -1],
        [2022, 3, 1, -1, -1, -1],
        [2022, 3, 1, 8, -1, -1],
        [2022, 3, 1, 8, 30, -1],
        [2022, 3, 1, 8, 30, 59],
    ]
    assert (known.T[6:] == -1).all()
    assert parts.faults.tolist() == [False] * 6 + [True] * 5


def test_many_rows_are_worked_on_side_by_side_in_order() -> None:
    columns = [pd.Series(np.full(3, number)) for number in range(5)]
    assert map_columns(lambda column: int(column.sum()), columns, rows=100_000) == [0, 3, 6, 9, 12]
