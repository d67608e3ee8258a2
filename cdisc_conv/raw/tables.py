"""What a source is to the rest: files that hold tables, and tables that yield batches of rows.

    Reader.recognises(head, name)   is this file one of mine?
    Reader.open(file)               a `Container`: a file that is open, and the names of the tables in it
    Container.table(source, ...)    a `RawTable`: its header, before any row is read
    RawTable.read(places)           the rows in batches, in the order of the file

Every value is text as the file has it, "" for an empty one; typed formats write numbers and dates in one way
(`cdisc_conv.raw.shaping.values`). Where nothing sensible can be read, readers raise ProblemsError with every problem
known by then.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from cdisc_conv.columns.distinct import hold_text
from cdisc_conv.problems import Problem
from cdisc_conv.raw.source import FormSource, Reporter

TEXT = pa.large_string()
BATCH_ROWS = 50_000


def to_series(text: pa.Array) -> pd.Series:
    """An array of `TEXT` as a column, ``str`` dtype, without a copy."""
    return hold_text(text)


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Some rows of a table.

    `values` has one column of text (`TEXT`, without nulls) per place asked for, in that order; their names do
    not matter. `rows` are the numbers of the rows in the file, from 1, rising.
    """

    values: pa.RecordBatch
    rows: NDArray[np.int64]

    def select(self, columns: int, rows: int | None = None) -> RawBatch:
        """The first columns and rows."""
        kept = self.values.select(range(columns))
        return RawBatch(kept if rows is None else kept.slice(0, rows), self.rows[:rows])


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells whether a file is the same: its size in bytes and its SHA-256."""

    size: int
    sha256: str


def fingerprint_file(path: Path) -> Fingerprint:
    """The fingerprint of a file, from all of its bytes. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Fingerprint(file.tell(), digest.hexdigest())


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file to open. `shown` is what people call it: ``raw/ae.csv``, ``raw/export.zip/ae.csv``."""

    path: Path
    shown: str
    metadata: tuple[Path, ...] = ()
    """Files beside it that say more of it: a SAS format catalogue, the metadata of an ODM file."""
    described: tuple[Path, ...] = ()
    """Files kept with the study that may describe it: the EDC's dictionary, where that is ODM."""

    def head(self, size: int = 4096) -> bytes:
        """The first bytes."""
        with self.path.open("rb") as file:
            return file.read(size)


class RawTable(ABC):
    """One table of a container: the rows of a form.

    `header` are the names of the columns in the order of the file, without blanks around them; `labels` and `values`
    (code -> words, by column) are what the file itself says of them.
    """

    header: Sequence[str]
    labels: Mapping[str, str] = {}
    values: Mapping[str, Mapping[str, str]] = {}
    problems: Sequence[Problem] = ()
    """What is wrong so far; all that is, once the batches have been read to their end."""

    @abstractmethod
    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        """The columns at these places of the header (from 0), in batches. Read once, to the end."""

    def find_lines(self, rows: Collection[int]) -> Mapping[int, int]:
        """The line of the file on which each of these rows begins, where the file has lines."""
        return {}

    def fingerprint(self) -> Fingerprint | None:
        """Of the whole file, once the batches have been read, where it was read from its first byte to its last."""
        return None


class Container(ABC):
    """An open file. `tables` are the names of the tables in it; a file that is one nameless table has [""].

    `holds_files`: its tables are those of files in it, and so are their fingerprints.
    """

    tables: Sequence[str] = ("",)
    holds_files: bool = False

    @abstractmethod
    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        """One of the tables, as the source says it is written."""

    def find_table(self, source: FormSource, inner: str = "") -> str | None:
        """The name of the form's table; None when it is not there.

        It is that of ``table``, or of the form's name, in capitals or not, or the only one there is. `inner` is the
        path inside of the file, for files that hold others.
        """
        names, wanted = self.tables, source.table or source.name
        folded = {name.casefold(): name for name in reversed(names)}
        if wanted in names:
            return wanted
        alone = len(names) == 1 and (not source.table or names[0] == "")
        return folded.get(wanted.casefold(), names[0] if alone else None)

    def close(self) -> None:  # noqa: B027 - most have nothing to do
        """Let go of the file, and of what was kept beside it."""


class Reader(ABC):
    """One format. Subclasses are registered with `cdisc_conv.raw.registry.register`."""

    name: ClassVar[str]
    """How ``format:`` calls it: ``csv``, ``xlsx``."""
    label: ClassVar[str]
    """How people call it: "an Excel workbook"."""
    suffixes: ClassVar[tuple[str, ...]]
    """The ends of names of such files, the usual one first: ``.xlsx``."""

    @abstractmethod
    def recognises(self, head: bytes, name: str) -> bool:
        """Whether a file that begins with these bytes (4096 at most) is one; `name` is its name in small letters."""

    @abstractmethod
    def open(self, file: RawFile, reporter: Reporter) -> Container:
        """The file, open."""


@dataclass(slots=True)
class NumberRows:
    """Numbers the rows of batches that follow each other.

    >>> count = NumberRows()
    >>> count.take(2).tolist(), count.take(1).tolist()
    ([1, 2], [3])
    """

    taken: int = field(default=0)

    def take(self, rows: int) -> NDArray[np.int64]:
        """The numbers of the next rows."""
        first = self.taken + 1
        self.taken += rows
        return np.arange(first, first + rows, dtype=np.int64)
