"""Records of another dataset or form that belong to our records: matched by equal keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from cdisc_conv.columns.distinct import map_distinct
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import find_distinct_rows, first_rows, take_rows
from cdisc_conv.columns.texts import as_text, fold, is_number, is_written, text_column
from cdisc_conv.derivations.base import SUBJECT, Reach, Ref, Rows, Table, Words
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.expr import Expression
from cdisc_conv.findings import Renumber
from cdisc_conv.problems import closest
from cdisc_conv.tables import TableId

_NEAR = 20
"""Keys without a match that are compared with those that are there."""
_KNOWN = 2000
"""Keys that are there, as far as they are compared."""


def _read_keys(value: Any) -> Any:
    """``USUBJID``, a list of names, or own name -> their name."""
    names = [value] if isinstance(value, str) else value
    return {name: str(name).removeprefix("raw.") for name in names} if isinstance(names, list | tuple) else names


Keys = Annotated[dict[Ref, str], BeforeValidator(_read_keys)]
"""Own column -> their column."""

BY_SUBJECT = {Ref(SUBJECT): SUBJECT}


def check_keys(source: str, keys: Mapping[Ref, str]) -> None:
    """Raises ValueError when a form is matched by USUBJID, which no form has."""
    if TableId(source).is_form and keys == BY_SUBJECT:
        raise ValueError(f"{source} has no {SUBJECT}; say with 'by' what ties its rows to the records, such as SUBJID")


def find_reach(keys: Mapping[Ref, str]) -> Reach:
    """The subject when its identifier is among the keys; else records of other subjects may match."""
    return Reach.SUBJECT if SUBJECT in keys else Reach.DATASET


@dataclass(frozen=True)
class Matches:
    """Our records and theirs with common group numbers from 0; -1 for a record of theirs that nobody asks for."""

    ours: np.ndarray
    theirs: np.ndarray
    count: int
    examples: list[pd.Series]
    """The key values of each group."""

    def describe(self, group: int, names: Sequence[str]) -> str:
        """The key values of a group, for a message."""
        pairs = zip(names, (column.iloc[group] for column in self.examples), strict=True)
        return ", ".join(f"{name} = {value}" for name, value in pairs)

    def name_keys(self, groups: np.ndarray, names: Sequence[str]) -> pd.Series:
        """For each of our records the key values of its group, if that is one of some; else ""."""
        texts = np.full(self.count, "", dtype=object)
        texts[groups] = [self.describe(int(group), names) for group in groups]
        return text_column(texts[self.ours])


def match_records(rows: Rows, own: Sequence[str], theirs: Sequence[pd.Series], folded: bool = False) -> Matches:
    """Ties our records to theirs by equal keys, texts without blanks at their ends; missing keys match nothing.

    `folded`: texts that differ in letter case and blanks alone are equal.
    """
    ours, _ = pd.factorize(rows.codes(list(own)))
    first = first_rows(ours)
    keys = [_one_kind(take_rows(rows[name], first), column) for name, column in zip(own, theirs, strict=True)]
    # The same keys may differ in blanks, so the distinct keys are numbered once more together with theirs.
    stacked = [pd.concat(pair, ignore_index=True) for pair in keys]
    if folded:
        stacked = [fold_column(column) for column in stacked]
    codes, _ = find_distinct_rows(stacked)
    filled = np.logical_and.reduce([_has_value(column) for column in stacked])
    codes = np.where(filled, codes, -1)
    mine, other = codes[: len(first)], codes[len(first) :]
    groups, mine = np.unique(mine, return_inverse=True)
    other = np.where(other < 0, -1, _find_positions(groups, other))
    examples = [take_rows(pair[0], first_rows(mine)) for pair in keys]
    return Matches(mine[ours], other, len(groups), examples)


def fold_column(column: pd.Series) -> pd.Series:
    """Texts in small letters and with single blanks; numbers as they are."""
    return column if is_number(column) else map_distinct(column, lambda texts: text_column(map(fold, texts)))


def find_unmatched(matches: Matches) -> np.ndarray:
    """The groups of ours that have a key which none of their records has."""
    there = np.zeros(matches.count, dtype=bool)
    there[matches.theirs[matches.theirs >= 0]] = True
    filled = np.logical_and.reduce([_has_value(column) for column in matches.examples])
    return np.flatnonzero(~there & filled)


def name_keys(names: Sequence[str], columns: Sequence[pd.Series], groups: np.ndarray, count: int) -> pd.Series:
    """The key values of some of `count` groups in words, ``LBTESTCD = ALT, VISIT = WEEK 2``; "" for the others."""
    taken = [as_text(take_rows(column, groups)).tolist() for column in columns]
    texts = np.full(count, "", dtype=object)
    for group, values in zip(groups, zip(*taken, strict=True), strict=True):
        texts[group] = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return text_column(texts)


@dataclass(frozen=True)
class NearMisses:
    """The hint for keys that are nearly there: but for letter case and blanks, or misspelt.

    Only some keys are looked at (the first ones as texts sort), and the last part of each, which tells one record from
    another. So it adds up over ranges of subjects.
    """

    ours: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    def __add__(self, other: NearMisses) -> NearMisses:
        return NearMisses(
            tuple(sorted({*self.ours, *other.ours})[:_NEAR]), tuple(sorted({*self.known, *other.known})[:_KNOWN])
        )

    def renumber(self, change: Renumber) -> NearMisses:
        return self

    def __format__(self, spec: str) -> str:
        by_folded = {fold(text): text for text in reversed(self.known) if text}
        for text in self.ours:
            same = by_folded.get(fold(text), "")
            if same and same != text:
                return f"'{same}' is there: say 'ignore_case: true' when '{text}' is the same"
        for text in self.ours:
            if text not in self.known and (near := closest(text, self.known)):
                return f"did you mean {near} by {text}?"
        return "correct the keys, or say 'optional: true'"


def find_near_misses(matches: Matches, unmatched: np.ndarray, theirs: Sequence[pd.Series]) -> NearMisses:
    """What the hint for groups without a record is made of."""
    columns = (matches.examples[-1].take(unmatched), theirs[-1])
    ours, known = (as_text(column).str.strip().unique() for column in columns)
    return NearMisses(tuple(sorted(ours)[:_NEAR]), tuple(sorted(known)[:_KNOWN]))


def _one_kind(own: pd.Series, their: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Two key columns made comparable: both numbers when either is, else text."""
    if is_number(own) or is_number(their):
        return as_numbers(own), as_numbers(their)
    return as_text(own), as_text(their)


