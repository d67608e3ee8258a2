"""Elements of subjects (SE): gaps, missing ends, and the epochs of what happened in them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.codes import Coded, combine
from cdisc_conv.checks.functions.general.common import by_value
from cdisc_conv.checks.model import Hits, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table


@register_check(reach="subject")
def check_element_gaps(scope: Scope) -> Iterator[Hits]:
    """Elements of a subject that begin after the one before them has ended, by whole days."""
    table = scope.table
    table.require(SUBJECT, "SESTDTC", "SEENDTC")
    start, end = table.moments("SESTDTC"), table.moments("SEENDTC")
    subjects = table.coded(SUBJECT).codes
    rows = np.flatnonzero(scope.mask & start.complete)
    order = rows[np.lexsort([start.earliest[rows], subjects[rows]])]
    before, after = order[:-1], order[1:]
    gap = (subjects[before] == subjects[after]) & (start.first_day[after] > end.last_day[before] + 1)
    earlier = dict(zip(after[gap].tolist(), before[gap].tolist(), strict=True))
    yield Hits(
        "SESTDTC",
        np.array(sorted(earlier), dtype="int64"),
        details=lambda row: f"the element before ends {table.text('SEENDTC', earlier[row])}",
    )


@register_check(reach="subject")
def check_epochs(scope: Scope) -> Iterator[Hits]:
    """Records whose EPOCH is not that of the subject's element on their date.

    Only dates that lie within one element alone, not on the day on which an element ends or begins, and only where SE
    names the epoch, are asked.
    """
    table = scope.table
    elements = table.tables.require("SE")
    elements.require(SUBJECT, "SESTDTC", "SEENDTC", "EPOCH")
    name = _name_date(table)
    table.require(SUBJECT, "EPOCH")
    expected = _find_epochs(table, elements, name)
    given, epochs = table.coded("EPOCH"), elements.coded("EPOCH")
    place = {text: number for number, text in enumerate(epochs.texts)}
    same = given.spread(np.array([place.get(text, -1) for text in given.texts], dtype="int64"))
    known = _is_planned(given, table.tables.find("TA"))
    rows = np.flatnonzero(scope.mask & known & ~given.blank & (expected >= 0) & (same != expected))
    yield Hits(
        "EPOCH",
        rows,
        combine([given.take(rows)], len(rows)) * (len(epochs.values) + 1) + expected[rows],
        lambda row: {"value": given.text(row), "expected": epochs.texts[int(expected[row])], "date": name},
        lambda row: f"{name} {table.text(name, row)}",
    )


def _is_planned(given: Coded, arms: Table | None) -> np.ndarray:
    """Which epochs TA has: what it does not have is a finding of its own."""
    if arms is None or not arms.has("EPOCH"):
        return ~given.blank
    planned = set(arms.coded("EPOCH").texts)
    return given.spread(np.array([text in planned for text in given.texts], dtype=bool))


def _find_epochs(table: Table, elements: Table, name: str) -> np.ndarray:
    """The code of the epoch of each record's date (int64), -1 where none or several elements hold it."""
    dates = table.moments(name)
    start, end = elements.moments("SESTDTC"), elements.moments("SEENDTC")
    subjects = {text: number for number, text in enumerate(elements.coded(SUBJECT).texts)}
    own = table.coded(SUBJECT).spread(
        np.array([subjects.get(text, -1) for text in table.coded(SUBJECT).texts], dtype="int64")
    )
    theirs, epochs = elements.coded(SUBJECT).codes, elements.coded("EPOCH")
    usable = np.flatnonzero(start.complete & end.complete & ~epochs.blank)
    order = usable[np.lexsort([start.first_day[usable], theirs[usable]])]
    span = 1e6
    keys = theirs[order] * span + start.first_day[order]
    asked = dates.complete & (own >= 0)
    wanted = np.where(asked, own * span + np.where(asked, dates.first_day, 0), -np.inf)
    places = np.searchsorted(keys, wanted, side="left") - 1
    found = np.full(table.length, -1, dtype="int64")
    inside = asked & (places >= 0)
    held = order[places[inside]]
    within = (theirs[held] == own[inside]) & (dates.first_day[inside] < end.first_day[held])
    found[inside] = np.where(within, epochs.codes[held], -1)
    return found


@register_check(reach="subject")
def check_open_elements(scope: Scope) -> Iterator[Hits]:
    """Elements of a subject without an end although a later one has begun."""
    table = scope.table
    table.require(SUBJECT, "SESTDTC", "SEENDTC")
    begins, subjects = table.moments("SESTDTC").last_day, table.coded(SUBJECT)
    last = np.full(len(subjects.values), np.nan)
    np.fmax.at(last, subjects.codes, begins)
    later = last[subjects.codes] > begins
    yield Hits("SEENDTC", np.flatnonzero(scope.mask & table.coded("SEENDTC").blank & later))


@register_check(reach="subject")
def check_epochs_outside(scope: Scope) -> Iterator[Hits]:
    """Records with an epoch although their date is before the subject's first element or after the last one, by whole
    days; what an element without a whole date may hold is not asked. Dates before consent, after death or after the end
    of participation are other findings.
    """
    table = scope.table
    elements = table.tables.require("SE")
    elements.require(SUBJECT, "SESTDTC", "SEENDTC")
    name = _name_date(table)
    table.require(SUBJECT, "EPOCH")
    start, end = elements.moments("SESTDTC"), elements.moments("SEENDTC")
    theirs = elements.coded(SUBJECT)
    first = np.full(len(theirs.values) + 1, np.inf)
    last = np.full(len(theirs.values) + 1, -np.inf)
    np.minimum.at(first, theirs.codes, np.where(start.complete, start.first_day, -np.inf))
    np.maximum.at(last, theirs.codes, np.where(end.complete, end.last_day, np.inf))
    own, known = table.coded(SUBJECT), {text: number for number, text in enumerate(theirs.texts)}
    place = own.spread(np.array([known.get(text, -1) for text in own.texts], dtype="int64"))
    dates, epochs = table.moments(name), table.coded("EPOCH")
    asked = scope.mask & ~epochs.blank & dates.complete & (place >= 0)
    outside = (dates.last_day < first[place]) | (dates.first_day > last[place])
    for limit in ("DM.RFICDTC", "DM.DTHDTC", "DM.RFPENDTC"):
        if table.has(limit):
            days = table.moments(limit)
            early = limit == "DM.RFICDTC"
            outside &= ~(dates.last_day < days.first_day if early else dates.first_day > days.last_day)
    yield by_value("EPOCH", epochs, asked & outside, lambda row: {"date": name})


def _name_date(table: Table) -> str:
    """The date of a dataset that its epochs follow from."""
    name = next((one for one in (f"{table.prefix}STDTC", f"{table.prefix}DTC") if one in table.frame), "")
    if table.name in ("SE", "DM") or not name:
        raise NotRunnableError(f"{table.name} has no date that an epoch follows from")
    return name
