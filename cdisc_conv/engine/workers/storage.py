"""Scratch that a run shares with the workers of a cluster: one folder of its own below a URL."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from cdisc_conv.problems import Problem, ProblemsError

TEST = "test"
"""A file that is there as long as the run is."""
HINT = "--scratch takes a folder or a URL that every worker reaches, such as s3://bucket/folder"


@dataclass(frozen=True)
class Storage:
    """A folder by its URL; names in it are those of files."""

    url: str

    def put(self, name: str, content: bytes) -> None:
        """Write a file. Raises OSError, and what the file system of the URL raises."""
        files, folder = self._open()
        files.makedirs(folder, exist_ok=True)
        files.pipe_file(f"{folder}/{name}", content)

    def get(self, name: str) -> bytes:
        """Read a file. Raises as `put`."""
        files, folder = self._open()
        found: bytes = files.cat_file(f"{folder}/{name}")
        return found

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        files, folder = self._open()
        return bool(files.exists(f"{folder}/{name}"))

    def drop(self, name: str) -> None:
        """Remove a file."""
        files, folder = self._open()
        files.rm_file(f"{folder}/{name}")

    def clear(self) -> None:
        """Remove the folder with everything in it."""
        files, folder = self._open()
        if files.exists(folder):
            files.rm(folder, recursive=True)

    def _open(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        files, folder = url_to_fs(self.url)
        return files, folder.rstrip("/")


def open_storage(url: str) -> Storage:
    """A new folder below `url`, in which a file was written and read as a test.

    Raises ProblemsError (RUN015) where this does not work.
    """
    storage = Storage(f"{url.rstrip('/')}/cdisc-conv-{secrets.token_hex(8)}")
    try:
        storage.put(TEST, b"test")
        if storage.get(TEST) != b"test":
            raise OSError("what was written is not what is read")
    except Exception as error:  # every file system of fsspec has exceptions of its own
        message = f"the scratch '{url}' cannot be used: {str(error) or type(error).__name__}"
        raise ProblemsError([Problem("RUN015", message, hint=HINT)]) from error
    return storage
