"""What a reviewer expects of any dataset: variables beside variables, widths that fit, topics that name something."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.codes import Coded, match_records
from cdisc_conv.checks.functions.general.common import by_value, whole
from cdisc_conv.checks.functions.general.text import measure_texts
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table, Tables

_LONGEST = 200
"""Bytes that a transport file has for a text."""
_TOPICS = ("TERM", "TRT", "TESTCD")


class Beside(Parameters):
    """``wanted`` is the variable that has to be there where any of ``beside`` is."""

    wanted: str
    beside: tuple[str, ...]


class Values(Parameters):
    """``values`` are texts in capitals."""

    values: tuple[str, ...]


class Qualifier(Parameters):
    """``names`` are names of qualifiers (QNAM), or of variables, any of which will do; a name that ends in ``*``
    stands for all that begin with what is before it.
    """

    names: tuple[str, ...]


@register_check(Beside, reach="variables")
def check_variable_beside(scope: Scope) -> Iterator[Hits]:
    """A variable that is missing although one of others is there."""
    names, parameters = scope.table.names, scope.parameters
    present = [name for name in parameters.beside if name in names]
    if present and parameters.wanted not in names:
        yield whole(parameters.wanted, value=present[0])


@register_check(reach="across")
def check_wide_variables(scope: Scope) -> Iterator[Hits]:
    """Texts whose declared length is more than the longest value of any variable of that name takes, in bytes."""
    table = scope.table
    table.require_said("lengths")
    for column in table.dataset.columns:
        if column.numeric or column.name not in table.text_names or not column.item.length:
            continue
        longest = max(_find_longest(table.tables, column.name), 1)
        if column.item.length > longest:
            yield whole(column.name, value=str(column.item.length), expected=str(longest))


def _find_longest(tables: Tables, name: str) -> int:
    """The bytes of the longest value that a variable has in any dataset."""
    return max(_measure(table, name) for table in tables.tables if name in table.text_names)


def _measure(table: Table, name: str) -> int:
    key = f"longest {name}"
    if key not in table.memo:
        sizes = measure_texts(table.coded(name), table.dataset.codec)
        table.memo[key] = int(sizes[table.coded(name).used].max(initial=0))
    return int(table.memo[key])


@register_check(Values)
def check_forbidden_topics(scope: Scope) -> Iterator[Hits]:
    """Topics (--TERM, --TRT, --TESTCD) that are one of some words, in any letter case."""
    table = scope.table
    for name in (f"{table.prefix}{part}" for part in _TOPICS):
        if name not in table.text_names:
            continue
        coded = table.coded(name)
        wrong = np.array([text.upper() in scope.parameters.values for text in coded.texts], dtype=bool)
        yield by_value(name, coded, coded.spread(wrong) & scope.mask)


@register_check(reach="subject")
def check_full_texts(scope: Scope) -> Iterator[Hits]:
    """Topics (--TERM, --TRT) of exactly 200 bytes that the supplemental dataset does not go on with."""
    table = scope.table
    for name in (f"{table.prefix}{part}" for part in _TOPICS):
        if name not in table.text_names:
            continue
        coded = table.coded(name)
        full = coded.spread(measure_texts(coded, table.dataset.codec) == _LONGEST)
        rows = np.flatnonzero(full & scope.mask & ~_find_qualified(table, (f"{name}1",)))
        yield Hits(name, rows, words=lambda row, name=name: {"name": name, "value": f"{name}1"})  # type: ignore[misc]


@register_check(Qualifier, reach="subject")
def check_needs_qualifier(scope: Scope) -> Iterator[Hits]:
    """Records without a supplemental qualifier that they should have, as a record of SUPP-- or a variable."""
    table, names = scope.table, scope.parameters.names
    if any(name in table.frame for name in names):
        raise NotRunnableError(f"{table.name} has {' or '.join(names)} as a variable")
    if not table.tables.complete and table.tables.find(f"SUPP{table.domain}") is None:
        raise NotRunnableError("only some datasets of the study were made")
    yield Hits(scope.variable, np.flatnonzero(scope.mask & ~_find_qualified(table, names)))


def _find_qualified(table: Table, names: tuple[str, ...]) -> np.ndarray:
    """Which records have a supplemental qualifier of one of these names (bool)."""
    found = np.zeros(table.length, dtype=bool)
    for supplemental in (table.tables.find(f"SUPP{name}") for name in dict.fromkeys((table.name, table.domain))):
        if supplemental is None or not all(map(supplemental.has, (SUBJECT, "QNAM", "IDVAR", "IDVARVAL"))):
            continue
        coded = supplemental.coded("QNAM")
        wanted = coded.spread(np.array([_is_named(text, names) for text in coded.texts], dtype=bool))
        pointers = supplemental.coded("IDVAR")
        for code in np.unique(pointers.codes[wanted]).tolist():
            rows = np.flatnonzero(wanted & (pointers.codes == code))
            found |= _match(table, supplemental, rows, pointers.texts[code])
    return found


def _is_named(text: str, names: tuple[str, ...]) -> bool:
    return any(text.startswith(name[:-1]) if name.endswith("*") else text == name for name in names)


def _match(table: Table, supplemental: Table, rows: np.ndarray, pointer: str) -> np.ndarray:
    """Which records the chosen supplemental records point at; without a pointer, all of the subject."""
    own: list[Coded] = [table.coded(SUBJECT)]
    theirs = [supplemental.coded(SUBJECT).take(rows)]
    if pointer:
        if pointer not in table.frame:
            return np.zeros(table.length, dtype=bool)
        own.append(table.coded(pointer))
        theirs.append(supplemental.coded("IDVARVAL").take(rows))
    return match_records(own, theirs) >= 0
