"""What a define.xml says, without how it says it: no identifiers, no order that means nothing, no layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdisc_conv.problems import Problem

Facts = Mapping[str, str]
"""Attribute in plain words -> its value as text; an attribute that is not given is left out."""


@dataclass(frozen=True, slots=True)
class CodelistContent:
    """A codelist by content. Equal contents are one codelist, whatever their identifiers."""

    name: str
    facts: tuple[tuple[str, str], ...]
    terms: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Coded value -> what is said of it (decode, NCI code, extended ...), sorted by coded value."""


@dataclass(frozen=True, slots=True)
class ItemContent:
    """A variable of a dataset, or what holds for its values under a where-clause."""

    facts: Facts
    codelist: CodelistContent | None = None
    values: Mapping[str, ItemContent] = field(default_factory=dict)
    """Where-clause in words -> the value-level item; several where-clauses of one item are distinguished."""


@dataclass(frozen=True, slots=True)
class DatasetContent:
    """A dataset and its variables, in the order that the file gives them."""

    facts: Facts
    items: Mapping[str, ItemContent]


@dataclass(frozen=True, slots=True)
class DefineContent:
    """Everything a define.xml says that is compared."""

    study: Facts
    standards: Mapping[str, Facts]
    documents: Mapping[str, Facts]
    """Address of the document -> its title and role."""
    datasets: Mapping[str, DatasetContent]
    problems: tuple[Problem, ...] = ()
    """References that lead nowhere, and names given twice: what they say cannot be compared."""
