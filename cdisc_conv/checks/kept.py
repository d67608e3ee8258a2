"""What rules found in an earlier run, dataset by dataset, which holds as long as nothing changed that they looked into.

The answers of a dataset are kept under its content and all that is the same for every rule: the standard, the
terminology, which datasets there are. With each goes what the rule looked into beside the dataset (`trace`), and the
content that this had: an answer is taken over when that is what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cdisc_conv.checks.model import Rule
from cdisc_conv.checks.tables import Table, Tables
from cdisc_conv.checks.told import Findings
from cdisc_conv.checks.trace import EVERYTHING, Read
from cdisc_conv.columns.digests import digest
from cdisc_conv.steps import Steps


@dataclass(frozen=True)
class Outcome:
    """What a rule found in a dataset, or why it could not be asked of it."""

    found: tuple[Findings, ...] = ()
    """Of each range that it was asked of."""
    reasons: tuple[str, ...] = ()
    reads: frozenset[Read] = frozenset()
    """What it looked into beside the dataset."""


class KeptAnswers:
    """The outcomes that an earlier run kept, and those of this run."""

    def __init__(self, steps: Steps, tables: Tables, rules: Iterable[Rule], keep: int) -> None:
        self._steps = steps
        self._tables = tables
        self._rules = {rule.id: rule for rule in rules}
        self._keep = keep
        self._states: dict[Read, str] = {}
        self._before = {table.name: self._open(table) for table in tables.tables} if steps.are_kept else {}

    def find(self, rule: str, dataset: str) -> Outcome | None:
        """What an earlier run found; None where the rule has to be asked."""
        return self._before.get(dataset, {}).get(rule)

    def close(self, outcomes: Mapping[tuple[str, str], Outcome]) -> None:
        """Keep the outcomes of this run, by rule and dataset."""
        if not self._steps.are_kept:
            return
        for table in self._tables.tables:
            mine = {rule: one for (rule, dataset), one in outcomes.items() if dataset == table.name}
            before = self._before[table.name]
            for rule in mine:
                self._steps.note("check", f"{table.name} {rule}", reused=rule in before)
            if mine.keys() - before.keys():
                said = {rule: (self._say(rule), self._say_states(one), one) for rule, one in mine.items()}
                self._steps.keep(self._name(table), said)

    def _open(self, table: Table) -> dict[str, Outcome]:
        """The outcomes that hold of a dataset."""
        found = self._steps.find(self._name(table))
        said: Mapping[str, tuple[str, Mapping[Read, str], Outcome]] = found[0] if found else {}
        return {
            rule: outcome
            for rule, (is_made_of, states, outcome) in said.items()
            if rule in self._rules
            and is_made_of == self._say(rule)
            and all(self._state(read) == state for read, state in states.items())
        }

    def _name(self, table: Table) -> str:
        return self._steps.name("check", (self._shared, table.dataset))

    @cached_property
    def _shared(self) -> str:
        tables = self._tables
        return digest(
            (
                (tables.standard.name, tables.standard.version, tables.terminology.identity),
                (tables.created, tables.complete, tables.declared, self._keep),
                [(one.name, one.dataset.domain, one.guide is None, one.length > 0) for one in tables.all],
            )
        )

    @cached_property
    def _said(self) -> dict[str, str]:
        return {name: digest(rule) for name, rule in self._rules.items()}

    def _say(self, rule: str) -> str:
        return self._said[rule]

    def _say_states(self, outcome: Outcome) -> dict[Read, str]:
        return {read: self._state(read) for read in sorted(outcome.reads)}

    def _state(self, read: Read) -> str:
        """What a dataset, or a column of one, says."""
        if read not in self._states:
            self._states[read] = digest(self._look(*read))
        return self._states[read]

    def _look(self, name: str, column: str) -> Any:
        tables = self._tables
        if (name, column) == EVERYTHING:
            return [one.dataset for one in tables.all]
        if not column:
            return [one.dataset for one in tables.list_domain(name)]
        owner = tables.find_owner(name)
        if owner is None or column not in owner.frame:
            return None
        described = [one for one in owner.dataset.columns if one.name == column]
        return (owner.frame[column], described, owner.is_analysis)
