"""The rows of a study on disk, range by range: written while tables are read once, and read where a range is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.columns.memory import release_memory
from cdisc_conv.columns.stored import Frame, Piece, Shelf, Stored, divide, load, stream
from cdisc_conv.engine.derive.known import Known
from cdisc_conv.engine.ranges.kept import keep_range
from cdisc_conv.engine.ranges.range import DeriveRange, Rows
from cdisc_conv.engine.ranges.split import Split
from cdisc_conv.engine.workers.parcels import pack, unpack
from cdisc_conv.spec.model import Study
from cdisc_conv.tables import TableId

_ROWS, _NUMBERS = "row ", "number "


@dataclass(frozen=True)
class SpreadRows:
    """Where the rows of a range are, and where its result goes."""

    forms: Mapping[str, Frame]
    given: Mapping[str, Frame]
    numbers: Mapping[TableId, Stored]
    """The number of each row in its file, as the column ``number``."""
    known: Path
    """The file of what was made before."""
    repeated: frozenset[TableId]
    is_first: bool
    name: str
    result: Path

    def load(self, study: Study) -> Rows:
        """The rows in memory."""
        known: Known = unpack(self.known.read_bytes(), study.datasets)
        return Rows(
            {name: load(frame) for name, frame in self.forms.items()},
            {name: load(frame) for name, frame in self.given.items()},
            {table: stored["number"].to_numpy() for table, stored in self.numbers.items()},
            known,
            self.repeated,
            self.is_first,
            self.name,
        )


@dataclass(frozen=True)
class KeepRange:
    """`DeriveRange` from disk to disk."""

    derive: DeriveRange

    @property
    def study(self) -> Study:
        """The study whose range it is."""
        return self.derive.study

    def __call__(self, rows: SpreadRows, /) -> Path:
        """Make the records and facts of a range, and keep them in the folder that comes back."""
        keep_range(self.derive(rows.load(self.study)), rows.result)
        release_memory()
        return rows.result


def spread_rows(
    rows: Rows, split: Split, know: Callable[[int], Known], repeated: frozenset[TableId], shelf: Shelf
) -> Callable[[int], SpreadRows]:
    """Write the rows of every range to the shelf, which has a folder; the rows of a range by its number.

    Tables that are in no range are there once and belong to every range; `know` gives what was made before.
    """
    pieces = {
        table: _divide_table(_find(rows, table), ranges, split.count, shelf) for table, ranges in split.ranges.items()
    }
    whole = {table: _put(frame, shelf) for table, frame in _list_tables(rows) if table not in pieces}

    def take(number: int) -> SpreadRows:
        tables = {table: Stored((found[number],), _ROWS) for table, found in pieces.items()} | whole
        known = shelf.next_path()
        known.write_bytes(pack(know(number)))
        return SpreadRows(
            {name: tables[TableId.of_form(name)] for name in rows.forms},
            {name: tables[TableId(name)] for name in rows.given},
            {table: Stored((found[number],), _NUMBERS) for table, found in pieces.items()},
            known,
            repeated,
            number == 0,
            f"{number + 1}-{split.count}",
            shelf.next_path().with_suffix(""),
        )

    return take


def _list_tables(rows: Rows) -> Iterator[tuple[TableId, Frame]]:
    for name, frame in rows.forms.items():
        yield TableId.of_form(name), frame
    for name, frame in rows.given.items():
        yield TableId(name), frame


def _find(rows: Rows, table: TableId) -> Frame:
    return rows.forms[table.name] if table.is_form else rows.given[table]


def _put(frame: Frame, shelf: Shelf) -> Frame:
    return frame if isinstance(frame, Stored) else shelf.put(frame)


def _divide_table(frame: Frame, ranges: np.ndarray, count: int, shelf: Shelf) -> list[Piece]:
    """The rows of a table by range, each with its number in the file."""
    return divide(_number_rows(frame), ranges, shelf.next_paths(count))


def _number_rows(frame: Frame) -> Iterator[dict[str, pd.DataFrame]]:
    start = 1
    for piece in stream(frame):
        numbers = pd.DataFrame({"number": np.arange(start, start + len(piece))})
        yield {_ROWS: piece, _NUMBERS: numbers}
        start += len(piece)
