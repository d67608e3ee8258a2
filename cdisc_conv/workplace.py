"""Where an output is made: a private folder beside it, from which it moves into place in one step.

A workplace of ``out`` is called ``.out.cdisc-conv-TOKEN``. It holds ``new``, what is being made, ``scratch``, what
would fill the memory meanwhile, for a moment ``old``, what steps aside for it, and ``lock``, which its process
keeps locked as long as it lives. So the next command that writes the same output can tell what a killed process left
behind: it puts ``old`` back when the process died between the two renames, and removes the rest. TOKEN is random,
followed by a check sum of itself and the name of the output: no other folder is taken for a workplace, whatever it is
called.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import secrets
import shutil
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cdisc_conv.problems import Problem, ProblemsError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_log = logging.getLogger(__name__)

SCRATCH = "scratch"
_TOKEN = re.compile(r"\.cdisc-conv-([0-9a-f]{16})([0-9a-f]{8})")
_CONTENT = frozenset({"lock", "new", "old", SCRATCH})
_LONGEST_NAME = 40
"""Characters of the output's name in that of its workplace, so that the latter is never too long."""

_placed: list[Path] = []


def list_placed() -> tuple[Path, ...]:
    """The outputs that this process has put in place and that are still there, oldest first."""
    return tuple(dict.fromkeys(path for path in _placed if path.exists()))


def forget_placed() -> None:
    """Let `list_placed` begin anew."""
    _placed.clear()


@contextmanager
def open_workplace(target: Path) -> Iterator[Path]:
    """A new private folder beside `target`, for this process alone; it is removed at the end of the block.

    What killed processes left beside `target` is put back or removed first; see `recover`. Raises ProblemsError: PKG013
    there is no permission to write beside `target`, PKG014 another process is writing it; and OSError.
    """
    with _locked(target.parent):
        found = {folder: _is_alive(folder) for folder in _list_workplaces(target)}
        if any(found.values()):
            message = f"another run of cdisc-conv is writing '{target}' at this moment"
            raise ProblemsError([Problem("PKG014", message, hint="wait until it has ended, or choose another output")])
        dead = [folder for folder, alive in found.items() if alive is False]
        _put_back(target, dead)
        folder, lock = _make_workplace(target)
    try:
        for left in dead:
            _remove(left, target)
        yield folder
    finally:
        os.close(lock)
        if not _is_half_way(folder):  # else the next command puts back what could not be put back now
            shutil.rmtree(folder, ignore_errors=True)


def recover(path: Path) -> None:
    """Put back the output that a process had moved aside when it was killed, and say so in a log message.

    `path` is the output or something in it. Does nothing where there is nothing to put back.
    """
    with suppress(OSError, RuntimeError, ValueError):
        path = path.resolve()
        gone = next((one for one in (path, *path.parents) if not one.exists() and one.parent.is_dir()), None)
        if gone is not None:
            with _locked(gone.parent):
                _put_back(gone, [folder for folder in _list_workplaces(gone) if _is_alive(folder) is False])


def put_in_place(workplace: Path, target: Path) -> None:
    """``new`` of a workplace becomes `target`, whatever that was before; or all stays as it was when that fails.

    A folder cannot replace another one, so the old one steps aside first. Signals that would end the program in between
    wait until it is done.
    """
    new, old = workplace / "new", workplace / "old"
    with _signals_wait():
        try:
            if new.is_dir() and target.exists():
                os.replace(target, old)
            os.replace(new, target)
        except BaseException:
            if old.exists() and not target.exists():
                with suppress(OSError):
                    os.replace(old, target)
            raise
        _placed.append(target)


def keep_others(folder: Path, new: Path) -> None:
    """Everything of a folder that `new` does not have, in `new` as well, so that it may take the folder's place.

    Folders that both have are put together. Files are linked, and copied where the file system has no links. Raises
    IsADirectoryError where a folder has the name of a new file, and NotADirectoryError where a file has that of a new
    folder.
    """
    for path in sorted(folder.iterdir()):
        inner = path.is_dir() and not path.is_symlink()
        if not os.path.lexists(new / path.name):
            if inner:
                shutil.copytree(path, new / path.name, symlinks=True, copy_function=_link)
            else:
                _link(path, new / path.name)
        elif inner and (new / path.name).is_dir():
            keep_others(path, new / path.name)
        elif inner:
            raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
        elif (new / path.name).is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "Not a directory", str(path))
    shutil.copymode(folder, new)


