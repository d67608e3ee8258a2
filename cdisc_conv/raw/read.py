"""Reading forms: from files to tables to frames, and everything that is wrong on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.raw import checks
from cdisc_conv.raw.registry import choose_reader
from cdisc_conv.raw.source import FormSource, RawForm, Reporter, locate_file
from cdisc_conv.raw.tables import TEXT, Container, RawBatch, RawFile, RawTable, Reader

_STR = pd.StringDtype("pyarrow", na_value=np.nan)
_ArrowStringArray: Any = pd.arrays.ArrowStringArray


def read_forms(
    sources: Iterable[FormSource], directory: Path | str, usecols: Collection[str] | None = None
) -> tuple[dict[str, RawForm], list[Problem]]:
    """All forms of an export by name, and the problems of all; a form that cannot be read is left out.

    A file that holds several forms is opened once.
    """
    directory = Path(directory)
    if not directory.is_dir():
        reporter = Reporter("", directory.name)
        message = f"there is no folder {directory.name} to read the forms from"
        return {}, [reporter.report("RAW001", message, hint="name the folder of the raw export")]
    forms: dict[str, RawForm] = {}
    problems: list[Problem] = []
    with OpenFiles() as files:
        for source in sources:
            form, found = _read_form(source, directory, files, usecols)
            problems += found
            if form:
                forms[source.name] = form
    return forms, problems


def read_form(
    source: FormSource, directory: Path | str = ".", usecols: Collection[str] | None = None
) -> tuple[RawForm | None, list[Problem]]:
    """One form from its file, of whatever format that is.

    Every column comes as ``str``, values as they are in the file, "" for an empty field; nothing is trimmed and nothing
    stands for missing but the empty field ("NA" and "NULL" are text). Names of columns lose blanks around them. Blank
    lines are left out and not counted. `usecols` restricts the columns. Of what is wrong nothing is raised: it comes as
    problems, and the form is None when nothing sensible can be read.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "ae.csv").write_text("SUBJID,AETERM\\n001,NA\\n002\\n")
    >>> form, problems = read_form(FormSource("ae", "ae.csv"), folder)
    >>> form.frame["AETERM"].tolist()
    ['NA', '']
    >>> problems[0].code, problems[0].message, problems[0].place.line
    ('RAW010', "form 'ae' has 1 row with fewer fields than its 2 columns: row 2 has 1", 3)
    """
    with OpenFiles() as files:
        return _read_form(source, Path(directory), files, usecols)


class OpenFiles:
    """The files that are open, each once; closed at the end of the block."""

    def __init__(self) -> None:
        self._open: dict[tuple[RawFile, str], Container] = {}
        self._stack = ExitStack()

    def __enter__(self) -> OpenFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(self, file: RawFile, reader: Reader, reporter: Reporter) -> Container:
        """The container of a file. Raises ProblemsError and OSError."""
        key = (file, reader.name)
        if key not in self._open:
            self._open[key] = self._stack.enter_context(closing(reader.open(file, reporter)))
        return self._open[key]


def _read_form(
    source: FormSource, directory: Path, files: OpenFiles, usecols: Collection[str] | None
) -> tuple[RawForm | None, list[Problem]]:
    located = locate_file(source, directory)
    if located.path is None:
        return None, located.problems
    reporter = located.reporter
    try:
        file = RawFile(located.path, reporter.file, _locate_metadata(source, directory))
        container = files.open(file, choose_reader(file, source.format, reporter), reporter)
        table = container.table(choose_table(container, source, reporter), source, reporter)
        return collect_form(table, source, reporter, usecols)
    except OSError as error:
        message = f"form '{source.name}' cannot be read: {error.strerror or error}"
        return None, [reporter.report("RAW003", message, hint="check the permissions of the file")]
    except ProblemsError as error:
        return None, list(error.problems)


def _locate_metadata(source: FormSource, directory: Path) -> tuple[Path, ...]:
    """The files beside that of the form. Raises ProblemsError when one cannot be used."""
    found = [locate_file(replace(source, path=path), directory) for path in source.metadata]
    if problems := [problem for located in found for problem in located.problems]:
        raise ProblemsError(problems)
    return tuple(located.path for located in found if located.path)


def choose_table(container: Container, source: FormSource, reporter: Reporter) -> str:
    """The name of the form's table in a file. Raises ProblemsError (RAW020) when the file has no such table.

    Without ``table`` it is that of the form's name, in capitals or not, or the only one there is.
    """
    names = list(container.tables)
    wanted = source.table or source.name
    folded = {name.casefold(): name for name in reversed(names)}
    if wanted in names:
        return wanted
    if wanted.casefold() in folded:
        return folded[wanted.casefold()]
    if len(names) == 1 and (not source.table or names == [""]):
        return names[0]
    held = ", ".join(names) or "none"
    message = f"form '{source.name}' is to be table '{wanted}', which the file does not hold"
    hint = did_you_mean(wanted, names) or f"it holds {held}; name the form's with 'table'"
    raise ProblemsError([reporter.report("RAW020", message, hint=hint)])


def collect_form(
    table: RawTable, source: FormSource, reporter: Reporter, usecols: Collection[str] | None
) -> tuple[RawForm | None, list[Problem]]:
    """A whole table as a form, with what is wrong with its header, its rows and its key."""
    header = list(table.header)
    problems = checks.check_header(header, source, reporter)
    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}  # of two, the first
    columns = {name: columns[name] for name in dict.fromkeys(header) if name}
    kept = [name for name in columns if usecols is None or name in usecols]
    read = [name for name in columns if usecols is None or name in usecols or name in source.key]
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
    problems += checks.check_unnamed({place: values[place] for place in unnamed}, source, reporter)
    problems += table.problems[before:]
    if source.end and not end.found:
        problems.append(checks.report_cut(source, reporter))
    if not len(frame):
        message = f"form '{source.name}' has a header and no rows"
        hint = "export it again if subjects have data there"
        problems.append(reporter.report("RAW007", message, severity=Severity.WARNING, hint=hint))
    problems += checks.check_key(frame, source, reporter)
    if kept != read:
        frame = frame[kept]
    form = RawForm(source.name, reporter.file, frame, labels=table.labels, values=table.values)
    return form, _add_lines(problems, table)


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
        series[place] = _to_series(chunks.pop())
    return series


def _to_series(chunks: list[pa.Array]) -> pd.Series:
    whole = chunks[0] if len(chunks) == 1 else pa.concat_arrays([pa.array([], TEXT), *chunks])
    return pd.Series(_ArrowStringArray(whole, dtype=_STR))


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
