"""Reading transport files: blocks of rows are decoded side by side, numbers into place, text to arrow arrays."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from cdisc_conv.problems import Problem, did_you_mean
from cdisc_conv.xpt.blocks import count_rows_per_block, count_workers, run_in_order
from cdisc_conv.xpt.ibm import Doubles, convert_from_ibm
from cdisc_conv.xpt.members import MemberReader, XptMember
from cdisc_conv.xpt.problems import XptError, list_names, make_error, place_file
from cdisc_conv.xpt.text import TextBuilder, UndecodableText, allocate_bytes, copy_fields, read_text
from cdisc_conv.xpt.variables import XptVariable

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class XptFile:
    """A dataset that was read: its records and what the file says of it.

    ``frame`` has one column per variable in ``variables``: float64 for numbers (missing values as in
    `make_missing`), dtype ``str`` for text, without trailing blanks, ``""`` for blank.
    """

    frame: pd.DataFrame
    member: XptMember
    variables: tuple[XptVariable, ...]

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def label(self) -> str:
        return self.member.label

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the data although they could be read; see `XptMember.problems`."""
        return self.member.problems

    @property
    def created(self) -> datetime | None:
        return self.member.created

    @property
    def modified(self) -> datetime | None:
        return self.member.modified


def list_members(path: PathLike, *, encoding: str | None = None) -> list[XptMember]:
    """The datasets of a transport file: names, labels, variables and numbers of rows. Data are not decoded."""
    with _open(Path(path)) as file:
        return MemberReader(file, Path(path), encoding).read_members()


def read_xpt(
    path: PathLike, columns: Sequence[str] | None = None, *, member: str | None = None, encoding: str | None = None
) -> XptFile:
    """Read a dataset of a SAS transport file (version 5; version 8 too).

    ``columns`` chooses variables and their order. ``member`` names the dataset where the file holds several.
    ``encoding`` is that of text beyond ASCII, which the file does not tell; without it each value is taken as UTF-8
    and where that is impossible as Windows-1252.

    A file that ends within an observation is read up to it, and `XptFile.problems` says so (XPT026, a warning).
    Raises `XptError` for files that are damaged otherwise (with the byte offset and what was expected there), for
    unknown columns and members, and for text that is none in the encoding.

    >>> import tempfile
    >>> from cdisc_conv.xpt.writer import write_xpt
    >>> path = Path(tempfile.mkdtemp()) / "dm.xpt"
    >>> write_xpt(pd.DataFrame({"USUBJID": ["01-001", "01-002"], "AGE": [64.0, np.nan]}), path, name="DM")
    >>> dm = read_xpt(path)
    >>> dm.name, dm.variables[0].length, dm.frame["AGE"].tolist()
    ('DM', 6, [64.0, nan])
    """
    with _Source(Path(path), member, columns, encoding) as source:
        frame = source.read(0, source.member.rows)
        return XptFile(frame, source.member, tuple(field.variable for field in source.fields))


def iter_xpt(
    path: PathLike,
    rows: int = 100_000,
    columns: Sequence[str] | None = None,
    *,
    member: str | None = None,
    encoding: str | None = None,
) -> Iterator[pd.DataFrame]:
    """Read a dataset in frames of at most ``rows`` rows, for files that are larger than memory.

    Everything else is as in `read_xpt`. The headers are checked at once, before the first frame is asked for; a
    dataset without rows gives no frame.
    """
    if rows < 1:
        raise ValueError(f"rows is {rows}; expected at least 1")
    source = _Source(Path(path), member, columns, encoding)

    def frames() -> Iterator[pd.DataFrame]:
        with source:
            for start in range(0, source.member.rows, rows):
                frame = source.read(start, min(start + rows, source.member.rows))
                frame.index = pd.RangeIndex(start, start + len(frame))
                yield frame

    return frames()


