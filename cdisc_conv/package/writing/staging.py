"""A folder that is made beside its target and takes its place in one step, so that a failed run changes nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cdisc_conv.columns.stored import Shelf
from cdisc_conv.package.listing import DROPPINGS, TOOL, find_foreign_files, read_manifest
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.workplace import SCRATCH, name_target, open_workplace, put_in_place, recover


@contextmanager
def stage_folder(target: Path, apart_from: Mapping[str, Path]) -> Iterator[Path]:
    """A new empty folder to fill; when the block ends without an exception it takes the place of `target`.

    `apart_from` names the folders that must not lie inside or above `target`, such as ``{"raw folder": raw}``. Whatever
    goes wrong (Ctrl-C too), `target` stays as it was and the new folder is removed. What a killed run left is put in
    order first; see `workplace`. Raises ProblemsError as `check_target` and `open_workplace` do, and OSError when the
    folder cannot be made or put in place.

    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp()) / "out"
    >>> with stage_folder(out, {}) as stage:
    ...     _ = (stage / "manifest.json").write_text("{}")
    >>> [path.name for path in out.iterdir()], len(list(out.parent.iterdir()))
    (['manifest.json'], 1)
    """
    target = _resolve(target)
    recover(target)
    _raise_any(check_target(target, apart_from))
    parents = _make_parents(target.parent)
    try:
        with open_workplace(target) as workplace:
            stage = workplace / "new"
            try:
                stage.mkdir()
                yield stage
                _raise_any(check_target(target, apart_from))  # somebody may have come to the place in the meantime
                put_in_place(workplace, target)
            except OSError as error:
                name_target(error, stage, target)
                raise
    except BaseException:
        for parent in reversed(parents):
            with suppress(OSError):
                parent.rmdir()
        raise


@contextmanager
def open_scratch(stage: Path, target: Path, place: str = "") -> Iterator[Path]:
    """An empty private folder for what is only needed while the folder `stage` is filled, which will become `target`.

    It is beside `stage`, or in the folder `place`; at the end of the block it is gone. What a killed run left there is
    removed by the next one for the same target. Raises ProblemsError (PKG025) when `place` is no folder, and as
    `open_workplace` does.
    """
    if not place:
        scratch = stage.parent / SCRATCH
        scratch.mkdir(mode=0o700)
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return
    if not Path(place).is_dir():
        message = f"there is no folder '{place}' for scratch files"
        raise ProblemsError([Problem("PKG025", message, hint="make it, or check the spelling of --scratch")])
    token = hashlib.sha256(os.fsencode(target.resolve())).hexdigest()[:16]
    with open_workplace(Path(place).resolve() / f"{target.name}-{token}") as workplace:
        scratch = workplace / SCRATCH
        scratch.mkdir(mode=0o700)
        yield scratch


@contextmanager
def name_full_scratch(shelf: Shelf) -> Iterator[None]:
    """A disk that is full in the block, where only scratch files are written, is RUN003."""
    try:
        yield
    except OSError as error:
        if shelf.folder is None or error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        message = f"there is no space left for scratch files in '{shelf.folder.parent.parent}'; nothing is written"
        hint = "make room, about as much as the package takes, or name a folder on a larger disk with --scratch"
        raise ProblemsError([Problem("RUN003", message, hint=hint)]) from error


def check_target(target: Path, apart_from: Mapping[str, Path]) -> list[Problem]:
    """What keeps `target` from being written or replaced: PKG001 to PKG004, PKG013, PKG015."""
    target = _resolve(target)
    found = check_place(target, apart_from)
    return found or (_check_content(target) or check_permission(target) if target.exists() else [])


def check_place(target: Path, apart_from: Mapping[str, Path]) -> list[Problem]:
    """What keeps a folder from being replaced, whatever is in it: PKG001, PKG002, PKG004, PKG015."""
    target = _resolve(target)
    for what, folder in apart_from.items():
        folder = folder.resolve()
        if target == folder or target.is_relative_to(folder) or folder.is_relative_to(target):
            inside = "inside" if target.is_relative_to(folder) else "above"
            relation = "is" if target == folder else f"lies {inside}"
            message = f"the output folder '{target}' {relation} the {what} '{folder}'"
            hint = "the output folder is replaced as a whole: choose one that stands apart"
            return [Problem("PKG001", message, hint=hint)]
    blocking = next((path for path in (target, *target.parents) if path.exists() and not path.is_dir()), None)
    if blocking is not None:
        what = "the output folder" if blocking == target else f"a part of the output folder '{target}',"
        return [Problem("PKG002", f"{what} '{blocking}' is a file", hint="choose another name")]
    if not target.exists():
        return []
    if Path.cwd().resolve().is_relative_to(target):
        message = f"the output folder '{target}' is the folder you are in, or above it"
        return [Problem("PKG004", message, hint="it is replaced as a whole: go to another folder first")]
    if target.is_mount():
        message = f"the output folder '{target}' is a mount point, which cannot be replaced as a whole"
        return [Problem("PKG015", message, hint=f"choose a folder inside it, such as '{target / 'package'}'")]
    return []


def _resolve(target: Path) -> Path:
    """The folder itself, links followed. Raises ProblemsError (PKG002) for links that lead round in a circle."""
    try:
        return target.resolve()
    except (RuntimeError, OSError):  # which of them depends on the version of Python
        message = f"the output folder '{target}' is a link that leads to itself"
        raise ProblemsError([Problem("PKG002", message, hint="choose another name, or remove the link")]) from None


def _raise_any(problems: list[Problem]) -> None:
    if problems:
        raise ProblemsError(problems)


def _check_content(target: Path) -> list[Problem]:
    if not any(path.name not in DROPPINGS for path in target.iterdir()):
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


def check_permission(target: Path) -> list[Problem]:
    """Found before the work and not after it: a folder that may not be moved, or not be emptied."""
    folders = [target, *(path for path in target.rglob("*") if path.is_dir() and not path.is_symlink())]
    protected = next((folder for folder in folders if not os.access(folder, os.W_OK | os.X_OK)), None)
    if protected is not None:
        message = f"the output folder cannot be replaced: '{protected}' is write-protected"
        return [Problem("PKG013", message, hint="choose another folder, or give yourself the permission to write")]
    parent = target.parent.stat()
    if parent.st_mode & stat.S_ISVTX and hasattr(os, "geteuid"):
        mine = os.geteuid() in (0, parent.st_uid, target.stat().st_uid)
        message = f"the output folder '{target}' belongs to another user, and '{target.parent}' lets nobody replace it"
        return [] if mine else [Problem("PKG013", message, hint="choose another folder")]
    return []


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and what it lies in; the folders that were not there before, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    made = []
    try:
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            made.append(path)
    except PermissionError as error:
        for path in reversed(made):
            path.rmdir()
        message = f"there is no permission to make the folder '{error.filename}'"
        raise ProblemsError(
            [Problem("PKG013", message, hint="choose an output in a folder you may write in")]
        ) from None
    return made
