"""Columns as numbers of their distinct values, so that work is done once per value and then spread over the records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.expr.vectors import TEXT_TYPE, read_series, to_bool


@dataclass(frozen=True)
class Coded:
    """A column: `codes` (int64 per record, never negative) point into `values`, the distinct values.

    ``values`` is an arrow array of texts, or a numpy array of floats.
    """

    codes: np.ndarray
    values: Any

    def take(self, rows: np.ndarray) -> Coded:
        """The same column for other records; a negative row is a missing value."""
        missing = self._missing_code
        if missing is None and (rows < 0).any():
            return self._with_missing().take(rows)
        codes = np.where(rows < 0, missing or 0, self.codes[rows] if len(self.codes) else 0)
        return Coded(codes, self.values)

    def test(self, function: Callable[[Any], Any]) -> np.ndarray:
        """A test of the distinct texts (an arrow function), as truth values per record."""
        return self.spread(to_bool(function(self.values)))

    def spread(self, per_value: np.ndarray) -> np.ndarray:
        """Something known of each distinct value, per record."""
        return per_value[self.codes] if len(per_value) else np.zeros(0, dtype=per_value.dtype)

    def text(self, row: int) -> str:
        """The value of one record as text."""
        value = self.values[int(self.codes[row])]
        return format_value(value.as_py() if isinstance(value, pa.Scalar) else value)

    @cached_property
    def texts(self) -> list[str]:
        """The distinct values as text; a missing number is ""."""
        return [format_value(value) for value in self.values.tolist()]

    @cached_property
    def used(self) -> np.ndarray:
        """Which distinct values any record has (bool)."""
        used = np.zeros(len(self.values), dtype=bool)
        used[self.codes] = True
        return used

    @cached_property
    def blank(self) -> np.ndarray:
        """Which records have no value (bool)."""
        return self.spread(self._blank_values)

    @property
    def _blank_values(self) -> np.ndarray:
        if isinstance(self.values, pa.Array):
            return to_bool(pc.equal(pc.binary_length(self.values), 0))
        return np.asarray(np.isnan(self.values))

    @cached_property
    def _missing_code(self) -> int | None:
        found = np.flatnonzero(self._blank_values)
        return int(found[0]) if len(found) else None

    def _with_missing(self) -> Coded:
        if isinstance(self.values, pa.Array):
            return Coded(self.codes, pa.concat_arrays([self.values, pa.array([""], TEXT_TYPE)]))
        return Coded(self.codes, np.append(self.values, np.nan))


def code_series(series: pd.Series) -> Coded:
    """The distinct values of a column, text or numeric.

    >>> coded = code_series(pd.Series(["Y", "", "Y"], dtype="str"))
    >>> coded.codes.tolist(), coded.texts
    ([0, 1, 0], ['Y', ''])
    """
    vector = read_series(series)
    if isinstance(vector, np.ndarray):
        codes, values = pd.factorize(vector.astype("float64"), use_na_sentinel=False)
        return Coded(codes.astype("int64"), values)
    coded = vector if isinstance(vector, pa.DictionaryArray) else pc.dictionary_encode(vector)
    return Coded(coded.indices.to_numpy().astype("int64"), coded.dictionary)


def combine(columns: Sequence[Coded], length: int) -> np.ndarray:
    """One number (int64) per record for its combination of values; records with equal values share it.

    >>> combine([code_series(pd.Series([1, 1, 2])), code_series(pd.Series(["a", "b", "a"], dtype="str"))], 3).tolist()
    [0, 1, 2]
    """
    if not columns:
        return np.zeros(length, dtype="int64")
    codes = columns[0].codes
    for column in columns[1:]:
        codes, _ = pd.factorize(codes * max(len(column.values), 1) + column.codes)
    return np.asarray(codes, dtype="int64")


def is_among(left: Sequence[Coded], right: Sequence[Coded]) -> np.ndarray:
    """Which combinations of the left records occur among the right records; values are compared as text.

    >>> left = [code_series(pd.Series([1.0, 2.0]))]
    >>> is_among(left, [code_series(pd.Series(["2", "3"], dtype="str"))]).tolist()
    [False, True]
    """
    return match_records(left, right) >= 0


def match_records(left: Sequence[Coded], right: Sequence[Coded]) -> np.ndarray:
    """The first right record with the values of each left record (int64; -1 for none); values are compared as text.

    >>> left = [code_series(pd.Series([1.0, 2.0]))]
    >>> match_records(left, [code_series(pd.Series(["3", "2", "2"], dtype="str"))]).tolist()
    [-1, 1]
    """
    left_codes, right_codes = left[0].codes * 0, right[0].codes * 0
    known = np.ones(len(left_codes), dtype=bool)
    for ours, theirs in zip(left, right, strict=True):
        place = {text: number for number, text in enumerate(theirs.texts)}
        matched = ours.spread(np.array([place.get(text, -1) for text in ours.texts], dtype="int64"))
        known &= matched >= 0
        joint = np.concatenate([left_codes * len(place) + matched, right_codes * len(place) + theirs.codes])
        joint, _ = pd.factorize(joint)
        left_codes, right_codes = joint[: len(left_codes)], joint[len(left_codes) :]
    count = int(max(left_codes.max(initial=-1), right_codes.max(initial=-1))) + 1
    return np.where(known, first_of(right_codes, count)[left_codes], -1)


def first_of(groups: np.ndarray, count: int) -> np.ndarray:
    """The first record of each group 0 to count - 1 (int64; -1 for a group without records)."""
    first = np.full(count, -1, dtype="int64")
    first[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)
    return first


def format_value(value: Any) -> str:
    """A value as text: whole numbers without a decimal point, a missing number as "".

    >>> format_value(3.0), format_value(float("nan")), format_value("x")
    ('3', '', 'x')
    """
    if isinstance(value, str):
        return value
    if value != value:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
