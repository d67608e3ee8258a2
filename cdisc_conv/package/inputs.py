"""What a run reads: the raw export, and the datasets that are given."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from cdisc_conv.columns.stored import Frame
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.engine.ranges.reuse import keep_count
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.raw.files.locate import find_files
from cdisc_conv.report.places import locate
from cdisc_conv.spec.forms.sources import form_source, list_expected
from cdisc_conv.spec.model import Study

Progress = Callable[[str], None]


def quiet(step: str) -> None:
    """No progress wanted."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The folders of a run: `raw` holds the export, `sdtm` the datasets that are given.

    A run without `raw` reads SDTM and makes analysis datasets alone.
    """

    raw: Path | None
    sdtm: Path

    @property
    def folders(self) -> dict[str, Path]:
        """The folders by what messages call them."""
        return {**({"raw folder": self.raw} if self.raw else {}), "sdtm folder": self.sdtm}

    def name_folders(self, folder: Path, out: Path) -> dict[str, str]:
        """Each folder as findings call it -> as the package calls it; `folder` becomes `out`."""
        names: dict[str, str] = {}
        for read in self.folders.values():
            shown = out / read.relative_to(folder) if read.is_relative_to(folder) else read
            names |= dict.fromkeys((str(shown), str(shown.resolve())), self.locate(read, folder, out))
        return names

    @staticmethod
    def locate(read: Path | None, folder: Path, out: Path) -> str:
        """The way from the package, which stands in `folder` now and in `out` later, to a folder that was read."""
        if read is None:
            return ""
        return locate(read, folder if read.is_relative_to(folder) else out)


BYTES_PER_RANGE = 8 << 20
"""Of the files of raw forms, as much as one range of subjects is made of where nobody says how many there are."""
RANGES_PER_WORKER = 4
_WHOLE = 2 * BYTES_PER_RANGE
"""Files up to this size are one range."""
_PACKED = {".parquet": 8, ".dsjc": 8}
"""How much larger what a file holds is than the file itself."""


def choose_ranges(
    study: Study, inputs: Inputs, division: Division, keeping: Keeping | None = None, workers: int = 0
) -> Division:
    """The division with a number of ranges (it has none where nobody asked for one) that the memory has room for.

    Ranges are about as large whatever the size of the files, so that the memory for one range is enough for all. They
    are as many as in the run before (`keeping`) as long as that is about right. There are some for each of the
    `workers` of a cluster, so that one that is slow, or lost, costs little.
    """
    if division.ranges:
        return division
    size = measure_inputs(study, inputs)
    wanted = max(1 if size <= _WHOLE else -(-size // BYTES_PER_RANGE), RANGES_PER_WORKER * workers)
    return replace(division, ranges=wanted if keeping is None else keep_count(keeping, wanted))


def measure_inputs(study: Study, inputs: Inputs) -> int:
    """The bytes of the files that the forms are read from, or without raw forms of the datasets that are given."""
    if inputs.raw is None:
        files = {path for path in inputs.sdtm.iterdir() if path.suffix.lower() in (".xpt", ".csv")}
    else:
        sources = [form_source(study, form) for form in study.forms.values()]
        files = {found.path for source in sources if not source.url for found in find_files(source, inputs.raw)[0]}
    return sum(map(_measure, files))


def _measure(path: Path) -> int:
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                return sum(entry.file_size for entry in file.infolist())
        return path.stat().st_size * _PACKED.get(path.suffix.lower(), 1)
    except (OSError, zipfile.BadZipFile):  # a finding when it is read
        return 0


def describe_inputs(inputs: Inputs, conversion: Conversion, folder: Path, out: Path) -> dict[str, Any]:
    """Folders, files and columns for the manifest: ``raw`` and, where datasets were given, ``given``.

    A run without raw forms has an empty ``raw``.
    """
    from cdisc_conv.package.writing.fingerprints import describe_columns
    from cdisc_conv.package.writing.manifest import describe_files

    forms: dict[str, Frame] = {name: form.frame for name, form in conversion.forms.items()}
    found = {"raw": (inputs.raw, list_read_files(conversion), forms)}
    if conversion.study.given:
        files = describe_files(sorted(conversion.given_files), inputs.sdtm)
        found["given"] = (inputs.sdtm, files, {given.name: given.frame for given in conversion.given})
    return {
        name: {
            "folder": inputs.locate(read, folder, out),
            "files": files if read else [],
            "columns": describe_columns(frames),
        }
        for name, (read, files, frames) in found.items()
    }


def list_read_files(conversion: Conversion) -> list[dict[str, Any]]:
    """The files that the forms were read from, in order of their paths, as they were when they were read."""
    files = {file.path: file for form in conversion.forms.values() for file in form.files}
    ordered = (files[path] for path in sorted(files, key=PurePosixPath))
    return [{"path": file.path, "bytes": file.size, "sha256": file.sha256} for file in ordered]


def check_raw_files(study: Study, raw: Path | None) -> list[Problem]:
    """ACC003: a file of the kind of the study's exports that no form reads, such as a form that was added later."""
    if raw is None or (study.raw.path and (raw / study.raw.path).is_file()):
        return []  # what stands beside the one file of an export is not of it
    known = {given.file for given in study.given.values()} | list_expected(study)
    kinds = {Path(name).suffix.lower() for name in known}
    strangers = sorted(
        path.name
        for path in raw.iterdir()
        if path.is_file()
        and path.suffix.lower() in kinds
        and not any(path.name == name or fnmatchcase(path.name, name) for name in known)
    )
    hint = "add its form to forms.yaml, or take the file out of the raw folder"
    return [
        Problem(
            "ACC003", f"the raw file {name} belongs to no form of the study", Severity.WARNING, Place(file=name), hint
        )
        for name in strangers
    ]


def find_fewer_rows(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Problem]:
    """RAW035: forms with fewer rows than in the package that this one replaces, by the manifests of both.

    It is said on the screen only: what a package holds does not depend on the one before it.
    """
    if before.get("study") != now.get("study"):
        return []
    old, new = _count_rows(before), _count_rows(now)
    problems = []
    for form in new:
        if new[form] < old.get(form, 0):
            fewer = old[form] - new[form]
            message = f"form '{form}' has {new[form]:,} rows, {fewer:,} fewer than in the package before"
            hint = "look whether the transfer is whole"
            problems.append(Problem("RAW035", message, Severity.WARNING, Place(form=form), hint))
    return problems


def _count_rows(manifest: Mapping[str, Any]) -> dict[str, int]:
    """The rows of each form, as far as the manifest is as it should be: it may be that of an earlier version."""
    raw = manifest.get("raw")
    columns = raw.get("columns") if isinstance(raw, Mapping) else None
    found = columns.items() if isinstance(columns, Mapping) else ()
    rows = {form: one.get("rows") for form, one in found if isinstance(one, Mapping)}
    return {form: count for form, count in rows.items() if isinstance(count, int)}
