"""The rows that a package was made from, read again from where they were: raw forms, and datasets that were given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.stored import load
from cdisc_conv.engine.given.files import PARTS, read_file
from cdisc_conv.package.reading.confine import check_names
from cdisc_conv.package.writing.manifest import describe_file
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.raw import read_form
from cdisc_conv.raw.files.locate import find_files
from cdisc_conv.raw.recorded import restore_source


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A raw row behind a record: data row `row` (from 1) of `form`. `values` is empty when the file is not there.

    Where `kind` is ``dataset``, it is a record of the dataset `form`, whether that was made or given.
    """

    form: str
    label: str
    file: str
    row: int
    values: Mapping[str, str]
    kind: str = "form"


class Sources:
    """The forms and given datasets of a package, read when first needed.

    `raw` is the folder they are in when they are no longer where the manifest says. Raises ProblemsError (TRC007) when
    the package names something outside its folders. `problems`: TRC004 a file is gone,
    TRC005 it has changed.
    """

    def __init__(self, out: Path, manifest: Mapping[str, Any], lineage: Mapping[str, Any], raw: Path | None) -> None:
        check_names(manifest, lineage)
        self._lineage = lineage
        self._given = lineage.get("given", {})
        parts = {name: manifest.get(name, {"folder": "", "files": []}) for name in ("raw", "given")}
        folders = {name: (out / part["folder"]).resolve() for name, part in parts.items()}
        if raw is not None:
            together = not parts["raw"]["folder"] or folders["raw"] == folders["given"]
            folders |= {"raw": raw, **({"given": raw} if together else {})}
        self._folders = folders
        self._known = {
            (name, entry["path"]): entry["sha256"] for name, part in parts.items() for entry in part["files"]
        }
        self._frames: dict[str, pd.DataFrame | None] = {}
        self.problems: list[Problem] = []

    def read_row(self, source: str, row: int) -> TracedRow:
        """A row of ``form ae``, or a record of ``dataset AE``."""
        kind, _, name = source.partition(" ")
        described = self._lineage["forms"] if kind == "form" else self._given
        if name not in described:  # made in the run, but not in the package
            return TracedRow(name, "not in this package", "", row, {}, kind)
        if source not in self._frames:
            self._frames[source] = self._load(source)
        frame = self._frames[source]
        values = {} if frame is None else read_values(frame, row)
        return TracedRow(name, described[name]["label"], described[name]["file"], row, values, kind)

    def _load(self, source: str) -> pd.DataFrame | None:
        kind, _, name = source.partition(" ")
        if kind == "form":
            return self._load_form(name, self._lineage["forms"][name])
        file, folder = self._given[name]["file"], self._folders["given"]
        there = [self._is_there("given", one, folder) for one in file.split(PARTS)]
        return read_file(name, file, folder)[0] if all(there) else None

    def _load_form(self, name: str, described: Mapping[str, Any]) -> pd.DataFrame | None:
        folder, reading = self._folders["raw"], described.get("reading", {})
        if reading.get("database"):
            message = f"form '{name}' was read from a database, which is not asked again"
            hint = "the row number is that of the query, whose order a run keeps"
            self.problems.append(Problem("TRC004", message, Severity.WARNING, hint=hint))
            return None
        usual = {key: self._lineage["raw"][key] for key in ("encoding", "delimiter")}
        source = restore_source(name, described["file"], usual, reading)
        files = find_files(source, folder)[0]
        paths = [file.path.relative_to(folder.resolve()).as_posix() for file in files] or [described["file"]]
        missing = [path for path in paths if not self._is_there("raw", path, folder)]
        if missing:
            return None
        read, _ = read_form(source, folder)
        return load(read.frame) if read is not None else None

    def _is_there(self, part: str, file: str, folder: Path) -> bool:
        """Whether a file can be read; one that is not as it was is read with a warning."""
        path = folder / file
        what = f"{'raw' if part == 'raw' else 'given'} file"
        if not path.is_file():
            hint = "give its folder with --raw; the rows are those of the file the package was made from"
            self.problems.append(Problem("TRC004", f"the {what} '{path}' is not there", Severity.WARNING, hint=hint))
            return False
        if self._known.get((part, file)) != describe_file(path, file)["sha256"]:
            message = f"the {what} '{path}' has changed since the package was made, so rows and values may not fit"
            self.problems.append(Problem("TRC005", message, Severity.WARNING, hint="run again to bring them together"))
        return True


def read_values(frame: pd.DataFrame, row: int) -> dict[str, str]:
    """The cells of a row (from 1) as text; nothing when there is no such row."""
    if not 0 < row <= len(frame):
        return {}
    return {str(key): show_value(cell) for key, cell in frame.iloc[row - 1].items()}


def show_value(value: Any) -> str:
    """A value as text; a number as short as it can be, a missing one as nothing.

    >>> show_value(2.0), show_value(float("nan")), show_value("N")
    ('2', '', 'N')
    """
    if isinstance(value, float):
        return write_number(value)
    return str(value)
