"""Row sets: which rows of a source become records, and how a record finds its raw rows again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import map_distinct, rank_values
from cdisc_conv.columns.moments import read_moments
from cdisc_conv.columns.rows import group_codes, spread, take_rows
from cdisc_conv.columns.texts import as_text, find_texts, fold, is_number, text_column
from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.derive.carrying import find_carried
from cdisc_conv.engine.derive.grouping import find_taken, take_values
from cdisc_conv.expr import Expression
from cdisc_conv.expr.library import split_parts
from cdisc_conv.spec.model import Block, Carry, Merge, Split
from cdisc_conv.tables import TableId

Read: TypeAlias = "Callable[[str], pd.Series]"


@dataclass
class BlockRows:
    """The records of one block.

    `take[i]` is the source row that record i reads; None stands for "all rows, in order". `origin_record` and
    `origin_row` say which source rows (0-based) a record was made from when that is more than the one it reads.
    """

    source: str
    length: int
    take: np.ndarray | None
    read_source: Read
    given: Mapping[str, pd.Series] = field(default_factory=dict)
    origin_record: np.ndarray | None = None
    origin_row: np.ndarray | None = None
    entry: np.ndarray | None = None
    """The entry of ``for_each`` (0-based) of each record; None where there is one at most."""
    origin_entry: np.ndarray | None = None
    """That of each source row behind a record, beside `origin_row`."""
    origin_read: np.ndarray | None = None
    """Whether the columns of the record are those of this source row, beside `origin_row`."""
    excluded: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Named exclusions: condition -> the source rows (0-based) that it left out."""
    columns: frozenset[str] = frozenset()
    """The columns of the source that `for_each` gives a name of its own, too: ``raw.NAME`` is the column."""
    replaced: Mapping[str, pd.Series] = field(default_factory=dict)
    """Source columns whose values are not those of the row that is taken: ends of merged intervals, `columns`."""
    taken: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    """Columns of the source of which a record has the value of other rows: (record, source row) pairs, 0-based."""
    behind: Mapping[str, pd.Series] = field(default_factory=dict)
    """Of records that stand for several rows: what `for_each` gives each of the rows of `origin_row`."""
    _cache: dict[str, pd.Series] = field(default_factory=dict)

    def column(self, name: str) -> pd.Series:
        """A name of `for_each`, else a column of the source, aligned with the records; ``raw.X`` is the column."""
        if name.startswith("raw."):
            bare = name[4:]
            return self.source_column(bare) if bare in self.columns or bare not in self.given else self.given[bare]
        return self.given[name] if name in self.given else self.source_column(name)

    def source_column(self, name: str) -> pd.Series:
        """A column of the source, aligned with the records."""
        if name in self.replaced:
            return self.replaced[name]
        if name not in self._cache:
            series = self.read_source(name)
            self._cache[name] = series if self.take is None else take_rows(series, self.take)
        return self._cache[name]

    def without_records(self) -> BlockRows:
        """The same without a record."""
        nothing = np.zeros(0, dtype=np.int64)
        given = {name: series.iloc[:0] for name, series in self.given.items()}
        return BlockRows(self.source, 0, nothing, self.read_source, given, columns=self.columns)

    def forget(self) -> None:
        """Let go of the cached columns."""
        self._cache.clear()

    def source_rows(self) -> np.ndarray:
        """The source row (0-based) that each record reads."""
        return np.arange(self.length) if self.take is None else self.take

    def origin_entries(self) -> np.ndarray:
        """The entry of ``for_each`` (0-based) behind each pair of `origins`."""
        found = self.origin_entry if self.origin_record is not None else self.entry
        return np.zeros(len(self.origins()[0]), dtype=np.int64) if found is None else found

    def origin_reads(self) -> np.ndarray:
        """Whether the record reads the source row, for each pair of `origins`."""
        return np.ones(len(self.origins()[0]), dtype=bool) if self.origin_read is None else self.origin_read

    def origins(self) -> tuple[np.ndarray, np.ndarray]:
        """(record, source row) pairs, both 0-based: every source row behind every record."""
        if self.origin_record is not None and self.origin_row is not None:
            return self.origin_record, self.origin_row
        return np.arange(self.length), self.source_rows()


