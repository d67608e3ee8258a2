"""Datasets that contradict each other: the end of participation, age, baselines, survival."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from cdisc_conv.checks.codes import combine
from cdisc_conv.checks.functions.general.common import by_variable, tell_values
from cdisc_conv.checks.functions.general.dates import date_names
from cdisc_conv.checks.functions.general.groups import keys_of
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError
from cdisc_conv.columns.moments import read_moments
from cdisc_conv.columns.texts import text_column

_YEAR = 365.2425
_DAYS = {"YEARS": _YEAR, "MONTHS": _YEAR / 12, "WEEKS": 7.0, "DAYS": 1.0}
"""How many days a unit of age has."""


class LaterThan(Parameters):
    """``than`` is a variable of DM, such as ``DM.RFPENDTC``; ``never`` are variables that may be later."""

    than: str
    never: tuple[str, ...] = ()


class Baseline(Parameters):
    """``finds``: a flag that is ``missing``, or one that is ``early``: a later record before exposure has a result.

    ``per`` are the variables that tell tests apart; those that a dataset lacks are left out.
    """

    finds: Literal["missing", "early"]
    per: tuple[str, ...]


@register_check(LaterThan, reach="subject")
def check_dates_later(scope: Scope) -> Iterator[Hits]:
    """Dates that are later than a date of DM for certain; those after death or in the future are other findings."""
    table, parameters = scope.table, scope.parameters
    if table.name == "DM" or not table.has(SUBJECT):
        raise NotRunnableError(f"{table.name} has no dates to hold against {parameters.than}")
    table.require(parameters.than)
    limit = table.moments(parameters.than)
    others = [table.moments("DM.DTHDTC").last_day] if table.has("DM.DTHDTC") else []
    created = read_moments(text_column([table.tables.created])).last_day[0]
    for name in date_names(table):
        if name.removeprefix(table.prefix) in parameters.never or name in parameters.never:
            continue
        moments = table.moments(name)
        late = moments.first_day > limit.on_clock_of(moments).last_day
        for other in (*others, created):
            late &= ~(moments.first_day > other)
        yield by_variable(name, late & scope.mask, tell_values(table, name, parameters.than), value=parameters.than)


@register_check()
def check_age(scope: Scope) -> Iterator[Hits]:
    """Ages that the date of birth gives on no day from the first to the last of consent, collection, start."""
    table = scope.table
    table.require("AGE", "AGEU", "BRTHDTC")
    birth = table.moments("BRTHDTC")
    names = [name for name in ("RFICDTC", "DMDTC", "RFSTDTC") if table.has(name)]
    if not names:
        raise NotRunnableError("DM has no date at which the age could have been taken")
    dates = [table.moments(name) for name in names]
    first = np.fmin.reduce([date.first_day for date in dates])
    last = np.fmax.reduce([date.last_day for date in dates])
    units = table.coded("AGEU")
    unit = units.spread(np.array([_DAYS.get(text, np.nan) for text in units.texts]))
    youngest = np.floor((first - birth.last_day) / unit - 0.01)
    oldest = np.floor((last - birth.first_day) / unit + 0.01)
    age = np.floor(table.numbers("AGE"))
    born = last >= birth.first_day  # a birth after all of them is a finding of its own, and so is a negative age
    wrong = born & (age >= 0) & ((age < youngest) | (age > oldest))
    shown, in_units = (tell_values(table, "AGE", *more, "BRTHDTC", *names) for more in ((), ("AGEU",)))
    yield by_variable("AGE", wrong & scope.mask, lambda row: (shown if unit[row] == _YEAR else in_units)(row))


@register_check(Baseline, reach="subject")
def check_baseline_flags(scope: Scope) -> Iterator[Hits]:
    """Flags of the last observation before exposure (--LOBXFL) that are missing, or not on the last one."""
    table, parameters = scope.table, scope.parameters
    flag, date, result = (f"{table.prefix}{part}" for part in ("LOBXFL", "DTC", "STRESC"))
    table.require(flag, date, result, "DM.RFXSTDTC", SUBJECT, f"{table.prefix}TESTCD")
    moments, exposure = table.moments(date), table.moments("DM.RFXSTDTC")
    before = moments.last_day < exposure.first_day
    usable = scope.mask & ~table.coded(result).blank & before
    names = [name for name in parameters.per if table.has(name)]
    groups = combine(keys_of(table, [SUBJECT, *names]), table.length)
    flags = table.coded(flag)
    flagged = flags.spread(np.array([text == "Y" for text in flags.texts], dtype=bool))
    last = _spread_greatest(groups, np.where(usable, moments.first_day, -np.inf))
    if parameters.finds == "early":
        wrong = flagged & usable & (moments.last_day < last)
    else:
        has_flag = _spread_greatest(groups, flagged.astype(float)) > 0
        wrong = usable & ~has_flag & (moments.first_day == last)
    yield by_variable(flag, wrong, tell_values(table, f"{table.prefix}TESTCD", date, "DM.RFXSTDTC"))


def _spread_greatest(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The greatest value of each record's group (float64)."""
    greatest = np.full(int(groups.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(greatest, groups, values)
    return greatest[groups] if len(groups) else values


@register_check(reach="subject")
def check_alive_after_death(scope: Scope) -> Iterator[Hits]:
    """Survival status that contradicts the death in DM: ALIVE after it, or DEAD without it."""
    table = scope.table
    table.require("SSSTRESC", SUBJECT, "DM.DTHFL")
    status, dead = table.coded("SSSTRESC"), table.coded("DM.DTHFL")
    upper = [text.upper() for text in status.texts]
    says_dead = status.spread(np.array([text == "DEAD" for text in upper], dtype=bool))
    says_alive = status.spread(np.array([text == "ALIVE" for text in upper], dtype=bool))
    known = table.subject_rows >= 0
    yield Hits("SSSTRESC", np.flatnonzero(scope.mask & known & says_dead & dead.blank), words=lambda row: {
        "value": status.text(row), "expected": "DM.DTHFL is not Y",
    })  # fmt: skip
    if table.has("DM.DTHDTC") and table.has("SSDTC"):
        late = table.moments("SSDTC").earliest > table.moments("DM.DTHDTC").latest
        rows = np.flatnonzero(scope.mask & known & says_alive & late)
        yield Hits("SSSTRESC", rows, words=lambda row: {
            "value": status.text(row), "expected": "SSDTC is after DM.DTHDTC",
        })  # fmt: skip
