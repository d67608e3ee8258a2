"""Excel workbooks (XLSX): a sheet is a form. Cells come as they are shown, dates in ISO 8601."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.raw.files.signatures import is_office
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.shaping.headers import Header, read_header_rows, report_short_header
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import TEXT, Container, NumberRows, RawBatch, RawFile, RawTable, Reader
from cdisc_conv.raw.workbook.shown import show_moment, show_number
from cdisc_conv.raw.workbook.structure import Oddities, find_oddities

_ROWS = 5_000
_SHOWN = 3
_DAMAGED = (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, TypeError, SyntaxError)


@register
class WorkbookReader(Reader):
    """XLSX and XLSM."""

    name = "xlsx"
    label = "an Excel workbook"
    suffixes = (".xlsx", ".xlsm")

    def recognises(self, head: bytes, name: str) -> bool:
        return head.startswith(b"PK\x03\x04") and (is_office(head) or name.endswith(self.suffixes))

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        try:
            from openpyxl import load_workbook
        except ImportError:
            message = f"form '{reporter.form}' is an Excel workbook, which needs openpyxl"
            hint = "install it: pip install 'cdisc-conv[xlsx]'"
            raise ProblemsError([reporter.report("RAW003", message, hint=hint)]) from None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and extensions that it does not know
                opened = file.path.open("rb")
                return _Workbook(load_workbook(opened, read_only=True, data_only=True), opened, file.path)
        except PermissionError:
            raise
        except _DAMAGED as error:
            what = "is an Office document, but no workbook" if "workbook" in str(error) else f"is damaged: {error}"
            message = f"form '{reporter.form}' {what}"
            hint = "save it again as .xlsx; a workbook with a password has to be saved without it"
            raise ProblemsError([reporter.report("RAW003", message, hint=hint)]) from None


class _Workbook(Container):
    def __init__(self, book: Any, file: IO[bytes], path: Path) -> None:
        self._book, self._file, self._path = book, file, path
        self.tables = tuple(sheet.title for sheet in book.worksheets)

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        sheet = self._book[name]
        oddities = find_oddities(self._path, sheet._worksheet_path)
        return _Sheet(sheet, oddities, source, reporter)

    def close(self) -> None:
        self._book.close()
        self._file.close()


class _Sheet(RawTable):
    def __init__(self, sheet: Any, oddities: Oddities, source: FormSource, reporter: Reporter) -> None:
        self._source, self._reporter, self._oddities = source, reporter, oddities
        self.problems: list[Problem] = []
        sheet.reset_dimensions()  # what the sheet says of its size may be wrong
        self._rows = self._read_rows(sheet)
        self._lines: list[int] = []
        self._hidden: list[tuple[int, int]] = []
        self._errors: list[tuple[int, int]] = []
        self._beyond: list[int] = []
        header = self._read_header(sheet.title)
        self.header, self.labels = header.names, header.labels

    def _read_rows(self, sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
        """Rows that hold anything, with their number in the sheet."""
        for number, row in enumerate(sheet.iter_rows(), 1):
            if any(cell.value not in (None, "") for cell in row):
                yield number, row

    def _read_header(self, title: str) -> Header:
        source, reporter = self._source, self._reporter
        roles = source.header
        rows = list(islice(self._rows, len(roles)))
        merged = self._oddities.merged_in(rows[-1][0] if rows else 0)
        if merged and "group" not in roles:
            message = f"form '{source.name}' has merged cells in its header: {', '.join(merged[:_SHOWN])}"
            hint = (
                "say with 'header' what each header row holds, such as [group, names] where the upper names go before "
                "the lower ones, or [skip, names]"
            )
            if "skip" not in roles and len(roles) < 2:
                raise ProblemsError([reporter.report("RAW028", message, hint=hint, line=rows[0][0])])
        if roles and not rows:
            message = f"form '{source.name}' is empty, without even a header: sheet '{title}' has no cells"
            raise ProblemsError([reporter.report("RAW006", message, hint="export it again")])
        if len(rows) < len(roles):
            raise ProblemsError([report_short_header(len(rows), source, reporter)])
        below = [found for found in self._oddities.merged if found not in merged]
        if below:
            message = f"form '{source.name}' has merged cells in its rows: {', '.join(below[:_SHOWN])}"
            hint = "only the first of them has a value; take them apart in Excel, and fill each"
            self.problems.append(reporter.report("RAW028", message, hint=hint, count=len(below)))
        if not roles:
            return Header(tuple(source.columns or ()))
        texts = [[self._show(cell, 0, place) for place, cell in enumerate(row)] for _, row in rows]
        return _cut_empty(read_header_rows(texts, roles))

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        number, width = NumberRows(), len(self.header)
        names = [str(place) for place in places]
        while block := list(islice(self._rows, _ROWS)):
            first = number.taken
            columns = []
            for place in places:
                texts = [
                    self._show(row[place], first + index, place) if place < len(row) else ""
                    for index, (_, row) in enumerate(block)
                ]
                columns.append(pa.array(texts, TEXT))
            self._lines += [line for line, _ in block]
            self._beyond += [
                first + index + 1
                for index, (_, row) in enumerate(block)
                if len(row) > width and any(cell.value not in (None, "") for cell in row[width:])
            ]
            yield RawBatch(pa.record_batch(columns, names), number.take(len(block)))
        self.problems += self._describe()

    def _show(self, cell: Any, row: int, place: int) -> str:
        value, kind = cell.value, cell.data_type if cell.value is not None else ""
        if not kind:
            return ""
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, int | float):
            text, hides = show_number(value, cell.number_format or "General")
            if hides:
                self._hidden.append((row, place))
            return text
        if isinstance(value, str):
            if kind == "e":
                self._errors.append((row, place))
            return value
        return show_moment(value, cell.number_format or "")

    def _describe(self) -> list[Problem]:
        form, reporter, problems = f"form '{self._source.name}'", self._reporter, []
        if self._beyond:
            message = (
                f"{form} has {len(self._beyond):,} row{'s' * (len(self._beyond) > 1)} with cells beyond its header"
            )
            hint = "name these columns in the header"
            problems.append(reporter.report("RAW010", message, hint=hint, rows=self._beyond, count=len(self._beyond)))
        if empty := self._oddities.empty_formulas:
            message = f"{form} has formulas that were never calculated: {', '.join(empty[:_SHOWN])}"
            hint = "open the workbook in Excel and save it, or export values"
            problems.append(reporter.report("RAW029", message, hint=hint, count=len(empty)))
        for found, code, what, hint, severity in (
            (self._errors, "RAW029", "errors of formulas as values", "correct them in Excel", Severity.ERROR),
            (self._hidden, "RAW030", "numbers with more digits than are shown, which are read as shown",
             "show all digits, or export values", Severity.NOTE),
        ):  # fmt: skip
            if found:
                where = [row + 1 for row, _ in found]
                message = f"{form} has {what}, first in row {where[0]}"
                column = self.header[found[0][1]] if found[0][1] < len(self.header) else ""
                problems.append(
                    reporter.report(
                        code, message, hint=hint, column=column, rows=where, count=len(found), severity=severity
                    )
                )
        return problems

    def find_lines(self, rows: Collection[int]) -> Mapping[int, int]:
        return {row: self._lines[row - 1] for row in rows if 0 < row <= len(self._lines)}


def _cut_empty(header: Header) -> Header:
    """Without the columns at the end that only have a format."""
    names = list(header.names)
    while names and not names[-1]:
        names.pop()
    return Header(tuple(names), header.labels)
