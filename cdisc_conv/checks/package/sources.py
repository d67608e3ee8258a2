"""The datasets of a package as their files have them: in memory, or of a large package piece by piece on disk.

CHK004 names in small letters, CHK005 two variables that differ only in letter case, CHK007 a file that is no dataset of
the study, CHK002 a dataset that several files hold.
"""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from cdisc_conv.checks.package.find import FoundFiles, report_doubled, report_unopened, shorten_places
from cdisc_conv.columns.distinct import from_arrow, to_arrow
from cdisc_conv.columns.stored import Frame, Shelf, Stored, stack, stream, write_tables
from cdisc_conv.datafiles.numerals import parse_numbers
from cdisc_conv.datafiles.pieces import measure, read_pieces
from cdisc_conv.datafiles.read import DatasetFile
from cdisc_conv.datafiles.table import TEXT, ColumnValues, Kind, Table, Variable
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity

Progress = Callable[[str], None]

_IN_MEMORY = 128 << 20
"""Bytes of datasets, as they are in their files, that are checked in memory and in one range."""
_RANGE = 48 << 20
"""Bytes of datasets that are in a range of subjects."""
_PIECE = 16 << 20
"""Bytes of a dataset that are read at a time when it goes to disk."""
_LEAST = 64
_IDENTIFIERS = ("STUDYID", "USUBJID", "DOMAIN", "RDOMAIN")


@dataclass(frozen=True)
class Source:
    """A dataset of a file, its variables in capitals. Text is text and numbers are float64, whatever the file has.

    ``longest`` is the number of bytes that the longest value of a variable has, for text.
    """

    name: str
    label: str | None
    codec: str
    variables: tuple[Variable, ...]
    frame: Frame
    longest: Mapping[str, int]
    problems: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self.variables)

    def first(self, name: str) -> str:
        """The value of the first record, "" where there is none."""
        if name not in self.frame or not len(self.frame):
            return ""
        return str(next(piece[name].iloc[0] for piece in stream(self.frame, [name]) if len(piece)))

    def distinct(self, name: str) -> list[str]:
        """The different values of a text, in the order in which they come."""
        if name not in self.names:
            return []
        found = [value for piece in stream(self.frame, [name]) for value in piece[name].unique()]
        return list(dict.fromkeys(map(str, found)))


@dataclass(frozen=True)
class Sources:
    """The datasets of a package, with the file of each, and what could not be read."""

    tables: Mapping[str, Source]
    files: Mapping[str, Path]
    problems: tuple[Problem, ...]


