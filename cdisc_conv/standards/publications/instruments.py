"""Which codelists belong to which questionnaire, functional test or clinical classification.

The terminology says so in three ways. The category of an instrument (a term of QSCAT, FTCAT or CCCAT) has a short name
among its synonyms: ECOG has ECOG1. Its tests are in the codelists of that name with TC and TN behind it: ECOG1TC and
ECOG1TN; where a publication has no synonyms, those with the preferred term of the category before "Test Code" and "Test
Name". Its responses are in codelists whose names and definitions name the tests they are for: "... ORRES for ECOG101
TN/TC".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cdisc_conv.standards.publications.model import PublishedList

CATEGORIES = ("C100129", "C115304", "C118971")
"""QSCAT, FTCAT and CCCAT."""

INSTRUMENT = re.compile(r"CDISC (?!SDTM).*\b(Questionnaire|Functional Test|Clinical Classification)\b(?! Category)")
"""What the preferred term of an instrument's codelist matches."""

_RESPONSES = re.compile(r" (ORRES|STRESC) (?:for (\w+)(?: Through (\w+))?|the Same as (\w+)) TN/TC$")


def bind_instruments(lists: Iterable[PublishedList]) -> dict[str, str]:
    """What each codelist of an instrument is for, by its C-code.

    ``--TESTCD ECOG`` and ``--TEST ECOG``: the tests of a category, which is the rest of the text. ``--ORRES ECOG101``
    and ``--STRESC ECOG101``: the responses of one test or, parted by blanks, of several.
    """
    lists = tuple(lists)
    by_short_name = {codelist.value: codelist for codelist in lists}
    tests = _order_tests(lists)
    bindings = _bind_by_name(lists)
    for category, short_name in _list_categories(lists):
        for ending, variable in (("TC", "--TESTCD"), ("TN", "--TEST")):
            if (found := by_short_name.get(f"{short_name}{ending}")) is not None:
                bindings[found.code] = f"{variable} {category}"
    for codelist in lists:
        if named := _RESPONSES.search(codelist.name):
            bindings[codelist.code] = f"--{named[1]} {' '.join(_find_tests(codelist, named, tests))}"
    return bindings


def _bind_by_name(lists: tuple[PublishedList, ...]) -> dict[str, str]:
    """Codelists of tests that are called as a category."""
    by_name = {codelist.name: codelist for codelist in lists}
    categories = [term for codelist in lists if codelist.code in CATEGORIES for term in codelist.terms]
    return {
        found.code: f"{variable} {term.value}"
        for term in categories
        for ending, variable in (("Test Code", "--TESTCD"), ("Test Name", "--TEST"))
        if term.preferred_term and (found := by_name.get(f"{term.preferred_term} {ending}")) is not None
    }


def _list_categories(lists: tuple[PublishedList, ...]) -> Iterable[tuple[str, str]]:
    for codelist in lists:
        if codelist.code in CATEGORIES:
            for term in codelist.terms:
                for synonym in term.synonyms.split(";"):
                    yield term.value, synonym.strip()


def _order_tests(lists: tuple[PublishedList, ...]) -> Mapping[str, tuple[str, ...]]:
    """By each test code, all those of its codelist in alphabetical order."""
    orders = {}
    for codelist in lists:
        if codelist.value.endswith("TC"):
            values = tuple(sorted(term.value for term in codelist.terms))
            orders.update(dict.fromkeys(values, values))
    return orders


def _find_tests(codelist: PublishedList, named: re.Match[str], tests: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The tests of a codelist of responses, by its name; a list "the same as" one test names all in its definition."""
    first, last = named[2] or named[4], named[3]
    known = tests.get(first, (first,))
    if last:
        return [test for test in known if first <= test <= last] or [first, last]
    said = set(re.findall(r"\w+", codelist.definition)) if named[4] else set()
    return [test for test in known if test == first or test in said] or [first]
