"""The sources of records that were made from records of another dataset, in the order that dataset ends up in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Dataset, Records


def renumber_sources(datasets: Sequence[Dataset], places: Mapping[str, np.ndarray]) -> list[Dataset]:
    """The datasets with sources such as ``dataset TU`` counted as TU's transport file counts its records.

    While a dataset is made, its records stand in the order of its blocks; `places` gives for each dataset the final
    position (from 0) of the record that stood at each place then. A source dataset without an entry stays as it is.
    The records that single values are from are put into one order.
    """
    return [replace(dataset, records=_renumber(dataset.records, places)) for dataset in datasets]


def _renumber(records: Records | None, places: Mapping[str, np.ndarray]) -> Records | None:
    if records is None:
        return None
    frame = _renumber_rows(records.frame, places)
    if frame is not records.frame:
        frame = frame.sort_values(["record", "row"], kind="stable", ignore_index=True)
    return Records(frame, None if records.picked is None else _sort_picked(_renumber_rows(records.picked, places)))


def _sort_picked(picked: pd.DataFrame) -> pd.DataFrame:
    """By variable and record, and of a record in the order in which they were taken."""
    picked = picked.assign(**{name: _sort_categories(picked[name]) for name in ("variable", "source")})
    return picked.take(np.lexsort([picked["record"], picked["variable"].cat.codes])).reset_index(drop=True)


def _sort_categories(column: pd.Series) -> pd.Series:
    return column.cat.set_categories(sorted(column.cat.remove_unused_categories().cat.categories))


def _renumber_rows(frame: pd.DataFrame, places: Mapping[str, np.ndarray]) -> pd.DataFrame:
    known = [f"dataset {name}" for name in places]
    if not set(frame["source"].cat.categories) & set(known):
        return frame
    rows = frame["row"].to_numpy().copy()
    for name, place in places.items():
        mask = (frame["source"] == f"dataset {name}").to_numpy(dtype=bool)
        rows[mask] = place[rows[mask] - 1] + 1
    return frame.assign(row=rows)
