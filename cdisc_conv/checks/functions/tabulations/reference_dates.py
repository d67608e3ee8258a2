"""Dates held against the last date of another dataset, and dates of which too little is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.functions.general.common import by_variable, tell_values
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table


class LastOf(Parameters):
    """``of`` is a date; ``last`` is the date of another ``dataset`` of which the subject's last one counts. What is
    later than ``unless``, a variable of DM, is another finding.
    """

    of: str
    dataset: str
    last: str
    unless: str = ""


class Names(Parameters):
    """``names`` are variables; those that a dataset lacks are left out."""

    names: tuple[str, ...]


@register_check(LastOf, reach="subject")
def check_later_than_last(scope: Scope) -> Iterator[Hits]:
    """Dates that are later, for certain and by whole days, than the subject's last date in another dataset.

    A subject with a record there that has no date is not asked: that record may be the last one.
    """
    table, parameters = scope.table, scope.parameters
    other = table.tables.require(parameters.dataset)
    other.require(SUBJECT, parameters.last)
    dates = table.moments(parameters.of)
    wrong = scope.mask & (dates.first_day > _find_last(table, other, parameters.last))
    if parameters.unless and table.has(parameters.unless):
        wrong &= ~(dates.first_day > table.moments(parameters.unless).last_day)
    yield Hits(scope.variable or parameters.of, np.flatnonzero(wrong))


def _find_last(table: Table, other: Table, name: str) -> np.ndarray:
    """The last day of each record's subject in the other dataset (float64), NaN where there is none."""
    subjects, theirs = table.coded(SUBJECT), other.coded(SUBJECT)
    last = np.full(len(theirs.values) + 1, np.nan)
    days = np.where(other.coded(name).blank, np.inf, other.moments(name).last_day)
    np.fmax.at(last, theirs.codes, days)
    place = {text: number for number, text in enumerate(theirs.texts)}
    return np.asarray(last[subjects.spread(np.array([place.get(text, -1) for text in subjects.texts], dtype="int64"))])


@register_check(Names)
def check_partial_dates(scope: Scope) -> Iterator[Hits]:
    """Dates that lack the day or the month."""
    table = scope.table
    for name in _list_present(table, scope.parameters.names):
        moments = table.moments(name)
        yield by_variable(name, (moments.first_day < moments.last_day) & scope.mask, tell_values(table, name))


@register_check(Names)
def check_blank_beside(scope: Scope) -> Iterator[Hits]:
    """Variables that are blank in some records and not in all; one that always is blank is another finding."""
    table = scope.table
    for name in _list_present(table, scope.parameters.names):
        blank = table.coded(name).blank
        if not blank.all():
            yield by_variable(name, blank & scope.mask)


def _list_present(table: Table, names: tuple[str, ...]) -> list[str]:
    present = [name for name in names if name in table.frame]
    if not present:
        raise NotRunnableError(f"{table.name} has none of {', '.join(names)}")
    return present
