"""Finished datasets in ranges of subjects, for the rules that look no further than a subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.checks.tables import SUBJECT, Table, Tables
from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.stored import Frame, Stored
from cdisc_conv.dataset import Dataset


def split_tables(whole: Tables, count: int) -> Iterator[Tables]:
    """The same datasets for one range of subjects after the other; those without subjects are in every range.

    Ranges are about equally many subjects in the order of their identifiers. One range is the whole.
    """
    if count < 2:
        yield whole
        return
    bounds = _find_bounds(whole, count)
    rows = {table.name: _find_rows(table, bounds) for table in whole.all if SUBJECT in table.frame}
    for number in range(len(bounds) + 1):
        yield _take_range(whole, {name: found[number] for name, found in rows.items()})


def is_of_subjects(table: Table) -> bool:
    """Whether the records of a dataset are those of subjects."""
    return SUBJECT in table.frame


def _find_bounds(whole: Tables, count: int) -> list[str]:
    """The first subject of each range but the first."""
    names = sorted({name for table in whole.all if SUBJECT in table.frame for name in table.frame[SUBJECT].unique()})
    return [names[len(names) * number // count] for number in range(1, count)] if names else []


def _find_rows(table: Table, bounds: Sequence[str]) -> list[np.ndarray]:
    """The positions of the records of each range."""
    found = find_distinct(table.frame[SUBJECT])
    ranges = np.searchsorted(np.array(bounds, dtype=object), found.values.to_numpy(dtype=object), side="right")
    of_record = ranges[found.codes]
    return [np.flatnonzero(of_record == number) for number in range(len(bounds) + 1)]


def _take_range(whole: Tables, rows: dict[str, np.ndarray]) -> Tables:
    def take(table: Table) -> Dataset:
        if table.name not in rows:
            return table.dataset
        return replace(table.dataset, frame=_take(table.frame, rows[table.name]))

    tables = Tables(
        [take(table) for table in whole.tables],
        whole.standard,
        whole.terminology,
        whole.created,
        whole.complete,
        [take(table) for table in whole.beside],
        whole.declared,
        whole,
    )
    for table, of in zip(tables.all, whole.all, strict=True):
        table.whole = of
        if table.name in rows:
            table.record_numbers = rows[table.name] + 1
    return tables


def _take(frame: Frame, rows: np.ndarray) -> pd.DataFrame:
    """Some records; without a copy where they follow each other."""
    if isinstance(frame, Stored):
        return frame.take(rows)
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return frame.iloc[rows[0] : rows[-1] + 1].reset_index(drop=True)
    return frame.take(rows).reset_index(drop=True)
