"""The exports in a folder: which files there are, how each is written, and the EDC's dictionary among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from cdisc_conv.draft.reading.layouts import find_layout
from cdisc_conv.draft.reading.names import without_accents
from cdisc_conv.draft.reading.vendors import find_roles, split_instruments
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.raw.dictionaries.detection import Guess, detect
from cdisc_conv.raw.dictionaries.model import Dictionary
from cdisc_conv.raw.dictionaries.registry import read_dictionary
from cdisc_conv.raw.registry import choose_reader
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import Container, RawFile

_NOISE = frozenset(
    [
        "raw",
        "data",
        "export",
        "exports",
        "dataset",
        "datasets",
        "crf",
        "ecrf",
        "edc",
        "clinical",
        "form",
        "forms",
        "view",
        "extract",
    ]
)
_DATA = (
    *(".csv", ".tsv", ".tab", ".txt", ".dat", ".xlsx", ".xlsm", ".sas7bdat", ".xpt", ".parquet", ".json", ".ndjson"),
    *(".dsjc", ".xml", ".odm", ".zip", ".xls"),
)
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")
MOST_FILES = 500
_SAS = (".sas7bdat", ".xpt")
_CONTROL = {"FMTNAME", "START", "LABEL"}
"""Columns that a data set of formats (CNTLOUT of PROC FORMAT) has at least."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the export that no dictionary describes: a form of forms.yaml."""

    file: str
    table: str
    header: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """What the study calls columns that it calls otherwise than the file."""
    name: str = ""
    """What the form is called, where neither the file nor the table says it."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """What columns are for that a known EDC adds."""


@dataclass(frozen=True, slots=True)
class Exports:
    """The files of a raw folder. `tables` are those that no dictionary describes."""

    folder: Path
    dictionary: Dictionary | None = None
    guess: Guess | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def survey_exports(raw: Path, edc: str = "") -> Exports:
    """What there is in a folder, or in the one file that an export is. `edc` names the system that it is of.

    Raises ProblemsError: INIT001 the folder is not there, INIT002 there is nothing in it that can be read, DICT004 an
    unknown system; what is wrong with single files comes with the exports.
    """
    if not raw.exists():
        hint = "check the spelling of --raw"
        raise ProblemsError([Problem("INIT001", f"there is no folder or file '{raw}'", hint=hint)])
    folder, files = (raw, list(_list_files(raw))) if raw.is_dir() else (raw.parent, [raw.name])
    if not files:
        hint = f"--raw names the folder with the files of the export ({', '.join(_DATA[:8])} ...)"
        raise ProblemsError([Problem("INIT002", f"there are no data files in '{raw}'", hint=hint)])
    guess = next((found for found in detect(raw) if found.describes and found.edc != "table"), None)
    if edc or guess is not None:
        dictionary = read_dictionary([(raw, raw.name)], edc)
        beside = _list_beside(dictionary, files)
        tables, problems = _read_tables(folder, beside) if beside else ({}, [])
        tables = {name: table for name, table in tables.items() if name not in dictionary.forms}
        return Exports(folder, dictionary, guess, tables, (*dictionary.problems, *problems))
    tables, problems = _read_tables(folder, files)
    if not tables:
        message = f"none of the {len(files)} files in '{raw}' can be read as a form"
        raise ProblemsError([*problems, Problem("INIT002", message, hint="each form is a table with a header")])
    return Exports(folder, tables=tables, problems=tuple(problems))


def list_further(folder: Path, source: FormSource) -> dict[str, dict[str, Any]]:
    """What forms.yaml says of the columns that the file of a form has beyond those that its dictionary describes."""
    if source.long or source.elsewhere or source.query:
        return {}
    files = [file for file in _list_files(folder) if fnmatchcase(file, source.path)]
    try:
        tables = _read_file(folder, files[0]) if files else []
    except (ProblemsError, OSError):  # what is wrong with the file is reported when it is read
        return {}
    if len(tables) != 1:
        return {}
    known = {*(source.columns or ()), *source.names}
    header = tuple(name for name in tables[0].header if name not in known)
    further = replace(tables[0], header=header, roles=find_roles(tables[0].header))
    return {name: {**said, "new": True} for name, said in make_columns(further).items()}


def _list_beside(dictionary: Dictionary, files: Sequence[str]) -> list[str]:
    """Files that the dictionary neither is made of nor describes, and that may hold forms of something else."""
    described = {name.partition("/")[2] or name for name in dictionary.files}
    patterns = [form.file for form in dictionary.forms.values() if form.file]
    shared = any(not form.file for form in dictionary.forms.values())
    if shared:
        return []
    return [
        file
        for file in files
        if file not in described
        and not any(fnmatchcase(file, pattern) for pattern in patterns)
        and Path(file).suffix.lower() in (".csv", ".tsv", ".sas7bdat", ".xpt", ".xls")
    ]


def _list_files(folder: Path) -> Iterator[str]:
    """The files that may be data, as paths in the folder; hidden ones and links that lead out are left out."""
    root = folder.resolve()
    for path in sorted(folder.rglob("*"))[: MOST_FILES * 4]:
        inner = path.relative_to(folder)
        hidden = any(part.startswith((".", "__MACOSX", "~$")) for part in inner.parts)
        if path.suffix.lower() in _DATA and path.is_file() and not hidden and path.resolve().is_relative_to(root):
            yield inner.as_posix()


def _read_tables(folder: Path, files: Sequence[str]) -> tuple[dict[str, Table], list[Problem]]:
    """The tables of the files, by the names of their forms."""
    found: list[tuple[str, Table]] = []
    problems: list[Problem] = []
    catalogues = _list_catalogues(folder)

    def read(some: Sequence[str]) -> None:
        for file in some:
            try:
                found.extend((f"{file}#{table.table}", table) for table in _read_file(folder, file, catalogues))
            except (ProblemsError, OSError) as error:
                problems.extend(_describe_unread(file, error))

    read(files[:MOST_FILES])
    formats = {table.file for _, table in found if {name.upper() for name in table.header} >= _CONTROL}
    if formats:  # what PROC FORMAT writes says the words of the others' codes
        catalogues += sorted(formats)
        again = {table.file for _, table in found if Path(table.file).suffix.lower() in _SAS} - formats
        found = [(key, table) for key, table in found if table.file not in formats | again]
        read(sorted(again))
    if len(files) > MOST_FILES:
        message = f"there are {len(files):,} files; only the first {MOST_FILES} are looked at"
        problems.append(Problem("INIT003", message, Severity.WARNING))
    names = name_forms([table for _, table in found])
    return dict(zip(names, (table for _, table in found), strict=True)), problems


def _list_catalogues(folder: Path) -> list[str]:
    """The SAS format catalogues of a folder, as paths in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.sas7bcat") if path.is_file())