def _has_value(column: pd.Series) -> np.ndarray:
    return column.notna().to_numpy() if is_number(column) else is_written(column)


def _find_positions(groups: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Where the wanted numbers stand among sorted groups; -1 where they do not."""
    if not len(groups):
        return np.full(len(wanted), -1)
    places = np.clip(np.searchsorted(groups, wanted), 0, len(groups) - 1)
    return np.where(groups[places] == wanted, places, -1)


def find_last_before(groups: np.ndarray, starts: np.ndarray, ours: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """For each of ours the position of the last start of its group on or before its moment; -1 for none.

    `groups` and `starts` are sorted by group and start. A missing moment has none.

    >>> groups, starts = np.array([0, 0, 1]), np.array([1.0, 5.0, 2.0])
    >>> find_last_before(groups, starts, np.array([0, 0, 1, 0]), np.array([5.0, 4.0, 1.0, np.nan])).tolist()
    [1, 0, -1, -1]
    """
    if not len(starts):
        return np.full(len(ours), -1)
    # Ranks, so that one exact search finds the place in all groups at once.
    ranked = np.unique(np.concatenate([starts, moments[~np.isnan(moments)]]))
    keys = groups * len(ranked) + np.searchsorted(ranked, starts)
    wanted = ours * len(ranked) + np.searchsorted(ranked, np.nan_to_num(moments, nan=ranked[0]))
    place = np.searchsorted(keys, wanted, side="right") - 1
    there = (place >= 0) & (groups[np.maximum(place, 0)] == ours) & ~np.isnan(moments)
    return np.where(there, place, -1)


def select_records(table: Table, where: Expression | None) -> np.ndarray:
    """The positions of the records of a table that meet a condition."""
    if where is None:
        return np.arange(len(table))
    mask = where.evaluate(lambda name: table[name.removeprefix("raw.")], len(table))
    return np.flatnonzero(mask.to_numpy(dtype=bool))


OWN = "own."
"""Before a name in a condition on another table: a column of the record that is being made."""


def names_in(where: Expression | None) -> tuple[str, ...]:
    """The columns of the other table that a condition reads."""
    names = where.names if where is not None else ()
    return tuple(name.removeprefix("raw.") for name in names if not name.startswith(OWN))


def own_names(where: Expression | None) -> tuple[Ref, ...]:
    """The columns of the record being made that a condition reads, without ``own.``."""
    names = where.names if where is not None else ()
    return tuple(Ref(name.removeprefix(OWN)) for name in names if name.startswith(OWN))


def name_column(words: Words, table: str, column: str) -> str:
    """A column of another table in words."""
    return f"{column} of {words.table(table)}" if TableId(table).is_form else words.column(table, column)


def describe_keys(words: Words, keys: Mapping[Ref, str]) -> str:
    """Which records match, in words: ``whose USUBJID and VISIT are the same``."""
    plain = {own: own.removeprefix("raw.") for own in keys}
    same = [their for own, their in keys.items() if plain[own] == their]
    pairs = [f"{their} is {words(own)}" for own, their in keys.items() if plain[own] != their]
    verb = "are" if len(same) > 1 else "is"
    return f"whose {join_words([*([f'{join_words(same)} {verb} the same'] if same else []), *pairs])}"
