"""Which codelist holds for which records of a variable."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.tables import Table
from cdisc_conv.standards import CodelistTerms

_BOUND_BY = {"TESTCD": "CAT", "TEST": "CAT", "STRESC": "TESTCD"}
"""What says, of instruments, which codelist a record's value is from. Results as collected (--ORRES) are free."""


def codelist_of(table: Table, name: str) -> CodelistTerms | None:
    """All that a variable may hold: its codelist in the standard, with those of the instruments in its records.

    None when it has none.
    """
    variable = table.standard_variable(name)
    bound = tuple(dict.fromkeys(code for code, _ in _list_bound(table, name)))
    return find_codelist(table, (*(variable.codelists if variable is not None else ()), *bound))


def list_codelists(table: Table, name: str) -> Iterator[tuple[CodelistTerms, np.ndarray, bool]]:
    """The codelists of a variable, the records that each is for, and whether it is that of an instrument.

    A questionnaire, a functional test and a clinical classification have codelists of their own for the records of
    their category (tests) and of their tests (standardised results); the standard's is for all others.
    """
    variable = table.standard_variable(name)
    rest = np.ones(table.length, dtype=bool)
    for code, rows in _list_bound(table, name):
        rest &= ~rows
        if (terms := find_codelist(table, (code,))) is not None:
            yield terms, rows, True
    terms = find_codelist(table, variable.codelists) if variable is not None else None
    if terms is not None and (rest.any() or not table.length):
        yield terms, rest, False


def find_codelist(table: Table, codes: tuple[str, ...]) -> CodelistTerms | None:
    """The codelists of some C-codes as one, as far as the terminology has them; None when it has none of them."""
    codelists = table.tables.codelists
    if codes not in codelists:
        terminology = table.tables.terminology
        known = [code for code in codes if code in terminology]
        codelists[codes] = terminology.codelist(*known) if known else None
    return codelists[codes]


def _list_bound(table: Table, name: str) -> list[tuple[str, np.ndarray]]:
    """The codelists of instruments for a variable, each with its records."""
    part = name.removeprefix(table.prefix)
    by = f"{table.prefix}{_BOUND_BY.get(part, '')}"
    if part == name or part not in _BOUND_BY or by not in table.frame:
        return []
    coded = table.coded(by)
    codes = [table.tables.terminology.instrument_codelist(f"--{part}", text) for text in coded.texts]
    return [
        (code, coded.spread(np.array([one == code for one in codes], dtype=bool)))
        for code in dict.fromkeys(filter(None, codes))
    ]
