"""Units, and other attributes of results, as terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from cdisc_conv.draft.matching.codes import find_term, is_no, is_yes
from cdisc_conv.draft.model import Line
from cdisc_conv.standards import CodelistTerm, CodelistTerms
from cdisc_conv.standards.unit_names import index_units, read_unit


def make_term_line(target: str, name: str, said: Sequence[str], codelist: CodelistTerms | None, reason: str) -> Line:
    """The line of a unit, or of another attribute of results, whose texts mean terms; without a codelist a copy."""
    if codelist is None:
        return Line(target, {"copy": name}, 0.8, reason)
    made: dict[str, str] = {}
    own: list[str] = []
    unsure: list[str] = []
    doubtful: list[str] = []
    for text in said:
        term, sure = (
            (read_unit_term(text, codelist), True) if codelist.short_name == "UNIT" else find_term(text, codelist)
        )
        if term is None:
            term_ = read_unit_term(text, codelist)
            if term_ is not None:
                made[text] = term_.value
            elif target.endswith("STRESC") and codelist.extensible and (is_yes(text) or is_no(text)):
                made[text] = "Y" if is_yes(text) else "N"
                own.append(made[text])
            elif codelist.extensible:
                own.append(text)
                doubtful += [codelist.match(text).reason] if codelist.match(text).candidates else []
            else:
                made[text] = ""
                unsure.append(f"'{text}' means no term")
            continue
        direct = codelist.match(text).term
        if direct is None or direct.value != term.value:
            made[text] = term.value
        if not sure:
            unsure.append(f"'{text}' is {term.value}")
    entry: dict[str, Any] = {"value": name}
    if made:
        entry["map"] = made
    if own:
        entry["extend"] = list(dict.fromkeys(own))
        unsure.append(f"terms of the study's own: {', '.join(own)}")
    why = "; ".join([reason, *unsure, *doubtful])
    return Line(target, {"term": entry if len(entry) > 1 else name}, 0.6 if unsure else 0.85, why, bool(doubtful))


@cache
def _index(codelist: CodelistTerms) -> Mapping[str, tuple[str, ...]]:
    return index_units(term.value for term in codelist.terms)


def read_unit_term(text: str, codelist: CodelistTerms) -> CodelistTerm | None:
    """The term of a unit, by its name or by how laboratories spell it."""
    term = codelist.match(text).term
    if term is None:
        found = read_unit(text, _index(codelist))
        term = codelist.term(found[0]) if len(found) == 1 else None
    spelled = {"lb": "LB", "lbs": "LB", "mm hg": "mmHg", "bpm": "beats/min", "inches": "in"}
    if term is None and text.casefold() in spelled:
        term = codelist.term(spelled[text.casefold()])
    return term
