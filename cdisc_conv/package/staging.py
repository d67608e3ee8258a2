"""A folder that is made beside its target and takes its place in one step, so that a failed run changes nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cdisc_conv.problems import Problem, ProblemsError

MANIFEST = "manifest.json"
TOOL = "cdisc-conv"
_DROPPINGS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that file managers leave behind; they do not keep a folder from being replaced."""


@contextmanager
def stage_folder(target: Path, apart_from: Mapping[str, Path]) -> Iterator[Path]:
    """A new empty folder to fill; when the block ends without an exception it takes the place of `target`.

    `apart_from` names the folders that must not lie inside or above `target`, such as ``{"raw folder": raw}``. Whatever
    goes wrong (Ctrl-C too), `target` stays as it was and the new folder is removed. Raises ProblemsError as
    `check_target` does, and OSError when the folder cannot be made or put in place.

    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp()) / "out"
    >>> with stage_folder(out, {}) as stage:
    ...     _ = (stage / "manifest.json").write_text("{}")
    >>> [path.name for path in out.iterdir()], len(list(out.parent.iterdir()))
    (['manifest.json'], 1)
    """
    target = target.resolve()
    _restore_previous(target)
    problems = check_target(target, apart_from)
    if problems:
        raise ProblemsError(problems)
    stage = target.with_name(f".{target.name}.partial-{os.getpid()}")
    parents = _make_parents(target.parent)
    try:
        shutil.rmtree(stage, ignore_errors=True)  # left by a process of the same number that was killed
        stage.mkdir()
        yield stage
        _swap(stage, target)
    except BaseException as error:
        shutil.rmtree(stage, ignore_errors=True)
        for parent in reversed(parents):
            with suppress(OSError):
                parent.rmdir()
        if isinstance(error, OSError):
            _name_target(error, stage, target)
        raise


def check_target(target: Path, apart_from: Mapping[str, Path]) -> list[Problem]:
    """What keeps `target` from being written or replaced: PKG001 to PKG004."""
    target = target.resolve()
    for what, folder in apart_from.items():
        folder = folder.resolve()
        if target == folder or target.is_relative_to(folder) or folder.is_relative_to(target):
            inside = "inside" if target.is_relative_to(folder) else "above"
            relation = "is" if target == folder else f"lies {inside}"
            message = f"the output folder '{target}' {relation} the {what} '{folder}'"
            hint = "the output folder is replaced as a whole: choose one that stands apart"
            return [Problem("PKG001", message, hint=hint)]
    if not target.exists():
        return []
    if not target.is_dir():
        return [Problem("PKG002", f"the output folder '{target}' is a file", hint="choose another name")]
    if Path.cwd().resolve().is_relative_to(target):
        message = f"the output folder '{target}' is the folder you are in, or above it"
        return [Problem("PKG004", message, hint="it is replaced as a whole: go to another folder first")]
    return _check_content(target)


def find_foreign_files(folder: Path) -> list[str]:
    """Files of a package folder that its manifest does not list, as relative names with forward slashes."""
    manifest = read_manifest(folder)
    listed = {entry["path"] for entry in manifest["outputs"]} if manifest else set()
    return [
        name
        for path in sorted(folder.rglob("*"))
        if not path.is_dir()
        and path.name not in _DROPPINGS
        and (name := path.relative_to(folder).as_posix()) != MANIFEST
        and name not in listed
    ]


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a package that cdisc-conv wrote, or None when `folder` holds none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(manifest, dict) and isinstance(manifest.get("tool"), dict)
    return manifest if ours and manifest["tool"].get("name") == TOOL and "outputs" in manifest else None


def _check_content(target: Path) -> list[Problem]:
    if not any(path.name not in _DROPPINGS for path in target.iterdir()):
        return []
    if read_manifest(target) is None:
        message = f"the output folder '{target}' is not empty, and no earlier run of {TOOL} made it"
        return [Problem("PKG003", message, hint="choose a new folder, or empty this one")]
    foreign = find_foreign_files(target)
    if not foreign:
        return []
    shown = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
    message = f"the output folder '{target}' holds files that {TOOL} did not write: {shown}"
    return [Problem("PKG003", message, hint="they would be lost: move them elsewhere, or choose a new folder")]


def _name_target(error: OSError, stage: Path, target: Path) -> None:
    """Let the error name the file as the user knows it; a full disk names no file at all."""
    name = str(error.filename) if error.filename is not None else str(target)
    error.filename = name.replace(str(stage), str(target))


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and what it lies in; the folders that were not there before, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _swap(stage: Path, target: Path) -> None:
    """`stage` becomes `target`. A folder cannot replace another one, so the old one steps aside first."""
    previous = _previous(target)
    try:
        if target.exists():
            os.rename(target, previous)
        os.rename(stage, target)
    except BaseException:
        if previous.exists() and not target.exists():
            os.rename(previous, target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _restore_previous(target: Path) -> None:
    """Put back a folder that stepped aside for a run that was killed at that very moment."""
    previous = _previous(target)
    if previous.exists() and not target.exists():
        os.rename(previous, target)
    elif previous.exists():
        shutil.rmtree(previous, ignore_errors=True)


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")
