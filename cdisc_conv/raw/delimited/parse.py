"""The rows of a delimited text as columns of text, by pyarrow; rows of the wrong length are kept in their place."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from cdisc_conv.raw.delimited.structure import split_records
from cdisc_conv.raw.tables import TEXT

_BLOCK = 1 << 25
_LARGEST_BLOCK = 2**31 - 1


@dataclass(frozen=True, slots=True)
class RaggedRow:
    """A data row (from 1) with another number of fields than the header, and its text."""

    row: int
    found: int
    text: str


def parse_rows(
    data: bytes, start: int, width: int, delimiter: str, wanted: Sequence[int]
) -> tuple[pa.Table, list[RaggedRow]]:
    """The wanted columns (by place, from 0) of the records from the byte `start` on.

    Rows with too few fields are filled up with "", of rows with too many the first fields are kept; both are returned.
    """
    # The parser takes a byte order mark at its start away; behind the end of the header it is data.
    marked = bool(start) and data.startswith(codecs.BOM_UTF8, start)
    body = pa.py_buffer(data).slice(start - 1 if marked else start)
    if not bytes(memoryview(body)[:64]).strip(b"\r\n") and not data[start:].strip(b"\r\n"):
        return pa.table({str(place): pa.array([], TEXT) for place in wanted}), []
    ragged: list[RaggedRow] = []

    def keep(row: Any) -> str:
        ragged.append(RaggedRow(row.number, row.actual_columns, row.text))
        return "skip"

    table = _read(body, width, delimiter, wanted, keep)
    return (_insert_rows(table, ragged, delimiter, wanted) if ragged else table), ragged


def _read(body: pa.Buffer, width: int, delimiter: str, wanted: Sequence[int], handler: Any) -> pa.Table:
    """One thread, so that rows of the wrong length come with their number; it is as fast as two."""
    names = [str(place) for place in range(width)]
    for block in (_BLOCK, min(len(body) + 1, _LARGEST_BLOCK)):
        try:
            return arrow_csv.read_csv(
                pa.BufferReader(body),
                read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=block),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=True,
                    invalid_row_handler=handler,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    check_utf8=False,
                    strings_can_be_null=False,
                    column_types=dict.fromkeys(names, TEXT),
                    include_columns=[str(place) for place in wanted],
                ),
            )
        except pa.ArrowInvalid as error:
            # A record longer than a block; the second block holds everything.
            if "straddling" not in str(error) or block > len(body):
                raise
    raise AssertionError("unreachable")


def _insert_rows(table: pa.Table, ragged: list[RaggedRow], delimiter: str, wanted: Sequence[int]) -> pa.Table:
    """The table with the ragged rows put back in their places."""
    records = list(split_records((item.text for item in ragged), delimiter))
    longest = max(map(len, records))
    blank = pa.repeat(pa.scalar("", TEXT), len(records))
    extra = pa.table(
        {
            str(place): pa.array([record[place] if place < len(record) else "" for record in records], TEXT)
            if place < longest
            else blank
            for place in wanted
        }
    )
    total = table.num_rows + len(ragged)
    order = np.empty(total, dtype="int64")
    places = np.array([item.row - 1 for item in ragged])
    sound = np.ones(total, dtype=bool)
    sound[places] = False
    order[sound] = np.arange(table.num_rows)
    order[places] = np.arange(table.num_rows, total)
    return pa.concat_tables([table, extra]).take(pa.array(order))
