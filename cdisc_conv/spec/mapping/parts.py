"""Several mapping files for one dataset (``part:``): chemistry and haematology of LB, each with entries of its own."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cdisc_conv.spec.model import Block, DatasetSpec, Variable
from cdisc_conv.spec.outputs import OutputPart, SplitInto
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.shapes.datasets import DatasetDocument

_SECTIONS = ("variables", "supplemental", "working")


def join_parts(first: DatasetSpec, second: DatasetSpec) -> DatasetSpec:
    """One dataset of two files: the records of both; what a file says for all its records, its own blocks say.

    STUDYID, DOMAIN and --SEQ stay those of the dataset; --SEQ is numbered by the longer of the two keys. Label and
    structure are those of the first file, and so are the keys where it says any.
    """
    shared = _list_shared(first, second)
    blocks = tuple(_with_own(spec, block, shared) for spec in (first, second) for block in spec.blocks)
    whole: dict[str, Any] = {name: MappingProxyType({}) for name in _SECTIONS[1:]}
    return replace(
        first,
        blocks=blocks,
        variables=MappingProxyType(shared),
        keys=first.keys or second.keys,
        keys_place=first.keys_place if first.keys else second.keys_place,
        split_into=first.split_into or second.split_into,
        keep_empty=first.keep_empty | second.keep_empty,
        comment=" ".join(dict.fromkeys(filter(None, (first.comment, second.comment)))),
        value_level=MappingProxyType(_join_levels(first, second)),
        written=first.written | second.written,
        **whole,
    )


def read_split(document: DatasetDocument, node: Node) -> SplitInto | None:
    """``split_into`` as the mapping has it."""
    said = document.split_into
    if said is None:
        return None
    here = node.at(("split_into",))
    datasets = (
        OutputPart(name, one.values, one.label, here.at(("datasets", name)).place)
        for name, one in said.datasets.items()
    )
    return SplitInto(said.by, tuple(datasets), here.place)


def _list_shared(first: DatasetSpec, second: DatasetSpec) -> dict[str, Variable]:
    sequence = f"{first.name}SEQ"
    kept = {name: first.variables[name] for name in ("STUDYID", "DOMAIN") if name in first.variables}
    numbered = [spec.variables[sequence] for spec in (first, second) if sequence in spec.variables]
    if numbered:
        kept[sequence] = max(numbered, key=lambda one: len(one.derivation.reads()))
    return kept


def _with_own(spec: DatasetSpec, block: Block, shared: dict[str, Variable]) -> Block:
    """A block with the entries that its file says for all blocks."""
    sections: dict[str, Any] = {}
    own = {name for section in _SECTIONS for name in getattr(block, section)}
    for section in _SECTIONS:
        said = {
            name: variable
            for name, variable in getattr(spec, section).items()
            if name not in shared and name not in own
        }
        sections[section] = MappingProxyType({**said, **getattr(block, section)})
    return replace(block, **sections)


def _join_levels(first: DatasetSpec, second: DatasetSpec) -> dict[str, Any]:
    names = dict.fromkeys([*first.value_level, *second.value_level])
    return {name: (*first.value_level.get(name, ()), *second.value_level.get(name, ())) for name in names}
