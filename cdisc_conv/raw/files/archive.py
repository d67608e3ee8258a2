"""Zip archives: each file in it is read as it would be beside it. Members that lead out, and bombs, are refused."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path, PurePosixPath

from cdisc_conv.problems import ProblemsError
from cdisc_conv.raw.files.signatures import is_office
from cdisc_conv.raw.registry import choose_reader, choose_table, register
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import Container, RawFile, RawTable, Reader

_HIGHEST_RATIO = 300
_SMALL = 50_000_000
"""What is larger than this may not be larger than its compressed form by more than the ratio."""
_BLOCK = 1 << 20
_ENCRYPTED, _LINK = 0x1, 0o120000
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@register
class ZipReader(Reader):
    """Zip archives of files of any other format."""

    name = "zip"
    label = "a zip archive"
    suffixes = (".zip",)

    def recognises(self, head: bytes, name: str) -> bool:
        """A zip that is not the zip of an office document."""
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not is_office(head)

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        try:
            archive = zipfile.ZipFile(file.path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            message = f"form '{reporter.form}' is a damaged zip archive: {error}"
            raise ProblemsError([reporter.report("RAW003", message, hint="ask for it again")]) from None
        return _Archive(archive, file, reporter)


class _Archive(Container):
    holds_files = True

    def __init__(self, archive: zipfile.ZipFile, file: RawFile, reporter: Reporter) -> None:
        self._archive, self._file = archive, file
        self._stack = ExitStack()
        self._stack.enter_context(archive)
        self._open: dict[str, Container] = {}
        members = [one for one in archive.infolist() if not one.is_dir() and not _is_junk(one.filename)]
        if problems := [why for member in members if (why := _refuse_member(member))]:
            archive.close()
            message = f"form '{reporter.form}' is in a zip archive that {problems[0]}"
            hint = "nothing of it is read; ask for another archive"
            raise ProblemsError([reporter.report("RAW025", message, hint=hint, count=len(problems))])
        self._members = {member.filename: member for member in members}
        self.tables = tuple(self._members)

    def find_table(self, source: FormSource, inner: str = "") -> str | None:
        """The member of the path inside, else of the form's table or name; or the only one there is."""
        if inner and PurePosixPath(inner).name != inner:
            return inner if inner in self._members else None
        by_name: dict[str, str] = {}
        for member in reversed(self.tables):
            path = PurePosixPath(member)
            by_name |= {path.stem.casefold(): member, path.name.casefold(): member}
        given = (inner, PurePosixPath(inner).stem) if inner else (source.table, source.name)
        for wanted in filter(None, given):
            if wanted in self._members or wanted.casefold() in by_name:
                return wanted if wanted in self._members else by_name[wanted.casefold()]
        return self.tables[0] if len(self.tables) == 1 and not inner else None

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        shown = f"{self._file.shown}/{name}"
        inside = replace(reporter, file=shown)
        if name not in self._open:
            file = RawFile(self._extract(name, reporter), shown, self._file.metadata, self._file.described)
            reader = choose_reader(file, source.format if source.format != "zip" else "", inside, source.encoding)
            if reader.name == "zip":
                message = f"form '{source.name}' is in a zip archive inside a zip archive"
                raise ProblemsError([reporter.report("RAW025", message, hint="unpack the outer one")])
            self._open[name] = self._stack.enter_context(closing(reader.open(file, inside)))
        container = self._open[name]
        return container.table(choose_table(container, source, "", inside), source, inside)

    def _extract(self, name: str, reporter: Reporter) -> Path:
        """The member as a file of its own, which is gone when the archive is closed. Raises ProblemsError."""
        member = self._members[name]
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="cdisc-conv-")))
        path = folder / f"member{PurePosixPath(name).suffix}"
        try:
            with self._archive.open(member) as packed, path.open("wb") as file:
                shutil.copyfileobj(packed, file, _BLOCK)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            message = f"form '{reporter.form}' cannot be unpacked: {name}: {error}"
            raise ProblemsError([reporter.report("RAW003", message, hint="ask for the archive again")]) from None
        return path

    def close(self) -> None:
        self._stack.close()


def _is_junk(name: str) -> bool:
    return name.startswith(_JUNK[0]) or PurePosixPath(name).name in _JUNK or PurePosixPath(name).name.startswith("._")


def _refuse_member(member: zipfile.ZipInfo) -> str:
    """Why a member may not be unpacked; "" when it may. zipfile itself stops at the size that the archive states."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return f"holds the path '{member.filename}', which leads out of it"
    if (member.external_attr >> 16) & 0o170000 == _LINK:
        return f"holds the link '{member.filename}'"
    if member.flag_bits & _ENCRYPTED:
        return f"is protected by a password ('{member.filename}')"
    if member.file_size > max(_SMALL, _HIGHEST_RATIO * member.compress_size):
        return (
            f"holds '{member.filename}', which would grow to {member.file_size:,} bytes from {member.compress_size:,}"
        )
    return ""
