"""What is said of quotes, rows and characters of a delimited text that are not as they should be."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.raw.delimited.parse import RaggedRow
from cdisc_conv.raw.delimited.stream import MARK, NUL, REPLACED, TextStream
from cdisc_conv.raw.delimited.structure import QuoteFault
from cdisc_conv.raw.source import FormSource, Reporter

_SHOWN = 3
_MARK_OF_END = re.compile(r"\W*[A-Za-z][A-Za-z _]{1,30}\W*")


@dataclass(slots=True)
class BadCells:
    """Where signs that hint at damage are: the rows of each, and the column of the first."""

    rows: dict[str, list[int]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    def look(
        self, batch: pa.RecordBatch, names: Sequence[str], rows: NDArray[np.int64], signs: Collection[str]
    ) -> None:
        """Look for signs in the columns that have a name."""
        for sign in signs:
            found = [
                (name, pc.match_substring(column, sign).to_numpy(zero_copy_only=False))
                for name, column in zip(names, batch.columns, strict=True)
                if name
            ]
            hit = np.flatnonzero(np.any([mask for _, mask in found], axis=0)) if found else np.array([], dtype=int)
            if not len(hit):
                continue
            self.columns.setdefault(sign, next(name for name, mask in found if mask[hit[0]]))
            self.rows.setdefault(sign, []).extend(rows[hit].tolist())

    def describe(self, sign: str) -> str:
        """``row 3, column AETERM``."""
        if sign not in self.rows:
            return "the header or a field that is not read"
        return f"row {self.rows[sign][0]}, column {self.columns[sign]}"


def report_quotes(fault: QuoteFault, source: FormSource, reporter: Reporter) -> Problem:
    """RAW011."""
    where = f"row {fault.row}" if fault.row else "the header"
    rows = (fault.row,) if fault.row else ()
    if fault.never_closed:
        message = f"form '{source.name}' has a quote in {where} that is never closed"
    else:
        message = f"form '{source.name}' has text behind a closing quote in {where}"
    hint = "quotes inside a quoted value are doubled"
    return reporter.report("RAW011", message, hint=hint, line=fault.line, rows=rows)


def report_ragged(
    ragged: Sequence[RaggedRow], width: int, rows: int, source: FormSource, reporter: Reporter
) -> list[Problem]:
    """RAW010; a last line of one field, and no other fault, may be a mark of the end."""
    problems = []
    for word, hint, items in (
        (
            "fewer",
            "a line break inside a value needs quotes around it",
            [item for item in ragged if item.found < width],
        ),
        ("more", "a delimiter inside a value needs quotes around it", [item for item in ragged if item.found > width]),
    ):
        if not items:
            continue
        if len(items) == 1 and items[0].row == rows and items[0].found == 1 and _MARK_OF_END.fullmatch(items[0].text):
            hint = f"{hint}; if the last line only marks the end of the file, declare it with 'end'"
        shown = ", ".join(f"row {item.row} has {item.found}" for item in items[:_SHOWN])
        message = (
            f"form '{source.name}' has {len(items):,} row{'s' if len(items) > 1 else ''} with {word} fields than its "
            f"{width} column{'s' if width > 1 else ''}: {shown}{' ...' if len(items) > _SHOWN else ''}"
        )
        where = [item.row for item in items]
        problems.append(
            reporter.report("RAW010", message, hint=hint, rows=where, count=len(items), value=items[0].text[:80])
        )
    return problems


def report_cells(stream: TextStream, cells: BadCells, source: FormSource, reporter: Reporter) -> list[Problem]:
    """RAW009 for bytes that are no text, RAW015 for NUL characters, RAW018 for byte order marks in the data."""
    found = (
        (
            REPLACED,
            "RAW009",
            f"is not {source.encoding}: {stream.bad}, in",
            "declare the encoding it has, such as cp1252 or gb18030; what cannot be read stands as U+FFFD",
            Severity.ERROR,
        ),
        (
            NUL,
            "RAW015",
            "holds NUL characters, first in",
            "the file is damaged or no text; export it again",
            Severity.ERROR,
        ),
        (
            MARK,
            "RAW018",
            "holds byte order marks (U+FEFF) behind its start, first in",
            "they cannot be seen, and make values differ: files were put together; take the marks out",
            Severity.WARNING,
        ),
    )
    problems = []
    for sign, code, what, hint, severity in found:
        if sign not in stream.seen:
            continue
        rows, column = cells.rows.get(sign, []), cells.columns.get(sign, "")
        message = f"form '{source.name}' {what} {cells.describe(sign)}"
        if len(rows) > 1:
            message += f" ({len(rows):,} rows in all)"
        count = max(1, len(rows))
        problems.append(
            reporter.report(code, message, severity=severity, hint=hint, column=column, rows=rows, count=count)
        )
    return problems
