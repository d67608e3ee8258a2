"""SAS data sets (SAS7BDAT)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from cdisc_conv.problems import ProblemsError
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.shaping.values import write_sas_numbers
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import TEXT, Container, NumberRows, RawBatch, RawFile, RawTable, Reader
from cdisc_conv.raw.typed.catalogues import find_words, read_catalogues

_MAGIC = bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c"
_ROWS = 200_000


@register
class SasReader(Reader):
    """SAS data sets, compressed or not."""

    name = "sas7bdat"
    label = "a SAS data set"
    suffixes = (".sas7bdat",)

    def recognises(self, head: bytes, name: str) -> bool:
        return head.startswith(_MAGIC) and not name.endswith(".sas7bcat")

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        return _SasFile(file)


class _SasFile(Container):
    def __init__(self, file: RawFile) -> None:
        self._file = file

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        return _SasTable(self._file, source, reporter)


class _SasTable(RawTable):
    def __init__(self, file: RawFile, source: FormSource, reporter: Reporter) -> None:
        self._file, self._source, self._reporter = file, source, reporter
        # The file tells; a declared encoding stands above it, for files that tell it wrong.
        self._encoding = None if source.encoding == "utf-8" else source.encoding
        _, self._metadata = self._ask(metadataonly=True)
        self._names = list(self._metadata.column_names)
        self.header = [name.strip() for name in self._names]
        self._formats: Mapping[str, str] = self._metadata.original_variable_types
        self.labels = {name: label for name, label in self._metadata.column_names_to_labels.items() if label}
        catalogue = read_catalogues(file.metadata, reporter)
        words = {name: find_words(form, catalogue) for name, form in self._formats.items() if form}
        self.values = {name: known for name, known in words.items() if known}

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        number = NumberRows()
        names = [self._names[place] for place in places]
        while True:
            columns, _ = self._ask(usecols=names, row_offset=number.taken, row_limit=_ROWS, user_missing=True)
            rows = len(columns[names[0]]) if columns else 0
            if not rows:
                break
            written = [self._write(name, columns[name]) for name in names]
            yield RawBatch(pa.record_batch(written, names), number.take(rows))
            if rows < _ROWS:
                break
        told = self._metadata.number_rows
        if told is not None and told != number.taken:
            message = f"form '{self._source.name}' tells of {told:,} rows, but {number.taken:,} can be read"
            hint = "the file is damaged; ask for it again"
            raise ProblemsError([self._reporter.report("RAW003", message, hint=hint)])

    def _write(self, name: str, column: Any) -> pa.Array:
        if self._metadata.readstat_variable_types[name] == "string":
            return _write_text(column)
        return _write_numbers(column, self._formats.get(name) or "")

    def _ask(self, **settings: Any) -> tuple[dict[str, Any], Any]:
        """What pyreadstat says of the file. Raises ProblemsError (RAW003, RAW009)."""
        form = f"form '{self._source.name}'"
        try:
            found: tuple[dict[str, Any], Any] = pyreadstat.read_sas7bdat(
                str(self._file.path),
                encoding=self._encoding,
                disable_datetime_conversion=True,
                output_format="dict",
                **settings,
            )
            return found
        except (
            pyreadstat.ReadstatError,
            pyreadstat.PyreadstatError,
            UnicodeDecodeError,
            ValueError,
            MemoryError,
        ) as error:
            what = str(error).splitlines()[0] if str(error) else type(error).__name__
            if "encoding" in what or isinstance(error, UnicodeDecodeError):
                told = self._encoding or "the encoding that the file names"
                message = f"{form} has text that is not {told}: {what}"
                hint = "declare the encoding it has, such as cp1252 or shift_jis"
                raise ProblemsError([self._reporter.report("RAW009", message, hint=hint)]) from None
            message = f"{form} is a damaged SAS data set: {what}"
            raise ProblemsError([self._reporter.report("RAW003", message, hint="export it again")]) from None


def _write_text(column: Any) -> pa.Array:
    return pc.utf8_rtrim(pc.fill_null(pa.array(column, TEXT, from_pandas=True), ""), " ")


def _write_numbers(column: Any, form: str) -> pa.Array:
    """Numbers as text; special missing values (``.A`` to ``.Z``, ``._``) keep their letter."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "fiu":
        return write_sas_numbers(column.astype(np.float64), form)
    values = list(column)
    letters = np.array([isinstance(value, str) for value in values], dtype=bool)
    numbers = np.array([np.nan if value is None or isinstance(value, str) else float(value) for value in values])
    written = write_sas_numbers(numbers, form)
    if not letters.any():
        return written
    marks = pa.array([f".{value}" if isinstance(value, str) else "" for value in values], TEXT)
    return pc.if_else(pa.array(letters), marks, written)


def _list_errors() -> tuple[type[Exception], ...]:
    """What the library raises, which is loaded when the first file is read."""
    return (pyreadstat.ReadstatError, pyreadstat.PyreadstatError)
