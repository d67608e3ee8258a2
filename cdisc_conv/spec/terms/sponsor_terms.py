"""Terms of the sponsor's own in extensible codelists: those of ``sponsor_terms`` in study.yaml, and of ``extend``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic import BaseModel

from cdisc_conv.derivations.values.copying import Constant
from cdisc_conv.derivations.values.terminology import Term
from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.spec.expected import codelist_of
from cdisc_conv.spec.model import Family, Study, Variable
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.shapes.study import CodelistDocument
from cdisc_conv.standards import CodelistTerm, CodelistTerms, Terminology

Said = Mapping[str, tuple[str, ...] | dict[str, str]]


def add_codelists(
    families: Mapping[str, Family], said: Mapping[str, CodelistDocument], node: Node, problems: list[Problem]
) -> dict[str, Family]:
    """The families with the codelists of the sponsor's own; SPEC123 for one whose name a published one has."""
    own: list[CodelistTerms] = []
    for key, document in said.items():
        taken = [family.terminology for family in families.values() if key in family.terminology]
        if taken:
            message = f"{taken[0].package_label} has a codelist '{key}' already"
            here = node.at(("codelists", key))
            problems.append(here.problem("SPEC123", message, "add terms to it with 'sponsor_terms', or choose a name"))
            continue
        meanings = document.terms if isinstance(document.terms, dict) else dict.fromkeys(document.terms, "")
        terms = tuple(CodelistTerm(term, "", meaning) for term, meaning in meanings.items())
        own.append(CodelistTerms(key, document.name or key, key, document.extensible, terms))
    return {
        name: replace(family, terminology=family.terminology.with_own_codelists(own))
        for name, family in families.items()
    }


def extend_families(
    families: Mapping[str, Family], said: Said, node: Node, problems: list[Problem]
) -> dict[str, Family]:
    """The families with the terms that study.yaml declares: codelist (short name, name or C-code) -> terms.

    A codelist that no package has (SPEC118), one that may not be extended (SPEC119) and a term that the codelist has
    already (SPEC120, a warning) are reported at the codelist's line, and left out.
    """
    known: dict[str, tuple[str, ...]] = {}
    for key, terms in said.items():
        here = node.at(("sponsor_terms", key))
        homes = [family.terminology for family in families.values() if key in family.terminology]
        if not homes:
            names = [name for family in families.values() for name in family.terminology.short_names]
            labels = " and ".join(family.terminology.package_label for family in families.values())
            hint = did_you_mean(key, names) or "name it by its C-code or short name, such as C66742 or NY"
            problems.append(here.problem("SPEC118", f"{labels} has no codelist '{key}' to extend", hint))
            continue
        codelist = homes[0].codelist(key)
        if not codelist.extensible:
            message = f"codelist {codelist.short_name} ({codelist.code}) is not extensible, so it has no sponsor terms"
            problems.append(here.problem("SPEC119", message, "map to a term that it has"))
            continue
        for term in terms:
            if term in codelist.values:
                message = f"'{term}' is a term of codelist {codelist.short_name} ({codelist.code}) already"
                problems.append(
                    Problem("SPEC120", message, Severity.WARNING, here.place, "leave it out of 'sponsor_terms'")
                )
        known[key] = tuple(terms)
    decodes = {key: dict(terms) for key, terms in said.items() if key in known and isinstance(terms, dict)}
    return {
        name: replace(family, terminology=family.terminology.with_sponsor_terms(known, decodes))
        for name, family in families.items()
    }


def extend_terminology(study: Study, family: Family) -> Terminology:
    """The terminology of a family with all that the mapping declares, also what entries say with ``extend``."""
    found: dict[str, tuple[str, ...]] = {}
    for dataset in study.datasets.values():
        for name in dataset.names():
            for variable in dataset.entries_named(name):
                terms = tuple(_list_extended(variable))
                codelist = codelist_of(study, dataset, variable) if terms else None
                for code in codelist.code.split("; ") if codelist else ():
                    found[code] = (*found.get(code, ()), *terms)
    return family.terminology.with_sponsor_terms(found)


def _list_extended(variable: Variable) -> Iterator[str]:
    stack: list[object] = [variable.derivation]
    while stack:
        item = stack.pop()
        if isinstance(item, Constant) and item.extend:
            yield str(item.value)
        elif isinstance(item, Term):
            yield from item.extend
        elif isinstance(item, BaseModel):
            stack.extend(getattr(item, name) for name in type(item).model_fields)
        elif isinstance(item, list | tuple):
            stack.extend(item)
        elif isinstance(item, Mapping):
            stack.extend(item.values())
