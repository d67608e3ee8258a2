"""What a standard says of a dataset and of a variable, and the general model behind the datasets of the SDTM."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from cdisc_conv.standards.blocks import Block

CONTINUED = ("COVAL", "TSVAL")
"""Variables whose later parts are variables of their dataset, COVAL1 and so on (SDTMIG 3.4, 5.1 and 7.4.2)."""

LONGEST_NAME = 8
"""Characters that the name of a dataset may have."""
GENERAL_CLASSES = ("INTERVENTIONS", "EVENTS", "FINDINGS", "FINDINGS ABOUT")
"""The classes whose datasets may take further variables of the SDTM model."""

PREFIX = "--"
"""Stands in the model for the two letters of the domain."""


@dataclass(frozen=True, slots=True)
class VariableStandard:
    """A variable as the standard has it.

    ``codelists`` are C-codes; ``described`` is the format or dictionary as printed (``ISO 8601 duration``,
    ``MedDRA``); ``values`` are the permitted values where the standard lists them instead of a codelist.
    ``role`` is the SDTM role, or the variable set in ADaM. ``core`` is Req, Exp or Perm, in ADaM Req, Cond or Perm.
    ``order`` is the place among the dataset's variables, or in the model for a variable that only the model has; the
    two are not comparable, `Standard.order` sorts both.
    """

    name: str
    label: str
    numeric: bool
    role: str = ""
    core: str = "Perm"
    codelists: tuple[str, ...] = ()
    described: str = ""
    values: tuple[str, ...] = ()
    order: int = 0


@dataclass(frozen=True)
class DatasetStandard:
    """A dataset (or, in ADaM, a data structure) as the standard has it; ``variables`` are in its order.

    ``keys`` is the natural key in sorting order; a study may lack the permissible ones among them.
    """

    name: str
    label: str
    class_name: str
    structure: str
    keys: tuple[str, ...]
    variables: tuple[VariableStandard, ...]
    always_repeating: bool = False
    """Whether a subject can have several records although the natural key does not say so."""

    @property
    def repeating(self) -> bool:
        """Whether a subject can have several records; always False for reference data."""
        return self.always_repeating or (not self.reference_data and self.keys != ("STUDYID", "USUBJID"))

    @property
    def reference_data(self) -> bool:
        """Whether the dataset describes the study and not its subjects."""
        return self.class_name in ("TRIAL DESIGN", "STUDY REFERENCE")

    @property
    def general(self) -> bool:
        """Whether the dataset belongs to a general observation class."""
        return self.class_name in GENERAL_CLASSES

    @property
    def prefix(self) -> str:
        """The two letters that stand for ``--`` in variable names."""
        return self.name[:2]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables, in order."""
        return tuple(self._by_name)

    def variable(self, name: str) -> VariableStandard | None:
        """The variable of that name, or None.

        ADaM names with placeholders count: ``TRT01P`` is ``TRTxxP`` for treatment 01, and its label says so. So do the
        later parts of long comments and summary values: ``TSVAL1`` is the second part of ``TSVAL``.
        """
        known = self._known
        if name not in known:
            filled = (_fill_placeholders(*pattern, name) for pattern in self._patterns)
            known[name] = next((found for found in filled if found), None) or self._later_part(name)
        return known[name]

    def _later_part(self, name: str) -> VariableStandard | None:
        whole = name.rstrip("0123456789")
        if whole == name or whole not in CONTINUED or whole not in self._by_name:
            return None
        first = self._by_name[whole]
        return replace(first, name=name, label=f"{first.label} {name.removeprefix(whole)}", core="Perm")

    @cached_property
    def _by_name(self) -> dict[str, VariableStandard]:
        return {variable.name: variable for variable in self.variables}

    @cached_property
    def _known(self) -> dict[str, VariableStandard | None]:
        """The answers so far: the variables themselves, and the names that were asked for."""
        return dict(self._by_name)

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], VariableStandard], ...]:
        return tuple((_compile_name(v.name), v) for v in self.variables if _PLACEHOLDER.search(v.name))


@dataclass(frozen=True, slots=True)
class ModelVariable:
    """A variable of the general model, named with ``--``; ``only`` and ``never`` hold dataset and class names."""

    variable: VariableStandard
    only: frozenset[str]
    never: frozenset[str]

    def allowed(self, dataset: DatasetStandard) -> bool:
        names = {"*", dataset.prefix, dataset.class_name}
        return not names & self.never and (not self.only or bool(names & self.only))


