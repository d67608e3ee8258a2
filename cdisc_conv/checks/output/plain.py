"""A result as plain data: what the JSON holds, and what the page and the workbook are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cdisc_conv import __version__
from cdisc_conv.checks.findings import Finding, RuleFacts
from cdisc_conv.checks.package.result import CheckResult
from cdisc_conv.problems import Severity

KIND = "cdisc-conv check"


def make_plain(result: CheckResult) -> dict[str, Any]:
    """Everything of a result; the same for the same package, whatever the machine and the time."""
    return {
        "kind": KIND,
        "version": __version__,
        "package": result.package,
        "verdict": asdict(result.verdict),
        "standards": [{**asdict(used), "said": str(used)} for used in result.used],
        "datasets": [asdict(one) for one in result.datasets],
        "summary": summarise(result),
        "findings": [describe_finding(finding, result.rules) for finding in result.findings],
        "rules": {id: asdict(facts) for id, facts in sorted(result.rules.items())},
        "run": list(result.run),
        "not_asked": dict(result.not_run),
        "set_aside": dict(result.set_aside),
        "explanations": result.explained_by,
        "notes": list(result.notes),
        "against": result.against,
        "gone": [key.split("\t", 3) for key in result.gone],
    }


def summarise(result: CheckResult) -> dict[str, int]:
    """How many findings of each severity are open, and how many are explained."""
    counts = {severity.value: 0 for severity in Severity}
    for finding in result.findings:
        if not finding.explained:
            counts[finding.problem.severity.value] += 1
    return {**counts, "explained": sum(bool(finding.explained) for finding in result.findings)}


def describe_finding(finding: Finding, rules: Mapping[str, RuleFacts]) -> dict[str, Any]:
    """One finding with the facts of its rule that a reader wants beside it."""
    problem, place = finding.problem, finding.problem.place
    facts = rules.get(problem.code)
    return {
        "rule": problem.code,
        "also": list(finding.also),
        "severity": problem.severity.value,
        "dataset": place.dataset,
        "variable": place.variable,
        "file": place.file,
        "line": place.line,
        "text": finding.text,
        "hint": problem.hint,
        "value": problem.value,
        "count": problem.count,
        "rows": list(place.rows),
        "source": facts.source if facts else "",
        "explained": finding.explained,
        "state": finding.state.value if finding.state else "",
        "key": finding.key,
        "records": asdict(finding.records),
    }
