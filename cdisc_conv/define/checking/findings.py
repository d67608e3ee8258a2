"""A problem of a place in define.xml."""

from __future__ import annotations

from typing import cast

from lxml import etree

from cdisc_conv.define.building.xml import shorten
from cdisc_conv.problems import Place, Problem, Severity

FILE = "define.xml"


def report(
    code: str, element: etree._Element, message: str, *, hint: str = "", severity: Severity = Severity.ERROR
) -> Problem:
    """A problem at the line of an element."""
    line = cast("int | None", element.sourceline)
    return Problem(code, message, severity, Place(file=FILE, line=line or 0), hint=hint)


def name_element(element: etree._Element) -> str:
    """Element and what identifies it, such as ``ItemDef IT.AE.AETERM``."""
    for attribute in ("OID", "ID", "ItemOID", "CodedValue", "Name"):
        if element.get(attribute):
            return f"{shorten(element.tag)} {element.get(attribute)}"
    return shorten(element.tag)
