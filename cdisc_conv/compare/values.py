"""Values of one variable in paired records: first equality as it stands, then the rules for what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.compare.numerals import parse_numbers, write_numbers
from cdisc_conv.compare.rules import Rules
from cdisc_conv.compare.table import TEXT, ColumnValues, Kind, Table, take_rows
from cdisc_conv.xpt import find_missing_codes


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
    numeric = isinstance(first, np.ndarray), isinstance(second, np.ndarray)
    tolerance = rules.tolerance(name)
    if all(numeric):
        return _compare_numbers(name, base, other, pairs, tolerance)
    if any(numeric):
        return _compare_mixed(name, base, other, pairs, tolerance)
    found = _find_unequal_texts(first, second, pairs)
    left, right = _take_both(first, second, pairs, found)
    nulls = base.nulls and other.nulls and not rules.blank_is_missing
    keep = ~equal_texts(left, right, rules, nulls)
    untyped = Kind.UNTYPED in (base.variable(name).kind, other.variable(name).kind)
    if untyped and any(tolerance):
        keep &= ~_equal_numerals(left, right, tolerance)
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


def equal_numbers(left: np.ndarray, right: np.ndarray, tolerance: tuple[float, float]) -> np.ndarray:
    """Which numbers are equal within absolute and relative tolerance; a missing value equals a missing one."""
    absolute, relative = tolerance
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.maximum(np.abs(left), np.abs(right))
        near = np.abs(right - left) <= np.maximum(absolute, relative * size)
    near &= np.isfinite(left) & np.isfinite(right)
    return np.asarray((left == right) | near | (np.isnan(left) & np.isnan(right)))


def _compare_numbers(name: str, base: Table, other: Table, pairs: Pairs, tolerance: tuple[float, float]) -> Differences:
    left, right = _take_all(base.columns[name], pairs.base), _take_all(other.columns[name], pairs.other)
    found = np.flatnonzero(left.view(np.int64) != right.view(np.int64))
    left, right = left[found], right[found]
    keep = ~equal_numbers(left, right, tolerance)
    if base.special and other.special:
        both = np.isnan(left) & np.isnan(right)
        keep[both] = find_missing_codes(left[both]) != find_missing_codes(right[both])
    left, right = left[keep], right[keep]
    formats = base.variable(name).format or "", other.variable(name).format or ""
    return Differences(
        found[keep], write_numbers(left, formats[0]), write_numbers(right, formats[1]), _subtract(left, right)
    )


def _compare_mixed(name: str, base: Table, other: Table, pairs: Pairs, tolerance: tuple[float, float]) -> Differences:
    """A number on one side, text on the other: by the number that the text writes."""
    number_first = isinstance(base.columns[name], np.ndarray)
    numbers_of, texts_of = (base, other) if number_first else (other, base)
    rows = (pairs.base, pairs.other) if number_first else (pairs.other, pairs.base)
    form = numbers_of.variable(name).format or ""
    numbers = _take_all(numbers_of.columns[name], rows[0])
    texts = _take_all(texts_of.columns[name], rows[1])
    parsed, bad = parse_numbers(texts, form)
    keep = bad | ~equal_numbers(numbers, parsed, tolerance)
    if numbers_of.special:
        both = np.isnan(numbers) & np.isnan(parsed) & ~bad
        told = find_missing_codes(parsed[both])  # a blank text is any missing number
        keep[both] = (told != ".") & (told != find_missing_codes(numbers[both]))
    found = np.flatnonzero(keep)
    written = write_numbers(numbers[found], form)
    texts = _fill(texts.take(pa.array(found)))
    difference = _subtract(numbers[found], parsed[found])
    if number_first:
        return Differences(found, written, texts, difference)
    return Differences(found, texts, written, -difference)


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


def _equal_numerals(left: Any, right: Any, tolerance: tuple[float, float]) -> np.ndarray:
    (one, bad_one), (two, bad_two) = parse_numbers(left, ""), parse_numbers(right, "")
    same = equal_numbers(one, two, tolerance)
    return np.asarray(same & ~bad_one & ~bad_two & ~np.isnan(one) & ~np.isnan(two))


def _take_all(values: ColumnValues, rows: np.ndarray | None) -> ColumnValues:
    return values if rows is None else take_rows(values, rows)


def _take_both(first: Any, second: Any, pairs: Pairs, found: np.ndarray) -> tuple[Any, Any]:
    return take_rows(first, pairs.base_rows(found)), take_rows(second, pairs.other_rows(found))


def _fill(texts: Any) -> Any:
    return pc.fill_null(texts, "") if texts.null_count else texts


def _subtract(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(right - left)
