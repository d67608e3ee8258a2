"""One rule asked of one dataset: scope, records, joins, operations, conditions, findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from cdisc_conv.checks.core.data.joins import join_all
from cdisc_conv.checks.core.data.records import build_records
from cdisc_conv.checks.core.data.study import Study, Table
from cdisc_conv.checks.core.data.vectors import Mask, Value, Vector
from cdisc_conv.checks.core.data.views import View
from cdisc_conv.checks.core.operations.registry import Task, work_out
from cdisc_conv.checks.core.operators.registry import (
    MissingVariableError,
    NotAnswerableError,
    Question,
    fill_prefix,
    load_operators,
)
from cdisc_conv.checks.core.rule.model import Check, Condition, CoreRule, Every, Not, Sensitivity, Some

NOT_THERE = "Not in dataset"
"""What stands for the value of a variable that is to be reported and is not there."""
STUDY = "STUDY"
"""What a finding about the package as a whole names instead of a dataset."""
_EVERY_VARIABLE = "all"


@dataclass(frozen=True)
class Hits:
    """What one rule found in one dataset.

    `rows` are places in `view`. A finding is about `dataset` as a whole where `whole` is true; then there is one.
    `names` are the variables to report.
    """

    rule: CoreRule
    dataset: str
    prefix: str
    view: View
    rows: np.ndarray
    names: tuple[str, ...]
    whole: bool

    def __len__(self) -> int:
        return len(self.rows)

    def values(self, row: int) -> dict[str, Value]:
        """The values to report of one record of the view."""
        found = {name: self.view.find(name) for name in self.names}
        return {name: NOT_THERE if vector is None else vector.at(row) for name, vector in found.items()}


def ask_rule(rule: CoreRule, table: Table, study: Study) -> Hits:
    """What a rule finds in a dataset.

    Raises:
        MissingVariableError: the dataset has no variable that the rule is about, so it says nothing of it.
        NotAnswerableError: something else is missing: a dataset, a define.xml, a dictionary, an operator that we know.
    """
    view = join_all(rule, table, build_records(rule, table, study), study)
    for operation in rule.operations:
        view = work_out(Task(operation, study, table, view))
    mask = evaluate(rule.condition, view, table.prefix, study) if view.length else np.zeros(0, dtype=bool)
    rows = np.flatnonzero(mask)
    presence = rule.type.casefold().startswith("domain presence")
    return Hits(
        rule=rule,
        dataset=STUDY if presence else table.name,
        prefix=table.prefix,
        view=view,
        rows=rows,
        names=find_names(rule, view, table.prefix, rows),
        whole=rule.sensitivity is Sensitivity.DATASET or presence,
    )


def evaluate(condition: Condition, view: View, prefix: str, study: Study | None = None) -> Mask:
    """Where a condition is true, record by record.

    A condition about a variable that is not there cannot be answered; beside others of which any would do, it counts
    as false.
    """
    match condition:
        case Check():
            return _ask(condition, view, prefix, study)
        case Not(part):
            return ~evaluate(part, view, prefix, study)
        case Every(parts):
            return reduce(np.logical_and, [evaluate(part, view, prefix, study) for part in parts])
        case Some(parts):
            return _evaluate_any(parts, view, prefix, study)


def _evaluate_any(parts: tuple[Condition, ...], view: View, prefix: str, study: Study | None) -> Mask:
    answers: list[Mask] = []
    missing: list[str] = []
    for part in parts:
        try:
            answers.append(evaluate(part, view, prefix, study))
        except MissingVariableError as error:
            missing.append(str(error.args[0]))
    if not answers:
        raise MissingVariableError(", ".join(dict.fromkeys(missing)))
    return reduce(np.logical_or, answers)


def _ask(check: Check, view: View, prefix: str, study: Study | None) -> Mask:
    found = load_operators().get(check.operator)
    if found is None:
        raise NotAnswerableError(f"cdisc-conv does not know the operator '{check.operator}'")
    return found.answer(Question(check, view, prefix, study))


def find_names(rule: CoreRule, view: View, prefix: str, rows: np.ndarray) -> tuple[str, ...]:
    """The variables to report: those that the rule names, else those that its conditions are about."""
    said: Iterable[str] = rule.outputs or (check.name for check in rule.checks)
    names = dict.fromkeys(_fill(name, prefix) for name in said)
    for vector in [found for name in names if (found := view.find(name)) is not None]:
        _add_listed(names, vector, view, rows)
    return tuple(names)


def _fill(name: str, prefix: str) -> str:
    return name.replace("--", prefix, 1) if "--" in name else fill_prefix(name, prefix)


def _add_listed(names: dict[str, None], vector: Vector, view: View, rows: np.ndarray) -> None:
    """Variables of the records that stand in a list which is to be reported."""
    if vector.listed and len(rows):
        for value in vector.take(rows).used:
            names.update(dict.fromkeys(item for item in (value if isinstance(value, tuple) else ()) if item in view))
