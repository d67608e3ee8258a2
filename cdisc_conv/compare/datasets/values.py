"""Values of one variable in paired records: first equality as it stands, then the rules for what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.compare.datasets.tolerances import Tolerances, equal_numbers, equal_numerals, subtract_numerals
from cdisc_conv.compare.rules import Rules
from cdisc_conv.datafiles.formats import Unit
from cdisc_conv.datafiles.numerals import NUMERAL, parse_numbers, write_exact, write_numbers
from cdisc_conv.datafiles.table import TEXT, ColumnValues, Kind, Table, Variable, take_rows
from cdisc_conv.xpt import find_missing_codes

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Paired records: positions in base and in other. None stands for all rows, in order."""

    count: int
    base: np.ndarray | None = None
    other: np.ndarray | None = None

    def base_rows(self, pairs: np.ndarray) -> np.ndarray:
        return pairs if self.base is None else self.base[pairs]

    def other_rows(self, pairs: np.ndarray) -> np.ndarray:
        return pairs if self.other is None else self.other[pairs]


@dataclass(frozen=True, slots=True)
class Differences:
    """Differing values of one variable: which pairs, both values as text, and other less base for numbers (or NaN)."""

    pairs: np.ndarray
    base: Any
    other: Any
    difference: np.ndarray


def compare_variable(name: str, base: Table, other: Table, pairs: Pairs, rules: Rules) -> Differences:
    """The differing values of a variable."""
    first, second = base.columns[name], other.columns[name]
    floats = isinstance(first, np.ndarray), isinstance(second, np.ndarray)
    kinds = base.variable(name).kind, other.variable(name).kind
    tolerance = rules.tolerance(name)
    if all(floats):
        return _compare_numbers(name, base, other, pairs, tolerance)
    if any(floats):
        return _compare_mixed(name, base, other, pairs, tolerance)
    if Kind.NUMBER in kinds:
        return _compare_numerals(name, base, other, pairs, tolerance)
    found = _find_unequal_texts(first, second, pairs)
    left, right = _take_both(first, second, pairs, found)
    nulls = base.nulls and other.nulls and not rules.blank_is_missing
    keep = ~equal_texts(left, right, rules, nulls)
    if Kind.UNTYPED in kinds and any(tolerance):
        keep &= ~_equal_as_numbers(left, right, tolerance)
    kept = np.flatnonzero(keep)
    left, right = _fill(left.take(pa.array(kept))), _fill(right.take(pa.array(kept)))
    return Differences(found[kept], left, right, np.full(len(kept), np.nan))


def equal_texts(left: Any, right: Any, rules: Rules, nulls: bool) -> np.ndarray:
    """Which texts are equal by the rules; ``nulls`` says whether a null differs from a blank."""
    same = pc.equal(normalise_text(left, rules), normalise_text(right, rules)).to_numpy(zero_copy_only=False)
    if nulls:
        same = same & pc.equal(left.is_null(), right.is_null()).to_numpy(zero_copy_only=False)
    return np.asarray(same)


def normalise_text(texts: Any, rules: Rules) -> Any:
    """Texts as they are compared: without trailing blanks and in one case where the rules say so."""
    texts = _fill(texts)
    if rules.trim:
        texts = pc.utf8_rtrim(texts, " ")
    return pc.utf8_lower(texts) if rules.ignore_case else texts


def align_days(values: np.ndarray, variable: Variable, other: Variable) -> np.ndarray:
    """Days as seconds where the other side counts seconds: the same midnight is the same moment."""
    return values * _DAY if (variable.unit, other.unit) == (Unit.DAY, Unit.SECOND) else values


def meaning_of(texts: Variable, numbers: Variable) -> Variable:
    """How the texts of one side are read as numbers: as the other side counts them."""
    return numbers if not texts.unit else texts


def _compare_numbers(name: str, base: Table, other: Table, pairs: Pairs, tolerance: Tolerances) -> Differences:
    mine, theirs = base.variable(name), other.variable(name)
    left, right = _take_all(base.columns[name], pairs.base), _take_all(other.columns[name], pairs.other)
    left, right = align_days(left, mine, theirs), align_days(right, theirs, mine)
    found = np.flatnonzero(left.view(np.int64) != right.view(np.int64))
    left, right = left[found], right[found]
    keep = ~equal_numbers(left, right, tolerance)
    if base.special and other.special:
        both = np.isnan(left) & np.isnan(right)
        keep[both] = find_missing_codes(left[both]) != find_missing_codes(right[both])
    left, right = left[keep], right[keep]
    shown = (theirs if mine.unit is Unit.DAY and theirs.unit is Unit.SECOND else mine,
             mine if theirs.unit is Unit.DAY and mine.unit is Unit.SECOND else theirs)  # fmt: skip
    return Differences(
        found[keep], write_numbers(left, shown[0]), write_numbers(right, shown[1]), _subtract(left, right)
    )


