"""Values held against controlled terminology."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Literal

import numpy as np

from cdisc_conv.checks.codelists import codelist_of, list_codelists
from cdisc_conv.checks.codes import Coded
from cdisc_conv.checks.functions.general.common import by_value
from cdisc_conv.checks.functions.general.groups import find_several
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table
from cdisc_conv.standards import CodelistTerms
from cdisc_conv.standards.countries import find_country, list_countries

_SHOWN_TERMS = 12
_MULTIPLE = "MULTIPLE"
"""What SDTMIG 3.4, 4.2.8.3 puts where several values were collected; the values themselves stand in SUPP--."""
_SINGLE = ("C66742", "C66731")
"""Codelists of which no two values can be collected: NY and SEX."""
_ALIKE, _SHORTEST_MISSPELT = 0.85, 5
"""How much a text has to be like a term to pass for a misspelt one, and how long to tell chance from likeness."""
_MOST_SUGGESTIONS = 100
"""Of one variable: searching for a term that is alike takes milliseconds."""

_RESULTS = ("ORRES", "STRESC")

Kind = Literal["outside", "spelling", "close", "sponsor"]


class Codelists(Parameters):
    """``finds``: ``outside`` a list that is not extensible, another ``spelling`` of a term (letter case, blanks) in any
    list, ``close`` to a term of an extensible list, or a ``sponsor`` term of one. ``only`` and ``never`` are variables;
    ``*`` stands for any letters.
    """

    finds: Kind
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class Pair(Parameters):
    """``code`` is the variable of short names, ``name`` that of their long names."""

    code: str
    name: str


class Country(Parameters):
    """``of`` is the variable with the codes of countries."""

    of: str


@dataclass(frozen=True)
class _Outcome:
    kind: Kind
    hint: str


@register_check(Codelists)
def check_codelist(scope: Scope) -> Iterator[Hits]:
    """Values that are not in the variable's codelist."""
    table, parameters = scope.table, scope.parameters
    if parameters.finds == "sponsor" and not table.tables.declared:
        raise NotRunnableError("nothing declares the sponsor's own terms: there is no define.xml")
    asked = False
    for name in table.text_names:
        wanted = _is_among(name, parameters.only) if parameters.only else not _is_among(name, parameters.never)
        codelists = list_codelists(table, name) if wanted and not _has_short_name(table, name) else ()
        for terms, rows, is_instrument in codelists:
            asked = True
            coded = table.coded(name)
            outcomes = _judge_values(table, name, coded, terms, strict=is_instrument)
            found = np.zeros(len(coded.values), dtype=bool)
            found[[number for number, outcome in outcomes.items() if outcome.kind == parameters.finds]] = True
            wrong = coded.spread(found) & scope.mask & rows
            wrong = wrong if is_instrument else wrong & _is_asked(table, name, terms)
            yield by_value(name, coded, wrong, _tell_list(coded, terms, outcomes))
    if not asked:
        raise NotRunnableError(f"{table.name} has no variable with a codelist to be asked")


