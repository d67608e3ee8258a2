"""Which cells of the raw forms a run made use of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.derive.effects import Effects
from cdisc_conv.spec.model import Block


class Reads:
    """One mark per cell of the columns of raw forms that something read."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], np.ndarray] = {}
        self.effects: Effects | None = None
        """Where what a variable reads is written down while it is made."""

    def mark(self, form: str, column: str, length: int, rows: np.ndarray | None = None) -> None:
        """The values of a column in some rows (0-based), or in all, are used; the form has `length` rows."""
        marks = self._marks.setdefault((form, column), np.zeros(length, dtype=bool))
        marks[slice(None) if rows is None else rows] = True
        if self.effects is not None:
            self.effects.note_read(form, column, rows)

    @property
    def all(self) -> Mapping[tuple[str, str], np.ndarray]:
        """Form and column -> which rows were used, of every column that something read."""
        return self._marks

    def of(self, form: str, column: str, length: int) -> np.ndarray:
        """Which rows of a column were used."""
        return self._marks.get((form, column), np.zeros(length, dtype=bool))


def find_source_rows(rows: BlockRows, picked: np.ndarray) -> np.ndarray | None:
    """The source rows behind some records of a block (`picked`: one truth value each); None for all in the source."""
    if rows.origin_record is None or rows.origin_row is None:
        if picked.all() and rows.take is None:
            return None
        return np.asarray(rows.source_rows()[picked])
    return np.asarray(rows.origin_row[picked[rows.origin_record]])


def find_given_rows(
    block: Block, rows: BlockRows, name: str, picked: np.ndarray
) -> Iterator[tuple[str, np.ndarray | None]]:
    """The columns of the source that ``for_each`` puts under a name, each with the source rows it is used in.

    Of the records that an entry made, the entry's own column counts.
    """
    for number, entry in enumerate(block.for_each):
        value = entry.get(name)
        if isinstance(value, Ref):
            yield value.removeprefix("raw."), _find_entry_rows(rows, number, picked)


def _find_entry_rows(rows: BlockRows, entry: int, picked: np.ndarray) -> np.ndarray | None:
    if rows.entry is None:
        return find_source_rows(rows, picked)
    if rows.origin_record is None or rows.origin_row is None:
        return find_source_rows(rows, picked & (rows.entry == entry))
    return np.asarray(rows.origin_row[picked[rows.origin_record] & (rows.origin_entry == entry)])