def _compare_mixed(name: str, base: Table, other: Table, pairs: Pairs, tolerance: Tolerances) -> Differences:
    """Float64 on one side, text on the other: by the number that the text writes."""
    number_first = isinstance(base.columns[name], np.ndarray)
    numbers_of, texts_of = (base, other) if number_first else (other, base)
    rows = (pairs.base, pairs.other) if number_first else (pairs.other, pairs.base)
    variable, written = numbers_of.variable(name), texts_of.variable(name)
    numbers = align_days(_take_all(numbers_of.columns[name], rows[0]), variable, written)
    texts = _fill(_take_all(texts_of.columns[name], rows[1]))
    parsed = parse_numbers(texts, meaning_of(written, variable))
    keep = parsed.bad | parsed.inexact | ~equal_numbers(numbers, parsed.values, tolerance)
    if numbers_of.special:
        both = np.isnan(numbers) & np.isnan(parsed.values) & ~parsed.bad
        told = find_missing_codes(parsed.values[both])  # a blank text is any missing number
        keep[both] = (told != ".") & (told != find_missing_codes(numbers[both]))
    difference = _subtract(numbers, parsed.values)
    long = np.flatnonzero(parsed.inexact & np.isfinite(numbers))
    if len(long):
        words = write_exact(texts.take(pa.array(long)), meaning_of(written, variable)).to_pylist()
        digits = write_exact(numbers[long], variable).to_pylist()
        difference[long] = subtract_numerals(digits, words)
        keep[long] &= ~equal_numerals(digits, words, tolerance)
    found = np.flatnonzero(keep)
    difference = difference[found]
    shown = write_numbers(numbers[found], written if written.unit else variable)
    texts = texts.take(pa.array(found))
    if written.kind is Kind.NUMBER:
        texts = write_numbers(texts, written)
    if number_first:
        return Differences(found, shown, texts, difference)
    return Differences(found, texts, shown, -difference)


def _compare_numerals(name: str, base: Table, other: Table, pairs: Pairs, tolerance: Tolerances) -> Differences:
    """Numbers of more digits than float64 holds on one side or on both, digit by digit."""
    mine, theirs = base.variable(name), other.variable(name)
    sides = ((base, pairs.base, meaning_of(mine, theirs)), (other, pairs.other, meaning_of(theirs, mine)))
    left, right = (write_exact(_take_all(side.columns[name], rows), meant) for side, rows, meant in sides)
    keep = pc.not_equal(left, right).to_numpy(zero_copy_only=False)
    found = np.flatnonzero(keep)
    left, right = left.take(pa.array(found)), right.take(pa.array(found))
    difference = np.full(len(found), np.nan)
    numeric = pc.and_(*(pc.match_substring_regex(side, NUMERAL) for side in (left, right)))
    both = np.flatnonzero(numeric.to_numpy(zero_copy_only=False))
    if len(both):
        words = [side.take(pa.array(both)).to_pylist() for side in (left, right)]
        difference[both] = subtract_numerals(words[0], words[1])
        near = equal_numerals(words[0], words[1], tolerance) if any(tolerance) else np.zeros(len(both), dtype=bool)
        kept = np.setdiff1d(np.arange(len(found)), both[near])
        found, difference = found[kept], difference[kept]
        left, right = left.take(pa.array(kept)), right.take(pa.array(kept))
    return Differences(found, write_numbers(left, sides[0][2]), write_numbers(right, sides[1][2]), difference)


def _find_unequal_texts(first: Any, second: Any, pairs: Pairs) -> np.ndarray:
    """Pairs whose texts are not the same as they stand."""
    if pairs.base is None and pairs.other is None:
        if first.equals(second):
            return np.empty(0, dtype=np.int64)
        same = pc.fill_null(pc.equal(first, second), False)
        return np.flatnonzero(~same.to_numpy(zero_copy_only=False))
    one, two, _ = encode_texts(first, second)
    return np.flatnonzero(_take_all(one, pairs.base) != _take_all(two, pairs.other))


def encode_texts(first: Any, second: Any) -> tuple[np.ndarray, np.ndarray, Any]:
    """Both columns as numbers of their distinct values, and these values; a null has a number of its own."""
    coded = pa.chunked_array([first, second], TEXT).dictionary_encode(null_encoding="encode")
    chunks = [chunk for chunk in coded.chunks if len(chunk)]
    if not chunks:
        return np.empty(0, np.int32), np.empty(0, np.int32), pa.array([], TEXT)
    codes = [chunk.indices.to_numpy() for chunk in chunks]
    if len(codes) == 2:
        return codes[0], codes[1], chunks[0].dictionary
    return (
        (codes[0], codes[0][:0], chunks[0].dictionary) if len(first) else (codes[0][:0], codes[0], chunks[0].dictionary)
    )


def _equal_as_numbers(left: Any, right: Any, tolerance: Tolerances) -> np.ndarray:
    """Which texts of which nobody says what they are write numbers within the tolerance."""
    meant = Variable("", Kind.NUMBER)
    one, two = parse_numbers(left, meant), parse_numbers(right, meant)
    there = ~(one.bad | two.bad | np.isnan(one.values) | np.isnan(two.values))
    same = equal_numbers(one.values, two.values, tolerance) & there
    long = np.flatnonzero(there & (one.inexact | two.inexact))
    if len(long):
        words = [write_exact(side.take(pa.array(long)), meant).to_pylist() for side in (left, right)]
        same[long] = equal_numerals(words[0], words[1], tolerance)
    return np.asarray(same)


def _take_all(values: ColumnValues, rows: np.ndarray | None) -> ColumnValues:
    return values if rows is None else take_rows(values, rows)


def _take_both(first: Any, second: Any, pairs: Pairs, found: np.ndarray) -> tuple[Any, Any]:
    return take_rows(first, pairs.base_rows(found)), take_rows(second, pairs.other_rows(found))


def _fill(texts: Any) -> Any:
    return pc.fill_null(texts, "") if texts.null_count else texts


def _subtract(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(right - left)
