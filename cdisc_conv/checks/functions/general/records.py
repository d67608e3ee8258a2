"""Records that ask for a record of another dataset, and values of DM that follow from other datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import model_validator

from cdisc_conv.checks.codes import combine, is_among
from cdisc_conv.checks.functions.general.groups import keys_of
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table
from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.moments import Moments, find_instants


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


@register_check(Extreme, reach="subject")
def check_extreme_date(scope: Scope) -> Iterator[Hits]:
    """Dates of DM that are not the subject's first or last date in another dataset.

    Dates differ when no reading of their unknown parts makes them equal; a date is compared with a date and time by
    its date. Subjects without a date there are not looked at, nor is a subject that DM has more than once.
    """
    table, parameters = scope.table, scope.parameters
    if table.name != "DM":
        raise NotRunnableError(f"{table.name} is not DM")
    table.require(SUBJECT, scope.variable)
    given = table.moments(scope.variable)
    low, high, given = _find_extreme(table, table.tables.require(parameters.dataset), parameters, given)
    differs = (given.earliest > high) | (given.latest < low)
    missing = table.coded(scope.variable).blank & ~np.isnan(low)
    rows = np.flatnonzero((differs | missing) & (table.subject_rows >= 0) & scope.mask)
    yield Hits(
        scope.variable,
        rows,
        details=lambda row: (
            f"{scope.variable} {table.text(scope.variable, row) or 'blank'}, "
            f"expected {np.datetime64(int(low[row] // DAY), 'D')}"
        ),
    )


def _find_extreme(
    table: Table, other: Table, parameters: Extreme, given: Moments
) -> tuple[np.ndarray, np.ndarray, Moments]:
    """Low and high of each DM record's first or last date in the other dataset (NaN where there is none), and the
    dates given in DM, all on one clock.
    """
    other.require(SUBJECT)
    names = [name for name in parameters.of if other.has(name)]
    if not names:
        raise NotRunnableError(f"{other.name} has no {' or '.join(parameters.of)}")
    mask = other.select(parameters.where) if parameters.where else np.ones(other.length, dtype=bool)
    # A subject of unknown place in DM has no record to compare.
    owner = np.where(mask, other.subject_rows, -1)
    columns = [other.moments(name) for name in names]
    own = np.arange(table.length)
    instants = find_instants(table.length, (own, given), *((owner, moments) for moments in columns))
    columns = [moments.on_common_clock(owner, instants) for moments in columns]
    low = np.concatenate([moments.earliest for moments in columns])
    high = np.concatenate([moments.latest for moments in columns])
    owners = np.concatenate([owner] * len(names))
    # Blank or unreadable dates say nothing of the extreme.
    use = (owners >= 0) & ~np.isnan(low)
    take, start = (np.fmin, np.inf) if parameters.take == "first" else (np.fmax, -np.inf)
    found = []
    for bound in (low, high):
        result = np.full(table.length, start)
        take.at(result, owners[use], bound[use])
        found.append(np.where(np.isinf(result), np.nan, result))
    return found[0], found[1], given.on_common_clock(own, instants)


@register_check(Interval, reach="subject")
def check_overlaps(scope: Scope) -> Iterator[Hits]:
    """Intervals that begin before an earlier one has ended, for certain; a blank or partial end ends nothing.

    A dose may end and the next one begin on one day: without times only whole days that both hold count, with times
    the times do.
    """
    table, parameters = scope.table, scope.parameters
    keys = combine(keys_of(table, parameters.per), table.length)
    start, end = table.moments(parameters.start), table.moments(parameters.end)
    instants = find_instants(int(keys.max(initial=-1)) + 1, (keys, start), (keys, end))
    start, end = (moments.on_common_clock(keys, instants) for moments in (start, end))
    rows = np.flatnonzero(scope.mask & start.complete)
    ends = np.where(end.complete, np.where(end.timed, end.earliest, end.first_day * DAY), -np.inf)[rows]
    order = np.lexsort([ends, start.latest[rows], keys[rows]])
    begins, ends = start.latest[rows][order], ends[order]
    holder = _find_latest_before(keys[rows][order], ends)
    overlap = (holder >= 0) & (begins < ends[holder]) & (np.isinf(ends) | (begins[holder] < ends))
    before = dict(zip(rows[order][overlap].tolist(), rows[order][holder[overlap]].tolist(), strict=True))
    yield Hits(
        scope.variable or parameters.start,
        np.array(sorted(before), dtype=np.int64),
        details=lambda row: f"one before ends {table.text(parameters.end, before[row])}",
    )


def _find_latest_before(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For each place of sorted groups, the place before it in its group with the greatest value; -1 for the first."""
    count = len(groups)
    by_value = np.argsort(values, kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[by_value] = np.arange(count)
    # Groups come in ascending order, so the running maximum begins anew with each.
    numbers = np.cumsum(np.append(0, groups[1:] != groups[:-1])[:count])
    best = np.maximum.accumulate(numbers * count + rank)
    holder = by_value[best % max(count, 1)] if count else best
    first = np.append(True, groups[1:] != groups[:-1])[:count]
    return np.where(first, -1, np.append(-1, holder[:-1])[:count])
