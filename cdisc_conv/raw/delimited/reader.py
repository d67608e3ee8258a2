"""Delimited text (RFC 4180: quotes around a field, doubled inside; line breaks in quotes) as a source of batches."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence

import pyarrow as pa

from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.raw import checks
from cdisc_conv.raw.delimited import faults
from cdisc_conv.raw.delimited.encoding import Text, read_text, report_unknown_encoding
from cdisc_conv.raw.delimited.parse import parse_rows
from cdisc_conv.raw.delimited.structure import find_lines, find_quote_fault, read_header
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import Container, NumberRows, RawBatch, RawFile, RawTable, Reader


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
        text = read_text(self._file.path.read_bytes(), source, reporter)
        if text is None:
            raise ProblemsError([report_unknown_encoding(source, reporter)])
        return _DelimitedTable(text, source, reporter)


class _DelimitedTable(RawTable):
    def __init__(self, text: Text, source: FormSource, reporter: Reporter) -> None:
        self._text, self._source, self._reporter = text, source, reporter
        self.problems: list[Problem] = list(text.problems)
        if not text.data[:1000].strip() and not text.data.strip():  # strip copies
            message = f"form '{source.name}' is empty, without even a header"
            raise ProblemsError([*self.problems, reporter.report("RAW006", message, hint="export it again")])
        header, self._start = read_header(text.data, source.delimiter)
        self.header = [name.strip() for name in header]
        if other := checks.check_delimiter(self.header, source, reporter):
            raise ProblemsError([*self.problems, other])
        if fault := find_quote_fault(text.data, source.delimiter):
            self.problems.append(faults.report_quotes(fault, source, reporter))
            if fault.never_closed:
                raise ProblemsError(self.problems)

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        text, source, reporter = self._text, self._source, self._reporter
        cells = faults.BadCells()
        number = NumberRows()
        try:
            table, ragged = parse_rows(text.data, self._start, len(self.header), source.delimiter, places)
        except (pa.ArrowInvalid, csv.Error) as error:
            message = f"form '{source.name}' cannot be taken apart into rows and fields: {error}"
            raise ProblemsError([reporter.report("RAW003", message, hint="export it again")]) from None
        named = [self.header[place] for place in places]
        for batch in table.to_batches():
            rows = number.take(len(batch))
            cells.look(batch, named, rows)
            yield RawBatch(batch, rows)
        self.problems += faults.report_ragged(ragged, len(self.header), source, reporter)
        self.problems += faults.report_cells(text, cells, source, reporter)

    def find_lines(self, rows: Collection[int]) -> Mapping[int, int]:
        return find_lines(self._text.data, self._source.delimiter, rows)
