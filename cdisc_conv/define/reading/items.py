"""The items of a define.xml: variables and value level, their origins, methods and comments, references resolved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from cdisc_conv.define.reading.codelists import read_codelist
from cdisc_conv.define.reading.content import CodelistContent, ItemContent
from cdisc_conv.define.reading.document import DefineDocument, line_of
from cdisc_conv.define.reading.where_words import write_condition
from cdisc_conv.problems import Place, Problem, Severity

MOST_PAGES = 2000
"""A longer range of pages is compared as it is written."""

_NUMBER = re.compile("[0-9]{1,9}")


class ItemReader:
    """Reads items of one file; `problems` are the references that lead nowhere."""

    def __init__(self, document: DefineDocument, standards: dict[str, str]) -> None:
        self.document = document
        self._problems: dict[Problem, None] = {}
        self._standards = standards
        self._items = document.index("ItemDef")
        self._codelists = document.index("CodeList")
        self._methods = document.index("MethodDef")
        self._comments = document.index("def:CommentDef")
        self._values = document.index("def:ValueListDef")
        self._clauses = document.index("def:WhereClauseDef")
        self._leaves = document.index("def:leaf", "ID")
        self._contents: dict[str, CodelistContent] = {}
        self._owners = self._find_owners()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._problems)

    def find_item(self, reference: etree._Element) -> etree._Element | None:
        """The definition behind a reference to an item, or None with a problem."""
        return self._find(self._items, reference, "ItemOID", "ItemDef")

    def read_item(self, reference: etree._Element, item: etree._Element, dataset: str) -> ItemContent:
        """A variable of a dataset with its value level."""
        values: dict[str, ItemContent] = {}
        seen: Counter[str] = Counter()
        lists = self.document.child(item, "def:ValueListRef")
        definition = self._find(self._values, lists, "ValueListOID", "def:ValueListDef")
        for where, inner in self._list_values(definition, dataset):
            seen[where] += 1  # items under the same where-clause are counted: they all hold
            values[f"{where} #{seen[where]}" if seen[where] > 1 else where] = inner
        content = self._read_content(reference, item)
        return ItemContent(content.facts, content.codelist, values)

    def read_comment(self, element: etree._Element, attribute: str = "def:CommentOID") -> str:
        """The text of the comment that an element refers to, with the documents it names."""
        comment = self._find(self._comments, element, attribute, "def:CommentDef")
        return self._with_documents(comment) if comment is not None else ""

    def find_leaf(self, element: etree._Element, attribute: str) -> etree._Element | None:
        """The file or document behind a reference."""
        return self._find(self._leaves, element, attribute, "def:leaf")

    def _read_content(self, reference: etree._Element, item: etree._Element) -> ItemContent:
        document = self.document
        facts = {
            "label": document.text(item, "Description"),
            "data type": document.get(item, "DataType"),
            "length": document.get(item, "Length"),
            "significant digits": document.get(item, "SignificantDigits"),
            "display format": document.get(item, "def:DisplayFormat"),
            "SAS name": document.get(item, "SASFieldName"),
            "mandatory": document.get(reference, "Mandatory"),
            "role": document.get(reference, "Role"),
            "no data": _say_yes(document.get(reference, "def:HasNoData")),
            "non-standard": _say_yes(document.get(reference, "def:IsNonStandard")),
            **self._read_origins(item),
            **self._read_method(reference),
            "comment": self.read_comment(item),
        }
        return ItemContent({name: value for name, value in facts.items() if value}, self._read_codelist(item))

    def _read_codelist(self, item: etree._Element) -> CodelistContent | None:
        reference = self.document.child(item, "CodeListRef")
        found = self._find(self._codelists, reference, "CodeListOID", "CodeList")
        if found is None:
            return None
        oid = found.get("OID", "")
        if oid not in self._contents:
            self._contents[oid] = read_codelist(self.document, found, self._standards, self.read_comment(found))
        return self._contents[oid]

    def _read_method(self, reference: etree._Element) -> dict[str, str]:
        method = self._find(self._methods, reference, "MethodOID", "MethodDef")
        if method is None:
            return {}
        formal = (
            f"{self.document.get(one, 'Context')}: {self.document.text(one)}"
            for one in self.document.children(method, "FormalExpression")
        )
        return {
            "method type": self.document.get(method, "Type"),
            "method": self._with_documents(method),
            "method code": " | ".join(sorted(formal)),
        }

    def _read_origins(self, item: etree._Element) -> dict[str, str]:
        """Type, source, description and pages; those of several origins one after the other, in a fixed order."""
        document = self.document
        told = sorted(
            (
                document.get(origin, "Type"),
                document.get(origin, "Source"),
                document.text(origin, "Description"),
                self._write_documents(origin),
            )
            for origin in document.children(item, "def:Origin")
        )
        names = ("origin type", "origin source", "origin description", "origin pages")
        columns = zip(*told, strict=True)
        return {
            name: " | ".join(column) for name, column in zip(names, columns, strict=False) if any(map(bool, column))
        }

    def _with_documents(self, element: etree._Element) -> str:
        parts = (self.document.text(element, "Description"), self._write_documents(element))
        return " ".join(part for part in parts if part)

    def _write_documents(self, element: etree._Element) -> str:
        """Documents and pages that an element points to: ``acrf.pdf 9, 10``."""
        told = []
        for reference in self.document.children(element, "def:DocumentRef"):
            leaf = self.find_leaf(reference, "leafID")
            address = self.document.get(leaf, "xlink:href") or "?"
            pages = [self._write_pages(one) for one in self.document.children(reference, "def:PDFPageRef")]
            told.append(" ".join([address, *sorted(pages)]))
        return "; ".join(sorted(told))

    def _write_pages(self, element: etree._Element) -> str:
        """Page numbers in order, a range as its pages; named destinations are led by ``#``."""
        first, last = self.document.get(element, "FirstPage"), self.document.get(element, "LastPage")
        named = self.document.get(element, "PageRefs").replace(",", " ").split()
        ends = (int(first), int(last)) if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(last) else (0, -1)
        if 0 <= ends[1] - ends[0] < MOST_PAGES:
            named += map(str, range(ends[0], ends[1] + 1))
        elif first or last:
            named.append(f"{first}-{last}")
        mark = "#" if self.document.get(element, "Type") == "NamedDestination" else ""
        return ", ".join(mark + page for page in sorted(set(named), key=_page_order))

    def _list_values(self, definition: etree._Element | None, dataset: str) -> Iterator[tuple[str, ItemContent]]:
        """Where-clause in words and item, for each item of a value list and each of its where-clauses."""
        found: list[tuple[str, ItemContent]] = []
        for reference in self.document.children(definition, "ItemRef"):
            item = self.find_item(reference)
            if item is None:
                continue
            content = self._read_content(reference, item)
            clauses = [
                self._write_clause(one, dataset) for one in self.document.children(reference, "def:WhereClauseRef")
            ]
            for where, comment in dict(clauses or [(f"item {self.document.get(item, 'Name')}", "")]).items():
                facts = {**content.facts, "where-clause comment": comment} if comment else content.facts
                found.append((where, ItemContent(facts, content.codelist)))
        # Items under equal where-clauses are taken in an order that does not hang on identifiers.
        yield from sorted(found, key=lambda one: (one[0], sorted(one[1].facts.items())))

    def _write_clause(self, reference: etree._Element, dataset: str) -> tuple[str, str]:
        """The conditions of a where-clause in words, and its comment."""
        clause = self._find(self._clauses, reference, "WhereClauseOID", "def:WhereClauseDef")
        if clause is None:
            return "?", ""
        conditions = {self._write_check(check, dataset) for check in self.document.children(clause, "RangeCheck")}
        return " and ".join(sorted(conditions)), self.read_comment(clause)

    def _write_check(self, check: etree._Element, dataset: str) -> str:
        oid = self.document.get(check, "def:ItemOID")
        owners = self._owners.get(oid, {})
        owner = dataset if dataset in owners else min(owners, default="")
        item = self._items.get(oid)
        name = self.document.get(item, "Name") or "?"
        values = [self.document.text(value) for value in self.document.children(check, "CheckValue")]
        return write_condition(f"{owner}.{name}" if owner else name, check.get("Comparator", ""), values)

    def _find_owners(self) -> dict[str, dict[str, None]]:
        """The datasets that refer to each item."""
        owners: dict[str, dict[str, None]] = {}
        for group in self.document.metadata.iter(self.document.tag("ItemGroupDef")):
            for reference in self.document.children(group, "ItemRef"):
                owners.setdefault(self.document.get(reference, "ItemOID"), {})[self.document.get(group, "Name")] = None
        return owners

    def _find(
        self, definitions: dict[str, etree._Element], element: etree._Element | None, attribute: str, kind: str
    ) -> etree._Element | None:
        oid = self.document.get(element, attribute)
        if element is None or not oid:
            return None
        if oid not in definitions:
            place = Place(file=self.document.name, line=line_of(element))
            message = f"{etree.QName(element).localname} refers to {kind} {oid}, which is not defined"
            hint = "what it should say is not compared"
            self._problems[Problem("DEF005", message, Severity.WARNING, place, hint)] = None
            return None
        return definitions[oid]


def _say_yes(value: str) -> str:
    return value if value == "Yes" else ""


def _page_order(page: str) -> tuple[int, str]:
    return (int(page), "") if _NUMBER.fullmatch(page) else (1 << 62, page)