def _describe_unread(file: str, error: ProblemsError | OSError) -> list[Problem]:
    """INIT003: a file that is left out, with the reason."""
    if isinstance(error, OSError):
        reasons = [(error.strerror or str(error), "check the permissions of the file")]
    else:
        reasons = [(f"{one.code} {one.message}", one.hint) for one in error.problems[:3]]
    return [
        Problem("INIT003", f"the file is left out: {reason}", Severity.WARNING, Place(file=file), hint)
        for reason, hint in reasons
    ]


def _read_file(folder: Path, file: str, catalogues: Sequence[str] = ()) -> list[Table]:
    """The tables of a file, with the words of `catalogues` beside it. Raises ProblemsError and OSError."""
    reporter = Reporter(Path(file).stem, file)
    beside = [one for one in catalogues if Path(one).parent == Path(file).parent and Path(file).suffix.lower() in _SAS]
    raw = RawFile(folder / file, file, tuple(folder / one for one in beside))
    layout = find_layout(raw.path)
    reader = choose_reader(raw, "", reporter, layout.get("encoding", "utf-8"))
    container = reader.open(raw, reporter)
    try:
        reading = layout if reader.name == "csv" else {}
        reading = {**reading, "metadata": tuple(Path(one).name for one in beside)} if beside else reading
        tables = [table for name in container.tables for table in _read_table(container, name, file, reading)]
    finally:
        container.close()
    if not any(table.header for table in tables):
        raise ProblemsError([reporter.report("RAW006", "there is no header in it", hint="export it again")])
    return [table for table in tables if table.header]


