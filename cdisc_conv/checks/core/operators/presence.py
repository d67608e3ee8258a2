"""Whether variables and values are there."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from cdisc_conv.checks.core.data.vectors import Mask, Vector, group_rows
from cdisc_conv.checks.core.operators.registry import Question, operator
from cdisc_conv.checks.core.rule.model import Reach


@operator("exists", "not_exists")
def exists(question: Question) -> Mask:
    """The variable is there, or is named in a list that an operation made."""
    name = question.filled(question.check.name)
    there = name in question.view or any(
        vector.listed and any(isinstance(value, tuple) and name in value for value in vector.values)
        for vector in map(question.view.find, (n for n in question.view.names if n.startswith("$")))
        if vector is not None
    )
    return question.all(there)


@operator("empty", "non_empty")
def empty(question: Question) -> Mask:
    """There is no value."""
    return question.target.missing


@operator("empty_within_except_last_row", reach=Reach.DATASET, grouped=True)
def empty_within_except_last_row(question: Question) -> Mask:
    """There is no value, in a record that is not the last of its group."""
    return question.target.missing & _not_last(question)


@operator("non_empty_within_except_last_row", reach=Reach.DATASET, grouped=True)
def non_empty_within_except_last_row(question: Question) -> Mask:
    """There is a value, in a record that is not the last of its group."""
    return ~question.target.missing & _not_last(question)


def _not_last(question: Question) -> Mask:
    groups = group_rows([question.column(question.check.value)], question.length)
    order = [rank(question.column(question.option("ordering")))] if question.option("ordering") else []
    rows = np.lexsort((np.arange(question.length), *order, groups))
    inside = np.ones(question.length, dtype=bool)
    last = np.append(np.diff(groups[rows]) != 0, [True] * bool(len(rows)))
    inside[rows[last]] = False
    return inside


def rank(vector: Vector) -> np.ndarray:
    """The place of each record's value among the distinct ones: numbers by size, texts by code point, missing last."""
    kinds = [
        (
            value is None,
            isinstance(value, str),
            value if isinstance(value, str) else "",
            0.0 if value is None or isinstance(value, str | tuple) else float(value),
        )
        for value in vector.values
    ]
    places = np.empty(len(kinds), dtype="int64")
    previous, place = None, -1
    for number in sorted(range(len(kinds)), key=kinds.__getitem__):
        place += kinds[number] != previous
        previous = kinds[number]
        places[number] = place
    return vector.spread(places)


@operator("inconsistent_enumerated_columns")
def inconsistent_enumerated_columns(question: Question) -> Mask:
    """A numbered variable such as TSVAL2 has a value although the one before it has none."""
    return _find_gaps(question, r"\d*")


@operator("additional_columns_empty", "additional_columns_not_empty")
def additional_columns_empty(question: Question) -> Mask:
    """The same, but for the variable without a number: TSVAL may be blank where TSVAL1 is not."""
    return _find_gaps(question, r"\d+")


def _find_gaps(question: Question, number: str) -> Mask:
    name = question.filled(question.check.name)
    pattern = re.compile(rf"{re.escape(name)}({number})")
    found = [(int(match[1] or 0), each) for each in question.view.names if (match := pattern.fullmatch(each))]
    there = [~question.column(each).missing for _, each in sorted(found)]
    wrong = question.all(False)
    for before, after in pairwise(there):
        wrong |= after & ~before
    return wrong


@operator("has_different_values", "has_same_values", reach=Reach.DATASET)
def has_different_values(question: Question) -> Mask:
    """Not all records have the same value."""
    return question.all(len(question.target.used) > 1)
