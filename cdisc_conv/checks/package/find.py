"""The files of a package: datasets of any format and define.xml, wherever their folders put them.

Codes: CHK001 nothing to check, CHK002 a dataset that several files hold, CHK003 a file that is packed, CHK008 one
of a format that is not read, and those of the readers (CMP..., XPT..., DEF001, DEF002) for files that cannot be read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_conv.datafiles.read import ENDINGS, DatasetFile, list_datasets
from cdisc_conv.define.reading.document import DefineDocument
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.visible import make_visible

PREFERRED = (".xpt", ".sas7bdat", ".json", ".ndjson", ".dsjc", ".parquet", ".csv")
"""Which file counts where several hold a dataset of one name: the first of these."""

_PACKED = (".gz", ".zip", ".7z", ".cpt", ".xz", ".bz2", ".tar")
_OTHER_FORMATS = frozenset(
    [
        ".xlsx",
        ".xlsm",
        ".xlsb",
        ".xls",
        ".ods",
        ".tsv",
        ".dat",
        ".sav",
        ".por",
        ".dta",
        ".rds",
        ".rda",
        ".rdata",
        ".xport",
        ".stc",
        ".sd2",
        ".sd7",
        ".ssd",
        ".feather",
        ".arrow",
    ]
)
_DATASET_XML = b"http://www.cdisc.org/ns/Dataset-XML/"
_DATASET_JSON = (b'"datasetJSONVersion"', b'"itemGroupData"', b'"itemGroupOID"', b'"itemOID"')
_ASIDE = frozenset({"raw", "report", "split", "legacy", "misc", "programs", "documents"})
"""Folders beside the datasets of a package: raw exports, reports, parts of datasets that are there as a whole."""
_EXCHANGE = frozenset({"json", "ndjson", "dsjc"})
"""Folders that hold the datasets of the folder above once more, as Dataset-JSON."""
_MOST_DOUBLED = 3
_DEEPEST = 6
"""Levels of folders: an eCTD has ``m5/datasets/STUDY/analysis/adam/datasets``."""


@dataclass(frozen=True)
class FoundFiles:
    """The files of a package, and what is wrong with them; ``whole`` is False for a single file."""

    root: Path
    datasets: tuple[DatasetFile, ...]
    definitions: tuple[DefineDocument, ...]
    define_paths: tuple[Path, ...]
    problems: tuple[Problem, ...]
    whole: bool


def find_files(path: Path) -> FoundFiles:
    """The datasets and the define.xml of a package: a folder with all below it, a file, or a define.xml.

    Folders of raw exports, reports and parts of datasets are left alone. Raises ProblemsError (CHK001, CMP001) when
    there is nothing to check; whatever else cannot be read is among the problems, and the rest is there.
    """
    if path.is_dir():
        unopened: list[Problem] = []
        files = [file for folder in _list_folders(path, path, unopened) for file in folder]
        datasets, problems = _list_datasets(path, files)
        problems = [*unopened, *problems]
        defines = [file for file in files if file.suffix.lower() == ".xml"]
        packed = [file for file in files if file.suffix.lower() in _PACKED]
        problems += [_report_packed(path, file) for file in packed]
        problems += [_report_unread(path, file) for file in files if _is_unread(file)]
        whole = True
    elif path.suffix.lower() == ".xml" and path.is_file():
        datasets, problems = _list_datasets(path.parent, sorted(path.parent.iterdir()))
        defines, whole = [path], bool(datasets)
    else:
        if path.suffix.lower() in _PACKED and path.is_file():
            raise ProblemsError([replace(_report_packed(path, path), severity=Severity.ERROR)])
        datasets, problems = list_datasets(path), []
        defines, whole = [one for one in _beside(path) if one.is_file()], False
    definitions, define_paths, unread = _read_definitions(path, defines)
    problems += unread
    if not datasets and not definitions:
        hint = f"datasets end in {', '.join(ENDINGS)}"
        nothing = Problem("CHK001", f"there is nothing to check in {make_visible(str(path))}", hint=hint)
        raise ProblemsError([*problems, nothing])
    return FoundFiles(path, tuple(datasets), tuple(definitions), tuple(define_paths), tuple(problems), whole)


def _list_folders(root: Path, path: Path, problems: list[Problem], depth: int = 0) -> Iterator[list[Path]]:
    """The plain files of a folder and of those below it, without hidden ones and those that stand aside.

    Folders that cannot be read, and links to datasets that lead nowhere, are added to the problems.
    """
    try:
        entries = sorted(os.scandir(path), key=lambda one: one.name)
    except OSError as error:
        problems.append(report_unopened(root, path, error))
        return
    entries = [one for one in entries if not one.name.startswith((".", "~$"))]
    files = [Path(one.path) for one in entries if one.is_file()]
    yield files
    for one in entries:
        if one.is_symlink() and Path(one.name).suffix.lower() in ENDINGS and not Path(one.path).exists():
            problems.append(_make_unread(root, Path(one.path), "the link leads nowhere", "add the file"))
    aside = _ASIDE | _EXCHANGE if any(file.suffix.lower() == ".xpt" for file in files) else _ASIDE
    for one in entries:
        if depth < _DEEPEST and one.name.lower() not in aside and one.is_dir(follow_symlinks=False):
            yield from _list_folders(root, Path(one.path), problems, depth + 1)


def report_unopened(root: Path, path: Path, error: OSError) -> Problem:
    """A file or folder that the system does not let us read."""
    message = f"it cannot be read: {error.strerror or type(error).__name__}"
    return _make_unread(root, path, message, "check its permissions")


def _make_unread(root: Path, path: Path, message: str, hint: str) -> Problem:
    return Problem("CMP001", message, place=Place(file=_shorten(root, path)), hint=hint)


def _beside(path: Path) -> tuple[Path, Path]:
    folder = path.resolve().parent
    return folder / "define.xml", folder.parent / "define.xml"


def _list_datasets(root: Path, files: Sequence[Path]) -> tuple[list[DatasetFile], list[Problem]]:
    """The datasets, one of each name; a JSON file of something else is no dataset and no problem."""
    found: dict[str, list[DatasetFile]] = {}
    problems: list[Problem] = []
    for file in files:
        if file.suffix.lower() not in ENDINGS or not file.is_file():
            continue
        try:
            for one in () if _is_other_json(file) else list_datasets(file):
                found.setdefault(one.name, []).append(one)
        except ProblemsError as error:
            problems += shorten_places(root, error.problems)
        except OSError as error:
            problems.append(report_unopened(root, file, error))
    chosen = []
    doubled: dict[str, str] = {}
    for name, several in found.items():
        ordered = sorted(several, key=lambda one: PREFERRED.index(one.path.suffix.lower()))
        chosen.append(ordered[0])
        if len(several) > 1:
            doubled[name] = ", ".join(_shorten(root, one.path) for one in ordered)
    return chosen, [*problems, *report_doubled(doubled)]


def report_doubled(doubled: Mapping[str, str]) -> list[Problem]:
    """Datasets that are in several files: each its own finding, or, where a folder holds all of them twice, one."""
    told = [
        Problem(
            "CHK002",
            f"dataset {name} is in several files: {files}; the first is checked",
            Severity.ERROR,
            Place(dataset=name),
            "keep one of them",
        )
        for name, files in doubled.items()
    ]
    if len(told) <= _MOST_DOUBLED:
        return told
    name, files = next(iter(doubled.items()))
    message = f"{len(doubled)} datasets are in several files, such as {name} in {files}; the first of each is checked"
    hint = f"keep one file of each ({', '.join(doubled)}), or check the folder of each study by itself"
    return [Problem("CHK002", message, Severity.ERROR, hint=hint, count=len(doubled))]


def _is_other_json(file: Path) -> bool:
    """Whether a JSON file does not begin like a dataset: a manifest, a report, a schema."""
    if file.suffix.lower() not in (".json", ".ndjson"):
        return False
    with file.open("rb") as stream:
        start = stream.read(1 << 16)
    is_object = start.lstrip()[:1] == b"{" and b"}" in start
    return is_object and (b'"$schema"' in start or not any(mark in start for mark in _DATASET_JSON))


def _report_packed(root: Path, file: Path) -> Problem:
    message = "the file is packed and was not looked into"
    hint = "unpack it beside the others" if root.is_dir() else "unpack it, and check the folder"
    return Problem("CHK003", message, Severity.WARNING, Place(file=_shorten(root, file)), hint)


def _is_unread(file: Path) -> bool:
    """Whether a file may hold a dataset in a format that is not read."""
    ending = file.suffix.lower()
    if ending == ".xml" and not file.stem.lower().startswith("define"):
        with suppress(OSError), file.open("rb") as stream:
            return _DATASET_XML in stream.read(1 << 12)
    return ending in _OTHER_FORMATS


def _report_unread(root: Path, file: Path) -> Problem:
    message = "files of this format are not read; a dataset in it is not checked"
    hint = f"save it as one of {', '.join(ENDINGS)}, if it is a dataset"
    return Problem("CHK008", message, Severity.NOTE, Place(file=_shorten(root, file)), hint)


def _read_definitions(root: Path, files: Sequence[Path]) -> tuple[list[DefineDocument], list[Path], list[Problem]]:
    """The define.xml among XML files; one that is called define and is none is a problem."""
    documents: list[DefineDocument] = []
    paths: list[Path] = []
    problems: list[Problem] = []
    for file in files:
        named = file.stem.lower().startswith("define")
        if not named and file != root:
            continue
        try:
            documents.append(DefineDocument(file, _shorten(root, file)))
            paths.append(file)
        except ProblemsError as error:
            problems += error.problems
    return documents, paths, problems


def shorten_places(root: Path, problems: Sequence[Problem]) -> list[Problem]:
    """The problems with their files named from the package's folder."""
    return [
        replace(one, place=replace(one.place, file=_shorten(root, Path(one.place.file)))) if one.place.file else one
        for one in problems
    ]


def _shorten(root: Path, path: Path) -> str:
    folder = root if root.is_dir() else root.parent
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
