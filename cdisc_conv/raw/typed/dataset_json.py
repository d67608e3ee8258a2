"""CDISC Dataset-JSON 1.1: one JSON object (json), lines (ndjson), and lines that are compressed (dsjc).

Read as a stream: the rows of a file are never a list as a whole. Numbers stay as they are written.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import TEXT, Container, NumberRows, RawBatch, RawFile, RawTable, Reader
from cdisc_conv.raw.typed.json_stream import JsonFault, read_lines, read_members

_ROWS = 10_000
_MARK = re.compile(rb'"datasetJSONVersion"\s*:')
_BEGIN = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"')
Open = Callable[[], IO[bytes]]


@register
class DatasetJsonReader(Reader):
    """Dataset-JSON 1.1."""

    name = "dataset-json"
    label = "a Dataset-JSON file"
    suffixes = (".json", ".ndjson", ".dsjc")

    def recognises(self, head: bytes, name: str) -> bool:
        if head.startswith(b"\x1f\x8b") or name.endswith(".dsjc"):
            head = _inflate(head)
        return _BEGIN.match(head) is not None and _MARK.search(head) is not None

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        return _DatasetJson(file, reporter)


def _inflate(head: bytes) -> bytes:
    """The beginning of what is compressed, by gzip or by zlib."""
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(head, 4096)
    except zlib.error:
        return b""


def _open_inflated(path: Path) -> IO[bytes]:
    """A compressed file, by gzip or by zlib (which has no header of its own)."""
    import gzip
    import io

    with path.open("rb") as file:
        if file.read(2) == b"\x1f\x8b":
            return gzip.open(path, "rb")  # type: ignore[return-value]

    class Inflated(io.RawIOBase):
        def __init__(self) -> None:
            self._file = path.open("rb")
            self._inflate = zlib.decompressobj()

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            data = b""
            while not data and not self._inflate.eof:
                more = self._inflate.unconsumed_tail or self._file.read(1 << 16)
                if not more:
                    raise EOFError("the compressed data end too early")
                data = self._inflate.decompress(more, len(buffer))
            buffer[: len(data)] = data
            return len(data)

        def close(self) -> None:
            self._file.close()
            super().close()

    return io.BufferedReader(Inflated())


class _DatasetJson(Container):
    def __init__(self, file: RawFile, reporter: Reporter) -> None:
        head = file.head()
        packed = head.startswith((b"\x1f\x8b", b"\x78"))
        plain = _inflate(head) if packed else head
        self._open: Open = (lambda: _open_inflated(file.path)) if packed else (lambda: file.path.open("rb"))
        self._lines = packed or _is_lines(plain, file.path)
        with _told(reporter), self._open() as stream:
            self._facts = _read_facts(stream, self._lines)
        self.tables = (str(self._facts.get("name") or ""),)

    def find_table(self, source: FormSource, inner: str = "") -> str | None:
        return self.tables[0]

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        return _JsonTable(self._open, self._lines, self._facts, reporter)


def _is_lines(head: bytes, path: Path) -> bool:
    """Whether the first line is an object of its own."""
    if path.suffix.lower() == ".ndjson":
        return True
    try:
        json.loads(head.split(b"\n", 1)[0])
    except ValueError:
        return False
    return b"\n" in head


def _read_facts(stream: IO[bytes], lines: bool) -> Mapping[str, Any]:
    """What the file says of the dataset: everything but the rows."""
    if lines:
        facts = next(read_lines(stream), None)
    else:
        facts = {key: value for key, value in read_members(stream, skip="rows") if key != "rows"}
    if not isinstance(facts, dict) or not isinstance(facts.get("columns"), list):
        raise JsonFault("it has no list of columns")
    if not all(isinstance(column, dict) and column.get("name") for column in facts["columns"]):
        raise JsonFault("a column has no name")
    return facts


class _JsonTable(RawTable):
    def __init__(self, open_: Open, lines: bool, facts: Mapping[str, Any], reporter: Reporter) -> None:
        self._open, self._lines, self._reporter = open_, lines, reporter
        self.header = [str(column["name"]).strip() for column in facts["columns"]]
        self.labels = {str(one["name"]): str(one["label"]) for one in facts["columns"] if one.get("label")}
        self._records = facts.get("records")
        self.problems: list[Problem] = []

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        number, width = NumberRows(), len(self.header)
        names = [str(place) for place in places]
        with _told(self._reporter), self._open() as stream:
            rows = self._read_rows(stream)
            while block := list(islice(rows, _ROWS)):
                for row, record in enumerate(block, number.taken + 1):
                    if not isinstance(record, list) or len(record) != width:
                        raise JsonFault(f"row {row} is no list of {width} values, one for each column")
                columns = [pa.array([_write(record[place]) for record in block], TEXT) for place in places]
                yield RawBatch(pa.record_batch(columns, names), number.take(len(block)))
        if self._records is not None and str(self._records) != str(number.taken):
            message = f"form '{self._reporter.form}' tells of {self._records} records, but has {number.taken}"
            hint = "it was cut short, or put together wrongly; ask for the file again"
            self.problems.append(self._reporter.report("RAW021", message, hint=hint))

    def _read_rows(self, stream: IO[bytes]) -> Iterator[Any]:
        if self._lines:
            return islice(read_lines(stream), 1, None)
        return (row for key, row in read_members(stream, each="rows") if key == "rows")


def _write(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value) if not isinstance(value, bool) else str(value).lower()


class _told:  # noqa: N801 - a context, used like a function
    """Faults of a file, about the form."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, JsonFault | EOFError | zlib.error | UnicodeDecodeError):
            message = f"form '{self._reporter.form}' is a damaged Dataset-JSON file: {error}"
            raise ProblemsError([self._reporter.report("RAW003", message, hint="export it again")]) from None
