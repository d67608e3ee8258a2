"""What is said of a form and its file, and what comes out of reading it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cdisc_conv.columns.stored import Frame
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity


@dataclass(frozen=True, slots=True)
class Long:
    """How a file of one item a row becomes a form of one column an item.

    `item` names the columns that together say which item it is, `value` that of its value; rows that are equal in `by`
    are one row of the form, with what the first of them has in `keep`. `missing` are values that stand for none, and
    `prefix` is taken from the names of items.
    """

    item: tuple[str, ...]
    value: str
    by: tuple[str, ...]
    keep: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    prefix: str = ""

    def __post_init__(self) -> None:
        if not self.item or not self.by:
            raise ValueError("a long layout needs columns in 'item' and 'by'")


@dataclass(frozen=True, slots=True)
class OtherInformats:
    """How some rows of a form are written: those with one of the values (``*`` for any characters) in each column."""

    where: Mapping[str, tuple[str, ...]]
    informats: Mapping[str, tuple[str, ...]]
    """Column -> formats, in place of those of the column."""


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
    """What each header row holds (see `cdisc_conv.raw.shaping.headers`); none at all where there are none."""
    end: str = ""
    """What the last line says that only marks the end of the file, in its first field."""
    folder: str = ""
    """The folder of its source inside that of the export, or the file that holds all forms of the source."""
    url: str = ""
    """The database of its source, as SQLAlchemy names it; ``${NAME}`` stands for a variable of the environment."""
    query: str = ""
    """What is asked of the database, where that is not all of `table`."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Columns that the study calls something else: name in the file -> name in the study."""
    decodes: Mapping[str, str] = field(default_factory=dict)
    """Coded columns and those of their words, which the format catalogue of the file may stand for."""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Only rows with one of these values are the form's: column in the file -> values."""
    filled: Mapping[str, str] = field(default_factory=dict)
    """Only rows in which one of these columns says something are the form's: column -> what says as little as ""."""
    described: tuple[Path, ...] = ()
    """Files kept with the study that may describe the data: the EDC's dictionary, where that is ODM."""
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Columns of `where` with the values of all forms that share the file; rows with others are of no form."""
    elsewhere: frozenset[str] = frozenset()
    """Columns of the file that are of other forms."""
    declared: Mapping[str, str] = field(default_factory=dict)
    """Where the EDC's dictionary says that a column is there: column in the file -> file and line."""
    missing: tuple[str, ...] = ()
    """Values that stand for none, such as NA; they are read as ""."""
    informats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """How values are written: column in the study -> formats of its dates, or of its numbers."""
    exceptions: tuple[OtherInformats, ...] = ()
    """Rows that are written otherwise, such as those of a site."""
    pivot: int | None = None
    """The first of the hundred years in which years of two digits lie."""
    long: Long | None = None
    metadata: tuple[str, ...] = ()
    """Files in the same folder that say more of this one: a SAS format catalogue, the metadata of an ODM file."""


@dataclass(frozen=True, slots=True)
class RawForm:
    """The rows of a form.

    All columns of `frame` have dtype ``str`` and hold the values as the file has them, "" for an empty field; the row
    labelled i is data row i + 1 of the file, blank lines not counted; of several files, rows are counted on from one to
    the next. `labels` and `values` (code -> words, by column) are what the file itself says of its columns; `files` are
    what was read, in that order.
    """

    name: str
    path: str
    frame: Frame
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: tuple[ReadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its path from the folder of the export on, size in bytes, SHA-256, and rows of the form."""

    path: str
    size: int
    sha256: str
    rows: int


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