def make_rows(
    block: Block,
    source: str,
    source_length: int,
    read: Read,
    dates: Callable[[pd.Series], pd.Series],
    columns: Collection[str] = (),
) -> BlockRows:
    """The records of a block: every source row that meets ``where``, once per entry of ``for_each``; merged or grouped.

    `read` gives a column of the source, `columns` are the names of its columns; `dates` turns a column of dates as
    written into ISO 8601 text.
    """
    rows = _expand(block, source, source_length, read)
    if block.split is not None:
        rows = _split(rows, block.split)
    rows.columns = block.given_names.intersection(columns)
    if block.where is not None:
        rows = _filter(rows, block.where)
    if block.carry is not None:
        rows = _carry(rows, block.carry)
    if block.merge is not None:
        rows = _merge(rows, block, block.merge, dates)
    if block.group:
        rows = _group(rows, block, dates)
    return rows


def _expand(block: Block, source: str, length: int, read: Read) -> BlockRows:
    if not block.for_each:
        return BlockRows(source, length, None, read)
    count = max(length, 1) if source == "nothing" else length
    entries = block.for_each
    names = dict.fromkeys(name for entry in entries for name in entry)
    given = {name: _stack([entry.get(name, "") for entry in entries], count, read) for name in names}
    take = None if source == "nothing" else np.tile(np.arange(length), len(entries))
    entry = np.repeat(np.arange(len(entries)), count)
    return BlockRows(source, count * len(entries), take, read, given, entry=entry)


def _split(rows: BlockRows, split: Split) -> BlockRows:
    """A record for each value of a name that holds several; blank ones are none, and no value at all is one record."""
    found = find_texts(rows.given[split.name])
    parts = [split_parts(text, split.by) or [""] for text in found.values]
    counts = np.array([len(one) for one in parts], dtype=np.int64)[found.codes]
    starts = np.cumsum([0, *(len(one) for one in parts)])[:-1]
    record = np.repeat(np.arange(rows.length), counts)
    nth = np.arange(len(record)) - np.repeat(np.cumsum(counts) - counts, counts)
    every = text_column(part for one in parts for part in one)
    given = {name: take_rows(series, record) for name, series in rows.given.items()}
    given[split.name] = take_rows(every, starts[found.codes[record]] + nth)
    entry = None if rows.entry is None else rows.entry[record]
    return BlockRows(rows.source, len(record), rows.source_rows()[record], rows.read_source, given, entry=entry)


def _stack(values: list[Any], count: int, read: Read) -> pd.Series:
    """What the entries give a name, under each other: numbers when all that is filled in is a number, else text.

    An entry that leaves the name out, or blank, decides nothing; nor do the data, so that lint knows the type as well.
    """
    pieces = [_given_column(value, count, read) for value in values]
    filled = [piece for piece, value in zip(pieces, values, strict=True) if value != ""]
    if filled and all(is_number(piece) for piece in filled):
        pieces = [piece if is_number(piece) else spread(np.nan, count) for piece in pieces]
    else:
        pieces = [as_text(piece) for piece in pieces]
    return pd.concat(pieces, ignore_index=True)


def _given_column(value: Any, length: int, read: Read) -> pd.Series:
    return read(value[4:]) if isinstance(value, Ref) else spread(value, length)


