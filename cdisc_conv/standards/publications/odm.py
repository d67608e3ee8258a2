"""Terminology in ODM-XML, as the NCI publishes it: codelists with the attributes and elements of its extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from lxml import etree

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.standards.publications.model import PublishedList, PublishedTerm
from cdisc_conv.standards.publications.tables import refuse


def read_codelists(path: Path, data: bytes) -> tuple[tuple[PublishedList, ...], str]:
    """The codelists of an ODM-XML file, and what it says of its name and version.

    Nothing is fetched and no entity is expanded. Elements of the NCI's extension are found by their local names, since
    its namespace is written in several ways.

    Raises:
        ProblemsError: STD001 the XML is not well formed, declares entities, or has no codelists with C-codes.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = f"the XML is not well formed: {error.msg}"
        hint = "the file may be cut short: download it again"
        raise ProblemsError(
            [Problem("STD001", message, place=Place(str(path), error.lineno or 1), hint=hint)]
        ) from None
    if cast("Any", root.getroottree().docinfo).doctype:
        message = "the XML has a document type declaration, which may declare entities; no publication has one"
        raise refuse(path, "STD001", message, "download it from the NCI or from CDISC")
    if _name(root) != "ODM":
        raise refuse(path, "STD001", f"this is not a terminology package: the XML is <{_name(root)}>, not <ODM>")
    lists = tuple(_read_list(node) for node in root.iter("{*}CodeList") if _attribute(node, "ExtCodeID"))
    if not lists:
        message = "this is not a terminology package: the ODM-XML has no codelist with a C-code (nciodm:ExtCodeID)"
        raise refuse(path, "STD001", message)
    study = next((text for node in root.iter("{*}StudyName") if (text := _text(node))), "")
    names = study.replace("Controlled Terminology", "CT").removeprefix("CDISC ")
    dates = (root.get("FileOID", ""), root.get("SourceSystemVersion", ""), root.get("AsOfDateTime", "")[:10])
    return lists, " ".join((names, *dates))


def _read_list(node: Any) -> PublishedList:
    items = (child for child in node if _name(child) in ("EnumeratedItem", "CodeListItem"))
    terms = tuple(_read_term(item) for item in items)
    description = next((_text(child) for child in node if _name(child) == "Description"), "")
    code, extensible = _attribute(node, "ExtCodeID"), _attribute(node, "CodeListExtensible").capitalize()
    value, preferred_term = _child(node, "CDISCSubmissionValue"), _child(node, "PreferredTerm")
    return PublishedList(
        code, value, node.get("Name", ""), extensible, description, preferred_term, terms, node.sourceline or 0
    )


def _read_term(item: Any) -> PublishedTerm:
    synonyms = "; ".join(_text(child) for child in item if _name(child) == "CDISCSynonym")
    value, preferred_term = " ".join(item.get("CodedValue", "").split()), _child(item, "PreferredTerm")
    return PublishedTerm(_attribute(item, "ExtCodeID"), value, synonyms, preferred_term, item.sourceline or 0)


def _name(node: Any) -> str:
    return etree.QName(node).localname


def _attribute(node: Any, name: str) -> str:
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")


def _child(node: Any, name: str) -> str:
    return next((_text(child) for child in node if _name(child) == name), "")


def _text(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())
