"""Whether combinations of values are unique, go together one to one, and are the same throughout."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.checks.core.data.vectors import Mask, Vector, group_rows, is_missing
from cdisc_conv.checks.core.operators.registry import MissingVariableError, Question, operator
from cdisc_conv.checks.core.operators.texts import compile_pattern, pick_part
from cdisc_conv.checks.core.rule.model import Reach


@operator("is_unique_set", "is_not_unique_set", reach=Reach.DATASET, grouped=True)
def is_unique_set(question: Question) -> Mask:
    """No other record has the same values of these variables."""
    names = question.check.value if isinstance(question.check.value, list) else [question.check.value]
    columns = question.columns([question.check.name, *(name for name in names if name)], required=False)
    if question.option("regex"):
        columns = [_cut_matching(column, str(question.option("regex"))) for column in columns]
    groups = group_rows(columns, question.length)
    return np.bincount(groups)[groups] <= 1 if question.length else np.zeros(0, dtype=bool)


def _cut_matching(column: Vector, regex: str) -> Vector:
    """Texts cut to what the expression picks, where the column holds such texts."""
    pattern = compile_pattern(regex)
    first = next((value for value in column.used if not is_missing(value)), None)
    if not isinstance(first, str) or not pattern.match(first):
        return column
    return column.map(lambda value: pick_part(pattern, value) if isinstance(value, str) else value)


@operator("is_not_unique_relationship", "is_unique_relationship", reach=Reach.DATASET)
def is_not_unique_relationship(question: Question) -> Mask:
    """The value goes with several values of the other, or the other with several of it."""
    names = question.check.value if isinstance(question.check.value, list) else [question.check.value]
    others = [question.column(name) for name in names]
    if not question.length:
        return np.zeros(0, dtype=bool)
    left, left_there = group_rows([question.target], question.length), ~question.target.missing
    right, right_there = group_rows(others, question.length), ~np.logical_or.reduce([o.missing for o in others])
    return _has_several(left, left_there, right) | _has_several(right, right_there, left)


def _has_several(keys: np.ndarray, there: np.ndarray, values: np.ndarray) -> Mask:
    """Records whose key occurs with more than one value; a missing value is one more."""
    pairs = pd.unique(keys * (int(values.max()) + 1) + values)
    counts = np.bincount(pairs // (int(values.max()) + 1))
    return np.asarray(there & (counts[keys] > 1), dtype=bool)


@operator("is_inconsistent_across_dataset", reach=Reach.DATASET, grouped=True)
def is_inconsistent_across_dataset(question: Question) -> Mask:
    """The value is not the one that most records of its group have; of equally frequent ones, none is right."""
    names = question.check.value if isinstance(question.check.value, list) else [question.check.value]
    columns = question.columns([name for name in names if isinstance(name, str)], required=False)
    if not columns:
        raise MissingVariableError(", ".join(map(str, question.filled(names))))
    target = question.target
    if question.option("regex"):
        pattern = compile_pattern(_first(question.option("regex")))
        target = target.map(lambda value: pick_part(pattern, value) or value)
    groups = group_rows(columns, question.length)
    if not question.length:
        return np.zeros(0, dtype=bool)
    pairs = group_rows([target, Vector(groups, tuple(range(int(groups.max()) + 1)))], question.length)
    sizes = np.bincount(pairs)
    first = np.zeros(len(sizes), dtype="int64")
    first[pairs[::-1]] = np.arange(question.length - 1, -1, -1)
    owner = groups[first]
    most = np.zeros(int(groups.max()) + 1, dtype="int64")
    np.maximum.at(most, owner, sizes)
    winners = np.bincount(owner[sizes == most[owner]], minlength=len(most))
    several = np.bincount(owner, minlength=len(most)) > 1
    wrong = several[owner] & ((sizes < most[owner]) | (winners[owner] > 1))
    return np.asarray(wrong[pairs], dtype=bool)


def _first(regex: object) -> str:
    return str(regex[0]) if isinstance(regex, list) and regex else str(regex)


@operator("present_on_multiple_rows_within", "not_present_on_multiple_rows_within", reach=Reach.DATASET, grouped=True)
def present_on_multiple_rows_within(question: Question) -> Mask:
    """More than one record of the group (or more than the number given) has the value."""
    least = int(question.check.value or 1)
    within = question.option("within")
    groups = group_rows([*question.columns(within), question.target], question.length)
    return np.bincount(groups)[groups] > least if question.length else np.zeros(0, dtype=bool)
