"""Dataset-JSON some records at a time, for files that would fill the memory."""

from __future__ import annotations

import codecs
import json
import re
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from cdisc_conv.datafiles.faults import make_error
from cdisc_conv.datafiles.read_json import (
    GZIP_OR_ZLIB,
    LINES,
    MOST_UNPACKED,
    check_count,
    make_json_table,
    parse,
    read_dataset_json,
    read_rows,
    read_variables,
)
from cdisc_conv.datafiles.table import Table
from cdisc_conv.problems import ProblemsError

_BLOCK = 1 << 20
_MOST_FACTS = 1 << 24
"""What is said of a dataset before its records takes no more letters."""
_BETWEEN_ROWS = re.compile(r"\]\s*,\s*(?=\[)")
_TRIES = 20
_TAIL = 1 << 17
"""Letters at the end of what was read in which a place to cut is looked for."""
Facts = dict[str, Any]


def iter_dataset_json(path: Path, name: str, most: int) -> Iterator[Table]:
    """A file as `read_dataset_json` reads it, in tables of about `most` bytes.

    Versions and layouts that do not have their records last are read at once. Raises ProblemsError as it does.
    """
    facts, pieces = _open_lines(path, most) if path.suffix.lower() in LINES else _open_object(path, most)
    if pieces is None:
        yield read_dataset_json(path, name)
        return
    variables = read_variables(path, facts)
    before = 0
    for rows in pieces:
        values = read_rows(path, variables, rows, before)
        before += len(rows)
        yield make_json_table(path, name, facts, variables, values, len(rows))
    check_count(path, facts, before)


def _open_lines(path: Path, most: int) -> tuple[Facts, Iterator[list[Any]] | None]:
    lines = _iter_lines(path)
    first = next(lines, b"")
    facts = parse(path, first, 1)
    if not isinstance(facts, dict):
        raise make_error("CMP001", "the first line holds no JSON object", path, "is it Dataset-JSON 1.1?", 1)
    return facts, _parse_lines(path, lines, most, b'"decimal"' in first)


def _parse_lines(path: Path, lines: Iterator[bytes], most: int, exact: bool) -> Iterator[list[Any]]:
    held: list[tuple[int, bytes]] = []
    size = 0
    for number, line in enumerate(lines, 2):
        if line.strip():
            held.append((number, line))
            size += len(line)
        if size >= most:
            yield _parse_block(path, held, exact)
            held, size = [], 0
    if held:
        yield _parse_block(path, held, exact)


def _parse_block(path: Path, numbered: list[tuple[int, bytes]], exact: bool) -> list[Any]:
    """The values of some lines; an error names the line."""
    try:
        return list(parse(path, b"[" + b",".join(line for _, line in numbered) + b"]", 0, exact))
    except ProblemsError:
        return [parse(path, line, number, exact) for number, line in numbered]


def _iter_lines(path: Path) -> Iterator[bytes]:
    rest = b""
    for data in _unpack(path) if path.suffix.lower() == ".dsjc" else _iter_bytes(path):
        *lines, rest = (rest + data).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _iter_bytes(path: Path, block: int = _BLOCK) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from iter(lambda: stream.read(block), b"")


def _unpack(path: Path) -> Iterator[bytes]:
    """The content of a compressed file (zlib or gzip), block by block."""
    reader, size = zlib.decompressobj(GZIP_OR_ZLIB), 0
    try:
        for packed in _iter_bytes(path):
            data = packed
            while data and not reader.eof:
                found = reader.decompress(data, _BLOCK)
                size += len(found)
                yield found
                data = reader.unconsumed_tail
            if size > MOST_UNPACKED:
                break
    except zlib.error as error:
        raise make_error("CMP001", f"the compressed file cannot be unpacked: {error}", path, "is it whole?") from None
    if not reader.eof:
        raise make_error("CMP001", "the compressed file is cut off, or holds more than 16 GiB", path, "is it whole?")