@dataclass(frozen=True, slots=True)
class ObservationModel:
    """The general observation classes of the SDTM: identifiers, then what a class adds, then timing."""

    name: str
    version: str
    parts: dict[str, tuple[ModelVariable, ...]]

    def variables(self, dataset: DatasetStandard) -> tuple[VariableStandard, ...]:
        """What a dataset of a general observation class may hold, in the model's order, with ``--`` filled in."""
        if not dataset.general:
            return ()
        parts = (self.parts["IDENTIFIERS"], self._class_part(dataset.class_name), self.parts["TIMING"])
        allowed = (item.variable for part in parts for item in part if item.allowed(dataset))
        return tuple(
            replace(variable, name=variable.name.replace(PREFIX, dataset.prefix), order=position)
            for position, variable in enumerate(allowed, 1)
        )

    def _class_part(self, class_name: str) -> tuple[ModelVariable, ...]:
        if class_name != "FINDINGS ABOUT":
            return self.parts[class_name]
        findings = self.parts["FINDINGS"]
        names = [item.variable.name for item in findings]
        place = names.index("--TEST") + 1
        return (*findings[:place], *self.parts["FINDINGS ABOUT"], *findings[place:])


def merge_order(listed: Iterable[str], model: Iterable[str]) -> tuple[str, ...]:
    """The names of a dataset and of the model in one order.

    The dataset's own order stands; a name that only the model has follows the name before it in the model.

    >>> merge_order(["A", "D", "C"], ["A", "B", "C", "D", "E"])
    ('A', 'B', 'D', 'E', 'C')
    """
    order = list(listed)
    known = set(order)
    place = 0
    for name in model:
        if name in known:
            place = order.index(name) + 1
        else:
            order.insert(place, name)
            known.add(name)
            place += 1
    return tuple(order)


def read_dataset(block: Block, keys: tuple[str, ...]) -> DatasetStandard:
    """A dataset from its block of a data file."""
    name, label, class_name, structure = block.head
    variables = tuple(read_variable(fields, position) for position, fields in enumerate(block.lines(), 1))
    return DatasetStandard(name, label, class_name, structure, keys, variables)


def read_variable(fields: list[str], order: int) -> VariableStandard:
    """A variable from its line of a data file."""
    name, label, kind, role, core, codelists, described, values = fields
    return VariableStandard(
        name, label, kind == "Num", role, core, tuple(codelists.split()), described, tuple(values.split()), order
    )


def read_model_part(block: Block) -> tuple[ModelVariable, ...]:
    """One part of the general model (identifiers, timing, or what a class adds) from its block."""
    return tuple(
        ModelVariable(read_variable(fields[:-2], position), _split_names(fields[-2]), _split_names(fields[-1]))
        for position, fields in enumerate(block.lines(), 1)
    )


def _split_names(text: str) -> frozenset[str]:
    return frozenset(text.split(",")) if text else frozenset()


_PLACEHOLDER = re.compile(r"xx|zz|y|w|\*|--")
_NUMBERS = {
    "xx": r"(\d\d)",
    "zz": r"(\d\d)",
    "y": r"([1-9]\d?)",
    "w": r"([1-9])",
    "*": r"([A-Z]+)",
    "--": r"([A-Z]{2})",
}


def _compile_name(name: str) -> re.Pattern[str]:
    return re.compile(_PLACEHOLDER.sub(lambda found: _NUMBERS[found[0]], name))


def _fill_placeholders(pattern: re.Pattern[str], variable: VariableStandard, name: str) -> VariableStandard | None:
    found = pattern.fullmatch(name)
    if not found:
        return None
    label = variable.label
    for placeholder, text in zip(_PLACEHOLDER.findall(variable.name), found.groups(), strict=True):
        label = re.sub(rf"\b{re.escape(placeholder)}\b", text, label, count=1)
    return replace(variable, name=name, label=label)


def name_qualifiers(parent: str) -> str:
    """The name of the supplemental qualifiers of a dataset, in eight characters.

    >>> name_qualifiers("LBCH"), name_qualifiers("APLBCH")
    ('SUPPLBCH', 'SQAPLBCH')
    """
    return f"SUPP{parent}" if len(parent) <= LONGEST_NAME - 4 else f"SQ{parent}"
