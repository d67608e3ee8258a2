"""A rule as CDISC publishes it, typed: scope, joins, operations, a tree of conditions and what to report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, TypeAlias

PREFIX = "--"
"""Stands for the two letters of the domain in names of variables."""
ALL = "ALL"


class Sensitivity(StrEnum):
    """What one finding of a rule is about."""

    RECORD = "Record"
    DATASET = "Dataset"
    STUDY = "Study"
    GROUP = "Group"


class Reach(IntEnum):
    """How far a rule looks from a record; ranges of whole subjects answer rules up to ``SUBJECT``."""

    RECORD = 1
    SUBJECT = 2
    DATASET = 3
    STUDY = 4

    def __str__(self) -> str:
        return {1: "within a record", 2: "within a subject", 3: "within a dataset", 4: "across datasets"}[self]


@dataclass(frozen=True, slots=True)
class Check:
    """A leaf of the tree: an operator asked of a variable. ``options`` are what else is said beside it."""

    name: str
    operator: str
    value: Any = None
    literal: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Every:
    """True where all conditions are."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True where any condition is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True where the condition is not."""

    part: Condition


Condition: TypeAlias = Check | Every | Some | Not


@dataclass(frozen=True, slots=True)
class Operation:
    """Something worked out before the conditions are asked; its result is a column named ``id``."""

    id: str
    operator: str
    name: str = ""
    domain: str = ""
    group: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    filter: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Join:
    """Another dataset whose records stand beside those that are asked, matched by keys.

    ``left`` and ``right`` are the names of the keys on each side. A ``child`` join goes from supplemental or related
    records to the records that they point to. ``how`` is ``inner`` or ``left``.
    """

    name: str
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    child: bool = False
    how: str = "inner"
    wildcard: str = "**"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a rule is about and what not; both empty for everything."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which datasets a rule is asked of. ``split`` is whether split datasets are asked one by one, None for neither."""

    classes: Choice = Choice()
    domains: Choice = Choice()
    structures: Choice = Choice()
    subclasses: Choice = Choice()
    datasets: Choice = Choice()
    use_cases: tuple[str, ...] = ()
    split: bool | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a rule comes from: the authority, the standard it is for, and its number there (``CG0176``)."""

    authority: str
    standard: str
    version: str
    substandard: str = ""
    ids: tuple[str, ...] = ()

    def matches(self, standard: str, version: str, substandard: str = "") -> bool:
        """Whether the rule is for this standard, whatever the case, and ``3-4`` for ``3.4``."""
        same = (self.standard.casefold(), self.version.strip()) == (standard.casefold(), version.replace("-", "."))
        return same and (not substandard or self.substandard.casefold() in ("", substandard.casefold()))


@dataclass(frozen=True, slots=True)
class CoreRule:
    """One rule. ``draft`` is True for a rule that CDISC has not published yet."""

    id: str
    type: str
    sensitivity: Sensitivity
    condition: Condition
    message: str
    description: str = ""
    outputs: tuple[str, ...] = ()
    grouping: tuple[str, ...] = ()
    scope: Scope = Scope()
    joins: tuple[Join, ...] = ()
    operations: tuple[Operation, ...] = ()
    references: tuple[Reference, ...] = ()
    draft: bool = False
    executability: str = ""
    source: str = ""
    """The file that the rule was read from."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """The leaves of the tree, in order."""
        return tuple(_walk(self.condition))

    @property
    def ids(self) -> tuple[str, ...]:
        """The numbers under which authorities know the rule, such as ``CG0176``."""
        return tuple(dict.fromkeys(number for reference in self.references for number in reference.ids))

    def ids_for(self, standard: str) -> tuple[str, ...]:
        """Its numbers in rules for a standard, whatever the version; all of them where it has none there."""
        own = (ref.ids for ref in self.references if ref.standard.casefold() == standard.casefold())
        return tuple(dict.fromkeys(number for ids in own for number in ids)) or self.ids

    def is_for(self, standard: str, version: str, substandard: str = "") -> bool:
        """Whether the rule is for a version of a standard."""
        return any(reference.matches(standard, version, substandard) for reference in self.references)


def _walk(condition: Condition) -> Iterator[Check]:
    match condition:
        case Check():
            yield condition
        case Not(part):
            yield from _walk(part)
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _walk(part)
