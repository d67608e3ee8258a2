"""A transfer's own manifest: what it says of its files, held against what was read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.raw.files.locate import locate_file
from cdisc_conv.raw.read import read_form
from cdisc_conv.raw.source import FormSource, RawForm, ReadFile, Reporter

_NAMES = ("file", "filename", "file name", "file_name", "path", "dataset", "data set", "table", "form", "name")
_ROWS = ("rows", "row count", "row_count", "rowcount", "records", "record count", "record_count", "nobs", "count", "n")
_HASHES = ("sha256", "sha-256", "sha512", "sha-512", "sha1", "sha-1", "md5", "hash", "checksum", "digest")
_LINE = re.compile(r"(?P<hash>[0-9A-Fa-f]{32,128})\s+[ *]?(?P<name>\S.*)")
_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a manifest says of one file or form; None and "" for what it does not say."""

    name: str
    rows: int | None = None
    digest: str = ""


def check_transfer(manifest: str, folder: str, forms: Iterable[RawForm], directory: Path) -> list[Problem]:
    """Hold the manifest of a source against the forms that were read from it.

    `manifest` and `folder` are named from `directory` on, the folder of the export. The manifest is a table with a
    column of names (of files or forms) and columns of row counts or hashes, of any format that forms have; or lines as
    ``sha256sum`` writes them. RAW031: it cannot be read, or names a file that is not there; RAW032: another number of
    rows; RAW033: another hash; RAW034: a file that it does not name.
    """
    reporter = Reporter("", str(PurePosixPath(directory.name) / folder / manifest))
    entries, problems = _read_entries(manifest, folder, directory, reporter)
    if problems:
        return problems
    forms = list(forms)
    known: set[str] = set()
    for entry in entries:
        found = [(form, file) for form in forms for file in form.files if _is_of(entry, form, file, folder)]
        known |= {file.path for _, file in found}
        if not found and not (directory / folder / entry.name).is_file() and PurePosixPath(entry.name).suffix:
            message = f"the manifest names {entry.name}, which is not in the transfer"
            problems.append(reporter.report("RAW031", message, hint="ask for the file, or for a manifest without it"))
        problems += _compare(entry, found, directory, reporter)
    for path in dict.fromkeys(file.path for form in forms for file in form.files):
        if path not in known:
            message = f"the manifest does not name {path}, which was read"
            hint = "ask whether the file belongs to the transfer"
            problems.append(reporter.report("RAW034", message, severity=Severity.WARNING, hint=hint))
    return problems


def _is_of(entry: Entry, form: RawForm, file: ReadFile, folder: str) -> bool:
    """Whether an entry is about a file: by its path, its name with or without the end, or the name of the form."""
    path = PurePosixPath(file.path)
    inside = str(path.relative_to(folder)) if folder and path.is_relative_to(folder) else file.path
    names = {inside, path.name, path.stem} | ({form.name} if len(form.files) == 1 else set())
    return entry.name.replace("\\", "/").removeprefix("./").casefold() in {name.casefold() for name in names}


def _compare(
    entry: Entry, found: Sequence[tuple[RawForm, ReadFile]], directory: Path, reporter: Reporter
) -> Iterator[Problem]:
    rows = {file.rows for _, file in found}
    if entry.rows is not None and rows and entry.rows not in rows:
        form, file = found[0]
        message = f"form '{form.name}' has {file.rows:,} rows in {file.path}, but the manifest says {entry.rows:,}"
        yield reporter.report("RAW032", message, hint="the file was cut short or changed; ask for it again")
    if entry.digest and found:
        form, file = found[0]
        algorithm = _ALGORITHMS.get(len(entry.digest), "")
        actual = file.sha256 if algorithm == "sha256" else _digest(directory / file.path, algorithm)
        if actual and actual != entry.digest.lower():
            message = f"{file.path} of form '{form.name}' has another {algorithm.upper()} than the manifest says"
            yield reporter.report("RAW033", message, hint="the file was damaged or changed; ask for it again")


def _digest(path: Path, algorithm: str) -> str:
    if not algorithm:
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _read_entries(manifest: str, folder: str, directory: Path, reporter: Reporter) -> tuple[list[Entry], list[Problem]]:
    located = locate_file(FormSource("", str(PurePosixPath(folder) / manifest)), directory)
    if located.path is None:
        message = f"there is no manifest {manifest}"
        return [], [reporter.report("RAW031", message, hint=located.problems[0].hint or "ask for it")]
    if lines := _read_lines(located.path):
        return lines, []
    form, problems = read_form(FormSource("manifest", str(PurePosixPath(folder) / manifest)), directory)
    if form is None:
        why = problems[0].message.removeprefix("form 'manifest' ")
        return [], [reporter.report("RAW031", f"the manifest cannot be read: {why}", hint=problems[0].hint)]
    columns = {str(name).strip().casefold(): str(name) for name in form.frame}

    def find(known: Sequence[str]) -> str:
        return next((columns[one] for one in known if one in columns), "")

    name, rows, digest = find(_NAMES), find(_ROWS), find(_HASHES)
    if not name or not (rows or digest):
        held = ", ".join(map(str, form.frame))
        message = f"the manifest has the columns {held}, of which none are names and counts"
        hint = "call them 'file', and 'rows' or 'sha256'"
        return [], [reporter.report("RAW031", message, hint=hint)]
    blank = [""] * len(form.frame)
    cells = zip(
        form.frame[name], form.frame[rows] if rows else blank, form.frame[digest] if digest else blank, strict=True
    )
    return [Entry(str(one).strip(), _read_count(count), str(sign).strip()) for one, count, sign in cells if one], []


def _read_count(text: str) -> int | None:
    digits = text.strip().replace(",", "")
    return int(digits) if digits.isdecimal() else None


def _read_lines(path: Path) -> list[Entry]:
    """The entries of a file as ``sha256sum`` and ``md5sum`` write it; none where it is something else."""
    if path.stat().st_size > 10_000_000:
        return []
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        return []
    found = [match for line in lines if (match := _LINE.fullmatch(line))]
    return [Entry(match["name"], None, match["hash"]) for match in found] if len(found) == len(lines) else []
