"""Files of a package that the package before has already: copied instead of written, where they are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdisc_conv.steps import NOTHING_KEPT, Steps


@dataclass(frozen=True)
class Files:
    """The folder that is filled, the package that it will replace, and what is known of how its files were made."""

    folder: Path
    before: Path | None = None
    steps: Steps = NOTHING_KEPT

    def write(self, path: Path, made_of: Any, write: Callable[[], None]) -> None:
        """Let `write` write the new file `path` from `made_of`, which is all that it depends on.

        It is copied where an earlier run wrote it from the same, and it is still there with the bytes that it had then.
        Raises what `write` raises.
        """
        name = str(path.relative_to(self.folder).as_posix())
        kept = self.steps.name("file", (name, made_of))
        wanted = self.steps.find(kept) if self.before is not None else None
        if wanted is not None and self.before is not None and _copy(self.before / name, path) == wanted[0]:
            self.steps.note("file", name, reused=True)
            return
        write()
        if kept:
            self.steps.keep(kept, hash_file(path))
            self.steps.note("file", name, reused=False)


def hash_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(old: Path, new: Path) -> str:
    """Copy a file; the SHA-256 of what was copied, "" where there is nothing to copy."""
    digest = hashlib.sha256()
    try:
        with old.open("rb") as source, new.open("wb") as target:
            while block := source.read(1 << 20):
                digest.update(block)
                target.write(block)
    except OSError:
        return ""
    return digest.hexdigest()
