"""Items: the ItemDefs, and the references to them from datasets and value lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from cdisc_conv.dataset import Codelist, Condition, Dataset, Item, Origin, OriginType
from cdisc_conv.define.building.codelists import NamedCodelist
from cdisc_conv.define.building.methods import Method
from cdisc_conv.define.building.study import DefineStudy, Document
from cdisc_conv.define.building.uses import Use
from cdisc_conv.define.building.where_clauses import Clause
from cdisc_conv.define.building.xml import add_element, add_text, flag_yes, make_oid_part, write_yes_no

LENGTH_TYPES = ("text", "integer", "float")
"""The data types that have a length; the others (dates, times, durations) must not carry one."""

DATA_TYPES = (
    *LENGTH_TYPES,
    "date",
    "datetime",
    "time",
    "partialDate",
    "partialDatetime",
    "partialTime",
    "incompleteDate",
    "incompleteDatetime",
    "incompleteTime",
    "durationDatetime",
    "intervalDatetime",
)
"""The data types of Define-XML items."""


@dataclass(frozen=True, slots=True)
class Names:
    """Every identifier that items and datasets refer to, decided before anything is written."""

    study: DefineStudy
    methods: dict[tuple[str, str], Method]
    comments: dict[str, str]
    codelists: dict[Codelist, NamedCodelist]
    clauses: dict[tuple[str, tuple[Condition, ...]], Clause]
    standards: dict[str, str]

    def method(self, item: Item) -> str:
        """The identifier of an item's method, or an empty text."""
        method = self.methods.get((item.method_type, item.method))
        return method.oid if method else ""

    def comment(self, text: str) -> str:
        """The identifier of a comment, or an empty text."""
        return self.comments.get(text, "")


def name_leaf(document: Document) -> str:
    """The identifier of a document."""
    return f"LF.DOC.{make_oid_part(document.id)}"


def write_items(parent: etree._Element, uses: Iterable[Use], names: Names) -> None:
    """One ItemDef per use."""
    for use in uses:
        item = use.item
        element = add_element(parent, "ItemDef", _list_attributes(use, names))
        if use.label:
            add_text(element, "Description", use.label, names.study.language, _translate_label(use, names.study))
        if use.codelist:
            add_element(element, "CodeListRef", {"CodeListOID": names.codelists[use.codelist].oid})
        if item.origin:
            _write_origin(element, item.origin, names.study)
        if use.column.value_level and not use.clauses:
            add_element(element, "def:ValueListRef", {"ValueListOID": f"VL.{use.path}"})


def _translate_label(use: Use, study: DefineStudy) -> dict[str, str]:
    """The label of a column in other languages; items of values have none."""
    if use.clauses:
        return {}
    return {one.language: one.label(use.dataset.name, use.column.name) for one in study.translations}


def write_item_refs(parent: etree._Element, uses: Iterable[Use], names: Names) -> None:
    """The columns of one dataset, in their order."""
    for number, use in enumerate(uses, start=1):
        column = use.column
        attributes = {
            "ItemOID": f"IT.{use.path}",
            "OrderNumber": str(number),
            "Mandatory": write_yes_no(use.mandatory),
            "KeySequence": str(column.key or ""),
            "MethodOID": names.method(use.item),
            "Role": column.role if use.dataset.purpose == "Tabulation" else "",
            "def:IsNonStandard": flag_yes(column.non_standard),
            "def:HasNoData": flag_yes(use.empty),
        }
        add_element(parent, "ItemRef", attributes)


def write_value_lists(parent: etree._Element, uses: Iterable[Use], names: Names) -> None:
    """One ValueListDef per column with value-level items."""
    leveled = (use for use in uses if use.clauses)
    for user, values in groupby(leveled, key=lambda use: use.user):
        element = add_element(parent, "def:ValueListDef", {"OID": f"VL.{user}"})
        for number, use in enumerate(values, start=1):
            attributes = {
                "ItemOID": f"IT.{use.path}",
                "OrderNumber": str(number),
                "Mandatory": write_yes_no(use.mandatory),
                "MethodOID": names.method(use.item),
            }
            reference = add_element(element, "ItemRef", attributes)
            for conditions in use.clauses:
                clause = names.clauses[use.dataset.name, conditions]
                add_element(reference, "def:WhereClauseRef", {"WhereClauseOID": clause.oid})


def group_uses(datasets: Sequence[Dataset], uses: Iterable[Use]) -> dict[str, tuple[Use, ...]]:
    """The columns (without value-level items) by dataset."""
    found: dict[str, list[Use]] = {dataset.name: [] for dataset in datasets}
    for use in uses:
        if not use.clauses:
            found[use.dataset.name].append(use)
    return {name: tuple(columns) for name, columns in found.items()}


def _list_attributes(use: Use, names: Names) -> dict[str, str]:
    item = use.item
    return {
        "OID": f"IT.{use.path}",
        "Name": use.name,
        "DataType": item.type,
        "Length": str(item.length) if item.type in LENGTH_TYPES else "",
        "SignificantDigits": str(item.significant_digits) if item.type == "float" else "",
        "SASFieldName": "" if use.clauses else use.column.name,
        "def:DisplayFormat": item.display_format or use.column.format,
        "def:CommentOID": names.comment(use.comment),
    }


def _write_origin(element: etree._Element, origin: Origin, study: DefineStudy) -> None:
    written = add_element(element, "def:Origin", {"Type": origin.type, "Source": origin.source or ""})
    predecessor = origin.predecessor if origin.type is OriginType.PREDECESSOR else ""
    text = ". ".join(part for part in (predecessor, origin.description) if part)
    if text:
        add_text(written, "Description", text, study.language)
    if origin.pages and study.annotated_crf:
        reference = add_element(written, "def:DocumentRef", {"leafID": name_leaf(study.annotated_crf)})
        pages = " ".join(map(str, sorted(set(origin.pages))))
        add_element(reference, "def:PDFPageRef", {"PageRefs": pages, "Type": "PhysicalRef"})
