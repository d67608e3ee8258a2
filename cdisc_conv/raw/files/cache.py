"""Forms that were read before, kept for those who look at them again and again while they write a mapping.

A kept form is an Arrow file in a private folder of the user, named after everything that its content depends on: how it
is read, and path, size and time of its files. So a file that changed is read anew. Forms with findings, and those of a
database, are not kept. A run never reads from here.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather

from cdisc_conv.columns.stored import load
from cdisc_conv.keeping import find_folder
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.raw.files.locate import find_files
from cdisc_conv.raw.read import read_forms
from cdisc_conv.raw.source import FormSource

MOST_FILES = 400
_VERSION = 1
ROOM = "raw"


def find_cache() -> Path | None:
    """The folder of kept forms; None where the user wants none."""
    return find_folder(ROOM)


def read_kept_forms(
    sources: Sequence[FormSource], directory: Path, cache: Path | None
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The rows of forms by name, from the cache where they are there, else read and kept; with what reading found.

    A form that cannot be read is left out. Where the cache cannot be written nothing is kept.
    """
    places = {source.name: _place(source, directory, cache) for source in sources}
    frames: dict[str, pd.DataFrame] = {}
    for name, path in places.items():
        if path is not None and path.is_file():
            with suppress(OSError, pa.ArrowException):
                frames[name] = feather.read_table(path, memory_map=False).to_pandas().astype("str")
    missing = [source for source in sources if source.name not in frames]
    if not missing:
        return frames, []
    forms, problems = read_forms(missing, directory)
    faulty = {problem.place.form for problem in problems if problem.severity is not Severity.NOTE}
    for name, form in forms.items():
        frames[name] = load(form.frame)
        kept = places[name]
        if kept is not None and name not in faulty:
            with suppress(OSError, pa.ArrowException):
                _keep(frames[name], kept)
    return frames, problems


def _place(source: FormSource, directory: Path, cache: Path | None) -> Path | None:
    """Where a form is kept; None for one that is not."""
    if cache is None or source.url:
        return None
    found, problems = find_files(source, directory)
    if problems or not found:
        return None
    beside = [found[0].path.parent / name for name in source.metadata]
    said = [repr(source), str(_VERSION), *map(_describe, [*(one.path for one in found), *source.described, *beside])]
    name = hashlib.sha256("\n".join(said).encode(errors="surrogateescape")).hexdigest()
    return cache / f"{name}.arrow"


def _describe(path: Path) -> str:
    try:
        known = path.stat()
    except OSError:
        return f"{path} is not there"
    return f"{path.resolve()} {known.st_size} {known.st_mtime_ns} {known.st_ino}"


def _keep(frame: pd.DataFrame, path: Path) -> None:
    """Write a form for the user alone, whole or not at all; the oldest forms make room."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(stat.S_IRWXU)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        descriptor = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            feather.write_feather(table, stream, compression="lz4")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
    kept = sorted(path.parent.glob("*.arrow"), key=lambda one: one.stat().st_mtime_ns)
    for old in kept[:-MOST_FILES]:
        old.unlink(missing_ok=True)
