"""What a run is made of, as hashes: the program, the mapping, the files that are read. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from cdisc_conv import __file__ as _package_file
from cdisc_conv.resources import KINDS, shipped

MOST_HASHED = 256 * 1024**2
"""Files of the raw folder over this size are known by size, times and place on the disk instead of their content."""

GROUPS = ("cdisc_conv.derivations", "cdisc_conv.readers", "cdisc_conv.dictionaries")
"""Entry points of plug-ins."""

PROGRAM = "program"
"""Stands among the files for the code of cdisc-conv, of plug-ins, and the versions of everything installed."""

_ENVIRONMENT = ("SOURCE_DATE_EPOCH",)


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do, as far as what it writes depends on it. Paths are as the user wrote them."""

    study: str
    out: Path
    raw: Path | None = None
    sdtm: Path | None = None
    datasets: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None
    encoding: str = ""
    split_size: str = ""

    @property
    def name(self) -> str:
        """The same for the same request from the same folder: findings name files as they were reached."""
        said = sorted((key, str(value)) for key, value in asdict(self).items())
        return hash_text(repr([said, os.getcwd()]))

    @property
    def folder(self) -> Path:
        """The folder of the study, shipped ones by their name."""
        path = Path(self.study)
        if path.name == self.study and not (path / "study.yaml").is_file():
            return shipped("mappings") / path
        return path

    def is_shared(self, name: str) -> bool:
        """Whether one of the inputs is not of the mapping or the data: the program, or a standard that was imported."""
        stores = (_find_store(), self.folder / "standards")
        return name == PROGRAM or any(Path(name).is_relative_to(store) for store in stores)


def hash_text(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def hash_file(path: Path) -> str:
    """SHA-256 of a file; a word for one that cannot be read.

    >>> hash_file(Path("not there"))
    'unreadable'
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def describe_inputs(request: Request) -> dict[str, str]:
    """Every file of the folders that a run reads -> a hash of it, whether the run needs it or not.

    `PROGRAM` stands for all code that takes part.
    """
    found = {PROGRAM: hash_program()}
    raw = request.raw
    if raw is not None and raw.is_file():
        found |= _describe_folder(raw.parent, deep=False)
    for folder in (request.folder, raw, request.sdtm):
        if folder is not None and folder.is_dir():
            found |= _describe_folder(folder)
    for folder in filter(None, (raw, request.sdtm)):  # of a package, whether its data are synthetic
        found |= {str(path): hash_file(path) for path in [folder.parent / "manifest.json"] if path.is_file()}
    store = _find_store()
    found |= {str(path): describe_status(path.stat()) for path in walk(store) if path.exists()}
    return found


def describe_files(files: Iterable[Path]) -> dict[str, str]:
    """Files -> hashes, of what lies outside of the folders."""
    return {str(path): hash_file(path) for path in files}


def find_changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What differs between two answers of `describe_inputs`, sorted.

    >>> find_changes({"a.csv": "1", "b.csv": "2"}, {"a.csv": "1", "b.csv": "3", "c.csv": "4"})
    ['b.csv', 'c.csv']
    """
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def hash_program() -> str:
    """A hash of all code that takes part: our own with its data, plug-ins, and what is installed in which version."""
    package = Path(_package_file).resolve().parent
    digest = hashlib.sha256(repr([sys.version, platform.machine(), *map(os.environ.get, _ENVIRONMENT)]).encode())
    for folder in (package, *map(shipped, KINDS), *_list_plug_ins(package)):
        for path in walk(folder):
            digest.update(f"{path.name} {hash_file(path)}\n".encode(errors="surrogateescape"))
    digest.update("\n".join(_list_installed()).encode(errors="surrogateescape"))
    return digest.hexdigest()


def _list_plug_ins(package: Path) -> list[Path]:
    """The folders of packages, or single modules, that plug-ins are of."""
    names = {entry.value.partition(":")[0].partition(".")[0] for group in GROUPS for entry in entry_points(group=group)}
    found = []
    for name in sorted(names - {package.name}):
        try:
            spec = find_spec(name)
        except (ImportError, ValueError):
            continue  # a run reports that it cannot be loaded
        if spec is not None:
            places = spec.submodule_search_locations or filter(None, [spec.origin])
            found += [Path(place) for place in places]
    return found


def _list_installed() -> list[str]:
    """Name and version of everything that is installed, as the names of its metadata have them."""
    found: set[str] = set()
    for place in sys.path:
        try:
            found.update(name for name in os.listdir(place or ".") if name.endswith((".dist-info", ".egg-info")))
        except OSError:
            continue
    return sorted(found)


def _find_store() -> Path:
    from cdisc_conv.standards.store import user_store

    return user_store()


def _describe_folder(folder: Path, deep: bool = True) -> dict[str, str]:
    return {str(path): _describe(path) for path in walk(folder, deep)}


def _describe(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "unreadable"
    return hash_file(path) if status.st_size <= MOST_HASHED else describe_status(status)


def describe_status(status: os.stat_result) -> str:
    """Size, times and place on the disk of a file, which change when it is written."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


def walk(place: Path, deep: bool = True) -> Iterator[Path]:
    """The files in a folder and what lies in it, sorted; links to folders are followed, once each."""
    if place.is_file():
        yield place
        return
    yield from _walk_folder(place, deep, set())


def _walk_folder(folder: Path, deep: bool, seen: set[Path]) -> Iterator[Path]:
    real = folder.resolve()
    if real in seen:
        return
    seen.add(real)
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            if deep and entry.name != "__pycache__":
                yield from _walk_folder(folder / entry.name, deep, seen)
        elif entry.is_file():
            yield folder / entry.name
