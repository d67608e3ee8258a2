"""How long texts are, in characters. A text that is missing has no length."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt

import numpy as np

from cdisc_conv.checks.core.data.vectors import Mask, Value, Vector
from cdisc_conv.checks.core.operators.registry import Question, operator


@operator("longer_than", "shorter_than_or_equal_to")
def longer_than(question: Question) -> Mask:
    """The text is longer than the number says, or than the other text."""
    return _compare(question, gt)


@operator("longer_than_or_equal_to", "shorter_than")
def longer_than_or_equal_to(question: Question) -> Mask:
    """The text is at least as long as the number says, or as the other text."""
    return _compare(question, ge)


@operator("has_equal_length", "has_not_equal_length")
def has_equal_length(question: Question) -> Mask:
    """The text is as long as the number says, or as the other text."""
    return _compare(question, eq)


def _compare(question: Question, compare: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Mask:
    other = question.comparand
    texts = question.compares_columns and any(isinstance(value, str) for value in other.values)
    wanted = _measure(other) if texts else other.numbers
    with np.errstate(invalid="ignore"):
        return np.asarray(compare(_measure(question.target), wanted), dtype=bool)


def _measure(vector: Vector) -> np.ndarray:
    lengths = [float(len(value)) if isinstance(value, str) else np.nan for value in vector.values]
    return vector.spread(np.array(lengths))


@operator("split_parts_have_equal_length", "split_parts_have_unequal_length")
def split_parts_have_equal_length(question: Question) -> Mask:
    """The two parts of the text before and behind the separator are equally long; also where there is one part."""
    separator = str(question.option("separator", "/"))

    def test(value: Value) -> bool:
        parts = value.split(separator) if isinstance(value, str) else []
        return len(parts) < 2 or (len(parts) == 2 and len(parts[0]) == len(parts[1]))

    return question.target.test(test)
