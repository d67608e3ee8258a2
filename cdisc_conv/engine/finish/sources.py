"""The sources of records that were made from records of another dataset, in the order that dataset ends up in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf, Stored, divide, load, stream
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
    """A piece of the records has all rows of its records, which follow those of the piece before."""
    if records is None:
        return None
    moves = _find_moves(records.frame, places)
    frame = shelf.map(records.frame, partial(_renumber_records, moves=moves)) if moves else records.frame
    if records.picked is None:
        return Records(frame, None)
    return Records(frame, _sort_picked(records.picked, _find_moves(records.picked, places), shelf))


Moves = Mapping[str, np.ndarray]
"""Source (``dataset TU``) -> the final position of the record that stood at each place."""


def _find_moves(frame: Frame, places: Places) -> Moves:
    sources = dict.fromkeys(source for piece in stream(frame, ["source"]) for source in piece["source"].cat.categories)
    found = {name: places(name.removeprefix("dataset ")) for name in sources if name.startswith("dataset ")}
    return {name: place for name, place in found.items() if place is not None}


def _renumber_records(frame: pd.DataFrame, moves: Moves) -> pd.DataFrame:
    return _renumber_rows(frame, moves).sort_values(["record", "row"], kind="stable", ignore_index=True)


def _renumber_rows(frame: pd.DataFrame, moves: Moves) -> pd.DataFrame:
    rows = frame["row"].to_numpy().copy()
    for source, place in moves.items():
        mask = (frame["source"] == source).to_numpy(dtype=bool)
        rows[mask] = place[rows[mask] - 1] + 1
    return frame.assign(row=rows)


def _sort_picked(picked: Frame, moves: Moves, shelf: Shelf) -> Frame:
    """By variable and record, and of a record in the order in which they were taken.

    On disk, the lines of a variable are a piece: they come piece by piece, each with records that follow those before.
    """
    known = {name: _list_used(picked, name) for name in ("variable", "source")}

    def sort(piece: pd.DataFrame) -> pd.DataFrame:
        piece = _renumber_rows(piece, moves)
        piece = piece.assign(
            **{name: piece[name].cat.set_categories(pd.Index(texts, dtype=TEXT)) for name, texts in known.items()}
        )
        return piece.take(np.lexsort([piece["record"], piece["variable"].cat.codes])).reset_index(drop=True)

    if shelf.folder is None or not len(picked):
        return shelf.put_whole(sort(load(picked)))
    pieces = [shelf.put_whole(sort(piece)) for piece in stream(picked)]
    codes = [found["variable"].cat.codes.to_numpy() for piece in pieces for found in stream(piece, ["variable"])]
    tables = ({"": found} for piece in pieces for found in stream(piece))
    return Stored(tuple(divide(tables, np.concatenate(codes), shelf.next_paths(len(known["variable"])))))


def _list_used(frame: Frame, name: str) -> list[str]:
    """The texts of a column, in their order."""
    pieces = (piece[name].cat.remove_unused_categories().cat.categories for piece in stream(frame, [name]))
    return sorted({str(text) for texts in pieces for text in texts})
