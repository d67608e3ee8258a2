"""Dates of analysis datasets, which are numbers: their parts, flags, order, and the SDTM dates they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeVar

import numpy as np

from cdisc_conv.checks.analysis import DateFamily, name_end, name_families
from cdisc_conv.checks.codes import format_value
from cdisc_conv.checks.functions.general.common import by_value, by_variable, repeat_words, tell_values
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table
from cdisc_conv.columns.calendar import DAY
from cdisc_conv.columns.distinct import from_arrow
from cdisc_conv.columns.moments import SAS_OFFSET, Written, read_moments, read_written
from cdisc_conv.columns.texts import text_column
from cdisc_conv.derivations.dates.imputation import find_date_levels

Found = TypeVar("Found")

_FIRST, _LAST = -21914, 51500
"""1 January 1900 and 1 January 2101 as SAS dates."""
_START = "TRTSDT"
_PERIOD = re.compile(r"(AP|TR|PH)(\d+)S(DTM?)")
_REFERENCE = re.compile(r"[A-Z0-9]*SDT|RANDDT|STARTDT|RFICDT|ENRLDT")
"""Names of dates that relative days may count from."""
_DATE_FLAGS, _TIME_FLAGS = ("Y", "M", "D"), ("H", "M", "S")


class Flags(Parameters):
    """``finds``: a flag that is no ``value`` of the terminology, or one ``alone`` beside a date that is not there."""

    finds: Literal["value", "alone"]


class Days(Parameters):
    """``finds``: a day ``zero``, or one ``wrong`` for its date and the first day of treatment."""

    finds: Literal["zero", "wrong"]


class Source(Parameters):
    """``finds``: a ``date`` that contradicts what is known of the SDTM date, or a ``flag`` that does not tell how
    much of it was imputed.
    """

    finds: Literal["date", "flag"]


@register_check()
def check_start_end(scope: Scope) -> Iterator[Hits]:
    """Ends (AENDT, TRTEDT, AP01EDT, APEREDTM and others by their names) that are before their starts."""
    table = scope.table
    pairs = [(name, end) for name in _date_names(table) if (end := name_end(name)) in table.frame]
    for start, end in _require(table, pairs, "start and end"):
        with np.errstate(invalid="ignore"):
            wrong = table.numbers(end) < table.numbers(start)
        yield by_variable(end, wrong & scope.mask, tell_values(table, start, end), start=start)


@register_check()
def check_next_period(scope: Scope) -> Iterator[Hits]:
    """Periods and phases (AP02SDT, TR02SDT, PH2SDT) that begin before the one before them has ended."""
    table = scope.table
    pairs = []
    for name in _date_names(table):
        if found := _PERIOD.fullmatch(name):
            number = f"{int(found[2]) - 1:0{len(found[2])}d}"
            pairs.append((f"{found[1]}{number}E{found[3]}", name))
    for before, start in _require(table, [pair for pair in pairs if pair[0] in table.frame], "period after another"):
        with np.errstate(invalid="ignore"):
            wrong = table.numbers(start) < table.numbers(before)
        yield by_variable(start, wrong & scope.mask, tell_values(table, before, start), before=before)


@register_check()
def check_date_parts(scope: Scope) -> Iterator[Hits]:
    """Datetimes whose date or time is not that of the date variable (ADT) and the time variable (ATM) beside them."""
    table = scope.table
    for family in _families(table):
        if not _is_number(table, family.datetime):
            continue
        moments = table.numbers(family.datetime)
        for part, expected in ((family.date, np.floor(moments / DAY)), (family.time, moments % DAY)):
            if _is_number(table, part):
                given = table.numbers(part)
                # a datetime with a date but no time variable filled says its time was made up; no contradiction
                missing = np.isnan(given) & ~np.isnan(moments) if part == family.date else np.zeros(len(given), bool)
                with np.errstate(invalid="ignore"):
                    wrong = (np.abs(given - expected) > 0.5) | missing
                yield by_variable(
                    part, wrong & scope.mask, tell_values(table, part, family.datetime), moment=family.datetime
                )


@register_check()
def check_plausible_dates(scope: Scope) -> Iterator[Hits]:
    """Numeric dates that are not whole days or not of the years 1900 to 2100, such as seconds where days belong, and
    times of day beyond one day.
    """
    table = scope.table
    for name in _date_names(table):
        kind, given = table.date_kind(name), table.numbers(name)
        days = given / DAY if kind == "datetime" else given
        with np.errstate(invalid="ignore"):
            if kind == "time":
                wrong = (given < 0) | (given >= DAY)
            else:
                wrong = (days < _FIRST) | (days >= _LAST)
                wrong |= (given % 1 > 0) & (kind == "date")
        yield by_variable(name, wrong & scope.mask, _tell_number(name, given), kind=kind)


@register_check(reach="subject")
def check_late_dates(scope: Scope) -> Iterator[Hits]:
    """Numeric dates later than the study's creation time."""
    table = scope.table
    latest = read_moments(text_column([table.tables.created])).last_day[0]
    if np.isnan(latest):
        raise NotRunnableError("the study has no creation time")
    day = latest - SAS_OFFSET
    for name in _date_names(table):
        kind = table.date_kind(name)
        if kind == "time":
            continue
        given = table.numbers(name)
        days = np.floor(given / DAY) if kind == "datetime" else given
        with np.errstate(invalid="ignore"):
            late = (days > day) & (days < _LAST)
        created = table.tables.created
        yield by_variable(name, late & scope.mask, tell_values(table, name), created=created)


