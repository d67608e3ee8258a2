"""What the mapping says of a study, and of a dataset with all that is upstream of it, as one digest.

Labels, texts and values of a dataset follow from its own mapping, from the entries of the variables that it reads,
directly or not, and from what holds for the whole study. So its digest is the same as long as these are, whatever is
written about other variables. Places in files are left out: nothing that follows from a digest may tell them.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields
from functools import cached_property
from typing import Any

from cdisc_conv.columns.digests import UndigestedError, digest
from cdisc_conv.engine.plan.graph import Node, Part, Plan
from cdisc_conv.problems import Place
from cdisc_conv.spec.model import Block, DatasetSpec, Family, Study
from cdisc_conv.standards import DatasetStandard

_ENTRIES = ("variables", "supplemental", "working")


def say_study(study: Study) -> str | None:
    """All that a study and its files say; None where a derivation does not say all of itself."""
    families = [(name, *_say_family(family)) for name, family in study.families.items()]
    files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in study.files]
    try:
        return digest((families, files, study), without=(Family, DatasetStandard))
    except UndigestedError:
        return None


def _say_family(family: Family) -> tuple[Any, ...]:
    return (family.standard.name, family.standard.version, family.terminology.identity)


class Sayings:
    """The digests of the datasets of a study, made when they are asked for."""

    def __init__(self, study: Study, plan: Plan) -> None:
        self._study = study
        self._plan = plan
        self._said: dict[tuple[str, str], str] = {}

    def of(self, dataset: str) -> str | None:
        """The digest of a dataset; None where a derivation does not say all of itself, as a plug-in may bring."""
        study = self._study
        try:
            own = [self._say_rest(dataset), *(self._say(dataset, name) for name in study.datasets[dataset].names())]
            read = self._list_read(dataset)
            others = [self._say_rest(name) for name in sorted({table for table, _ in read} - {dataset})]
            dropped = sorted(one for one in study.dropped if one[0] in {dataset, *(table for table, _ in read)})
            return digest((self._shared, own, others, [self._say(*column) for column in sorted(read)], dropped))
        except UndigestedError:
            return None

    def _list_read(self, dataset: str) -> set[tuple[str, str]]:
        """The variables upstream of a dataset, its own among them; of a dataset of which only rows count, ""."""
        found = 0
        for number, node in enumerate(self._plan.order):
            found |= self._upstream[number] if node.dataset == dataset else 0
        nodes = (node for number, node in enumerate(self._plan.order) if found >> number & 1)
        return {(node.dataset, node.name if isinstance(node, Part) else "") for node in nodes}

    @cached_property
    def _upstream(self) -> list[int]:
        """For each node the nodes that it needs, itself included: a bit for each, in the order of the plan."""
        numbers: dict[Node, int] = {}
        found: list[int] = []
        for number, node in enumerate(self._plan.order):
            bits = 1 << number
            for read in (*self._plan.reads[node], *self._plan.waits.get(node, ())):
                bits |= found[numbers[read]]
            numbers[node] = number
            found.append(bits)
        return found

    @cached_property
    def _shared(self) -> str:
        """What holds for the whole study."""
        study = self._study
        families = [(name, *_say_family(family)) for name, family in study.families.items()]
        said = (study.name, study.title, study.created, study.raw, study.forms, study.given, dict(study.settings))
        return digest((families, said, study.left_out), without=(Place,))

    def _say_rest(self, dataset: str) -> str:
        """What a dataset is beside its entries: its records, its order, the names that it has."""
        key = (dataset, "*")
        if key not in self._said:
            spec = self._study.datasets[dataset]
            names = (list(spec.names()), list(spec.supplemental_names()), spec.working_names())
            blocks = [_say_fields(block) for block in spec.blocks]
            rest = _say_fields(spec, without=("family", "blocks"))
            self._said[key] = digest((spec.family.name, names, blocks, rest), without=(Place,))
        return self._said[key]

    def _say(self, dataset: str, name: str) -> str:
        """What the entries of a name say."""
        key = (dataset, name)
        if key not in self._said:
            spec = self._study.datasets[dataset]
            of_blocks = [spec.own_variable(name, block) for block in spec.blocks]
            entries = {id(entry): entry for entry in of_blocks}  # most blocks share one
            numbers = {one: number for number, one in enumerate(entries)}
            which = [numbers[id(entry)] for entry in of_blocks]
            self._said[key] = digest((key, which, list(entries.values())), without=(Place,))
        return self._said[key]


def _say_fields(value: Block | DatasetSpec, without: tuple[str, ...] = ()) -> dict[str, Any]:
    left_out = (*_ENTRIES, *without)
    return {one.name: getattr(value, one.name) for one in fields(value) if one.name not in left_out}
