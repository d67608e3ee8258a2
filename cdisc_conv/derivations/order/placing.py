"""Records by their place: which group they belong to, and where they stand in an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cdisc_conv.columns.moments import rank_in_time
from cdisc_conv.columns.texts import as_text, is_filled, text_column
from cdisc_conv.derivations.base import SUBJECT, Ref, Rows
from cdisc_conv.expr import Expression


@dataclass(frozen=True)
class Groups:
    """A group number from 0 for each record, and how many groups there are."""

    codes: np.ndarray
    count: int


def group_records(rows: Rows, by: Sequence[Ref]) -> Groups:
    """The groups of records of one subject that are equal in all columns of `by`."""
    codes, found = pd.factorize(rows.codes([SUBJECT, *by]))
    return Groups(codes.astype(np.int64), len(found))


def name_groups(rows: Rows, by: Sequence[Ref], mask: np.ndarray) -> pd.Series:
    """The keys of the group that each record of a mask belongs to: ``USUBJID = 01, PARAMCD = SDIAM``; "" for others."""
    there = np.flatnonzero(mask)
    names = (SUBJECT, *by)
    columns = [as_text(rows[name].take(there)).tolist() for name in names]
    texts = np.full(len(mask), "", dtype=object)
    for record, values in zip(there, zip(*columns, strict=True), strict=True):
        texts[record] = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return text_column(texts)


def meet_condition(rows: Rows, where: Expression | None) -> np.ndarray:
    """Which records meet a condition; all do when there is none."""
    if where is None:
        return np.ones(len(rows), dtype=bool)
    return where.evaluate(rows.__getitem__, len(rows)).to_numpy(dtype=bool)


def rank_column(column: pd.Series, missing: Literal["first", "last"] = "first") -> np.ndarray:
    """The place of each value among the distinct ones, from 0; missing values before or after all others.

    >>> rank_column(pd.Series(["b", "", "a"], dtype="str"), missing="last").tolist()
    [2, 3, 1]
    """
    rank = rank_in_time(column)
    return rank if missing == "first" else np.where(is_filled(column), rank, rank.max(initial=0) + 1)


def rank_records(columns: Sequence[pd.Series], length: int, missing: Literal["first", "last"] = "first") -> np.ndarray:
    """The place of each record in the order of several columns, from 0; records that are equal in all share one.

    Text goes by code point and numbers by size.

    >>> rank_records([pd.Series([2.0, 1.0, 2.0]), pd.Series(["a", "b", "a"], dtype="str")], 3).tolist()
    [1, 0, 1]
    """
    place = np.zeros(length, dtype=np.int64)
    for column in columns:
        rank = rank_column(column, missing)
        place = np.unique(place * (int(rank.max(initial=0)) + 1) + rank, return_inverse=True)[1].astype(np.int64)
    return place


def find_placed(columns: Sequence[pd.Series], length: int) -> np.ndarray:
    """Which records have a value in every one of the columns that order them."""
    filled = [is_filled(column) for column in columns]
    return np.logical_and.reduce(filled) if filled else np.ones(length, dtype=bool)
