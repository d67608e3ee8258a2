"""What the mapping says, as one line of text: recorded with the lineage, so that two packages can be compared."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from cdisc_conv.spec.model import Block, SourceKind, Variable

MOST_WIDTH = 2**31 - 1
"""No line is ever wrapped."""


def write_entry(variable: Variable) -> str:
    """The mapping entry of a variable as one line of YAML, layers laid over each other.

    An entry that the mapping implies (STUDYID, --SEQ by the key) is written as the derivation it stands for.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> write_entry(study.datasets["AE"].variables["DOMAIN"])
    '{constant: {value: AE}}'
    """
    if variable.entry:
        return write_line(variable.entry)
    derivation = variable.derivation
    return write_line({derivation.name: derivation.model_dump(exclude_defaults=True, warnings=False)})


def write_block(block: Block) -> str:
    """What a block of ``records`` says of its records: source, condition, table of entries, groups."""
    kind, name = block.source.kind, block.source.name
    sources = {SourceKind.FORM: {"form": name}, SourceKind.DATASET: {"from": name}, SourceKind.SELF: {"from": "self"}}
    said: dict[str, Any] = dict(sources.get(kind, {}))
    if block.where is not None:
        said["where"] = str(block.where)
    if block.for_each:
        said["for_each"] = [dict(entry) for entry in block.for_each]
    if block.group:
        said["group"] = list(block.group)
    if block.order:
        said["order"] = list(block.order)
    if block.take != "first":
        said["take"] = block.take
    if block.carry:
        carry = block.carry
        said["carry"] = {"by": list(carry.by), "visit": carry.visit, "take": carry.take, "value": carry.value}
    if block.merge:
        said["merge"] = {"by": list(block.merge.by), "start": block.merge.start, "end": block.merge.end}
    return write_line(said)


def write_line(data: Mapping[str, Any]) -> str:
    """Plain data as one line of YAML.

    >>> write_line({"copy": "AETERM", "pages": (1, 2), "comment": "it's"})
    "{copy: AETERM, pages: [1, 2], comment: it's}"
    """
    # Tuples, references and expressions become lists and texts.
    return _write_plain(json.dumps(data, default=str, ensure_ascii=False))


@cache
def _write_plain(data: str) -> str:
    """JSON as one line of YAML; entries of ``for_each`` share most of what they say."""
    # libyaml is many times as fast and writes the same, but escapes what lies beyond these characters.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper) if max(data) < "\u2000" else yaml.SafeDumper
    text = yaml.dump(json.loads(data), Dumper=dumper, default_flow_style=True, sort_keys=False, allow_unicode=True,
                     width=MOST_WIDTH)  # fmt: skip
    return re.sub(r"\s*\n\s*", " ", text).strip()
