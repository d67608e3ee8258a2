"""Tables on disk, in Arrow files that follow each other: a column is in memory only while somebody works on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias, overload

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import TEXT, from_arrow, to_arrow
from cdisc_conv.columns.rows import spread

_MOST_RECORDS = 100_000
"""Of a table that is put on a shelf in one piece, the most that a file has."""
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True)
class Piece:
    """A file, and how many records of the table are in it."""

    path: Path
    length: int


Edit: TypeAlias = "Callable[[pd.Series], pd.Series]"
"""A new value for each value of a column, which depends on that alone."""


@dataclass(frozen=True)
class Stored:
    """A table in files, each with some of its records; it is asked like a frame.

    ``table["AVAL"]`` is one column of all records and ``table[["AVAL", "AVALC"]]`` a frame of some; nothing of them
    stays here. `stream` goes over the files one by one, so that only the records of one are in memory.
    """

    pieces: tuple[Piece, ...]
    prefix: str = ""
    """What the names of its columns begin with in the files, which may hold other tables beside it."""
    chosen: tuple[str, ...] | None = None
    """The columns that it has, where that are not all of the files."""
    blank: tuple[str, ...] = ()
    """Columns behind these that are in no file, and have a blank text everywhere."""
    edits: tuple[tuple[str, Edit], ...] = ()
    """What becomes of columns when they are read, value by value."""

    @cached_property
    def columns(self) -> pd.Index:
        """The names of the columns, in their order."""
        return pd.Index([*self._filed, *self.blank], dtype=TEXT)

    @cached_property
    def _filed(self) -> tuple[str, ...]:
        if self.chosen is not None:
            return self.chosen
        names = self._schema.names
        return tuple(name.removeprefix(self.prefix) for name in names if name.startswith(self.prefix))

    @cached_property
    def _schema(self) -> pa.Schema:
        return _read_schema(self.pieces[0].path)

    def is_numeric(self, name: str) -> bool:
        """Whether a column holds numbers."""
        if name in self.blank:
            return False
        kind = self._schema.field(self.prefix + name).type
        return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))

    def __len__(self) -> int:
        return sum(piece.length for piece in self.pieces)

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    @overload
    def __getitem__(self, asked: str) -> pd.Series: ...

    @overload
    def __getitem__(self, asked: list[str]) -> pd.DataFrame: ...

    def __getitem__(self, asked: str | list[str]) -> pd.Series | pd.DataFrame:
        names = [asked] if isinstance(asked, str) else asked
        if lacking := [name for name in names if name not in self.columns]:
            raise KeyError(lacking[0])
        filed = [self.prefix + name for name in names if name not in self.blank]
        found = stack_tables([_read(piece, filed) for piece in self.pieces])
        columns = {
            name: spread("", len(self)).rename(name)
            if name in self.blank
            else _to_series(found[self.prefix + name], name)
            for name in names
        }
        columns |= {name: edit(columns[name]).rename(name) for name, edit in self.edits if name in columns}
        if isinstance(asked, str):
            return columns[asked]
        return pd.DataFrame(columns, pd.RangeIndex(len(self)), copy=False)

    def items(self) -> Iterator[tuple[str, pd.Series]]:
        """Each column with its name, one in memory at a time."""
        for name in self.columns:
            yield name, self[name]

    def select(self, names: Sequence[str]) -> Stored:
        """The table with some of its columns."""
        return replace(self, chosen=tuple(name for name in names if name not in self.blank))

    def with_blank(self, names: Iterable[str]) -> Stored:
        """The table with further columns, blank everywhere."""
        return replace(self, blank=(*self.blank, *names))

    def load(self) -> pd.DataFrame:
        """All records with all columns."""
        return self[list(self.columns)]

    def stream(self, names: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """The records of one file after the other, with all columns or some."""
        for piece in self.pieces:
            one = replace(self, pieces=(piece,))
            yield one.load() if names is None else one[list(names)]

    def take(self, rows: np.ndarray) -> pd.DataFrame:
        """The records at some positions, which ascend."""
        found, before = [], 0
        for number, piece in enumerate(self.pieces):
            first, last = np.searchsorted(rows, [before, before + piece.length])
            if first < last or not number:
                frame = replace(self, pieces=(piece,)).load()
                mine = rows[first:last] - before
                found.append(frame if len(mine) == len(frame) else frame.take(mine))
            before += piece.length
        return found[0].reset_index(drop=True) if len(found) == 1 else pd.concat(found, ignore_index=True)

    def slice(self, start: int, stop: int) -> Iterator[pd.DataFrame]:
        """Records `start` to `stop` (from 0), those of one file after the other; always one frame at least."""
        before = 0
        for number, piece in enumerate(self.pieces):
            first, last = max(start - before, 0), min(stop - before, piece.length)
            if first < last or not number:
                yield replace(self, pieces=(piece,)).load().iloc[first : max(first, last)]
            before += piece.length


Frame: TypeAlias = "pd.DataFrame | Stored"
"""A table in memory or on disk: ``frame["AVAL"]``, ``frame[["AVAL"]]``, ``"AVAL" in frame``, `columns` and `len`."""


def stream(frame: Frame, names: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """The records of a table in pieces that follow each other, with all columns or some; of a frame as a whole."""
    if isinstance(frame, Stored):
        yield from frame.stream(names)
    else:
        yield frame if names is None else frame[list(names)]


def is_numeric(frame: Frame, name: str) -> bool:
    """Whether a column holds numbers, which is known without reading it."""
    return frame.is_numeric(name) if isinstance(frame, Stored) else pd.api.types.is_numeric_dtype(frame[name].dtype)


def count_pieces(frame: Frame) -> int:
    """In how many pieces `stream` gives the table."""
    return len(frame.pieces) if isinstance(frame, Stored) else 1


def take(frame: Frame, rows: np.ndarray) -> pd.DataFrame:
    """The records at some positions, which ascend."""
    return frame.take(rows) if isinstance(frame, Stored) else frame.take(rows).reset_index(drop=True)


def slice_rows(frame: Frame, start: int, stop: int) -> Iterator[pd.DataFrame]:
    """Records `start` to `stop` (from 0) of a table, in pieces that follow each other."""
    if isinstance(frame, Stored):
        yield from frame.slice(start, stop)
    else:
        yield frame.iloc[start:stop]


def edit(frame: Frame, edits: Mapping[str, Edit]) -> Frame:
    """The table with other values in some columns."""
    if isinstance(frame, Stored):
        return replace(frame, edits=(*frame.edits, *edits.items()))
    return frame.assign(**{name: change(frame[name]) for name, change in edits.items()})


def load(frame: Frame) -> pd.DataFrame:
    """The whole table in memory."""
    return frame.load() if isinstance(frame, Stored) else frame


def stack(frames: Sequence[Frame]) -> Frame:
    """Tables of the same columns under each other."""
    stored = [frame for frame in frames if isinstance(frame, Stored)]
    if len(stored) == len(frames):
        return replace(stored[0], pieces=tuple(piece for one in stored for piece in one.pieces))
    return load(frames[0]) if len(frames) == 1 else pd.concat([load(frame) for frame in frames], ignore_index=True)


def select(frame: Frame, names: Sequence[str]) -> Frame:
    """The table with some of its columns."""
    return frame.select(names) if isinstance(frame, Stored) else frame[list(names)]


@dataclass(frozen=True)
class Shelf:
    """A folder for tables that would fill the memory; without one they stay there."""

    folder: Path | None = None

    def part(self, name: str) -> Shelf:
        """A shelf in a new folder on this one."""
        assert self.folder is not None
        (self.folder / name).mkdir()
        return Shelf(self.folder / name)

    @cached_property
    def _numbers(self) -> Iterator[int]:
        return count(1)

    def next_path(self) -> Path:
        """The path of a file that is not there yet."""
        assert self.folder is not None
        return self.folder / f"{next(self._numbers)}.arrow"

    def next_paths(self, count: int) -> list[Path]:
        """Several of them."""
        return [self.next_path() for _ in range(count)]

    def put(self, frame: pd.DataFrame) -> Frame:
        """The same table, on disk where there is a folder."""
        return frame if self.folder is None else self.write(frame)

    def write(self, frame: pd.DataFrame) -> Stored:
        """The same table on disk, in pieces that find room beside others."""
        starts = range(0, max(1, len(frame)), _MOST_RECORDS)
        pieces = [frame.iloc[start : start + _MOST_RECORDS] for start in starts]
        return Stored(tuple(write_tables(self.next_path(), {"": piece}) for piece in pieces))

    def put_whole(self, frame: pd.DataFrame) -> Frame:
        """The same table, in one piece."""
        return frame if self.folder is None else Stored((write_tables(self.next_path(), {"": frame}),))

    def map(self, frame: Frame, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Frame:
        """What becomes of each piece of a table, which is a piece of the new one."""
        if not isinstance(frame, Stored):
            return self.put_whole(change(frame))
        return stack([self.put_whole(change(piece)) for piece in frame.stream()])

    def gather(self, frames: Iterable[pd.DataFrame]) -> Frame:
        """Tables of the same columns under each other, one at least; where there is a folder, one is in memory."""
        if self.folder is None:
            held = list(frames)
            return held[0] if len(held) == 1 else pd.concat(held, ignore_index=True)
        pieces: list[Piece] = []
        given = iter(frames)
        first: pd.DataFrame | None = next(given)
        while first is not None:
            path = self.next_path()
            with TableWriter(path) as writer:
                writer.write({"": first})
                first = next(given, None)
                while first is not None and writer.length + len(first) <= _MOST_RECORDS:
                    writer.write({"": first})
                    first = next(given, None)
            pieces.append(Piece(path, writer.length))
        return Stored(tuple(pieces))

    def assign(self, frame: Frame, columns: Mapping[str, pd.Series]) -> Frame:
        """The table with other columns, or with these instead."""
        if not columns:
            return frame
        return self.gather(_assign(frame, columns))


def _assign(frame: Frame, columns: Mapping[str, pd.Series]) -> Iterator[pd.DataFrame]:
    start = 0
    for piece in stream(frame):
        stop = start + len(piece)
        yield piece.assign(**{name: column.iloc[start:stop].set_axis(piece.index) for name, column in columns.items()})
        start = stop


IN_MEMORY = Shelf()


def write_tables(path: Path, tables: Mapping[str, pd.DataFrame]) -> Piece:
    """Tables of the same records in a new file, each under a prefix for the names of its columns."""
    with TableWriter(path) as writer:
        writer.write(tables)
    return Piece(path, writer.length)


class TableWriter:
    """Writes tables of the same records into a new file, some of their records at a time."""

    def __init__(self, path: Path) -> None:
        self.length = 0
        self._path = path
        self._open = ExitStack()
        self._writer: Any = None

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open.__exit__(kind, error, trace)

    def write(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Add records of the tables, each under a prefix for the names of its columns."""
        columns = {prefix + str(name): table[name] for prefix, table in tables.items() for name in table}
        batch = pa.record_batch({name: _to_array(series) for name, series in columns.items()})
        if self._writer is None:
            file = self._open.enter_context(pa.OSFile(str(self._path), "wb"))
            self._writer = self._open.enter_context(pa.ipc.new_file(file, batch.schema, options=_OPTIONS))
        self._writer.write_batch(batch)
        self.length += len(next(iter(tables.values())))