class _Text:
    """The letters of a file that were read and are not used yet."""

    def __init__(self, path: Path, block: int) -> None:
        self.path = path
        self.held = ""
        self.ended = False
        self._blocks = _iter_bytes(path, block)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()

    def read(self, length: int) -> bool:
        """Read on until so many letters are there; False when there were no more."""
        parts = [self.held]
        size = before = len(self.held)
        while size < length and not self.ended:
            data = next(self._blocks, b"")
            self.ended = not data
            try:
                parts.append(self._decoder.decode(data, final=self.ended))
            except UnicodeDecodeError:
                raise make_error("CMP001", "the JSON cannot be read: it is not UTF-8 text", self.path,
                                 "Dataset-JSON is UTF-8") from None  # fmt: skip
            size += len(parts[-1])
        self.held = "".join(parts)
        return size > before


def _open_object(path: Path, most: int) -> tuple[Facts, Iterator[list[Any]] | None]:
    """What the object says before its records, and these; no records where they do not come as ``rows``."""
    text = _Text(path, min(_BLOCK, most))
    length = most
    while text.read(length) and length <= _MOST_FACTS:
        exact = '"decimal"' in text.held
        facts, place = _read_facts(text.held, exact)
        if place:
            text.held = text.held[place:]
            return facts, _iter_rows(text, facts, most, exact)
        length *= 2
    return {}, None


def _read_facts(text: str, exact: bool) -> tuple[Facts, int]:
    """What stands before the records, and where these begin; 0 where that is not to be seen."""
    facts: Facts = {}
    scanner = json.JSONDecoder(parse_float=_to_decimal if exact else None)
    place = _skip(text, 0, "{")
    while place > 0:
        try:
            key, place = scanner.raw_decode(text, _skip(text, place))
            place = _skip(text, place, ":")
            if key == "rows" and text[place : place + 1] == "[" and "columns" in facts:
                return facts, place + 1
            facts[str(key)], place = scanner.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        place = _skip(text, place, ",")
    return facts, 0


def _to_decimal(digits: str) -> Decimal:
    return Decimal(digits)


def _skip(text: str, place: int, mark: str = "") -> int:
    """The place behind blanks, behind a mark and the blanks after it; 0 when the mark is not there."""
    while text[place : place + 1].isspace():
        place += 1
    if not mark:
        return place
    return _skip(text, place + 1) if text[place : place + 1] == mark else 0


def _iter_rows(text: _Text, facts: Facts, most: int, exact: bool) -> Iterator[list[Any]]:
    """The records, and behind the last of them what else the object says."""
    done = 0
    wanted = most
    while True:
        text.read(wanted)
        cut = None if text.ended else _cut_rows(text, exact)
        if cut is None and not text.ended:
            wanted = 2 * len(text.held)
            continue
        rows = cut if cut is not None else _end_rows(text, facts, done, exact)
        if rows:
            yield rows
        if cut is None:
            return
        done += len(rows)
        wanted = most


def _cut_rows(text: _Text, exact: bool) -> list[Any] | None:
    """The whole records that are there, which are taken out of the text; None where no place to cut is found.

    A text of a record may look like the end of one: then what is before it is no JSON, and another place is tried.
    """
    for found in list(_BETWEEN_ROWS.finditer(text.held, max(0, len(text.held) - _TAIL)))[: -_TRIES - 1 : -1]:
        try:
            rows = parse(text.path, f"[{text.held[: found.start() + 1]}]".encode(), 0, exact)
        except ProblemsError:
            continue
        text.held = text.held[found.end() :]
        return list(rows)
    return None


def _end_rows(text: _Text, facts: Facts, done: int, exact: bool) -> list[Any]:
    """The last records, and what is said behind them."""
    scanner = json.JSONDecoder(parse_float=_to_decimal if exact else None)
    try:
        rows, place = scanner.raw_decode("[" + text.held)
        rest = text.held[place - 1 :].lstrip()
        facts |= json.loads("{" + (rest[1:] if rest.startswith(",") else rest))
    except (ValueError, TypeError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        message = f"the JSON is damaged or cut off behind record {done:,}: {why}"
        raise make_error("CMP001", message, text.path, "is it whole?") from None
    return list(rows)
