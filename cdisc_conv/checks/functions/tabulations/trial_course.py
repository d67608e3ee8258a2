"""The trial summary against what the subjects' datasets say of the trial's course."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from cdisc_conv.checks.codes import Coded
from cdisc_conv.checks.functions.general.common import by_value, repeat_words
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table

_CODE, _VALUE = "TSPARMCD", "TSVAL"
_NO_ARM = ("", "SCRNFAIL", "NOTASSGN", "NOTTRT", "UNPLAN")
_SEX = ("F", "M")


class Bound(Parameters):
    """``parameter`` names a parameter of the trial summary; ``bound`` says whether it is the ``least`` or the ``most``
    that subjects may have.
    """

    parameter: str
    bound: Literal["least", "most"]


class DateParameters(Parameters):
    """``names`` are parameters whose date nothing of a subject is later than."""

    names: tuple[str, ...]


class Versions(Parameters):
    """``parameter`` names the parameter with the version of the implementation guide."""

    parameter: str


@register_check(DateParameters, reach="across")
def check_end_of_study(scope: Scope) -> Iterator[Hits]:
    """Dates of the trial summary that are before the last end of participation in DM (RFPENDTC)."""
    table = scope.table
    subjects = table.tables.require("DM")
    subjects.require("RFPENDTC")
    days = subjects.moments("RFPENDTC").first_day
    if np.isnan(days).all():
        raise NotRunnableError("DM has no end of participation (RFPENDTC)")
    last = np.nanmax(days)
    shown = str(np.datetime64(int(last), "D"))
    codes, ends = table.coded(_CODE), table.moments(_VALUE)
    for name in scope.parameters.names:
        early = _is_parameter(codes, name) & (ends.last_day < last) & scope.mask
        yield by_value(_VALUE, table.coded(_VALUE), early, repeat_words({"code": name, "expected": shown}))


@register_check(reach="across")
def check_planned_sex(scope: Scope) -> Iterator[Hits]:
    """A sex of participants (SEXPOP) of which not all subjects with an arm are."""
    table = scope.table
    subjects = table.tables.require("DM")
    subjects.require("SEX")
    sex = subjects.coded("SEX")
    there = {sex.texts[code] for code in np.unique(sex.codes[_has_arm(subjects)])} & set(_SEX)
    codes, values = table.coded(_CODE), table.coded(_VALUE)
    other = np.array([text in _SEX and bool(there - {text}) for text in values.texts], dtype=bool)
    wrong = values.spread(other) & _is_parameter(codes, "SEXPOP") & scope.mask
    yield by_value(_VALUE, values, wrong, repeat_words({"expected": " and ".join(sorted(there))}))


@register_check(Bound, reach="across")
def check_planned_age(scope: Scope) -> Iterator[Hits]:
    """Subjects with an arm who are younger or older than the trial summary plans, both in whole years."""
    table, parameters = scope.table, scope.parameters
    table.require("AGE", "AGEU")
    summary = table.tables.require("TS")
    codes, values = summary.coded(_CODE), summary.coded(_VALUE)
    said = [values.text(int(row)) for row in np.flatnonzero(_is_parameter(codes, parameters.parameter))]
    years = [int(text[1:-1]) for text in said if text[:1] == "P" and text[-1:] == "Y" and text[1:-1].isdigit()]
    if len(years) != 1:
        raise NotRunnableError(f"TS has no {parameters.parameter} in years")
    age, units = table.numbers("AGE"), table.coded("AGEU")
    in_years = units.spread(np.array([text == "YEARS" for text in units.texts], dtype=bool))
    outside = age < years[0] if parameters.bound == "least" else age > years[0]
    rows = np.flatnonzero(outside & (age >= 0) & in_years & _has_arm(table) & scope.mask)
    yield Hits("AGE", rows, words=lambda row: {"code": parameters.parameter, "expected": f"P{years[0]}Y"})


@register_check(reach="across")
def check_actual_subjects(scope: Scope) -> Iterator[Hits]:
    """An actual number of subjects (ACTSUB) that is neither that of DM nor that of its subjects with an arm."""
    table = scope.table
    subjects = table.tables.require("DM")
    numbers = sorted({int(_has_arm(subjects, name).sum()) for name in ("ARMCD", "ACTARMCD")} | {subjects.length})
    codes, values = table.coded(_CODE), table.coded(_VALUE)
    other = np.array([text.isdigit() and int(text) not in numbers for text in values.texts], dtype=bool)
    wrong = values.spread(other) & _is_parameter(codes, "ACTSUB") & scope.mask
    yield by_value(_VALUE, values, wrong, repeat_words({"expected": " or ".join(str(number) for number in numbers)}))


@register_check(Versions)
def check_stated_version(scope: Scope) -> Iterator[Hits]:
    """A version of the implementation guide in the trial summary that is not the one the datasets are held against."""
    table = scope.table
    if table.tables.standard is None:
        raise NotRunnableError("no standard is given")
    version = table.tables.standard.version
    codes, values = table.coded(_CODE), table.coded(_VALUE)
    other = np.array([bool(text) and text.split()[-1] != version for text in values.texts], dtype=bool)
    wrong = values.spread(other) & _is_parameter(codes, scope.parameters.parameter) & scope.mask
    yield by_value(_VALUE, values, wrong, repeat_words({"expected": version}))


def _has_arm(subjects: Table, name: str = "ARMCD") -> np.ndarray:
    """The subjects (bool) who have an arm."""
    subjects.require(name)
    coded = subjects.coded(name)
    return coded.spread(np.array([text.upper() not in _NO_ARM for text in coded.texts], dtype=bool))


def _is_parameter(codes: Coded, name: str) -> np.ndarray:
    return codes.spread(np.array([text == name for text in codes.texts], dtype=bool))
