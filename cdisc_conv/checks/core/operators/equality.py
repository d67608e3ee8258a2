"""Whether two values are the same. Where one is missing they are not; where both are, nothing is said."""

from __future__ import annotations

import numpy as np

from cdisc_conv.checks.core.data.vectors import Mask, Value, Vector, constant, equal_values, to_number
from cdisc_conv.checks.core.operators.registry import Question, operator


@operator("equal_to")
def equal_to(question: Question) -> Mask:
    """The value is that of the other."""
    return _ask(question, fold=False, wanted=True)


@operator("not_equal_to")
def not_equal_to(question: Question) -> Mask:
    """The value is not that of the other, and not both are missing."""
    return _ask(question, fold=False, wanted=False)


@operator("equal_to_case_insensitive")
def equal_to_case_insensitive(question: Question) -> Mask:
    """The text is that of the other, but for capital letters."""
    return _ask(question, fold=True, wanted=True)


@operator("not_equal_to_case_insensitive")
def not_equal_to_case_insensitive(question: Question) -> Mask:
    """The text is not that of the other, and not only because of capital letters."""
    return _ask(question, fold=True, wanted=False)


def _ask(question: Question, *, fold: bool, wanted: bool) -> Mask:
    left = _prepare(question.target, question, fold)
    if question.option("value_is_reference"):
        return _ask_reference(question, left, fold, wanted)
    return _compare(left, _prepare(question.comparand, question, fold), wanted)


def _ask_reference(question: Question, left: Vector, fold: bool, wanted: bool) -> Mask:
    """Compared with the variable that each record names."""
    names = question.column(question.check.value)
    answer = question.all(False)
    for code, name in enumerate(names.values):
        rows = np.flatnonzero(names.codes == code)
        found = question.view.find(name) if isinstance(name, str) else None
        right = _prepare(found.take(rows), question, fold) if found is not None else constant(None, len(rows))
        answer[rows] = _compare(left.take(rows), right, wanted)
    return answer


def _compare(left: Vector, right: Vector, wanted: bool) -> Mask:
    same = equal_values(left, right)
    return same if wanted else ~same & ~(left.missing & right.missing)


def _prepare(vector: Vector, question: Question, fold: bool) -> Vector:
    if question.option("round_values"):
        vector = vector.map(_round)
    if question.option("type_insensitive"):
        vector = vector.map(write_plainly)
    return vector.map(_fold) if fold else vector


def _round(value: Value) -> Value:
    number = to_number(value)
    return float(round(number)) if np.isfinite(number) else value


def write_plainly(value: Value) -> Value:
    """A value as text, numbers in one way whether they are numbers or texts.

    >>> write_plainly(200.0), write_plainly("200.00"), write_plainly(" x ")
    ('200', '200', 'x')
    """
    number = to_number(value)
    if np.isfinite(number):
        return str(int(number)) if number.is_integer() else str(number)
    return value.strip() if isinstance(value, str) else value


def _fold(value: Value) -> Value:
    return value.lower() if isinstance(value, str) else value
