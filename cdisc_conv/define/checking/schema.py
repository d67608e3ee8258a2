"""define.xml against the published schemas: Define-XML 2.0 and 2.1, with Analysis Results Metadata 1.0.

Code: DEF015. The schemas are those that odmlib ships. Elements and attributes of other vendors are left out of it: the
standard allows them, and the schemas know nothing of them.
"""

from __future__ import annotations

import re
from collections import Counter
from copy import deepcopy
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from lxml import etree

from cdisc_conv.define.building.xml import ARM, DEF, ODM, XLINK, XML
from cdisc_conv.define.checking.findings import FILE
from cdisc_conv.problems import Place, Problem

_FILES = {
    ("2.0", False): "define/2.0/define2-0-0.xsd",
    ("2.0", True): "arm/1.0/arm1-0-0.xsd",
    ("2.1", False): "define/2.1/define2-1-0.xsd",
    ("2.1", True): "arm/1.0-define2.1/arm1-0-0.xsd",
}
_KNOWN = ("", ODM, DEF, DEF.replace("v2.1", "v2.0"), ARM, XLINK, XML, "http://www.w3.org/2001/XMLSchema-instance",
          "http://www.w3.org/2000/09/xmldsig#")  # fmt: skip
_NAMESPACE = re.compile(r"\{[^{}]*\}")
_LONGEST = 300


def check_schema(root: etree._Element, version: str, name: str = FILE) -> list[Problem]:
    """What the schema of a version (``2.0``, ``2.1``) refuses; the same complaint is one finding with its count."""
    plain = _drop_foreign(root)
    with_results = next(plain.iter(f"{{{ARM}}}*"), None) is not None
    schema = _load_schema(".".join(version.split(".")[:2]), with_results)
    if schema is None or schema.validate(plain):
        return []
    log: Any = schema.error_log
    counts = Counter(_shorten(entry.message) for entry in log)
    first: dict[str, int] = {}
    for entry in log:
        first.setdefault(_shorten(entry.message), entry.line)
    return [
        Problem("DEF015", f"the schema refuses it: {words}", place=Place(file=name, line=line), count=counts[words])
        for words, line in first.items()
    ]


@cache
def _load_schema(version: str, with_results: bool) -> etree.XMLSchema | None:
    spec = find_spec("odmlib")
    file = _FILES.get((version, with_results))
    if spec is None or spec.origin is None or file is None:
        return None
    path = Path(spec.origin).parent / "schemas" / file
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(path), parser))


def _drop_foreign(root: etree._Element) -> etree._Element:
    """A copy without the elements and attributes of other namespaces; lines stay."""
    copy = deepcopy(root)
    foreign = [one for one in copy.iter(etree.Element) if etree.QName(one).namespace not in _KNOWN]
    for element in foreign:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in copy.iter(etree.Element):
        for key in list(element.attrib):
            if (etree.QName(cast("str", key)).namespace or "") not in _KNOWN:
                del element.attrib[key]
    return copy


def _shorten(message: str) -> str:
    plain = _NAMESPACE.sub("", message)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
