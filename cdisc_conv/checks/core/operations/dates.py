"""First and last dates, and study days."""

from __future__ import annotations

import numpy as np

from cdisc_conv.checks.core.data.dates import count_days, read_dates
from cdisc_conv.checks.core.data.vectors import Value, Vector, constant, from_numbers, group_rows, match_codes
from cdisc_conv.checks.core.operations.registry import Task, operation
from cdisc_conv.checks.core.operators.registry import MissingVariableError, NotAnswerableError

_FULL = 5
"""The column of `Dates.keys` that holds the whole date."""


@operation("min_date")
def min_date(task: Task) -> Vector | Value:
    """The first date as it is written; a partial one counts as its first day."""
    return _pick_date(task, sign=1)


@operation("max_date")
def max_date(task: Task) -> Vector | Value:
    """The last date as it is written; a partial one counts as its first day."""
    return _pick_date(task, sign=-1)


def _pick_date(task: Task, sign: int) -> Vector | Value:
    vector = task.column().take(task.kept)
    dates = read_dates(vector)
    keys = [task.column(name).take(task.kept) for name in task.grouping]
    groups = group_rows(keys, len(vector))
    known = np.flatnonzero((dates.precision >= 0)[vector.codes]) if len(vector) else np.zeros(0, dtype="int64")
    order = known[np.lexsort((known, sign * dates.keys[vector.codes[known], _FULL], groups[known]))]
    first = np.unique(groups[order], return_index=True)[1] if len(order) else np.zeros(0, dtype="int64")
    named = {tuple(key.at(int(row)) for key in keys): vector.at(int(row)) for row in order[first]}
    return task.spread_groups(named, task.asked_keys()) if task.grouping else named.get(())


@operation("dy")
def dy(task: Task) -> Vector:
    """The study day of the date: days from RFSTDTC of the subject in DM, which is day 1, and no day 0."""
    owners = task.study.of_domain("DM")
    if not owners:
        raise NotAnswerableError("there is no dataset DM")
    owner = task.study.view_whole(owners[0])
    subjects, starts, own = owner.find("USUBJID"), owner.find("RFSTDTC"), task.view.find("USUBJID")
    dates = task.view.find(task.target)
    if subjects is None or starts is None or own is None or dates is None:
        raise MissingVariableError("USUBJID, RFSTDTC" if dates is not None else task.target)
    if not len(subjects) or not task.view.length:
        return constant(None, task.view.length)
    first = np.full(len(subjects.values), -1, dtype="int64")
    first[subjects.codes[::-1]] = np.arange(len(subjects) - 1, -1, -1)
    found = match_codes(own, subjects)[own.codes]
    rows = np.where(found >= 0, first[found], -1)
    begin = np.where(rows >= 0, count_days(starts)[rows], np.nan)
    days = count_days(dates) - begin
    return from_numbers(np.where(days >= 0, days + 1, days))
