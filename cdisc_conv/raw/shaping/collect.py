"""A whole table as a frame, with what is wrong with its header and its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.raw import checks
from cdisc_conv.raw.source import FormSource, ReadFile, Reporter
from cdisc_conv.raw.tables import TEXT, RawBatch, RawTable, to_series


@dataclass(frozen=True, slots=True)
class Collected:
    """A table in memory, under the names of its file. `keep` are the columns asked for, None for all."""

    frame: pd.DataFrame
    add_lines: Callable[[list[Problem]], list[Problem]]
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keep: tuple[str, ...] | None = None
    rows: int = 0
    """Of the file, before those that are the form's were chosen."""
    file: ReadFile | None = None


def collect_table(
    table: RawTable, source: FormSource, reporter: Reporter, usecols: Collection[str] | None
) -> tuple[Collected | None, list[Problem]]:
    """A whole table as a frame, with what is wrong with its header and its rows; None when nothing can be read."""
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
        values = _join_batches(end.take(table, places), places)
    except ProblemsError as error:
        return None, _add_lines([*table.problems[:before], *problems, *error.problems], table)
    index = pd.RangeIndex(len(values[places[0]]))
    frame = pd.DataFrame({name: values[columns[name]] for name in read}, index=index)
    problems = [*table.problems[:before], *problems]
    problems += checks.check_unnamed({place: values[place] for place in unnamed}, len(header), source, reporter)
    problems += table.problems[before:]
    if source.end and not end.found:
        problems.append(checks.report_cut(source, reporter))
    problems += checks.check_known(frame, source, reporter)
    keep = tuple(kept) if kept != read else None
    chosen = _choose_rows(frame, source)
    collected = Collected(chosen, lambda found: _add_lines(found, table), table.labels, table.values, keep, len(frame))
    return collected, _add_lines(problems, table)


def _choose_rows(frame: pd.DataFrame, source: FormSource) -> pd.DataFrame:
    """The rows and columns that are the form's; rows are numbered anew."""
    frame = frame.drop(columns=[name for name in frame.columns if name in source.elsewhere])
    chosen = pd.Series(True, index=frame.index)
    for name, values in source.where.items():
        if name in frame:
            chosen &= frame[name].isin(values)
    filled = [(frame[name] != "") & (frame[name] != empty) for name, empty in source.filled.items() if name in frame]
    if filled:
        chosen &= np.logical_or.reduce([said.to_numpy(dtype=bool) for said in filled])
    return frame if chosen.all() else frame[chosen].reset_index(drop=True)


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


def _join_batches(batches: Iterable[RawBatch], places: Sequence[int]) -> dict[int, pd.Series]:
    """Each column in one piece, ``str`` dtype, by its place."""
    chunks: list[list[pa.Array]] = [[] for _ in places]
    for batch in batches:
        for column, chunk in zip(chunks, batch.values.columns, strict=True):
            column.append(chunk)
    series: dict[int, pd.Series] = {}
    for place in reversed(places):  # each column is let go when its copy in one piece is made
        one = chunks.pop()
        series[place] = to_series(one[0] if len(one) == 1 else pa.concat_arrays([pa.array([], TEXT), *one]))
    return series


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
