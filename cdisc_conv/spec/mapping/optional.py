"""Entries of optional layers (``optional: true``): they hold as far as the study has what they read.

A layer for a common form maps every item that such a form may have. What a study did not collect is left out, as if the
layer did not say it: lint asks for what the standard requires, and a raw column that nobody maps is in the account.
What the standard expects stays, blank in all records, and lint lists it in a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cdisc_conv.derivations.base import SELF, Derivation, Ref
from cdisc_conv.derivations.values.copying import Constant
from cdisc_conv.derivations.values.expressions import Branch, Cases
from cdisc_conv.spec.model import Block, DatasetSpec, Study, Variable
from cdisc_conv.spec.references import has_table, resolve, table_columns

BLANK = Constant.model_validate({"value": ""})
"""What an expected variable is that was not collected."""

_SECTIONS = ("variables", "supplemental", "working")


def leave_out_uncollected(study: Study, files: frozenset[str]) -> Study:
    """The study without those entries of the layers `files` that read columns or datasets which it does not have.

    An optional parameter (the time of a date) that reads such a column is left out alone. What only some blocks can
    make is made in these. Goes on until nothing more is left out, since an entry may read another one.
    """
    while files:
        before = study
        for name in before.datasets:
            spec = study.datasets[name]
            if any(one.place.file in files for one in _list_entries(spec)):
                made = _reduce(study, spec, files)
                study = replace(study, datasets=MappingProxyType({**study.datasets, name: made}))
        if all(study.datasets[name].names() == before.datasets[name].names() for name in before.datasets):
            break
    return study


def _list_entries(spec: DatasetSpec) -> list[Variable]:
    sections = [getattr(owner, key) for owner in (spec, *spec.blocks) for key in _SECTIONS]
    return [variable for section in sections for variable in section.values()]


def list_blank(spec: DatasetSpec) -> list[Variable]:
    """The expected variables of optional layers that stay blank, since the study has nothing that they read."""
    return [one for one in spec.variables.values() if one.derivation is BLANK]


def _list_expected(spec: DatasetSpec) -> frozenset[str]:
    return frozenset(one.name for one in spec.standard.variables if one.core == "Exp")


def _reduce(study: Study, spec: DatasetSpec, files: frozenset[str]) -> DatasetSpec:
    """One pass over the entries of a dataset."""
    blocks = list(spec.blocks)
    sections: dict[str, dict[str, Variable]] = {}
    for key in _SECTIONS:
        sections[key] = {}
        for name, variable in getattr(spec, key).items():
            users = [number for number, block in enumerate(blocks) if spec.own_variable(name, block) is variable]
            made = {number: _fit(study, spec, blocks[number], variable, files) for number in users}
            fitting = {number: one for number, one in made.items() if one is not None}
            if not fitting and key == "variables" and name in _list_expected(spec):
                sections[key][name] = replace(variable, derivation=BLANK, when=None)
                continue
            if len(fitting) == len(users):
                sections[key][name] = next(iter(fitting.values()), variable)
                continue
            for number, one in fitting.items():
                own: dict[str, Any] = {key: MappingProxyType({**getattr(blocks[number], key), name: one})}
                blocks[number] = replace(blocks[number], **own)
    blocks = [_reduce_block(study, spec, block, files) for block in blocks]
    changed: dict[str, Any] = {key: MappingProxyType(sections[key]) for key in _SECTIONS}
    made_spec = replace(spec, blocks=tuple(blocks), **changed)
    gone = {one.name for one in _list_entries(spec) if one.place.file in files} - set(made_spec.names())
    return _without_keys(replace(made_spec, written=spec.written - gone), files)


def _reduce_block(study: Study, spec: DatasetSpec, block: Block, files: frozenset[str]) -> Block:
    sections: dict[str, Any] = {}
    for key in _SECTIONS:
        made = {
            name: _fit(study, spec, block, variable, files) if variable.place.file in files else variable
            for name, variable in getattr(block, key).items()
        }
        sections[key] = MappingProxyType({name: one for name, one in made.items() if one is not None})
    return replace(block, **sections)


def _fit(study: Study, spec: DatasetSpec, block: Block, variable: Variable, files: frozenset[str]) -> Variable | None:
    """An entry as far as a block can make it; None where it cannot."""
    if variable.place.file not in files:
        return variable
    derivation = _fit_derivation(study, spec, block, variable)
    reads = derivation.reads() if derivation is not None else ()
    when = variable.when.names if variable.when is not None else ()
    if derivation is None or not all(_is_there(study, spec, block, variable.name, ref) for ref in (*reads, *when)):
        return None
    for table, columns in derivation.tables().items():
        known = table_columns(study, table)
        if table != SELF and not (has_table(study, table) and all(column in known for column in columns)):
            return None
    return variable if derivation is variable.derivation else replace(variable, derivation=derivation)


def _is_there(study: Study, spec: DatasetSpec, block: Block, name: str, ref: str) -> bool:
    return resolve(study, spec, block, name, ref) is not None


def _fit_derivation(study: Study, spec: DatasetSpec, block: Block, variable: Variable) -> Derivation | None:
    """A derivation without the optional columns that are not there, and without tables among several."""
    derivation = variable.derivation
    if isinstance(derivation, Cases):
        return _fit_cases(study, spec, block, variable, derivation)
    changed: dict[str, Any] = {}
    for name, field in type(derivation).model_fields.items():
        value = getattr(derivation, name)
        if isinstance(value, Ref) and field.default is None:
            if not _is_there(study, spec, block, variable.name, value):
                changed[name] = None
        elif isinstance(value, tuple) and value and all(getattr(one, "table", "") for one in value):
            left = tuple(one for one in value if one.column in table_columns(study, one.table))
            if not left:
                return None
            changed |= {name: left} if len(left) < len(value) else {}
        elif isinstance(value, tuple) and len(value) > 1 and all(isinstance(one, Ref) for one in value):
            there = tuple(one for one in value if _is_there(study, spec, block, variable.name, one))
            changed |= {name: there} if 0 < len(there) < len(value) else {}
    return _remake(derivation, changed) if changed else derivation


def _fit_cases(study: Study, spec: DatasetSpec, block: Block, variable: Variable, cases: Cases) -> Derivation | None:
    """The branches that a block can make; those of what was not collected take no record."""
    left = []
    for branch in cases.branches:
        inner = _fit_derivation(study, spec, block, replace(variable, derivation=branch.derivation))
        reads = (*(branch.when.names if branch.when is not None else ()), *(inner.reads() if inner is not None else ()))
        if inner is not None and all(_is_there(study, spec, block, variable.name, ref) for ref in reads):
            left.append(branch if inner is branch.derivation else Branch(when=branch.when, derivation=inner))
    if len(left) == len(cases.branches):
        return cases
    return Cases(branches=tuple(left)) if left else None


def _remake(derivation: Derivation, changed: Mapping[str, Any]) -> Derivation:
    """The derivation with other parameters; a copy would keep what the first one knows of its reads."""
    kind = type(derivation)
    return kind.model_construct(**{name: getattr(derivation, name) for name in kind.model_fields} | dict(changed))


def _without_keys(spec: DatasetSpec, files: frozenset[str]) -> DatasetSpec:
    """Without the keys that are gone: those that a layer says, and the order of the --SEQ that follows from them."""
    mapped = spec.names()
    keys = spec.keys
    if spec.keys_place.file in files:
        keys = tuple(key for key in keys if key in mapped)
    variables: Mapping[str, Variable] = spec.variables
    name = f"{spec.name}SEQ"
    implied = variables.get(name)
    if implied is not None and not implied.entry:
        by = _keep(getattr(implied.derivation, "by", ()), mapped)
        within = _keep(getattr(implied.derivation, "within", ()), mapped)
        derivation = _remake(implied.derivation, {"by": by, "within": within})
        variables = MappingProxyType({**variables, name: replace(implied, derivation=derivation)})
    return replace(spec, keys=keys, variables=variables)


def _keep(names: Sequence[Ref], mapped: Any) -> tuple[Ref, ...]:
    return tuple(name for name in names if name in mapped)