def _read_table(container: Container, name: str, file: str, reading: Mapping[str, Any]) -> list[Table]:
    """The forms that a table holds: one, or each instrument of a REDCap export.

    A row of merged cells above the names of a sheet holds headings, which are skipped.
    """
    try:
        return _open_table(container, name, file, reading)
    except ProblemsError as error:
        if [one.code for one in error.problems] != ["RAW028"]:
            raise
    return _open_table(container, name, file, {**reading, "header": ["skip", "names"]})


def _open_table(container: Container, name: str, file: str, reading: Mapping[str, Any]) -> list[Table]:
    said = {**reading, "header": tuple(reading.get("header", ("names",)))}
    inner = f"{file}/{name}" if container.holds_files and name else file
    source = FormSource(Path(inner).stem, inner, table="" if container.holds_files else name, **said)
    table = container.table(name, source, Reporter(source.name, inner))
    header = tuple(one for one in table.header if one)
    labels = {key: label for key, label in table.labels.items() if label}
    values = {key: dict(codes) for key, codes in table.values.items() if codes}
    whole = Table(inner, "" if container.holds_files else name, header, labels, values, dict(reading))
    instruments = split_instruments(header)
    if not instruments:
        return [replace(whole, roles=find_roles(header))]
    shared = {**reading, "filled": True}
    return [replace(whole, name=one.name, header=one.header, roles=one.roles, reading=shared) for one in instruments]


def name_forms(tables: Sequence[Table]) -> list[str]:
    """A name for each table: that of its sheet or file, without what all files have in common.

    >>> name_forms([Table("X_20240903_AE.csv", "", ()), Table("X_20240903_DM.csv", "", ())])
    ['ae', 'dm']
    >>> name_forms([Table("ae_raw.csv", "", ())])
    ['ae']
    """
    stems = [without_accents(table.name or table.table or Path(table.file).stem) for table in tables]
    split = [[part for part in re.split(r"[^A-Za-z0-9]+", stem) if part] for stem in stems]
    while len(split) > 1 and all(len(parts) > 1 and parts[0] == split[0][0] for parts in split):
        split = [parts[1:] for parts in split]
    while len(split) > 1 and all(len(parts) > 1 and parts[-1] == split[0][-1] for parts in split):
        split = [parts[:-1] for parts in split]
    names: list[str] = []
    for stem, parts in zip(stems, split, strict=True):
        kept = [part for part in parts if part.lower() not in _NOISE and not re.fullmatch(r"\d{6,}", part)]
        name = "_".join(kept or parts or [stem]).lower()
        taken = names.count(name) + sum(one.startswith(f"{name}_") for one in names)
        names.append(f"{name}_{taken + 1}" if name in names else name)
    return names


def make_columns(table: Table) -> dict[str, dict[str, Any]]:
    """What forms.yaml says of a table's columns; names that are no plain words get one, and keep theirs as label."""
    columns: dict[str, dict[str, Any]] = {}
    for name in table.header:
        said: dict[str, Any] = {"label": table.labels.get(name, "")}
        usual = name if _IDENTIFIER.fullmatch(name) else _make_plain(name, columns)
        plain = table.names.get(name, usual)
        if plain != name:
            said |= {"column": name, "label": said["label"] or name}
        if table.roles.get(name):
            said["role"] = table.roles[name]
        if table.values.get(name):
            said |= {"type": "coded", "values": dict(table.values[name])}
        columns[plain] = {key: value for key, value in said.items() if value}
    return columns


def _make_plain(name: str, taken: Iterable[str]) -> str:
    plain = re.sub(r"\W+", "_", without_accents(name), flags=re.ASCII).strip("_") or "COLUMN"
    plain = plain if not plain[0].isdigit() else f"C{plain}"
    known = {one.casefold() for one in taken}
    return next(
        one for one in (plain, *(f"{plain}_{number}" for number in range(2, 10_000))) if one.casefold() not in known
    )
