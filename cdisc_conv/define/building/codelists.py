"""Codelists: terms with NCI codes, the sponsor's own lists, and external dictionaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from cdisc_conv.dataset import Codelist, Term
from cdisc_conv.define.building.study import DefineStudy
from cdisc_conv.define.building.uses import Use
from cdisc_conv.define.building.xml import NCI_CODE, add_element, add_text, flag_yes, make_oid_part

SHOWN_TERMS = 40
"""How many characters of terms tell the subsets of a codelist apart by name."""


@dataclass(frozen=True, slots=True)
class NamedCodelist:
    """A codelist with its identifier and the name shown for it."""

    oid: str
    name: str
    codelist: Codelist


def name_codelists(uses: Iterable[Use]) -> dict[Codelist, NamedCodelist]:
    """The codelists in use, in order of name; equal ones are one.

    Where columns use different subsets of one list, each subset is a list of its own, because Define-XML lists the
    terms of a column: identifier and name then end in the terms, or in the first user when there are many terms.
    Define-XML wants the names of codelists unique.
    """
    users: dict[Codelist, Use] = {}
    for use in uses:
        if use.codelist:
            users.setdefault(use.codelist, use)
    same_short = Counter(codelist.short_name for codelist in users)
    same_name = Counter(codelist.name for codelist in users)
    same_terms = Counter((codelist.name, _join_terms(codelist)) for codelist in users)
    named = {}
    for codelist, use in users.items():
        terms = _join_terms(codelist)
        telling = 0 < len(terms) <= SHOWN_TERMS and same_terms[codelist.name, terms] == 1
        oid = f"CL.{make_oid_part(codelist.short_name)}"
        if same_short[codelist.short_name] > 1:
            oid += f".{make_oid_part(terms) if telling else use.path}"
        name = codelist.name
        if same_name[name] > 1:
            name += f" ({terms if telling else _name_user(use)})"
        named[codelist] = NamedCodelist(oid, name, codelist)
    return dict(sorted(named.items(), key=lambda pair: (pair[1].name.casefold(), pair[1].oid)))


def write_codelists(
    parent: etree._Element, codelists: Iterable[NamedCodelist], standards: dict[str, str], study: DefineStudy
) -> None:
    """One CodeList per list. ``standards`` gives the identifier of each terminology package."""
    for named in codelists:
        codelist = named.codelist
        sponsor = not codelist.standard and not codelist.dictionary
        element = add_element(
            parent,
            "CodeList",
            {
                "OID": named.oid,
                "Name": named.name,
                "DataType": codelist.type,
                "def:StandardOID": standards.get(codelist.standard, ""),
                "def:IsNonStandard": flag_yes(sponsor),
            },
        )
        if codelist.dictionary:
            attributes = {"Dictionary": codelist.dictionary, "Version": codelist.version}
            add_element(element, "ExternalCodeList", attributes)
            continue
        _write_terms(element, codelist, study)
        if codelist.standard:
            add_element(element, "Alias", {"Context": NCI_CODE, "Name": codelist.code})


def _write_terms(element: etree._Element, codelist: Codelist, study: DefineStudy) -> None:
    """Items with a decode when any term has one or is translated (a list cannot mix them), else enumerated items."""
    others = {
        term.value: {one.language: said for one in study.translations if (said := one.term(codelist, term.value))}
        for term in codelist.terms
    }
    decoded = any(term.decode or others[term.value] for term in codelist.terms)
    for term in codelist.terms:
        extended = bool(codelist.standard) and is_extended(term)
        item = add_element(element, "CodeListItem" if decoded else "EnumeratedItem")
        item.set("CodedValue", term.value)
        if extended:
            item.set("{http://www.cdisc.org/ns/def/v2.1}ExtendedValue", "Yes")
        if decoded:
            add_text(item, "Decode", term.decode or term.value, study.language, others[term.value])
        if term.code and not extended:
            add_element(item, "Alias", {"Context": NCI_CODE, "Name": term.code})


def is_extended(term: Term) -> bool:
    """Whether the sponsor added the term: it says so, or it has no NCI code."""
    return term.extended or not term.code


def _join_terms(codelist: Codelist) -> str:
    return ", ".join(term.value for term in codelist.terms)


def _name_user(use: Use) -> str:
    return f"{use.user}, {use.name}" if use.clauses else use.user
