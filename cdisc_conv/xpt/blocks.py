"""Blocks of observations: how many rows they have, work on several at once, and frame columns into bytes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cdisc_conv.problems import Problem
from cdisc_conv.xpt.columns import NumberColumn, TextColumn
from cdisc_conv.xpt.encodings import ASCII, list_unwritable
from cdisc_conv.xpt.ibm import NumberFault, convert_to_ibm, find_lost_bits
from cdisc_conv.xpt.problems import Occurrences, describe_characters, describe_long_text, describe_number
from cdisc_conv.xpt.text import TextFaults, copy_fields, write_text
from cdisc_conv.xpt.variables import XptVariable

_BLOCK_BYTES = 2 << 20
_FEWEST_ROWS, _MOST_ROWS = 256, 1 << 15
_MOST_WORKERS = 8

TOO_LONG, NOT_PRINTABLE = "too long", "not printable"
Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Fault:
    """Values of one block that cannot be written. ``rows`` are numbered from 1 over the whole file."""

    variable: XptVariable
    kind: str | NumberFault
    rows: NDArray[np.int64]
    values: Sequence[str]
    """The distinct faulty text values, or the first faulty number."""
    first_rows: Sequence[int] = ()
    """The first row of each of the values."""


def count_rows_per_block(row_length: int) -> int:
    """Rows of about 2 MB: small enough for the cache, large enough that the cost per column and block is small."""
    return max(_FEWEST_ROWS, min(_MOST_ROWS, _BLOCK_BYTES // max(row_length, 1)))


def count_workers() -> int:
    """Threads to use: the heavy parts (arrow, numpy, file access) run side by side."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST_WORKERS)


def run_in_order(pool: Executor, work: Callable[[Task], Result], tasks: Iterable[Task], ahead: int) -> Iterator[Result]:
    """Results in the order of the tasks, with at most ``ahead`` of them under way, so that memory stays bounded."""
    waiting: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            waiting.append(pool.submit(work, task))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def encode_block(
    columns: Sequence[TextColumn | NumberColumn], start: int, stop: int, rows_before: int
) -> tuple[NDArray[np.uint8], list[Fault]]:
    """Rows ``start`` to ``stop`` of the columns as observations, a (rows, bytes) array, and what cannot be written.

    ``rows_before`` is what to add to a row of the columns, counted from 0, to number it in the file.
    """
    length = sum(column.variable.length for column in columns)
    block = np.full((stop - start, length), ord(" "), dtype=np.uint8)
    faults: list[Fault] = []
    position = 0
    for column in columns:
        fields = block[:, position : position + column.variable.length]
        position += column.variable.length
        if isinstance(column, TextColumn):
            values = column.values.slice(start, stop - start)
            wrong = write_text(values, fields, column.codec)
            if wrong is not None:
                faults += _list_text_faults(column.variable, values, wrong, rows_before + start + 1)
        else:
            faults += _write_numbers(column, start, stop, fields, rows_before + start + 1)
    return block, faults


def _write_numbers(
    column: NumberColumn, start: int, stop: int, fields: NDArray[np.uint8], first_row: int
) -> Iterator[Fault]:
    values, length = column.values[start:stop], column.variable.length
    words, status = convert_to_ibm(values)
    copy_fields(words.astype(">u8").view(np.uint8).reshape(-1, 8)[:, :length], fields)
    if status is None and length == 8 and not column.inexact:
        return
    status = np.zeros(len(values), dtype=np.uint8) if status is None else status
    if length < 8:
        status[(status == 0) & find_lost_bits(words, length)] = NumberFault.LOSES_BITS
    status[[row - start for row in column.inexact if start <= row < stop]] = NumberFault.LOSES_BITS
    for kind in (fault for fault in NumberFault if fault):
        rows = np.flatnonzero(status == kind)
        if rows.size:
            first = column.inexact.get(start + int(rows[0]), float(values[rows[0]]))
            yield Fault(column.variable, kind, rows + first_row, [repr(first)])


def _list_text_faults(
    variable: XptVariable, values: pa.LargeStringArray, wrong: TextFaults, first_row: int
) -> Iterator[Fault]:
    for kind, rows in ((TOO_LONG, wrong.too_long), (NOT_PRINTABLE, wrong.not_printable)):
        if rows.size:
            distinct = values.take(pa.array(rows)).dictionary_encode()
            _, firsts = np.unique(distinct.indices.to_numpy(), return_index=True)
            numbered = rows + first_row
            yield Fault(variable, kind, numbered, distinct.dictionary.to_pylist(), numbered[firsts].tolist())


class FaultBook:
    """Faults of all blocks, gathered by variable and kind; blocks must come in the order of the rows."""

    def __init__(self, dataset: str, codec: str = ASCII) -> None:
        self._dataset, self._codec = dataset, codec
        self._found: dict[tuple[XptVariable, str | NumberFault], Occurrences] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, fault: Fault) -> None:
        found = self._found.setdefault((fault.variable, fault.kind), Occurrences())
        found.add(fault.rows)
        for value, row in zip(fault.values, fault.first_rows or [0], strict=True):
            size = len(value.rstrip(" ").encode("utf-8" if self._codec == ASCII else self._codec, "replace"))
            if not found.value or (fault.kind == TOO_LONG and size > found.longest):
                found.value, found.longest = value, size
            if fault.kind == NOT_PRINTABLE:
                for character in list_unwritable(value, self._codec):
                    found.characters.setdefault(character, row)

    def list_problems(self, variables: Sequence[XptVariable]) -> list[Problem]:
        """One problem per variable and kind, in the order of the variables and of the codes."""
        problems = []
        for (variable, kind), found in self._found.items():
            if isinstance(kind, NumberFault):
                problem = describe_number(self._dataset, variable, kind, found)
            elif kind == TOO_LONG:
                problem = describe_long_text(self._dataset, variable, found)
            else:
                problem = describe_characters(self._dataset, variable, found, self._codec)
            problems.append((variables.index(variable), problem.code, found.rows, problem))
        return [problem for *_, problem in sorted(problems, key=lambda entry: entry[:3])]
