"""Shared storage for one run at a time: a file beside the package says who is writing it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from cdisc_conv.package.listing import TOOL
from cdisc_conv.problems import Problem, ProblemsError


@contextmanager
def claim(files: Any, target: str, url: str) -> Iterator[None]:
    """Keep other runs from `url` until the block ends; `files` is its file system and `target` its path there.

    Storage has no locks that end with a process. So a mark of a process of this machine that is gone is removed; one of
    another machine has to be removed by hand, which the message says. Raises ProblemsError (PKG014) when another run is
    writing there.
    """
    mark, token = place_mark(target), secrets.token_hex(8)
    said = {"host": socket.gethostname(), "process": os.getpid(), "since": round(time.time()), "token": token}
    content = json.dumps(said).encode()
    if not _create(files, mark, content):
        other = _read(files, mark)
        if not _is_gone(other):
            raise ProblemsError([_refuse(other, files.unstrip_protocol(mark), url)])
        with suppress(FileNotFoundError):
            files.rm_file(mark)
        if not _create(files, mark, content):
            raise ProblemsError([_refuse(_read(files, mark), files.unstrip_protocol(mark), url)])
    try:
        yield
    finally:
        if _read(files, mark).get("token") == token:
            with suppress(Exception):  # what ended the block is what has to be told
                files.rm_file(mark)


def place_mark(target: str) -> str:
    """The file that says who is writing: beside the package; in it where nothing is beside it, as in a bucket."""
    folder, _, name = target.rpartition("/")
    return f"{folder}/.{name}.{TOOL}-writing" if folder.strip("/") else f"{target}/.{TOOL}-writing"


def _create(files: Any, path: str, content: bytes) -> bool:
    """Write a file that is not there yet; whether it was not."""
    if files.exists(path):
        return False
    files.makedirs(path.rpartition("/")[0], exist_ok=True)
    try:
        try:
            with files.open(path, "xb") as stream:
                stream.write(content)
        except (ValueError, NotImplementedError):  # storage that cannot open a file so
            files.pipe_file(path, content, mode="create")
    except FileExistsError:
        return False
    return True


def _read(files: Any, path: str) -> dict[str, Any]:
    try:
        found = json.loads(files.cat_file(path))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_gone(said: dict[str, Any]) -> bool:
    """Whether a mark is that of a process of this machine that has ended."""
    if said.get("host") != socket.gethostname() or not isinstance(said.get("process"), int):
        return False
    try:
        os.kill(said["process"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _refuse(said: dict[str, Any], mark: str, url: str) -> Problem:
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(said["since"])) if said.get("since") else ""
    who = f" (process {said['process']} on {said['host']}, since {since})" if since else ""
    message = f"another run of {TOOL} is writing '{url}' at this moment{who}"
    hint = f"wait until it has ended, or choose another output; if it was killed, delete {mark}"
    return Problem("PKG014", message, hint=hint)
