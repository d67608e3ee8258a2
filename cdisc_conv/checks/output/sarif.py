"""A result as SARIF 2.1.0, which code hosts and build servers show. Source: OASIS SARIF 2.1.0."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from cdisc_conv import __version__
from cdisc_conv.checks.findings import Finding, State
from cdisc_conv.checks.package.result import CheckResult
from cdisc_conv.visible import make_visible

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_STATES = {State.NEW: "new", State.MORE: "updated", State.SAME: "unchanged"}


def make_sarif(result: CheckResult) -> dict[str, Any]:
    """The result as a log of one run; explained findings are suppressed, with their reason."""
    used = list(dict.fromkeys(finding.problem.code for finding in result.findings))
    files = {one.name: one.file for one in result.datasets}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cdisc-conv",
                        "semanticVersion": __version__,
                        "rules": [_describe_rule(result, id) for id in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_describe(finding, used.index(finding.problem.code), files) for finding in result.findings],
            }
        ],
    }


def _describe_rule(result: CheckResult, id: str) -> dict[str, Any]:
    facts = result.rules.get(id)
    rule: dict[str, Any] = {"id": id}
    if facts is not None:
        rule["shortDescription"] = {"text": facts.title}
        rule["defaultConfiguration"] = {"level": facts.severity.value}
        if facts.wording or facts.source:
            rule["fullDescription"] = {"text": facts.wording or facts.source}
    return rule


def _describe(finding: Finding, number: int, files: dict[str, str]) -> dict[str, Any]:
    problem, place = finding.problem, finding.problem.place
    hint = f" ({problem.hint})" if problem.hint else ""
    found: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": number,
        "level": problem.severity.value,
        "message": {"text": make_visible(f"{problem.message}{hint}")},
        "occurrenceCount": max(problem.count, 1),
        "partialFingerprints": {"findingKey/v1": hashlib.sha256(finding.key.encode()).hexdigest()},
    }
    location: dict[str, Any] = {}
    file = place.file or files.get(place.dataset, "")
    if file:
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(file)}}
        if place.line:
            location["physicalLocation"]["region"] = {"startLine": place.line}
    if place.dataset:
        name = ".".join(part for part in (place.dataset, place.variable) if part)
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    if location:
        found["locations"] = [location]
    if finding.explained:
        found["suppressions"] = [{"kind": "external", "justification": finding.explained}]
    if finding.state is not None:
        found["baselineState"] = _STATES[finding.state]
    return found
