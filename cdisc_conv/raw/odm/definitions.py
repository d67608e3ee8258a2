"""What an ODM file defines: events, forms, item groups, items and code lists, each with its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdisc_conv.problems import Place, Problem, Severity, did_you_mean


@dataclass(frozen=True, slots=True)
class EventDef:
    """A StudyEventDef."""

    oid: str
    name: str
    repeating: bool
    forms: tuple[str, ...]
    place: Place
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormDef:
    """A FormDef; in ODM 2.0 an ItemGroupDef of type Form, or one that an event names."""

    oid: str
    name: str
    label: str
    repeating: bool
    groups: tuple[str, ...]
    place: Place
    parent: str = ""
    """What it is a version of (OpenClinica)."""
    short: str = ""
    """The form's own name where its OID is built around it (REDCap)."""


@dataclass(frozen=True, slots=True)
class GroupDef:
    """An ItemGroupDef, with groups inside it in ODM 2.0."""

    oid: str
    name: str
    repeating: bool
    items: tuple[str, ...]
    groups: tuple[str, ...]
    kind: str
    place: Place
    derived: frozenset[str] = frozenset()
    """Items of it that a method computes."""


@dataclass(frozen=True, slots=True)
class ItemDef:
    """An ItemDef."""

    oid: str
    name: str
    label: str
    type: str
    codelist: str
    units: tuple[str, ...]
    place: Place
    multiple: str = ""
    """The list of a multi-select (OpenClinica)."""
    kind: str = ""
    """REDCap's type of the field: checkbox, calc ..."""
    identifying: bool = False


@dataclass(frozen=True, slots=True)
class CodeListDef:
    """A CodeList: code -> decode. `dictionary` names an external one such as MedDRA."""

    oid: str
    name: str
    values: Mapping[str, str]
    dictionary: str
    place: Place
    choices: str = ""
    """The choices of the checkbox that one of its boxes is of (REDCap): ``1, one|2, two``."""


@dataclass
class Metadata:
    """All definitions of one or more files."""

    version: str = ""
    generation: int = 1
    file_type: str = ""
    source: str = ""
    """The system that wrote the file, by its name or its namespaces."""
    events: dict[str, EventDef] = field(default_factory=dict)
    forms: dict[str, FormDef] = field(default_factory=dict)
    groups: dict[str, GroupDef] = field(default_factory=dict)
    items: dict[str, ItemDef] = field(default_factory=dict)
    codelists: dict[str, CodeListDef] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    subject_attributes: dict[str, None] = field(default_factory=dict)
    event_attributes: dict[str, None] = field(default_factory=dict)
    form_attributes: dict[str, None] = field(default_factory=dict)
    has_data: bool = False
    versions: set[tuple[str, str]] = field(default_factory=set)
    """(study, MetaDataVersion) of all that are defined."""
    includes: list[tuple[str, tuple[str, str], Place]] = field(default_factory=list)
    """Of each version that takes over another: its OID, (study, MetaDataVersion) of the other, and where."""
    studies: dict[str, None] = field(default_factory=dict)
    """The studies that are defined."""
    wanted: str = ""
    """The study that the data are of."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def defined(self) -> bool:
        """Whether there are any forms to speak of."""
        return bool(self.groups or self.forms)

    def add(self, other: Metadata) -> None:
        """What another file says, where this one does not."""
        for part in ("events", "forms", "groups", "items", "codelists", "units"):
            mine: dict[str, Any] = getattr(self, part)
            mine |= {oid: definition for oid, definition in getattr(other, part).items() if oid not in mine}
        for level in ("subject_attributes", "event_attributes", "form_attributes"):
            getattr(self, level).update(getattr(other, level))
        self.versions |= other.versions
        self.includes += other.includes
        self.studies |= other.studies
        self.has_data = self.has_data or other.has_data
        self.source = self.source or other.source
        self.problems += other.problems

    def check_includes(self) -> list[Problem]:
        """ODM005: versions that take over one which is in none of the files."""
        found = []
        for own, (study, oid), place in self.includes:
            if (study, oid) not in self.versions:
                message = f"MetaDataVersion {own} includes {oid} of study {study}, which is not in the file"
                hint = did_you_mean(oid, [other for _, other in self.versions]) or "give the file that has it, too"
                found.append(Problem("ODM005", message, Severity.WARNING, place, hint))
        return found