def divide(pieces: Iterable[Mapping[str, pd.DataFrame]], numbers: np.ndarray, paths: Sequence[Path]) -> list[Piece]:
    """Records to files: `numbers` has the file of each record, and `pieces` are the tables of some records at a time.

    The records of a file stand in the order in which they come. A file without records has the columns.
    """
    start = 0
    with ExitStack() as stack:
        writers = [stack.enter_context(TableWriter(path)) for path in paths]
        for number, tables in enumerate(pieces):
            length = len(next(iter(tables.values())))
            mine = numbers[start : start + length]
            order = np.argsort(mine, kind="stable")
            ends = np.searchsorted(mine[order], np.arange(len(paths) + 1))
            for place, writer in enumerate(writers):
                rows = order[ends[place] : ends[place + 1]]
                if len(rows) or not number:
                    writer.write({prefix: table.take(rows) for prefix, table in tables.items()})
            start += length
    return [Piece(path, writer.length) for path, writer in zip(paths, writers, strict=True)]


def stack_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables under each other; columns of few texts have them all, in the order in which they come."""
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables).unify_dictionaries()


def _read_schema(path: Path) -> pa.Schema:
    with pa.OSFile(str(path), "rb") as file:
        return pa.ipc.open_file(file).schema


def _read(piece: Piece, names: Sequence[str]) -> pa.Table:
    with pa.OSFile(str(piece.path), "rb") as file:
        places = pa.ipc.open_file(file).schema
        options = pa.ipc.IpcReadOptions(included_fields=sorted(places.get_field_index(name) for name in names))
        return pa.ipc.open_file(file, options=options).read_all()


def _to_array(series: pd.Series) -> Any:
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = series.cat.codes.to_numpy().astype("int32")
        texts = to_arrow(pd.Series(series.cat.categories))
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)
    return to_arrow(series) if series.dtype == TEXT else pa.array(series.to_numpy())


def _to_series(column: Any, name: str) -> pd.Series:
    """A column of a file as it was written."""
    if pa.types.is_dictionary(column.type):
        whole = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
        texts = pd.Index(from_arrow(whole.dictionary), dtype=TEXT)
        return pd.Series(pd.Categorical.from_codes(pc.fill_null(whole.indices, -1).to_numpy(), texts), name=name)
    if pa.types.is_large_string(column.type):
        return from_arrow(column).rename(name)
    return pd.Series(column.to_numpy(), name=name)
