"""Lint: analysis parameters that are read, but that no block makes, or only a later one."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from cdisc_conv.derivations.base import SELF, Ref
from cdisc_conv.derivations.values.copying import Constant, Copy
from cdisc_conv.expr import Expression, literals_of
from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.spec.model import Block, DatasetSpec, SourceKind, Study, Variable

PARAMETER = "PARAMCD"


def check_parameters(study: Study) -> Iterator[Problem]:
    """LINT306: a condition asks for a PARAMCD that none of the records it looks at can have.

    Only codes that the mapping writes out are known; where a block computes its PARAMCD, nothing is said.
    """
    for dataset in study.datasets.values():
        for number, block in enumerate(dataset.blocks):
            kind, name = block.source.kind, block.source.name
            if block.where is not None and kind is SourceKind.SELF:
                yield from _check(dataset, number, block.where, "", block.place_of("where"))
            elif block.where is not None and kind is SourceKind.DATASET and name in study.datasets:
                what = f"{dataset.name} reads "
                yield from _check(study.datasets[name], None, block.where, what, block.place_of("where"))
        for variable, number in _entries(dataset):
            for table, where in _conditions(variable.derivation):
                if table == SELF:
                    yield from _check(dataset, number, where, f"{dataset.name}.{variable.name} reads ", variable.place)
                elif table in study.datasets:
                    what = f"{dataset.name}.{variable.name} reads "
                    yield from _check(study.datasets[table], None, where, what, variable.place)


def _entries(dataset: DatasetSpec) -> Iterator[tuple[Variable, int]]:
    """Every entry of a dataset, with the first block it is for."""
    seen: set[int] = set()
    for number, block in enumerate(dataset.blocks):
        for name in dataset.names():
            variable = dataset.own_variable(name, block)
            if variable is not None and id(variable) not in seen:
                seen.add(id(variable))
                yield variable, number


def _conditions(value: object) -> Iterator[tuple[str, Expression]]:
    """Every table that a derivation looks in under a condition, with the condition."""
    if isinstance(value, BaseModel):
        table, where = getattr(value, "source", None), getattr(value, "where", None)
        if isinstance(table, str) and isinstance(where, Expression) and not isinstance(table, Ref):
            yield table, where
        for name in type(value).model_fields:
            yield from _conditions(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _conditions(item)


def _check(dataset: DatasetSpec, before: int | None, where: Expression, what: str, place: Place) -> Iterator[Problem]:
    if before == 0:  # Nothing is before the first block: a finding by itself.
        return
    blocks = dataset.blocks if before is None else dataset.blocks[:before]
    known = _codes_of(dataset, blocks)
    if known is None:
        return
    for code in literals_of(where, PARAMETER):
        if code in known:
            continue
        later = _codes_of(dataset, dataset.blocks) or set()
        subject = f"{what}parameter {code} of {dataset.name}" if what else f"{dataset.name} reads its parameter {code}"
        if code in later:
            message = f"{subject}, which only a later block of 'records' makes"
            hint = "put the block that makes it first"
            yield Problem("LINT306", message, place=place, hint=hint, value=f"{dataset.name} {code} later")
        else:
            message = f"{subject}, which no block makes"
            hint = did_you_mean(code, known) or f"there are: {', '.join(sorted(known)) or 'none'}"
            yield Problem("LINT306", message, place=place, hint=hint, value=f"{dataset.name} {code}")


def _codes_of(dataset: DatasetSpec, blocks: tuple[Block, ...]) -> set[str] | None:
    """The codes that the mapping writes out for some blocks; None when one of them computes its code."""
    codes: set[str] = set()
    for block in blocks:
        found = codes_of_block(dataset, block)
        if found is None:
            return None
        codes |= found
    return codes


def codes_of_block(dataset: DatasetSpec, block: Block) -> set[str] | None:
    variable = dataset.own_variable(PARAMETER, block)
    if variable is None:
        return set()
    derivation = variable.derivation
    if isinstance(derivation, Constant):
        return {str(derivation.value)}
    given = isinstance(derivation, Copy) and derivation.source.removeprefix("raw.") == PARAMETER
    if not (given and PARAMETER in block.given_names):
        return None
    values = [entry.get(PARAMETER, "") for entry in block.for_each]
    return None if any(isinstance(value, Ref) for value in values) else {str(value) for value in values}
