"""The page of a result: the verdict first, then the findings, which its script sorts, filters and opens."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader

from cdisc_conv import __version__
from cdisc_conv.checks.output.plain import describe_finding, summarise
from cdisc_conv.checks.package.result import CheckResult, DatasetFacts
from cdisc_conv.problems import Severity
from cdisc_conv.report.environment import embed, make_environment

MOST_FINDINGS = 20_000
"""Findings that the page holds; it says what it leaves out."""


def render_page(result: CheckResult) -> str:
    """One HTML file without anything from elsewhere.

    Values reach the page only as escaped text, or as JSON in a block that no value can close, from which the script
    writes text and nothing else.
    """
    loader = FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8")
    findings = [describe_finding(finding, result.rules) for finding in result.findings[:MOST_FINDINGS]]
    rules = {
        code: {"title": facts.title, "source": facts.source, "wording": facts.wording, "reach": facts.reach}
        for code, facts in result.rules.items()
        if code in {one["rule"] for one in findings}
    }
    return (
        make_environment(loader)
        .get_template("check.html")
        .render(
            result=result,
            version=__version__,
            counts=summarise(result),
            datasets=_count_by_dataset(result),
            by_rule=_count_by_rule(result),
            not_asked=_group_reasons(result),
            left_out=max(0, len(result.findings) - MOST_FINDINGS),
            compared=bool(result.against),
            data=embed({"findings": findings, "rules": rules}),
        )
    )


def _count_by_dataset(result: CheckResult) -> list[tuple[DatasetFacts, dict[str, int]]]:
    counts: Counter[tuple[str, Severity]] = Counter(
        (finding.problem.place.dataset, finding.problem.severity)
        for finding in result.findings
        if not finding.explained
    )
    return [(one, {level.value: counts[one.name, level] for level in Severity}) for one in result.datasets]


def _count_by_rule(result: CheckResult) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for finding in result.findings:
        code = finding.problem.code
        facts = result.rules.get(code)
        entry = found.setdefault(
            code,
            {
                "rule": code,
                "severity": finding.problem.severity.value,
                "title": facts.title if facts else "",
                "count": 0,
            },
        )
        entry["count"] += 1
    return list(found.values())


def _group_reasons(result: CheckResult) -> list[tuple[str, list[str]]]:
    """What was lacking, and the rules that needed it; the most frequent first."""
    reasons: dict[str, list[str]] = {}
    for rule, reason in result.not_run.items():
        reasons.setdefault(reason, []).append(rule)
    return sorted(reasons.items(), key=lambda item: -len(item[1]))
