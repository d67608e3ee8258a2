"""Dates and durations of ISO 8601."""

from __future__ import annotations

from operator import eq, ge, gt, le, lt, ne
from typing import Any

from cdisc_conv.checks.core.data.dates import compare_dates, compare_parts, read_dates
from cdisc_conv.checks.core.data.vectors import Mask, Value
from cdisc_conv.checks.core.operators.registry import Question, operator
from cdisc_conv.columns.durations import is_duration


def _compare(question: Question, compare: Any, exact: bool | None = None) -> Mask:
    part = question.option("date_component")
    if part and part != "auto":
        return compare_parts(question.target, question.comparand, str(part), compare)
    return compare_dates(question.target, question.comparand, compare, exact=None if part == "auto" else exact)


@operator("date_equal_to")
def date_equal_to(question: Question) -> Mask:
    """The two dates are the same and equally precise."""
    return _compare(question, eq, exact=False)


@operator("date_not_equal_to")
def date_not_equal_to(question: Question) -> Mask:
    """The two dates are not the same, or not equally precise."""
    return _compare(question, ne, exact=True)


@operator("date_less_than")
def date_less_than(question: Question) -> Mask:
    """The date is before the other, as far as both are known."""
    return _compare(question, lt)


@operator("date_less_than_or_equal_to")
def date_less_than_or_equal_to(question: Question) -> Mask:
    """The date is not after the other, as far as both are known."""
    return _compare(question, le)


@operator("date_greater_than")
def date_greater_than(question: Question) -> Mask:
    """The date is after the other, as far as both are known."""
    return _compare(question, gt)


@operator("date_greater_than_or_equal_to")
def date_greater_than_or_equal_to(question: Question) -> Mask:
    """The date is not before the other, as far as both are known."""
    return _compare(question, ge)


@operator("is_complete_date", "is_incomplete_date")
def is_complete_date(question: Question) -> Mask:
    """The date has a year, a month and a day."""
    return question.target.spread(read_dates(question.target).complete)


@operator("invalid_date")
def invalid_date(question: Question) -> Mask:
    """The value is no ISO 8601 date."""
    return ~question.target.spread(read_dates(question.target).valid)


@operator("invalid_duration")
def invalid_duration(question: Question) -> Mask:
    """The value is no ISO 8601 duration; with `negative: false`, neither is one with a sign."""
    signed = question.option("negative") is not False

    def test(value: Value) -> bool:
        return not (isinstance(value, str) and not value.startswith("+") and is_duration(value, signed))

    return question.target.test(test)
