"""Pairs of our records and theirs that ranges and conditions on both sides tie together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator

from cdisc_conv.columns.moments import is_datetime
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import is_filled, is_number
from cdisc_conv.derivations.base import Ref, Rows, Table, Words
from cdisc_conv.derivations.dates.findings import moments_of, table_moments
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.derivations.records.joining import OWN, Matches, name_column, own_names
from cdisc_conv.expr import Expression


def _check_ranges(value: dict[Ref, tuple[str, str]]) -> dict[Ref, tuple[str, str]]:
    if any(not bound for bounds in value.values() for bound in bounds):
        raise ValueError("a range has two columns of theirs: the least and the greatest value, such as [AGELO, AGEHI]")
    return value


Ranges = Annotated[dict[Ref, tuple[str, str]], AfterValidator(_check_ranges)]
"""Own number or date -> their columns with the least and the greatest value; a blank bound is open."""


@dataclass(frozen=True)
class Selection:
    """Some records of a table, by their positions."""

    table: Table
    picked: np.ndarray

    def __len__(self) -> int:
        return len(self.picked)

    def __getitem__(self, column: str) -> pd.Series:
        return take_rows(self.table[column], self.picked)

    def unread(self, column: str) -> np.ndarray:
        """As `Table.unread`, of the records chosen."""
        return np.asarray(self.table.unread(column)[self.picked])


@dataclass(frozen=True)
class Pairs:
    """What ties our records and theirs together: `matches` has a group per different record of ours.

    `picked` are the positions of their records, one per pair, and go with ``matches.theirs``.
    """

    matches: Matches
    picked: np.ndarray


def pair_records(
    rows: Rows, table: Table, matches: Matches, ranges: Mapping[Ref, tuple[str, str]], where: Expression | None
) -> Pairs:
    """Of the records that match by their keys, the pairs whose ranges and conditions hold.

    Records of ours that are equal in all that is asked are one. A value of ours that is missing, a date of ours that is
    not complete, and a bound of theirs that is not a number or date are in no range; a blank bound is open.
    """
    asked = [*ranges, *own_names(where)]
    codes = rows.codes(asked) if asked else np.zeros(len(rows), dtype=np.int64)
    both = matches.ours * (int(codes.max(initial=0)) + 1) + codes
    _, first, ours = np.unique(both, return_index=True, return_inverse=True)
    groups = matches.ours[first]
    mine, theirs = _list_pairs(groups, matches)
    for own, bounds in ranges.items():
        inside = _is_inside(rows, table, own, bounds, first[mine], theirs)
        mine, theirs = mine[inside], theirs[inside]
    if where is not None:
        holds = _evaluate(rows, table, where, first[mine], theirs)
        mine, theirs = mine[holds], theirs[holds]
    examples = [take_rows(column, groups) for column in matches.examples]
    examples += [take_rows(rows.peek(own), first) for own in ranges]
    return Pairs(Matches(np.asarray(ours), mine, len(first), examples), theirs)


def _list_pairs(groups: np.ndarray, matches: Matches) -> tuple[np.ndarray, np.ndarray]:
    """Each of ours with each record of theirs in its group: positions among ours, and among theirs."""
    order = np.argsort(matches.theirs, kind="stable")
    order = order[matches.theirs[order] >= 0]
    starts = np.searchsorted(matches.theirs[order], np.arange(matches.count + 1))
    counts = np.diff(starts)[groups]
    mine = np.repeat(np.arange(len(groups)), counts)
    offsets = np.arange(len(mine)) - np.repeat(np.cumsum(counts) - counts, counts)
    return mine, order[np.repeat(starts[groups], counts) + offsets]


def _is_inside(
    rows: Rows, table: Table, own: Ref, bounds: tuple[str, str], mine: np.ndarray, theirs: np.ndarray
) -> np.ndarray:
    """Which pairs have our value within their bounds."""
    values = rows[own]
    if _are_numbers(values, own, [(name, table[name]) for name in bounds]):
        ours = as_numbers(values).to_numpy()[mine]
        low, high = (as_numbers(table[name]).to_numpy()[theirs] for name in bounds)
        first, last, faults = ours, ours, np.isnan(ours)
    else:
        moments = moments_of(rows, own)
        first, last, faults = moments.earliest[mine], moments.latest[mine], ~moments.complete[mine]
        low = table_moments(table, bounds[0]).earliest[theirs]
        high = table_moments(table, bounds[1]).latest[theirs]
    open_low, open_high = (_is_blank(table[name])[theirs] for name in bounds)
    with np.errstate(invalid="ignore"):
        return np.asarray(~faults & (open_low | (low <= first)) & (open_high | (last <= high)))


def _are_numbers(ours: pd.Series, own: str, theirs: Sequence[tuple[str, pd.Series]]) -> bool:
    """Whether a range is one of numbers: a bound that is filled is a number as text, or a number of the same kind."""
    if is_number(ours) and any(is_number(column) and is_datetime(name) != is_datetime(own) for name, column in theirs):
        return False
    filled = pd.concat([column[is_filled(column)] for _, column in theirs if not is_number(column)] or [pd.Series([])])
    return bool(as_numbers(filled.reset_index(drop=True)).notna().all()) if len(filled) else is_number(ours)


def _is_blank(column: pd.Series) -> np.ndarray:
    return np.asarray(column.isna() if is_number(column) else ~is_filled(column), dtype=bool)


def _evaluate(rows: Rows, table: Table, where: Expression, mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    def column(name: str) -> pd.Series:
        own = name.startswith(OWN)
        series = rows[name.removeprefix(OWN)] if own else table[name.removeprefix("raw.")]
        return take_rows(series, mine if own else theirs)

    return where.evaluate(column, len(mine)).to_numpy(dtype=bool)


def describe_ranges(words: Words, source: str, ranges: Mapping[Ref, tuple[str, str]]) -> str:
    """Which ranges hold, in words."""
    parts = [
        f"{words(own)} is from {name_column(words, source, low)} to {name_column(words, source, high)}"
        for own, (low, high) in ranges.items()
    ]
    return f" and where {join_words(parts)} (both included, a blank bound is open)" if parts else ""
