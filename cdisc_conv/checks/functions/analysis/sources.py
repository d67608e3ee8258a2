"""Analysis datasets held against what they were made from: dates, reasons, results and flags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cdisc_conv.checks.codes import Coded, combine, match_records
from cdisc_conv.checks.functions.analysis.predecessors import find_source_records, list_sequences
from cdisc_conv.checks.functions.general.common import by_value, by_variable, tell_values
from cdisc_conv.checks.functions.general.terminology import fold
from cdisc_conv.checks.functions.tabulations.findings import read_numbers
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table
from cdisc_conv.columns.moments import SAS_OFFSET

_TOLERANCE = 1e-6
_TREATMENT = re.compile(r"TRT(?:\d\d|SEQ)([PA])")
_SPAN = 1_000_000
"""More than the days that any date is from 1960."""


class SameDay(Parameters):
    """``of`` is a numeric date, ``source`` a date of DM such as ``DM.RFXSTDTC``."""

    of: str
    source: str


class DateSource(Parameters):
    """``dataset``, ``where``: the records; ``of``: their dates, all that are dates where it is left out."""

    dataset: str
    of: tuple[str, ...] = ()
    where: str = ""


class DateAmong(Parameters):
    """``of`` is a numeric date; ``sources`` are the dates that it has to be one of, of the same subject."""

    of: str
    sources: tuple[DateSource, ...]


class ValueAmong(Parameters):
    """``of`` is a text; ``values`` are variables of another ``dataset`` of which it has to be one value, in any letter
    case, of the same subject.
    """

    of: str
    dataset: str
    values: tuple[str, ...]
    where: str = ""


class FirstFlag(Parameters):
    """``flag`` is Y for the record that is first by ``order`` within ``per``, among those that meet ``among``.

    ``finds``: a flag on a ``later`` record, or one that is ``missing``.
    """

    flag: str
    order: str
    per: tuple[str, ...]
    among: str
    finds: Literal["later", "missing"] = "later"


class Measured(Parameters):
    """``finds``: a ``value`` or a ``date`` that is not that of the record in SDTM, or a record of another ``test``."""

    finds: Literal["value", "date", "test"] = "value"


@register_check(SameDay, reach="subject")
def check_same_day(scope: Scope) -> Iterator[Hits]:
    """Numeric dates that are not the date of DM as far as it is known, or are missing although it is there."""
    table, parameters = scope.table, scope.parameters
    table.require(parameters.of, parameters.source)
    given, source = table.numbers(parameters.of), table.moments(parameters.source)
    with np.errstate(invalid="ignore"):
        differs = (given < source.first_day - SAS_OFFSET) | (given > source.last_day - SAS_OFFSET)
    missing = np.isnan(given) & source.complete
    wrong = (differs | missing) & scope.mask & (table.subject_rows >= 0)
    yield by_variable(parameters.of, wrong, tell_values(table, parameters.of, parameters.source))


@register_check(DateAmong, reach="subject")
def check_date_among(scope: Scope) -> Iterator[Hits]:
    """Numeric dates that are none of the subject's dates in other datasets, of which the first has to be there.

    Subjects without any date there are not asked.
    """
    table, parameters = scope.table, scope.parameters
    table.require(parameters.of, SUBJECT)
    table.tables.require(parameters.sources[0].dataset)
    subjects, days = table.coded(SUBJECT), table.numbers(parameters.of)
    spans = [_list_dates(table, source) for source in parameters.sources]
    owners, first, last = (np.concatenate([span[part] for span in spans]) for part in range(3))
    known = ~np.isnan(days)
    own = subjects.codes * _SPAN + np.where(known, days, 0).astype("int64")
    whole_days = first == last
    possible = np.isin(own, owners[whole_days] * _SPAN + first[whole_days])
    for owner, low, high in zip(*(part[~whole_days].tolist() for part in (owners, first, last)), strict=True):
        possible |= (subjects.codes == owner) & (days >= low) & (days <= high)
    wrong = known & np.isin(subjects.codes, owners) & ~possible & scope.mask
    yield by_variable(parameters.of, wrong, tell_values(table, parameters.of))


def _list_dates(table: Table, source: DateSource) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The dates of a source: the subject's code in `table`, the first and the last day that each can be (int64)."""
    other = table.tables.find(source.dataset)
    empty = np.zeros(0, dtype="int64")
    if other is None or SUBJECT not in other.frame:
        return empty, empty, empty
    chosen = np.flatnonzero(other.select(source.where)) if source.where else np.arange(other.length)
    place = {text: number for number, text in enumerate(table.coded(SUBJECT).texts)}
    theirs = other.coded(SUBJECT)
    owners = theirs.spread(np.array([place.get(text, -1) for text in theirs.texts], dtype="int64"))[chosen]
    parts = [(empty, empty, empty)]
    for name in source.of or [name for name in other.names if other.date_kind(name) == "date"]:
        if name in other.frame:
            first, last = (days[chosen] for days in _read_span(other, name))
            use = (owners >= 0) & ~np.isnan(first)
            parts.append((owners[use], first[use].astype("int64"), last[use].astype("int64")))
    distinct = np.unique(np.stack([np.concatenate(part) for part in zip(*parts, strict=True)]), axis=1)
    return distinct[0], distinct[1], distinct[2]


