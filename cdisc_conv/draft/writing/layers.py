"""Drafts laid on the library: a file extends the layer of its domain where that says most of it in the same way.

What counts is what the study means when it is loaded: a draft on a layer has the variables of the draft without one,
each with the same derivation.
"""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.draft.model import DatasetDraft, Draft, Layer
from cdisc_conv.draft.writing.files import write_lines
from cdisc_conv.draft.writing.lines import write_dataset
from cdisc_conv.resources import shipped
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import DatasetSpec, Study, Variable

LEAST = 8
"""How many lines a layer has to save."""
_SURE = 0.9
"""The score from which on a line may be left to the layer; what is less sure stays, with its reason."""


def lay_on_library(stage: Path, draft: Draft) -> None:
    """Write the mapping files of a drafted study anew where a layer of the library fits."""
    offered = [dataset for dataset in draft.datasets.values() if _may_fit(dataset)]
    plain, _ = load_study(stage) if offered else (None, ())
    if plain is None:
        return
    for dataset in offered:  # the layer alone
        names = frozenset(line.name for line in dataset.all_lines())
        _write(stage, dataset, Layer(_name_layer(dataset), names))
    alone, _ = load_study(stage)
    layers = {one.name: _compare(one, plain, alone) for one in offered} if alone is not None else {}
    for dataset in offered:
        _write(stage, dataset, layers.get(dataset.name))
    final, _ = load_study(stage)
    for dataset in offered:
        if final is None or not _mean_the_same(plain, final, dataset.name):
            _write(stage, dataset, None)


def _may_fit(dataset: DatasetDraft) -> bool:
    """Whether a dataset has one block that reads a form row by row, as the layers do, and a layer of its name."""
    if len(dataset.blocks) != 1 or dataset.class_name:
        return False
    block = dataset.blocks[0]
    plain = bool(block.form) and not block.for_each and not block.group
    return plain and (shipped("mappings") / f"{_name_layer(dataset)}.yaml").is_file()


def _name_layer(dataset: DatasetDraft) -> str:
    return f"library/{dataset.name.lower()}"


def _write(stage: Path, dataset: DatasetDraft, layer: Layer | None) -> None:
    write_lines(stage / "sdtm" / f"{dataset.name.lower()}.yaml", write_dataset(dataset, layer).splitlines())


def _compare(dataset: DatasetDraft, plain: Study, alone: Study) -> Layer | None:
    """What the layer has as the draft has it, and what only the layer has; None where that is too little."""
    own, given = plain.datasets.get(dataset.name), alone.datasets.get(dataset.name)
    if own is None or given is None:
        return None
    sure = {line.name for line in dataset.all_lines() if line.score >= _SURE and not line.to_do}
    mine, theirs = _list_all(own), _list_all(given)
    same = {name for name in sure & mine.keys() & theirs.keys() if _is_same(mine[name], theirs[name])}
    if len(same) < LEAST:
        return None
    further = given.variables.keys() - own.variables.keys()
    hidden = (given.supplemental.keys() | given.working.keys()) - (own.supplemental.keys() | own.working.keys())
    return None if hidden else Layer(_name_layer(dataset), frozenset(same), tuple(sorted(further)))


def _list_all(spec: DatasetSpec) -> dict[str, Variable]:
    return {**spec.variables, **spec.supplemental, **spec.working}


def _is_same(first: Variable, second: Variable) -> bool:
    return first.derivation == second.derivation and first.when == second.when


def _mean_the_same(plain: Study, final: Study, name: str) -> bool:
    """Whether a dataset has the same variables, each made in the same way, on its layer and without."""
    first, second = plain.datasets.get(name), final.datasets.get(name)
    if first is None or second is None:
        return False
    mine, theirs = _list_all(first), _list_all(second)
    return mine.keys() == theirs.keys() and all(_is_same(mine[one], theirs[one]) for one in mine)
