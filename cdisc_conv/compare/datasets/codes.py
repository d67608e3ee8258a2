"""Values of both sides as numbers of their distinct values, so that keys are compared and hashed as integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from cdisc_conv.compare.datasets.values import align_days, encode_texts, meaning_of, normalise_text
from cdisc_conv.compare.rules import Rules
from cdisc_conv.datafiles.numerals import parse_numbers, write_exact
from cdisc_conv.datafiles.table import Kind, Table
from cdisc_conv.xpt import find_missing_codes

_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of base and other in one numbering, below ``size``; equal codes are equal values."""

    base: np.ndarray
    other: np.ndarray
    size: int

    def count_distinct(self) -> tuple[int, int]:
        """How many different codes each side has."""
        return _count_distinct(self.base, self.size), _count_distinct(self.other, self.size)

    def make_dense(self) -> Codes:
        """The same in numbers without gaps."""
        codes, values = pd.factorize(np.concatenate([self.base, self.other]))
        return Codes(codes[: len(self.base)], codes[len(self.base) :], len(values))

    @property
    def unique(self) -> bool:
        """Whether no side has a code twice."""
        return self.count_distinct() == (len(self.base), len(self.other))


def encode_rows(base: Table, other: Table, names: Iterable[str], rules: Rules) -> Codes:
    """The distinct combinations of the variables as codes."""
    return combine_codes([encode_values(base, other, name, rules) for name in names], base, other)


def combine_codes(parts: Sequence[Codes], base: Table, other: Table) -> Codes:
    """Combinations of several codes as one; without any, all rows have the same."""
    found = Codes(np.zeros(base.rows, np.int64), np.zeros(other.rows, np.int64), 1)
    for part in parts:
        if found.size * part.size >= _LARGEST:
            found = found.make_dense()
        size = max(part.size, 1)
        found = Codes(_append(found.base, part.base, size), _append(found.other, part.other, size), found.size * size)
    rows = base.rows + other.rows
    return found if found.size <= 4 * rows + 1000 else found.make_dense()


def encode_values(base: Table, other: Table, name: str, rules: Rules) -> Codes:
    """The distinct values of a variable as codes: text by the rules, numbers exactly, mixed types by number."""
    first, second = base.columns[name], other.columns[name]
    mine, theirs = base.variable(name), other.variable(name)
    floats = isinstance(first, np.ndarray), isinstance(second, np.ndarray)
    if all(floats):
        told = base.special and other.special
        return _encode_numbers(align_days(first, mine, theirs), align_days(second, theirs, mine), told)
    if not any(floats) and Kind.NUMBER not in (mine.kind, theirs.kind):
        return _encode_texts(first, second, rules)
    if any(floats):
        numbers, texts = (first, second) if floats[0] else (second, first)
        variable, written = (mine, theirs) if floats[0] else (theirs, mine)
        numbers = align_days(numbers, variable, written)
        parsed = parse_numbers(texts, meaning_of(written, variable))
        if not (parsed.bad | parsed.inexact).any():
            pair = (numbers, parsed.values) if floats[0] else (parsed.values, numbers)
            return _encode_numbers(*pair, (base if floats[0] else other).special and _has_codes(parsed.values))
        first, second = (numbers, second) if floats[0] else (first, numbers)
    return _encode_texts(
        write_exact(first, meaning_of(mine, theirs)), write_exact(second, meaning_of(theirs, mine)), rules
    )


def _encode_numbers(first: np.ndarray, second: np.ndarray, special: bool) -> Codes:
    """``special``: missing values of different codes differ (``.A``)."""
    numbers = np.concatenate([first, second])
    codes, values = pd.factorize(numbers, use_na_sentinel=False)
    size = len(values)
    if special and (missing := np.isnan(numbers)).any():
        kinds, names = pd.factorize(find_missing_codes(numbers[missing]))
        codes[missing] = size + kinds
        size += len(names)
    return Codes(codes[: len(first)], codes[len(first) :], size)


def _has_codes(values: np.ndarray) -> bool:
    missing = find_missing_codes(values)
    return bool(((missing != "") & (missing != ".")).any())


def _encode_texts(first: Any, second: Any, rules: Rules) -> Codes:
    one, two, words = encode_texts(first, second)
    same = pc.dictionary_encode(normalise_text(words, rules))
    if len(same.dictionary) < len(words):
        places = same.indices.to_numpy()
        one, two = places[one], places[two]
    return Codes(one, two, len(same.dictionary))


def _append(codes: np.ndarray, more: np.ndarray, size: int) -> np.ndarray:
    result = codes * np.int64(size)
    result += more
    return np.asarray(result)


def _count_distinct(codes: np.ndarray, size: int) -> int:
    if size <= 4 * len(codes) + 1000:
        seen = np.zeros(size, dtype=bool)
        seen[codes] = True
        return int(np.count_nonzero(seen))
    return len(pd.unique(codes))
