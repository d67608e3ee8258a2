"""A finding with all that a report shows of it: its rule, its records, whether it is explained, whether it is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cdisc_conv.problems import Problem, Severity

MOST_RECORDS = 100
"""How many records of a finding a report holds; the count is always whole."""


class State(StrEnum):
    """What a finding is compared with those of an earlier check."""

    NEW = "new"
    MORE = "more records"
    SAME = "known"


@dataclass(frozen=True, slots=True)
class Records:
    """The records behind a finding: numbers from 1, and the variables that tell and show them, as text."""

    numbers: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    values: tuple[tuple[str, ...], ...] = ()
    """One tuple per record, in the order of `names`."""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a report says of a rule: where it comes from, and the wording of its source where that travels with it."""

    id: str
    title: str
    severity: Severity
    source: str = ""
    reach: str = ""
    wording: str = ""
    also: tuple[str, ...] = ()
    """Ids of other rule sets that say the same."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the problem, the sentence that says what is wrong without its examples, and the records."""

    problem: Problem
    text: str
    records: Records = field(default_factory=Records)
    explained: str = ""
    """The reason why it stands, "" when nobody has explained it."""
    state: State | None = None
    """Set where the check was held against an earlier one."""
    also: tuple[str, ...] = ()
    """Ids of rules of other sets that found the same."""

    @property
    def key(self) -> str:
        """What makes it the same finding in another run: rule, dataset, variable and the sentence, not its records."""
        place = self.problem.place
        return "\t".join((self.problem.code, place.dataset, place.variable or place.file, self.text))

    @property
    def open(self) -> bool:
        """Whether somebody has to look: no note, and not explained."""
        return self.problem.severity is not Severity.NOTE and not self.explained


def count_open(findings: tuple[Finding, ...]) -> Mapping[Severity, int]:
    """Findings per severity that nobody has explained."""
    totals = dict.fromkeys(Severity, 0)
    for finding in findings:
        if not finding.explained:
            totals[finding.problem.severity] += 1
    return totals
