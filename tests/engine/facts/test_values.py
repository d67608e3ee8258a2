"""Facts about the values of columns: what is counted, and that facts of parts add up to those of the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.engine.facts.values import Digits, Looks, ValueFacts, describe_groups, describe_values

texts = st.sampled_from(
    ["", " ", "a", "皮疹", "2022-01-05", "2022-01", "2022-01-05T10:30", "P3D", "--05", "7", "-36.60", "1e5", "<5"]
)
numbers = st.sampled_from([float("nan"), 0.0, -0.0, 1.0, -20.0, 999.0, 1000.0, 0.125, 1e15, 1e21, 0.1 + 0.2])


def text(values: list[str]) -> pd.Series:
    return pd.Series(values, dtype="str")


def number(values: list[float]) -> pd.Series:
    return pd.Series(values, dtype="float64")


def test_texts():
    assert describe_values(text(["ab", "", "皮疹", "ab"]), all_values=True) == ValueFacts(
        records=4,
        filled=3,
        bytes=6,
        looks=Looks.NO_DATE | Looks.NO_DATETIME,
        values=frozenset({"ab", "皮疹"}),
        all_values=True,
    )


def test_numbers():
    assert describe_values(number([1.0, -20.5, float("nan")])) == ValueFacts(
        records=3, filled=2, numbers=Digits(2, 1), values=frozenset({"1", "-20.5"})
    )


def test_results_are_numbers_as_they_are_written():
    found = describe_values(text(["36.60", "-7"]), results=True)
    assert (found.numbers, found.written, found.width) == (Digits(2, 1), Digits(0, 2), 5)
    assert Looks.NO_NUMBER not in found.looks
    assert Looks.NO_PLAIN_NUMBER not in found.looks
    assert Looks.NO_PLAIN_NUMBER in describe_values(text(["1e5"]), results=True).looks
    assert Looks.NO_NUMBER in describe_values(text(["<5"]), results=True).looks


def test_of_a_column_with_too_many_values_none_are_kept():
    many = text([str(value) for value in range(10_001)])
    assert describe_values(many).values is None
    assert len(describe_values(many, all_values=True).values) == 10_001
    half, rest = describe_values(many[:6000]), describe_values(many[6000:].reset_index(drop=True))
    assert (half + rest).values is None


def test_groups_of_records():
    found = describe_groups(text(["a", "", "bb", "a", "c"]), np.array([0, 0, 1, -1, 1]), 3)
    assert [(facts.records, facts.filled, facts.values) for facts in found] == [
        (2, 1, frozenset({"a"})),
        (2, 2, frozenset({"bb", "c"})),
        (0, 0, frozenset()),
    ]


@given(st.lists(texts, max_size=6), st.lists(texts, max_size=6), st.lists(texts, max_size=6), st.booleans())
def test_facts_of_texts_add_up(one, other, third, results):
    a, b, c = (describe_values(text(values), results=results) for values in (one, other, third))
    assert (a + b) + c == a + (b + c) == describe_values(text(one + other + third), results=results)


@given(st.lists(numbers, max_size=6), st.lists(numbers, max_size=6))
def test_facts_of_numbers_add_up(one, other):
    assert describe_values(number(one)) + describe_values(number(other)) == describe_values(number(one + other))


@given(st.lists(st.tuples(texts, st.integers(-1, 3)), max_size=12))
def test_a_group_is_described_as_a_column_of_its_own(rows):
    groups = np.array([group for _, group in rows], dtype=np.int64)
    found = describe_groups(text([value for value, _ in rows]), groups, 4, results=True)
    apart = [[value for value, mine in rows if mine == group] for group in range(4)]
    assert found == [describe_values(text(values), results=True) for values in apart]
