"""What a check of a package comes to, one family of datasets after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

from cdisc_conv.checks.core.package import CoreAnswers, join_findings, match_rules
from cdisc_conv.checks.findings import Finding, RuleFacts
from cdisc_conv.checks.model import Rule
from cdisc_conv.checks.run import CheckReport
from cdisc_conv.problems import Problem, Severity

_ORDER = {severity: number for number, severity in enumerate(Severity)}


@dataclass
class Outcome:
    """What the families came to, one after the other."""

    findings: list[Finding] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    core_rules: list[RuleFacts] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    not_run: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_core(self, answers: CoreAnswers) -> None:
        """What CDISC's rules found; where ours found the same, it is one finding."""
        same = match_rules({rule.id: rule.source for rule in self.rules}, answers.rules)
        self.findings = join_findings(self.findings, answers.findings, same)
        self.core_rules += answers.rules
        self.run += answers.run
        self.not_run |= answers.not_run
        self.notes += [note for note in answers.notes if note not in self.notes]

    def add(self, report: CheckReport) -> None:
        """What our own rules found."""
        own = {id(finding.problem) for finding in report.findings}
        self.findings += [wrap(problem) for problem in report.problems if id(problem) not in own]
        self.findings += report.findings
        self.rules += report.rules
        self.run += report.run
        self.not_run |= report.not_run


def wrap(problem: Problem) -> Finding:
    """A problem that no rule made as a finding."""
    return Finding(problem, problem.message)


def tell_rule(rule: Rule) -> RuleFacts:
    """What a report says of one of our rules."""
    return RuleFacts(rule.id, rule.title, rule.severity, rule.source, rule.reach)


def sort_key(finding: Finding) -> tuple[int, str, str, str]:
    """Errors first, then by dataset."""
    problem = finding.problem
    return (_ORDER[problem.severity], problem.place.dataset or problem.place.file, problem.code, problem.place.variable)
