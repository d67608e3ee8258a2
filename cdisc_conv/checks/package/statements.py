"""What define.xml states of datasets and variables, as far as the rules use it to read the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from cdisc_conv.dataset import Item
from cdisc_conv.define.reading.document import DefineDocument


@dataclass(frozen=True)
class DatasetStatement:
    """A dataset as define.xml has it; ``variables`` by name, ``keys`` in order."""

    name: str
    purpose: str
    class_name: str
    sub_class: str
    domain: str
    keys: tuple[str, ...]
    variables: Mapping[str, Item] = field(default_factory=dict)


def read_statements(documents: Iterable[DefineDocument]) -> dict[str, DatasetStatement]:
    """The datasets of all define.xml by name in capitals; the first statement counts."""
    found: dict[str, DatasetStatement] = {}
    for document in documents:
        items = document.index("ItemDef")
        for group in document.children(document.metadata, "ItemGroupDef"):
            statement = _read_group(document, group, items)
            found.setdefault(statement.name, statement)
    return found


def _read_group(
    document: DefineDocument, group: etree._Element, items: Mapping[str, etree._Element]
) -> DatasetStatement:
    keys: list[tuple[int, str]] = []
    variables: dict[str, Item] = {}
    for reference in document.children(group, "ItemRef"):
        item = items.get(document.get(reference, "ItemOID"))
        name = document.get(item, "Name").upper()
        if not name:
            continue
        length = document.get(item, "Length")
        variables[name] = Item(document.get(item, "DataType"), int(length) if length.isdecimal() else 0)
        if (number := document.get(reference, "KeySequence")).isdecimal():
            keys.append((int(number), name))
    general = document.child(group, "def:Class")
    sub = document.child(general, "def:SubClass")
    return DatasetStatement(
        name=document.get(group, "Name").upper(),
        purpose=document.get(group, "Purpose"),
        class_name=(document.get(general, "Name") or document.get(group, "def:Class")).upper(),
        sub_class=document.get(sub, "Name").upper(),
        domain=document.get(group, "Domain").upper(),
        keys=tuple(name for _, name in sorted(keys)),
        variables=variables,
    )


def read_created(documents: Iterable[DefineDocument]) -> str:
    """When the newest define.xml was made, "" when none says."""
    return max((document.get(document.root, "CreationDateTime") for document in documents), default="")


def read_extended(documents: Iterable[DefineDocument]) -> dict[str, tuple[str, ...]]:
    """The terms that define.xml marks as the sponsor's own, by the C-code of their codelist."""
    found: dict[str, tuple[str, ...]] = {}
    for document in documents:
        for codelist in document.index("CodeList").values():
            code = document.nci_code(codelist)
            terms = [*document.children(codelist, "CodeListItem"), *document.children(codelist, "EnumeratedItem")]
            own = [
                document.get(term, "CodedValue") for term in terms if document.get(term, "def:ExtendedValue") == "Yes"
            ]
            if code and own:
                found[code] = tuple(dict.fromkeys((*found.get(code, ()), *own)))
    return found
