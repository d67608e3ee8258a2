"""The operators, each on a few values: what is true, what is false, and what is said of missing values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cdisc_conv.checks.core.data.vectors import Value, constant, from_values
from cdisc_conv.checks.core.data.views import View
from cdisc_conv.checks.core.operators.registry import (
    MissingVariableError,
    NotAnswerableError,
    Question,
    load_operators,
)
from cdisc_conv.checks.core.rule.model import Check

Columns = dict[str, list[Value]]


def ask(operator: str, columns: Columns, value: Any = None, *, literal: bool = False, **options: Any) -> list[int]:
    """The records (from 0) of which the operator is true; the first column is asked about."""
    length = len(next(iter(columns.values())))
    view = View(
        {name: from_values(values) for name, values in columns.items()},
        constant("AE", length),
        np.arange(1, length + 1),
    )
    check = Check(next(iter(columns)), operator, value, literal, options)
    return [int(row) for row in np.flatnonzero(load_operators()[operator].answer(Question(check, view, "AE")))]


TEXTS: Columns = {"A": ["x", "X", "y", None], "B": ["x", "y", None, None]}
NUMBERS: Columns = {"A": [1.0, 2.0, None, "3"], "B": [2.0, 2.0, 1.0, 1.0]}
DATES: Columns = {
    "A": ["2014-03", "2014-03-15", "2014-03-15T10:30", "2014-02-30", None, "2014-03-16"],
    "B": ["2014-03-15"] * 6,
}


@pytest.mark.parametrize(
    ("operator", "columns", "value", "rows"),
    [
        ("equal_to", TEXTS, "x", [0]),
        ("equal_to", TEXTS, "B", [0]),
        ("not_equal_to", TEXTS, "x", [1, 2, 3]),
        ("not_equal_to", TEXTS, "B", [1, 2]),
        ("equal_to_case_insensitive", TEXTS, "X", [0, 1]),
        ("not_equal_to_case_insensitive", TEXTS, "X", [2, 3]),
        ("equal_to", {"A": [1.0, "1", None]}, 1, [0]),
        ("less_than", NUMBERS, "B", [0]),
        ("less_than_or_equal_to", NUMBERS, "B", [0, 1]),
        ("greater_than", NUMBERS, "B", [3]),
        ("greater_than_or_equal_to", NUMBERS, 2, [1, 3]),
        ("less_than", NUMBERS, "NOTHERE", []),
        ("empty", TEXTS, None, [3]),
        ("non_empty", TEXTS, None, [0, 1, 2]),
        ("empty", {"A": [("a",), ()]}, None, [1]),
        ("is_contained_by", TEXTS, ["x", "y"], [0, 2]),
        ("is_not_contained_by", TEXTS, ["x", "y"], [1, 3]),
        ("is_not_contained_by", TEXTS, ["x", "y", ""], [1]),
        ("is_contained_by", TEXTS, "x", [0]),
        ("is_contained_by", {"A": ["x", "z"], "B": ["y", "x"]}, "B", [0]),
        ("is_contained_by", {"A": ["x", "z"], "L": [("x",), ("x",)]}, "L", [0]),
        ("is_contained_by_case_insensitive", TEXTS, ["X"], [0, 1]),
        ("is_not_contained_by_case_insensitive", TEXTS, ["X"], [2, 3]),
        ("contains", {"A": ["abc", "b", None]}, "b", [0, 1]),
        ("does_not_contain", {"A": ["abc", "b", None]}, "c", [1, 2]),
        ("contains", {"A": [("a", "b"), ("b",)]}, "a", [0]),
        ("contains_case_insensitive", {"A": ["ABC", "x"]}, "b", [0]),
        ("does_not_contain_case_insensitive", {"A": ["ABC", "x"]}, "b", [1]),
        ("contains_all", {"A": ["a", "b", "a"]}, ["a", "b"], [0]),
        ("not_contains_all", {"A": ["a", "b", "a"]}, ["a", "c"], [0]),
        ("not_contains_all", {"A": [("a",), ("a", "b")], "L": [("a", "b"), ("b",)]}, "L", [0]),
        ("shares_at_least_one_element_with", {"A": [("a", "b"), ("c",)], "L": [("b",), ("d",)]}, "L", [0]),
        ("shares_exactly_one_element_with", {"A": [("a", "b"), ("c", "d")], "L": [("b",), ("c", "d")]}, "L", [0]),
        ("shares_no_elements_with", {"A": [("a", "b"), ("c",)], "L": [("b",), ("d",)]}, "L", [1]),
        ("is_ordered_subset_of", {"A": [("a", "c"), ("c", "a")], "L": [("a", "b", "c")] * 2}, "L", [0]),
        ("is_not_ordered_subset_of", {"A": [("a", "z"), ("a", "b")], "L": [("a", "b", "c")] * 2}, "L", [0]),
        ("longer_than", {"A": ["abc", "ab", None]}, 2, [0]),
        ("longer_than_or_equal_to", {"A": ["abc", "ab", "a"]}, 2, [0, 1]),
        ("shorter_than", {"A": ["abc", "ab", "a"]}, 2, [2]),
        ("shorter_than_or_equal_to", {"A": ["abc", "ab", "a"]}, 2, [1, 2]),
        ("has_equal_length", {"A": ["abc", "ab"], "B": ["xyz", "x"]}, "B", [0]),
        ("has_not_equal_length", {"A": ["abc", "ab"]}, 3, [1]),
        ("split_parts_have_unequal_length", {"A": ["ab/cd", "ab/c", "abc", None]}, None, [1]),
        ("starts_with", {"A": ["TRT01", "xTRT", None]}, "TRT", [0]),
        ("ends_with", {"A": ["AESEQ", "SEQA", None]}, "SEQ", [0]),
        ("matches_regex", {"A": ["12", "1x", None]}, r"^\d+$", [0]),
        ("not_matches_regex", {"A": ["12", "1x", None]}, r"^\d+$", [1]),
        ("not_matches_regex", {"A": ["12", ""]}, r"^\d+$", [1]),
        ("matches_regex", {"A": ["", None]}, r"^\d*$", [0]),
        ("matches_regex", {"A": ["xAB", "ABx"]}, "AB", [1]),
        ("matches_regex", {"A": [12.0, 1.5]}, r"^\d+$", [0]),
        ("invalid_date", DATES, None, [3, 4]),
        ("is_complete_date", DATES, None, [1, 2, 5]),
        ("is_incomplete_date", DATES, None, [0, 3, 4]),
        ("date_equal_to", DATES, "B", [1]),
        ("date_not_equal_to", DATES, "B", [0, 2, 5]),
        ("date_less_than", DATES, "2014-04", [0, 1, 2, 5]),
        ("date_greater_than", DATES, "B", [5]),
        ("date_less_than_or_equal_to", DATES, "B", [0, 1, 2]),
        ("date_greater_than_or_equal_to", DATES, "B", [0, 1, 2, 5]),
        ("invalid_duration", {"A": ["P1D", "-P1D", "1 day", None]}, None, [2, 3]),
        ("is_unique_set", {"A": ["a", "a", "b"], "B": [1.0, 1.0, 1.0]}, ["B"], [2]),
        ("is_not_unique_set", {"A": ["a", "a", None, None], "B": [1.0, 1.0, 1.0, 1.0]}, "B", [0, 1, 2, 3]),
        ("is_not_unique_relationship", {"A": ["a", "a", "b", None], "B": ["1", "2", "3", None]}, "B", [0, 1]),
        ("is_unique_relationship", {"A": ["a", "b"], "B": ["1", "2"]}, "B", [0, 1]),
        ("is_not_unique_relationship", {"A": ["a", "a"], "B": ["1", None]}, "B", [0, 1]),
        ("is_inconsistent_across_dataset", {"A": ["mg", "mg", "g", "g"], "B": ["x", "x", "x", "y"]}, "B", [2]),
        ("is_inconsistent_across_dataset", {"A": ["mg", "g"], "B": ["x", "x"]}, ["B", "NOTHERE"], [0, 1]),
        ("has_different_values", {"A": ["a", "b"]}, None, [0, 1]),
        ("has_same_values", {"A": ["a", "a"]}, None, [0, 1]),
        ("inconsistent_enumerated_columns", {"A": ["x", None, None], "A1": ["y", "y", None]}, None, [1]),
        ("additional_columns_empty", {"A": [None] * 3, "A1": ["x", None, "x"], "A2": ["y", "y", None]}, None, [1]),
        ("is_ordered_set", {"A": [1.0, 3.0, 2.0, 1.0], "B": ["s", "s", "s", "t"]}, "B", [0, 3]),
        ("is_not_ordered_set", {"A": [1.0, 3.0, 2.0], "B": ["s", "s", "s"]}, "B", [1, 2]),
        ("is_ordered_by", {"A": [1.0, 2.0, 3.0]}, None, [0, 1, 2]),
        ("is_numeric", {"A": [1.0, "2", "x", None, "Num"]}, None, [0, 1, 4]),
        ("is_title_case", {"A": ["Start of Study", "start of study", None]}, None, [0, 2]),
        ("value_has_multiple_references", {"A": ["a", "b"], "L": [(("a", 2.0), ("b", 1.0))] * 2}, "L", [0]),
        ("does_not_use_valid_format_terms", {"A": ["x", "y"], "variable_format": ["DATE9.", "8.2"]}, None, [1]),
    ],
)  # fmt: skip
def test_operator(operator: str, columns: Columns, value: Any, rows: list[int]) -> None:
    assert ask(operator, columns, value) == rows


def test_options() -> None:
    assert ask("equal_to", {"A": [200.0, 1.0], "B": ["200.00", "x"]}, "B", type_insensitive=True) == [0]
    assert ask("equal_to", {"A": [1.4, 1.6], "B": [1.0, 1.0]}, "B", round_values=True) == [0]
    assert ask("equal_to", {"A": ["x", "x"], "N": ["P", "Q"], "P": ["x", "x"]}, "N", value_is_reference=True) == [0]
    assert ask("equal_to", {"A": ["B"], "B": ["x"]}, "B", literal=True) == [0]
    assert ask("prefix_equal_to", {"A": ["AESEQ", "CMSEQ"]}, "DOMAIN", prefix=2) == [0]
    assert ask("suffix_not_equal_to", {"A": ["AESEQ", "AEX", None]}, "SEQ", suffix=3) == [1, 2]
    assert ask("prefix_is_not_contained_by", {"A": ["AESEQ", "ZZSEQ"]}, ["AE"], prefix=2) == [1]
    assert ask("suffix_is_contained_by", {"A": ["FACM", "FAXX"], "D": ["CM", "CM"]}, "D", suffix=2) == [0]
    assert ask("prefix_matches_regex", {"A": ["APMH", "MHAP"]}, "(AP|ap)", prefix=2) == [0]
    assert ask("not_suffix_matches_regex", {"A": ["RACEOTH", "RACE1", None]}, "(OTH)", suffix=3) == [1]
    assert ask("invalid_duration", {"A": ["P1D", "-P1D"]}, negative=False) == [1]
    assert ask("date_equal_to", {"A": ["2014-03-15", "2015-03-15"]}, "2014-01", date_component="year") == [0]
    assert ask("does_not_equal_string_part", {"A": ["AE", "CM"], "N": ["SUPPAE"] * 2}, "N", regex=".{4}(..)") == [1]


def test_order_of_records() -> None:
    chain: Columns = {"END": ["1", "2", "3"], "START": ["0", "1", "9"], "SEQ": [1.0, 2.0, 3.0], "S": ["s", "s", "s"]}
    assert ask("does_not_have_next_corresponding_record", chain, "START", within="S", ordering="SEQ") == [1]
    last: Columns = {"END": [None, None, "x"], "S": ["s", "s", "s"], "DTC": ["1", "2", "3"]}
    assert ask("empty_within_except_last_row", last, "S", ordering="DTC") == [0, 1]
    assert ask("non_empty_within_except_last_row", {"END": ["x", "x"], "S": ["s", "s"]}, "S") == [0]
    several: Columns = {"R": ["a", "a", "b"], "S": ["s", "s", "s"]}
    assert ask("present_on_multiple_rows_within", several, within="S") == [0, 1]
    assert ask("not_present_on_multiple_rows_within", several, within="S") == [2]


def test_sorted_within_groups() -> None:
    keys = [{"name": "--DTC", "sort_order": "asc", "null_position": "last"}]
    wrong: Columns = {
        "AESEQ": [1.0, 2.0, 3.0, 1.0],
        "AEDTC": ["2014-03-15", "2014-03-10", "2014-03-20", "2014-01-01"],
        "S": ["s", "s", "s", "t"],
    }
    assert ask("target_is_not_sorted_by", wrong, keys, within="S") == [0, 1]
    blanks: Columns = {"AESEQ": [1.0, 2.0], "AEDTC": [None, "2014-03-10"], "S": ["s", "s"]}
    assert ask("target_is_not_sorted_by", blanks, keys, within="S") == [0]
    partial: Columns = {"AESEQ": [1.0, 2.0], "AEDTC": ["2014-03", "2014-03-10"], "S": ["s", "s"]}
    assert ask("target_is_not_sorted_by", partial, keys, within="S") == [0, 1]
    assert ask("target_is_sorted_by", {"AESEQ": [1.0], "AEDTC": ["2014"], "S": ["s"]}, keys, within="S") == [0]


def test_a_variable_that_is_not_there_is_said() -> None:
    assert ask("not_exists", {"A": ["x"]}) == []
    with pytest.raises(MissingVariableError, match="AESEV"):
        load_operators()["empty"].answer(
            Question(Check("--SEV", "empty"), View({}, constant("AE", 0), np.zeros(0)), "AE")
        )


def test_expressions_cannot_take_for_ever() -> None:
    assert ask("matches_regex", {"A": ["a" * 200 + "!"]}, "(a+)+$") == []  # RE2 takes no longer than the text is
    assert ask("matches_regex", {"A": ["ABC", "XBC"]}, "(?=A)[A-Z]+") == [0]
    with pytest.raises(NotAnswerableError, match="could take for ever"):
        ask("matches_regex", {"A": ["a" * 200 + "!"]}, "(?=a)(a+)+$")
    with pytest.raises(NotAnswerableError, match="is not a regular expression"):
        ask("matches_regex", {"A": ["a"]}, "(")


def test_every_operator_is_described() -> None:
    assert [name for name, operator in load_operators().items() if not operator.doc] == []
