"""The text form of the data files: blocks of tab-separated lines, quick to load and readable in a diff.

A file starts with a title line ``#name<TAB>version`` (a guide names its model behind them) and goes on with blocks. A
block is one head line, marked by ``=``, and the lines under it::

    #SDTM CT	2025-03-28
    =C66742	NY	No Yes Response	No
    C49487	N	No	...
    C49488	Y	Yes	...

Only the heads are split when a file is read; the lines of a block are split when somebody asks for that block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Block:
    """One block: the fields of its head, and its lines as text."""

    head: tuple[str, ...]
    body: str

    def lines(self) -> Iterator[list[str]]:
        """The fields of each line under the head."""
        return (line.split("\t") for line in self.body.split("\n") if line)


@dataclass(frozen=True, slots=True, eq=False)
class BlockFile:
    """A file of blocks: the name and version in its title, what may follow them there, and the blocks in file order."""

    name: str
    version: str
    blocks: tuple[Block, ...]
    more: tuple[str, ...] = ()


Lines = Iterable[Iterable[str]]


def read_blocks(path: Path) -> BlockFile:
    """Read a file of blocks."""
    return parse_blocks(path.read_text(encoding="utf-8"))


def parse_blocks(text: str) -> BlockFile:
    """The blocks of a text."""
    title, *parts = text.split("\n=")
    name, version, *more = title.removeprefix("#").rstrip("\n").split("\t")
    return BlockFile(name, version, tuple(_read_block(part) for part in parts), tuple(more))


def write_blocks(
    path: Path, name: str, version: str, blocks: Iterable[tuple[Iterable[str], Lines]], *more: str
) -> None:
    """Write blocks, each a head and its lines; a field that holds a tab or a line break is a ValueError."""
    path.write_bytes(format_blocks(name, version, blocks, *more))


def format_blocks(name: str, version: str, blocks: Iterable[tuple[Iterable[str], Lines]], *more: str) -> bytes:
    """The text of a file of blocks; see `write_blocks`."""
    rows = ["#" + _join((name, version, *more))]
    for head, lines in blocks:
        rows.append("=" + _join(head))
        rows.extend(_join(line) for line in lines)
    return ("\n".join(rows) + "\n").encode()


def _read_block(text: str) -> Block:
    head, _, body = text.partition("\n")
    return Block(tuple(head.split("\t")), body)


def _join(fields: Iterable[str]) -> str:
    fields = list(fields)
    for field in fields:
        if any(character in field for character in "\t\n\r"):
            raise ValueError(f"a field cannot hold a tab or a line break: {field!r}")
    return "\t".join(fields)
