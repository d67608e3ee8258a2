"""Tables on disk, in Arrow files that follow each other: a column is in memory only while somebody works on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import TEXT, from_arrow, to_arrow

_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True)
class Piece:
    """A file, and how many records of the table are in it."""

    path: Path
    length: int


@dataclass(frozen=True)
class Stored:
    """A table in files, each with some of its records; it is asked like a frame.

    ``table["AVAL"]`` is one column of all records and ``table[["AVAL", "AVALC"]]`` a frame of some; nothing of them
    stays here. `stream` goes over the files one by one, so that only the records of one are in memory.
    """

    pieces: tuple[Piece, ...]
    prefix: str = ""
    """What the names of its columns begin with in the files, which may hold other tables beside it."""

    @cached_property
    def columns(self) -> pd.Index:
        """The names of the columns, in their order."""
        names = [name.removeprefix(self.prefix) for name in self._fields if name.startswith(self.prefix)]
        return pd.Index(names, dtype=TEXT)

    @cached_property
    def _fields(self) -> list[str]:
        return list(_read_schema(self.pieces[0].path).names)

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
        found = stack_tables([_read(piece, self._names(names)) for piece in self.pieces])
        columns = {name: _to_series(found[self.prefix + name], name) for name in names}
        if isinstance(asked, str):
            return columns[asked]
        return pd.DataFrame(columns, pd.RangeIndex(len(self)), copy=False)

    def load(self) -> pd.DataFrame:
        """All records with all columns."""
        return self[list(self.columns)]

    def stream(self, names: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
        """The records of one file after the other, with all columns or some."""
        for piece in self.pieces:
            one = Stored((piece,), self.prefix)
            yield one.load() if names is None else one[list(names)]

    def _names(self, names: Sequence[str]) -> list[str]:
        return [self.prefix + name for name in names]


def write_tables(path: Path, tables: Mapping[str, pd.DataFrame]) -> Piece:
    """Tables of the same records in a new file, each under a prefix for the names of its columns."""
    columns = {prefix + str(name): table[name] for prefix, table in tables.items() for name in table}
    length = len(next(iter(tables.values())))
    batch = pa.record_batch({name: _to_array(series) for name, series in columns.items()})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema, options=_OPTIONS) as writer:
        writer.write_batch(batch)
    return Piece(path, length)


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
