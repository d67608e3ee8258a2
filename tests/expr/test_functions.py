"""The functions: every example of the table, and their edges."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.expr import parse
from cdisc_conv.expr.functions.table import ELSEWHERE, FUNCTIONS
from cdisc_conv.expr.library import round_numbers

EXAMPLES = [example for function in FUNCTIONS.values() for example in function.examples]


@pytest.mark.parametrize(("text", "value"), EXAMPLES)
def test_examples_of_the_documentation(text: str, value: object) -> None:
    assert parse(text).evaluate(pd.DataFrame().__getitem__, 2).tolist() == [value, value]


def test_functions_of_other_languages_lead_to_ours() -> None:
    assert set(ELSEWHERE.values()) <= set(FUNCTIONS)
    assert not set(ELSEWHERE) & set(FUNCTIONS)


def texts(expression: str, values: list[str]) -> list[object]:
    column = pd.Series(values, dtype="str")
    return parse(expression).evaluate(lambda name: column, len(column)).tolist()


def numbers(expression: str, values: list[float]) -> list[object]:
    column = pd.Series(values, dtype="float64")
    return parse(expression).evaluate(lambda name: column, len(column)).fillna(-999).tolist()


@pytest.mark.parametrize(
    ("expression", "values", "results"),
    [
        ("upper(X)", ["straße", ""], ["STRASSE", ""]),
        ("trim(X)", [" a b\t", "\u3000中\u3000"], ["a b", "中"]),
        ("length(X)", ["中文", ""], [2.0, 0.0]),
        ("substr(X, 2)", ["abc", "a", ""], ["bc", "", ""]),
        ("substr(X, 0)", ["abc"], [""]),
        ("substr(X, 2, 1)", ["abc"], ["b"]),
        ("substr(X, 2, -1)", ["abc"], [""]),
        ("substr(X, 1e300)", ["abc"], [""]),
        ("substr(X, number(X), 1)", ["3ab", "2", "x"], ["", "", ""]),
        ("substr(X, length(X), 1)", ["3ab", "2", "x", ""], ["b", "2", "x", ""]),
        ("word(X, 2)", ["a b", " a  b ", "a", ""], ["b", "b", "", ""]),
        ("word(X, -1)", ["a b", ""], ["b", ""]),
        ("word(X, 0)", ["a b"], [""]),
        ('concat(X, "-", X)', ["a", ""], ["a-a", "-"]),
        ("concat(X, length(X))", ["ab", ""], ["ab2", "0"]),
        ('replace(X, "a", "")', ["banana", ""], ["bnn", ""]),
        ('replace(X, "", "z")', ["ab"], ["ab"]),
        ('starts_with(X, "a")', ["ab", "ba", ""], [True, False, False]),
        ('ends_with(X, "")', ["ab"], [False]),
        ('contains(X, "b")', ["abc", "B", ""], [True, False, False]),
        ('contains("xyz", X)', ["y", "a", ""], [True, False, False]),
        ('matches(X, "a*c")', ["ac", "abbc", "abd", "xac", "a\nc", ""], [True, True, False, False, True, False]),
        ('matches(X, "?.(x)")', ["a.(x)", "aa(x)", "é.(x)"], [True, False, True]),
        ('matches(X, "*")', ["a", ""], [True, False]),
        ('matches(X, "")', ["a", ""], [False, False]),
        ('match(X, "[0-9]+ ?mg")', ["10 mg daily", "10mg", "10 g", ""], [True, True, False, False]),
        ('match(X, "")', ["a", ""], [True, False]),
        ('coalesce(X, "z")', ["a", ""], ["a", "z"]),
        ("missing(X)", ["a", "", " ", "NA"], [False, True, False, False]),
        ('if(X == "a", "first", X)', ["a", "b", ""], ["first", "b", ""]),
        ('min(X, "m")', ["a", "z", ""], ["a", "m", "m"]),
        ('max(X, "")', ["a", ""], ["a", ""]),
        ("date(X)", ["2022-03-01T10", "2022", "--03-01", "-----T10:00", ""], ["2022-03-01", "2022", "--03-01", "", ""]),
    ],
)
def test_texts(expression: str, values: list[str], results: list[object]) -> None:
    assert texts(expression, values) == results


@pytest.mark.parametrize(
    ("expression", "values", "results"),
    [
        ("number(X)", ["1", " -2.5 ", "+1e2", ".5", "5."], [1.0, -2.5, 100.0, 0.5, 5.0]),
        ("missing(number(X))", ["", "<5", "1,5", "nan", "inf", "1_0", "0x1", "1e999", "٣"], [True] * 9),
        ("date(X)", ["2022-02-30", "01MAY2022", "2022-03--T08:05"], ["", "", "2022-03"]),
        ("date(X)", ["2022-05-01/2022-05-10", "2022-05-01T08:00/2022-05-01T09:00"], ["2022-05", "2022-05-01"]),
        ("missing(days_between(X, X))", ["2022-02-30", "2022-05-01T", "0000-05-20", "20220501"], [True] * 4),
        ("year(X)", ["2022", "2022-03-01T08:00"], [2022.0, 2022.0]),
        ("missing(year(X))", ["", "--03-01", "20222"], [True, True, True]),
        ("month(X)", ["2022-03", "--12-01"], [3.0, 12.0]),
        ("missing(month(X))", ["2022", "2022---01", "2022-13", ""], [True] * 4),
        ('days_between("2024-02-28", X)', ["2024-03-01", "2024-02-28T23:59", "2024-02-27"], [2.0, 0.0, -1.0]),
        ('missing(days_between("2024-02-28", X))', ["2024-03", "2024-02-30", "", "2024-03-01x"], [True] * 4),
        ("add_days(X, 1)", ["2024-02-28", "2024-12-31T23:59"], ["2024-02-29", "2025-01-01"]),
        ("add_days(X, -30)", ["2024-03-01"], ["2024-01-31"]),
        ("missing(add_days(X, 1))", ["2024-03", "2024-02-30", "", "9999-12-31"], [True] * 4),
        ('missing(add_days("2024-02-28", number(X)))', ["", "0.5", "1e9"], [True] * 3),
    ],
)
def test_numbers_and_dates_of_texts(expression: str, values: list[str], results: list[object]) -> None:
    assert texts(expression, values) == results


@pytest.mark.parametrize(
    ("expression", "values", "results"),
    [
        ("round(X)", [0.5, -0.5, 1.5, 2.5, 0.49999999999999994, np.nan], [1.0, -1.0, 2.0, 3.0, 1.0, -999]),
        ("round(X, 1)", [0.25, 0.35, -0.05, 1e300, 4503599627370497.0], [0.3, 0.4, -0.1, 1e300, 4503599627370497.0]),
        ("min(X, 2)", [1, 3, np.nan], [1.0, 2.0, 2.0]),
        ('max(X, "")', [1, np.nan], [1.0, -999]),
        ("coalesce(X, 0)", [1, np.nan], [1.0, 0.0]),
        ("coalesce(5, X)", [1, np.nan], [5.0, 5.0]),
        ('if(X > 1, X, "")', [1, 2, np.nan], [-999, 2.0, -999]),
        ("if(true, X, 0)", [1, 2], [1.0, 2.0]),
        ("text(X)", [1, 1.5, -0.0, 1e-7, 1e21, np.nan], ["1", "1.5", "0", "0.0000001", "1" + "0" * 21, ""]),
        ("missing(X)", [1, np.nan], [False, True]),
        ("floor(X) + ceil(X) + abs(X)", [-1.5], [-1.5]),
        ("sqrt(X)", [16.0, 0.0, -1.0, np.nan], [4.0, 0.0, -999, -999]),
        ("power(X, 3)", [2.0, -2.0, 1e200, np.nan], [8.0, -8.0, -999, -999]),
        ("power(X, -0.5)", [4.0, 0.0, -4.0], [0.5, -999, -999]),
        ("power(1, X)", [2.0, np.nan], [1.0, -999]),
        ("sqrt(X * 60 / 3600)", [240.0], [2.0]),
    ],
)
def test_numbers(expression: str, values: list[float], results: list[object]) -> None:
    assert numbers(expression, values) == results


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_rounding_is_that_of_the_decimal_number(thousandths: int, digits: int) -> None:
    number = thousandths / 1000
    step = Decimal(1).scaleb(-digits)
    expected = float((Decimal(thousandths) / 1000).quantize(step, rounding=ROUND_HALF_UP))
    assert round_numbers(np.array([number]), digits).tolist() == [expected]


def test_patterns_take_linear_time() -> None:
    assert texts(f'matches(X, "{"*a" * 40}*b")', ["a" * 5000]) == [False]


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ('extract(X, "[0-9.]+")', ["10.5 mg", "mg", ""], ["10.5", "", ""]),
        ('extract(X, "([0-9.]+) *([a-z]+)")', ["10.5 mg"], ["10.5"]),
        ('extract(X, "(?:[0-9.]+) *([a-z]+)")', ["10.5 mg"], ["mg"]),
        ('extract(X, "[(]([a-z]+)[)]")', ["rash (mild)", "rash"], ["mild", ""]),
        ('extract(X, "\\(([a-z]+)\\)")', ["rash (mild)"], ["mild"]),
        ('extract(X, "(x)?y")', ["y"], [""]),
        ('part(X, "|", 1)', ["A|B", " A | B", "||B", "", "A"], ["A", "A", "B", "", "A"]),
        ('part(X, "|", -1)', ["A|B|", "A"], ["B", "A"]),
        ('part(X, ", ", 2)', ["a, b, c"], ["b"]),
        ('part(X, "|", 0)', ["A|B"], [""]),
        ('text(parts(X, "|"))', ["A|B", "A", "", "A||B "], ["2", "1", "0", "2"]),
    ],
)
def test_parts_of_texts(expression: str, values: list[str], expected: list[str]) -> None:
    assert texts(expression, values) == expected
