"""A draft on its way: lines with their scores and reasons, datasets, and what became of every column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """Where the values of a column go."""

    STANDARD = "standard variable"
    SUPPLEMENTAL = "supplemental qualifier"
    OWN = "domain of the study's own"
    KEY = "subject, site, visit and record"
    PERSONAL = "not submitted: personal data"
    SYSTEM = "not submitted: system column"
    EMPTY = "no values"


@dataclass(frozen=True, slots=True)
class Line:
    """One drafted line: a name and its entry, how sure it is, and why."""

    name: str
    entry: Mapping[str, Any]
    score: float = 1.0
    reason: str = ""
    to_do: bool = False
    """Whether somebody has to do something before this is right."""


@dataclass(frozen=True, slots=True)
class Used:
    """What became of a column."""

    form: str
    column: str
    label: str
    filled: int
    fate: Fate
    target: str
    score: float
    reason: str


@dataclass(slots=True)
class BlockDraft:
    """The records that one form gives to a dataset."""

    form: str
    where: str = ""
    group: tuple[str, ...] = ()
    for_each: list[Mapping[str, Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    supplemental: list[Line] = field(default_factory=list)
    working: list[Line] = field(default_factory=list)
    reason: str = ""
    score: float = 1.0
    source: str = ""
    """The dataset whose records it reads, instead of a form."""
    order: tuple[str, ...] = ()
    """Which row of a group comes first."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """How columns of a group are taken where its rows differ."""

    def names(self) -> set[str]:
        """Every variable that the block fills."""
        return {line.name for line in self.lines} | {name for entry in self.for_each for name in entry}


@dataclass(slots=True)
class DatasetDraft:
    """The draft of one dataset."""

    name: str
    blocks: list[BlockDraft] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    """What holds for all of its blocks."""
    label: str = ""
    class_name: str = ""
    keys: tuple[str, ...] = ()
    qualifiers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name and label of the qualifier of each question, so that a question of several forms has one."""
    places: set[str] = field(default_factory=set)
    """The words of the places of lesions."""

    def all_lines(self) -> list[Line]:
        """Every line of the dataset."""
        parts = [(block.lines, block.supplemental, block.working) for block in self.blocks]
        return [*(line for three in parts for lines in three for line in lines), *self.lines]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the library that a dataset is drafted on.

    `same` are the lines that it has as well, which the file leaves out; `without` are variables that it alone has.
    """

    name: str
    same: frozenset[str] = frozenset()
    without: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """A study's draft: its datasets, and what became of every column of its forms."""

    datasets: dict[str, DatasetDraft] = field(default_factory=dict)
    used: list[Used] = field(default_factory=list)
    partly: set[tuple[str, str]] = field(default_factory=set)
    """Forms and columns of which a variable leaves some values out: the whole column goes to SUPP-- as well."""
    not_submitted: dict[str, Line] = field(default_factory=dict)
    sponsor_terms: dict[str, dict[str, str]] = field(default_factory=dict)
    """Terms of the study's own by the short name of their codelist, with what they mean; "" where they say it."""
    forms: list[tuple[str, str, int, str, float, str]] = field(default_factory=list)
    """Form, label, rows, domain, score and reason."""

    def block(self, dataset: str, block: BlockDraft) -> DatasetDraft:
        """Add a block to a dataset."""
        drafted = self.datasets.setdefault(dataset, DatasetDraft(dataset))
        drafted.blocks.append(block)
        return drafted

    def note(self, profile: Any, fate: Fate, target: str, score: float, reason: str) -> None:
        """What became of the column of a profile; the first word counts."""
        if not any(one.form == profile.form and one.column == profile.name for one in self.used):
            self.used.append(
                Used(profile.form, profile.name, profile.label, profile.filled, fate, target, score, reason)
            )
