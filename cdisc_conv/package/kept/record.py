"""The record of a run: what it was made of, what it printed, and the hash of what it wrote.

A run whose record still holds need not be made again: `find_run` compares hashes, of the inputs and of every file of
the package, and gives back what the run found. Anything else, a record that is damaged too, is made anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdisc_conv.keeping import Room
from cdisc_conv.package.kept.inputs import Request, describe_files, describe_inputs, find_changes, hash_file
from cdisc_conv.package.listing import MANIFEST, find_foreign_files, read_manifest
from cdisc_conv.package.result import Result
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.resources import shipped

if TYPE_CHECKING:
    from cdisc_conv.package.writing.package import Package

FEWER_ROWS = "RAW035"
"""Compares with the package before, which is the same one when nothing changed."""


@dataclass(frozen=True)
class Before:
    """What is known before a run begins: a file that changes while it runs has changed for the next one."""

    inputs: Mapping[str, str]
    started: float

    @classmethod
    def look(cls, request: Request) -> Before:
        """Hash the inputs of a request."""
        return cls(describe_inputs(request), time.time())


@dataclass(frozen=True)
class Kept:
    """A run that need not be made again: when it was made, and its result."""

    made: float
    result: Result


@dataclass(frozen=True)
class Found:
    """What was found of an earlier run: it still holds (`kept`), or `changes` names what differs, if that is known."""

    kept: Kept | None = None
    changes: tuple[str, ...] = ()


def find_run(room: Room, request: Request, before: Before) -> Found:
    """The earlier run of a request, if its inputs and the package in its output folder are what they were."""
    content = room.find(request.name)
    if content is None:
        return Found()
    try:
        record: dict[str, Any] = json.loads(content)
        then: dict[str, str] = record["inputs"]
        outside = describe_files(map(Path, record["outside"]))
        changes = find_changes({**then, **record["outside"]}, {**before.inputs, **outside})
        changes += [name for name in record["absent"] if Path(name).exists()]
        if changes:
            return Found(changes=tuple(dict.fromkeys(changes)))
        if changes := _find_changed_outputs(request.out, record["manifest"]):
            return Found(changes=tuple(changes))
        return Found(Kept(record["made"], _read_result(request.out, record["result"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        room.drop(request.name, "is not the record of a run")
        return Found()


def keep_run(room: Room, request: Request, before: Before, package: Package) -> None:
    """Write the record of a run that has ended; none of one that reads a database, which nothing tells apart.

    A mapping file outside of the study's folder that changed since the run began keeps it from being kept, too.
    """
    study = package.study
    if study is None or any(settings.url for settings in (study.raw, *study.raw.sources.values())):
        return
    outside = [path for path in study.files if str(path) not in before.inputs]
    if any(_changed_since(path, before.started) for path in outside):
        return
    result = package.result
    told = [problem for problem in result.problems if problem.code != FEWER_ROWS]
    record = {
        "made": before.started,
        "inputs": before.inputs,
        "outside": describe_files(outside),
        "absent": _list_absent(study.folder, outside),
        "manifest": hash_file(request.out / MANIFEST),
        "result": {"datasets": result.datasets, "problems": [asdict(one) for one in told], "files": result.files},
    }
    room.keep(request.name, json.dumps(record, ensure_ascii=True).encode())


def _changed_since(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_ctime >= moment
    except OSError:
        return True


def _list_absent(folder: Path, outside: Sequence[Path]) -> list[str]:
    """Where a layer would be looked for before the shipped one that was read; see the loader of studies."""
    home, base = folder.parent, shipped("mappings")
    layers = [path.relative_to(base) for path in outside if path.is_relative_to(base)]
    return [] if home.resolve() == base.resolve() else [str(home / layer) for layer in layers]


def _find_changed_outputs(out: Path, manifest: str) -> list[str]:
    """Files of a package that are not what the run wrote."""
    if hash_file(out / MANIFEST) != manifest:
        return [str(out / MANIFEST)]
    listed = (read_manifest(out) or {"outputs": []})["outputs"]
    changed = [entry["path"] for entry in listed if hash_file(out / entry["path"]) != entry["sha256"]]
    return [str(out / name) for name in (*changed, *find_foreign_files(out))]


def _read_result(out: Path, said: Mapping[str, Any]) -> Result:
    datasets = tuple((str(name), int(records), int(variables)) for name, records, variables in said["datasets"])
    return Result(out, datasets, tuple(_read_problem(one) for one in said["problems"]), int(said["files"]))


def _read_problem(said: Mapping[str, Any]) -> Problem:
    place = Place(**{**said["place"], "rows": tuple(said["place"]["rows"])})
    return replace(Problem(**{**said, "place": place}), severity=Severity(said["severity"]))