def _filter(rows: BlockRows, where: Expression) -> BlockRows:
    mask = where.evaluate(rows.column, rows.length).to_numpy(dtype=bool)
    if mask.all():
        return rows
    kept = np.flatnonzero(mask)
    # A row that another entry of for_each uses is not left out.
    left_out = np.setdiff1d(rows.source_rows()[~mask], rows.source_rows()[mask])
    given = {name: take_rows(series, kept) for name, series in rows.given.items()}
    take = rows.source_rows()[kept]
    return BlockRows(
        rows.source,
        len(kept),
        take,
        rows.read_source,
        given,
        entry=None if rows.entry is None else rows.entry[kept],
        excluded={str(where): left_out},
        columns=rows.columns,
    )


def _carry(rows: BlockRows, carry: Carry) -> BlockRows:
    """The rows that are carried to a visit which their group lacks, a record each."""
    by = [rows.source_column(name.removeprefix("raw.")) for name in carry.by]
    value = rows.source_column(carry.value if carry.take in ("min", "max") else carry.visit)
    kept = find_carried(carry, by, rows.source_column(carry.visit), rows.given[carry.visit], value)
    return replace(
        rows,
        length=len(kept),
        take=rows.source_rows()[kept],
        given={name: take_rows(series, kept) for name, series in rows.given.items()},
        entry=None if rows.entry is None else rows.entry[kept],
        _cache={},
    )


def _select(rows: BlockRows, first: np.ndarray, record: np.ndarray, members: np.ndarray) -> BlockRows:
    """Records that read the `first` rows; `members` (rows of `rows`) belong to the records numbered `record`."""
    source_rows = rows.source_rows()
    return BlockRows(
        rows.source,
        len(first),
        source_rows[first],
        rows.read_source,
        {name: take_rows(series, first) for name, series in rows.given.items()},
        origin_record=record,
        origin_row=source_rows[members],
        entry=None if rows.entry is None else rows.entry[first],
        origin_entry=None if rows.entry is None else rows.entry[members],
        origin_read=members == first[record],
        excluded=rows.excluded,
        columns=rows.columns,
        behind={name: take_rows(series, members) for name, series in rows.given.items()},
    )


def _group(rows: BlockRows, block: Block, dates: Callable[[pd.Series], pd.Series]) -> BlockRows:
    """One record per combination of values; the other columns are those of one of its rows, or as `columns` says.

    Typed texts vary in letter case and blanks ("t01", "Apatinib "), which does not make them different; the values of a
    dataset are as they are meant.
    """
    fold_typed = _fold_column if TableId.of_source(rows.source).is_form else lambda series: series
    codes = group_codes([fold_typed(rows.column(name)) for name in block.group], rows.length)
    _, first, record = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    chosen = np.empty(len(first), dtype=np.int64)
    chosen[rank] = _choose_rows(rows, block, record) if block.order or block.take == "last" else first
    made = _select(rows, chosen, rank[record], np.arange(rows.length))
    order = _sort_rows(rows, block, record) if block.order else np.arange(rows.length)
    return _take_columns(rows, block, made, rank[record], order, chosen, dates)


def _take_columns(
    rows: BlockRows,
    block: Block,
    made: BlockRows,
    record: np.ndarray,
    order: np.ndarray,
    chosen: np.ndarray,
    dates: Callable[[pd.Series], pd.Series],
) -> BlockRows:
    """The records with the columns that `columns` takes of all their rows: `record` is that of each row.

    `order` are the rows in the order in which they are taken, `chosen` the row that each record reads else.
    """
    found: dict[str, pd.Series] = {}
    taken: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    of_record = record[order]
    for name, way in block.columns.items():
        if way == "row":
            continue
        values = take_rows(rows.column(name), order)
        found[name] = take_values(values, of_record, made.length, way, dates)
        places = order[find_taken(values, of_record, made.length, way, dates)]
        blank = np.setdiff1d(np.arange(made.length), record[places])
        taken |= _list_taken(rows, block, name, record, np.concatenate([places, chosen[blank]]))
    given = {name: found.get(name, series) for name, series in made.given.items()}
    replaced = {**made.replaced, **{name: found[name] for name in found if name not in given}}
    return replace(made, given=given, replaced=replaced, taken={**made.taken, **taken})


