"""Numbers between IEEE 754 and IBM doubles, against a reference in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.xpt.ibm import (
    LARGEST,
    SMALLEST,
    NumberFault,
    convert_from_ibm,
    convert_to_ibm,
    find_lost_bits,
    find_missing_codes,
    make_missing,
)

words = st.integers(0, 2**64 - 1)
SPECIAL = {ord("."), ord("_"), *range(ord("A"), ord("Z") + 1)}
CODES = [".", "._", *(f".{chr(letter)}" for letter in range(ord("A"), ord("Z") + 1))]


def exact_value(word: int) -> Fraction:
    sign = -1 if word >> 63 else 1
    return sign * Fraction(word & (2**56 - 1), 2**56) * Fraction(16) ** ((word >> 56 & 127) - 64)


def to_ibm(value: float) -> int:
    converted, faults = convert_to_ibm(np.array([value]))
    assert faults is None
    return int(converted[0])


def from_ibm(word: int) -> float:
    return float(convert_from_ibm(np.array([word], dtype=np.uint64))[0])


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.0, 0x0000000000000000),
        (-0.0, 0x0000000000000000),
        (1.0, 0x4110000000000000),
        (-1.0, 0xC110000000000000),
        (2.0, 0x4120000000000000),
        (15.0, 0x41F0000000000000),
        (16.0, 0x4210000000000000),
        (0.1, 0x401999999999999A),
        (-118.625, 0xC276A00000000000),
        (1.0 + 2**-52, 0x4110000000000001),
        (2.0**53 + 2, 0x4E20000000000002),
        (SMALLEST, 0x0010000000000000),
        (LARGEST, 0x7FFFFFFFFFFFFFF8),
        (float("nan"), 0x2E00000000000000),
    ],
)
def test_known_words(value, word):
    assert to_ibm(value) == word


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or SMALLEST <= abs(x) <= LARGEST))
def test_every_double_in_range_is_kept_exactly(value):
    word = to_ibm(value)
    assert exact_value(word) == Fraction(value)
    assert value == 0 or word >> 52 & 15, "normalised: the first hexadecimal digit is not zero"
    assert from_ibm(word) == value


@given(st.integers(0, 2**64 - 1))
def test_every_bit_pattern_is_kept_or_named(bits):
    value = np.array([bits], dtype=np.uint64).view(np.float64)
    converted, faults = convert_to_ibm(value)
    number = float(value[0])
    if np.isinf(number):
        expected = NumberFault.INFINITE
    elif abs(number) > LARGEST:
        expected = NumberFault.TOO_LARGE
    elif 0 < abs(number) < SMALLEST:
        expected = NumberFault.TOO_SMALL
    else:
        expected = NumberFault.NONE
    assert (faults is None) == (expected == NumberFault.NONE)
    if expected:
        assert (int(faults[0]), int(converted[0])) == (expected, 0)
    elif np.isnan(number):
        assert int(converted[0]) & (2**56 - 1) == 0
        assert int(converted[0]) >> 56 in SPECIAL
    else:
        assert exact_value(int(converted[0])) == Fraction(number)


@given(words)
def test_reading_rounds_half_to_even(word):
    value = from_ibm(word)
    if word & (2**56 - 1):
        exact = exact_value(word)
        assert value == exact.numerator / exact.denominator  # division of integers is correctly rounded
    elif word >> 56 in SPECIAL:
        assert np.isnan(value)
    else:
        assert value == 0


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (0x4180000000000004, 8.0),  # halfway, the even neighbour is below
        (0x418000000000000C, 8.0 + 2**-48),  # halfway, the even neighbour is above
        (0x4180000000000005, 8.0 + 2**-49),
        (0x4100000000000001, 2.0**-52),  # not normalised
    ],
)
def test_reading_known_words(word, value):
    assert from_ibm(word) == value


def test_limits_are_the_first_that_do_not_fit():
    values = np.array([LARGEST, 2.0**252, SMALLEST, np.nextafter(SMALLEST, 0), 5e-324, np.inf, -np.inf, -(2.0**252)])
    assert convert_to_ibm(values)[1].tolist() == [
        NumberFault.NONE,
        NumberFault.TOO_LARGE,
        NumberFault.NONE,
        NumberFault.TOO_SMALL,
        NumberFault.TOO_SMALL,
        NumberFault.INFINITE,
        NumberFault.INFINITE,
        NumberFault.TOO_LARGE,
    ]


def test_missing_codes_survive_the_round_trip():
    values = np.array([make_missing(code) for code in CODES])
    assert np.isnan(values).all()
    converted, faults = convert_to_ibm(values)
    assert faults is None
    assert [chr(word >> 56) for word in converted.tolist()] == [code[-1] for code in CODES]
    assert find_missing_codes(convert_from_ibm(converted)).tolist() == CODES


def test_other_nans_are_the_ordinary_missing_value():
    strange = np.array([0x7FF80000000007A2, 0xFFF8000000000000, 0x7FF8000000000061], dtype=np.uint64)
    assert find_missing_codes(strange.view(np.float64)).tolist() == [".", ".", "."]
    assert [word >> 56 for word in convert_to_ibm(strange.view(np.float64))[0].tolist()] == [ord(".")] * 3


@pytest.mark.parametrize("code", ["", "A", ".AB", ".1", "..", ".é"])
def test_make_missing_refuses_other_codes(code):
    with pytest.raises(ValueError) as error:
        make_missing(code)
    assert str(error.value) == f"{code!r} is not a missing value of SAS: expected '.', '._' or '.A' to '.Z'"


@given(words, st.integers(3, 8))
def test_lost_bits_are_those_beyond_the_length(word, length):
    kept = int.from_bytes(word.to_bytes(8, "big")[:length].ljust(8, b"\0"), "big")
    assert bool(find_lost_bits(np.array([word], dtype=np.uint64), length)[0]) == (kept != word)
