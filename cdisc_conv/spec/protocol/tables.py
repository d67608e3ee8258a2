"""protocol.yaml: what the protocol says of the trial, as the tables that the trial design datasets are made of.

Arms with their elements, planned visits, criteria, disease assessments and the trial summary are said once, in plain
words. A dataset takes a table by name (``for_each: protocol.criteria``); the columns of a table have the names of the
variables that they fill. Source: SDTMIG 3.4, section 7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cdisc_conv.derivations.timing.visits import name_visit
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.spec.model import Family
from cdisc_conv.spec.protocol.summary import list_summary
from cdisc_conv.spec.yaml.nodes import Node, read_yaml
from cdisc_conv.spec.yaml.repair import repair_keys
from cdisc_conv.spec.yaml.shapes.protocol import ProtocolDocument
from cdisc_conv.spec.yaml.validate import validate

FILE = "protocol.yaml"
PREFIX = "protocol."
MOST_NAMED = 12
"""So many events are named in a hint."""
MOST_CODE = 8
"""The longest ETCD and IETESTCD (SDTMIG 3.4, 7.2.2 and 7.4.1)."""
MOST_ARM_CODE = 20
"""The longest ARMCD (SDTMIG 3.4, 7.2.1)."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FactTable:
    """The rows of one table, each with the node of protocol.yaml that says it."""

    rows: tuple[Row, ...] = ()
    nodes: tuple[Node, ...] = ()


def read_protocol(
    path: Path,
    shown: str,
    family: Family,
    title: str,
    events: Sequence[Mapping[str, Any]],
    problems: list[Problem],
) -> Mapping[str, FactTable]:
    """The tables of a study's protocol by name, from the file that messages call `shown`.

    `events` are the visits of forms.yaml, `title` is that of study.yaml.

    Problems that are found are added: PROT001 an element that is not there, PROT002 a code that is too long, PROT003
    an event without a rule or a rule without an event, PROT004 to PROT007 of the trial summary (`list_summary`), and
    those of structure.
    """
    try:
        node = read_yaml(path, shown)
    except ProblemsError as error:
        problems += error.problems
        return {}
    node = repair_keys(ProtocolDocument, node, FILE, problems)
    document, found = validate(ProtocolDocument, node, FILE)
    problems += found
    if document is None:
        return {}
    reader = _Reader(document, node, problems)
    tables = {
        "elements": reader.list_elements(),
        "arms": reader.list_arms(),
        "visits": reader.list_visits(events),
        "criteria": reader.list_criteria(),
        "assessments": reader.list_assessments(),
        "summary": FactTable(*list_summary(document, node, family, title, problems)),
    }
    return MappingProxyType(tables)


