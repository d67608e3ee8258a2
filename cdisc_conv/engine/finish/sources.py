"""The sources of records that were made from records of another dataset, in the order that dataset ends up in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import IN_MEMORY, Shelf, load
from cdisc_conv.dataset import Dataset, Records

Places = Callable[[str], np.ndarray | None]
"""The final position (from 0) of the record that stood at each place of a dataset while it was made; None where the
sources count records as they end up already."""


def renumber_sources(dataset: Dataset, places: Places, shelf: Shelf = IN_MEMORY) -> Dataset:
    """The dataset with sources such as ``dataset TU`` counted as TU's transport file counts its records.

    The records that single values are from are put into one order. What is made anew goes to the shelf.
    """
    return replace(dataset, records=_renumber(dataset.records, places, shelf))


def _renumber(records: Records | None, places: Places, shelf: Shelf) -> Records | None:
    if records is None:
        return None
    before = load(records.frame)
    frame = _renumber_rows(before, places)
    if frame is not before:
        frame = frame.sort_values(["record", "row"], kind="stable", ignore_index=True)
    picked = None if records.picked is None else _sort_picked(_renumber_rows(load(records.picked), places))
    return Records(
        records.frame if frame is before else shelf.put(frame), None if picked is None else shelf.put(picked)
    )


def _sort_picked(picked: pd.DataFrame) -> pd.DataFrame:
    """By variable and record, and of a record in the order in which they were taken."""
    picked = picked.assign(**{name: _sort_categories(picked[name]) for name in ("variable", "source")})
    return picked.take(np.lexsort([picked["record"], picked["variable"].cat.codes])).reset_index(drop=True)


def _sort_categories(column: pd.Series) -> pd.Series:
    return column.cat.set_categories(sorted(column.cat.remove_unused_categories().cat.categories))


def _renumber_rows(frame: pd.DataFrame, places: Places) -> pd.DataFrame:
    rows = frame["row"].to_numpy()
    changed = False
    for source in frame["source"].cat.categories:
        place = places(source.removeprefix("dataset ")) if source.startswith("dataset ") else None
        if place is not None:
            mask = (frame["source"] == source).to_numpy(dtype=bool)
            rows = rows.copy()
            rows[mask] = place[rows[mask] - 1] + 1
            changed = True
    return frame.assign(row=rows) if changed else frame
