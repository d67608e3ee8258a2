"""What became of the rows of one source: a raw form, or a dataset that is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.rows import group_codes
from cdisc_conv.engine.account.lines import Account, Line, count_rows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.expr import texts_compared
from cdisc_conv.tables import ColumnRef

Masks = dict[str, np.ndarray]
"""Name -> one truth value per row of the source."""

Lookups = Mapping[str, tuple[np.ndarray, np.ndarray]]
"""Variable that looks something up in the source -> for each row whether it asks for it, and whether it matches."""


@dataclass
class SourceRows:
    """The rows of a source, and what datasets make of them."""

    name: str
    source: str
    """``form ae`` or ``dataset DS``, as blocks call it."""
    length: int
    used: Masks = field(default_factory=dict)
    """Dataset -> the rows behind its records."""
    excluded: dict[str, Masks] = field(default_factory=dict)
    """Dataset -> condition -> the rows that it leaves out of one block at least."""
    blank: dict[str, Masks] = field(default_factory=dict)
    """Dataset -> column -> the rows that no block takes although it is only the column's missing value that decides."""

    def used_by_any(self, datasets: Iterable[str]) -> np.ndarray:
        """The rows that any of some datasets uses."""
        return any_of([self.used[name] for name in datasets if name in self.used], self.length)

    def name_exclusions(self, datasets: Iterable[str]) -> Masks:
        """The rows that the conditions of some datasets leave out: ``AE: not (AEYN == "Y")``."""
        return {
            f"{dataset}: {condition}": mask
            for dataset in datasets
            for condition, mask in self.excluded.get(dataset, {}).items()
        }


def find_rows(state: State, name: str, source: str, length: int) -> SourceRows:
    """What the datasets of a run make of the rows of a source."""
    rows = SourceRows(name, source, length)
    for (dataset, _), block in state.blocks.items():
        if block.source != source:
            continue
        rows.used.setdefault(dataset, np.zeros(length, dtype=bool))[block.origins()[1]] = True
        for condition, left_out in block.excluded.items():
            masks = rows.excluded.setdefault(dataset, {})
            masks.setdefault(f"not ({condition})", np.zeros(length, dtype=bool))[left_out] = True
    for dataset in rows.used:
        rows.blank[dataset] = _find_blank_gates(state, rows, dataset)
    return rows


def _find_blank_gates(state: State, rows: SourceRows, dataset: str) -> Masks:
    """Of the rows that a dataset does not use, those that each of its blocks passes over for a missing value.

    A missing value meets no comparison, so ``EXOCCUR == "Y"`` leaves the row out, although nobody said that it should
    be. Each block names its first column that is missing; the row counts for the first of them.
    """
    left = ~rows.used[dataset]
    first: Masks = {}
    for number, block in enumerate(state.study.datasets[dataset].blocks):
        if str(block.source) != rows.source or not left.any():
            continue
        if block.where is None or (dataset, number) not in state.blocks:
            return {}
        here = np.zeros(rows.length, dtype=bool)
        for ref in texts_compared(block.where):
            column = ref.removeprefix("raw.")
            if column in block.given_names:
                continue
            values = state.column(block.source.table, column)
            if values.dtype == TEXT:
                blank = left & (values == "").to_numpy()
                first.setdefault(column, np.zeros(rows.length, dtype=bool))[blank & ~here] = True
                here |= blank
        left &= here
    seen = np.zeros(rows.length, dtype=bool)
    result: Masks = {}
    for column, mask in first.items():
        mine = mask & left & ~seen
        seen |= mine
        if mine.any():
            result[column] = mine
    return result


def list_dataset_lines(rows: SourceRows, lost: Mapping[str, Masks], lookups: Lookups) -> Iterator[Line]:
    """What became of the rows in each dataset; the lines of a dataset add up to its rows read.

    `lost` are rows that matter and were left out for a missing value, `lookups` count for a dataset that makes no
    records of the source.
    """
    everything = np.arange(rows.length)
    for dataset, used in rows.used.items():
        yield Line(rows.name, dataset, "", Account.READ, "", count_rows(everything))
        if used.any():
            yield Line(rows.name, dataset, "", Account.USED, "", count_rows(np.flatnonzero(used)))
        rest = ~used
        for column, mask in lost.get(dataset, {}).items():
            yield Line(rows.name, dataset, "", Account.LOST, f"{column} is blank", count_rows(np.flatnonzero(mask)))
            rest = rest & ~mask
        excluded = rows.excluded.get(dataset, {})
        reached = any_of(excluded.values(), rows.length)
        yield from count_combinations(rows.name, dataset, Account.EXCLUDED, excluded, rest & reached)
        if (rest & ~reached).any():
            yield Line(rows.name, dataset, "", Account.NOT_READ, "", count_rows(np.flatnonzero(rest & ~reached)))
    for dataset in dict.fromkeys(map(name_dataset, lookups)):
        if dataset not in rows.used:
            yield Line(rows.name, dataset, "", Account.READ, "", count_rows(everything))
            own = {reader: masks for reader, masks in lookups.items() if name_dataset(reader) == dataset}
            yield from list_lookup_lines(rows, dataset, own, np.ones(rows.length, dtype=bool))


def list_lookup_lines(rows: SourceRows, dataset: str, lookups: Lookups, among: np.ndarray) -> Iterator[Line]:
    """What look-ups make of some rows: looked up where one matches, else not matched where one asks, else excluded."""
    by = "; ".join(lookups)
    matched = any_of((found for _, found in lookups.values()), rows.length)
    asked = any_of((asked for asked, _ in lookups.values()), rows.length)
    for account, mask in (
        (Account.LOOKED_UP, matched),
        (Account.NOT_MATCHED, asked & ~matched),
        (Account.EXCLUDED, ~asked & ~matched),
    ):
        if (mask & among).any():
            why = f"condition of {by}" if account is Account.EXCLUDED else by
            yield Line(rows.name, dataset, "", account, why, count_rows(np.flatnonzero(mask & among)))


def name_dataset(reader: str) -> str:
    """The dataset of a node of the plan, by its name: AE for ``records of AE`` and ``AE.AETERM``."""
    return ColumnRef(reader.removeprefix("records of ")).table


def any_of(masks: Iterable[np.ndarray], length: int) -> np.ndarray:
    """Which rows any of the masks has."""
    result = np.zeros(length, dtype=bool)
    for mask in masks:
        result |= mask
    return result


def find_combinations(masks: Mapping[str, np.ndarray], among: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Each combination of masks that occurs among some rows, by the names of the masks, with its rows."""
    rows = np.flatnonzero(among)
    codes = group_codes([pd.Series(mask[rows]) for mask in masks.values()], len(rows))
    found = []
    for code in np.unique(codes):
        mine = rows[codes == code]
        found.append(("; ".join(name for name, mask in masks.items() if mask[mine[0]]), mine))
    return sorted(found, key=lambda item: item[0])


def count_combinations(
    form: str, dataset: str, account: Account, masks: Mapping[str, np.ndarray], among: np.ndarray
) -> list[Line]:
    """One line per combination of masks that occurs among some rows."""
    return [Line(form, dataset, "", account, by, count_rows(rows)) for by, rows in find_combinations(masks, among)]