class _Reader:
    def __init__(self, document: ProtocolDocument, node: Node, problems: list[Problem]) -> None:
        self._document, self._node, self._problems = document, node, problems

    def list_elements(self) -> FactTable:
        """TE: one row per element."""
        here = [self._node.at(("elements", code)) for code in self._document.elements]
        rows = []
        for (code, element), node in zip(self._document.elements.items(), here, strict=True):
            self._check_code(code, MOST_CODE, "the element", node)
            rows.append(
                {
                    "ETCD": code,
                    "ELEMENT": element.name,
                    "TESTRL": element.starts,
                    "TEENRL": element.ends,
                    "TEDUR": element.lasts,
                }
            )
        return FactTable(tuple(rows), tuple(here))

    def list_arms(self) -> FactTable:
        """TA: one row per arm and element, in the order in which subjects go through them."""
        rows: list[Row] = []
        nodes: list[Node] = []
        for code, arm in self._document.arms.items():
            self._check_code(code, MOST_ARM_CODE, "the arm", self._node.at(("arms", code)))
            for number, step in enumerate(arm.path):
                node = self._node.at(("arms", code, "path", number))
                element = self._document.elements.get(step.element)
                if element is None:
                    hint = did_you_mean(step.element, self._document.elements) or "add it under 'elements'"
                    message = f"arm {code} goes through {step.element}, which is not an element"
                    self._problems.append(node.at(("element",)).problem("PROT001", message, hint))
                nodes.append(node)
                rows.append(
                    {
                        "ARMCD": code,
                        "ARM": arm.name,
                        "TAETORD": number + 1,
                        "ETCD": step.element,
                        "ELEMENT": element.name if element else "",
                        "TABRANCH": step.branch,
                        "TATRANS": step.transition,
                        "EPOCH": step.epoch,
                    }
                )
        return FactTable(tuple(rows), tuple(nodes))

    def list_visits(self, events: Sequence[Mapping[str, Any]]) -> FactTable:
        """TV: the planned visits of forms.yaml, each with the rules of the first entry that names its event.

        ``{day}`` and ``{visit}`` in a rule are the planned day and the name of the visit.
        """
        planned = [event for event in events if event.get("visitnum") is not None]
        used: set[int] = set()
        rows, nodes, without = [], [], []
        for event in planned:
            number = self._find_rule(event)
            if number is None:
                without.append(_name_event(event))
                continue
            used.add(number)
            rule = self._document.visits[number]
            visit = name_visit(event)
            said = {"visit": visit, "day": _show_number(event.get("day", ""))}
            nodes.append(self._node.at(("visits", number)))
            rows.append(
                {
                    "VISITNUM": event["visitnum"],
                    "VISIT": visit,
                    "VISITDY": event.get("day", ""),
                    "ARMCD": rule.arm,
                    "TVSTRL": _fill(rule.starts, said),
                    "TVENRL": _fill(rule.ends, said),
                }
            )
        self._report_rules(without, used, planned)
        return FactTable(tuple(rows), tuple(nodes))

    def _find_rule(self, event: Mapping[str, Any]) -> int | None:
        rules = enumerate(self._document.visits)
        return next((number for number, rule in rules if fnmatchcase(_name_event(event), rule.event)), None)

    def _report_rules(self, without: list[str], used: set[int], planned: Sequence[Mapping[str, Any]]) -> None:
        if without and self._document.visits:
            message = f"no entry of 'visits' says when these planned events start: {', '.join(without)}"
            self._problems.append(self._node.at(("visits",)).problem("PROT003", message, "add an entry for them"))
        known = [_name_event(event) for event in planned]
        for number, rule in enumerate(self._document.visits):
            if number not in used:
                fits = any(fnmatchcase(name, rule.event) for name in known)
                hint = "entries before it fit the same events, and the first one counts"
                hint = hint if fits else did_you_mean(rule.event, known) or _list_events(known)
                message = f"no planned event is left for the entry '{rule.event}'"
                place = self._node.at(("visits", number, "event")).place
                self._problems.append(Problem("PROT003", message, Severity.WARNING, place, hint))

    def list_criteria(self) -> FactTable:
        """TI: the inclusion criteria, then the exclusion criteria."""
        rows: list[Row] = []
        nodes: list[Node] = []
        for category, entries in (("inclusion", self._document.inclusion), ("exclusion", self._document.exclusion)):
            for code, entry in entries.items():
                node = self._node.at((category, code))
                self._check_code(code, MOST_CODE, "the criterion", node)
                criterion = {"text": entry} if isinstance(entry, str) else entry.model_dump()
                nodes.append(node)
                rows.append(
                    {
                        "IETESTCD": code,
                        "IETEST": " ".join(criterion["text"].split()),
                        "IECAT": category.upper(),
                        "IESCAT": criterion.get("category", ""),
                        "TIRL": criterion.get("rule", ""),
                        "TIVERS": criterion.get("version") or self._document.version,
                    }
                )
        return FactTable(tuple(rows), tuple(nodes))

    def list_assessments(self) -> FactTable:
        """TD: one row per period in which the disease is assessed at a constant interval."""
        here = [self._node.at(("assessments", number)) for number in range(len(self._document.assessments))]
        rows = [
            {
                "TDORDER": number + 1,
                "TDANCVAR": entry.anchor,
                "TDSTOFF": entry.offset,
                "TDTGTPAI": entry.every,
                "TDMINPAI": entry.at_least,
                "TDMAXPAI": entry.at_most,
                "TDNUMRPT": entry.times,
            }
            for number, entry in enumerate(self._document.assessments)
        ]
        return FactTable(tuple(rows), tuple(here))

    def _check_code(self, code: str, most: int, what: str, node: Node) -> None:
        if len(code.encode()) > most:
            message = f"the code of {what} {code} has {len(code.encode())} bytes; {most} are the most"
            self._problems.append(node.problem("PROT002", message))


def _name_event(event: Mapping[str, Any]) -> str:
    return str(event.get("eid") or event["event"])


def _list_events(known: Sequence[str]) -> str:
    shown = ", ".join(known[:MOST_NAMED])
    return f"there are: {shown}{' ...' if len(known) > MOST_NAMED else ''}" if known else "there are no planned events"


def _fill(text: str, said: Mapping[str, str]) -> str:
    return re.sub(r"\{(visit|day)\}", lambda match: str(said[match[1]]), text)


def _show_number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