def _link(path: str | Path, target: str | Path) -> None:
    try:
        os.link(path, target, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(path, target, follow_symlinks=False)


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """A path to write to; when the block ends without an exception, what was written takes the place of `path`.

    A link is replaced, not followed; what is neither file nor folder, such as ``/dev/stdout``, gets the bytes when they
    are complete. Raises as `check_file_target` and `open_workplace` do.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "page.html"
    >>> with replace_file(path) as new:
    ...     _ = new.write_text("whole")
    >>> path.read_text(), len(list(path.parent.iterdir()))
    ('whole', 1)
    """
    check_file_target(path)
    if path.exists() and not path.is_file():
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "new"
            with (Path(folder) / "new").open("rb") as made, path.open("wb") as stream:
                shutil.copyfileobj(made, stream)
        return
    path = path.parent.resolve() / path.name
    with open_workplace(path) as workplace:
        new = workplace / "new"
        try:
            yield new
        except OSError as error:
            name_target(error, new, path)
            raise
        put_in_place(workplace, path)


def check_file_target(path: Path) -> None:
    """Raise OSError when a file cannot be written to `path`: it is a folder, or there is no folder to hold it."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(path.parent))


def name_target(error: OSError, made: Path, target: Path) -> None:
    """Let the error name the file as the user knows it; a full disk names no file at all."""
    name = str(error.filename) if error.filename is not None else str(target)
    error.filename = name.replace(str(made), str(target))


def _make_workplace(target: Path) -> tuple[Path, int]:
    """The folder, which nobody else can read or write, and the open lock in it."""
    token = secrets.token_hex(8)
    folder = target.with_name(f"{_prefix(target)}.cdisc-conv-{token}{_check_sum(token, target)}")
    try:
        folder.mkdir(mode=0o700)
    except PermissionError:
        message = f"there is no permission to write in '{target.parent}', where '{target.name}' is made"
        hint = "choose an output in a folder that you may write in"
        raise ProblemsError([Problem("PKG013", message, hint=hint)]) from None
    except OSError as error:
        error.filename = str(target)
        raise
    try:
        lock = os.open(folder / "lock", os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except OSError as error:
        folder.rmdir()
        error.filename = str(target)
        raise
    with suppress(OSError):
        _lock(lock)
    return folder, lock


def _prefix(target: Path) -> str:
    return f".{target.name[:_LONGEST_NAME]}"


def _check_sum(token: str, target: Path) -> str:
    return hashlib.sha256(f"{token} {target.name}".encode(errors="surrogateescape")).hexdigest()[:8]


def _list_workplaces(target: Path) -> list[Path]:
    """The workplaces of an output, of processes dead or alive."""
    prefix = _prefix(target)
    try:
        names = sorted(entry.name for entry in os.scandir(target.parent) if entry.name.startswith(prefix))
    except OSError:
        return []
    tokens = ((name, _TOKEN.fullmatch(name.removeprefix(prefix))) for name in names)
    ours = (name for name, found in tokens if found and _check_sum(found[1], target) == found[2])
    return [folder for name in ours if _is_workplace(folder := target.with_name(name))]


def _is_workplace(folder: Path) -> bool:
    try:
        return stat.S_ISDIR(folder.lstat().st_mode) and _CONTENT.issuperset(os.listdir(folder))
    except OSError:
        return False


def _is_alive(folder: Path) -> bool | None:
    """Whether the process of a workplace lives; None where the file system cannot tell."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return False
    except OSError:
        return None
    try:
        _lock(lock)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return None
    finally:
        os.close(lock)
    return False


def _lock(descriptor: int) -> None:
    """Lock an open file at once, or raise OSError; the lock ends with the process."""
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _put_back(target: Path, dead: list[Path]) -> None:
    """Undo the first of the two renames where the second one never came."""
    for folder in dead:
        if _is_half_way(folder) and not target.exists():
            os.replace(folder / "old", target)
            _log.warning("an earlier run was killed while it replaced '%s'; what was there before is back", target)


def _is_half_way(folder: Path) -> bool:
    """Whether a process came as far as the first of the two renames and not to the second."""
    return (folder / "old").exists() and (folder / "new").exists()


def _remove(folder: Path, target: Path) -> None:
    """Remove what a killed process left. Its ``old`` stays where something else has come to the place since."""
    if _is_half_way(folder):
        message = "what '%s' was before an earlier run was killed is kept in '%s'; delete that when you do not need it"
        _log.warning(message, target, folder / "old")
        return
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Look for workplaces in a folder, and make one, while no other process does; where the system can do that."""
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Ctrl-C and requests to end take effect when the block is over; in the main thread, which alone has handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    waiting = [number for number, handler in handlers.items() if handler not in (None, signal.SIG_IGN)]
    for number in waiting:
        signal.signal(number, lambda number, frame: received.append(number))
    try:
        yield
    finally:
        for number in waiting:
            signal.signal(number, handlers[number])
        for number in received:
            signal.raise_signal(number)
