"""The codelists of a define.xml by content."""

from __future__ import annotations

from lxml import etree

from cdisc_conv.define.reading.content import CodelistContent
from cdisc_conv.define.reading.document import DefineDocument

TERM_KINDS = ("CodeListItem", "EnumeratedItem")


def read_codelist(
    document: DefineDocument, element: etree._Element, standards: dict[str, str], comment: str
) -> CodelistContent:
    """One codelist; `standards` gives the words for each terminology package, `comment` the text of its comment."""
    external = document.child(element, "ExternalCodeList")
    facts = {
        "name": document.get(element, "Name"),
        "data type": document.get(element, "DataType"),
        "NCI code": document.nci_code(element),
        "terminology": standards.get(document.get(element, "def:StandardOID"), ""),
        "non-standard": _say_yes(document.get(element, "def:IsNonStandard")),
        "SAS format": document.get(element, "SASFormatName"),
        "description": document.text(element, "Description"),
        "comment": comment,
        "dictionary": document.get(external, "Dictionary"),
        "dictionary version": document.get(external, "Version"),
        "dictionary address": document.get(external, "href"),
        "dictionary reference": document.get(external, "ref"),
    }
    terms = {
        term.get("CodedValue", ""): _list_facts(_read_term(document, term))
        for kind in TERM_KINDS
        for term in document.children(element, kind)
    }
    return CodelistContent(facts["name"], _list_facts(facts), tuple(sorted(terms.items())))


def _read_term(document: DefineDocument, term: etree._Element) -> dict[str, str]:
    return {
        "decode": document.text(term, "Decode"),
        "NCI code": document.nci_code(term),
        "extended": _say_yes(document.get(term, "def:ExtendedValue")),
        "rank": document.get(term, "Rank"),
        "description": document.text(term, "Description"),
    }


def _say_yes(value: str) -> str:
    """A flag that stands only when it is Yes: No is the same as leaving it out."""
    return value if value == "Yes" else ""


def _list_facts(facts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in facts.items() if value)
