"""Finished datasets in ranges of subjects, for the rules that look no further than a subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from cdisc_conv.checks.tables import SUBJECT, Tables
from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf, Stored, divide, is_numeric
from cdisc_conv.dataset import Dataset

_NUMBERS = "#"
"""What stands before the name of the column that holds positions, in the file of a range."""

Part: TypeAlias = "np.ndarray | Stored"
"""The records of a range: their positions in the dataset, or a file of them with their positions."""


@dataclass(frozen=True)
class Ranges:
    """Datasets cut into ranges of subjects; those that have no subjects are whole in every range."""

    count: int = 1
    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)
    """The records of each range, by dataset."""

    def is_cut(self, dataset: Dataset) -> bool:
        """Whether the records of a dataset are those of subjects."""
        return dataset.name in self.parts

    def take(self, dataset: Dataset, number: int) -> tuple[Dataset, np.ndarray | None]:
        """A dataset in one range, and the numbers (from 1) of its records; None where it is whole."""
        if not self.is_cut(dataset):
            return dataset, None
        part = self.parts[dataset.name][number]
        if isinstance(part, Stored):
            positions = replace(part, prefix=_NUMBERS, chosen=("row",))["row"].to_numpy()
            return replace(dataset, frame=part.load()), positions + 1
        return replace(dataset, frame=_take(dataset.frame, part)), part + 1


WHOLE = Ranges()
"""One range with everything."""


def cut_datasets(datasets: Iterable[Dataset], count: int, shelf: Shelf = IN_MEMORY) -> Ranges:
    """Ranges of about equally many subjects, in the order of their identifiers.

    A dataset on disk whose subjects are not in that order is written anew on the shelf, a file for each range, so that
    no range reads the records of the others.
    """
    asked = [one for one in datasets if SUBJECT in one.frame and not is_numeric(one.frame, SUBJECT)]
    if count < 2 or not asked:
        return WHOLE
    bounds = _find_bounds(asked, count)
    return Ranges(len(bounds) + 1, {dataset.name: _cut(dataset.frame, bounds, shelf) for dataset in asked})


def split_tables(whole: Tables, ranges: Ranges) -> Iterator[Tables]:
    """The same datasets for one range of subjects after the other; those without subjects are in every range."""
    if ranges.count < 2:
        yield whole
        return
    for number in range(ranges.count):
        yield _take_range(whole, ranges, number)


def _find_bounds(datasets: Sequence[Dataset], count: int) -> list[str]:
    """The first subject of each range but the first."""
    names = sorted({name for dataset in datasets for name in dataset.frame[SUBJECT].unique()})
    found = dict.fromkeys(names[len(names) * number // count] for number in range(1, count)) if names else {}
    return [name for name in found if name > names[0]]


def _cut(frame: Frame, bounds: Sequence[str], shelf: Shelf) -> Sequence[Part]:
    """The records of each range."""
    found = find_distinct(frame[SUBJECT])
    places = np.searchsorted(np.array(bounds, dtype=object), found.values.to_numpy(dtype=object), side="right")
    numbers = places[found.codes]
    if isinstance(frame, Stored) and shelf.folder is not None and (np.diff(numbers) < 0).any():
        return _write_parts(frame, numbers, len(bounds) + 1, shelf)
    return [np.flatnonzero(numbers == number) for number in range(len(bounds) + 1)]


def _write_parts(frame: Stored, numbers: np.ndarray, count: int, shelf: Shelf) -> list[Stored]:
    """A dataset written anew, a file for each range."""
    pieces = divide(_number_records(frame), numbers, shelf.next_paths(count))
    return [Stored((piece,), chosen=tuple(map(str, frame.columns))) for piece in pieces]


def _number_records(frame: Stored) -> Iterator[Mapping[str, pd.DataFrame]]:
    start = 0
    for piece in frame.stream():
        positions = np.arange(start, start + len(piece), dtype="int64")
        yield {"": piece, _NUMBERS: pd.DataFrame({"row": positions})}
        start += len(piece)


def _take_range(whole: Tables, ranges: Ranges, number: int) -> Tables:
    taken = {table.name: ranges.take(table.dataset, number) for table in whole.all}
    tables = Tables(
        [taken[table.name][0] for table in whole.tables],
        whole.standard,
        whole.terminology,
        whole.created,
        whole.complete,
        [taken[table.name][0] for table in whole.beside],
        whole.declared,
        whole,
    )
    for table, of in zip(tables.all, whole.all, strict=True):
        table.whole = of
        numbers = taken[table.name][1]
        if numbers is not None:
            table.record_numbers = numbers
    return tables


def _take(frame: Frame, rows: np.ndarray) -> pd.DataFrame:
    """Some records; without a copy where they follow each other."""
    if isinstance(frame, Stored):
        return frame.take(rows)
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return frame.iloc[rows[0] : rows[-1] + 1].reset_index(drop=True)
    return frame.take(rows).reset_index(drop=True)