def choose_ranges(files: FoundFiles, asked: int) -> int:
    """In how many ranges a package is checked: so many as were asked for, else as its size wants."""
    size = _measure_package(files)
    return asked or (1 if size <= _IN_MEMORY else -(-size // _RANGE))


def _measure_package(files: FoundFiles) -> int:
    return sum(map(measure, files.datasets))


def _choose_piece(files: FoundFiles) -> int:
    """Bytes that are read at a time: of a small package that was to have ranges, a part of it, too."""
    return max(_LEAST, min(_PIECE, _measure_package(files) // 50))


def read_sources(files: FoundFiles, encoding: str, shelf: Shelf, progress: Progress) -> Sources:
    """All datasets of a package; on a shelf with a folder they go to disk as they are read.

    A file that cannot be read, or is none of the study, is among the problems.
    """
    tables: dict[str, Source] = {}
    paths: dict[str, Path] = {}
    problems: list[Problem] = []
    most = _choose_piece(files)
    for file in files.datasets:
        progress(f"reading {file.path.name}")
        try:
            source = _read_source(file, encoding, most, shelf)
        except ProblemsError as error:
            problems += shorten_places(files.root, error.problems)
            continue
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):  # that is the scratch files, and no fault of this one
                raise
            problems.append(report_unopened(files.root, file.path, error))
            continue
        if source.name in tables:
            problems += report_doubled({source.name: f"{paths[source.name].name}, {file.path.name}"})
        elif _is_study_data(source):
            tables[source.name], paths[source.name] = source, file.path
            problems += shorten_places(files.root, source.problems)
        else:
            problems += shorten_places(files.root, [_report_other(file.path)])
    return Sources(tables, paths, tuple(problems))


def _read_source(file: DatasetFile, encoding: str, most: int, shelf: Shelf) -> Source:
    frames: list[Frame] = []
    longest: Counter[str] = Counter()
    first: Table | None = None
    problems: list[Problem] = []
    for piece in _iter_tables(file, encoding, most, shelf):
        table, found = _capitalize(piece)
        if first is None:
            first, problems = table, [*piece.problems, *found]
        frame = _make_frame(table)
        for variable in table.variables:
            if variable.kind is not Kind.NUMBER and len(frame):
                longest[variable.name] = max(longest[variable.name], _measure_text(frame[variable.name]))
        frames.append(_store(frame, shelf))
    assert first is not None
    name = first.name.upper()  # Dataset-JSON says its own, whatever the file is called
    return Source(name, first.label, first.codec, first.variables, stack(frames), longest, tuple(problems))


def _iter_tables(file: DatasetFile, encoding: str, most: int, shelf: Shelf) -> Iterator[Table]:
    if shelf.folder is None:
        yield file.read(encoding or None)
    else:
        yield from read_pieces(file, encoding or None, most)


def _store(frame: pd.DataFrame, shelf: Shelf) -> Frame:
    return frame if shelf.folder is None else Stored((write_tables(shelf.next_path(), {"": frame}),))


def _make_frame(table: Table) -> pd.DataFrame:
    columns = {one.name: _make_series(one, table.columns[one.name]) for one in table.variables}
    return pd.DataFrame(columns, columns=list(table.names), index=range(table.rows))


def _make_series(variable: Variable, values: ColumnValues) -> pd.Series:
    if variable.kind is not Kind.NUMBER:
        return from_arrow(pc.fill_null(values.cast(TEXT), ""))
    if not isinstance(values, np.ndarray):
        values = parse_numbers(values.fill_null(""), variable).values
    return pd.Series(np.asarray(values, dtype="float64"))


def _measure_text(series: pd.Series) -> int:
    return int(pc.max(pc.binary_length(to_arrow(series))).as_py() or 0)


def _capitalize(table: Table) -> tuple[Table, list[Problem]]:
    """The variables in capitals; of two that differ only in letter case, the first is kept."""
    name = table.name.upper()
    capitals = Counter(one.upper() for one in table.names)
    problems: list[Problem] = []
    doubled = [one for one, count in capitals.items() if count > 1]
    if doubled:
        message = f"variables differ only in letter case: {', '.join(doubled)}; the first of each is checked"
        problems.append(Problem("CHK005", message, Severity.ERROR, Place(dataset=name), "rename or drop one"))
        first: dict[str, str] = {}
        for one in table.names:
            first.setdefault(one.upper(), one)
        table = table.keep(first.values())
    small = [one for one in table.names if one != one.upper()]
    if small:
        shown = ", ".join(small[:5]) + (f" and {len(small) - 5} more" if len(small) > 5 else "")
        names = "1 name of a variable has" if len(small) == 1 else f"{len(small)} names of variables have"
        message = f"{names} small letters: {shown}; checked as if in capitals"
        hint = "write it in capitals" if len(small) == 1 else "write them in capitals"
        problems.append(Problem("CHK004", message, Severity.WARNING, Place(dataset=name), hint, count=len(small)))
    return replace(table.rename({one: one.upper() for one in table.names}), problems=table.problems), problems


def _is_study_data(source: Source) -> bool:
    """Whether a file holds records of a study: a CSV file may be anything."""
    return not all(one.label is None for one in source.variables) or not set(source.names).isdisjoint(_IDENTIFIERS)


def _report_other(path: Path) -> Problem:
    message = "the file has none of STUDYID, USUBJID, DOMAIN and RDOMAIN; it is not checked"
    return Problem("CHK007", message, Severity.WARNING, Place(file=str(path)), "is it a dataset of the study?")


def convert_text(frame: Frame, wanted: Iterable[Variable], shelf: Shelf) -> Frame:
    """The table with those columns of text as numbers in which every text is a number, or blank."""
    numbers = [variable for variable in wanted if not _has_words(frame, variable)]
    if not numbers:
        return frame
    if not isinstance(frame, Stored):
        return frame.assign(**{one.name: _parse(frame[one.name], one) for one in numbers})
    pieces = (piece.assign(**{one.name: _parse(piece[one.name], one) for one in numbers}) for piece in frame.stream())
    return stack([_store(piece, shelf) for piece in pieces])


def _has_words(frame: Frame, variable: Variable) -> bool:
    pieces = stream(frame, [variable.name])
    return any(parse_numbers(to_arrow(piece[variable.name]), variable).bad.any() for piece in pieces)


def _parse(series: pd.Series, variable: Variable) -> pd.Series:
    return pd.Series(parse_numbers(to_arrow(series), variable).values, index=series.index)
