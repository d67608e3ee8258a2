"""What the standard says, as the rules ask for it: datasets, their class and variables, and the model's variables.

It is made from any implementation guide that cdisc-conv knows (`from_standard`), or by hand in tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cdisc_conv.checks.core.rule.model import PREFIX
from cdisc_conv.standards import Standard, VariableStandard

DETECTABLE = ("INTERVENTIONS", "EVENTS", "FINDINGS", "FINDINGS ABOUT")
"""The classes that a dataset's topic variable gives away, and whose datasets may have the model's variables."""
SUPPLEMENTAL = "SUPPQUAL"
PERSONS = "ASSOCIATED PERSONS"
_AFTER = "--TEST"
"""The findings variable that those of Findings About follow."""

_MODEL_ONLY = ("AC", "APRELSUB", "DI", "DR", "POOLDEF", "RELSUB", "SJ", "SM", "TP", "TT", "TX")
"""Datasets of the SDTM that its guide for human studies does not have: they are no custom domains."""
_PERSON_VARIABLES = (
    ("APID", "Associated Persons Identifier"),
    ("RSUBJID", "Related Subject or Pool Identifier"),
    ("RDEVID", "Related Device Identifier"),
    ("SREL", "Subject, Device or Study Relationship"),
)


@dataclass(frozen=True, slots=True)
class LibraryVariable:
    """A variable of a guide or a model; names of the model begin with ``--``."""

    name: str
    label: str = ""
    type: str = "Char"
    role: str = ""
    core: str = ""
    ccode: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class LibraryDataset:
    """A dataset of a guide or a model."""

    name: str
    label: str
    class_name: str
    variables: tuple[LibraryVariable, ...] = ()


@dataclass(frozen=True)
class Library:
    """A standard: ``datasets`` of the guide, ``model_datasets`` of the model, and the model's ``classes``.

    ``identifiers`` and ``timing`` are the model's variables of all general observation classes.
    """

    name: str = "SDTMIG"
    version: str = "3.4"
    datasets: Mapping[str, LibraryDataset] = field(default_factory=dict)
    model_datasets: Mapping[str, LibraryDataset] = field(default_factory=dict)
    classes: Mapping[str, tuple[LibraryVariable, ...]] = field(default_factory=dict)
    identifiers: tuple[LibraryVariable, ...] = ()
    timing: tuple[LibraryVariable, ...] = ()
    stand_in: bool = False
    """Whether only the classes of datasets are right: the metadata of the standard itself are not at hand."""

    def as_stand_in(self, name: str, version: str) -> Library:
        """This library for a standard that nothing else is known of."""
        return replace(self, name=name, version=version, stand_in=True)

    def find(self, name: str) -> LibraryDataset | None:
        """The dataset in the guide, else in the model, else None."""
        return self.datasets.get(name) or self.model_datasets.get(name)

    def is_custom(self, name: str) -> bool:
        """Whether neither the guide nor the model has the dataset."""
        return self.find(name) is None

    @property
    def names(self) -> tuple[str, ...]:
        """All datasets of the guide and the model, sorted."""
        return tuple(sorted({*self.datasets, *self.model_datasets}))

    def guide_variables(self, subject: Subject) -> tuple[LibraryVariable, ...]:
        """What a dataset may hold, in order: the model's variables with the guide's in their places."""
        if subject.custom or subject.class_name in DETECTABLE:
            general = self._general(subject)
            return general if subject.custom else self._merge(general, self._own(subject))
        own = self._own(subject)
        return self._with_persons(own, subject) if subject.persons else own

    def model_variables(self, subject: Subject) -> tuple[LibraryVariable, ...]:
        """What the model allows in a dataset; for a class that the model has no variables for, the guide's."""
        if subject.custom or subject.class_name in DETECTABLE:
            return self._general(subject)
        known = self.model_datasets.get(subject.key)
        variables = known.variables if known and known.variables else self._own(subject)
        if subject.persons:
            variables = self._with_persons(variables, subject)
        return tuple(_fill(variable, subject.prefix) for variable in sorted(variables, key=lambda v: v.order))

    def _own(self, subject: Subject) -> tuple[LibraryVariable, ...]:
        known = self.datasets.get(subject.key)
        return tuple(_fill(variable, subject.prefix) for variable in known.variables) if known else ()

    def _general(self, subject: Subject) -> tuple[LibraryVariable, ...]:
        identifiers: Iterable[LibraryVariable] = self.identifiers
        if subject.persons:
            persons = self.classes.get(PERSONS, ())
            with_persons = (v for v in (*self.identifiers, *persons) if v.name != "USUBJID")
            identifiers = sorted(with_persons, key=lambda v: v.order)
        parts = (*identifiers, *self._class_variables(subject.class_name), *self.timing)
        return tuple(replace(_fill(v, subject.prefix), core=v.core or "Perm") for v in parts)

    def _class_variables(self, name: str) -> tuple[LibraryVariable, ...]:
        own = self.classes.get(name, ())
        if name != "FINDINGS ABOUT":
            return own
        findings = self.classes.get("FINDINGS", ())
        place = next((n for n, v in enumerate(findings, 1) if v.name == _AFTER), len(findings))
        return (*findings[:place], *own, *findings[place:])

    def _with_persons(self, variables: Iterable[LibraryVariable], subject: Subject) -> tuple[LibraryVariable, ...]:
        both = (v for v in (*variables, *self.classes.get(PERSONS, ())) if v.name != "USUBJID")
        return tuple(_fill(v, subject.prefix) for v in sorted(both, key=lambda v: v.order))

    def _merge(
        self, general: tuple[LibraryVariable, ...], own: tuple[LibraryVariable, ...]
    ) -> tuple[LibraryVariable, ...]:
        """The guide's variables replace the model's; one that only the guide has ends its section."""
        merged = list(general)
        identifiers, timing = len(self.identifiers), len(self.timing)
        for variable in own:
            place = next((n for n, known in enumerate(merged) if known.name == variable.name), None)
            if place is not None:
                merged[place] = variable
            elif variable.role == "Identifier":
                merged.insert(identifiers, variable)
            elif variable.role == "Timing":
                merged.append(variable)
            else:
                merged.insert(len(merged) - timing, variable)
        return tuple(merged)


