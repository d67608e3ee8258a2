"""A study of analysis datasets alone: no ``raw:``, no forms; its SDTM comes from elsewhere, as the standard has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cdisc_conv.problems import Problem
from cdisc_conv.spec.model import DatasetSpec, GivenDataset, SourceKind, Variable
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.standards import Standard
from cdisc_conv.tables import ColumnRef, TableId


def is_alone(folder: Path) -> bool:
    """Whether a study folder maps analysis datasets and nothing else."""
    mapped = {family: any((folder / family).glob("*.yaml")) for family in ("sdtm", "adam")}
    return mapped["adam"] and not mapped["sdtm"] and not (folder / "forms.yaml").exists()


def check_raw_section(node: Node, folder: Path) -> list[Problem]:
    """SPEC002: no ``raw`` in the study.yaml of a study that reads forms."""
    if node.get("raw") is not None or is_alone(folder):
        return []
    return [node.problem("SPEC002", "study.yaml needs 'raw'")]


def give_tabulations(
    given: Mapping[str, GivenDataset], datasets: Mapping[str, DatasetSpec], standard: Standard
) -> dict[str, GivenDataset]:
    """The datasets of the SDTM that analysis datasets read, each with the variables of the standard.

    Those that study.yaml names have their further columns, such as supplemental qualifiers, beside these.
    """
    read = {name: spec for spec in datasets.values() for name in _list_read(spec)}
    made = dict(given)
    for name, spec in read.items():
        if name in datasets or name not in standard.datasets:
            continue
        template = standard.dataset(name)
        names = standard.names(template)
        found = given.get(name) or GivenDataset(name, f"{name.lower()}.xpt", template, (), spec.place)
        further = (standard.model_variable(template, one) for one in names)
        variables = (*template.variables, *(one for one in further if one is not None))
        columns = tuple(dict.fromkeys((*names, *found.columns)))
        made[name] = replace(found, standard=replace(template, variables=variables), columns=columns)
    return made


def _list_read(spec: DatasetSpec) -> Iterator[str]:
    """The names of other datasets that an analysis dataset reads."""
    for block in spec.blocks:
        if block.source.kind is SourceKind.DATASET:
            yield block.source.name
    sections = [spec.variables, spec.supplemental, spec.working]
    for block in spec.blocks:
        sections += [block.variables, block.supplemental, block.working]
    for variable in (variable for section in sections for variable in section.values()):
        yield from _list_tables(variable)


def _list_tables(variable: Variable) -> Iterator[str]:
    names = (*variable.derivation.reads(), *(variable.when.names if variable.when is not None else ()))
    yield from (ref.table for ref in map(ColumnRef, names) if ref.has_table and ref.table != "raw")
    yield from (table for table in variable.derivation.tables() if not TableId(table).is_form)
