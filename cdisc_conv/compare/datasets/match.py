"""Which record of base belongs to which of other: by key, and where keys repeat as multisets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.compare.datasets.codes import Codes, encode_rows, encode_values
from cdisc_conv.compare.datasets.values import Pairs
from cdisc_conv.compare.rules import Rules
from cdisc_conv.datafiles.table import Table


@dataclass(frozen=True, slots=True)
class Matched:
    """Pairs of records, what is left on either side, and the keys that are not unique.

    ``repeated`` has a row per key that is not unique: position of its first record (in base, else -1; in other, else
    -1) and how many records each side has.
    """

    pairs: Pairs
    only_base: np.ndarray
    only_other: np.ndarray
    in_order: bool
    repeated: pd.DataFrame

    @property
    def unique(self) -> bool:
        return self.repeated.empty


def match_records(base: Table, other: Table, keys: Sequence[str], compared: Sequence[str], rules: Rules) -> Matched:
    """Pair the records of two tables by key.

    Each key is made an integer. Records of a key that is not unique are paired as multisets: first those that are
    equal in all of ``compared``, then the others in their order; what is left over is only on one side.
    """
    codes = _encode_keys(base, other, keys, rules)
    base_counts = np.bincount(codes.base, minlength=codes.size)
    other_counts = np.bincount(codes.other, minlength=codes.size)
    several = (base_counts > 1) | (other_counts > 1)
    repeated = _describe_repeated(codes, several, base_counts, other_counts)
    del base_counts, other_counts
    if len(repeated):
        codes = _tell_apart(base, other, codes, several, compared, rules)
    return _pair_unique(codes, repeated)


def _encode_keys(base: Table, other: Table, keys: Sequence[str], rules: Rules) -> Codes:
    """The codes of the keys; where both sides have the same keys in the same order, of one side only."""
    if base.rows == other.rows and all(_same_values(base, other, name) for name in keys):
        alone = encode_rows(base, other.take(np.empty(0, np.int64)).keep(keys), keys, rules)
        codes = Codes(alone.base, alone.base, alone.size)
    else:
        codes = encode_rows(base, other, keys, rules)
    return codes


def _same_values(base: Table, other: Table, name: str) -> bool:
    first, second = base.columns[name], other.columns[name]
    if base.variable(name).unit is not other.variable(name).unit:
        return False
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return bool(np.array_equal(first.view(np.int64), second.view(np.int64)))
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return False
    return bool(first.equals(second))


def _pair_unique(codes: Codes, repeated: pd.DataFrame) -> Matched:
    """Pairs of equal codes; no side has a code twice."""
    if codes.base is codes.other:
        nothing = np.empty(0, dtype=np.int64)
        return Matched(Pairs(len(codes.base)), nothing, nothing, True, repeated)
    place = np.full(codes.size, -1, dtype=np.int64)
    place[codes.other] = np.arange(len(codes.other))
    partner = place[codes.base]
    del place
    met = partner >= 0
    base_rows: np.ndarray | None = np.flatnonzero(met)
    other_rows: np.ndarray | None = partner[met]
    assert base_rows is not None
    assert other_rows is not None
    left = np.ones(len(codes.other), dtype=bool)
    left[other_rows] = False
    count, only_base, only_other = len(base_rows), np.flatnonzero(~met), np.flatnonzero(left)
    in_order = bool((np.diff(other_rows) > 0).all())
    if not len(only_base):
        base_rows = None
    if in_order and not len(only_other):
        other_rows = None
    return Matched(Pairs(count, base_rows, other_rows), only_base, only_other, in_order, repeated)


def _describe_repeated(
    codes: Codes, several: np.ndarray, base_counts: np.ndarray, other_counts: np.ndarray
) -> pd.DataFrame:
    found = np.flatnonzero(several)
    rows = []
    for side in (codes.base, codes.other):
        first = np.full(codes.size, -1, dtype=np.int64) if len(found) else np.empty(0, np.int64)
        if len(found):
            first[side[::-1]] = np.arange(len(side) - 1, -1, -1)
        rows.append(first[found] if len(found) else first)
    frame = pd.DataFrame(
        {"base": rows[0], "other": rows[1], "base_count": base_counts[found], "other_count": other_counts[found]}
    )
    order = np.lexsort((frame["other"], frame["base"].where(frame["base"] >= 0, np.iinfo(np.int64).max)))
    return frame.iloc[order].reset_index(drop=True)


def _tell_apart(
    base: Table, other: Table, codes: Codes, several: np.ndarray, compared: Sequence[str], rules: Rules
) -> Codes:
    """Codes that are unique: records of repeated keys get one of their own, shared by the two of a pair."""
    rows = np.flatnonzero(several[codes.base]), np.flatnonzero(several[codes.other])
    keys = Codes(codes.base[rows[0]], codes.other[rows[1]], codes.size).make_dense()
    whole = keys
    mine, theirs = base.keep(compared).take(rows[0]), other.keep(compared).take(rows[1])
    for name in compared:
        part = encode_values(mine, theirs, name, rules)
        size = max(part.size, 1)
        whole = Codes(whole.base * size + part.base, whole.other * size + part.other, 0).make_dense()
    first, second = np.full(len(rows[0]), -1), np.full(len(rows[1]), -1)
    number = 0
    for group in (whole, keys):  # equal records, then the rest of each key in order
        free = np.flatnonzero(first < 0), np.flatnonzero(second < 0)
        one, two = _pair_in_order(Codes(group.base[free[0]], group.other[free[1]], group.size))
        first[free[0][one]] = second[free[1][two]] = np.arange(number, number + len(one))
        number += len(one)
    base_codes, other_codes = codes.base.astype(np.int64), codes.other.astype(np.int64)
    spare = (first < 0).sum()
    first[first < 0] = np.arange(number, number + spare)
    second[second < 0] = np.arange(number + spare, number + spare + (second < 0).sum())
    base_codes[rows[0]] = codes.size + first
    other_codes[rows[1]] = codes.size + second
    return Codes(base_codes, other_codes, codes.size + len(first) + len(second))


def _pair_in_order(codes: Codes) -> tuple[np.ndarray, np.ndarray]:
    """The n-th record of each code in base with the n-th in other: positions of both."""
    most = max(len(codes.base), len(codes.other), 1)
    one = codes.base * most + _count_before(codes.base)
    two = codes.other * most + _count_before(codes.other)
    _, first, second = np.intersect1d(one, two, assume_unique=True, return_indices=True)
    return first, second


def _count_before(codes: np.ndarray) -> np.ndarray:
    """For each row how many rows before it have its code."""
    return pd.Series(codes).groupby(codes).cumcount().to_numpy()
