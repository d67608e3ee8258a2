"""Values of a group of rows that become one record: which value a column has, and whether another one is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import find_distinct, map_distinct, rank_values
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import pick_or_blank, take_rows
from cdisc_conv.columns.texts import as_text, fold, is_filled, is_number, text_column

Dates: TypeAlias = "Callable[[pd.Series], pd.Series]"
MARK = "; "
"""Between the values of a list."""


def take_values(values: pd.Series, record: np.ndarray, count: int, way: str, dates: Dates) -> pd.Series:
    """The value of each of `count` records, from the values of the rows behind them.

    `record` says which record a row belongs to; rows stand in the order in which they are taken. Ways: ``first`` and
    ``last`` of the values that are filled in, ``min`` and ``max`` (numbers as numbers, dates as dates, else text),
    ``most_complete`` date (the first of those with the most parts), and ``list``: the different values in words.

    >>> values = pd.Series(["b", "", "a"], dtype="str")
    >>> take_values(values, np.array([0, 0, 0]), 1, "list", lambda dates: dates).tolist()
    ['b; a']
    """
    taken = find_taken(values, record, count, way, dates)
    if way == "list":
        return _list_values(take_rows(values, taken), record[taken], count)
    found = np.full(count, -1)
    found[record[taken]] = taken
    return pick_or_blank(values, found)


def find_taken(values: pd.Series, record: np.ndarray, count: int, way: str, dates: Dates) -> np.ndarray:
    """The rows that the values of `take_values` are from: one for each record that has a value, all for a list."""
    filled = np.flatnonzero(is_filled(values))
    if way == "list":
        return filled
    record, values = record[filled], take_rows(values, filled)
    if way in ("first", "last"):
        rank = np.arange(len(record))
    elif way == "most_complete":
        rank = -map_distinct(values, lambda texts: dates(texts).str.len().astype("float64")).to_numpy(dtype=float)
    else:
        rank = _rank(values, record, count, dates)
    order = np.lexsort([np.arange(len(record)), rank, record])
    found = np.full(count, -1)
    # Of several writes the last one stays: from behind for the least, from the front for the greatest.
    ordered = order if way in ("last", "max") else order[::-1]
    found[record[ordered]] = ordered
    taken: np.ndarray = filled[found[found >= 0]]
    return taken


def _rank(values: pd.Series, record: np.ndarray, count: int, dates: Dates) -> np.ndarray:
    """Ranks by size within each record: of its numbers, else of dates where all are dates, else of texts."""
    if is_number(values):
        return rank_values(values)
    numbers = as_numbers(values)
    mixed = np.bincount(record, weights=numbers.isna(), minlength=count) > 0
    if not mixed.any():
        return rank_values(numbers)
    iso = dates(values)
    worded = np.bincount(record, weights=~is_filled(iso), minlength=count) > 0
    ranks = np.where(worded[record], rank_values(values), rank_values(iso))
    return np.where(mixed[record], ranks, rank_values(numbers))


def _list_values(values: pd.Series, record: np.ndarray, count: int) -> pd.Series:
    texts = as_text(values)
    codes = find_distinct(text_column(fold(text) for text in texts)).codes if len(texts) else np.zeros(0, dtype=int)
    first = ~pd.DataFrame({"record": record, "code": codes}).duplicated().to_numpy()
    parts = texts[first].groupby(record[first]).agg(MARK.join)
    return text_column(parts.reindex(range(count), fill_value="").tolist())


def find_lost(values: pd.Series, record: np.ndarray, taken: pd.Series, folded: bool) -> np.ndarray:
    """The rows whose value is filled in, and is not the one that their record takes.

    `folded`: texts that differ in letter case and blanks alone count as equal.
    """
    if is_number(values) or is_number(taken):
        theirs, ours = as_numbers(values).to_numpy(), as_numbers(taken).to_numpy()[record]
        return np.flatnonzero(~np.isnan(theirs) & (theirs != ours))
    both = pd.concat([as_text(values), as_text(taken)], ignore_index=True)
    if folded:
        both = map_distinct(both, lambda texts: text_column(fold(text) for text in texts))
    codes = find_distinct(both).codes
    return np.flatnonzero(is_filled(values) & (codes[: len(values)] != codes[len(values) :][record]))


def find_contradictions(values: pd.Series, record: np.ndarray, taken: pd.Series, dates: Dates) -> np.ndarray:
    """The rows whose date is not the one of their record, with less parts or with all of them."""
    theirs, ours = dates(as_text(values)), dates(as_text(taken))
    pairs = pd.DataFrame({"theirs": theirs, "ours": take_rows(ours, record)})
    distinct = pairs.drop_duplicates()
    agrees = [own.startswith(their) for their, own in zip(distinct["theirs"], distinct["ours"], strict=True)]
    known = pairs.merge(distinct.assign(agrees=agrees), how="left")["agrees"].to_numpy(dtype=bool)
    return np.flatnonzero(is_filled(values) & ~known)
