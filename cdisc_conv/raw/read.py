"""Reading forms: from files to tables to frames, and everything that is wrong on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import to_arrow
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf, Stored, load, select, stream
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.raw import checks
from cdisc_conv.raw.database import open_database, show_url
from cdisc_conv.raw.files.locate import FoundFile, find_files, locate_file
from cdisc_conv.raw.files.parts import join_parts
from cdisc_conv.raw.registry import choose_reader, choose_table
from cdisc_conv.raw.shaping.collect import Collected, collect_table
from cdisc_conv.raw.shaping.informats import apply_informats
from cdisc_conv.raw.shaping.pivot import pivot_form
from cdisc_conv.raw.source import FormSource, RawForm, ReadFile, Reporter
from cdisc_conv.raw.tables import TEXT, Container, Fingerprint, RawFile, Reader, fingerprint_file, to_series


def read_forms(
    sources: Iterable[FormSource],
    directory: Path | str,
    usecols: Collection[str] | None = None,
    shelf: Shelf = IN_MEMORY,
) -> tuple[dict[str, RawForm], list[Problem]]:
    """All forms of an export by name, and the problems of all; a form that cannot be read is left out.

    A file that holds several forms is opened once. Rows go to the shelf batch by batch.
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
            form, found = _read_form(source, directory, files, usecols, shelf)
            problems += found
            if form:
                frame = form.frame if isinstance(form.frame, Stored) else shelf.put(form.frame)
                forms[source.name] = replace(form, frame=frame)
    return forms, problems


