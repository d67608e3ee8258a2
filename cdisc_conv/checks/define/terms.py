"""Codes of terms in define.xml held against the published terminology (DEF225)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdisc_conv.define.reading.document import DefineDocument, line_of
from cdisc_conv.problems import Place, Problem
from cdisc_conv.standards import CodelistTerms, Terminology


def check_terms(document: DefineDocument, terminologies: Sequence[Terminology]) -> Iterator[Problem]:
    """Terms whose NCI code is that of another term, by a terminology that has their codelist.

    Terms of the sponsor's own and codelists that no terminology at hand has are not asked.
    """
    for codelist in document.index("CodeList").values():
        published = _find_published(document.nci_code(codelist), terminologies)
        for element in (*document.children(codelist, "CodeListItem"), *document.children(codelist, "EnumeratedItem")):
            value, code = document.get(element, "CodedValue"), document.nci_code(element)
            term = published.term(value) if published and code else None
            if published and term and term.code and term.code != code:
                name = document.get(codelist, "Name")
                message = f"the code of '{value}' in codelist {name} is {code}, but {term.code} in {published.code}"
                place = Place(file=document.name, line=line_of(element))
                yield Problem("DEF225", message, place=place, hint="take the code of the terminology")


def _find_published(code: str, terminologies: Sequence[Terminology]) -> CodelistTerms | None:
    return next((one.codelist(code) for one in terminologies if code and code in one), None)
