"""Columns as a rule sees them: numbers of distinct values, one kind of missing, and values that may be lists.

A rule looks into values once per distinct value, or once per distinct pair of values, and the answer is spread over
the records. A constant is a vector with one distinct value, so a literal, an operation's list and a column of a
dataset are all the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cdisc_conv.checks.codes import code_series

Value: TypeAlias = str | float | bool | tuple[Any, ...] | None
"""A value of a record: text, a number, a truth value, a list of values; None is missing, for text and numbers."""

T = TypeVar("T")

Mask: TypeAlias = NDArray[np.bool_]
"""One truth value per record."""


@dataclass(frozen=True, eq=False)
class Vector:
    """`codes` (int64, one per record) point into `values`, the distinct values; not every value need occur."""

    codes: np.ndarray
    values: tuple[Value, ...]
    parsed: dict[str, Any] = field(default_factory=dict, repr=False)
    """What is known of each distinct value, shared by all columns that have the same values."""

    def __len__(self) -> int:
        return len(self.codes)

    def spread(self, per_value: np.ndarray) -> np.ndarray:
        """Something known of each distinct value, per record."""
        return per_value[self.codes] if len(per_value) else np.zeros(len(self.codes), dtype=per_value.dtype)

    def test(self, function: Callable[[Value], bool]) -> Mask:
        """A question asked of each distinct value, answered per record."""
        return self.spread(np.fromiter(map(function, self.values), dtype=bool, count=len(self.values)))

    def map(self, function: Callable[[Value], Value]) -> Vector:
        """The same records with other values."""
        return renumber(self.codes, [function(value) for value in self.values])

    def take(self, rows: np.ndarray) -> Vector:
        """The values of other records; a negative row is a missing value."""
        if not len(self.codes):
            return constant(None, len(rows))
        if (rows >= 0).all():
            return Vector(self.codes[rows], self.values, self.parsed)
        blank = self.learn("blank", _find_blank)
        if blank >= 0:
            return Vector(np.where(rows < 0, blank, self.codes[rows]), self.values, self.parsed)
        return Vector(np.where(rows < 0, len(self.values), self.codes[rows]), (*self.values, None))

    def learn(self, name: str, function: Callable[[tuple[Value, ...]], T]) -> T:
        """What a function makes of the distinct values, worked out once for all columns that share them."""
        if name not in self.parsed:
            self.parsed[name] = function(self.values)
        found: T = self.parsed[name]
        return found

    def at(self, row: int) -> Value:
        """The value of one record."""
        return self.values[int(self.codes[row])]

    @cached_property
    def missing(self) -> Mask:
        """Which records have no value; an empty list is no value."""
        return self.spread(self.learn("missing", _find_missing))

    @cached_property
    def numbers(self) -> np.ndarray:
        """The values as float64 per record; NaN for what is no number."""
        return self.spread(self.learn("numbers", _read_numbers))

    @cached_property
    def single(self) -> bool:
        """Whether all records have the same value by construction."""
        return len(self.values) == 1

    @cached_property
    def listed(self) -> bool:
        """Whether the values are lists; missing values aside."""
        known = [value for value in self.values if value is not None]
        return bool(known) and all(isinstance(value, tuple) for value in known)

    @cached_property
    def used(self) -> tuple[Value, ...]:
        """The distinct values that some record has, in the order of their first records."""
        return tuple(self.values[code] for code in pd.unique(self.codes))


def _find_blank(values: tuple[Value, ...]) -> int:
    """Where a missing value is among the distinct ones; -1 where none is."""
    return values.index(None) if None in values else values.index("") if "" in values else -1


def _find_missing(values: tuple[Value, ...]) -> Mask:
    return np.fromiter(map(is_missing, values), dtype=bool, count=len(values))


def _read_numbers(values: tuple[Value, ...]) -> np.ndarray:
    return np.fromiter(map(to_number, values), dtype="float64", count=len(values))


def constant(value: Value, length: int) -> Vector:
    """The same value in every record."""
    return Vector(np.zeros(length, dtype="int64"), (value,))


def from_series(series: pd.Series, blank: Value = "") -> Vector:
    """A column of a dataset; a missing number is None, a blank text is `blank`, and both are missing.

    Numbers are taken to 15 decimals: what lies behind them is how they were stored.

    >>> vector = from_series(pd.Series([0.1 + 0.2, None]))
    >>> vector.codes.tolist(), vector.values
    ([0, 1], (0.3, None))
    """
    coded = code_series(series)
    if isinstance(coded.values, np.ndarray):
        return renumber(coded.codes, [None if value != value else round(value, 15) for value in coded.values.tolist()])
    return Vector(coded.codes, tuple(value or blank for value in coded.values.to_pylist()))


def from_values(values: Iterable[Value]) -> Vector:
    """One value per record.

    >>> from_values(["a", None, "a"]).codes.tolist()
    [0, 1, 0]
    """
    listed = list(values)
    return renumber(np.arange(len(listed), dtype="int64"), listed)


def from_numbers(numbers: np.ndarray) -> Vector:
    """One number per record; NaN is missing."""
    codes, distinct = pd.factorize(numbers, use_na_sentinel=False)
    return Vector(codes.astype("int64"), tuple(None if value != value else value for value in distinct.tolist()))


def renumber(codes: np.ndarray, values: Sequence[Value]) -> Vector:
    """A vector of values that need not be distinct; True and 1, or 1 and 1.0, are distinguished by their kind."""
    places: dict[tuple[type, Value], int] = {}
    numbers = [places.setdefault((type(value), value), len(places)) for value in values]
    distinct = tuple(value for _, value in places)
    return Vector(np.array(numbers, dtype="int64")[codes] if numbers else codes, distinct)


def concatenate(vectors: Sequence[Vector]) -> Vector:
    """The records of several vectors, one after the other."""
    values: list[Value] = []
    codes = []
    for vector in vectors:
        codes.append(vector.codes + len(values))
        values += vector.values
    return renumber(np.concatenate(codes), values) if codes else constant(None, 0)


def choose(mask: Mask, yes: Vector, no: Vector) -> Vector:
    """The value of `yes` where the mask is true, else that of `no`."""
    return renumber(np.where(mask, yes.codes, no.codes + len(yes.values)), (*yes.values, *no.values))


def group_rows(vectors: Sequence[Vector], length: int) -> np.ndarray:
    """One number (int64, from 0 without gaps) per record for its combination of values."""
    codes = np.zeros(length, dtype="int64")
    for vector in vectors:
        codes, _ = pd.factorize(codes * max(len(vector.values), 1) + vector.codes)
    return codes.astype("int64")


def ask_pairs(left: Vector, right: Vector, function: Callable[[Value, Value], bool]) -> Mask:
    """A question asked of each distinct pair of values, answered per record.

    >>> ask_pairs(from_values(["a", "b"]), constant("a", 2), lambda one, other: one == other).tolist()
    [True, False]
    """
    if right.single:
        return left.test(lambda value: function(value, right.values[0]))
    pairs, distinct = pd.factorize(left.codes * len(right.values) + right.codes)
    answers = [
        function(left.values[pair // len(right.values)], right.values[pair % len(right.values)])
        for pair in distinct.tolist()
    ]
    return np.array(answers, dtype=bool)[pairs] if answers else np.zeros(len(left), dtype=bool)


def equal_values(left: Vector, right: Vector) -> Mask:
    """Where two columns have the same value; a missing one equals nothing.

    >>> equal_values(from_values(["a", None]), from_values(["a", None])).tolist()
    [True, False]
    """
    if not len(left):
        return np.zeros(0, dtype=bool)
    return np.asarray(match_codes(left, right)[left.codes] == right.codes, dtype=bool)


def match_codes(left: Vector, right: Vector) -> np.ndarray:
    """For each distinct value of `left`, the number of the equal value of `right`, or -1; missing equals nothing."""
    places = {value: number for number, value in enumerate(right.values) if not is_missing(value)}
    return np.array([_find(places, value) for value in left.values], dtype="int64")


def _find(places: dict[Value, int], value: Value) -> int:
    return -1 if is_missing(value) else places.get(value, -1)


def is_missing(value: Value) -> bool:
    """Whether a value is none: missing, blank, or a list without values."""
    return value is None or value in ("", ())


def to_number(value: Value) -> float:
    """A value as a number; NaN when it is none.

    >>> to_number("1e3"), to_number(True), to_number("x")
    (1000.0, 1.0, nan)
    """
    if isinstance(value, str):
        try:
            return float(value) if "_" not in value else np.nan
        except ValueError:
            return np.nan
    return float(value) if isinstance(value, int | float) else np.nan


def to_text(value: Value) -> str:
    """A value as a person writes it: whole numbers without a decimal point, a missing value as "".

    >>> to_text(3.0), to_text(0.5), to_text(True), to_text(None), to_text(("a", 1.0))
    ('3', '0.5', 'True', '', "['a', 1]")
    """
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "[" + ", ".join(repr(item) if isinstance(item, str) else to_text(item) for item in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def as_items(value: Value) -> tuple[Value, ...]:
    """A list's values, or the one value as a list."""
    return value if isinstance(value, tuple) else (value,)
