"""``predecessors``: variables that an analysis dataset takes over unchanged, listed by the dataset they are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.spec.model import Block, SourceKind, Variable
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.shapes.datasets import DatasetDocument

SUBJECT_LEVEL = ("ADSL", "DM")
"""Datasets with one record per subject: all records of the subject can take their variables over."""


def add_predecessors(
    document: DatasetDocument, blocks: Sequence[Block], variables: Mapping[str, Variable], node: Node
) -> tuple[tuple[Block, ...], dict[str, Variable]]:
    """The blocks with the variables of their own source, and the variables of other datasets that all blocks have.

    Where a dataset has several records per subject, a variable of it comes from the very record that a block reads, so
    blocks from elsewhere have none. An entry of the mapping for the same name goes first.
    """
    shared: dict[str, Variable] = {}
    for source, names in document.predecessors.items():
        place = node.at(("predecessors", source)).place
        kind = load_derivations()["predecessor"]
        entries = {
            name: Variable(name, kind.model_validate({"of": f"{source}.{name}"}), place)
            for name in names
            if name not in variables
        }
        if source not in SUBJECT_LEVEL and any(_reads(block, source) for block in blocks):
            blocks = tuple(_with(block, entries) if _reads(block, source) else block for block in blocks)
        else:
            shared |= entries
    return tuple(blocks), shared


def _reads(block: Block, source: str) -> bool:
    return block.source.kind is SourceKind.DATASET and block.source.name == source


def _with(block: Block, entries: Mapping[str, Variable]) -> Block:
    return replace(block, variables=MappingProxyType({**entries, **block.variables}))