@register_check(Flags)
def check_imputation_flags(scope: Scope) -> Iterator[Hits]:
    """Flags of imputation (--DTF: Y, M, D; --TMF: H, M, S) with other values, or beside a date that is missing."""
    table = scope.table
    for family in _families(table):
        for flag, letters, parts in (
            (family.date_flag, _DATE_FLAGS, (family.date, family.datetime)),
            (family.time_flag, _TIME_FLAGS, (family.time, family.datetime)),
        ):
            if flag not in table.frame or table.is_numeric(flag):
                continue
            coded = table.coded(flag)
            if scope.parameters.finds == "value":
                wrong = np.array([bool(text) and text not in letters for text in coded.texts], dtype=bool)
                yield by_value(
                    flag, coded, coded.spread(wrong) & scope.mask, repeat_words({"expected": ", ".join(letters)})
                )
                continue
            dates = [part for part in parts if part in table.frame]
            known = np.zeros(table.length, dtype=bool)
            for part in dates:
                known |= ~table.coded(part).blank
            yield by_variable(flag, ~coded.blank & ~known & scope.mask, tell_values(table, flag), date=_join(parts))


@register_check(Days, reach="across")
def check_analysis_days(scope: Scope) -> Iterator[Hits]:
    """Relative days (ADY, ASTDY, AENDY) held against their dates and the first day of treatment, which is day 1.

    A variable whose days all follow from another start or the randomisation (APERSDT, ADSL.RANDDT) counts from that.
    """
    table = scope.table
    days = [family.day for family in _families(table) if _is_number(table, family.day)]
    if scope.parameters.finds == "zero":
        for name in _require(table, days, "relative days"):
            yield by_variable(name, (table.numbers(name) == 0) & scope.mask, value="0")
        return
    reference = _START if table.has(_START) else f"ADSL.{_START}"
    table.require(reference)
    start = table.numbers(reference)
    for family in _require(table, _families(table), "dates"):
        if not (_is_number(table, family.day) and _is_number(table, family.date)):
            continue
        given, expected = table.numbers(family.day), _count_days(table, family, start)
        with np.errstate(invalid="ignore"):
            wrong = (np.abs(given - expected) > 0.5) & (given != 0)
        if wrong.any() and _follows_otherwise(table, family, reference):
            continue
        tell = tell_values(table, family.day, family.date, reference)
        yield by_variable(family.day, wrong & scope.mask, tell, date=family.date, reference=reference)


def _count_days(table: Table, family: DateFamily, start: np.ndarray) -> np.ndarray:
    """The relative days of dates: that of the start is day 1, the day before it -1."""
    between = table.numbers(family.date) - start
    return np.asarray(between + (between >= 0))


def _follows_otherwise(table: Table, family: DateFamily, reference: str) -> bool:
    """Whether all days follow from one start other than `reference`."""
    given = table.numbers(family.day)
    asked = ~np.isnan(given) & ~np.isnan(table.numbers(family.date))
    expected = (_count_days(table, family, start) for start in _other_starts(table, reference))
    return any(bool(np.all(given[asked] == days[asked])) for days in expected)


