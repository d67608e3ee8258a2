"""Dataset-JSON 1.1 of a finished dataset: one JSON object (json), one JSON value per line (ndjson), or such lines
compressed (dsjc).

Records go out in batches, so that neither the file nor its rows are ever in memory as a whole. What JSON says of a
value is made once per distinct value of a batch and then joined over whole columns.

Source: CDISC Dataset-JSON 1.1.
"""

from __future__ import annotations

import gzip
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import find_distinct, to_arrow
from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.columns.stored import Frame, stream
from cdisc_conv.datafiles.formats import Unit, find_unit
from cdisc_conv.dataset import Column, Dataset

FORMATS = ("json", "ndjson", "dsjc")
"""The kinds of file, which are the endings of their names."""

VERSION = "1.1.0"
_BATCH = 20_000
_TEXTS = ("date", "datetime", "time")
"""Types of text that Dataset-JSON names; a partial or incomplete date, a duration and an interval are strings."""
_MOMENTS = {Unit.DAY: "date", Unit.SECOND: "datetime", Unit.TIME: "time"}
_LARGEST_INTEGER = 2**53
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class JsonHeader:
    """What a file says of where it comes from; identifiers are those of define.xml."""

    created: str
    study_oid: str = ""
    version_oid: str = ""
    metadata_ref: str = ""
    originator: str = ""
    system: str = ""
    system_version: str = ""


@dataclass(frozen=True, slots=True)
class _Written:
    """A column as it is written: its type, and what its numbers count where they are written as dates."""

    column: Column
    type: str
    unit: Unit = Unit.NONE


def write_dataset_json(dataset: Dataset, path: Path, header: JsonHeader) -> None:
    """Write a dataset as Dataset-JSON 1.1, in the form that the ending of `path` names (`FORMATS`).

    Text keeps every character (UTF-8), without blanks at its end, and a missing one is "". Missing numbers, and those
    that JSON does not have (infinities), are null. Numbers that count days or seconds by their SAS format are written
    as ISO 8601, as long as all of them are whole. The file appears as a whole or not at all. Raises KeyError for
    another ending and OSError when the disk refuses.

    >>> import tempfile
    >>> from cdisc_conv.dataset import Item
    >>> columns = (Column("SEX", "Sex", False, Item("text", 1)), Column("AGE", "Age", True, Item("integer", 2)))
    >>> frame = pd.DataFrame({"SEX": pd.Series(["M"], dtype="str"), "AGE": [64.0]})
    >>> path = Path(tempfile.mkdtemp()) / "dm.ndjson"
    >>> write_dataset_json(Dataset("DM", "Demographics", frame, columns), path, JsonHeader("2026-01-31T12:00:00"))
    >>> path.read_text().splitlines()[1]
    '["M",64]'
    """
    write = {".json": _write_object, ".ndjson": _write_lines, ".dsjc": _write_packed}[path.suffix]
    with _replacing(path) as file:
        write(file, dataset, header)


def _write_object(file: IO[bytes], dataset: Dataset, header: JsonHeader) -> None:
    written = _list_columns(dataset)
    head = _encode(_describe(dataset, header, written))
    file.write(head[:-1] + b',"rows":[')
    between = b"\n"
    for row_texts in _encode_rows(dataset.frame, written):
        file.write(between + ",\n".join(row_texts.to_pylist()).encode())
        between = b",\n"
    file.write(b"\n]}\n")


def _write_lines(file: IO[bytes], dataset: Dataset, header: JsonHeader) -> None:
    written = _list_columns(dataset)
    file.write(_encode(_describe(dataset, header, written)) + b"\n")
    for row_texts in _encode_rows(dataset.frame, written):
        file.write(("\n".join(row_texts.to_pylist()) + "\n").encode())


def _write_packed(file: IO[bytes], dataset: Dataset, header: JsonHeader) -> None:
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:  # neither name nor clock in the bytes
        _write_lines(packed, dataset, header)  # type: ignore[arg-type]


