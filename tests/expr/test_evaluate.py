"""Values of expressions, whole columns at once."""

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.expr import parse
from cdisc_conv.problems import ProblemsError

FRAME = pd.DataFrame(
    {
        "AESER": pd.Series(["Y", "N", "", "Y"], dtype="str"),
        "OTHER": pd.Series(["Y", "Y", "Y", ""], dtype="str"),
        "AGE": [17.0, 18.0, np.nan, 65.0],
        "LIMIT": [18.0, 18.0, 18.0, np.nan],
        "FLAG": [True, False, True, False],
    }
)


def evaluate(text: str) -> list[object]:
    return parse(text).evaluate(FRAME.__getitem__, len(FRAME)).tolist()


T, F = True, False


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('AESER == "Y"', [T, F, F, T]),
        ('AESER != "Y"', [F, T, F, F]),
        ('"Y" != AESER', [F, T, F, F]),
        ('not (AESER == "Y")', [F, T, T, F]),
        ('AESER == ""', [F, F, T, F]),
        ('AESER != ""', [T, T, F, T]),
        ('"" == AESER', [F, F, T, F]),
        ("AESER == OTHER", [T, F, F, F]),
        ("AESER != OTHER", [F, T, F, F]),
        ("AESER < OTHER", [F, T, F, F]),
        ("AESER >= OTHER", [T, F, F, F]),
        ('AESER < "Z"', [T, T, F, T]),
        ('"M" < AESER', [T, T, F, T]),
        ('AESER < trim(" ")', [F, F, F, F]),
        ("AGE >= 18", [F, T, F, T]),
        ("AGE != 18", [T, F, F, T]),
        ("18 > AGE", [T, F, F, F]),
        ("AGE == LIMIT", [F, T, F, F]),
        ("AGE != LIMIT", [T, F, F, F]),
        ('AGE == ""', [F, F, T, F]),
        ('AGE != ""', [T, T, F, T]),
        ("FLAG == true", [T, F, T, F]),
        ("FLAG != true", [F, T, F, T]),
    ],
)
def test_comparisons_and_missing_values(text: str, values: list[bool]) -> None:
    assert evaluate(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('AESER in ("Y", "U")', [T, F, F, T]),
        ('AESER not in ("Y", "U")', [F, T, F, F]),
        ('AESER in ("Y", "")', [T, F, T, T]),
        ('AESER not in ("Y", "")', [F, T, F, F]),
        ('AESER in ("")', [F, F, T, F]),
        ("AGE in (17, 65)", [T, F, F, T]),
        ("AGE not in (17, 65)", [F, T, F, F]),
        ('AGE in (17, "")', [T, F, T, F]),
        ('"Y" in ("Y")', [T, T, T, T]),
    ],
)
def test_lists(text: str, values: list[bool]) -> None:
    assert evaluate(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("FLAG and AGE < 18", [T, F, F, F]),
        ("FLAG or AGE < 18", [T, F, T, F]),
        ("true and FLAG", [T, F, T, F]),
        ("not true", [F, F, F, F]),
        ('FLAG and AESER == "Y" and AGE == 17', [T, F, F, F]),
    ],
)
def test_logic(text: str, values: list[bool]) -> None:
    assert evaluate(text) == values


def test_arithmetic_is_missing_where_it_has_no_finite_result() -> None:
    result = parse("(AGE - LIMIT) / (AGE - 17) * -1e308 * 100").evaluate(FRAME.__getitem__, 4)
    assert result.dtype == "float64"
    np.testing.assert_array_equal(result, [np.nan, -0.0, np.nan, np.nan])
    np.testing.assert_array_equal(parse("1 / 0").evaluate(FRAME.__getitem__, 2), [np.nan, np.nan])


@pytest.mark.parametrize(
    ("text", "dtype"), [("AESER", "str"), ('"x"', "str"), ("upper(AESER)", "str"), ("AGE", "float64"), ("1", "float64")]
)
def test_dtypes(text: str, dtype: str) -> None:
    assert parse(text).evaluate(FRAME.__getitem__, len(FRAME)).dtype == dtype
    assert parse(text).evaluate(FRAME.iloc[:0].__getitem__, 0).dtype == dtype


@pytest.mark.parametrize("text", ["AGE > 1", "true", "missing(AESER)", 'AESER == "Y"', 'AESER in ("")', "not FLAG"])
def test_truth_has_dtype_bool(text: str) -> None:
    assert parse(text).evaluate(FRAME.__getitem__, len(FRAME)).dtype == bool
    assert parse(text).evaluate(FRAME.iloc[:0].__getitem__, 0).tolist() == []


def test_rows_are_matched_by_position_and_take_the_index_given() -> None:
    index = pd.Index([7, 5, 3, 1])
    result = parse("AESER").evaluate(lambda name: FRAME[name].set_axis([9, 9, 9, 9]), index)
    pd.testing.assert_series_equal(result, pd.Series(["Y", "N", "", "Y"], index=index, dtype="str"))


@pytest.mark.parametrize("values", [["a", "b", "a"], ["a", None, "a"], [None, None, None]])
def test_categories_and_nulls(values: list[str | None]) -> None:
    column = pd.Series(pd.Categorical(values))
    expected = [("" if value is None else value) for value in values]
    assert parse("X").evaluate(lambda name: column, 3).tolist() == expected
    assert parse('upper(X) == "A"').evaluate(lambda name: column, 3).tolist() == [value == "a" for value in expected]
    assert parse('X != "a"').evaluate(lambda name: column, 3).tolist() == [value == "b" for value in expected]


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float32", "category"])
def test_numbers_of_other_dtypes(dtype: str) -> None:
    column = pd.Series([1, 2]).astype(dtype)
    assert parse("X + 1").evaluate(lambda name: column, 2).tolist() == [2.0, 3.0]


def test_object_text_is_read_as_text() -> None:
    assert parse("X").evaluate(lambda name: pd.Series(["a", None], dtype=object), 2).tolist() == ["a", ""]


def test_columns_come_from_chunks() -> None:
    column = pd.concat([pd.Series(["a", "b"], dtype="str"), pd.Series(["a"], dtype="str")], ignore_index=True)
    assert parse('X == "a"').evaluate(lambda name: column, 3).tolist() == [True, False, True]


def test_types_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ProblemsError) as caught:
        parse("AESER > AGE", file="ae.yaml", line=4).evaluate(FRAME.__getitem__, 4)
    assert str(caught.value) == (
        "ae.yaml:4: EXPR009 AESER is a text and AGE is a number, which do not compare, at character 7 of: AESER > AGE "
        "(write number(AESER))"
    )


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="column AGE has 4 values for 3 records"):
        parse("AGE").evaluate(FRAME.__getitem__, 3)
