"""Imported data, kept by kind, name and version: terminology, implementation guides, rules.

A store is a folder: that of a study (``STUDY/standards``), or that of the user. What is imported never goes into the
installed package. An item is one file, ``KIND-NAME-VERSION.txt``: its first line says what it is, where it came from
and the SHA-256 of what follows, so that a file cut short or changed by hand is noticed. It is written beside its place
and renamed into it, so there is never half of it.

>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> keep_item(folder, Key("rules", "core", "2025-09"), b"some rules", source="rules.zip")
<Kept.NEW: 'new'>
>>> find_item(Key("rules", "core", "2025-09"), [folder]).read()
b'some rules'
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cdisc_conv import __file__ as _package_file

FOLDER = "standards"
"""The store in the folder of a study."""
VARIABLE = "CDISC_CONV_DATA"
"""The environment variable that names another data folder of the user."""

_MARK = b"#cdisc-conv "
_FILE = re.compile(r"([a-z]+)-([a-z0-9_]+)-([A-Za-z0-9][A-Za-z0-9._+-]*)\.txt")
_LONGEST_HEAD = 4096


class StoreError(ValueError):
    """An item cannot be kept or read; the message names the file and says what to do."""


class OtherContentError(StoreError):
    """The store has this version already, with other content."""


class Kept(StrEnum):
    """What became of an item that was to be kept."""

    NEW = "new"
    SAME = "same"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What an item is: its kind (one word), its name (``sdtm``, ``sdtmig``) and its version.

    >>> Key.of("ct", "Define-XML", "2024-09-27")
    Key(kind='ct', name='define_xml', version='2024-09-27')
    """

    kind: str
    name: str
    version: str

    @classmethod
    def of(cls, kind: str, name: str, version: str) -> Key:
        """The key for a name as people write it: in small letters, with ``_`` for blanks and hyphens."""
        return cls(kind, re.sub(r"[\s-]+", "_", name.strip().casefold()), version.strip())

    @property
    def file(self) -> str:
        """The name of the item's file."""
        return f"{self.kind}-{self.name}-{self.version}.txt"


@dataclass(frozen=True, slots=True)
class Item:
    """An item in a store. `source` is the name of the file that was imported; `sha256` is that of the content."""

    key: Key
    path: Path
    source: str
    sha256: str

    def read(self) -> bytes:
        """The content.

        Raises:
            StoreError: the file was cut short or changed since it was imported.
        """
        data = self.path.read_bytes().partition(b"\n")[2]
        if _digest(data) == self.sha256:
            return data
        # git may have changed the line ends of a text
        plain = data.replace(b"\r\n", b"\n")
        if _digest(plain) == self.sha256:
            return plain
        raise StoreError(f"{self.path} was changed or cut short since it was imported: import {self.source} again")


def user_store() -> Path:
    """The store of the user: ``standards`` in the user's data folder, or in that which CDISC_CONV_DATA names."""
    if said := os.environ.get(VARIABLE):
        return Path(said) / FOLDER
    from platformdirs import user_data_path

    return user_data_path("cdisc-conv", appauthor=False) / FOLDER


def study_store(study: Path) -> Path:
    """The store of a study, in its folder."""
    return study / FOLDER


def stores(study: Path | None = None) -> tuple[Path, ...]:
    """The stores to look into, in this order: that of the study where there is one, and that of the user."""
    return (study_store(study), user_store()) if study is not None else (user_store(),)


def keep_item(folder: Path, key: Key, data: bytes, *, source: str, replace: bool = False) -> Kept:
    """Put an item into a store, which is made where it is missing.

    Nothing is written when the store has the same content already.

    Raises:
        OtherContentError: the store has this version with other content, and `replace` is False.
        StoreError: the key cannot name a file, or the store lies in the installed package.
        OSError: the file cannot be written.
    """
    if not _FILE.fullmatch(key.file):
        raise StoreError(f"a version is written with letters, digits, '.', '_' and '-', not {key.version!r}")
    package = Path(_package_file).resolve().parent
    if folder.resolve().is_relative_to(package):
        raise StoreError(f"{folder} belongs to the installed package, where nothing is imported to; copy the study")
    there = _read_head(folder / key.file) if (folder / key.file).is_file() else None
    digest = _digest(data)
    if there is not None and there.sha256 == digest and _is_whole(there):
        return Kept.SAME
    if there is not None and _is_whole(there) and not replace:
        raise OtherContentError(f"{there.path} was imported from {there.source}, with other content")
    head = {"kind": key.kind, "name": key.name, "version": key.version, "source": source, "sha256": digest}
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / key.file, _MARK + json.dumps(head, ensure_ascii=False).encode() + b"\n" + data)
    return Kept.NEW if there is None else Kept.REPLACED


def find_item(key: Key, folders: Iterable[Path]) -> Item | None:
    """The item of that key in the first store that has it, or None.

    Raises:
        StoreError: the file is there and is none that was imported.
    """
    for folder in folders:
        if (folder / key.file).is_file():
            return _read_head(folder / key.file)
    return None


def list_items(folders: Iterable[Path], kind: str = "") -> list[Item]:
    """The items of stores, of one kind or of all: store by store, sorted by key; other files are passed over.

    Raises:
        StoreError: a file that is called like an item is none that was imported.
    """
    return [item for folder in folders for item in _list_store(folder) if kind in ("", item.key.kind)]


def _list_store(folder: Path) -> Iterator[Item]:
    keys = sorted(Key(*found.groups()) for path in folder.glob("*.txt") if (found := _FILE.fullmatch(path.name)))
    return (_read_head(folder / key.file) for key in keys)


def _read_head(path: Path) -> Item:
    with path.open("rb") as file:
        line = file.readline(_LONGEST_HEAD)
    try:
        said = json.loads(line.removeprefix(_MARK)) if line.startswith(_MARK) else {}
        key = Key(said["kind"], said["name"], said["version"])
        item = Item(key, path, str(said["source"]), str(said["sha256"]))
    except (KeyError, TypeError, ValueError):
        raise StoreError(f"{path} is not a file that cdisc-conv imported: move it away and import again") from None
    if key.file != path.name:
        raise StoreError(f"{path} holds {key.kind} {key.name} {key.version}: give it the name {key.file} again")
    return item


def _is_whole(item: Item) -> bool:
    try:
        item.read()
    except StoreError:
        return False
    return True


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
