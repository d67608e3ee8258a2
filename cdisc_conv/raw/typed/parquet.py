"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from cdisc_conv.problems import ProblemsError
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.shaping.values import write_arrow
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import BATCH_ROWS, TEXT, Container, NumberRows, RawBatch, RawFile, RawTable, Reader


@register
class ParquetReader(Reader):
    """Apache Parquet."""

    name = "parquet"
    label = "a Parquet file"
    suffixes = (".parquet",)

    def recognises(self, head: bytes, name: str) -> bool:
        return head.startswith(b"PAR1")

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        try:
            return _ParquetFile(pq.ParquetFile(file.path))
        except pa.ArrowException as error:
            message = f"form '{reporter.form}' is a damaged Parquet file: {error}"
            raise ProblemsError([reporter.report("RAW003", message, hint="export it again")]) from None


class _ParquetFile(Container):
    def __init__(self, file: pq.ParquetFile) -> None:
        self._file = file

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        return _ParquetTable(self._file, source, reporter)

    def close(self) -> None:
        self._file.close()


class _ParquetTable(RawTable):
    def __init__(self, file: pq.ParquetFile, source: FormSource, reporter: Reporter) -> None:
        self._file, self._source, self._reporter = file, source, reporter
        self._names = [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]
        self.header = [name.strip() for name in self._names]

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        number = NumberRows()
        names = [self._names[place] for place in places]
        try:
            for batch in self._file.iter_batches(BATCH_ROWS, columns=names):
                columns = [self._write(name, batch.column(name)) for name in names]
                yield RawBatch(pa.record_batch(columns, names), number.take(len(batch)))
        except pa.ArrowException as error:
            message = f"form '{self._source.name}' is a damaged Parquet file: {error}"
            raise ProblemsError([self._reporter.report("RAW003", message, hint="export it again")]) from None

    def _write(self, name: str, column: pa.Array) -> pa.Array:
        text = write_arrow(column)
        if text is None:
            message = f"form '{self._source.name}' has values in {name} that are no single ones: {column.type}"
            hint = "write one column for each part"
            raise ProblemsError([self._reporter.report("RAW003", message, hint=hint, column=name)])
        return text.cast(TEXT)
