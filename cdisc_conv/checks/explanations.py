"""Findings explained once, and rules set aside, both with a reason: ``explanations.yaml``.

    explanations:
      - rule: AE008
        dataset: AE
        reason: the site closed before the end dates were collected
    set_aside:
      - rule: VAR008
        reason: the sponsor keeps empty permissible variables

An explanation holds for the findings of a rule in a dataset; ``variable`` and ``value`` narrow it, and without
``dataset`` it holds for what is about none. Codes: EXPL001 no such rule, EXPL002 nothing is left to explain, EXPL003
two explanations of one finding, EXPL004 a reason that says nothing, EXPL005 (a note of `run`) a rule that is set
aside; SPEC and YAML for the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cdisc_conv.checks.findings import Finding
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.spec.yaml.nodes import Node, read_yaml
from cdisc_conv.spec.yaml.validate import validate

FILE = "explanations.yaml"
"""The name of the file in the folder of a study or of a package."""

_SHORTEST = 3
_CORE_ID = re.compile(r"CORE-\d+")


class _Explanation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str
    reason: str
    dataset: str = ""
    variable: str = ""
    value: str = ""


class _SetAside(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str
    reason: str


class ExplanationsDocument(BaseModel):
    """explanations.yaml."""

    model_config = ConfigDict(extra="forbid")

    explanations: list[_Explanation] = []
    set_aside: list[_SetAside] = []


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the findings of a rule stand: those of a dataset, of a variable, about a value."""

    rule: str
    reason: str
    dataset: str = ""
    variable: str = ""
    value: str = ""
    place: Place = Place()

    def covers(self, finding: Finding) -> bool:
        """Whether it is about a finding; ids of the same rule in other sets count."""
        place = finding.problem.place
        return (
            self.rule in (finding.problem.code, *finding.also)
            and self.dataset == place.dataset
            and self.variable in ("", place.variable)
            and self.value in ("", finding.problem.value)
        )


@dataclass(frozen=True, slots=True)
class Explanations:
    """What a file says; ``set_aside`` maps the ids of rules to reasons."""

    file: str = ""
    entries: tuple[Explanation, ...] = ()
    set_aside: tuple[tuple[str, str, Place], ...] = ()

    @property
    def aside(self) -> dict[str, str]:
        """The rules that are set aside, with the reasons."""
        return {rule: reason for rule, reason, _ in self.set_aside}


def read_explanations(path: Path, shown: str = "") -> Explanations:
    """The explanations of a file. Raises ProblemsError with everything that is wrong in it."""
    node = read_yaml(path, shown)
    if node.value is None:
        return Explanations(node.file)
    found, problems = validate(ExplanationsDocument, node, "a file of explanations")
    if found is None:
        raise ProblemsError(problems)
    places = {key: _list_places(node, key) for key in ("explanations", "set_aside")}
    entries = tuple(
        Explanation(one.rule, one.reason, one.dataset.upper(), one.variable.upper(), one.value, place)
        for one, place in zip(found.explanations, places["explanations"], strict=True)
    )
    aside = tuple(
        (one.rule, one.reason, place) for one, place in zip(found.set_aside, places["set_aside"], strict=True)
    )
    problems = [
        Problem("EXPL004", f"the reason for {rule} is '{reason.strip()}'", place=place, hint="say why, in words")
        for rule, reason, place in [*((one.rule, one.reason, one.place) for one in entries), *aside]
        if len(reason.strip()) < _SHORTEST
    ]
    if problems:
        raise ProblemsError(problems)
    return Explanations(node.file, entries, aside)


def _list_places(node: Node, key: str) -> list[Place]:
    found = node.get(key)
    return [item.place for item in found.value] if found is not None and found.is_list else []


def apply_explanations(
    explanations: Explanations, findings: Sequence[Finding], known: Collection[str]
) -> tuple[list[Finding], list[Problem]]:
    """The findings with their reasons, and what is wrong with the explanations: unknown rules, nothing to explain.

    `known` are the ids of all rules. The first explanation that covers a finding counts; one that covers none is
    reported, so that the file never holds more than what stands. Rules of CDISC are only missed where some are
    imported: the file goes with a package to people who have none.
    """
    problems = [
        _report_unknown(rule, known, place)
        for rule, place in [
            *((one.rule, one.place) for one in explanations.entries),
            *((rule, place) for rule, _, place in explanations.set_aside),
        ]
        if rule not in known and not _is_left_to_core(rule, known)
    ]
    used: Counter[int] = Counter()
    told: list[Finding] = []
    for finding in findings:
        covering = [number for number, one in enumerate(explanations.entries) if one.covers(finding)]
        used.update(covering)
        told.append(replace(finding, explained=explanations.entries[covering[0]].reason) if covering else finding)
    for number, one in enumerate(explanations.entries):
        if one.rule in known and not used[number]:
            about = " ".join(filter(None, (one.rule, one.dataset, one.variable, one.value)))
            message = f"nothing is left to explain: {about} finds nothing"
            problems.append(Problem("EXPL002", message, Severity.NOTE, one.place, "take the explanation out"))
    problems += _report_doubled(explanations)
    return told, problems


def _is_left_to_core(rule: str, known: Collection[str]) -> bool:
    """Whether it is a rule of CDISC, none of which is imported here."""
    return _CORE_ID.fullmatch(rule) is not None and not any(map(_CORE_ID.fullmatch, known))


def report_set_aside(explanations: Explanations, known: Collection[str]) -> list[Problem]:
    """What a run says of rules that are set aside: each with its reason, and those that there are not.

    `known` are the ids of the rules that a run asks; rules of CDISC are asked by `check`, which knows which there are.
    """
    return [
        Problem("EXPL005", f"{rule} is set aside and not asked: {reason.strip()}", Severity.NOTE, place)
        if rule in known
        else _report_unknown(rule, known, place)
        for rule, reason, place in explanations.set_aside
        if not _CORE_ID.fullmatch(rule)
    ]


def _report_unknown(rule: str, known: Collection[str], place: Place) -> Problem:
    hint = did_you_mean(rule, known) or "check the id"
    return Problem("EXPL001", f"there is no rule {rule}", Severity.ERROR, place, hint)


def _report_doubled(explanations: Explanations) -> list[Problem]:
    seen: dict[tuple[str, ...], Explanation] = {}
    problems = []
    for one in explanations.entries:
        key = (one.rule, one.dataset, one.variable, one.value)
        if key in seen:
            message = f"{' '.join(filter(None, key))} is explained twice; the first is on line {seen[key].place.line}"
            problems.append(Problem("EXPL003", message, Severity.WARNING, one.place, "keep one of them"))
        seen.setdefault(key, one)
    return problems
