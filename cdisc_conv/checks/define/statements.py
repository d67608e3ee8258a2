"""What define.xml (2.0 or 2.1) states of datasets, variables and values, references resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from cdisc_conv.dataset import Condition
from cdisc_conv.define.reading.document import DefineDocument, line_of

_PREDECESSOR = re.compile(r"\b([A-Z][A-Z0-9]{1,7})\.([A-Z][A-Z0-9_]{0,7})\b")


@dataclass(frozen=True)
class CodelistStatement:
    """A codelist: its terms in order, none for an ``external`` one (a dictionary)."""

    name: str
    terms: tuple[str, ...]
    external: bool = False


@dataclass(frozen=True)
class OriginStatement:
    """An origin: its type, whether pages of a document are named, and the variables that its text names."""

    type: str
    paged: bool = False
    predecessors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ItemStatement:
    """A variable, or its values under conditions. ``levels`` are the value-level items, each with its where-clauses."""

    name: str
    type: str
    length: int = 0
    digits: int | None = None
    label: str = ""
    translated: tuple[str, ...] = ()
    """The label in further languages."""
    mandatory: bool = False
    no_data: bool = False
    codelist: CodelistStatement | None = None
    origins: tuple[OriginStatement, ...] = ()
    levels: tuple[LevelStatement, ...] = ()
    method: str = ""
    """How it is derived, in the words of its method."""
    line: int = 0


@dataclass(frozen=True)
class LevelStatement:
    """A value-level item; each clause is a list of conditions that hold together, the clauses are alternatives."""

    clauses: tuple[tuple[Condition, ...], ...]
    item: ItemStatement


@dataclass(frozen=True)
class DatasetStatement:
    """A dataset as define.xml has it; ``variables`` by name in the order of the file, ``keys`` in order."""

    name: str
    purpose: str
    class_name: str
    sub_class: str
    domain: str
    keys: tuple[str, ...]
    variables: Mapping[str, ItemStatement] = field(default_factory=dict)
    label: str = ""
    translated: tuple[str, ...] = ()
    """The label in further languages."""
    file: str = ""
    repeating: str = ""
    reference: bool = False
    no_data: bool = False
    says_data: bool = False
    """Whether the version of define.xml can say that there are no data."""
    line: int = 0


def read_statements(documents: Iterable[DefineDocument]) -> dict[str, DatasetStatement]:
    """The datasets of all define.xml by name in capitals; the first statement counts."""
    found: dict[str, DatasetStatement] = {}
    for document in documents:
        for name, statement in _Reader(document).read().items():
            found.setdefault(name, statement)
    return found


class _Reader:
    def __init__(self, document: DefineDocument) -> None:
        self._document = document
        self._items = document.index("ItemDef")
        self._lists = document.index("def:ValueListDef")
        self._clauses = document.index("def:WhereClauseDef")
        self._methods = document.index("MethodDef")
        self._leaves = document.index("def:leaf", "ID")
        self._codelists = {oid: self._read_codelist(one) for oid, one in document.index("CodeList").items()}
        self._owners: dict[str, list[str]] = {}
        for group in self._groups:
            for reference in document.children(group, "ItemRef"):
                owners = self._owners.setdefault(document.get(reference, "ItemOID"), [])
                owners.append(document.get(group, "Name").upper())

    @property
    def _groups(self) -> list[etree._Element]:
        return self._document.children(self._document.metadata, "ItemGroupDef")

    def read(self) -> dict[str, DatasetStatement]:
        found: dict[str, DatasetStatement] = {}
        for group in self._groups:
            statement = self._read_group(group)
            found.setdefault(statement.name, statement)
        return found

    def _read_group(self, group: etree._Element) -> DatasetStatement:
        document = self._document
        name = document.get(group, "Name").upper()
        references = sorted(document.children(group, "ItemRef"), key=self._order_of)
        keys: list[tuple[int, str]] = []
        variables: dict[str, ItemStatement] = {}
        for reference in references:
            item = self._read_item(reference, name)
            if item is None:
                continue
            variables.setdefault(item.name, item)
            if (number := document.get(reference, "KeySequence")).isdecimal():
                keys.append((int(number), item.name))
        general = document.child(group, "def:Class")
        leaf = self._leaves.get(document.get(group, "def:ArchiveLocationID"))
        return DatasetStatement(
            name=name,
            purpose=document.get(group, "Purpose"),
            class_name=(document.get(general, "Name") or document.get(group, "def:Class")).upper(),
            sub_class=document.get(document.child(general, "def:SubClass"), "Name").upper(),
            domain=document.get(group, "Domain").upper(),
            keys=tuple(variable for _, variable in sorted(keys)),
            variables=variables,
            label=" ".join(document.texts(group, "Description")[:1]),
            translated=document.texts(group, "Description")[1:],
            file=document.get(leaf, "xlink:href"),
            repeating=document.get(group, "Repeating"),
            reference=document.get(group, "IsReferenceData") == "Yes",
            no_data=document.get(group, "def:HasNoData") == "Yes",
            says_data=document.version.startswith("2.1"),
            line=line_of(group),
        )

    def _order_of(self, reference: etree._Element) -> int:
        number = self._document.get(reference, "OrderNumber")
        return int(number) if number.isdecimal() and len(number) < 10 else 1 << 62

    def _read_item(self, reference: etree._Element, dataset: str, inner: bool = False) -> ItemStatement | None:
        """A variable; at the value level its name is only a label, and nothing lies below."""
        document = self._document
        item = self._items.get(document.get(reference, "ItemOID"))
        if item is None or not document.get(item, "Name"):
            return None
        codelist = document.child(item, "CodeListRef")
        statement = ItemStatement(
            name=document.get(item, "Name").upper(),
            type=document.get(item, "DataType"),
            length=_to_number(document.get(item, "Length")) or 0,
            digits=_to_number(document.get(item, "SignificantDigits")),
            label=" ".join(document.texts(item, "Description")[:1]),
            translated=document.texts(item, "Description")[1:],
            mandatory=document.get(reference, "Mandatory") == "Yes",
            no_data=document.get(reference, "def:HasNoData") == "Yes",
            codelist=self._codelists.get(document.get(codelist, "CodeListOID")),
            origins=tuple(self._read_origin(one) for one in document.children(item, "def:Origin")),
            method=" ".join(document.texts(self._methods.get(document.get(reference, "MethodOID")), "Description")[:1]),
            line=line_of(reference),
        )
        return statement if inner else replace(statement, levels=self._read_levels(item, dataset))

    def _read_levels(self, item: etree._Element, dataset: str) -> tuple[LevelStatement, ...]:
        document = self._document
        values = self._lists.get(document.get(document.child(item, "def:ValueListRef"), "ValueListOID"))
        levels = []
        for reference in document.children(values, "ItemRef"):
            inner = self._read_item(reference, dataset, inner=True)
            clauses = [
                self._read_clause(self._clauses.get(document.get(one, "WhereClauseOID")), dataset)
                for one in document.children(reference, "def:WhereClauseRef")
            ]
            if inner is not None:
                levels.append(LevelStatement(tuple(one for one in clauses if one), inner))
        return tuple(levels)

    def _read_clause(self, clause: etree._Element | None, dataset: str) -> tuple[Condition, ...]:
        document = self._document
        return tuple(
            Condition(
                self._name_variable(document.get(check, "def:ItemOID"), dataset),
                document.get(check, "Comparator"),
                tuple(document.text(value) for value in document.children(check, "CheckValue")),
            )
            for check in document.children(clause, "RangeCheck")
        )

    def _name_variable(self, oid: str, dataset: str) -> str:
        """The variable behind an item, with its dataset before it where that is another one."""
        name = self._document.get(self._items.get(oid), "Name").upper()
        owners = self._owners.get(oid, [])
        return name if not owners or dataset in owners else f"{owners[0]}.{name}"

    def _read_origin(self, origin: etree._Element) -> OriginStatement:
        document = self._document
        references = document.children(origin, "def:DocumentRef")
        paged = any(document.children(one, "def:PDFPageRef") for one in references)
        found = _PREDECESSOR.findall(document.text(origin, "Description"))
        kind = document.get(origin, "Type")
        return OriginStatement(kind, paged, tuple(found) if kind == "Predecessor" else ())

    def _read_codelist(self, codelist: etree._Element) -> CodelistStatement:
        document = self._document
        terms = [*document.children(codelist, "CodeListItem"), *document.children(codelist, "EnumeratedItem")]
        external = document.child(codelist, "ExternalCodeList") is not None
        # The value as it stands: `get` makes blanks single, and a term may begin with one.
        values = tuple(str(term.get("CodedValue", "")) for term in terms)
        return CodelistStatement(document.get(codelist, "Name"), values, external)


def _to_number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def read_created(documents: Iterable[DefineDocument]) -> str:
    """When the newest define.xml was made, "" when none says."""
    return max((document.get(document.root, "CreationDateTime") for document in documents), default="")


def read_extended(documents: Iterable[DefineDocument]) -> dict[str, tuple[str, ...]]:
    """The terms that define.xml marks as the sponsor's own, by the C-code of their codelist.

    A list that joins several published ones names all of their codes, and its terms are looked for in each.
    """
    found: dict[str, tuple[str, ...]] = {}
    for document in documents:
        for codelist in document.index("CodeList").values():
            codes = [code for code in re.split(r"[;,\s]+", document.nci_code(codelist)) if code]
            terms = [*document.children(codelist, "CodeListItem"), *document.children(codelist, "EnumeratedItem")]
            own = [
                document.get(term, "CodedValue") for term in terms if document.get(term, "def:ExtendedValue") == "Yes"
            ]
            if own:
                found |= {code: tuple(dict.fromkeys((*found.get(code, ()), *own))) for code in codes}
    return found
