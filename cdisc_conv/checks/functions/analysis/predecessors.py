"""What analysis datasets take from others: variables by name, records by SRCDOM and SRCSEQ, subjects and events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

import numpy as np

from cdisc_conv.checks.codes import is_among, match_records
from cdisc_conv.checks.functions.general.common import by_value, by_variable, repeat_words, whole
from cdisc_conv.checks.functions.general.groups import keys_of
from cdisc_conv.checks.functions.tabulations.baselines import differ_by_text
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import OWNERS, SUBJECT, NotRunnableError, Table
from cdisc_conv.checks.words import EXAMPLES
from cdisc_conv.problems import SHOWN_ROWS
from cdisc_conv.standards import load_standard
from cdisc_conv.standards.files import list_versions

_SEQUENCE = re.compile(r"([A-Z]{2})SEQ")
_NOT_COPIED = ("STUDYID", "DOMAIN", SUBJECT)
_ANY_LABEL = re.compile(r"[{}]|\bXX\b|\.\.\.")
"""Labels of the standard that leave a word to the sponsor."""


class Predecessor(Parameters):
    """``of``: ``subject`` for variables of ADSL (of DM, in ADSL), ``record`` for those of the SDTM record that --SEQ
    names.
    """

    of: Literal["subject", "record"]


class Traced(Parameters):
    """``finds``: an unknown ``dataset`` (SRCDOM), an unknown ``variable`` (SRCVAR), or no such ``record`` (SRCSEQ)."""

    finds: Literal["dataset", "variable", "record"]


class Occurrences(Parameters):
    """``finds``: records ``missing`` here, or ``unknown`` there."""

    finds: Literal["missing", "unknown"]


class Subjects(Parameters):
    """``dataset`` and ``where`` say which subjects are looked for."""

    dataset: str
    where: str = ""


@register_check(Predecessor, reach="subject")
def check_copied_values(scope: Scope) -> Iterator[Hits]:
    """Variables of the same name that differ from their predecessor: that of ADSL (in ADSL, of DM), or of the SDTM
    record with the same --SEQ. Of the record, a record of BDS may leave out what does not describe it: a blank is fine.
    """
    table = scope.table
    if scope.parameters.of == "subject":
        owner = "DM" if table.name == "ADSL" else "ADSL"
        other = table.tables.require(owner)
        sources = [(other, table.rows_in(owner), "")]
    else:
        sources = list(find_source_records(table))
        if not sources:
            raise NotRunnableError(f"no SDTM dataset of a --SEQ in {table.name} is there")
    for other, rows, sequence in sources:
        there = np.flatnonzero(rows >= 0)
        for name in (name for name in table.names if name in other.frame and name not in (*_NOT_COPIED, sequence)):
            ours, theirs = table.coded(name).take(there), other.coded(name).take(rows[there])
            wrong = np.zeros(table.length, dtype=bool)
            loose = any("types" in one.dataset.unsaid for one in (table, other))
            wrong[there[differ_by_text(ours, theirs, loose=loose)]] = True
            if scope.parameters.of == "record" and "BDS" in table.groups:
                wrong &= ~table.coded(name).blank
            yield by_variable(name, wrong & scope.mask, _tell_both(table, other, name, rows), owner=other.name)


@register_check(Predecessor, reach="variables")
def check_copied_labels(scope: Scope) -> Iterator[Hits]:
    """Labels that differ from that of the predecessor: the variable of the same name in ADSL (in ADSL, in DM) or, where
    --SEQ is there, in the SDTM dataset.
    """
    table = scope.table
    if scope.parameters.of == "subject":
        others = [table.tables.require("DM" if table.name == "ADSL" else "ADSL")]
    else:
        others = [other for other, _, _ in find_source_records(table)]
        if not others:
            raise NotRunnableError(f"no SDTM dataset of a --SEQ in {table.name} is there")
    table.require_said("labels")
    for other in others:
        other.require_said("labels")
        labels = {column.name: column.label for column in other.dataset.columns}
        for column in table.dataset.columns:
            expected = labels.get(column.name, column.label)
            if column.label != expected:
                yield whole(column.name, value=column.label, expected=expected, owner=other.name)


@register_check(reach="variables")
def check_analysis_labels(scope: Scope) -> Iterator[Hits]:
    """Variables whose label is not the standard's; a variable of another dataset keeps the label it has there, and one
    of SDTM the label of a guide for SDTM.
    """
    table = scope.table
    table.require_said("labels")
    if table.standard is None:
        raise NotRunnableError(f"the standard does not know {table.name}")
    others = [
        other for other in (*map(table.tables.find, OWNERS), *_source_tables(table)) if other and other is not table
    ]
    elsewhere = {(column.name, column.label) for other in others for column in other.dataset.columns}
    for column in table.dataset.columns:
        standard = table.standard_variable(column.name)
        if standard is None or _ANY_LABEL.search(standard.label) or column.label == standard.label:
            continue
        if (column.name, column.label) not in elsewhere and column.label not in _list_labels().get(column.name, ()):
            yield whole(column.name, value=column.label, expected=standard.label)


@cache
def _list_labels() -> dict[str, set[str]]:
    """The labels of each variable in the guides for SDTM that are here."""
    labels: dict[str, set[str]] = {}
    for name, version in list_versions("ig"):
        if name == "sdtmig":
            for dataset in load_standard(name, version).datasets.values():
                for variable in dataset.variables:
                    labels.setdefault(variable.name, set()).add(variable.label)
    return labels


@register_check(Subjects, reach="across")
def check_missing_subjects(scope: Scope) -> Iterator[Hits]:
    """Subjects of another dataset that this one does not have, in one finding."""
    parameters = scope.parameters
    table, other = scope.table, scope.table.tables.require(parameters.dataset)
    coded = other.coded(SUBJECT)
    wanted = other.select(parameters.where) if parameters.where else np.ones(other.length, dtype=bool)
    lacking = np.flatnonzero(wanted & ~coded.blank & ~is_among([coded], [table.coded(SUBJECT)]))
    subjects = list(dict.fromkeys(coded.text(int(row)) for row in lacking))
    if subjects:
        more = f" and {len(subjects) - SHOWN_ROWS:,} more" if len(subjects) > SHOWN_ROWS else ""
        words = {
            "value": subjects[0],
            "number": f"{len(subjects):,} {'subject' if len(subjects) == 1 else 'subjects'}",
            "subjects": ", ".join(subjects[:SHOWN_ROWS]) + more,
        }
        yield Hits(SUBJECT, words=lambda row: words, whole=True, count=len(subjects))


@register_check(Traced, reach="subject")
def check_traced_source(scope: Scope) -> Iterator[Hits]:
    """SRCDOM, SRCVAR and SRCSEQ that point at nothing; what they point at has to be among the datasets at hand."""
    table, finds = scope.table, scope.parameters.finds
    domains = table.coded("SRCDOM")
    places = [table.tables.of_domain(text) if text else () for text in domains.texts]
    if finds == "dataset":
        if not table.tables.complete:
            raise NotRunnableError("only some datasets of the study were made")
        lost = np.array(
            [bool(text) and not place for text, place in zip(domains.texts, places, strict=True)], dtype=bool
        )
        yield by_value("SRCDOM", domains, domains.spread(lost) & scope.mask)
        return
    table.require("SRCVAR" if finds == "variable" else "SRCSEQ")
    for code, place in enumerate(places):
        rows = np.flatnonzero((domains.codes == code) & scope.mask)
        if place and len(rows):
            yield from (_find_variables if finds == "variable" else _find_sequences)(table, rows, place)


def _find_variables(table: Table, rows: np.ndarray, place: tuple[Table, ...]) -> Iterator[Hits]:
    coded = table.coded("SRCVAR")
    lost = np.array(
        [bool(text) and not any(text in other.frame for other in place) for text in coded.texts], dtype=bool
    )
    wrong = np.zeros(table.length, dtype=bool)
    wrong[rows] = coded.spread(lost)[rows]
    yield by_value("SRCVAR", coded, wrong, lambda row: {"domain": place[0].name})


def _find_sequences(table: Table, rows: np.ndarray, place: tuple[Table, ...]) -> Iterator[Hits]:
    sequences = table.coded("SRCSEQ")
    rows = rows[~sequences.blank[rows]]
    found = np.zeros(len(rows), dtype=bool)
    ours = [table.coded(SUBJECT).take(rows), sequences.take(rows)]
    for other in place:
        if SUBJECT in other.frame:
            for name in list_sequences(other):
                found |= is_among(ours, [other.coded(SUBJECT), other.coded(name)])
    yield Hits("SRCSEQ", rows[~found], words=lambda row: {"domain": place[0].name})


def list_sequences(table: Table) -> list[str]:
    """The variables that number the records of a dataset: --SEQ; of an analysis dataset ASEQ, or that of its source."""
    if not table.is_analysis:
        return [name for name in (f"{table.domain[:2]}SEQ",) if name in table.frame]
    return [name for name in table.names if name == "ASEQ" or _SEQUENCE.fullmatch(name)]


@register_check(Occurrences, reach="across")
def check_occurrences(scope: Scope) -> Iterator[Hits]:
    """Records of an occurrence dataset held against those of the SDTM dataset behind it (ADAE against AE), by --SEQ.

    Of the SDTM dataset, the records of subjects in ADSL are looked for.
    """
    table, sequence = scope.table, f"{scope.table.prefix}SEQ"
    sources = [other for other in _source_tables(table) if other.domain == table.prefix]
    if not sources:
        raise NotRunnableError(f"there is no dataset {table.prefix}")
    ours = keys_of(table, (SUBJECT, sequence))
    if scope.parameters.finds == "unknown":
        known = np.zeros(table.length, dtype=bool)
        for other in sources:
            known |= is_among(ours, keys_of(other, (SUBJECT, sequence)))
        yield Hits(
            sequence, np.flatnonzero(~known & ~ours[1].blank & scope.mask), words=repeat_words({"domain": table.prefix})
        )
        return
    for other in sources:
        lacking = ~is_among(keys_of(other, (SUBJECT, sequence)), ours)
        if table.tables.find("ADSL") is not None:
            lacking &= other.rows_in("ADSL") != -1
        if len(rows := np.flatnonzero(lacking)):
            shown = "; ".join(_name(other, sequence, int(row)) for row in rows[:EXAMPLES])
            more = f"; and {len(rows) - EXAMPLES:,} more" if len(rows) > EXAMPLES else ""
            number = f"{len(rows):,} {'record' if len(rows) == 1 else 'records'}"
            yield whole(sequence, value=number, records=f"{shown}{more}", domain=other.name)


def _name(other: Table, sequence: str, row: int) -> str:
    return f"subject {other.text(SUBJECT, row) or 'blank'} {sequence} {other.text(sequence, row) or 'blank'}"


def _source_tables(table: Table) -> list[Table]:
    """The SDTM datasets whose --SEQ the dataset holds."""
    prefixes = [found[1] for name in table.names if (found := _SEQUENCE.fullmatch(name))]
    found_tables = [other for prefix in prefixes for other in table.tables.of_domain(prefix)]
    return [other for other in found_tables if not other.is_analysis and not other.is_supplemental]


def find_source_records(table: Table) -> Iterator[tuple[Table, np.ndarray, str]]:
    """Each SDTM dataset behind the records, its record per record (-1 for none), and the variable that names it."""
    for other in _source_tables(table):
        sequence = f"{other.domain[:2]}SEQ"
        if SUBJECT in other.frame and SUBJECT in table.frame and sequence in other.frame:
            keys = (SUBJECT, sequence)
            rows = match_records(keys_of(table, keys), keys_of(other, keys))
            yield other, np.where(table.coded(sequence).blank, -1, rows), sequence


def _tell_both(table: Table, other: Table, name: str, rows: np.ndarray) -> Callable[[int], str]:
    def tell(row: int) -> str:
        return (
            f"{name} {table.text(name, row) or 'blank'}, in {other.name} {other.text(name, int(rows[row])) or 'blank'}"
        )

    return tell
