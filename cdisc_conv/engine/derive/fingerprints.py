"""What a row set or a variable is made of, as a hash: two of the same hash have the same values.

The hash of a node holds what the mapping says of it as far as values follow from it (its derivation and condition,
not its label, method text or line), the content of the raw columns that it reads, and the hashes of what it reads.
So a line of a mapping changes the hashes of what is downstream of it, and no other. What all nodes may read (settings,
terminology, the program) is in every hash. Numbers of rows in files are in none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from cdisc_conv.columns.hashes import hash_column
from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.derive.known import Known as KnownParts
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import Node, Part, RowSet, refs_of, variable_of
from cdisc_conv.engine.plan.order import final_columns, sort_keys
from cdisc_conv.expr import Expression
from cdisc_conv.problems import Place
from cdisc_conv.spec.expected import codelist_of, is_numeric
from cdisc_conv.spec.model import Block, SourceKind
from cdisc_conv.spec.references import Target, resolve, source_columns
from cdisc_conv.tables import TableId

NO_VALUES = ("define", "documents", "formats", "split_size", "translations")
"""Settings that no derivation reads: words of define.xml, documents, and which files are written."""

_OF_BLOCK = ("source", "where", "for_each", "split", "group", "order", "take", "columns", "merge", "carry", "before")


class UnknownValueError(TypeError):
    """A value of a type that is not known to say all of itself, as a plug-in may bring; what holds it has no hash."""


class Fingerprints:
    """The hashes of the nodes of a plan for the rows that a state has, made when they are asked for."""

    def __init__(self, state: State, base: str) -> None:
        self._state = state
        self._study = state.study
        self._base = base
        """A hash of the program, and of the standards that were imported."""
        self._found: dict[Node, str | None] = {}
        self._columns: dict[tuple[str, str], str] = {}
        self._frames: dict[str, str] = {}

    def of(self, node: Node) -> str | None:
        """The hash of a node; None for one that has none, because it, or what it reads, holds what cannot be hashed.

        What the node reads has to be asked before, as in the order of the plan.
        """
        if node not in self._found:
            try:
                self._found[node] = self._hash(node)
            except UnknownValueError:
                self._found[node] = None
        return self._found[node]

    def _hash(self, node: Node) -> str | None:
        known = self._state.known
        if known.has(node):
            said = known.blocks[node] if isinstance(node, RowSet) else (known.values[node], known.unread.get(node))
            return _digest(("known", str(node), _spell_content(said)))
        plan = self._state.plan
        before = [self._found[read] for read in (*plan.reads[node], *plan.waits.get(node, ()))]
        if None in before:
            return None
        says = self._say_rows(node) if isinstance(node, RowSet) else self._say_part(node)
        raw = [self._hash_raw(target) for target in plan.raw_reads[node]]
        tables = sorted({read.dataset for read in (*plan.reads[node], *plan.waits.get(node, ()))} | {node.dataset})
        return _digest((self._shared, says, before, raw, [self._frame(name) for name in tables]))

    @cached_property
    def _shared(self) -> str:
        """What every derivation may ask for."""
        study = self._study
        settings = {name: value for name, value in study.settings.items() if name not in NO_VALUES}
        families = [
            (name, family.standard.name, family.standard.version, family.terminology.identity)
            for name, family in study.families.items()
        ]
        return _digest((self._base, settings, families, study.raw.subject, study.name))

    def _say_rows(self, node: RowSet) -> tuple[Any, ...]:
        block = self._study.datasets[node.dataset].blocks[node.block]
        said = [getattr(block, name) for name in _OF_BLOCK]
        empty = node in self._state.known.empty
        return (node.dataset, node.block, said, empty, self._length(block), tuple(source_columns(self._study, block)))

    def _length(self, block: Block) -> int:
        table, kind = block.source.table, block.source.kind
        if kind is SourceKind.FORM:
            return len(self._state.forms[block.source.name])
        return len(self._state.given[table]) if table in self._state.given else -1

    def _say_part(self, part: Part) -> tuple[Any, ...]:
        study, spec, variable = self._study, self._study.datasets[part.dataset], variable_of(self._study, part)
        codelist = codelist_of(study, spec, variable)
        targets = [
            [resolve(study, spec, spec.blocks[number], part.name, ref) for number in part.blocks]
            for ref in refs_of(variable)
        ]
        return (
            (part.dataset, part.name, part.blocks),
            (variable.derivation, variable.when, is_numeric(study, spec, variable)),
            None if codelist is None else (codelist.code, codelist.short_name, codelist.extensible),
            [[None if target is None else _say_target(target) for target in found] for found in targets],
        )

    def _hash_raw(self, target: Target) -> str:
        """The content of a raw column, or of a column of a given dataset, with the number of its rows."""
        key = (target.table, target.name)
        if key not in self._columns:
            form = TableId(target.table)
            frames: Mapping[str, Any] = self._state.forms if form.is_form else self._state.given
            frame = frames.get(form.name if form.is_form else target.table)
            there = frame is not None and target.name in frame
            content = hash_column(frame[target.name]) if frame is not None and there else "nothing"
            self._columns[key] = _digest((*key, content, -1 if frame is None else len(frame)))
        return self._columns[key]

    def _frame(self, dataset: str) -> str:
        """What a dataset is beside its records: its order, and what its blocks read."""
        if dataset not in self._frames:
            spec = self._study.datasets[dataset]
            keys = sort_keys(spec, final_columns(spec))
            sources = [str(block.source) for block in spec.blocks]
            self._frames[dataset] = _digest((dataset, spec.family.name, spec.reads_itself, keys, sources))
        return self._frames[dataset]


def _say_target(target: Target) -> tuple[str, str, str]:
    return (target.kind.value, str(target.table), target.name)


def _digest(value: Any) -> str:
    return hashlib.sha256(spell(value).encode(errors="surrogatepass")).hexdigest()


def hash_content(value: Any) -> str:
    """A hash of a value with the content of all columns and arrays in it. Raises UnknownValueError."""
    return _digest(_spell_content(value))


def _spell_content(value: Any) -> Any:
    """Arrays and columns as hashes of what they hold."""
    if isinstance(value, BlockRows):
        named = {
            one.name: getattr(value, one.name) for one in fields(value) if one.name not in ("read_source", "_cache")
        }
        return {name: _spell_content(item) for name, item in named.items()}
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest())
    if isinstance(value, pd.Series):
        return hash_column(value)
    if isinstance(value, pd.DataFrame):
        return (len(value), [(name, hash_column(column)) for name, column in value.items()])
    if isinstance(value, Mapping):
        return {name: _spell_content(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_spell_content(item) for item in value)
    if isinstance(value, KnownParts):
        return {one.name: _spell_content(getattr(value, one.name)) for one in fields(value)}
    return value


def spell(value: Any) -> str:
    """A value as text that is the same for equal values, and for no others; places in files are left out.

    >>> spell({"a": (1, "x"), "b": frozenset({2.5})})
    "{'a':(1,'x',),'b':<2.5,>,}"
    >>> spell(object())
    Traceback (most recent call last):
    cdisc_conv.engine.derive.fingerprints.UnknownValueError: object
    """
    pieces: list[str] = []
    _spell_into(value, pieces)
    return "".join(pieces)


_PLAIN = frozenset({str, bool, int, float, bytes, type(None)})
"""The types of most values, whose text is all of them."""


def _spell_into(value: Any, pieces: list[str]) -> None:
    kind = type(value)
    if kind in _PLAIN:
        pieces.append(repr(value))
    elif kind is Place:
        return
    elif isinstance(value, Enum):
        pieces.append(f"{kind.__name__}.{value.name}")
    elif isinstance(value, str):  # a reference is not a text
        pieces += (repr(str(value)), kind.__name__)
    elif isinstance(value, int | float | bytes):
        pieces.append(repr(value))
    elif isinstance(value, Mapping):
        pieces.append("{")
        for name, item in value.items():
            _spell_into(name, pieces)
            pieces.append(":")
            _spell_into(item, pieces)
            pieces.append(",")
        pieces.append("}")
    elif isinstance(value, Set):
        pieces.append(f"<{''.join(f'{text},' for text in sorted(map(spell, value)))}>")
    elif isinstance(value, list | tuple):
        pieces.append("(")
        for item in value:
            _spell_into(item, pieces)
            pieces.append(",")
        pieces.append(")")
    else:
        _spell_object(value, pieces)


def _spell_object(value: Any, pieces: list[str]) -> None:
    """A derivation, an expression, or another of our own frozen types, by its fields."""
    kind = type(value)
    if isinstance(value, Expression):
        pieces.append(repr(value.tree))
        _spell_into([(name, name in value.quoted_names) for name in value.names], pieces)
        return
    if kind.__module__ == "datetime":
        pieces.append(repr(value))
        return
    pieces.append(f"{kind.__module__}.{kind.__qualname__}")
    for name in _list_fields(kind):  # type: ignore[arg-type]  # a class has a hash
        pieces.append(f"{name}=")
        _spell_into(getattr(value, name), pieces)
        pieces.append(",")


@cache
def _list_fields(kind: type) -> tuple[str, ...]:
    """The fields that make objects of one of our types equal. Raises UnknownValueError for other types."""
    if issubclass(kind, BaseModel):
        return tuple(kind.model_fields)
    if is_dataclass(kind):
        return tuple(one.name for one in fields(kind) if one.compare)
    raise UnknownValueError(kind.__name__)
