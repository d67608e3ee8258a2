"""Checks of a finished define.xml, ours or another's: what a schema cannot see, and the grammar that it can.

Codes: DEF001 not readable, DEF002 not Define-XML 2.1, DEF003 attribute missing, DEF004 identifier used twice,
DEF005 reference leads nowhere, DEF006 definition never used, DEF007 element out of place; DEF008 to DEF013 see
`check_rules`, DEF014 `check_results`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

from cdisc_conv.define.building.xml import DEF, qualify, shorten
from cdisc_conv.define.checking.findings import FILE, name_element, report
from cdisc_conv.define.checking.results import check_results
from cdisc_conv.define.checking.rules import check_rules
from cdisc_conv.define.checking.vocabulary import CHILDREN, DEFINITIONS, REFERENCES, REQUIRED, TOPMOST
from cdisc_conv.define.versions import find_version
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity


def check_define(xml: bytes) -> list[Problem]:
    """Problems of a define.xml, in the order of its lines; empty when it is sound.

    The places name lines of ``define.xml``. Nothing is fetched while reading, and a document type declaration is
    refused, so that a hostile file can neither reach out nor swell up.

    >>> [str(problem) for problem in check_define(b"<ODM/>")]
    ['define.xml:1: DEF002 the root is ODM without the namespace of ODM 1.3 (is it a define.xml?)']
    """
    try:
        root = parse_define(xml)
    except ProblemsError as error:
        return list(error.problems)
    problems = [*_check_grammar(root), *_check_identifiers(root), *check_rules(root), *check_results(root)]
    return sorted(problems, key=lambda problem: problem.place.line)


def check_references(xml: bytes) -> list[Problem]:
    """The same of identifiers and references alone (DEF004 to DEF006), for Define-XML 2.0 as well as 2.1."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(xml.replace(DEF.replace("v2.1", "v2.0").encode(), DEF.encode()), parser)
    return sorted(_check_identifiers(root), key=lambda problem: problem.place.line)


def parse_define(xml: bytes) -> etree._Element:
    """The root of a define.xml 2.1. Raises ProblemsError when it cannot be read or is something else."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        message = f"the file is not well-formed XML: {error.msg}"
        place = Place(file=FILE, line=error.lineno or 1)
        raise ProblemsError([Problem("DEF001", message, place=place)]) from error
    found = _check_kind(root)
    if found:
        raise ProblemsError([found])
    return root


def _check_kind(root: etree._Element) -> Problem | None:
    if cast("Any", root.getroottree().docinfo).doctype:
        return report("DEF001", root, "the file has a document type declaration, which a define.xml must not have")
    try:
        find_version(root, {"2.1": DEF})
    except ProblemsError as error:
        (problem,) = error.problems
        return report(problem.code, root, problem.message, hint=problem.hint)
    return None


def _check_grammar(root: etree._Element) -> Iterator[Problem]:
    for element in root.iter(etree.Element):
        name = shorten(element.tag)
        for attribute in REQUIRED.get(name, ()):
            if not element.get(qualify(attribute) if ":" in attribute else attribute) and attribute != "CodedValue":
                yield report("DEF003", element, f"{name_element(element)} has no {attribute}")
        yield from _check_children(element, name)


def _check_children(element: etree._Element, name: str) -> Iterator[Problem]:
    """Children that are unknown here, or stand after one that they should precede; other vendors' are left alone."""
    order = CHILDREN.get(name)
    if order is None:
        return
    highest = 0
    for child in element.iterchildren(etree.Element):
        tag = shorten(child.tag)
        if tag in order:
            position = order.index(tag)
            if position < highest:
                yield report("DEF007", child, f"{tag} has to stand before {order[highest]} in {name_element(element)}")
            highest = max(highest, position)
        elif not tag.startswith("{"):
            hint = f"it may hold {', '.join(order)}" if order else "it holds no elements"
            yield report("DEF007", child, f"{tag} has no place in {name_element(element)}", hint=hint)


def _check_identifiers(root: etree._Element) -> Iterator[Problem]:
    defined: dict[str, dict[str, etree._Element]] = {kind: {} for kind in DEFINITIONS}
    for kind, attribute in DEFINITIONS.items():
        elements = list(root.iter(qualify(kind)))
        counts = Counter(element.get(attribute, "") for element in elements)
        for element in elements:
            oid = element.get(attribute, "")
            if oid in defined[kind]:
                yield report("DEF004", element, f"{counts[oid]} definitions {kind} have the {attribute} {oid}")
            defined[kind].setdefault(oid, element)
    used: dict[str, set[str]] = defaultdict(set)
    for element, kind, oid in _list_references(root):
        if oid not in defined[kind]:
            yield report("DEF005", element, f"{name_element(element)} refers to {kind} {oid}, which is not defined")
        elif kind != "ItemDef" or element.tag == qualify("ItemRef"):  # only that gives an item its place in a dataset
            used[kind].add(oid)
    yield from _check_used(defined, used)


def _check_used(defined: dict[str, dict[str, etree._Element]], used: dict[str, set[str]]) -> Iterator[Problem]:
    """Definitions that nothing refers to; a dataset needs no reference, and a standard may be named for itself."""
    for kind, elements in defined.items():
        severity = Severity.NOTE if kind == "def:Standard" else Severity.WARNING
        for oid, element in elements.items():
            if oid and oid not in used[kind] and kind not in TOPMOST:
                yield report("DEF006", element, f"nothing refers to {kind} {oid}", severity=severity)


def _list_references(root: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """Every reference: the element, the kind of definition, and the identifier."""
    for element in root.iter(etree.Element):
        for key, value in element.attrib.items():
            attribute = shorten(key)
            if attribute in REFERENCES:
                yield element, REFERENCES[attribute], str(value)
