"""A result as SARIF 2.1.0, which code hosts and build servers show. Source: OASIS SARIF 2.1.0."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cdisc_conv import __version__
from cdisc_conv.checks.findings import Finding, State
from cdisc_conv.checks.package.result import CheckResult
from cdisc_conv.problems import Severity
from cdisc_conv.visible import make_visible

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_STATES = {State.NEW: "new", State.MORE: "updated", State.SAME: "unchanged"}


def make_sarif(result: CheckResult) -> dict[str, Any]:
    """The result as a log of one run; explained findings are suppressed, with their reason.

    Against an earlier result, findings that are no more are there as absent.
    """
    gone = [key.split("\t", 3) for key in result.gone]
    used = list(dict.fromkeys([*(finding.problem.code for finding in result.findings), *(key[0] for key in gone)]))
    numbers = {id: number for number, id in enumerate(used)}
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
                "results": [
                    *(_describe(finding, numbers, files) for finding in result.findings),
                    *(_describe_gone(key, result, numbers, files) for key in gone),
                ],
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


def _describe(finding: Finding, numbers: Mapping[str, int], files: Mapping[str, str]) -> dict[str, Any]:
    problem, place = finding.problem, finding.problem.place
    hint = f" ({problem.hint})" if problem.hint else ""
    found: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": numbers[problem.code],
        "level": problem.severity.value,
        "message": {"text": make_visible(f"{problem.message}{hint}")},
        "occurrenceCount": max(problem.count, 1),
        "partialFingerprints": _mark(finding.key),
        "locations": [_locate(place.file or files.get(place.dataset, ""), place.line, place.dataset, place.variable)],
    }
    if finding.explained:
        found["suppressions"] = [{"kind": "external", "justification": finding.explained}]
    if finding.state is not None:
        found["baselineState"] = _STATES[finding.state]
    return found


def _describe_gone(
    key: Sequence[str], result: CheckResult, numbers: Mapping[str, int], files: Mapping[str, str]
) -> dict[str, Any]:
    """A finding of an earlier result that is no more."""
    code, dataset, name, text = key
    facts = result.rules.get(code)
    file = files.get(dataset, "") if dataset else name
    return {
        "ruleId": code,
        "ruleIndex": numbers[code],
        "level": facts.severity.value if facts else Severity.WARNING.value,
        "message": {"text": make_visible(text)},
        "occurrenceCount": 1,
        "partialFingerprints": _mark("\t".join(key)),
        "locations": [_locate(file, 0, dataset, name if dataset else "")],
        "baselineState": "absent",
    }


def _mark(key: str) -> dict[str, str]:
    return {"findingKey/v1": hashlib.sha256(key.encode()).hexdigest()}


def _locate(file: str, line: int, dataset: str, variable: str) -> dict[str, Any]:
    """Where a finding is: in a file, else in the folder of the package, as code hosts ask for one."""
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": quote(file) or "."}}}
    if line:
        location["physicalLocation"]["region"] = {"startLine": line}
    if dataset:
        name = ".".join(part for part in (dataset, variable) if part)
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
    return location
