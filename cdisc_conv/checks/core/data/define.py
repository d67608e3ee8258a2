"""What define.xml says, as CDISC's rules call it: columns such as ``define_variable_is_collected``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from lxml import etree

from cdisc_conv.checks.core.data.study import Table
from cdisc_conv.checks.core.data.vectors import Value
from cdisc_conv.define.reading.document import DefineDocument

Row = dict[str, Value]

_COLLECTED = ("Collected", "CRF")
_ITEMS = ("CodeListItem", "EnumeratedItem")


class DefineFacts:
    """What one or more define.xml say of datasets and variables; of a dataset that several have, the first counts."""

    def __init__(self, documents: Iterable[DefineDocument]) -> None:
        self._documents = tuple(documents)

    @cached_property
    def _groups(self) -> dict[str, tuple[DefineDocument, etree._Element]]:
        found: dict[str, tuple[DefineDocument, etree._Element]] = {}
        for document in self._documents:
            for group in document.children(document.metadata, "ItemGroupDef"):
                found.setdefault(document.get(group, "Name"), (document, group))
        return found

    def datasets(self) -> list[Row]:
        """A row per dataset."""
        return [_describe_dataset(document, group) for document, group in self._groups.values()]

    def variables(self, table: Table) -> list[Row]:
        """A row per variable of a dataset, in order; none for one that define.xml does not have."""
        name = table.name if table.name in self._groups else table.whole
        if name not in self._groups:
            return []
        document, group = self._groups[name]
        items = document.index("ItemDef")
        lists = document.index("CodeList")
        return [
            _describe_variable(document, reference, items[document.get(reference, "ItemOID")], lists, place)
            for place, reference in enumerate(document.children(group, "ItemRef"), 1)
            if document.get(reference, "ItemOID") in items
        ]

    def extended_terms(self, names: Iterable[str]) -> tuple[str, ...]:
        """The terms that the sponsor added to codelists of those names (of all of them, without names)."""
        wanted = set(names)
        return tuple(
            document.get(item, "CodedValue")
            for document in self._documents
            for codelist in document.index("CodeList").values()
            if not wanted or document.get(codelist, "Name") in wanted
            for item in _list_items(document, codelist)
            if document.get(item, "def:ExtendedValue") == "Yes"
        )

    def dictionary_versions(self, name: str) -> tuple[str, ...]:
        """The versions that define.xml names of a dictionary such as ``meddra``."""
        return tuple(
            document.get(external, "Version")
            for document in self._documents
            for codelist in document.index("CodeList").values()
            for external in document.children(codelist, "ExternalCodeList")
            if document.get(external, "Dictionary").casefold() == name.casefold()
        )


def _describe_dataset(document: DefineDocument, group: etree._Element) -> Row:
    items = document.index("ItemDef")
    references = [each for each in document.children(group, "ItemRef") if document.get(each, "ItemOID") in items]
    names = [document.get(items[document.get(each, "ItemOID")], "Name") for each in references]
    ordered = sorted(zip(map(_order, references, range(1, len(names) + 1)), names, strict=True))
    keyed = sorted(
        (int(number), name)
        for reference, name in zip(references, names, strict=True)
        if (number := document.get(reference, "KeySequence")).isdecimal()
    )
    general = document.child(group, "def:Class")
    leaf = document.child(group, "def:leaf")
    return {
        "define_dataset_name": document.get(group, "Name"),
        "define_dataset_label": document.text(group, "Description"),
        "define_dataset_location": document.get(leaf, "xlink:href") or None,
        "define_dataset_domain": document.get(group, "Domain") or None,
        "define_dataset_class": document.get(general, "Name") or document.get(group, "def:Class") or None,
        "define_dataset_structure": document.get(group, "def:Structure") or None,
        "define_dataset_is_non_standard": document.get(group, "def:IsNonStandard") or None,
        "define_dataset_has_no_data": document.get(group, "def:HasNoData") == "Yes",
        "define_dataset_variables": tuple(names),
        "define_dataset_variable_order": tuple(name for _, name in ordered),
        "define_dataset_key_sequence": tuple(name for _, name in keyed),
    }


def _order(reference: etree._Element, place: int) -> int:
    number = str(reference.get("OrderNumber") or "")
    return int(number) if number.isdecimal() and len(number) < 10 else place


def _describe_variable(
    document: DefineDocument,
    reference: etree._Element,
    item: etree._Element,
    lists: dict[str, etree._Element],
    place: int,
) -> Row:
    codelist = lists.get(document.get(document.child(item, "CodeListRef"), "CodeListOID"))
    terms = _list_items(document, codelist) if codelist is not None else []
    origin = document.get(document.child(item, "def:Origin"), "Type")
    length = document.get(item, "Length")
    size = float(length) if length.isdecimal() else None
    return {
        "define_variable_name": document.get(item, "Name"),
        "define_variable_label": document.text(item, "Description") or None,
        "define_variable_data_type": document.get(item, "DataType") or None,
        "define_variable_is_collected": origin in _COLLECTED,
        "define_variable_role": document.get(reference, "Role") or None,
        "define_variable_size": size,
        "define_variable_length": size,
        "define_variable_format": document.get(item, "def:DisplayFormat") or None,
        "define_variable_ccode": document.nci_code(codelist) if codelist is not None else None,
        "define_variable_has_codelist": document.child(item, "CodeListRef") is not None,
        "define_variable_allowed_terms": tuple(document.text(term, "Decode") for term in terms),
        "define_variable_codelist_coded_values": tuple(document.get(term, "CodedValue") for term in terms),
        "define_variable_codelist_coded_codes": tuple(filter(None, map(document.nci_code, terms))),
        "define_variable_origin_type": origin or None,
        "define_variable_has_no_data": document.get(reference, "def:HasNoData") or None,
        "define_variable_order_number": float(_order(reference, place)),
        "define_variable_mandatory": document.get(reference, "Mandatory") or None,
        "define_variable_has_comment": bool(document.get(item, "def:CommentOID")),
        "define_variable_has_method": bool(document.get(reference, "MethodOID")),
    }


def _list_items(document: DefineDocument, codelist: etree._Element) -> list[etree._Element]:
    return [item for name in _ITEMS for item in document.children(codelist, name)]
