"""The files of a dictionary: named one by one, in a folder, or in a zip. Nothing is unpacked to disk."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cdisc_conv.problems import Place, Problem, ProblemsError

LARGEST = 400 << 20
"""Bytes of one file of a dictionary; more is data, or a bomb."""
MOST_FILES = 5_000
HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class File:
    """A file that may describe the study, or hold its data.

    `name` is its path in the folder or zip that was given, `shown` what people call it.
    """

    name: str
    shown: str
    open: Callable[[int], bytes]
    path: Path | None = None
    """Where it is on disk; None inside a zip."""
    encoding: str = ""
    """What is known of its encoding; "" for nothing."""

    @property
    def stem(self) -> str:
        """The file's name without folders and ending: ``V_STUDY_AE``."""
        return Path(self.name).stem

    @property
    def suffix(self) -> str:
        """The ending of the name in small letters: ``.csv``."""
        return Path(self.name).suffix.lower()

    def head(self) -> bytes:
        """The first bytes."""
        return self.open(HEAD)

    def read(self) -> bytes:
        """All of it. Raises ProblemsError (DICT001) when it cannot be read or is too large."""
        data = self.open(LARGEST + 1)
        if len(data) > LARGEST:
            raise ProblemsError([self.problem("DICT001", f"the file has more than {LARGEST >> 20} MB")])
        return data

    def problem(self, code: str, message: str, hint: str = "") -> Problem:
        """An error of the file as a whole."""
        return Problem(code, message, place=Place(file=self.shown), hint=hint)


def find_files(paths: Iterable[tuple[Path, str]], encoding: str = "") -> tuple[File, ...]:
    """The files behind paths (each with what people call it): a file, a folder with everything in it, or a zip.

    `encoding` is that of texts among them, where it is known. Hidden files and links that lead out of a folder are
    left out. Raises ProblemsError (DICT001) for a path that is not there, is no plain file, or a zip that is damaged.
    """
    found: list[File] = []
    problems: list[Problem] = []
    for path, shown in paths:
        try:
            found += _expand(path, shown)
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            reason = getattr(error, "strerror", None) or str(error)
            problems.append(Problem("DICT001", f"the dictionary cannot be read: {reason}", place=Place(file=shown)))
    if problems:
        raise ProblemsError(problems)
    if len(found) > MOST_FILES:
        raise ProblemsError([Problem("DICT001", f"there are {len(found):,} files; at most {MOST_FILES:,} are read")])
    return tuple(replace(file, encoding=encoding or _find_encoding(found)) for file in found)


_SAID = re.compile(r"(UTF-8|UTF-16|ISO-8859-15|ISO-8859-1|MacRoman|windows-125\d)", re.IGNORECASE)


def _find_encoding(files: Iterable[File]) -> str:
    """The encoding that the page of options beside a secuTrial export states; "" without one, or for UTF-8."""
    for file in files:
        if "exportoptions" in file.stem.casefold() and file.suffix in (".html", ".htm"):
            said = _SAID.search(file.open(HEAD).replace(b"\0", b"").decode("latin-1"))
            name = said[1].lower() if said else ""
            return "" if name in ("", "utf-8", "utf-16") else {"macroman": "mac_roman"}.get(name, name)
    return ""


def _expand(path: Path, shown: str) -> Iterator[File]:
    if path.is_dir():
        root = path.resolve()
        for inside in sorted(path.rglob("*")):
            name = inside.relative_to(path).as_posix()
            hidden = any(part.startswith(".") or part == "__MACOSX" for part in inside.relative_to(path).parts)
            if inside.is_file() and not hidden and inside.resolve().is_relative_to(root):
                yield from _expand_file(inside, name, f"{shown.rstrip('/')}/{name}")
        return
    if not path.exists():
        raise ValueError("it is not there")
    if not path.is_file():
        raise ValueError("it is no plain file")
    yield from _expand_file(path, path.name, shown)


def _expand_file(path: Path, name: str, shown: str) -> Iterator[File]:
    with path.open("rb") as file:
        start = file.read(4)
    if start != b"PK\3\4" or path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods"):
        yield File(name, shown, lambda most: _read_file(path, most), path)
        return
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
    for member in members:
        if Path(member.filename).name.startswith(".") or member.filename.startswith("__MACOSX"):
            continue
        inside = member.filename
        yield File(inside, f"{shown}/{inside}", partial(_read_member, path, inside))


def _read_file(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        raise ProblemsError([Problem("DICT001", message, place=Place(file=path.name))]) from None


def _read_member(path: Path, member: str, most: int) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            return file.read(most)
    except (RuntimeError, NotImplementedError, zipfile.BadZipFile, OSError) as error:  # encrypted, damaged
        message = f"the file in the zip cannot be read: {error}"
        raise ProblemsError([Problem("DICT001", message, place=Place(file=f"{path.name}/{member}"))]) from None
