"""Parameters of the trial summary: which are asked for, what their values look like, and the codes beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import numpy as np
from pydantic import field_validator

from cdisc_conv.checks.codes import Coded, combine
from cdisc_conv.checks.functions.general.common import by_value, show_text, whole
from cdisc_conv.checks.functions.general.terminology import fold
from cdisc_conv.checks.functions.general.text import find_pattern, require_pattern
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table
from cdisc_conv.standards import CodelistTerms, UnknownStandardError

_CODE, _VALUE, _VALUE_CODE, _REFERENCE = "TSPARMCD", "TSVAL", "TSVALCD", "TSVCDREF"
_CDISC = ("CDISC", "CDISC CT")
_NO_TREATMENT = ("placebo", "sham")


class Conditions(Parameters):
    """``needs``: a parameter and its value (``ADDON=Y``), and the parameters that it asks for."""

    needs: Mapping[str, tuple[str, ...]]


class Patterns(Parameters):
    """``patterns``: per parameter a regular expression (RE2) that its value fits as a whole; ``words`` say what that
    is.
    """

    patterns: Mapping[str, str]
    words: Mapping[str, str]

    @field_validator("patterns")
    @classmethod
    def _compile(cls, patterns: Mapping[str, str]) -> Mapping[str, str]:
        for pattern in patterns.values():
            require_pattern(pattern)
        return patterns


class ParameterLists(Parameters):
    """``codelists``: the C-code of the codelist of each parameter's value. ``finds``: a ``value`` that is not in it,
    the ``code`` (TSVALCD) of another term, or ``no code``.
    """

    codelists: Mapping[str, str]
    finds: Literal["value", "code", "no code"]


class ParameterNames(Parameters):
    """``names`` are short names of parameters."""

    names: tuple[str, ...]


@register_check(Conditions, reach="across")
def check_conditional_parameters(scope: Scope) -> Iterator[Hits]:
    """Parameters that the trial summary lacks although the value of another one asks for them."""
    table = scope.table
    codes, values = table.coded(_CODE), table.coded(_VALUE)
    pairs = combine([codes, values], table.length)
    _, first = np.unique(pairs, return_index=True)
    given = {f"{codes.text(int(row))}={values.text(int(row)).upper()}" for row in first}
    there = {codes.texts[code] for code in np.unique(codes.codes)}
    for condition, wanted in scope.parameters.needs.items():
        missing = [name for name in wanted if name not in there]
        if condition in given and missing:
            name, _, value = condition.partition("=")
            yield whole(_CODE, value=", ".join(missing), given=name, is_value=value)


@register_check(Patterns)
def check_parameter_patterns(scope: Scope) -> Iterator[Hits]:
    """Values of parameters of the trial summary that are not written as such a value is."""
    table, parameters = scope.table, scope.parameters
    codes, values = table.coded(_CODE), table.coded(_VALUE)
    for name, pattern in parameters.patterns.items():
        fits = find_pattern(values, f"^(?:{pattern})$")
        found = ~fits & ~values.blank & _is_parameter(codes, name) & scope.mask
        kind = parameters.words[name]
        yield by_value(_VALUE, values, found, _tell({"code": name, "kind": kind}))


@register_check(ParameterLists)
def check_parameter_terms(scope: Scope) -> Iterator[Hits]:
    """Values of parameters that their codelist does not have, or codes that are missing or not those of the value's
    term.
    """
    table, parameters = scope.table, scope.parameters
    codes, values = table.coded(_CODE), table.coded(_VALUE)
    for name, list_code in parameters.codelists.items():
        try:
            terms = table.tables.terminology.codelist(list_code)
        except UnknownStandardError:
            continue
        own = _is_parameter(codes, name) & scope.mask & ~values.blank
        words = {"code": name, "list": f"{terms.short_name} ({terms.code})"}
        if parameters.finds == "value":
            unknown = np.array([terms.term(text) is None for text in values.texts], dtype=bool)
            yield by_value(_VALUE, values, values.spread(unknown) & own, _suggest(words, values, terms))
        else:
            yield _find_wrong_codes(table, values, own, terms, words, missing=parameters.finds == "no code")


def _find_wrong_codes(
    table: Table, values: Coded, own: np.ndarray, terms: CodelistTerms, words: Mapping[str, str], *, missing: bool
) -> Hits:
    table.require(_VALUE_CODE)
    given = table.coded(_VALUE_CODE)
    expected = [term.code if (term := terms.term(text)) else "" for text in values.texts]
    place = {text: number for number, text in enumerate(given.texts)}
    wanted = values.spread(np.array([place.get(text, -1) for text in expected], dtype="int64"))
    known = values.spread(np.array([bool(text) for text in expected], dtype=bool))
    other = own & known & (given.blank == missing) & (wanted != given.codes)
    if table.has(_REFERENCE) and not missing:
        reference = table.coded(_REFERENCE)
        other &= reference.spread(np.array([text.upper() in _CDISC for text in reference.texts], dtype=bool))
    rows = np.flatnonzero(other)
    return Hits(
        _VALUE_CODE,
        rows,
        given.codes[rows] * len(values.values) + values.codes[rows],
        lambda row: {
            **words,
            "value": given.text(row),
            "term": show_text(values.text(row)),
            "expected": expected[int(values.codes[row])],
        },
    )


@register_check(ParameterNames, reach="across")
def check_planned_treatment(scope: Scope) -> Iterator[Hits]:
    """Treatments given (EXTRT) that no parameter of the trial summary names, not even in part; a placebo needs none."""
    table = scope.table
    summary = table.tables.require("TS")
    summary.require(_CODE, _VALUE)
    codes, values = summary.coded(_CODE), summary.coded(_VALUE)
    chosen = np.zeros(summary.length, dtype=bool)
    for name in scope.parameters.names:
        chosen |= _is_parameter(codes, name)
    planned = [fold(values.texts[code]) for code in np.unique(values.codes[chosen])]
    planned = [text for text in planned if text]
    if not planned:
        raise NotRunnableError(f"TS has no {' or '.join(scope.parameters.names)}")
    coded = table.coded("EXTRT")
    words = [fold(text) for text in coded.texts]
    unknown = np.array([bool(text) and not _is_planned(text, planned) for text in words], dtype=bool)
    shown = ", ".join(sorted(planned)[:4])
    yield by_value("EXTRT", coded, coded.spread(unknown) & scope.mask, _tell({"expected": show_text(shown)}))


def _is_planned(text: str, planned: list[str]) -> bool:
    return any(word in text for word in _NO_TREATMENT) or any(text in one or one in text for one in planned)


@register_check(reach="across")
def check_planned_arms(scope: Scope) -> Iterator[Hits]:
    """A planned number of arms (NARMS) that is not the number of arms in TA."""
    table = scope.table
    arms = table.tables.require("TA")
    arms.require("ARMCD")
    coded = arms.coded("ARMCD")
    number = str(len({coded.texts[code] for code in np.unique(coded.codes)} - {""}))
    codes, values = table.coded(_CODE), table.coded(_VALUE)
    other = np.array([bool(text) and text != number for text in values.texts], dtype=bool)
    wrong = values.spread(other) & _is_parameter(codes, "NARMS") & scope.mask
    yield by_value(_VALUE, values, wrong, _tell({"expected": number}))


def _is_parameter(codes: Coded, name: str) -> np.ndarray:
    return codes.spread(np.array([text == name for text in codes.texts], dtype=bool))


def _tell(words: Mapping[str, str]) -> Callable[[int], Mapping[str, str]]:
    return lambda row: words


def _suggest(words: Mapping[str, str], values: Coded, terms: CodelistTerms) -> Callable[[int], Mapping[str, str]]:
    return lambda row: {**words, "hint": terms.suggest(values.text(row))}
