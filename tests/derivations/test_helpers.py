"""Distinct values, numbers, moments and keys."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.columns.distinct import find_distinct, map_distinct, rank_values
from cdisc_conv.columns.moments import read_moments
from cdisc_conv.columns.numbers import parse_numbers
from cdisc_conv.columns.rows import find_distinct_rows
from cdisc_conv.derivations.records.joining import match_records
from cdisc_conv.expr.library import round_numbers
from tests.derivations.rows import FakeRows


def text(*values: str) -> pd.Series:
    return pd.Series(list(values), dtype="str")


@given(st.lists(st.text("abä", max_size=2)))
def test_spreading_the_distinct_values_gives_the_column(values: list[str]) -> None:
    found = find_distinct(text(*values))
    assert found.values.is_unique
    assert found.spread(found.values).tolist() == values


def test_functions_see_each_value_once() -> None:
    seen: list[list[str]] = []

    def note(values: pd.Series) -> pd.Series:
        seen.append(values.tolist())
        return values.str.len().astype("float64")

    assert map_distinct(text("aa", "b", "aa"), note).tolist() == [2.0, 1.0, 2.0]
    assert seen == [["aa", "b"]]


def test_missing_numbers_are_one_value() -> None:
    found = find_distinct(pd.Series([np.nan, 1.0, np.nan]))
    assert found.codes.tolist() == [0, 1, 0]


def test_columns_in_pieces_and_with_gaps() -> None:
    pieces = pd.concat([text("a"), text("b"), text()], ignore_index=True)
    assert find_distinct(pieces).values.tolist() == ["a", "b"]
    assert map_distinct(pd.Series(["a", None], dtype="str"), lambda v: v).tolist() == ["a", ""]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([1.0, 2.0])), min_size=1))
def test_distinct_rows(values: list[tuple[str, float]]) -> None:
    codes, columns = find_distinct_rows([text(*(v[0] for v in values)), pd.Series([v[1] for v in values])])
    pairs = list(zip(*columns, strict=True))
    assert [pairs[code] for code in codes] == values
    assert len(set(pairs)) == len(pairs)


@given(st.lists(st.text(max_size=3)))
def test_ranks_order_as_code_points_do(values: list[str]) -> None:
    ranks = rank_values(text(*values)).tolist()
    order = sorted(set(values))
    assert ranks == [order.index(value) for value in values]


@pytest.mark.parametrize(
    ("written", "number"),
    [("12", 12.0), (" -1.50 ", -1.5), ("+.5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("1E-2", 0.01)],
)
def test_numbers(written: str, number: float) -> None:
    assert parse_numbers(text(written)).tolist() == [number]


@pytest.mark.parametrize("written", ["", " ", "<5", "0x10", "inf", "nan", "NA", "1,5", "1 2", "1e999", ".", "+-1"])
def test_what_is_no_number(written: str) -> None:
    assert parse_numbers(text(written)).isna().all()


@given(st.integers(-(10**6), 10**6), st.integers(0, 4))
def test_halves_go_away_from_zero(whole: int, decimals: int) -> None:
    half = (abs(whole) + 0.5) / 10**decimals
    made = round_numbers(np.array([half, -half]), decimals)
    assert made.tolist() == [(abs(whole) + 1) / 10**decimals, -(abs(whole) + 1) / 10**decimals]


def test_moments_of_partial_dates() -> None:
    moments = read_moments(
        text("1970-01-02T01:00:30", "1970-02", "1970", "1970---15", "--12-15", "", "x", "1970-01-01T05")
    )
    assert moments.first_day.tolist()[:4] == [1.0, 31.0, 0.0, 14.0]
    assert moments.last_day.tolist()[:4] == [1.0, 58.0, 364.0, 348.0]
    assert np.isnan(moments.first_day[4:7]).all()
    assert moments.complete.tolist() == [True, False, False, False, False, False, False, True]
    assert (moments.first_second[0], moments.last_second[0]) == (3630.0, 3630.0)
    assert (moments.first_second[7], moments.last_second[7]) == (18000.0, 21599.0)
    assert (moments.first_second[1], moments.last_second[1]) == (0.0, 86399.0)


@given(st.dates())
def test_days_are_those_of_the_calendar(day) -> None:  # type: ignore[no-untyped-def]
    expected = (np.datetime64(day.isoformat()) - np.datetime64("1970-01-01")).astype(int)
    assert read_moments(text(day.isoformat())).days.tolist() == [float(expected)]


def test_keys_are_compared_without_blanks_at_their_ends() -> None:
    rows = FakeRows({"K": ["a ", "a", "", "b"]})
    matches = match_records(rows, ("K",), [text("b", "a", "", "c")])
    assert matches.ours[0] == matches.ours[1]
    assert matches.theirs.tolist() == [matches.ours[3], matches.ours[0], -1, -1]
    assert matches.describe(int(matches.ours[3]), ("K",)) == "K = b"