def _describe(dataset: Dataset, header: JsonHeader, written: list[_Written]) -> dict[str, Any]:
    """Everything but the rows, in the order of the standard; what is not known is left out."""
    system = {"name": header.system, "version": header.system_version} if header.system else None
    said = {
        "datasetJSONCreationDateTime": header.created,
        "datasetJSONVersion": VERSION,
        "fileOID": f"{header.study_oid}.{dataset.name}" if header.study_oid else "",
        "originator": header.originator,
        "sourceSystem": system,
        "studyOID": header.study_oid,
        "metaDataVersionOID": header.version_oid,
        "metaDataRef": header.metadata_ref,
    }
    return {
        **{key: value for key, value in said.items() if value},
        "itemGroupOID": f"IG.{dataset.name}",
        "records": len(dataset.frame),
        "name": dataset.name,
        "label": dataset.label,
        "columns": [_describe_column(dataset, one) for one in written],
    }


def _describe_column(dataset: Dataset, written: _Written) -> dict[str, Any]:
    column = written.column
    said: dict[str, Any] = {
        "itemOID": f"IT.{dataset.name}.{column.name}",
        "name": column.name,
        "label": column.label,
        "dataType": written.type,
    }
    if written.unit:
        said["targetDataType"] = "integer"
    if written.type == "string":
        longest = pc.max(pc.utf8_length(_trim(dataset.frame[column.name]))).as_py() or 1
        said["length"] = max(column.item.length, longest)
    if column.numeric and column.format:
        said["displayFormat"] = column.format
    if column.key:
        said["keySequence"] = column.key
    return said


def _list_columns(dataset: Dataset) -> list[_Written]:
    return [_choose_type(column, dataset.frame[column.name]) for column in dataset.columns]


def _choose_type(column: Column, series: pd.Series) -> _Written:
    if not column.numeric:
        return _Written(column, column.item.type if column.item.type in _TEXTS else "string")
    numbers = series.to_numpy(dtype=float)
    numbers = numbers[np.isfinite(numbers)]
    whole = bool((numbers == np.floor(numbers)).all())
    unit = find_unit(column.format)
    if unit is Unit.TIME and not ((numbers >= 0) & (numbers < _DAY)).all():
        unit = Unit.NONE  # a duration in the format of a time
    if unit and whole:
        return _Written(column, _MOMENTS[unit], unit)
    small = bool((np.abs(numbers) < _LARGEST_INTEGER).all())
    return _Written(column, "integer" if whole and small and column.item.type == "integer" else "float")


def _encode_rows(frame: Frame, written: list[_Written]) -> Iterator[pa.LargeStringArray]:
    """The JSON text of each record, batch after batch."""
    for batch in _list_batches(frame):
        cells = [_encode_cells(batch[one.column.name].reset_index(drop=True), one) for one in written]
        joined = pc.binary_join_element_wise(*cells, pa.scalar(",", pa.large_string()))
        yield pc.binary_join_element_wise(
            pa.scalar("[", pa.large_string()),
            joined,
            pa.scalar("]", pa.large_string()),
            pa.scalar("", pa.large_string()),
        )


def _list_batches(frame: Frame) -> Iterator[pd.DataFrame]:
    for piece in stream(frame):
        for start in range(0, len(piece), _BATCH):
            yield piece.iloc[start : start + _BATCH]


def _encode_cells(series: pd.Series, written: _Written) -> pa.LargeStringArray:
    """The JSON text of each value of a column."""
    if not written.column.numeric:
        coded = _trim(series).dictionary_encode()
        texts = [json.dumps(value, ensure_ascii=False) for value in coded.dictionary.to_pylist()]
        return pa.array(texts, pa.large_string()).take(coded.indices)
    found = find_distinct(series)
    numbers = found.values.where(np.isfinite(found.values.to_numpy()))
    if written.unit:
        texts = [json.dumps(text) if text else "null" for text in _write_moments(numbers, written.unit)]
    else:
        texts = [_write_number(number) for number in numbers.tolist()]
    return pa.array(texts, pa.large_string()).take(pa.array(found.codes))


def _trim(series: pd.Series) -> pa.LargeStringArray:
    """Text without blanks at its end, as a transport file has it; missing is ""."""
    return pc.fill_null(pc.utf8_rtrim(to_arrow(series), " "), "")


def _write_moments(numbers: pd.Series, unit: Unit) -> list[str]:
    if unit is Unit.DAY:
        return to_iso_dates(numbers).tolist()
    texts = to_iso_datetimes(numbers)
    return [text.partition("T")[2] for text in texts.tolist()] if unit is Unit.TIME else texts.tolist()


def _write_number(number: float) -> str:
    if number != number:
        return "null"
    return str(int(number)) if number.is_integer() and abs(number) < _LARGEST_INTEGER else repr(number)


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file beside the target that takes its place when all went well and vanishes when not."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            yield file
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