def read_form(
    source: FormSource, directory: Path | str = ".", usecols: Collection[str] | None = None
) -> tuple[RawForm | None, list[Problem]]:
    """One form from its file or files, of whatever format they are.

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
        return _read_form(source, Path(directory), files, usecols, IN_MEMORY)


class OpenFiles:
    """The files that are open, each once; closed at the end of the block."""

    def __init__(self) -> None:
        self._open: dict[tuple[RawFile, str], Container] = {}
        self._databases: dict[str, Container] = {}
        self._fingerprints: dict[Path, Fingerprint] = {}
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

    def connect(self, source: FormSource, directory: Path, reporter: Reporter) -> Container:
        """The database of a source. Raises ProblemsError."""
        if source.url not in self._databases:
            database = open_database(source, directory, reporter)
            self._databases[source.url] = self._stack.enter_context(closing(database))
        return self._databases[source.url]

    def fingerprint(self, path: Path, known: Fingerprint | None) -> Fingerprint:
        """Of a file, taken once. Raises OSError."""
        if path not in self._fingerprints:
            self._fingerprints[path] = known or fingerprint_file(path)
        return self._fingerprints[path]


def _read_form(
    source: FormSource, directory: Path, files: OpenFiles, usecols: Collection[str] | None, shelf: Shelf
) -> tuple[RawForm | None, list[Problem]]:
    if source.url:
        return _read_query(source, directory, files, usecols, shelf)
    found, problems = find_files(source, directory)
    parts: list[Collected] = []
    for file in found:
        part, of_part = _read_file(file, source, directory, files, usecols, shelf)
        problems += of_part
        parts += [part] if part else []
    if not parts or len(parts) < len(found):
        return None, problems
    reporter = found[0].reporter if len(found) == 1 else Reporter(source.name, _show_all(source, directory))
    return _finish_form(parts, source, reporter, problems, shelf)


def _read_query(
    source: FormSource, directory: Path, files: OpenFiles, usecols: Collection[str] | None, shelf: Shelf
) -> tuple[RawForm | None, list[Problem]]:
    """A form from a database."""
    reporter = Reporter(source.name, show_url(source.url))
    try:
        database = files.connect(source, directory, reporter)
        table = database.table(choose_table(database, source, "", reporter), source, reporter)
        collected, problems = collect_table(table, source, reporter, usecols, shelf)
    except ProblemsError as error:
        return None, list(error.problems)
    return (None, problems) if collected is None else _finish_form([collected], source, reporter, problems, shelf)


def _show_all(source: FormSource, directory: Path) -> str:
    return str(PurePosixPath(directory.name) / source.folder / source.path)


def _read_file(
    found: FoundFile,
    source: FormSource,
    directory: Path,
    files: OpenFiles,
    usecols: Collection[str] | None,
    shelf: Shelf,
) -> tuple[Collected | None, list[Problem]]:
    reporter = found.reporter
    try:
        file = RawFile(found.path, reporter.file, _locate_metadata(source, directory), source.described)
        container = files.open(file, choose_reader(file, source.format, reporter, source.encoding), reporter)
        table = container.table(choose_table(container, source, found.inner, reporter), source, reporter)
        collected, problems = collect_table(table, source, reporter, usecols, shelf)
        if collected is None:
            return None, problems
        print_ = files.fingerprint(found.path, None if container.holds_files else table.fingerprint())
        path = found.path.relative_to(directory.resolve()).as_posix()
        read = ReadFile(path, print_.size, print_.sha256, collected.rows)
        return replace(collected, file=read), problems
    except OSError as error:
        message = f"form '{source.name}' cannot be read: {error.strerror or error}"
        return None, [reporter.report("RAW003", message, hint="check the permissions of the file")]
    except ProblemsError as error:
        return None, list(error.problems)


def _locate_metadata(source: FormSource, directory: Path) -> tuple[Path, ...]:
    """The files beside that of the form. Raises ProblemsError when one cannot be used."""
    folder = "" if (directory / source.folder).is_file() else source.folder
    paths = [str(PurePosixPath(folder) / path) for path in source.metadata]
    found = [locate_file(replace(source, path=path), directory) for path in paths]
    if problems := [problem for located in found for problem in located.problems]:
        raise ProblemsError(problems)
    return tuple(located.path for located in found if located.path)


def _finish_form(
    parts: Sequence[Collected], source: FormSource, reporter: Reporter, problems: list[Problem], shelf: Shelf
) -> tuple[RawForm | None, list[Problem]]:
    """The form from its parts, with what can be said of it as a whole."""
    whole, found = join_parts(parts, source, reporter, shelf)
    problems = [*problems, *found]
    frame, labels = whole.frame, whole.labels
    if source.missing:
        frame = shelf.gather(_blank_missing(piece, source.missing) for piece in stream(frame))
    if source.long:
        frame, found = pivot_form(load(frame), source.long, source, reporter)
        problems += found
    for code, words in source.decodes.items():
        if code in frame and words not in frame and (known := whole.values.get(code)):
            frame = shelf.assign(frame, {words: frame[code].map(known).fillna("").astype("str")})
    if source.names:
        labels = {source.names.get(name, name): label for name, label in labels.items()}
        frame, found = _rename(frame, source, reporter, shelf)
        problems += found
    frame, found = apply_informats(frame, source, reporter, shelf)
    problems += found
    if not len(frame):
        message = f"form '{source.name}' has a header and no rows"
        hint = "export it again if subjects have data there"
        problems.append(reporter.report("RAW007", message, severity=Severity.WARNING, hint=hint))
    keys = checks.check_key(frame, source, reporter)
    if len(parts) == 1 and not source.long:
        keys = whole.add_lines(keys)
    if whole.keep is not None:
        kept = {source.names.get(name, name) for name in whole.keep}
        frame = select(frame, [name for name in frame if name in kept])
    files = tuple(part.file for part in parts if part.file)
    return RawForm(source.name, reporter.file, frame, labels, whole.values, files), [*problems, *keys]


def _blank_missing(frame: pd.DataFrame, missing: Sequence[str]) -> pd.DataFrame:
    """The frame with "" for values that stand for none."""
    listed = pa.array(missing, TEXT)
    blanked = {}
    for place, name in enumerate(frame):
        values = to_arrow(frame.iloc[:, place])
        blanked[name] = to_series(pc.if_else(pc.is_in(values, listed), "", values)).set_axis(frame.index)
    return pd.DataFrame(blanked)


def _rename(frame: Frame, source: FormSource, reporter: Reporter, shelf: Shelf) -> tuple[Frame, list[Problem]]:
    """The frame with the study's names; a column that has the name of another one already gives way (RAW012)."""
    renamed = {name: new for name, new in source.names.items() if name in frame}
    taken = [new for new in renamed.values() if new in frame and new not in renamed]
    problems = []
    for new in taken:
        old = next(name for name, other in renamed.items() if other == new)
        message = f"form '{source.name}' has the column {new}, and {old}, which the study calls {new}"
        hint = f"only {old} is read; give the study another name for one of them"
        problems.append(reporter.report("RAW012", message, hint=hint, line=1, column=new))
    return shelf.gather(piece.drop(columns=taken).rename(columns=renamed) for piece in stream(frame)), problems
