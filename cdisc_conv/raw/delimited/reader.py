"""Delimited text (RFC 4180: quotes around a field, doubled inside; line breaks in quotes) as a source of batches."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

import pyarrow as pa

from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.raw import checks
from cdisc_conv.raw.delimited import faults
from cdisc_conv.raw.delimited.encoding import Decoder, choose_encoding
from cdisc_conv.raw.delimited.parse import LongRecordError, RaggedRow, parse_rows
from cdisc_conv.raw.delimited.stream import BLOCK, TextStream
from cdisc_conv.raw.delimited.structure import Signs, find_lines, find_quote_fault, open_lines, read_header
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.shaping.headers import Header, read_header_rows, report_short_header
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import Container, Fingerprint, NumberRows, RawBatch, RawFile, RawTable, Reader

_LONGEST_HEADER = 1 << 26
_SEPARATOR = re.compile(rb'"?sep=([^"\r\n])"?\r?\n', re.IGNORECASE)
"""The line that tells Excel the delimiter."""


@register
class DelimitedReader(Reader):
    """Any text that is none of the other formats; the study says how it is written."""

    name = "csv"
    label = "delimited text"
    suffixes = (".csv", ".tsv", ".tab", ".txt", ".dat")

    def recognises(self, head: bytes, name: str) -> bool:
        """Never: whatever no other reader recognises, and is not known to be something else, is tried as text."""
        return False

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        return _DelimitedFile(file)


class _DelimitedFile(Container):
    def __init__(self, file: RawFile) -> None:
        self._file = file

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        if bad_sign := checks.check_delimiter_sign(source, reporter):
            raise ProblemsError([bad_sign])
        return _DelimitedTable(self._file, source, reporter)


class _DelimitedTable(RawTable):
    def __init__(self, file: RawFile, source: FormSource, reporter: Reporter) -> None:
        self._file, self._source, self._reporter = file, source, reporter
        self._signs = Signs(source.delimiter, source.quote)
        self._encoding, problems, self._bad = choose_encoding(file.head(), source, reporter)
        self.problems: list[Problem] = list(problems)
        self._header_records = len(source.header)
        self._stream, self._rest = self._start()
        header = self._read_header()
        self.header, self.labels = header.names, header.labels
        if source.header and (other := checks.check_delimiter(self.header, source, reporter)):
            raise ProblemsError([*self.problems, other])

    def _start(self) -> tuple[TextStream, Iterator[bytes]]:
        stream = TextStream(self._file.path, Decoder(self._encoding, self._bad), *self._signs.pair)
        return stream, stream.blocks()

    def _read_header(self) -> Header:
        """The header; what is left of the stream begins behind it."""
        source, reporter = self._source, self._reporter
        data, more = b"", True
        while True:
            block = next(self._rest, None)
            more, data = block is not None, data + (block or b"")
            if not more and not data.strip():
                message = f"form '{source.name}' is empty, without even a header"
                raise ProblemsError([*self.problems, reporter.report("RAW006", message, hint="export it again")])
            start = self._skip_separator(data)
            records, length = read_header(data[start:], self._signs, len(source.header))
            if not more or (start + length < len(data) and data.strip()):
                break
            if len(data) > _LONGEST_HEADER:
                self._check_quotes()
                break
        self._rest = chain([_protect_mark(data[start + length :])], self._rest)
        if not source.header:
            return Header(tuple(source.columns or ()))
        if len(records) < len(source.header):
            raise ProblemsError([*self.problems, report_short_header(len(records), source, reporter)])
        return read_header_rows(records, source.header)

    def _skip_separator(self, data: bytes) -> int:
        """How many bytes a line ``sep=;`` takes; it has to name the delimiter that is declared."""
        found = _SEPARATOR.match(data)
        if not found:
            return 0
        sign = found[1].decode()
        self._header_records = len(self._source.header) + 1
        if sign != self._source.delimiter:
            message = (
                f"form '{self._source.name}' begins with the line 'sep={sign}', but the delimiter "
                f"{self._source.delimiter!r} is declared"
            )
            hint = f"declare the delimiter {sign!r}"
            raise ProblemsError([*self.problems, self._reporter.report("RAW008", message, hint=hint, line=1)])
        return found.end()

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        number, ragged, cells = NumberRows(), list[RaggedRow](), faults.BadCells()
        named = [self.header[place] for place in places]
        try:
            for batch in self._parse(places, ragged):
                rows = number.take(len(batch))
                cells.look(batch, named, rows, self._stream.seen)
                yield RawBatch(batch, rows)
        except (pa.ArrowInvalid, csv.Error) as error:
            self._check_quotes()
            message = f"form '{self._source.name}' cannot be taken apart into rows and fields: {error}"
            raise ProblemsError([self._reporter.report("RAW003", message, hint="export it again")]) from None
        if not self._stream.regular:
            self._check_quotes()
        ragged = [row for row in ragged if not self._is_end(row, number.taken)]
        self.problems += faults.report_ragged(ragged, len(self.header), number.taken, self._source, self._reporter)
        self.problems += faults.report_cells(self._stream, cells, self._source, self._reporter)

    def _parse(self, places: Sequence[int], ragged: list[RaggedRow]) -> Iterator[pa.RecordBatch]:
        """The rows in batches; where a record is longer than a block, in one block from there on."""
        width, given = len(self.header), 0
        try:
            for batch in parse_rows(self._rest, width, self._signs, places, ragged, BLOCK):
                given += len(batch)
                yield batch
        except LongRecordError:
            self._check_quotes()
            ragged.clear()
            self._stream, self._rest = self._start()
            self._read_header()
            whole = b"".join(self._rest)
            for batch in parse_rows(iter([whole]), width, self._signs, places, ragged, len(whole) + 1):
                yield batch.slice(given)
                given = max(0, given - len(batch))

    def _is_end(self, row: RaggedRow, rows: int) -> bool:
        """Whether a row is the declared last line of the file, which has but one field."""
        end = self._source.end
        return bool(end) and row.row == rows and row.text.strip().strip(self._source.quote or None) == end

    def _check_quotes(self) -> None:
        """Report quotes that do not match. Raises ProblemsError when one is never closed."""
        fault = find_quote_fault(self._lines(), self._signs, self._header_records)
        if fault is None:
            return
        self.problems.append(faults.report_quotes(fault, self._source, self._reporter))
        if fault.never_closed:
            raise ProblemsError(self.problems)

    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self._stream.size, self._stream.sha256)

    def _lines(self) -> Iterator[str]:
        return open_lines(self._file.path, self._encoding)

    def find_lines(self, rows: Collection[int]) -> Mapping[int, int]:
        return find_lines(self._lines(), self._signs, self._header_records, rows)


def _protect_mark(body: bytes) -> bytes:
    """A body with a blank line before it: the parser takes a byte order mark at its start away, and here it is data."""
    return b"\n" + body
