"""Find a variable or a dataset of a study for `cdisc-conv explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cdisc_conv.engine.describe.lineage import Lineage, LineageNode, build_lineage
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.problems import Problem, ProblemsError, closest, did_you_mean
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import DatasetSpec, Study
from cdisc_conv.tables import ColumnRef

SUPPLEMENTAL = "SUPP"
"""What the name of a dataset of supplemental qualifiers begins with; the parent's name follows."""
_MADE = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG", "QEVAL")
"""Variables of a dataset of supplemental qualifiers, which no mapping has entries for."""

Nodes = tuple[LineageNode, ...]
"""The nodes of a variable: one per entry of the mapping."""


@dataclass(frozen=True)
class ExplainedDataset:
    """What `explain` shows of a dataset: its records, and the nodes of what is mapped in it by name.

    A dataset that is given has no nodes, but the `file` it is read from, and its `columns`.
    """

    name: str
    label: str
    records: Nodes = ()
    variables: Mapping[str, Nodes] = field(default_factory=dict)
    supplemental: Mapping[str, Nodes] = field(default_factory=dict)
    working: Mapping[str, Nodes] = field(default_factory=dict)
    file: str = ""
    columns: tuple[str, ...] = ()


def find_explained(words: str | Path, name: str) -> Nodes | ExplainedDataset:
    """What `name` is in a study: a variable (``AE.AESTDY``, ``SUPPAE.AETRTEM``) as its nodes, or a dataset (``AE``).

    Letter case does not matter. A mapping with mistakes is explained as far as it goes. Raises ProblemsError for an
    unknown study, dataset or variable (PKG007), and for variables that read each other in a circle.
    """
    study, _ = load_study(words)
    asked = ColumnRef(name.strip().upper())
    known = _Known(study)
    if not asked.has_table:
        return known.find_dataset(asked)
    if not (asked.table and asked.column):
        raise ProblemsError([known.describe_half(name, asked.table or asked.column)])
    return known.find_variable(asked.table, asked.column)


class _Known:
    """The datasets of a study, mapped and given, and those of their supplemental qualifiers."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._parents = {
            f"{SUPPLEMENTAL}{name}": spec for name, spec in study.datasets.items() if spec.supplemental_names()
        }
        self._names = [*study.datasets, *self._parents, *study.given]

    def find_dataset(self, name: str) -> ExplainedDataset:
        study = self._study
        if name in study.given:
            given = study.given[name]
            return ExplainedDataset(name, given.standard.label, file=given.file, columns=given.columns)
        spec = study.datasets.get(name) or self._parents.get(name)
        if spec is None:
            raise ProblemsError([self._describe_unknown_word(name)])
        lineage = self._lineage()
        records, qualifiers = lineage.records[spec.name], spec.supplemental_names()
        if name in self._parents:
            label = spec.family.standard.supplemental(spec.name).label
            return ExplainedDataset(name, label, records, supplemental=_nodes(lineage, spec, qualifiers))
        working = spec.working_names()
        own = [each for each in spec.names() if each not in working and each not in qualifiers]
        return ExplainedDataset(
            name,
            spec.label or spec.standard.label,
            records,
            _nodes(lineage, spec, own),
            _nodes(lineage, spec, qualifiers),
            _nodes(lineage, spec, [each for each in spec.names() if each in working]),
        )

    def find_variable(self, dataset: str, variable: str) -> Nodes:
        lineage = self._lineage()
        parent = self._parents.get(dataset)
        home = parent or self._study.datasets.get(dataset)
        names = parent.supplemental_names() if parent else home.names() if home else ()
        if home is None or variable not in names:
            raise ProblemsError([self._describe_unknown_variable(dataset, variable, names)])
        nodes = lineage.variables[f"{home.name}.{variable}"]
        return tuple(replace(node, name=f"{dataset}.{variable}") for node in nodes) if parent else nodes

    def _lineage(self) -> Lineage:
        return build_lineage(self._study, plan_study(self._study))

    def describe_half(self, name: str, part: str) -> Problem:
        """A name with a point at one of its ends: something is missing there."""
        message = f"'{name}' is not the name of a variable, which is written DATASET.VARIABLE"
        hint = f"{part} alone shows the dataset" if part in self._names else self._describe_unknown_word(part).hint
        return Problem("PKG007", message, hint=hint)

    def _describe_unknown_word(self, name: str) -> Problem:
        """A word without a point: a dataset that is misspelt, or a variable without its dataset."""
        homes: dict[str, list[str]] = {}
        for spec in self._study.datasets.values():
            for each in spec.names():
                homes.setdefault(each, []).append(f"{spec.name}.{each}")
        close = name if name in homes else closest(name, [*self._names, *homes])
        meant = homes.get(close, [close] if close else [])
        hint = f"did you mean {' or '.join(meant)}?" if meant else f"there are: {', '.join(self._names)}"
        message = f"{self._study.name} has no dataset '{name}'; a variable is written DATASET.VARIABLE"
        return Problem("PKG007", message, hint=hint)

    def _describe_unknown_variable(self, dataset: str, variable: str, names: Iterable[str]) -> Problem:
        study = self._study
        parent = self._parents.get(dataset)
        if dataset in study.given:
            return Problem("PKG007", f"{dataset} is given as it is, so nothing makes {dataset}.{variable}")
        if parent is None and dataset not in study.datasets:
            hint = did_you_mean(dataset, self._names) or f"there are: {', '.join(self._names)}"
            return Problem("PKG007", f"{study.name} maps no dataset {dataset}", hint=hint)
        if parent and variable in _MADE:
            message = f"{dataset}.{variable} follows from the supplemental qualifiers, so no entry makes it"
            return Problem("PKG007", message, hint=f"explain a qualifier: {', '.join(names)}")
        if parent and variable in parent.names():
            message = f"{variable} is a variable of {parent.name}, not a supplemental qualifier"
            return Problem("PKG007", message, hint=f"did you mean {parent.name}.{variable}?")
        close = closest(variable, names)
        hint = f"did you mean {dataset}.{close}?" if close else f"there are: {', '.join(names)}"
        return Problem("PKG007", f"{study.name} maps no {dataset}.{variable}", hint=hint)


def _nodes(lineage: Lineage, spec: DatasetSpec, names: Iterable[str]) -> Mapping[str, Nodes]:
    return {name: lineage.variables[f"{spec.name}.{name}"] for name in names}
