"""What a check of a package comes to: the verdict, the findings, the rules that were asked and those that were not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cdisc_conv.checks.findings import Finding, RuleFacts, State
from cdisc_conv.checks.package.basis import Used
from cdisc_conv.checks.verdict import Verdict
from cdisc_conv.problems import Problem


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """A dataset as the summary lists it."""

    name: str
    label: str
    family: str
    file: str
    records: int
    variables: int


@dataclass(frozen=True)
class CheckResult:
    """The result of `check`.

    ``findings`` come errors first, by dataset; those that are explained carry their reason. ``not_run`` says what a
    rule lacked that could not be asked of any dataset, ``set_aside`` why a rule was not asked at all. ``notes`` are
    sentences on what the check does not cover. ``against`` names the earlier result, and ``gone`` are its findings
    that are no more.
    """

    package: str
    verdict: Verdict
    used: tuple[Used, ...]
    datasets: tuple[DatasetFacts, ...]
    findings: tuple[Finding, ...]
    rules: Mapping[str, RuleFacts]
    run: tuple[str, ...]
    not_run: Mapping[str, str]
    set_aside: Mapping[str, str] = field(default_factory=dict)
    explained_by: str = ""
    notes: tuple[str, ...] = ()
    against: str = ""
    gone: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All findings as problems."""
        return tuple(finding.problem for finding in self.findings)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The errors and warnings that nobody has explained; against an earlier result, only what is new or more."""
        return tuple(one for one in self.findings if one.open and one.state is not State.SAME)

    @property
    def exit_code(self) -> int:
        """1 when anything is open, else 0."""
        return int(bool(self.open))


def compare_findings(findings: Sequence[Finding], earlier: Mapping[str, int]) -> tuple[list[Finding], list[str]]:
    """The findings with their state against earlier ones (key -> number of records), and the keys that are gone."""
    told = []
    for finding in findings:
        before = earlier.get(finding.key)
        state = State.NEW if before is None else State.MORE if finding.problem.count > before else State.SAME
        told.append(replace(finding, state=state))
    now = {finding.key for finding in findings}
    return told, [key for key in earlier if key not in now]
