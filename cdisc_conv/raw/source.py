"""Which file a form is read from, what comes out, and where the file is allowed to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

import pandas as pd

from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity, did_you_mean


@dataclass(frozen=True, slots=True)
class FormSource:
    """A form and its file.

    `path` is relative to the folder of the export, with `/` between its parts. `columns` are those that must be there
    (None or none at all: not declared, everything is fine); `key` are columns that together tell the rows apart.
    `format` is the name of a reader, "" for what the file shows; `table` is the table in a file that holds several, ""
    for that of the form's name.
    """

    name: str
    path: str
    encoding: str = "utf-8"
    delimiter: str = ","
    columns: tuple[str, ...] | None = None
    key: tuple[str, ...] = ()
    format: str = ""
    table: str = ""
    quote: str = '"'
    """What may stand around a field; "" where nothing does."""
    header: tuple[str, ...] = ("names",)
    """What each header row holds (see `cdisc_conv.raw.headers`); none at all where there are none."""
    end: str = ""
    """What the last line says that only marks the end of the file, in its first field."""
    metadata: tuple[str, ...] = ()
    """Files in the same folder that say more of this one: a SAS format catalogue, the metadata of an ODM file."""


@dataclass(frozen=True, slots=True)
class RawForm:
    """The rows of a form.

    All columns of `frame` have dtype ``str`` and hold the values as the file has them, "" for an empty field; the row
    labelled i is data row i + 1 of the file, blank lines not counted. `labels` and `values` (code -> words, by column)
    are what the file itself says of its columns.
    """

    name: str
    path: str
    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes the problems of one form; `file` is what people call the file."""

    form: str
    file: str

    def report(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
        line: int = 0,
        column: str = "",
        rows: Iterable[int] = (),
        count: int = 1,
        value: str = "",
    ) -> Problem:
        """A problem of the form. `rows` are data rows counted from 1; the first few are kept."""
        shown = tuple(int(row) for row in islice(rows, SHOWN_ROWS))
        place = Place(file=self.file, line=line, form=self.form, field=column, rows=shown)
        return Problem(code, message, severity=severity, place=place, hint=hint, count=count, value=value)


@dataclass(frozen=True, slots=True)
class Located:
    """Where a file is, or why it cannot be used."""

    reporter: Reporter
    path: Path | None = None
    problems: list[Problem] = field(default_factory=list)


def locate_file(source: FormSource, directory: Path) -> Located:
    """The file of a form, which must lie in `directory` and be a plain file; links may not lead out of it either."""
    declared = PurePosixPath(source.path.replace("\\", "/"))
    reporter = Reporter(source.name, str(PurePosixPath(directory.name) / declared))
    try:
        root = directory.resolve()
        path = (root / declared).resolve()
        found = _check_location(source, root, root / declared, path, reporter)
    except (OSError, ValueError, RuntimeError) as error:  # names too long or with a NUL, circles of links, no right
        found = reporter.report("RAW002", f"form '{source.name}' has a path that cannot be used: {error}")
    return Located(reporter, problems=[found]) if found else Located(reporter, path)


def _check_location(source: FormSource, root: Path, declared: Path, path: Path, reporter: Reporter) -> Problem | None:
    form = f"form '{source.name}'"
    if PurePosixPath(source.path).is_absolute() and path.is_relative_to(root):
        inside = PurePosixPath(path.relative_to(root))
        message = f"{form} has the absolute path '{source.path}'"
        return reporter.report("RAW002", message, hint=f"name it relative to the folder of the export: {inside}")
    if not path.is_relative_to(root):
        if ".." not in declared.parts and declared.is_relative_to(root):
            return reporter.report(
                "RAW002", f"{form} is a link to a place outside {root.name}", hint="put the file itself into the folder"
            )
        return reporter.report(
            "RAW002",
            f"{form} has the path '{source.path}', which leads out of {root.name}",
            hint="name a file inside the folder",
        )
    if path.is_dir():
        return reporter.report("RAW002", f"{form} is a folder, not a file", hint="name a file in it")
    if not path.exists():
        return reporter.report(
            "RAW001", f"form '{source.name}' has no file {source.path} in {root.name}", hint=_suggest(declared)
        )
    if not path.is_file():
        return reporter.report("RAW002", f"{form} is not a plain file", hint="name a delimited text file")
    return None


def _suggest(declared: Path) -> str:
    folder = declared.parent
    if not folder.is_dir():
        return f"there is no folder {folder.name}"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    if not names:
        return "the folder has no files"
    same = next((name for name in names if name.casefold() == declared.name.casefold()), "")
    if same:
        return f"there is {same}; upper and lower case are distinguished"
    more = f" and {len(names) - SHOWN_ROWS} more" if len(names) > SHOWN_ROWS else ""
    return did_you_mean(declared.name, names) or f"the files are {', '.join(names[:SHOWN_ROWS])}{more}"