def _open(path: Path) -> BinaryIO:
    """A file of data; a pipe would be waited for, a device may never end."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise make_error("XPT020", "this is not a plain file", path, "copy it into one first")
    return path.open("rb")


class _Field(NamedTuple):
    variable: XptVariable
    position: int


class _Source:
    """An open file, the member asked for and its columns; reads any range of rows."""

    def __init__(self, path: Path, member: str | None, columns: Sequence[str] | None, encoding: str | None) -> None:
        self._path, self._encoding = path, encoding
        self._file: BinaryIO = _open(path)
        self._lock = threading.Lock()
        try:
            members = MemberReader(self._file, path, encoding).read_members()
            self.member = _choose_member(members, member, path)
            self.fields = _choose_fields(self.member, columns, path)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> _Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, start: int, stop: int) -> pd.DataFrame:
        """Rows ``start`` to ``stop`` as a frame."""
        rows = stop - start
        numbers = {
            field.variable.name: allocate_bytes(8 * rows).view(np.float64)
            for field in self.fields
            if field.variable.numeric
        }
        texts = {field.variable.name: TextBuilder(rows) for field in self.fields if not field.variable.numeric}
        step = count_rows_per_block(self.member.row_length)
        spans = [(begin, min(begin + step, stop)) for begin in range(start, stop, step)]

        def decode(span: tuple[int, int]) -> dict[str, pa.LargeStringArray]:
            part = slice(span[0] - start, span[1] - start)
            return self._decode_block(*span, {name: values[part] for name, values in numbers.items()})

        with ThreadPoolExecutor(count_workers()) as pool:
            for block in run_in_order(pool, decode, spans, ahead=count_workers() + 1):
                for name, values in block.items():
                    texts[name].append(values)
        data = {
            field.variable.name: numbers[field.variable.name]
            if field.variable.numeric
            else pd.Series(texts.pop(field.variable.name).finish(), dtype="str", copy=False)
            for field in self.fields
        }
        return pd.DataFrame(data, index=pd.RangeIndex(rows), copy=False)

    def _decode_block(self, start: int, stop: int, numbers: dict[str, Doubles]) -> dict[str, pa.LargeStringArray]:
        """Numbers go into the arrays given, text is returned."""
        block = self._load(start, stop)
        texts = {}
        for variable, position in self.fields:
            fields = block[:, position : position + variable.length]
            if variable.numeric:
                numbers[variable.name][...] = _read_numbers(fields)
                continue
            try:
                texts[variable.name] = read_text(fields, self._encoding)
            except UndecodableText as wrong:
                raise self._undecodable(variable, start + wrong.row, wrong.value) from None
        return texts

    def _load(self, start: int, stop: int) -> NDArray[np.uint8]:
        length = self.member.row_length
        block = np.empty((stop - start, length), dtype=np.uint8)
        with self._lock:
            self._file.seek(self.member.offset + start * length)
            size = self._file.readinto(block.data.cast("B")) if block.size else 0  # type: ignore[attr-defined]
        if size < block.size:
            raise make_error(
                "XPT021",
                f"byte {self.member.offset + start * length + size}: the file became shorter while it was read",
                self._path,
                "read it again when nothing writes to it",
            )
        return block

    def _undecodable(self, variable: XptVariable, row: int, value: bytes) -> XptError:
        position = self.member.positions[self.member.variables.index(variable)]
        place = self.member.offset + row * self.member.row_length + position
        what = f"not {self._encoding} text" if self._encoding else "neither UTF-8 nor Windows-1252 text"
        return make_error(
            "XPT025",
            f"byte {place}: {variable.name} in row {row + 1:,} is {what}: {value!r}",
            self._path,
            "name the encoding of the file, such as encoding='latin-1' or 'shift_jis'",
        )


def _read_numbers(fields: NDArray[np.uint8]) -> Doubles:
    """IBM doubles of 2 to 8 bytes; what a short one lacks is zero."""
    rows, length = fields.shape
    words = np.empty((rows, 8), dtype=np.uint8) if length == 8 else np.zeros((rows, 8), dtype=np.uint8)
    copy_fields(fields, words[:, :length])
    return convert_from_ibm(words.view(">u8").reshape(rows).astype(np.uint64))


def _choose_member(members: Sequence[XptMember], name: str | None, path: Path) -> XptMember:
    if name is None and len(members) == 1:
        return members[0]
    held = list_names(member.name for member in members)
    if name is None:
        raise make_error("XPT023", f"the file holds {len(members)} datasets: {held}", path, "say which with member=")
    found = [member for member in members if member.name.upper() == name.upper()]
    if not found:
        hint = did_you_mean(name, [member.name for member in members])
        raise make_error("XPT023", f"the file holds no dataset {name}; it holds {held}", path, hint)
    return found[0]


def _choose_fields(member: XptMember, columns: Sequence[str] | None, path: Path) -> list[_Field]:
    fields = {
        variable.name: _Field(variable, position)
        for variable, position in zip(member.variables, member.positions, strict=True)
    }
    wanted = list(dict.fromkeys(fields if columns is None else columns))
    unknown = [name for name in wanted if name not in fields]
    if unknown:
        hint = f"the variables are {list_names(fields)}"
        problems = [
            Problem(
                "XPT024", f"{member.name} has no variable {name}", place=place_file(path),
                hint=did_you_mean(name, fields) or hint,
            )
            for name in unknown
        ]  # fmt: skip
        raise XptError(problems)
    return [fields[name] for name in wanted]
