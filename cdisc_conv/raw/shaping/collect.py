"""A whole table as a frame, with what is wrong with its header and its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf, select, stream
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.raw import checks
from cdisc_conv.raw.source import FormSource, ReadFile, Reporter
from cdisc_conv.raw.tables import TEXT, RawBatch, RawTable, to_series


@dataclass(frozen=True, slots=True)
class Collected:
    """A table, under the names of its file, in memory or on disk. `keep` are the columns asked for, None for all."""

    frame: Frame
    add_lines: Callable[[list[Problem]], list[Problem]]
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keep: tuple[str, ...] | None = None
    rows: int = 0
    """Of the file, before those that are the form's were chosen."""
    file: ReadFile | None = None


def collect_table(
    table: RawTable,
    source: FormSource,
    reporter: Reporter,
    usecols: Collection[str] | None,
    shelf: Shelf = IN_MEMORY,
) -> tuple[Collected | None, list[Problem]]:
    """A whole table as a frame, with what is wrong with its header and its rows; None when nothing can be read.

    With a shelf that has a folder it goes there batch by batch, and is never in memory as a whole.
    """
    header = list(table.header)
    problems = checks.check_header(header, source, reporter, table.values)
    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}  # of two, the first
    columns = {name: columns[name] for name in dict.fromkeys(header) if name}
    kept = [name for name in columns if usecols is None or name in usecols or source.names.get(name) in usecols]
    needed = checks.list_needed(source)
    read = [name for name in columns if usecols is None or name in kept or name in needed]
    unnamed = [place for place, name in enumerate(header) if not name]
    places = [columns[name] for name in read] + unnamed or [0]
    before = len(table.problems)
    end = EndMark(source.end)
    try:
        names = {place: f"{_PLACE}{place}" for place in places} | {columns[name]: name for name in read}
        whole = _gather(end.take(table, places), [names[place] for place in places], shelf)
    except ProblemsError as error:
        return None, _add_lines([*table.problems[:before], *problems, *error.problems], table)
    frame = select(whole, read)
    problems = [*table.problems[:before], *problems]
    problems += checks.check_unnamed({place: whole[names[place]] for place in unnamed}, len(header), source, reporter)
    problems += table.problems[before:]
    if source.end and not end.found:
        problems.append(checks.report_cut(source, reporter))
    problems += checks.check_known(frame, source, reporter)
    keep = tuple(kept) if kept != read else None
    chosen = _choose_rows(frame, source, shelf)
    collected = Collected(chosen, lambda found: _add_lines(found, table), table.labels, table.values, keep, len(frame))
    return collected, _add_lines(problems, table)


_PLACE = "\0"
"""What the names of columns begin with that have none in the file."""


def _choose_rows(frame: Frame, source: FormSource, shelf: Shelf) -> Frame:
    """The rows and columns that are the form's; rows are numbered anew."""
    frame = select(frame, [name for name in frame.columns if name not in source.elsewhere])
    chosen = np.ones(len(frame), dtype=bool)
    for name, values in source.where.items():
        if name in frame:
            chosen &= frame[name].isin(values).to_numpy(dtype=bool)
    filled = [(frame[name] != "") & (frame[name] != empty) for name, empty in source.filled.items() if name in frame]
    if filled:
        chosen &= np.logical_or.reduce([said.to_numpy(dtype=bool) for said in filled])
    return frame if chosen.all() else shelf.gather(_filter(frame, chosen))


def _filter(frame: Frame, chosen: np.ndarray) -> Iterator[pd.DataFrame]:
    start = 0
    for piece in stream(frame):
        yield piece[chosen[start : start + len(piece)]].reset_index(drop=True)
        start += len(piece)


@dataclass(slots=True)
class EndMark:
    """Takes the last row away where it only marks the end: `text` in its first field, and nothing in those read."""

    text: str
    found: bool = False

    def take(self, table: RawTable, places: Sequence[int]) -> Iterator[RawBatch]:
        """The batches of a table without the mark."""
        if not self.text:
            yield from table.read(places)
            return
        more = [] if 0 in places else [0]
        last: RawBatch | None = None
        for batch in table.read([*places, *more]):
            if last is not None and len(last.rows):
                yield last.select(len(places))
            last = batch if len(batch.rows) or last is None else last
        if last is None:
            return
        if len(last.rows):
            values = [column[-1].as_py() for column in last.values.columns]
            first = values.pop([*places, *more].index(0))
            self.found = first.strip() == self.text and not "".join(values).strip()
        yield last.select(len(places), len(last.rows) - self.found)


def _gather(batches: Iterable[RawBatch], names: Sequence[str], shelf: Shelf) -> Frame:
    """All batches under these names, every column of text."""
    if shelf.folder is None:
        return _join_batches(batches, names)
    nothing = pd.DataFrame({name: pd.Series([], dtype="str") for name in names})
    frames = (
        pd.DataFrame({name: to_series(column) for name, column in zip(names, batch.values.columns, strict=True)})
        for batch in batches
    )
    return shelf.gather(chain([nothing], frames))


def _join_batches(batches: Iterable[RawBatch], names: Sequence[str]) -> pd.DataFrame:
    """Each column in one piece, ``str`` dtype."""
    chunks: list[list[pa.Array]] = [[] for _ in names]
    for batch in batches:
        for column, chunk in zip(chunks, batch.values.columns, strict=True):
            column.append(chunk)
    series: dict[str, pd.Series] = {}
    for name in reversed(names):  # each column is let go when its copy in one piece is made
        one = chunks.pop()
        series[name] = to_series(one[0] if len(one) == 1 else pa.concat_arrays([pa.array([], TEXT), *one]))
    return pd.DataFrame({name: series[name] for name in names})


def _add_lines(problems: list[Problem], table: RawTable) -> list[Problem]:
    """The same problems with the line of the first row they name, where they do not have one."""
    open_ = [problem for problem in problems if problem.place.rows and not problem.place.line]
    if not open_:
        return problems
    lines = table.find_lines({problem.place.rows[0] for problem in open_})
    return [
        replace(problem, place=replace(problem.place, line=lines.get(problem.place.rows[0], 0)))
        if problem in open_
        else problem
        for problem in problems
    ]
