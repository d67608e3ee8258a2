"""Dates and times: whether they are ISO 8601, in order, and not in the future."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.functions.general.common import by_value, by_variable, tell_values
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table
from cdisc_conv.columns.durations import is_duration
from cdisc_conv.columns.moments import read_moments
from cdisc_conv.columns.texts import text_column

_DATE = "ISO 8601 datetime"
_DURATION = "ISO 8601 duration"
_BIRTH = "DM.BRTHDTC"
_FIRST_DAY = -25567
"""1 January 1900 in days since 1970."""
_INTERVAL = "interval"
_SIGNED = ("ELTM", "STINT", "ENINT", "EVLINT")
"""What may lie before the point that it is counted from; how long something lasted is never negative."""


class Order(Parameters):
    """``first`` may not be later than ``second``; names of variables, also of DM (``DM.RFICDTC``)."""

    first: str
    second: str


def date_names(table: Table) -> tuple[str, ...]:
    """The variables that hold dates and times, by the standard or by their names."""
    return tuple(name for name in table.text_names if _is_date(table, name))


@register_check()
def check_iso_dates(scope: Scope) -> Iterator[Hits]:
    """Values of date and time variables that are not ISO 8601 date, time or interval, or that no calendar has."""
    table = scope.table
    for name in _require(table, date_names(table), "dates"):
        coded = table.coded(name)
        yield by_value(name, coded, table.moments(name).faults & scope.mask)


@register_check()
def check_iso_durations(scope: Scope) -> Iterator[Hits]:
    """Values of duration variables that are not ISO 8601 duration, or have a sign where there can be none."""
    table = scope.table
    names = [name for name in table.text_names if _described(table, name).startswith(_DURATION)]
    for name in _require(table, names, "durations"):
        coded = table.coded(name)
        or_interval = _INTERVAL in _described(table, name)
        signed = name.removeprefix(table.prefix) in _SIGNED
        fine = np.array([not text or is_duration(text, signed) for text in coded.texts], dtype=bool)
        if or_interval:
            intervals = np.array(["/" in text for text in coded.texts], dtype=bool)
            fine |= intervals & ~read_moments(text_column(coded.texts)).faults
        wrong = ~fine
        yield by_value(name, coded, coded.spread(wrong) & scope.mask)


@register_check(Order)
def check_date_order(scope: Scope) -> Iterator[Hits]:
    """Records in which the first date is later than the second for certain, whatever the parts not known may be."""
    table, (first, second) = scope.table, (scope.parameters.first, scope.parameters.second)
    table.require(first, second)
    earlier, later = table.moments(first), table.moments(second)
    wrong = earlier.earliest > later.on_clock_of(earlier).latest
    yield Hits(scope.variable or first, np.flatnonzero(wrong & scope.mask))


@register_check()
def check_future_dates(scope: Scope) -> Iterator[Hits]:
    """Dates later than the study's creation time."""
    table = scope.table
    created = read_moments(text_column([table.tables.created]))
    latest = created.latest[0]
    if np.isnan(latest):
        raise NotRunnableError("the study has no creation time")
    for name in _require(table, date_names(table), "dates"):
        moments = table.moments(name)
        late = moments.earliest > created.take(np.zeros(table.length, dtype=int)).on_clock_of(moments).latest
        yield by_value(name, table.coded(name), late & scope.mask, lambda row: {"created": table.tables.created})


@register_check()
def check_early_dates(scope: Scope) -> Iterator[Hits]:
    """Dates before 1900, which is before anybody in a study was born."""
    table = scope.table
    for name in _require(table, date_names(table), "dates"):
        yield by_value(name, table.coded(name), (table.moments(name).last_day < _FIRST_DAY) & scope.mask)


@register_check(reach="subject")
def check_dates_before_birth(scope: Scope) -> Iterator[Hits]:
    """Dates that are before the subject's date of birth for certain.

    Where DM has such a date itself, the date of birth is what is wrong: DM says so once, by the first of its dates, and
    the subject's other datasets do not repeat it.
    """
    table = scope.table
    names = tuple(name for name in date_names(table) if f"{table.name}.{name}" != _BIRTH)
    if not table.has(SUBJECT):
        raise NotRunnableError(f"{table.name} has no {SUBJECT}")
    table.require(_BIRTH)
    told = np.zeros(table.length, dtype=bool)
    if table.name != "DM":
        own = table.tables.require("DM")
        columns = [f"DM.{name}" for name in date_names(own) if f"DM.{name}" != _BIRTH]
        told |= np.logical_or.reduce([told, *(_before_birth(table, name) for name in columns)])
    for name in _require(table, names, "dates"):
        early = _before_birth(table, name) & ~told
        told |= early if table.name == "DM" else False
        yield by_variable(name, early & scope.mask, tell_values(table, name, _BIRTH), birth=_BIRTH)


def _before_birth(table: Table, name: str) -> np.ndarray:
    dates = table.moments(name)
    return (dates.last_day < table.moments(_BIRTH).first_day) & (dates.last_day >= _FIRST_DAY)


@register_check(reach="across")
def check_time_offsets(scope: Scope) -> Iterator[Hits]:
    """Times without an offset from UTC in a dataset that has times with one: their order is that of what is written."""
    table = scope.table
    moments = {name: table.moments(name) for name in _require(table, date_names(table), "dates")}
    if not any((each.timed & each.has_offset).any() for each in moments.values()):
        return
    for name, each in moments.items():
        yield by_variable(name, each.timed & ~each.has_offset & scope.mask, tell_values(table, name))


def _is_date(table: Table, name: str) -> bool:
    return _described(table, name).startswith(_DATE) or (not table.standard_variable(name) and name.endswith("DTC"))


def _described(table: Table, name: str) -> str:
    variable = table.standard_variable(name)
    return variable.described if variable else ""


def _require(table: Table, names: tuple[str, ...] | list[str], what: str) -> tuple[str, ...]:
    if not names:
        raise NotRunnableError(f"{table.name} has no variables with {what}")
    return tuple(names)
