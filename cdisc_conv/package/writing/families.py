"""Which datasets of a package belong together: SDTM and ADaM, each with a folder and definitions of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.model import Family, SourceKind, Study

LACKING = frozenset({"GIVEN002", "GIVEN003"})
"""The findings of a given dataset without a file, or whose file lacks variables that are read."""


def leave_out_unmade(
    study: Study, datasets: Sequence[Dataset], found: Iterable[Problem]
) -> tuple[list[Dataset], list[Problem]]:
    """The datasets without those that have no records since what they are made of was not given whole.

    A dataset without records stays, and define.xml says so, unless all it is made of are given datasets that lack
    something (`found`): then nobody knows its records, and a note (PKG024) says that the package does not have it.
    """
    lacking = {problem.place.dataset for problem in found if problem.code in LACKING}
    kept, notes = [], []
    for dataset in datasets:
        spec = study.datasets.get(dataset.name)
        sources = (
            {block.source.name for block in spec.blocks if block.source.kind is not SourceKind.SELF} if spec else set()
        )
        if len(dataset.frame) or not sources or not sources <= lacking:
            kept.append(dataset)
            continue
        names = ", ".join(sorted(sources))
        message = f"the package has no {dataset.name}: it is made of {names}, which was not given as a whole"
        notes.append(Problem("PKG024", message, Severity.NOTE, Place(dataset=dataset.name), f"give all of {names}"))
    return kept, notes


def list_families(study: Study, datasets: Iterable[Dataset]) -> Iterator[tuple[Family, list[Dataset]]]:
    """Each family that has datasets in the package, with them, in their order."""
    whole = list(datasets)
    for family in study.families.values():
        mine = [dataset for dataset in whole if study.family_of(dataset.name) is family]
        if mine:
            yield family, mine
