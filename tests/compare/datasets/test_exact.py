"""Numbers are equal when their digits are, whatever type or format holds them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cdisc_conv.compare import compare
from cdisc_conv.datafiles.columns import read_arrow
from cdisc_conv.datafiles.table import Kind, Table, Variable
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import make_missing

TEXT = pa.large_string()


def table_of(array: object, form: str | None = None, **facts: object) -> Table:
    """A table with one variable X, from an arrow array, or from texts that nobody calls text or numbers."""
    if isinstance(array, pa.Array):
        variable, values = read_arrow("X", array)
    elif isinstance(array, np.ndarray):
        variable, values = Variable("X", Kind.NUMBER, format=form), array
    else:
        variable, values = Variable("X", Kind.UNTYPED), pa.array(array, TEXT)
    keys = pa.array([str(number) for number in range(len(values))], TEXT)
    variables = (Variable("KEY", Kind.TEXT), variable)
    return Table("", "", variables, {"KEY": keys, "X": values}, len(values), **facts)  # type: ignore[arg-type]


def differing(base: Table, other: Table, **options: object) -> list[tuple[str, str]]:
    found = compare(base, other, keys=["KEY"], **options)  # type: ignore[arg-type]
    turned = compare(other, base, keys=["KEY"], **options)  # type: ignore[arg-type]
    pairs = list(zip(found.cells["base"], found.cells["other"], strict=True))
    assert pairs == list(zip(turned.cells["other"], turned.cells["base"], strict=True))
    return pairs


BIG = 2**53


@pytest.mark.parametrize(
    "big",
    [
        pa.array([BIG + 1, BIG], pa.int64()),
        pa.array([BIG + 1, BIG], pa.uint64()),
        pa.array([Decimal(BIG + 1), Decimal(BIG)], pa.decimal128(20, 0)),
        pa.array([BIG + 1, BIG]).dictionary_encode(),
        [f"{BIG + 1}", f"{BIG}.0"],
    ],
)
def test_whole_numbers_beyond_float64_keep_their_last_digit(big: object) -> None:
    assert differing(table_of(big), table_of(pa.array([BIG + 1, BIG], pa.int64()))) == []
    digit = [("9007199254740993", "9007199254740992")]
    assert differing(table_of(big), table_of(np.array([float(BIG), float(BIG)]))) == digit
    assert differing(table_of(big), table_of(pa.array([BIG, BIG], pa.int64()))) == digit


def test_decimals_are_equal_to_the_digits_they_write() -> None:
    base = table_of(pa.array([Decimal("0.10"), Decimal("70.20")], pa.decimal128(10, 2)))
    assert differing(base, table_of(np.array([0.1, 70.2]))) == []
    assert differing(base, table_of(["0.1", "70.200"])) == []
    long = table_of(pa.array([Decimal("0.1000000000000000055511151231257827"), Decimal("70.2")], pa.decimal128(38, 34)))
    assert differing(long, table_of(np.array([0.1, 70.2]))) == [("0.1000000000000000055511151231257827", "0.1")]
    assert differing(long, base) == [("0.1000000000000000055511151231257827", "0.1")]


def test_digits_that_a_text_has_beyond_float64_are_a_difference() -> None:
    numbers = table_of(np.array([12345678901234568, 1e308, 0]))
    assert differing(table_of(["12345678901234567", "1e400", "1e-400"]), numbers) == [
        ("12345678901234567", "12345678901234568"),
        ("1e400", "1E+308"),
        ("1e-400", "0"),
    ]  # fmt: skip


def test_nanoseconds_are_not_rounded() -> None:
    moments = pa.array([1_584_439_200_123_456_789, None], pa.timestamp("ns"))
    assert differing(table_of(moments), table_of(["2020-03-17 10:00:00.123456789", ""])) == []
    later = pa.array([1_584_439_200_123_456_790, None], pa.timestamp("ns"))
    assert differing(table_of(moments), table_of(later)) == [
        ("2020-03-17T10:00:00.123456789", "2020-03-17T10:00:00.12345679")
    ]
    rounded = pa.array([1_584_439_200_123_456, None], pa.timestamp("us"))
    assert differing(table_of(moments), table_of(rounded)) == [
        ("2020-03-17T10:00:00.123456789", "2020-03-17T10:00:00.123456")
    ]
    assert differing(table_of(rounded.cast(pa.timestamp("ns"))), table_of(rounded)) == []


@pytest.mark.parametrize(
    ("form", "number", "words"),
    [
        ("TIME8.", 3723.0, ["01:02:03", "1:02:03", "T01:02:03", "1:02:03 AM", "3723"]),
        ("TIME5.", 90_000.0, ["25:00"]),
        ("E8601TM8.", 3723.5, ["01:02:03.5"]),
        ("B8601TM.", 3723.0, ["010203"]),
        ("DATE9.", 21_991.0, ["2020-03-17", "17MAR2020", "2020-03-17T00:00:00", "2020-03-17 00:00:00", "21991"]),
        ("MMDDYY10.", 21_991.0, ["03/17/2020"]),
        ("DDMMYY10.", 21_991.0, ["17/03/2020", "17.03.2020"]),
        ("YYMMDDN8.", 21_991.0, ["20200317"]),
        ("B8601DA8.", 21_991.0, ["20200317"]),
        ("E8601DN10.", 1_900_022_400.0, ["2020-03-17"]),
        ("B8601DN8.", 1_900_022_400.0, ["20200317", "2020-03-17"]),
        ("DTDATE9.", 1_900_022_400.0, ["17MAR2020", "2020-03-17"]),
        (
            "DATETIME20.",
            1_900_058_400.0,
            ["2020-03-17T10:00:00", "2020-03-17 10:00:00", "17MAR2020:10:00:00", "17MAR2020 10:00",
             "2020-03-17T12:00:00+02:00", "2020-03-17 10:00:00Z", "1900058400"],
        ),
        ("B8601DT.", 1_900_058_400.0, ["20200317T100000"]),
    ],
)  # fmt: skip
def test_a_moment_is_the_same_however_it_is_written(form: str, number: float, words: list[str]) -> None:
    numbers = table_of(np.full(len(words), number), form, special=True)
    assert differing(numbers, table_of(words)) == []
    assert differing(numbers, table_of(["x"] * len(words))) != []


def test_typed_moments_of_other_formats() -> None:
    midnight = pa.array([1_584_403_200], pa.timestamp("s"))
    assert differing(table_of(midnight), table_of(midnight.cast(pa.date32()))) == []
    assert differing(table_of(midnight), table_of(np.array([21_991.0]), "DATE9.")) == []
    assert differing(table_of(midnight), table_of(np.array([21_992.0]), "DATE9.")) == [
        ("2020-03-17T00:00:00", "2020-03-18T00:00:00")
    ]
    zoned = pa.array([1_584_439_200], pa.timestamp("s", tz="Europe/Berlin"))
    assert differing(table_of(zoned), table_of(["2020-03-17 11:00:00+01:00"])) == []
    clock = pa.array([3_723_000_000], pa.time64("us"))
    assert differing(table_of(clock), table_of(np.array([3723.0]), "TIME8.")) == []
    assert differing(table_of(clock), table_of(["01:02:04"])) == [("01:02:03", "01:02:04")]


def test_days_outside_the_years_of_pandas() -> None:
    far = pa.array([-141_427, 2_932_896], pa.date32())
    assert differing(table_of(far), table_of(["1582-10-15", "9999-12-31"])) == []


def test_impossible_moments_are_no_numbers() -> None:
    days = table_of(np.array([21_973.0, 21_973.0]), "DATE9.")
    assert differing(days, table_of(["2020-02-30", "0000-02-28"])) == [
        ("2020-02-28", "2020-02-30"),
        ("2020-02-28", "0000-02-28"),
    ]


def test_zero_has_no_sign_and_truth_is_a_number() -> None:
    assert differing(table_of(np.array([-0.0, 0.0])), table_of(["0", "-0.00"])) == []
    assert differing(table_of(pa.array([True, False, None])), table_of(["True", "FALSE", ""])) == []
    assert differing(table_of(pa.array([True, False])), table_of(np.array([1.0, 1.0]))) == [("0", "1")]


def test_single_precision_is_compared_with_words_as_single_precision() -> None:
    single = pa.array([0.1, 70.2], pa.float32())
    assert differing(table_of(single), table_of(["0.1", "70.2"])) == []
    assert differing(table_of(single), table_of(single.cast(pa.float64()))) == []
    assert differing(table_of(single), table_of(["0.1", "70.3"])) == [("70.19999694824219", "70.3")]


def test_special_missing_values() -> None:
    codes = np.array([make_missing(".A"), make_missing(".Z"), np.nan, 1.0])
    sas = table_of(codes, special=True)
    assert differing(sas, table_of([".A", ".Z", ".", "1"])) == []
    assert differing(sas, table_of([".A", ".B", ".", "1"])) == [(".Z", ".B")]
    assert differing(sas, table_of(["", "", "", "1"])) == []
    plain = table_of(np.array([np.nan, np.nan, np.nan, 1.0]), special=True)
    assert differing(sas, plain) == [(".A", "."), (".Z", ".")]


def test_infinite_numbers() -> None:
    assert differing(table_of(np.array([np.inf, -np.inf])), table_of(["inf", "-Infinity"])) == []
    assert differing(table_of(np.array([np.inf])), table_of(["1e999"])) == [("inf", "1e999")]


@pytest.mark.parametrize(
    ("base", "other", "tolerance", "equal"),
    [
        (70.1, 70.2, 0.1, True),
        (70.0, 70.1, 0.1, True),
        (70.1, 70.20000000000002, 0.1, False),
        (0.3, 0.1, 0.2, True),
        (1.1, 1.0, 0.1, True),
        (1e22, 1e22 + 2**22, 1000.0, False),
        (1.7e308, -1.7e308, 1.0, False),
    ],
)
def test_a_difference_of_exactly_the_tolerance_is_within_it(
    base: float, other: float, tolerance: float, equal: bool
) -> None:
    for left, right in ((base, other), (other, base)):
        assert (differing(table_of(np.array([left])), table_of(np.array([right])), tolerance=tolerance) == []) is equal
        words = table_of([repr(left)]), table_of([repr(right)])
        assert (differing(*words, tolerance=tolerance) == []) is equal


def test_relative_tolerances_are_decimal_too() -> None:
    assert differing(table_of(np.array([0.9])), table_of(np.array([1.0])), relative_tolerance=0.1) == []
    assert differing(table_of(np.array([0.8999999999999999])), table_of(np.array([1.0])), relative_tolerance=0.1) != []


def test_tolerances_reach_beyond_float64() -> None:
    big, bigger = pa.array([BIG + 1], pa.int64()), pa.array([BIG + 2], pa.int64())
    assert differing(table_of(big), table_of(bigger), tolerance=1) == []
    assert differing(table_of(big), table_of(bigger), tolerance=0.5) == [("9007199254740993", "9007199254740994")]
    assert differing(table_of(big), table_of(np.array([float(BIG)])), tolerance=1) == []


def test_objects_of_a_frame_keep_their_digits() -> None:
    base = pd.DataFrame({"KEY": ["a", "b"], "X": pd.Series([10**30 + 1, Decimal("0.5")], dtype=object)})
    other = pd.DataFrame({"KEY": ["a", "b"], "X": pd.Series([10**30, 0.5], dtype=object)})
    found = compare(base, other, keys=["KEY"])
    assert found.cells[["base", "other", "difference"]].values.tolist() == [
        ["1000000000000000000000000000001", "1000000000000000000000000000000", -1.0]
    ]
    assert compare(base, base.copy(), keys=["KEY"]).equal


def test_categories_of_any_type() -> None:
    base = pd.DataFrame(
        {"KEY": ["a", "b", "c"], "X": pd.Categorical([BIG + 1, None, 5]), "Y": pd.Categorical(list("uvu"))}
    )
    other = pd.DataFrame({"KEY": ["a", "b", "c"], "X": pd.array([BIG + 1, None, 5], dtype="Int64"), "Y": list("uvu")})
    assert compare(base, other, keys=["KEY"]).equal


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (table_of(np.array([21_991.0, 21_992.0]), "DATE9."), ["2020-03-18", "17MAR2020"]),
        (table_of(pa.array([BIG + 1, BIG], pa.int64())), [f"{BIG}", f"{BIG + 1}.0"]),
        (table_of(np.array([1.0, 2.0])), ["2.00", "1"]),
    ],
)
def test_keys_match_by_what_they_mean(numbers: Table, words: list[str]) -> None:
    found = compare(numbers.keep(["X"]), table_of(words).keep(["X"]), keys=["X"])
    assert (found.matched, found.only_base_count, found.only_other_count) == (2, 0, 0)


def test_keys_of_numbers_and_words() -> None:
    found = compare(table_of(np.array([1.0, 2.0])).keep(["X"]), table_of(["1.0", "SCREEN"]).keep(["X"]), keys=["X"])
    assert (found.matched, found.only_base["X"].tolist(), found.only_other["X"].tolist()) == (1, ["2"], ["SCREEN"])


def test_conditions_read_long_numbers() -> None:
    big = table_of(pa.array([BIG + 1, 5], pa.int64()))
    assert compare(big, big, keys=["KEY"], where="X > 100").matched == 1


def test_a_misspelt_variable_of_a_tolerance_is_an_error() -> None:
    one = table_of(np.array([1.0]))
    with pytest.raises(ProblemsError) as error:
        compare(one, one, keys=["KEY"], tolerance={"KEYY": 0.1}, relative_tolerance={"Y": 0.1})
    assert [str(problem) for problem in error.value.problems] == [
        "CMP013 neither side has a variable KEYY, which has a tolerance (did you mean KEY?)",
        "CMP013 neither side has a variable Y, which has a tolerance",
    ]


def test_keys_with_different_special_missing_values_are_different_keys() -> None:
    codes = np.array([make_missing(".A"), make_missing(".B"), np.nan])
    base = table_of(codes, special=True)
    turned = table_of(codes[::-1].copy(), special=True)
    turned = replace(turned, columns={**turned.columns, "KEY": pa.array(["2", "1", "0"], TEXT)})
    found = compare(base, turned, keys=["X"])
    assert (found.equal_values, found.keys.repeated_count) == (True, 0)
    found = compare(
        base, table_of(np.array([make_missing(".A"), make_missing(".C"), np.nan]), special=True), keys=["X"]
    )
    assert found.only_base["X"].tolist() == [".B"]
    assert found.only_other["X"].tolist() == [".C"]
    words = table_of([".C", ".A", ""])
    found = compare(base, words, keys=["X"])
    assert (found.only_base["X"].tolist(), found.only_other["X"].tolist()) == ([".B"], [".C"])


def test_half_precision_is_compared_with_words_as_half_precision() -> None:
    half = pa.array([0.1, 70.2, None], pa.float16())
    assert differing(table_of(half), table_of(["0.1", "70.2", ""])) == []
    assert differing(table_of(half), table_of(half.cast(pa.float64()))) == []
    assert differing(table_of(half), table_of(["0.1", "70.3", ""])) == [("70.1875", "70.3")]


def test_a_tolerance_of_a_text_is_an_error() -> None:
    one = table_of(pa.array(["Pain"]))
    with pytest.raises(ProblemsError) as error:
        compare(one, one, keys=["KEY"], tolerance={"X": 0.1})
    assert [str(problem) for problem in error.value.problems] == [
        "CMP010 X has a tolerance, but is text on both sides (give a tolerance to numeric variables only)"
    ]
    assert compare(one, table_of(np.array([1.0])), keys=["KEY"], tolerance={"X": 0.1}).matched == 1
