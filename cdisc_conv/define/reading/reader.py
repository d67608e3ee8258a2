"""A define.xml (2.0 or 2.1, of any tool) to what it says: every reference resolved, every identifier gone."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from cdisc_conv.define.reading.content import DatasetContent, DefineContent, Facts, ItemContent
from cdisc_conv.define.reading.document import DefineDocument, line_of
from cdisc_conv.define.reading.items import ItemReader
from cdisc_conv.problems import Place, Problem, Severity


def read_define(source: Path | bytes, name: str = "") -> DefineContent:
    """The content of a define.xml. `name` is what messages call the file (its own name when left out).

    Raises ProblemsError: DEF001 the file cannot be read, is not well-formed XML, or has a document type declaration;
    DEF002 it is not Define-XML 2.0 or 2.1.
    """
    return _Reader(DefineDocument(source, name)).read()


class _Reader:
    def __init__(self, document: DefineDocument) -> None:
        self._document = document
        self._standards = {oid: _name_standard(document, one) for oid, one in document.index("def:Standard").items()}
        self._items = ItemReader(document, self._standards)
        self._problems: list[Problem] = []

    def read(self) -> DefineContent:
        datasets: dict[str, DatasetContent] = {}
        for group in self._document.children(self._document.metadata, "ItemGroupDef"):
            name = self._document.get(group, "Name")
            if name in datasets:
                self._note_repeated(group, f"the file describes dataset {name} twice")
                continue
            datasets[name] = self._read_dataset(group, name)
        study, standards, documents = self._read_study(), self._read_standards(), self._read_documents()
        return DefineContent(study, standards, documents, datasets, (*self._items.problems, *self._problems))

    def _read_study(self) -> Facts:
        document, metadata = self._document, self._document.metadata
        names = document.child(document.study, "GlobalVariables")
        return _drop_empty(
            {
                "name": document.text(names, "StudyName"),
                "description": document.text(names, "StudyDescription"),
                "protocol": document.text(names, "ProtocolName"),
                "metadata name": document.get(metadata, "Name"),
                "metadata description": document.get(metadata, "Description"),
                "Define-XML version": document.version,
                "context": document.get(document.root, "def:Context"),
                "comment": self._items.read_comment(metadata),
            }
        )

    def _read_standards(self) -> dict[str, Facts]:
        """The standards by name and kind; where one is listed in several versions, the version is part of the name."""
        document = self._document
        found = []
        for element in document.index("def:Standard").values():
            parts = ("Name", "PublishingSet", "Type")
            name = " ".join(filter(None, (document.get(element, part) for part in parts)))
            facts = {
                "version": document.get(element, "Version"),
                "status": document.get(element, "Status"),
                "comment": self._items.read_comment(element),
            }
            found.append((name, _drop_empty(facts)))
        if overall := _name_overall_standard(document):
            found.append((f"{overall[0]} IG", {"version": overall[1]}))
        names = [name for name, _ in found]
        return {f"{name} {facts.get('version', '')}" if names.count(name) > 1 else name: facts for name, facts in found}

    def _read_documents(self) -> dict[str, Facts]:
        """The documents that come with the file, by address; files of datasets belong to the datasets."""
        document, metadata = self._document, self._document.metadata
        roles = {
            document.get(reference, "leafID"): role
            for role, kind in (("annotated CRF", "def:AnnotatedCRF"), ("supplemental", "def:SupplementalDoc"))
            for holder in document.children(metadata, kind)
            for reference in document.children(holder, "def:DocumentRef")
        }
        return {
            document.get(leaf, "xlink:href"): _drop_empty(
                {"title": document.text(leaf, "def:title"), "role": roles.get(document.get(leaf, "ID"), "")}
            )
            for leaf in document.children(metadata, "def:leaf")
        }

    def _read_dataset(self, group: etree._Element, name: str) -> DatasetContent:
        document = self._document
        items: dict[str, ItemContent] = {}
        keys: list[tuple[int, str]] = []
        for reference in sorted(document.children(group, "ItemRef"), key=self._order_of):
            item = self._items.find_item(reference)
            if item is None:
                continue
            variable = document.get(item, "Name")
            if variable in items:
                self._note_repeated(reference, f"dataset {name} has variable {variable} twice")
                continue
            items[variable] = self._items.read_item(reference, item, name)
            if document.get(reference, "KeySequence"):
                keys.append((_to_number(document.get(reference, "KeySequence")), variable))
        facts = self._read_dataset_facts(group)
        facts["keys"] = ", ".join(variable for _, variable in sorted(keys))
        return DatasetContent(_drop_empty(facts), items)

    def _read_dataset_facts(self, group: etree._Element) -> dict[str, str]:
        document = self._document
        general = document.child(group, "def:Class")
        file = self._items.find_leaf(group, "def:ArchiveLocationID")
        overall = " ".join(_name_overall_standard(document))
        standard = self._standards.get(document.get(group, "def:StandardOID"), overall)
        return {
            "label": document.text(group, "Description"),
            "class": document.get(general, "Name") or document.get(group, "def:Class"),
            "subclass": ", ".join(
                sorted(document.get(one, "Name") for one in document.children(general, "def:SubClass"))
            ),
            "structure": document.get(group, "def:Structure"),
            "purpose": document.get(group, "Purpose"),
            "repeating": document.get(group, "Repeating"),
            "reference data": _say_yes(document.get(group, "IsReferenceData")),
            "domain": document.get(group, "Domain"),
            "domain description": document.alias(group, "DomainDescription"),
            "SAS name": document.get(group, "SASDatasetName"),
            "standard": standard,
            "non-standard": _say_yes(document.get(group, "def:IsNonStandard")),
            "no data": _say_yes(document.get(group, "def:HasNoData")),
            "file": document.get(file, "xlink:href"),
            "file title": document.text(file, "def:title"),
            "comment": self._items.read_comment(group),
        }

    def _order_of(self, reference: etree._Element) -> int:
        return _to_number(self._document.get(reference, "OrderNumber"))

    def _note_repeated(self, element: etree._Element, message: str) -> None:
        place = Place(file=self._document.name, line=line_of(element))
        hint = "the first is compared"
        self._problems.append(Problem("DEF004", message, Severity.WARNING, place, hint))


def _name_standard(document: DefineDocument, element: etree._Element) -> str:
    """A standard in words: ``SDTMIG 3.4``, ``CDISC/NCI SDTM 2025-03-28``."""
    parts = ("Name", "PublishingSet", "Version")
    return " ".join(filter(None, (document.get(element, part) for part in parts)))


def _name_overall_standard(document: DefineDocument) -> tuple[str, ...]:
    """Name and version of the one standard of a Define-XML 2.0 file; ``SDTM-IG`` is called ``SDTMIG``, as in 2.1."""
    name = document.get(document.metadata, "def:StandardName").replace("-IG", "IG")
    return (name, document.get(document.metadata, "def:StandardVersion")) if name else ()


def _to_number(text: str) -> int:
    """An order number; what has none stands last, in the order of the file."""
    return int(text) if text.isdecimal() and len(text) < 10 else 1 << 62


def _say_yes(value: str) -> str:
    return value if value == "Yes" else ""


def _drop_empty(facts: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}