def _list_taken(
    rows: BlockRows, block: Block, name: str, record: np.ndarray, places: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """(record, source row) pairs of some rows, by the column of the source that a name of the block is there."""
    if name not in rows.given or rows.entry is None:
        return {name.removeprefix("raw."): (record[places], rows.source_rows()[places])}
    found: dict[str, list[np.ndarray]] = {}
    for number, entry in enumerate(block.for_each):
        if isinstance(value := entry.get(name), Ref):
            found.setdefault(value[4:], []).append(places[rows.entry[places] == number])
    mine = {column: np.concatenate(pieces) for column, pieces in found.items()}
    return {column: (record[those], rows.source_rows()[those]) for column, those in mine.items()}


def _choose_rows(rows: BlockRows, block: Block, record: np.ndarray) -> np.ndarray:
    """The first or last row of each group in the order of some columns; missing values come first, as SAS sorts."""
    order = _sort_rows(rows, block, record)
    changes = np.flatnonzero(np.diff(record[order]) != 0) if len(order) else order
    if block.take == "last":
        return order[np.append(changes, len(order) - 1)] if len(order) else order
    return order[np.append(0, changes + 1)] if len(order) else order


def _sort_rows(rows: BlockRows, block: Block, record: np.ndarray) -> np.ndarray:
    """The rows by group, and within it in the order of some columns."""
    ranks = [rank_values(rows.column(name)) for name in reversed(block.order)]
    return np.lexsort([*ranks, record])


def _fold_column(series: pd.Series) -> pd.Series:
    if is_number(series):
        return series
    return map_distinct(series, lambda texts: text_column(fold(text) for text in texts))


def _merge(rows: BlockRows, block: Block, merge: Merge, dates: Callable[[pd.Series], pd.Series]) -> BlockRows:
    """Adjoining intervals of equal `by` become one; one with a partial or missing date, or reversed, stays alone.

    The other columns are those of the first interval, or as `columns` says.
    """
    groups = group_codes([rows.column(name) for name in merge.by], rows.length)
    start, end = (read_moments(dates(rows.column(name))).days for name in (merge.start, merge.end))
    whole = np.isfinite(start) & np.isfinite(end) & (start <= end)
    # Intervals that are not whole go behind the others, where they part no two that adjoin.
    order = np.lexsort((np.arange(rows.length), np.where(whole, start, np.inf), groups))
    # The furthest end so far decides, not the last one: intervals may lie inside each other.
    reach = pd.Series(end[order]).groupby(groups[order]).cummax().to_numpy()
    same_group = groups[order][1:] == groups[order][:-1]
    adjoins = same_group & (start[order][1:] <= reach[:-1] + 1) & whole[order][1:]
    record_sorted = np.concatenate([[0], np.cumsum(~adjoins)]) if rows.length else np.zeros(0, dtype=int)
    first = order[np.flatnonzero(np.concatenate([[True], ~adjoins]))] if rows.length else order
    last = _last_end(end[order], record_sorted, order)
    merged = _select(rows, first, record_sorted, order)
    ends = take_rows(rows.column(merge.end), last)
    record = np.empty(rows.length, dtype=np.int64)
    record[order] = record_sorted
    taken = _list_taken(rows, block, merge.end, record, last)
    if merge.end in merged.given:
        merged = replace(merged, given={**merged.given, merge.end: ends}, taken=taken)
    else:
        merged = replace(merged, replaced={merge.end.removeprefix("raw."): ends}, taken=taken)
    return merged if block.group else _take_columns(rows, block, merged, record, order, first, dates)


def _last_end(end: np.ndarray, record: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The row with the latest end of each record."""
    by_end = np.lexsort((np.nan_to_num(end, nan=-np.inf), record))
    closing = np.flatnonzero(np.diff(record[by_end], append=-1) != 0)
    return order[by_end[closing]]
