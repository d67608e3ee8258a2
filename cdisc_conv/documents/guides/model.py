"""A guide as text: sections with paragraphs and tables, before it is set as DOCX or PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cdisc_conv.checks.run import CheckReport
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.account.lines import Accounting
from cdisc_conv.problems import Problem
from cdisc_conv.spec.model import Family, Study


@dataclass(frozen=True, slots=True)
class Table:
    """A table: column heads, rows of texts, and the share of the width that each column takes."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section: paragraphs (texts) and tables in order, and the sections in it."""

    title: str
    blocks: tuple[str | Table, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """A reviewer's guide."""

    title: str
    study: str
    subtitle: str
    created: str
    sections: tuple[Section, ...]

    def walk(self) -> Iterator[tuple[str, int, Section]]:
        """Number (``3.1``), level from 1, and section, in order."""
        yield from _walk(self.sections, "", 1)


def _walk(sections: Sequence[Section], prefix: str, level: int) -> Iterator[tuple[str, int, Section]]:
    for number, section in enumerate(sections, start=1):
        yield f"{prefix}{number}", level, section
        yield from _walk(section.sections, f"{prefix}{number}.", level + 1)


@dataclass(frozen=True)
class Known:
    """What a run knows when the guide of a family is written."""

    study: Study
    family: Family
    datasets: tuple[Dataset, ...]
    """Those of the family, as they are written."""
    others: tuple[Dataset, ...]
    """The other datasets of the package, or beside it."""
    checks: CheckReport
    findings: tuple[Problem, ...]
    accounting: Accounting
    reasons: Mapping[Problem, str] = field(default_factory=dict)
    """Findings that are explained, with the explanations."""
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By analysis dataset, the tabulation datasets that it reads itself."""
