"""The fields of raw forms whose values a variable takes, by way of working variables and of what it picks."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc_conv.derivations.base import Ref
from cdisc_conv.spec.model import DatasetSpec, Study
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.tables import TableId


def list_taken(
    study: Study, dataset: DatasetSpec, number: int, name: str, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """(form, column) of every field whose values a variable takes in a block of its dataset.

    Conditions do not count, nor do columns that only find records. The fields come as often as they are read.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("hope2021_thal_agc")
    >>> list(list_taken(study, study.datasets["DM"], 0, "DTHDTC"))
    [('dd', 'DTHDAT')]
    """
    block = dataset.blocks[number]
    variable = dataset.own_variable(name, block)
    if variable is None or name in seen:
        return
    for ref in variable.derivation.reads():
        target = resolve(study, dataset, block, name, ref)
        if target is None:
            continue
        if target.kind is TargetKind.OWN and target.name in dataset.working_names():
            yield from list_taken(study, dataset, number, target.name, seen | {name})
        elif target.kind is TargetKind.GIVEN:
            values = [str(e[target.name]) for e in block.for_each if isinstance(e.get(target.name), Ref)]
            yield from ((block.source.name, value.removeprefix("raw.")) for value in values)
        elif target.table.is_form:
            yield target.table.name, target.name
    for source, columns in variable.derivation.picks().items():
        if (table := TableId(source)).is_form:
            yield from ((table.name, column) for column in columns)