def _other_starts(table: Table, reference: str) -> Iterator[np.ndarray]:
    """The dates other than `reference` that days may count from, in the dataset and in ADSL."""
    owner = table.tables.find("ADSL")
    places = [(table, "")] + ([(owner, "ADSL.")] if owner is not None and owner is not table else [])
    for place, prefix in places:
        for name in _date_names(place):
            whole = _REFERENCE.fullmatch(name) and place.date_kind(name) == "date"
            if whole and f"{prefix}{name}" != reference and table.has(f"{prefix}{name}"):
                yield table.numbers(f"{prefix}{name}")


@register_check(Source, reach="subject")
def check_source_dates(scope: Scope) -> Iterator[Hits]:
    """Numeric dates held against the SDTM date beside them (ASTDT against AESTDTC, AENDT against AEENDTC, DTHDT against
    DTHDTC).
    """
    table = scope.table
    for family, source in _require(table, _find_sources(table), "numeric date beside its SDTM date"):
        if scope.parameters.finds == "date":
            yield _check_known_parts(scope, family, source)
        else:
            yield _check_precision(scope, family, source)


def _check_known_parts(scope: Scope, family: DateFamily, source: str) -> Hits:
    table = scope.table
    moments, given = table.moments(source), table.numbers(family.date)
    with np.errstate(invalid="ignore"):
        early = given < moments.first_day - SAS_OFFSET
        late = given > moments.last_day - SAS_OFFSET
    return by_variable(family.date, (early | late) & scope.mask, tell_values(table, family.date, source), source=source)


def _check_precision(scope: Scope, family: DateFamily, source: str) -> Hits:
    table, flag = scope.table, family.date_flag
    texts = table.coded(source)
    expected = _find_flags(read_written(from_arrow(texts.values)))[texts.codes]
    known = ~table.coded(family.date).blank & ~table.moments(source).faults & (expected != "?")
    if flag in table.frame:
        flags = table.coded(flag)
        given = np.array(flags.texts, dtype="U1")[flags.codes]
    else:
        given = np.full(table.length, "", dtype="U1")
    names = [name for name in (flag, family.date, source) if name in table.frame]

    def tell(row: int) -> str:
        return f"expected {flag} {expected[row] or 'blank'}, {tell_values(table, *names)(row)}"

    return by_variable(flag, known & (given != expected) & scope.mask, tell, source=source, date=family.date)


def _find_flags(written: Written) -> np.ndarray:
    """The imputation flags of dates made from distinct texts; "?" for a text without its year."""
    levels = find_date_levels(written.parts)
    yearless = (levels > 2) & np.isnan(written.moments.first_day)
    blank = (levels == 3) & yearless & ~written.moments.timed
    return np.select([blank, yearless], ["Y", "?"], np.array(["", "D", "M", "Y", "?"])[levels])


def _find_sources(table: Table) -> list[tuple[DateFamily, str]]:
    """Dates and the ISO 8601 text they are made from, by their names."""
    own = {"ASTDT": f"{table.prefix}STDTC", "AENDT": f"{table.prefix}ENDTC"} if table.prefix else {}
    pairs = [(family, own.get(family.date, f"{family.date}C")) for family in _families(table)]
    return [
        (family, source)
        for family, source in pairs
        if _is_number(table, family.date) and source in table.frame and not table.is_numeric(source)
    ]


def _families(table: Table) -> tuple[DateFamily, ...]:
    return name_families(table.names)


def _date_names(table: Table) -> list[str]:
    return [name for name in table.names if table.date_kind(name)]


def _is_number(table: Table, name: str) -> bool:
    return name in table.frame and table.is_numeric(name)


def _require(table: Table, found: Sequence[Found], what: str) -> Sequence[Found]:
    if not found:
        raise NotRunnableError(f"{table.name} has no {what}")
    return found


def _tell_number(name: str, given: np.ndarray) -> Callable[[int], str]:
    return lambda row: f"{name} {format_value(given[row])}"


def _join(names: list[str] | tuple[str, ...]) -> str:
    return " or ".join(names)