def _is_among(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@register_check(Pair)
def check_term_pair(scope: Scope) -> Iterator[Hits]:
    """Short and long names that the terminology does not put together."""
    table, (code, name) = scope.table, (scope.parameters.code, scope.parameters.name)
    terms = codelist_of(table, code)
    if terms is None:
        raise NotRunnableError(f"{code} of {table.name} has no codelist")
    codes, names = table.coded(code), table.coded(name)
    decodes = np.array([term.decode if (term := terms.term(text)) else "" for text in codes.texts], dtype=object)
    given = {text: number for number, text in enumerate(names.texts)}
    wanted = np.array([given.get(text, -1) for text in decodes], dtype="int64")
    wrong = (codes.spread(wanted) != names.codes) & codes.spread(decodes != "") & ~names.blank
    rows = np.flatnonzero(wrong & scope.mask)
    groups = codes.codes[rows] * len(names.values) + names.codes[rows]
    yield Hits(
        name,
        rows,
        groups,
        lambda row: {
            "value": names.text(row),
            "code": codes.text(row),
            "expected": str(decodes[codes.codes[row]]),
        },
    )


@register_check(Pair, reach="across")
def check_test_names(scope: Scope) -> Iterator[Hits]:
    """Short and long names that do not go together one to one; those of the terminology are held against it instead."""
    table, (code, name) = scope.table, (scope.parameters.code, scope.parameters.name)
    table.require(code, name)
    terms = codelist_of(table, code)
    coded = table.coded(code)
    known = np.array([bool(terms and (term := terms.term(text)) and term.decode) for text in coded.texts], dtype=bool)
    own = replace(scope, mask=scope.mask & ~coded.spread(known))
    yield from find_several(own, [code], name)
    yield from find_several(own, [name], code)


@register_check(Country)
def check_country(scope: Scope) -> Iterator[Hits]:
    """Values that are no code of three letters of ISO 3166-1, today or once."""
    name = scope.parameters.of
    coded = scope.table.coded(name)
    known = np.array([text in list_countries() for text in coded.texts], dtype=bool)

    def tell(row: int) -> Mapping[str, str]:
        meant = find_country(coded.text(row))
        return {"hint": f"did you mean {meant}?" if meant else "such as CHN or USA"}

    yield by_value(name, coded, ~coded.spread(known) & ~coded.blank & scope.mask, tell)


def _tell_list(
    coded: Coded, terms: CodelistTerms, outcomes: Mapping[int, _Outcome]
) -> Callable[[int], Mapping[str, str]]:
    listed = f"{terms.short_name} ({terms.code})"
    return lambda row: {"list": listed, "hint": outcomes[int(coded.codes[row])].hint}


def _is_asked(table: Table, name: str, terms: CodelistTerms) -> np.ndarray:
    """Which records the codelist is for: of results, those of the tests that have any of its terms.

    Responses have terms, sums of diameters are numbers. A test whose results have another codelist in the value-level
    metadata is left out.
    """
    test = f"{table.prefix}TESTCD"
    if name not in _result_names(table) or test not in table.frame:
        return np.ones(table.length, dtype=bool)
    tests = table.coded(test)
    asked = _find_tests(table.whole, test, name, terms) - _tests_of_other_lists(table, name, terms)
    return tests.spread(np.array([text in asked for text in tests.texts], dtype=bool))


def _find_tests(table: Table, test: str, name: str, terms: CodelistTerms) -> set[str]:
    """The tests of which any record has a term of a codelist."""
    key = f"tests of {name} in {terms.code}"
    if key not in table.memo:
        folded = {fold(value) for value in terms.values}
        coded, tests = table.coded(name), table.coded(test)
        is_term = coded.spread(np.array([fold(text) in folded for text in coded.texts], dtype=bool))
        table.memo[key] = {tests.texts[code] for code in np.unique(tests.codes[is_term])}
    found: set[str] = table.memo[key]
    return found


def _tests_of_other_lists(table: Table, name: str, terms: CodelistTerms) -> set[str]:
    own = set(terms.code.split("; "))
    levels = (level for column in table.dataset.columns if column.name == name for level in column.value_level)
    return {
        value
        for level in levels
        if level.item.codelist is not None and level.item.codelist.code not in own
        for condition in level.conditions
        for value in condition.values
    }


def _result_names(table: Table) -> set[str]:
    return {table.prefix + part for part in _RESULTS}


def _has_short_name(table: Table, name: str) -> bool:
    """Whether it is the long name of another variable (--TEST of --TESTCD), which then says all there is to say."""
    return f"{name}CD" in table.frame and codelist_of(table, f"{name}CD") is not None


def _judge_values(
    table: Table, name: str, coded: Coded, terms: CodelistTerms, *, strict: bool
) -> Mapping[int, _Outcome]:
    """What is wrong with the distinct values, by their code; numbers are not terms where results stand.

    In a `strict` codelist, that of the results of one test, they are.
    """
    key = f"outcomes of {name} in {terms.code}"
    if key not in table.memo:
        is_result = name in _result_names(table) and not strict
        accepted = {"", *terms.values, *_find_conventions(table, name, terms)}
        used = coded.used
        unknown = [
            number
            for number, text in enumerate(coded.texts)
            if text not in accepted and used[number] and not (is_result and _is_number(text))
        ]
        folded = {fold(value): value for value in terms.values}
        table.memo[key] = {
            number: _judge(coded.texts[number], terms, folded, count < _MOST_SUGGESTIONS)
            for count, number in enumerate(unknown)
        }
    outcomes: Mapping[int, _Outcome] = table.memo[key]
    return outcomes


def _find_conventions(table: Table, name: str, terms: CodelistTerms) -> Iterator[str]:
    """Values that the guide prescribes although no codelist has them."""
    if terms.code not in _SINGLE:
        yield _MULTIPLE
    if name == f"{table.prefix}TESTCD":
        yield f"{table.prefix}ALL"  # a whole group of tests that was not done (SDTMIG 3.4, 4.5.1.2)


def fold(text: str) -> str:
    """A text without regard to letter case and to blanks."""
    return " ".join(text.split()).casefold()


def _judge(text: str, terms: CodelistTerms, folded: Mapping[str, str], suggest: bool) -> _Outcome:
    """What is wrong with a value that is not a term."""
    if same := folded.get(fold(text)):
        return _Outcome("spelling", f"write {same}")
    if not terms.extensible:
        hint = terms.suggest(text) if suggest else ""
        values = ", ".join(sorted(terms.values)[:_SHOWN_TERMS])
        more = len(terms.values) - _SHOWN_TERMS
        return _Outcome("outside", hint or f"allowed are: {values}{f' and {more} more' if more > 0 else ''}")
    hint = _find_close(text, terms, folded) if suggest else ""
    return _Outcome("close", hint) if hint else _Outcome("sponsor", "")


def _find_close(text: str, terms: CodelistTerms, folded: Mapping[str, str]) -> str:
    """A hint at the term that a text names otherwise or misspells, "" when there is none."""
    match = terms.match(text)
    if match.term or match.candidates:
        return terms.suggest(text)
    if len(text) < _SHORTEST_MISSPELT:
        return ""
    close = get_close_matches(fold(text), folded, n=1, cutoff=_ALIKE)
    return f"did you mean {folded[close[0]]}?" if close else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
