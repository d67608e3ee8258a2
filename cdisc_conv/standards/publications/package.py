"""The checks that a published terminology package must pass, and the form in which it is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from cdisc_conv.problems import Place, Problem
from cdisc_conv.standards.blocks import Lines, format_blocks
from cdisc_conv.standards.publications.instruments import bind_instruments
from cdisc_conv.standards.publications.model import PublishedList, PublishedPackage

_C_CODE = re.compile(r"C\d+")
_CODE_NAME = re.compile(r" (Short Name|Code)$")
_PARTNERS = {"Code": (" Name", ""), "Short Name": (" Long Name",)}
"""What the name of a list of short names ends in, and what the list of long names has in its place."""
_MOST_REPEATED = 20


def check_package(package: PublishedPackage, file: str) -> list[Problem]:
    """STD002: what no publication has: rows without a code or value, codelists without terms, anything twice.

    These are the signs of a file that was cut short, edited or written by something else.
    """
    faults = sorted(_list_faults(package), key=lambda fault: fault[0])
    problems = [Problem("STD002", text, place=Place(file=file, line=line), hint=hint) for line, text, hint in faults]
    if len(problems) <= _MOST_REPEATED:
        return problems
    more = len(problems) - _MOST_REPEATED
    rest = Problem("STD002", f"{more} further problems of this kind", place=Place(file=file), count=more)
    return [*problems[:_MOST_REPEATED], rest]


_Fault = tuple[int, str, str]
"""Line, message and hint."""


def _list_faults(package: PublishedPackage) -> Iterator[_Fault]:
    for code, times in Counter(codelist.code for codelist in package.lists).items():
        if times > 1:
            line = next(one.line for one in package.lists if one.code == code)
            yield line, f"codelist {code} is there {times} times", ""
    for codelist in package.lists:
        if not _C_CODE.fullmatch(codelist.code):
            hint = "a codelist of the sponsor's own does not belong in a published package: leave it out"
            yield codelist.line, f"codelist '{codelist.value}' has '{codelist.code}' for its C-code", hint
        if not codelist.value:
            yield codelist.line, f"codelist {codelist.code} has no submission value (its short name)", ""
        if codelist.extensible not in ("Yes", "No", ""):
            yield codelist.line, f"codelist {codelist.code} is extensible: '{codelist.extensible}', not Yes or No", ""
        if not codelist.terms:
            yield codelist.line, f"codelist {codelist.code} has no terms; the file may be cut short", ""
        yield from _list_term_faults(codelist)


def _list_term_faults(codelist: PublishedList) -> Iterator[_Fault]:
    name = f"{codelist.value} ({codelist.code})"
    for term in codelist.terms:
        if not _C_CODE.fullmatch(term.code):
            own = "a term of the sponsor's own belongs under 'sponsor_terms' in study.yaml, not in a published package"
            hint = own if codelist.extensible == "Yes" else f"{codelist.value} is not extensible: it has no other terms"
            yield term.line, f"'{term.value}' in codelist {name} has '{term.code}' for its C-code", hint
        if not term.value:
            yield term.line, f"term {term.code} of codelist {name} has no submission value", ""
    for value, times in Counter(term.value for term in codelist.terms if term.value).items():
        if times > 1:
            second = [term.line for term in codelist.terms if term.value == value][1]
            yield second, f"'{value}' is in codelist {name} {times} times", ""


def format_package(package: PublishedPackage, *more: str) -> bytes:
    """The package as a file of blocks (`blocks`), with the decodes of short names and the bindings of instruments.

    A block is a codelist: its C-code, short name, name, whether it is extensible, and which variables and category or
    test it belongs to (instruments only); its lines are C-code, submission value, decode, preferred term, synonyms.
    `more` goes into the title.
    """
    decodes = pair_decodes(package.lists)
    bindings = bind_instruments(package.lists)
    return format_blocks(
        package.name, package.version, (_format_list(one, decodes, bindings) for one in package.lists), *more
    )


def _format_list(
    codelist: PublishedList, decodes: Mapping[tuple[str, str], str], bindings: Mapping[str, str]
) -> tuple[Iterable[str], Lines]:
    head = (codelist.code, codelist.value, codelist.name, codelist.extensible)
    bound = bindings.get(codelist.code)
    lines = [
        (term.code, term.value, decodes.get((codelist.code, term.code), ""), term.preferred_term, term.synonyms)
        for term in codelist.terms
    ]
    return (*head, bound) if bound else head, lines


def pair_decodes(lists: Iterable[PublishedList]) -> dict[tuple[str, str], str]:
    """The long name of each term of a list of short names: the term of the same C-code in the list named likewise.

    The key is the C-code of the list and that of the term.
    """
    lists = tuple(lists)
    by_name = {codelist.name: codelist for codelist in lists}
    decodes = {}
    for codelist in lists:
        found = _CODE_NAME.search(codelist.name)
        if not found:
            continue
        base = codelist.name[: found.start()]
        partner = next((by_name[f"{base}{end}"] for end in _PARTNERS[found[1]] if f"{base}{end}" in by_name), None)
        names = {term.code: term.value for term in partner.terms} if partner is not None else {}
        decodes.update({(codelist.code, term.code): names.get(term.code, "") for term in codelist.terms})
    return decodes