def _read_span(table: Table, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last day that dates can be, as SAS days (float64)."""
    if table.is_numeric(name):
        return np.floor(table.numbers(name)), np.floor(table.numbers(name))
    moments = table.moments(name)
    return moments.first_day - SAS_OFFSET, moments.last_day - SAS_OFFSET


def _read_days(table: Table, name: str) -> np.ndarray:
    """Dates as SAS days (float64), NaN where a date is not complete."""
    first, last = _read_span(table, name)
    return np.where(first == last, first, np.nan)


@register_check(ValueAmong, reach="subject")
def check_value_among(scope: Scope) -> Iterator[Hits]:
    """Texts that none of the subject's records in another dataset has; subjects without such records are not asked."""
    table, parameters = scope.table, scope.parameters
    other = table.tables.require(parameters.dataset)
    names = [name for name in parameters.values if name in other.frame]
    if not names or SUBJECT not in other.frame:
        raise NotRunnableError(f"{other.name} has no {' or '.join(parameters.values)}")
    chosen = np.flatnonzero(other.select(parameters.where)) if parameters.where else np.arange(other.length)
    texts, subjects = table.coded(parameters.of), table.coded(SUBJECT)
    theirs = other.coded(SUBJECT)
    allowed: set[tuple[str, str]] = set()
    for name in names:
        values = other.coded(name)
        pairs = combine([theirs.take(chosen), values.take(chosen)], len(chosen))
        for row in chosen[np.unique(pairs, return_index=True)[1]].tolist():
            allowed.add((theirs.text(row), fold(values.text(row))))
    having = {subject for subject, _ in allowed}
    pairs = combine([subjects, texts], table.length)
    distinct, first = np.unique(pairs, return_index=True)
    wrong = np.zeros(int(distinct.max(initial=-1)) + 1, dtype=bool)
    for pair, row in zip(distinct.tolist(), first.tolist(), strict=True):
        subject, text = subjects.text(row), fold(texts.text(row))
        wrong[pair] = bool(text) and subject in having and (subject, text) not in allowed
    rows = np.flatnonzero(wrong[pairs] & scope.mask)
    yield Hits(parameters.of, rows, texts.codes[rows], lambda row: {"value": texts.text(row)})


@register_check(FirstFlag, reach="subject")
def check_first_flag(scope: Scope) -> Iterator[Hits]:
    """Flags of a first occurrence on a record that another one is before, for certain, among those that may have it;
    or records of which one should have the flag, and none has, where others do have it.
    """
    table, parameters = scope.table, scope.parameters
    table.require(parameters.flag, parameters.order, *parameters.per)
    among = table.select(parameters.among)
    keys = combine([table.coded(name) for name in parameters.per], table.length)
    order = table.numbers(parameters.order)
    earliest = np.full(int(keys.max(initial=-1)) + 1, np.inf)
    use = among & ~np.isnan(order)
    np.minimum.at(earliest, keys[use], order[use])
    flags = table.coded(parameters.flag)
    flagged = flags.spread(np.array([text == "Y" for text in flags.texts], dtype=bool))
    if parameters.finds == "missing":
        counts = np.bincount(keys[flagged], minlength=len(earliest))
        wrong = use & (counts[keys] == 0) & (order == earliest[keys])
        wrong &= "Y" in table.whole.coded(parameters.flag).texts
    else:
        wrong = flagged & among & (order > earliest[keys]) if table.length else flagged
    yield by_variable(parameters.flag, wrong & scope.mask, tell_values(table, parameters.order))


@register_check(reach="subject")
def check_source_values(scope: Scope) -> Iterator[Hits]:
    """AVAL, AVALC or ADT that differs from the value that SRCDOM, SRCVAR and SRCSEQ name.

    A date is held against ADT, a number against AVAL, other text against AVALC. Records that were made up (DTYPE) are
    left out, and so is a source that is not here, or names a subject's record without a number where there are several.
    """
    table = scope.table
    table.require("SRCDOM", "SRCVAR", SUBJECT)
    domains, variables = table.coded("SRCDOM"), table.coded("SRCVAR")
    asked = scope.mask & ~domains.blank & ~variables.blank & _is_measured(table)
    pairs = combine([domains, variables], table.length)
    for pair in np.unique(pairs[asked]).tolist():
        rows = np.flatnonzero(asked & (pairs == pair))
        name = variables.text(int(rows[0]))
        for other in table.tables.of_domain(domains.text(int(rows[0]))):
            if SUBJECT in other.frame and name in other.frame:
                found = _find_rows(table, other, rows)
                yield from _compare(_Pairs(table, other, name, rows[found >= 0], found[found >= 0]))


def _is_measured(table: Table) -> np.ndarray:
    return table.coded("DTYPE").blank if "DTYPE" in table.frame else np.ones(table.length, dtype=bool)


def _find_rows(table: Table, other: Table, rows: np.ndarray) -> np.ndarray:
    """The record of the source for each of the rows, -1 where it is not certain."""
    subjects, theirs = table.coded(SUBJECT).take(rows), other.coded(SUBJECT)
    found = np.full(len(rows), -1, dtype="int64")
    counts = np.bincount(theirs.codes, minlength=len(theirs.values))
    alone = match_records([subjects], [theirs])
    single = (alone >= 0) & (counts[theirs.codes[alone]] == 1)
    if "SRCSEQ" in table.frame:
        numbers = table.coded("SRCSEQ").take(rows)
        for name in list_sequences(other):
            matched = match_records([subjects, numbers], [theirs, other.coded(name)])
            found = np.where((found < 0) & ~numbers.blank, matched, found)
        single &= numbers.blank
    return np.where(single, alone, found)


@dataclass(frozen=True)
class _Pairs:
    """Records and those of the source that they were made from; ``name`` is the variable of the source."""

    table: Table
    other: Table
    name: str
    rows: np.ndarray
    found: np.ndarray

    def tell(self, of: str, wrong: np.ndarray) -> Hits:
        """The pairs that are wrong (bool), as records that differ in a variable."""
        places = np.flatnonzero(wrong)
        source = dict(zip(self.rows[places].tolist(), self.found[places].tolist(), strict=True))
        shown = f"{self.other.name}.{self.name}"

        def details(row: int) -> str:
            return f"{of} {self.table.text(of, row)}, {shown} {self.other.text(self.name, source[row])}"

        return Hits(of, self.rows[places], words=lambda row: {"name": of, "source": shown}, details=details)


def _compare(pairs: _Pairs) -> Iterator[Hits]:
    """The records of which the value differs from that of the source, where both are there."""
    table, other, name, rows, found = pairs.table, pairs.other, pairs.name, pairs.rows, pairs.found
    kind = other.date_kind(name)
    if kind or name.endswith("DTC"):
        if "ADT" in table.frame and kind in ("", "date"):
            given, wanted = table.numbers("ADT")[rows], _read_days(other, name)[found]
            yield pairs.tell("ADT", (given != wanted) & ~np.isnan(given + wanted))
        return
    source = other.coded(name).take(found)
    numbers = read_numbers(source)
    if "AVAL" in table.frame:
        yield pairs.tell("AVAL", _differ(table.numbers("AVAL")[rows], numbers))
    if "AVALC" in table.frame and not other.is_numeric(name):
        own = table.coded("AVALC").take(rows)
        both = ~own.blank & ~source.blank & np.isnan(numbers)
        yield pairs.tell("AVALC", _differ_folded(own, source) & both)


def _differ(given: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Which numbers differ, where both are there."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(given - wanted) > _TOLERANCE * np.fmax(1.0, np.abs(wanted)))


def _differ_folded(ours: Coded, theirs: Coded) -> np.ndarray:
    places: dict[str, int] = {}
    left = np.array([places.setdefault(fold(text), len(places)) for text in ours.texts], dtype="int64")
    right = np.array([places.setdefault(fold(text), len(places)) for text in theirs.texts], dtype="int64")
    return np.asarray(ours.spread(left) != theirs.spread(right))


@register_check(Measured, reach="subject")
def check_measured_values(scope: Scope) -> Iterator[Hits]:
    """AVAL or ADT of a record that names an SDTM result by --SEQ and has its test as parameter, held against --STRESN
    and --DTC; or records that name the result of another test than their parameter is.

    Where the parameter has a name that no test has, the value may have been converted, and nothing is said.
    """
    table, finds = scope.table, scope.parameters.finds
    table.require("PARAMCD", "ADT" if finds == "date" else "AVAL", SUBJECT)
    measured, parameters = _is_measured(table), table.coded("PARAMCD")
    for other, found, _ in find_source_records(table):
        test, name = f"{other.prefix}TESTCD", f"{other.prefix}{'DTC' if finds == 'date' else 'STRESN'}"
        if not (other.has(test) and other.has(name)):
            continue
        rows = np.flatnonzero((found >= 0) & measured & scope.mask)
        pairs = _Pairs(table, other, name, rows, found[rows])
        other_test = _differ_folded(parameters.take(rows), other.coded(test).take(found[rows]))
        if finds == "value":
            differs = _differ(table.numbers("AVAL")[rows], other.numbers(name)[found[rows]])
            yield pairs.tell("AVAL", differs & ~other_test)
        elif finds == "date":
            given, wanted = np.floor(table.numbers("ADT")[rows]), _read_days(other, name)[found[rows]]
            yield pairs.tell("ADT", (given != wanted) & ~np.isnan(given + wanted) & ~other_test)
        else:
            tests = {fold(text) for text in other.whole.coded(test).texts}
            is_test = np.array([fold(text) in tests for text in parameters.texts], dtype=bool)
            yield replace(pairs, name=test).tell("PARAMCD", other_test & parameters.spread(is_test)[rows])


@register_check(reach="subject")
def check_own_treatments(scope: Scope) -> Iterator[Hits]:
    """Treatments of a record (TRTP, TRTA) that are none of the subject's in ADSL, of any period; subjects without any
    there are not asked.
    """
    table = scope.table
    owner = table.tables.require("ADSL")
    sources = {
        name: [one for one in owner.names if (found := _TREATMENT.fullmatch(one)) and found[1] == name[-1]]
        for name in ("TRTP", "TRTA")
        if name in table.frame and not table.is_numeric(name) and f"TRT01{name[-1]}" in owner.names
    }
    if table is owner or not any(sources.values()):
        raise NotRunnableError(f"{table.name} has no treatment that ADSL has, too")
    for name in (one for one, found in sources.items() if found):
        own = table.coded(name)
        theirs = [table.coded(f"ADSL.{source}") for source in sources[name]]
        wrong = ~own.blank & np.logical_and.reduce([_differ_folded(own, one) for one in theirs])
        wrong &= ~np.logical_and.reduce([one.blank for one in theirs])
        yield by_value(name, own, wrong & scope.mask)


@register_check(reach="across")
def check_counted_days(scope: Scope) -> Iterator[Hits]:
    """Times of a parameter that count the first day where most of its times do not, or the reverse."""
    table = scope.table
    days = table.numbers("ADT") - table.numbers("STARTDT")
    values, parameters = table.numbers("AVAL"), table.coded("PARAMCD")
    counted = [scope.mask & (values == days + more) for more in (0, 1)]
    numbers = [np.bincount(parameters.codes[rows], minlength=len(parameters.values)) for rows in counted]
    mixed = (numbers[0] > 0) & (numbers[1] > 0)
    rarer = np.where(numbers[0] <= numbers[1], 0, 1)
    wrong = mixed[parameters.codes] & np.where(rarer[parameters.codes] == 0, counted[0], counted[1])
    yield by_value("AVAL", parameters, wrong)
