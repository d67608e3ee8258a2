"""Results that are kept from one run to the next, in one private folder of the user that can be deleted at any time.

The folder is ``cdisc-conv`` in the user's cache folder, or that which CDISC_CONV_CACHE names. It may hold data of
subjects, so nobody else may read it, and what others could have written is not read: a room of it that belongs to
another user, or that others may write to, is not used at all. An entry is one file, written beside its place and
renamed into it; its first line holds the SHA-256 of the rest, so that one cut short or changed is noticed.

>>> import tempfile
>>> room = Room(Path(tempfile.mkdtemp()) / "runs")
>>> room.keep("abc", b"a result")
>>> room.find("abc")
b'a result'
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "CDISC_CONV_CACHE"
"""The environment variable that names another folder; set to nothing at all, nothing is kept."""
MOST_BYTES = 10 * 1024**3
"""What a room holds at most; what was not used for longest makes room."""
MOST_DAYS = 30
"""Days after which an entry that nothing used is removed."""

_MARK = b"cdisc-conv kept 1 "
_END = ".kept"

_log = logging.getLogger(__name__)
_warned: set[tuple[Path, str]] = set()
"""What was said of rooms that cannot be written; once is enough."""


def find_folder(room: str) -> Path | None:
    """The folder of what is kept of one kind (``runs``, ``raw``); None where the user wants nothing kept."""
    said = os.environ.get(VARIABLE)
    if said is not None:
        return Path(said) / room if said else None
    from platformdirs import user_cache_path

    return user_cache_path("cdisc-conv", appauthor=False) / room


def open_room(name: str) -> Room | None:
    """The room of one kind of results, made where it is missing; None where nothing is kept or it cannot be used."""
    folder = find_folder(name)
    if folder is None:
        return None
    room = Room(folder)
    try:
        fault = room.make()
    except OSError as error:
        fault = error.strerror or str(error)
    if fault:
        _log.warning("nothing is kept for the next run: '%s' cannot be used (%s)", folder, fault)
        return None
    return room


@dataclass(frozen=True, slots=True)
class Room:
    """A private folder of entries, each with a name of letters, digits, ``-`` and ``_``.

    Beside an entry there may be a folder of its name, which goes when it goes.
    """

    folder: Path

    def make(self) -> str:
        """Make the folder where it is missing; why it must not be used, or an empty text. Raises OSError."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.folder.mkdir(mode=0o700)
        found = self.folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            return "it is not a folder"
        if not hasattr(os, "geteuid"):
            return ""
        if found.st_uid != os.geteuid():
            return "it belongs to another user"
        if found.st_mode & 0o022:
            return "others may write to it: delete it"
        if found.st_mode & 0o077:
            self.folder.chmod(0o700)
        return ""

    def path_of(self, name: str) -> Path:
        """The file of an entry."""
        return self.folder / f"{name}{_END}"

    def keep(self, name: str, content: bytes) -> None:
        """Write an entry, whole or not at all. A folder that cannot be written keeps nothing, with a warning."""
        if fault := self._put(name, content):
            self._warn(fault)

    def warn(self, error: OSError) -> None:
        """Say that something cannot be kept, which stops nobody."""
        self._warn(error.strerror or str(error))

    def _warn(self, fault: str) -> None:
        if (self.folder, fault) not in _warned:  # a run keeps hundreds of results
            _warned.add((self.folder, fault))
            _log.warning("a result is not kept for the next run: '%s' cannot be written (%s)", self.folder, fault)

    def _put(self, name: str, content: bytes) -> str:
        new = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            if fault := self.make():
                return fault
            descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(_MARK + hashlib.sha256(content).hexdigest().encode() + b"\n")
                stream.write(content)
            os.replace(new, self.path_of(name))
        except OSError as error:
            return error.strerror or str(error)
        finally:
            with suppress(OSError):
                new.unlink(missing_ok=True)
        return ""

    def find(self, name: str) -> bytes | None:
        """What is kept under a name; None where there is nothing, or something damaged, which is removed and logged."""
        path = self.path_of(name)
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as stream:
                line, content = stream.readline(len(_MARK) + 65), stream.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            _log.warning("'%s' cannot be read (%s): it is made anew", path, error.strerror)
            return None
        if line != _MARK + hashlib.sha256(content).hexdigest().encode() + b"\n":
            self.drop(name, "was damaged")
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def drop(self, name: str, why: str) -> None:
        """Remove an entry that cannot be used, and say so."""
        path = self.path_of(name)
        _log.warning("'%s', which an earlier run kept, %s: it is made anew", path, why)
        with suppress(OSError):
            path.unlink()
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def clean(self, most_bytes: int = MOST_BYTES, most_days: float = MOST_DAYS) -> None:
        """Remove what nothing used for long, and the rest of writers that were killed; never more than it must."""
        now, total = time.time(), 0
        entries = []
        with suppress(OSError):
            entries = [(entry.stat(follow_symlinks=False), Path(entry.path)) for entry in os.scandir(self.folder)]
        for found, path in sorted(entries, key=lambda entry: -entry[0].st_mtime):
            days = (now - found.st_mtime) / 86_400
            whole = path.suffix in ("", _END) and not path.name.startswith(".")
            total += _measure(path, found)
            if total > most_bytes or days > (most_days if whole else 1):
                _remove(path, found)


def _measure(path: Path, status: os.stat_result) -> int:
    """The bytes of a file, or of the files in a folder."""
    if not stat.S_ISDIR(status.st_mode):
        return status.st_size
    with suppress(OSError):
        return sum(entry.stat(follow_symlinks=False).st_size for entry in os.scandir(path))
    return 0


def _remove(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink()
