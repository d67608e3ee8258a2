"""A study as far as it makes some records: blocks of one entry of ``for_each``, and what its constants decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cdisc_conv.derivations.base import Ref
from cdisc_conv.derivations.values.copying import Constant, Copy
from cdisc_conv.expr.partial import decide
from cdisc_conv.spec.expected import is_numeric
from cdisc_conv.spec.model import Block, DatasetSpec, Study, Variable
from cdisc_conv.spec.references import TargetKind, resolve

Entry = Mapping[str, Any]
_NONE: Mapping[str, str] = MappingProxyType({})
_BLANK = Constant.model_validate({"value": ""})


def narrow_study(
    study: Study, dataset: str, entries: Mapping[int, tuple[Entry, ...]], values: Mapping[str, str] = _NONE
) -> Study:
    """The study with the given entries of ``for_each`` in some blocks of a dataset; blocks keep their numbers.

    `values` are variables whose value in these records is known otherwise, such as that of --TESTCD. Conditions that
    these, the entries and the constants of a block decide are gone from its variables: what is left says
    how the records of these entries are made. The values are the same.
    """
    spec = study.datasets[dataset]
    kept = tuple(
        replace(block, for_each=entries[number]) if number in entries else block
        for number, block in enumerate(spec.blocks)
    )
    narrowed = _with_blocks(study, spec, kept)
    made = (
        _specialise(narrowed, dataset, block, values) if number in entries else block
        for number, block in enumerate(kept)
    )
    return _with_blocks(study, spec, made)


def split_entries(study: Study) -> Study:
    """The study with a block of its own for every entry of ``for_each``, in order; other blocks stay as they are.

    A block that is split has a variable of its own for whatever differs between its entries; what they share is still
    one variable for all of them.
    """
    for dataset, spec in study.datasets.items():
        if any(len(block.for_each) > 1 for block in spec.blocks):
            blocks: list[Block] = []
            for number in range(len(spec.blocks)):
                blocks += [replace(block, before=len(blocks)) for block in _split(study, dataset, number)]
            study = _with_blocks(study, spec, blocks)
    return study


def _split(study: Study, dataset: str, number: int) -> list[Block]:
    block = study.datasets[dataset].blocks[number]
    if len(block.for_each) < 2 or block.table:
        return [block]
    differing = list_differing(study, dataset, block)
    result = []
    for entry in block.for_each:
        narrowed = narrow_study(study, dataset, {number: (entry,)})
        made = narrowed.datasets[dataset].blocks[number]
        own = {
            name: replace(variable)
            for name in differing
            if (variable := narrowed.datasets[dataset].own_variable(name, made)) is not None
        }
        named = replace(made, entry=name_entry(dataset, block, entry))
        result.append(_with_variables(study.datasets[dataset], named, own))
    return result


def list_differing(study: Study, dataset: str, block: Block) -> list[str]:
    """The variables that the entries of a block make differently: they read what the entries say, or one that does."""
    spec = study.datasets[dataset]
    found: dict[str, None] = {}
    names = () if block.table else spec.names()
    while True:
        before = len(found)
        for name in names:
            variable = spec.own_variable(name, block)
            if variable is None or name in found or variable.derivation.reads_siblings():
                continue
            when = variable.when.names if variable.when is not None else ()
            targets = [resolve(study, spec, block, name, ref) for ref in (*variable.derivation.reads(), *when)]
            if any(
                target is not None
                and (target.kind is TargetKind.GIVEN or (target.kind is TargetKind.OWN and target.name in found))
                for target in targets
            ):
                found[name] = None
        if len(found) == before:
            return list(found)


def _specialise(study: Study, dataset: str, block: Block, values: Mapping[str, str]) -> Block:
    """A block with variables of its own for all that its constants simplify."""
    spec = study.datasets[dataset]
    own: dict[str, Variable] = {}
    for name in spec.names():
        variable = spec.own_variable(name, block)
        if variable is None or variable.derivation.reads_siblings():
            continue
        if _repeats_own(study, spec, block, variable):
            continue
        known = known_values(study, spec, block, name, values)
        when = variable.when
        met = None if when is None else decide(when, known)
        derivation = _BLANK if met is False else variable.derivation.specialise(known)
        if derivation is not variable.derivation or met is not None:
            own[name] = replace(variable, derivation=derivation, when=when if met is None else None)
    return _with_variables(spec, block, own)


def _repeats_own(study: Study, spec: DatasetSpec, block: Block, variable: Variable) -> bool:
    """Whether a variable is only another one of its dataset again: which one says more than its value would."""
    if not isinstance(variable.derivation, Copy):
        return False
    target = resolve(study, spec, block, variable.name, variable.derivation.source)
    return target is not None and target.kind is TargetKind.OWN


def name_entry(dataset: str, block: Block, entry: Entry) -> str:
    """``VSTESTCD HEIGHT``: the test or parameter of an entry, else the first constant that no other entry has."""
    telling = [
        name
        for name, value in entry.items()
        if value != "" and not isinstance(value, Ref) and sum(other.get(name) == value for other in block.for_each) == 1
    ]
    preferred = (f"{dataset}TESTCD", "PARAMCD", f"{dataset}DECOD")
    name = next((name for name in (*preferred, *telling) if name in telling), "")
    return f"{name} {entry[name]}" if name else ""


def known_values(
    study: Study, spec: DatasetSpec, block: Block, variable: str, values: Mapping[str, str] = _NONE
) -> Callable[[str], str | float | None]:
    """What a reference of a variable is in every record of a block, as far as the mapping says it; else None."""

    def known(ref: str) -> str | float | None:
        target = resolve(study, spec, block, variable, ref)
        if target is None:
            return None
        if target.kind is TargetKind.GIVEN:
            found = _given_value(block, target.name)
            return values.get(target.name) if found is None else found
        if target.kind is TargetKind.OWN and target.name in values:
            return values[target.name]
        entry = spec.own_variable(target.name, block) if target.kind is TargetKind.OWN else None
        if entry is None or entry.when is not None or target.name == variable:
            return None
        made = entry.derivation.specialise(known_values(study, spec, block, target.name, values))
        return _value(made, is_numeric(study, spec, entry)) if isinstance(made, Constant) else None

    return known


def _value(constant: Constant, numeric: bool) -> str | float | None:
    value = constant.value
    if numeric:
        return float(value) if not isinstance(value, str) else None
    return value if isinstance(value, str) else None


def _given_value(block: Block, name: str) -> str | float | None:
    """What the entries of a block say of a name, when all say the same and none names a column."""
    values = [entry.get(name, "") for entry in block.for_each]
    if any(isinstance(value, Ref) or value != values[0] for value in values):
        return None
    value = values[0]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else str(value)


def _with_variables(spec: DatasetSpec, block: Block, own: Mapping[str, Variable]) -> Block:
    """A block with variables of its own, each in the section that it belongs to."""
    supplemental, working = set(spec.supplemental_names()), spec.working_names()
    sections: dict[str, dict[str, Variable]] = {
        "variables": dict(block.variables),
        "supplemental": dict(block.supplemental),
        "working": dict(block.working),
    }
    for name, variable in own.items():
        section = "supplemental" if name in supplemental else "working" if name in working else "variables"
        sections[section][name] = variable
    made = {key: MappingProxyType(section) for key, section in sections.items()}
    return replace(block, variables=made["variables"], supplemental=made["supplemental"], working=made["working"])


def _with_blocks(study: Study, spec: DatasetSpec, blocks: Iterable[Block]) -> Study:
    changed = replace(spec, blocks=tuple(blocks))
    return replace(study, datasets=MappingProxyType({**study.datasets, spec.name: changed}))
