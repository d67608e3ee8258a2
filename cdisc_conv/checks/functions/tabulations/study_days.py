"""Study days (SDTMIG 3.4, 4.4.4): day 1 is the date of RFSTDTC, the day before it is -1, and there is no day 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from cdisc_conv.checks.functions.general.common import by_variable
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table

REFERENCE = "DM.RFSTDTC"
_PARTS = (("", "DTC", "DY"), ("ST", "STDTC", "STDY"), ("EN", "ENDTC", "ENDY"))


class StudyDays(Parameters):
    """``finds``: ``zero``, a day ``wrong`` for the dates, one ``missing`` although both dates are complete, or one
    ``unfounded`` because a date is not complete.
    """

    finds: Literal["zero", "wrong", "missing", "unfounded"]


@register_check(StudyDays, reach="subject")
def check_study_days(scope: Scope) -> Iterator[Hits]:
    """Study days held against their dates and DM.RFSTDTC."""
    yield from _check_zero(scope) if scope.parameters.finds == "zero" else _check_against_dates(scope)


def _check_zero(scope: Scope) -> Iterator[Hits]:
    table = scope.table
    names = [name for _, _, part in _PARTS if (name := table.prefix + part) in table.frame]
    names += ["VISITDY"] if "VISITDY" in table.frame else []
    if not names:
        raise NotRunnableError(f"{table.name} has no study days")
    for name in names:
        yield by_variable(name, (table.numbers(name) == 0) & scope.mask, value="0")


def _check_against_dates(scope: Scope) -> Iterator[Hits]:
    table, finds = scope.table, scope.parameters.finds
    pairs = [
        (table.prefix + date, table.prefix + day)
        for _, date, day in _PARTS
        if table.prefix + date in table.frame and table.prefix + day in table.frame
    ]
    if not pairs:
        raise NotRunnableError(f"{table.name} has no study day beside its date")
    table.require(REFERENCE)
    certain = scope.mask & (table.subject_rows >= 0)
    for date, day in pairs:
        expected, given = _derive_days(table, date), table.numbers(day)
        known, there = ~np.isnan(expected), ~np.isnan(given)
        valid = ~table.moments(date).faults
        found = {
            "wrong": known & there & (given != expected) & (given != 0),
            "missing": known & ~there,
            "unfounded": ~known & there & valid,
        }[finds]
        yield by_variable(day, found & certain, _make_details(table, date, day, expected), date=date)


def _make_details(table: Table, date: str, day: str, expected: np.ndarray) -> Callable[[int], str]:
    def tell(row: int) -> str:
        wanted = "blank" if np.isnan(expected[row]) else str(int(expected[row]))
        dates = ", ".join(f"{name} {table.text(name, row) or 'blank'}" for name in (date, REFERENCE))
        return f"{day} {table.text(day, row) or 'blank'}, expected {wanted}, {dates}"

    return tell


def _derive_days(table: Table, date: str) -> np.ndarray:
    """The study day of each record's date (float64), NaN where one of the two dates is not complete."""
    days = table.moments(date).days - table.moments(REFERENCE).days
    return np.asarray(days + (days >= 0))