@dataclass(frozen=True, slots=True)
class Subject:
    """A dataset as the library is asked about it.

    ``key`` is its name there (``SUPPQUAL`` for supplemental qualifiers, ``MH`` for ``APMH``), ``prefix`` what stands
    for ``--``, ``persons`` whether it is about associated persons.
    """

    key: str
    prefix: str
    class_name: str
    custom: bool
    persons: bool = False


def _fill(variable: LibraryVariable, prefix: str) -> LibraryVariable:
    name = variable.name.replace(PREFIX, prefix)
    return variable if name == variable.name else replace(variable, name=name)


def from_standard(standard: Standard) -> Library:
    """The library of an implementation guide.

    >>> from cdisc_conv.standards import load_standard
    >>> library = from_standard(load_standard("sdtmig", "3.4"))
    >>> library.find("AE").class_name, library.is_custom("XX"), library.timing[0].name
    ('EVENTS', True, 'VISITNUM')
    """
    datasets = {
        each.name: LibraryDataset(each.name, each.label, each.class_name, tuple(map(_convert, each.variables)))
        for each in standard.datasets.values()
    }
    if standard.model is None:
        return Library(standard.name, standard.version, datasets)
    parts = {name: tuple(_convert(item.variable) for item in items) for name, items in standard.model.parts.items()}
    persons = tuple(
        LibraryVariable(name, label, role="Identifier", order=n) for n, (name, label) in enumerate(_PERSON_VARIABLES, 1)
    )
    return Library(
        standard.name,
        standard.version,
        datasets,
        {name: LibraryDataset(name, "", "") for name in _MODEL_ONLY if name not in datasets},
        {**parts, PERSONS: persons},
        parts.get("IDENTIFIERS", ()),
        parts.get("TIMING", ()),
    )


def _convert(variable: VariableStandard) -> LibraryVariable:
    return LibraryVariable(
        variable.name,
        variable.label,
        "Num" if variable.numeric else "Char",
        variable.role,
        variable.core,
        variable.codelists[0] if variable.codelists else "",
        variable.order,
    )
