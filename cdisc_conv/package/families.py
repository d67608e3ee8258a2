"""Which datasets of a package belong together: SDTM and ADaM, each with a folder and definitions of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdisc_conv.dataset import Dataset
from cdisc_conv.spec.model import Family, Study


def list_families(study: Study, datasets: Iterable[Dataset]) -> Iterator[tuple[Family, list[Dataset]]]:
    """Each family that has datasets in the package, with them, in their order."""
    whole = list(datasets)
    for family in study.families.values():
        mine = [dataset for dataset in whole if study.family_of(dataset.name) is family]
        if mine:
            yield family, mine
