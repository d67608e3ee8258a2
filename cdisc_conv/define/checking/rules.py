"""Rules of Define-XML 2.1 that are about meaning: types, origins, codelists, datasets, where-clauses.

Codes: DEF008 data type and length, DEF009 codelist, DEF010 dataset without data or standard, DEF011 order and keys,
DEF012 origin and method, DEF013 where-clause.

Source: Define-XML Specification 2.1 and the Define-XML 2.1 conformance rules (CDISC).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from cdisc_conv.define.building.items import LENGTH_TYPES
from cdisc_conv.define.building.where_clauses import LIST_COMPARATORS
from cdisc_conv.define.building.xml import DEF, NCI_CODE, ODM, qualify
from cdisc_conv.define.checking.findings import report
from cdisc_conv.problems import Problem, Severity

_NS = {"o": ODM, "d": DEF}
_WITH_SOURCE = ("Collected", "Derived", "Assigned", "Protocol")
_TERM_KINDS = ("CodeListItem", "EnumeratedItem", "ExternalCodeList")
_STANDARD = f"{{{DEF}}}StandardOID"
_NON_STANDARD = f"{{{DEF}}}IsNonStandard"
_NO_DATA = f"{{{DEF}}}HasNoData"
_COMMENT = f"{{{DEF}}}CommentOID"


def check_rules(root: etree._Element) -> Iterator[Problem]:
    """Every breach of a rule, in no particular order."""
    types = {one.get("OID", ""): one.get("Type", "") for one in root.iter(qualify("def:Standard"))}
    items = {item.get("OID", ""): item for item in root.iter(qualify("ItemDef"))}
    for item in items.values():
        yield from _check_type(item)
    for codelist in root.iter(qualify("CodeList")):
        yield from _check_codelist(codelist, types)
    for group in root.iter(qualify("ItemGroupDef")):
        yield from _check_dataset(group, types)
        yield from _check_order(group, items)
    for values in root.iter(qualify("def:ValueListDef")):
        yield from _check_order(values, items)
    yield from _check_origins(root, items)
    for check in root.iter(qualify("RangeCheck")):
        count = len(check.findall("o:CheckValue", _NS))
        comparator = check.get("Comparator", "")
        if count != 1 and comparator not in LIST_COMPARATORS:
            yield report("DEF013", check, f"a range check with {comparator} has {count} values instead of one")


def _check_type(item: etree._Element) -> Iterator[Problem]:
    oid, kind = item.get("OID"), item.get("DataType", "")
    length, digits = item.get("Length"), item.get("SignificantDigits")
    if kind in LENGTH_TYPES and not length:
        yield report("DEF008", item, f"ItemDef {oid} is {kind} and has no Length")
    if kind not in LENGTH_TYPES and length:
        hint = "only text and numbers have one"
        yield report("DEF008", item, f"ItemDef {oid} is {kind} and has a Length", hint=hint)
    if kind == "float" and digits is None:
        yield report("DEF008", item, f"ItemDef {oid} is float and has no SignificantDigits")
    if kind != "float" and digits is not None:
        yield report("DEF008", item, f"ItemDef {oid} is {kind} and has SignificantDigits", hint="only float has them")


def _check_codelist(codelist: etree._Element, types: dict[str, str]) -> Iterator[Problem]:
    oid = codelist.get("OID")
    kinds = [kind for kind in _TERM_KINDS if codelist.find(f"o:{kind}", _NS) is not None]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "no terms"
        yield report("DEF009", codelist, f"CodeList {oid} has {found}", hint="a list has terms of one kind")
    standard = codelist.get(_STANDARD)
    if standard and types.get(standard, "CT") != "CT":
        yield report(
            "DEF009", codelist, f"CodeList {oid} is of standard {standard}, which is not a terminology package"
        )
    codes = codelist.findall(f"o:Alias[@Context='{NCI_CODE}']", _NS)
    if len(codes) > 1:
        yield report("DEF009", codelist, f"CodeList {oid} has {len(codes)} NCI codes instead of one")
    terms = [*codelist.findall("o:CodeListItem", _NS), *codelist.findall("o:EnumeratedItem", _NS)]
    coded_terms = [term for term in terms if term.find(f"o:Alias[@Context='{NCI_CODE}']", _NS) is not None]
    if standard and coded_terms and codelist.find("o:Alias", _NS) is None:
        yield report("DEF009", codelist, f"the terms of CodeList {oid} have NCI codes, but the list has none")
    if codes and codelist.get(_NON_STANDARD) == "Yes":
        yield report("DEF009", codelist, f"CodeList {oid} has an NCI code and is marked as non-standard")
    for value, count in Counter(term.get("CodedValue") for term in terms).items():
        if count > 1:
            yield report("DEF009", codelist, f"CodeList {oid} lists {value!r} {count} times")
    for term in terms:
        extended = term.get(f"{{{DEF}}}ExtendedValue") == "Yes"
        coded = term.find(f"o:Alias[@Context='{NCI_CODE}']", _NS) is not None
        # A list without an NCI code is the sponsor's own, also where it names a standard (as CDISC's example does).
        if standard and codes and extended == coded:
            state = "marked as extended and has an NCI code" if coded else "not marked as extended and has no NCI code"
            yield report("DEF009", term, f"term {term.get('CodedValue')!r} of CodeList {oid} is {state}")


def _check_dataset(group: etree._Element, types: dict[str, str]) -> Iterator[Problem]:
    name = group.get("Name")
    standard, empty = group.get(_STANDARD), group.get(_NO_DATA) == "Yes"
    if bool(standard) == (group.get(_NON_STANDARD) == "Yes"):
        state = "both" if standard else "neither"
        message = f"dataset {name} has {state} of def:StandardOID and def:IsNonStandard"
        yield report("DEF010", group, message, hint="it needs one of them")
    if standard and types.get(standard, "IG") != "IG":
        yield report("DEF010", group, f"dataset {name} is of standard {standard}, which is not an implementation guide")
    if empty and not group.get(_COMMENT):
        yield report("DEF010", group, f"dataset {name} has no data and no comment that says why")
    if not empty and not group.get(f"{{{DEF}}}ArchiveLocationID"):
        yield report("DEF010", group, f"dataset {name} has data but no file")
    if group.get("Name") != group.get("SASDatasetName"):
        yield report("DEF010", group, f"dataset {name} has the SAS name {group.get('SASDatasetName')}")
    if group.get("IsReferenceData") == "Yes" and group.get("Repeating") != "No":
        yield report("DEF010", group, f"dataset {name} is reference data and repeating")
    if group.find("d:Class", _NS) is None:
        yield report("DEF010", group, f"dataset {name} has no class")


def _check_order(group: etree._Element, items: dict[str, etree._Element]) -> Iterator[Problem]:
    oid = group.get("OID")
    references = group.findall("o:ItemRef", _NS)
    if not references:
        yield report("DEF011", group, f"{oid} refers to no items")
    keys = [one.get("KeySequence", "") for one in references if one.get("KeySequence")]
    if sorted(keys, key=_to_number) != [str(number) for number in range(1, len(keys) + 1)]:
        message = f"the KeySequence of {oid} is {', '.join(keys)}"
        yield report("DEF011", group, message, hint="the numbers run from 1 without a gap")
    orders = Counter(number for one in references if (number := one.get("OrderNumber")))
    wrong = [number for number, count in orders.items() if count > 1 or not number.isdecimal()]
    if wrong:
        message = f"the OrderNumber of {oid} is not a number of its own for each item: {', '.join(wrong)}"
        yield report("DEF011", group, message, hint="give each item its number; gaps do not matter")
    for item, count in Counter(one.get("ItemOID") for one in references).items():
        if count > 1:
            yield report("DEF011", group, f"{oid} refers to {item} {count} times")
    for one in references:
        found = items.get(one.get("ItemOID", ""))
        if one.get(_NO_DATA) == "Yes" and found is not None and not found.get(_COMMENT):
            yield report("DEF010", one, f"{one.get('ItemOID')} has no data and no comment that says why")


def _check_origins(root: etree._Element, items: dict[str, etree._Element]) -> Iterator[Problem]:
    lists = {values.get("OID", ""): values for values in root.iter(qualify("def:ValueListDef"))}
    methods = {one.get("ItemOID", ""): one.get("MethodOID") for one in root.iter(qualify("ItemRef"))}
    for oid, item in items.items():
        for origin in item.findall("d:Origin", _NS):
            yield from _check_origin(origin, oid)
    for group in root.iter(qualify("ItemGroupDef")):
        for reference in group.findall("o:ItemRef", _NS):
            found = items.get(reference.get("ItemOID", ""))
            if found is None:
                continue
            values = found.find("d:ValueListRef", _NS)
            below = lists.get(values.get("ValueListOID", "")) if values is not None else None
            inner = [one.get("ItemOID", "") for one in below.findall("o:ItemRef", _NS)] if below is not None else []
            yield from _check_origin_given(found, [items[one] for one in inner if one in items], methods)


def _check_origin_given(
    item: etree._Element, values: list[etree._Element], methods: dict[str, str | None]
) -> Iterator[Problem]:
    """An origin is given for the variable or for each of its values; what is derived has a method there."""
    oid = item.get("OID", "")
    origins = [one for one in [item, *values] if one.find("d:Origin", _NS) is not None]
    if item not in origins and (not values or len(origins) < len(values)):
        yield report("DEF012", item, f"{oid} has no origin", severity=Severity.WARNING)
    for one in origins:
        derived = one.find("d:Origin[@Type='Derived']", _NS) is not None
        name = one.get("OID", "")
        below = one is item and values and all(methods.get(value.get("OID", "")) for value in values)
        if derived and not (methods.get(name) or methods.get(oid) or below):
            yield report("DEF012", one, f"{name} is derived and has no method", severity=Severity.WARNING)
        if one.find("d:Origin[@Type='Predecessor']", _NS) is not None and methods.get(name):
            message = f"{name} is copied from its predecessor and has a method"
            yield report("DEF012", one, message, severity=Severity.WARNING)


def _check_origin(origin: etree._Element, oid: str) -> Iterator[Problem]:
    kind = origin.get("Type")
    if kind in _WITH_SOURCE and not origin.get("Source"):
        message = f"the origin {kind} of {oid} has no source"
        yield report("DEF012", origin, message, severity=Severity.WARNING)
    if kind == "Predecessor" and origin.find("o:Description", _NS) is None:
        yield report("DEF012", origin, f"the origin of {oid} is Predecessor and no predecessor is named")


def _to_number(text: str) -> tuple[bool, int, str]:
    return (not text.isdecimal(), int(text) if text.isdecimal() else 0, text)
