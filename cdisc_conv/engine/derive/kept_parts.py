"""Variables that an earlier run made of the same things, with all that their making left in the working memory.

What a variable is made of is its fingerprint (`fingerprints`). Beside its values a run remembers which cells it read
(`effects`), so that a variable that is taken over leaves the same account as one that is made. Not kept are variables
with findings, whose texts name the mapping's lines, and those that share work with others: they are made in every run.
Row sets are made in every run, too; they are few and quick.

Everything is numbers and texts: a header in JSON, and arrays one behind the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.columns.distinct import TEXT, from_arrow, to_arrow
from cdisc_conv.engine.derive.effects import Effects
from cdisc_conv.engine.derive.fingerprints import Fingerprints
from cdisc_conv.engine.derive.rows import find_unread_part
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import Node, Part
from cdisc_conv.findings import Reader
from cdisc_conv.keeping import Room
from cdisc_conv.steps import NOTHING_KEPT, Steps

MOST_BYTES = 256 * 1024**2
"""A range whose variables need more room is not kept variable by variable."""
_LENGTH = 8
"""Bytes of the length of the header."""


@dataclass(frozen=True)
class Keeping:
    """Where what is made of ranges is kept, and what all of it depends on beside mapping and data."""

    room: Room
    base: str
    """A hash of the program, and of the standards that were imported."""
    slot: str = "whole"
    """The name of the range."""
    fresh: bool = False
    """Whether what is there is ignored."""
    steps: Steps = NOTHING_KEPT
    """Where results of steps behind the derivations are kept."""

    @property
    def name(self) -> str:
        """The entry of the room."""
        return f"variables-{self.slot}"


class KeptParts:
    """The variables that an earlier run kept of a range, and those that this run makes."""

    def __init__(self, keeping: Keeping, state: State) -> None:
        self._keeping = keeping
        self._state = state
        self._fingerprints = Fingerprints(state, keeping.base)
        self._before = _open(keeping)
        self._made: list[tuple[Part, str, Effects]] = []
        self.reused: list[Part] = []

    def look(self, node: Node) -> None:
        """Find the fingerprint of a node; every node that is needed, in the order of the plan."""
        self._fingerprints.of(node)

    def make(self, part: Part, make: Callable[[], pd.Series]) -> pd.Series:
        """The values of a part: those that are kept, or what `make` makes."""
        fingerprint = self._fingerprints.of(part)
        entry = self._before.get(_name(part))
        if entry is not None and entry.fingerprint == fingerprint:
            self.reused.append(part)
            return self._replay(part, entry)
        state = self._state
        told, effects = len(state.reports), Effects()
        state.reads.effects = effects
        try:
            made = make()
        finally:
            state.reads.effects = None
        if fingerprint is not None and len(state.reports) == told and not effects.shared:
            self._made.append((part, fingerprint, effects))
        return made

    def close(self) -> None:
        """Keep what was made, and what was taken over."""
        state = self._state
        told = {part for part, _, effects in self._made if not state.told_joins.isdisjoint(effects.joined)}
        entries = {_name(part): self._before[_name(part)] for part in self.reused}
        for part, fingerprint, effects in self._made:
            values = state.values[part]
            if part not in told and (values.dtype == TEXT or values.dtype.kind == "f"):
                entries[_name(part)] = _Entry.of(part, fingerprint, effects, state)
        if entries.keys() != self._before.keys() or any(_name(part) in entries for part, _, _ in self._made):
            _keep(self._keeping, entries)

    def _replay(self, part: Part, entry: _Entry) -> pd.Series:
        """The values of a variable; what making it left in the working memory is there again."""
        state, said = self._state, entry.said
        for form, column, rows in said["reads"]:
            state.reads.mark(form, column, len(state.forms[form]), None if rows is None else entry.array(rows))
        for dataset, number, name, given in said["taken"]:
            state.note_taken((dataset, number, name, given), Reader(state.at, part.name))
        for source, asked, found in said["matched"]:
            state.note_matched(part, source, entry.array(asked), entry.array(found))
        for source, records, positions in said["picks"]:
            state.note_picks(part, source, entry.array(records), entry.array(positions))
        for dataset, name, blocks in said["unread"]:
            find_unread_part(state, Part(dataset, name, tuple(blocks)))
        return entry.values()


def _name(part: Part) -> str:
    return f"{part} {','.join(map(str, part.blocks))}"


@dataclass(frozen=True)
class _Entry:
    """What is kept of a variable: `said` places arrays in `content`."""

    fingerprint: str
    said: dict[str, Any]
    content: bytes

    @classmethod
    def of(cls, part: Part, fingerprint: str, effects: Effects, state: State) -> _Entry:
        """The values of a variable that was made, and what making it did."""
        pieces = _Pieces()
        said = {
            "values": pieces.add_values(state.values[part]),
            "reads": [
                [form, column, None if rows is None else pieces.add(rows)]
                for (form, column), rows in effects.list_reads().items()
            ],
            "taken": [list(column) for column in effects.taken],
            "matched": [
                [source, pieces.add(np.flatnonzero(asked)), pieces.add(np.flatnonzero(found))]
                for (source, name), (asked, found) in state.matched.items()
                if name == str(part)
            ],
            "picks": [
                [each.source, pieces.add(each.records), pieces.add(each.positions)]
                for each in state.picks.get(part, ())
            ],
            "unread": [[one.dataset, one.name, list(one.blocks)] for one in effects.unread],
        }
        return cls(fingerprint, said, b"".join(pieces.all))

    def array(self, place: list[Any]) -> np.ndarray:
        """An array of numbers; a copy, which may be written to."""
        start, length, kind = place
        return np.frombuffer(self.content, kind, length, start).copy()

    def values(self) -> pd.Series:
        """The values of the variable."""
        places = self.said["values"]
        if len(places) == 1:
            return pd.Series(self.array(places[0]))
        offsets, texts = (pa.py_buffer(self.array(place)) for place in places)
        return from_arrow(pa.LargeStringArray.from_buffers(places[0][1] - 1, offsets, texts))


@dataclass
class _Pieces:
    """Arrays one behind the other, each at a multiple of 8 bytes."""

    all: list[bytes] = field(default_factory=list)
    length: int = 0

    def add(self, array: np.ndarray) -> list[Any]:
        """The place of an array."""
        start, content = self.length, array.tobytes()
        content += bytes(-len(content) % 8)
        self.all.append(content)
        self.length += len(content)
        return [start, len(array), array.dtype.str]

    def add_values(self, values: pd.Series) -> list[Any]:
        """The places of numbers, or of the offsets and the bytes of texts."""
        if values.dtype != TEXT:
            return [self.add(values.to_numpy())]
        text = to_arrow(values)
        if not len(text):
            return [self.add(np.zeros(1, dtype="<i8")), self.add(np.zeros(0, dtype="u1"))]
        _, offsets, content = text.buffers()
        bounds = np.frombuffer(offsets, "<i8")[text.offset : text.offset + len(text) + 1]
        texts = np.frombuffer(content or b"", "u1")[bounds[0] : bounds[-1]]
        return [self.add(bounds - bounds[0]), self.add(texts)]


def _keep(keeping: Keeping, entries: Mapping[str, _Entry]) -> None:
    if sum(len(entry.content) for entry in entries.values()) > MOST_BYTES:
        return
    header = {name: [entry.fingerprint, entry.said, len(entry.content)] for name, entry in entries.items()}
    said = json.dumps({"base": keeping.base, "variables": header}).encode()
    content = b"".join(entry.content for entry in entries.values())
    keeping.room.keep(keeping.name, len(said).to_bytes(_LENGTH, "little") + said + content)


def _open(keeping: Keeping) -> dict[str, _Entry]:
    content = None if keeping.fresh else keeping.room.find(keeping.name)
    if content is None:
        return {}
    start = _LENGTH + int.from_bytes(content[:_LENGTH], "little")
    try:
        header = json.loads(content[_LENGTH:start])
        if header["base"] != keeping.base:
            return {}  # another version made it, which may have written it in another way
        entries = {}
        for name, (fingerprint, said, length) in header["variables"].items():
            entries[name] = _Entry(fingerprint, said, content[start : start + length])
            start += length
    except (ValueError, KeyError, TypeError, RecursionError):
        keeping.room.drop(keeping.name, "does not hold variables")
        return {}
    return entries
