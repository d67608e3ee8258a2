"""Records that ask for a record of another dataset, and values of DM that follow from other datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import model_validator

from cdisc_conv.checks.codes import combine, is_among
from cdisc_conv.checks.functions.groups import keys_of
from cdisc_conv.checks.iso import DAY, Moments
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table


class OtherRecord(Parameters):
    """``dataset`` and ``where`` say which records are looked for; ``by`` are the variables that have to agree.

    ``there`` are their names in the other dataset where these differ.
    """

    dataset: str
    where: str = ""
    by: tuple[str, ...] = (SUBJECT,)
    there: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _same_number(self) -> OtherRecord:
        if self.there and len(self.there) != len(self.by):
            raise ValueError("'there' names as many variables as 'by'")
        return self


class Extreme(Parameters):
    """``dataset``, ``where``: the records; ``of``: their dates; ``take``: ``first`` or ``last``."""

    dataset: str
    of: tuple[str, ...]
    take: Literal["first", "last"]
    where: str = ""


class Interval(Parameters):
    """``start`` and ``end`` of an interval; ``per`` are the variables within which intervals are compared."""

    start: str
    end: str
    per: tuple[str, ...]


@register_check(OtherRecord)
def check_needs_record(scope: Scope) -> Iterator[Hits]:
    """Records for which another dataset has no record that it should have."""
    yield _look_up(scope, wanted=True)


@register_check(OtherRecord)
def check_excludes_record(scope: Scope) -> Iterator[Hits]:
    """Records for which another dataset has a record that it should not have."""
    yield _look_up(scope, wanted=False)


def _look_up(scope: Scope, wanted: bool) -> Hits:
    parameters: OtherRecord = scope.parameters
    table, other = scope.table, scope.table.tables.require(parameters.dataset)
    keys = keys_of(table, parameters.by)
    chosen = np.flatnonzero(other.select(parameters.where)) if parameters.where else np.arange(other.length)
    others = [column.take(chosen) for column in keys_of(other, parameters.there or parameters.by)]
    asked = scope.mask & ~np.logical_or.reduce([column.blank for column in keys])
    if table.name == "DM":
        asked &= table.subject_rows >= 0
    wrong = asked & (is_among(keys, others) != wanted)
    rows = np.flatnonzero(wrong)
    return Hits(scope.variable or parameters.by[-1], rows)


@register_check(Extreme)
def check_extreme_date(scope: Scope) -> Iterator[Hits]:
    """Dates of DM that are not the subject's first or last date in another dataset.

    Dates differ when no reading of their unknown parts makes them equal; a date is compared with a date and time by
    its date. Subjects without a date there are not looked at, nor is a subject that DM has more than once.
    """
    table, parameters = scope.table, scope.parameters
    if table.name != "DM":
        raise NotRunnableError(f"{table.name} is not DM")
    table.require(SUBJECT, scope.variable)
    extreme = _find_extreme(table, table.tables.require(parameters.dataset), parameters)
    given = table.moments(scope.variable)
    with np.errstate(invalid="ignore"):
        differs = (given.low > extreme.high) | (given.high < extreme.low)
    missing = table.coded(scope.variable).blank & ~np.isnan(extreme.low)
    rows = np.flatnonzero((differs | missing) & (table.subject_rows >= 0) & scope.mask)
    yield Hits(
        scope.variable,
        rows,
        details=lambda row: (
            f"{scope.variable} {table.text(scope.variable, row) or 'blank'}, "
            f"expected {np.datetime64(int(extreme.low[row] // DAY), 'D')}"
        ),
    )


def _find_extreme(table: Table, other: Table, parameters: Extreme) -> Moments:
    """Low and high of each DM record's first or last date in the other dataset, NaN where there is none."""
    other.require(SUBJECT)
    names = [name for name in parameters.of if other.has(name)]
    if not names:
        raise NotRunnableError(f"{other.name} has no {' or '.join(parameters.of)}")
    mask = other.select(parameters.where) if parameters.where else np.ones(other.length, dtype=bool)
    owner = np.concatenate([other.subject_rows] * len(names))
    moments = [other.moments(name) for name in names]
    low = np.concatenate([moment.low for moment in moments])
    high = np.concatenate([moment.high for moment in moments])
    # Blank or unreadable dates say nothing of the extreme; a subject of unknown place in DM has no record to compare.
    use = np.concatenate([mask] * len(names)) & (owner >= 0) & ~np.isnan(low)
    take, start = (np.fmin, np.inf) if parameters.take == "first" else (np.fmax, -np.inf)
    result_low, result_high = np.full(table.length, start), np.full(table.length, start)
    take.at(result_low, owner[use], low[use])
    take.at(result_high, owner[use], high[use])
    result_low[np.isinf(result_low)] = np.nan
    result_high[np.isinf(result_high)] = np.nan
    valid = ~np.isnan(result_low)
    return Moments(result_low, result_high, valid, valid)


@register_check(Interval)
def check_overlaps(scope: Scope) -> Iterator[Hits]:
    """Intervals that begin before the one before them has ended, for certain; a blank end is not looked at."""
    table, parameters = scope.table, scope.parameters
    keys = combine(keys_of(table, parameters.per), table.length)
    start, end = table.moments(parameters.start), table.moments(parameters.end)
    rows = np.flatnonzero(scope.mask & start.whole & end.whole)
    order = rows[np.lexsort([end.high[rows], start.low[rows], keys[rows]])]
    same = keys[order][1:] == keys[order][:-1]
    # A dose may end and the next one begin on one day, so only whole days that both hold count.
    overlap = same & (start.day[order][1:] < end.day[order][:-1])
    before = dict(zip(order[1:].tolist(), order[:-1].tolist(), strict=True))
    found = np.sort(order[1:][overlap])
    yield Hits(
        scope.variable or parameters.start,
        found,
        details=lambda row: f"the one before ends {table.text(parameters.end, before[row])}",
    )
