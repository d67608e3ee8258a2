"""Columns by their distinct values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.checks.codes import Coded, code_series, combine, first_of, is_among

TEXTS = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["x", "y", "1"])), max_size=12)


def columns(rows: list[tuple[str, str]]) -> list[Coded]:
    return [code_series(pd.Series([row[place] for row in rows], dtype="str")) for place in (0, 1)]


@given(TEXTS)
def test_records_with_equal_values_share_a_code(rows: list[tuple[str, str]]) -> None:
    codes = combine(columns(rows), len(rows)).tolist()
    assert len(codes) == len(rows)
    assert len(set(zip(codes, rows, strict=True))) == len(set(codes)) == len(set(rows))


@given(TEXTS, TEXTS)
def test_is_among_is_the_set_of_pairs(left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
    assert is_among(columns(left), columns(right)).tolist() == [row in set(right) for row in left]


def test_numbers_and_texts_are_the_same_value() -> None:
    left = [code_series(pd.Series([1.0, 2.5, np.nan]))]
    assert is_among(left, [code_series(pd.Series(["1", "2.5", "3"], dtype="str"))]).tolist() == [True, True, False]


def test_taking_from_nowhere_gives_a_missing_value() -> None:
    rows = np.array([1, -1, 0])
    assert [code_series(pd.Series(["a", "b"], dtype="str")).take(rows).text(row) for row in range(3)] == ["b", "", "a"]
    assert [code_series(pd.Series([1.0, 2.0])).take(rows).text(row) for row in range(3)] == ["2", "", "1"]
    assert code_series(pd.Series([], dtype="str")).take(np.array([-1])).text(0) == ""


def test_first_of_each_group() -> None:
    assert first_of(np.array([2, 0, 2, 0]), 4).tolist() == [1, -1, 0, -1]
