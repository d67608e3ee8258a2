"""What has to be known of the records of one dataset to describe it and to check its keys; it adds up over ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.engine.facts.values import ValueFacts
from cdisc_conv.problems import SHOWN_ROWS

SHOWN_KEYS = 3
"""Natural keys that a finding shows."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

Cell = str | float | None
"""A value as a part of a key; None for a missing number, which equals nothing else."""


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The records of one test or parameter: its name in the first of them, and the blocks that made them."""

    label: str
    blocks: frozenset[int]

    def __add__(self, other: CodeFacts) -> CodeFacts:
        return CodeFacts(self.label, self.blocks | other.blocks)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a code and a text that stand beside each other in a record."""

    pairs: frozenset[tuple[Cell, str]] = frozenset()
    numeric: bool = False
    """Whether the codes are numbers."""

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(self.pairs | other.pairs, self.numeric)

    def columns(self) -> tuple[pd.Series, pd.Series]:
        """The codes and the texts as two columns, each pair once."""
        ordered = sorted(self.pairs, key=lambda pair: (pair[0] is not None, pair[0], pair[1]))
        return column_of([code for code, _ in ordered], self.numeric), column_of([text for _, text in ordered], False)


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """The values of a column test by test.

    `items` has the facts of the records that have a value, by their code and their values of the columns in `names`,
    which entries of ``value_level`` ask for. `pairs` are those of AVAL and AVALC in these records, where wanted.
    """

    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    """Whether each of the columns in `names` holds numbers."""
    items: Mapping[tuple[Cell, ...], ValueFacts]
    pairs: Mapping[tuple[Cell, ...], Pairs] = field(default_factory=dict)

    def __add__(self, other: LevelFacts) -> LevelFacts:
        return LevelFacts(
            self.names, self.numeric, merge_maps(self.items, other.items), merge_maps(self.pairs, other.pairs)
        )


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Records that share their natural key with another one; no key is in two ranges."""

    records: int = 0
    keys: int = 0
    shown: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    """The first records, from 0."""

    def __add__(self, other: KeyFacts) -> KeyFacts:
        return KeyFacts(
            self.records + other.records,
            self.keys + other.keys,
            (self.shown + other.shown)[:SHOWN_KEYS],
            (self.rows + other.rows)[:SHOWN_ROWS],
        )


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """The records of a dataset in one range of subjects, or in several that follow each other."""

    records: int
    columns: Mapping[str, ValueFacts]
    """The variables in the order of the standard, those included that turn out to be empty."""
    numeric: frozenset[str]
    """The variables that are numbers."""
    qualifiers: Mapping[str, ValueFacts] = field(default_factory=dict)
    """The supplemental qualifiers, by QNAM."""
    codes: Mapping[str, CodeFacts] = field(default_factory=dict)
    """The tests or parameters, a missing one included."""
    levels: Mapping[str, LevelFacts] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], Pairs] = field(default_factory=dict)
    """Of the columns that say the same as a code and in words (code, text)."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Column of codes -> each code with its name in the first record that has it."""
    full_texts: Mapping[str, str] = field(default_factory=dict)
    """IETESTCD -> the criterion in full, where IETEST is shortened."""
    keys: KeyFacts = KeyFacts()

    def __add__(self, other: DatasetFacts) -> DatasetFacts:
        """The facts of both; the records of `other` follow."""
        moved = tuple(row + self.records for row in other.keys.rows)
        theirs = KeyFacts(other.keys.records, other.keys.keys, other.keys.shown, moved)
        return DatasetFacts(
            self.records + other.records,
            merge_maps(self.columns, other.columns),
            self.numeric | other.numeric,
            merge_maps(self.qualifiers, other.qualifiers),
            merge_maps(self.codes, other.codes),
            merge_maps(self.levels, other.levels),
            merge_maps(self.pairs, other.pairs),
            merge_maps(self.names, other.names, lambda one, more: {**more, **one}),
            {**other.full_texts, **self.full_texts},
            self.keys + theirs,
        )


def merge_maps(
    one: Mapping[_Key, _Value], other: Mapping[_Key, _Value], add: Callable[[Any, Any], Any] = lambda a, b: a + b
) -> dict[_Key, _Value]:
    """Both maps in one: what both have is added up, and the keys of the second come last.

    >>> merge_maps({"a": 1, "b": 2}, {"b": 3, "c": 4})
    {'a': 1, 'b': 5, 'c': 4}
    """
    merged = dict(one)
    for key, value in other.items():
        merged[key] = add(merged[key], value) if key in merged else value
    return merged


def column_of(cells: list[Any], numeric: bool) -> pd.Series:
    """Parts of keys as a column: numbers with NaN for missing ones, or text."""
    if numeric:
        return pd.Series([float("nan") if cell is None else float(cell) for cell in cells], dtype="float64")
    return pd.Series(cells, dtype=TEXT)
