"""What metadata have to know of the values of a column: how long they are, what they look like, which there are.

Facts of the values of two ranges of subjects add up to the facts of both: lengths are maxima, looks are joined,
distinct values are united. Whether numbers are integers, texts are complete dates, or a column is empty is decided
afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import Distinct, find_distinct, to_arrow
from cdisc_conv.columns.numbers import parse_numbers
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.texts import is_number

MOST_VALUES = 1_000
"""Distinct values that are kept of a column without a codelist; no codelist of values that data use is as long."""

_DATE = r"^\d{4}-\d\d-\d\d$"
_DATETIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$"
_PLAIN = r"^\d+(\.\d+)?$"
_EXACT = 1e15
"""Whole numbers below are written digit by digit."""
_POWERS = 10.0 ** np.arange(1, 16)


class Looks(IntFlag):
    """What some of the values look like, and so what not all of them are."""

    NOTHING = 0
    NO_DATE = 1
    NO_DATETIME = 2
    TIME = 4
    """A value with a time of day."""
    INTERVAL = 8
    """An interval, a duration, or a value with a missing year."""
    NO_NUMBER = 16
    NO_PLAIN_NUMBER = 32
    """A value that is not digits alone, with a point among them and a sign before them at most."""


@dataclass(frozen=True, slots=True)
class Digits:
    """The most digits before the point and behind it."""

    whole: int = 0
    decimals: int = 0

    def __add__(self, other: Digits) -> Digits:
        return Digits(max(self.whole, other.whole), max(self.decimals, other.decimals))


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """Some values of one column.

    ``values`` are the distinct ones that are not missing, numbers as text; None where there are more than `MOST_VALUES`
    of a column whose values need not be known. ``numbers`` are the digits of numbers in the fewest digits that read
    back as the same number, ``written`` those of numbers in texts, and ``width`` the longest of these texts without
    sign.
    """

    records: int = 0
    filled: int = 0
    bytes: int = 0
    looks: Looks = Looks.NOTHING
    numbers: Digits = Digits()
    written: Digits = Digits()
    width: int = 0
    values: frozenset[str] | None = frozenset()
    all_values: bool = False
    """Whether `values` has all of them, however many there are."""

    def __add__(self, other: ValueFacts) -> ValueFacts:
        return ValueFacts(
            self.records + other.records,
            self.filled + other.filled,
            max(self.bytes, other.bytes),
            self.looks | other.looks,
            self.numbers + other.numbers,
            self.written + other.written,
            max(self.width, other.width),
            _unite(self.values, other.values, self.all_values or other.all_values),
            self.all_values or other.all_values,
        )

    @property
    def is_lacking(self) -> bool:
        """Whether a record has no value."""
        return self.filled < self.records


def _unite(one: frozenset[str] | None, other: frozenset[str] | None, everything: bool) -> frozenset[str] | None:
    if one is None or other is None:
        return None
    both = one | other
    return both if everything or len(both) <= MOST_VALUES else None


def describe_values(series: pd.Series, *, all_values: bool = False, results: bool = False) -> ValueFacts:
    """The facts of a whole column; see `describe_groups`.

    >>> facts = describe_values(pd.Series(["2022-01", "2022-01-05", ""], dtype="str"))
    >>> facts.records, facts.filled, facts.bytes, facts.looks
    (3, 2, 10, <Looks.NO_DATE|NO_DATETIME: 3>)
    >>> (facts + describe_values(pd.Series(["2022-01-05T10:30"], dtype="str"))).bytes
    16
    """
    return describe_groups(series, np.zeros(len(series), dtype=np.int64), 1, all_values=all_values, results=results)[0]


def describe_groups(
    series: pd.Series, groups: np.ndarray, count: int, *, all_values: bool = False, results: bool = False
) -> list[ValueFacts]:
    """The facts of the values of each of `count` groups; `groups` has the number of its group for each row, or -1.

    `results` asks for the digits of numbers that are text. Works on the distinct values of the column, and on each of
    them once for each group that has it.
    """
    found = find_distinct(series)
    looks = _look_at_numbers(found) if is_number(series) else _look_at_texts(found, results)
    inside = groups >= 0
    codes, groups = (found.codes, groups) if inside.all() else (found.codes[inside], groups[inside])
    size = max(1, len(found.values))
    if count == 1 and inside.all():  # whole columns are most of the work, and have each of their values
        records, pairs = np.array([len(codes)]), np.arange(len(found.values))
        filled = records if looks.filled.all() else np.array([np.count_nonzero(looks.filled[codes])])
    else:
        records = np.bincount(groups, minlength=count)
        filled = np.bincount(groups[looks.filled[codes]], minlength=count)
        pairs = _distinct_pairs(groups, codes, size, count)
    value = pairs % size
    starts = np.searchsorted(pairs // size, np.arange(count + 1))
    there = np.flatnonzero(np.diff(starts))
    highest = {name: np.zeros(count, dtype=np.int64) for name in looks.measures}
    joined = np.zeros(count, dtype=np.int64)
    if len(there):
        joined[there] = np.bitwise_or.reduceat(looks.looks[value], starts[there])
        for name, measure in looks.measures.items():
            highest[name][there] = np.maximum.reduceat(measure[value], starts[there])
    return [
        ValueFacts(
            int(records[group]),
            int(filled[group]),
            int(highest["bytes"][group]),
            Looks(int(joined[group])),
            Digits(int(highest["whole"][group]), int(highest["decimals"][group])),
            Digits(0, int(highest["written"][group])),
            int(highest["width"][group]),
            looks.name(value[starts[group] : starts[group + 1]], all_values),
            all_values,
        )
        for group in range(count)
    ]


def _distinct_pairs(groups: np.ndarray, codes: np.ndarray, size: int, count: int) -> np.ndarray:
    """The pairs of a group and the number of a value that occur, as ``group * size + value``, ascending."""
    pairs = groups * size + codes
    if size * count > 8 * len(pairs) + 1024:
        return np.unique(pairs)
    there = np.zeros(size * count, dtype=bool)
    there[pairs] = True
    return np.flatnonzero(there)


@dataclass(frozen=True)
class _Distinct:
    """The distinct values of a column, looked at one by one."""

    filled: np.ndarray
    looks: np.ndarray
    measures: dict[str, np.ndarray]
    texts: Any
    """The values as texts, or the numbers."""

    def name(self, places: np.ndarray, everything: bool) -> frozenset[str] | None:
        """The values at some places that are not missing."""
        places = places[self.filled[places]]
        if len(places) > MOST_VALUES and not everything:
            return None
        if isinstance(self.texts, np.ndarray):
            return frozenset(_write(number) for number in self.texts[places].tolist())
        return frozenset(self.texts.take(pa.array(places)).to_pylist())


def _write(number: float) -> str:
    return str(int(number)) if abs(number) < _EXACT and number == int(number) else write_number(number)


def _look_at_numbers(found: Distinct) -> _Distinct:
    numbers = found.values.to_numpy(dtype="float64")
    whole, decimals = _count_digits(numbers)
    nothing = np.zeros(len(numbers), dtype=np.int64)
    measures = {"bytes": nothing, "whole": whole, "decimals": decimals, "written": nothing, "width": nothing}
    return _Distinct(~np.isnan(numbers), nothing, measures, numbers)


def _look_at_texts(found: Distinct, results: bool) -> _Distinct:
    texts = to_arrow(found.values)
    size = _numpy(pc.binary_length(texts)).astype(np.int64)
    filled = size > 0
    interval = _matches(texts, r"^[P-]|/")
    looks = (
        (filled & ~_matches(texts, _DATE)) * int(Looks.NO_DATE)
        | (filled & ~_matches(texts, _DATETIME)) * int(Looks.NO_DATETIME)
        | _numpy(pc.match_substring(texts, "T")).astype(bool) * int(Looks.TIME)
        | interval * int(Looks.INTERVAL)
    )
    nothing = np.zeros(len(size), dtype=np.int64)
    measures = {"bytes": size, "whole": nothing, "decimals": nothing, "written": nothing, "width": nothing}
    if results:
        bare = pc.utf8_ltrim(pc.utf8_trim_whitespace(texts), characters="+-")
        numbers = parse_numbers(found.values).to_numpy()
        looks |= np.isnan(numbers) * int(Looks.NO_NUMBER) | ~_matches(bare, _PLAIN) * int(Looks.NO_PLAIN_NUMBER)
        measures["width"] = _numpy(pc.utf8_length(bare)).astype(np.int64)
        point = _numpy(pc.find_substring(bare, ".")).astype(np.int64)
        measures["written"] = np.where(point < 0, 0, measures["width"] - point - 1)
        measures["whole"], measures["decimals"] = _count_digits(numbers)
    return _Distinct(filled, looks, measures, texts)


def _count_digits(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The digits before and behind the point of each number in its shortest form; none of a missing one."""
    size = np.abs(numbers)
    plain = (size < _EXACT) & (size == np.floor(size))
    whole = np.where(plain, np.searchsorted(_POWERS, np.where(plain, size, 0.0), side="right") + 1, 0)
    decimals = np.zeros(len(numbers), dtype=np.int64)
    for place in np.flatnonzero(~plain & ~np.isnan(numbers)):
        before, _, after = write_number(float(size[place])).partition(".")
        whole[place], decimals[place] = len(before), len(after)
    return whole, decimals


def _matches(texts: Any, pattern: str) -> np.ndarray:
    return _numpy(pc.match_substring_regex(texts, pattern)).astype(bool)


def _numpy(array: Any) -> np.ndarray:
    return np.asarray(array.to_numpy(zero_copy_only=False))


def sum_facts(facts: Sequence[ValueFacts]) -> ValueFacts:
    """The facts of all values of several groups."""
    return sum(facts[1:], facts[0])
