"""The rows of a delimited text as batches of text, by pyarrow; rows of the wrong length are kept in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from cdisc_conv.raw.delimited.stream import BlockFile
from cdisc_conv.raw.delimited.structure import Signs, split_records
from cdisc_conv.raw.tables import TEXT


@dataclass(frozen=True, slots=True)
class RaggedRow:
    """A data row (from 1) with another number of fields than the header, and its text."""

    row: int
    found: int
    text: str


class LongRecordError(Exception):
    """A record is longer than a block; those before it have been handed out."""


def parse_rows(
    blocks: Iterator[bytes], width: int, signs: Signs, wanted: Sequence[int], ragged: list[RaggedRow], block_size: int
) -> Iterator[pa.RecordBatch]:
    """The wanted columns (by place, from 0) of the records in some UTF-8, in batches.

    Rows with too few fields are filled up with "", of rows with too many the first fields are kept; both are put into
    `ragged`. Raises LongRecordError, and pyarrow's errors for what is no delimited text.
    """

    def keep(row: Any) -> str:
        ragged.append(RaggedRow(row.number, row.actual_columns, row.text))
        return "skip"

    first, taken = 1, 0  # number of the next row, ragged rows that are placed
    for batch in _parse(blocks, width, signs, wanted, keep, block_size):
        here = _fall_into(ragged[taken:], first, batch.num_rows)
        whole = _insert_rows(batch, ragged[taken : taken + here], first, signs, wanted) if here else batch
        first, taken = first + len(whole), taken + here
        if len(whole):
            yield whole
    if taken < len(ragged):
        none = pa.record_batch([pa.array([], TEXT)] * len(wanted), [str(place) for place in wanted])
        yield _insert_rows(none, ragged[taken:], first, signs, wanted)


def _fall_into(ragged: Sequence[RaggedRow], first: int, rows: int) -> int:
    """How many of the ragged rows stand among the sound `rows` that begin with number `first`, or right after them."""
    count = 0
    while count < len(ragged) and ragged[count].row <= first + rows + count:
        count += 1
    return count


def _parse(
    blocks: Iterator[bytes], width: int, signs: Signs, wanted: Sequence[int], handler: Any, block_size: int
) -> Iterator[pa.RecordBatch]:
    """One thread, so that rows of the wrong length come with their number; it is as fast as two."""
    names = [str(place) for place in range(width)]
    try:
        yield from arrow_csv.open_csv(
            pa.PythonFile(BlockFile(blocks), mode="r"),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=block_size),
            parse_options=arrow_csv.ParseOptions(
                delimiter=signs.delimiter,
                quote_char=signs.quote or False,
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
        if "straddling" in str(error):
            raise LongRecordError from None
        if "Empty CSV" not in str(error):
            raise


def _insert_rows(
    batch: pa.RecordBatch, ragged: Sequence[RaggedRow], first: int, signs: Signs, wanted: Sequence[int]
) -> pa.RecordBatch:
    """The batch that begins with row `first`, with the ragged rows put back in their places."""
    records = list(split_records((item.text for item in ragged), signs))
    longest = max(map(len, records))
    blank = pa.repeat(pa.scalar("", TEXT), len(records))
    total = batch.num_rows + len(ragged)
    order = np.empty(total, dtype="int64")
    places = np.array([item.row - first for item in ragged])
    sound = np.ones(total, dtype=bool)
    sound[places] = False
    order[sound] = np.arange(batch.num_rows)
    order[places] = np.arange(batch.num_rows, total)
    columns = []
    for place, column in zip(wanted, batch.columns, strict=True):
        extra = (
            pa.array([record[place] if place < len(record) else "" for record in records], TEXT)
            if place < longest
            else blank
        )
        columns.append(pa.concat_arrays([column, extra]).take(pa.array(order)))
    return pa.record_batch(columns, [str(place) for place in wanted])
