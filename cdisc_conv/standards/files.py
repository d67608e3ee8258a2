"""Where the standards are: in the stores of imported data, or among the files that come with the package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cdisc_conv.problems import did_you_mean
from cdisc_conv.standards.blocks import BlockFile, parse_blocks
from cdisc_conv.standards.store import Item, Key, StoreError, find_item, list_items, stores

DATA = Path(__file__).parent / "data"

_LABELS = {"ig": "standard", "ct": "terminology", "model": "model", "dict": "dictionary"}


class UnknownStandardError(LookupError):
    """Something was asked for that the standards do not hold: a version, a dataset, a codelist."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Source:
    """Where a standard is read from: an item of a store, or a file that comes with the package (no `item`)."""

    key: Key
    path: Path
    item: Item | None = None

    def read(self) -> BlockFile:
        """The blocks of the file, which are kept until the file changes.

        Raises:
            UnknownStandardError: the file was changed or cut short since it was imported.
        """
        status = self.path.stat()
        return _read(self, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _read(source: Source, modified: int, size: int) -> BlockFile:
    try:
        data = source.item.read() if source.item is not None else source.path.read_bytes()
    except StoreError as error:
        raise UnknownStandardError(str(error)) from None
    return parse_blocks(data.decode("utf-8").replace("\r\n", "\n"))


def name_file(kind: str, name: str, version: str) -> str:
    """File name of a data file: ``kind`` is ``ig``, ``ct``, ``model`` or ``keys``."""
    return Key(kind, name, version).file


def find_source(kind: str, name: str, version: str, study: Path | None = None) -> Source:
    """Where a standard is: in the store of the study, in that of the user, or in the package; the first that has it.

    Raises:
        UnknownStandardError: none has it, and the message lists what there is; or a file of a store is unusable.
    """
    key = Key.of(kind, name, version)
    try:
        item = find_item(key, stores(study))
    except StoreError as error:
        raise UnknownStandardError(str(error)) from None
    if item is not None:
        return Source(key, item.path, item)
    path = DATA / key.file
    if path.is_file():
        return Source(key, path)
    there = ", ".join(" ".join(pair) for pair in list_versions(kind, study)).replace("_", "-")
    label = f"{_LABELS[kind]} {key.name} {version}".replace("_", "-")
    raise UnknownStandardError(f"no {label} here; there is: {there}")


def list_sources(kind: str, study: Path | None = None) -> list[Source]:
    """Every standard of a kind, in the order of `find_source`: imported ones first, sorted by name and version.

    Raises:
        UnknownStandardError: a file of a store is unusable.
    """
    try:
        items = list_items(stores(study), kind)
    except StoreError as error:
        raise UnknownStandardError(str(error)) from None
    built_in = (path.stem.split("-", 2) for path in sorted(DATA.glob(f"{kind}-*.txt")))
    keys = (Key(*parts) for parts in built_in)
    return [*(Source(item.key, item.path, item) for item in items), *(Source(key, DATA / key.file) for key in keys)]


def list_versions(kind: str, study: Path | None = None) -> list[tuple[str, str]]:
    """Name and version of everything of a kind that can be loaded.

    >>> list_versions("ct")
    [('adam', '2025-03-28'), ('define_xml', '2025-03-28'), ('sdtm', '2025-03-28')]
    """
    return sorted({(source.key.name, source.key.version) for source in list_sources(kind, study)})


def require(what: str, name: str, known: Iterable[str], where: str) -> UnknownStandardError:
    """The error for a name that is not in ``where``, with the nearest known name."""
    hint = did_you_mean(name, known)
    return UnknownStandardError(f"{where} has no {what} {name}" + (f" ({hint})" if hint else ""))
