"""Comparing numbers; a text that is a number counts as one, and nothing is said of what is none."""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt

import numpy as np

from cdisc_conv.checks.core.data.vectors import Mask, Value, to_number
from cdisc_conv.checks.core.operators.registry import Question, operator


def _compare(question: Question, compare: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Mask:
    with np.errstate(invalid="ignore"):
        return np.asarray(compare(question.target.numbers, question.comparand.numbers), dtype=bool)


@operator("less_than")
def less_than(question: Question) -> Mask:
    """The number is smaller than the other."""
    return _compare(question, lt)


@operator("less_than_or_equal_to")
def less_than_or_equal_to(question: Question) -> Mask:
    """The number is smaller than the other, or equal to it."""
    return _compare(question, le)


@operator("greater_than")
def greater_than(question: Question) -> Mask:
    """The number is greater than the other."""
    return _compare(question, gt)


@operator("greater_than_or_equal_to")
def greater_than_or_equal_to(question: Question) -> Mask:
    """The number is greater than the other, or equal to it."""
    return _compare(question, ge)


@operator("is_numeric", "is_not_numeric")
def is_numeric(question: Question) -> Mask:
    """The value is a number, or names the type of numbers."""
    return question.target.test(_is_numeric)


def _is_numeric(value: Value) -> bool:
    if isinstance(value, str) and value.casefold() in ("num", "numeric", "integer", "float", "double", "decimal"):
        return True
    return value is not None and np.isfinite(to_number(value)).item() if not isinstance(value, tuple) else False
