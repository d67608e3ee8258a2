"""Rules of the results metadata in a define.xml.

Code: DEF014. Source: Analysis Results Metadata Specification 1.0 for Define-XML (CDISC).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from cdisc_conv.define.building.results import PARAMETER
from cdisc_conv.define.building.xml import ARM, DEF, ODM, qualify
from cdisc_conv.define.checking.findings import report
from cdisc_conv.problems import Problem, Severity

_NS = {"o": ODM, "d": DEF, "a": ARM}
_COMMENT = f"{{{DEF}}}CommentOID"
_NAMED = {
    "arm:AnalysisResultDisplays": ("arm:ResultDisplay",),
    "arm:ResultDisplay": ("Description", "arm:AnalysisResult"),
    "arm:AnalysisResult": ("Description", "arm:AnalysisDatasets"),
    "arm:AnalysisDatasets": ("arm:AnalysisDataset",),
    "arm:Documentation": ("Description",),
}
"""Elements that an element has to hold."""

_ONCE = {
    "arm:AnalysisResult": ("Description", "arm:AnalysisDatasets", "arm:Documentation", "arm:ProgrammingCode"),
    "arm:AnalysisDataset": ("def:WhereClauseRef",),
    "arm:ProgrammingCode": ("arm:Code",),
}
"""Elements that it may hold once only."""


def check_results(root: etree._Element) -> Iterator[Problem]:
    """Every breach of a rule by the displays and their results, in no particular order."""
    names = {item.get("OID", ""): item.get("Name", "") for item in root.iter(qualify("ItemDef"))}
    members = {
        group.get("OID", ""): {one.get("ItemOID", "") for one in group.findall("o:ItemRef", _NS)}
        for group in root.iter(qualify("ItemGroupDef"))
    }
    for tag in {**_NAMED, **_ONCE}:
        for element in root.iter(qualify(tag)):
            yield from _check_content(element, tag)
    for result in root.iter(qualify("arm:AnalysisResult")):
        yield from _check_parameter(result, names, members)
        yield from _check_datasets(result, members)
    for code in root.iter(qualify("arm:ProgrammingCode")):
        yield from _check_programming(code)


def _check_content(element: etree._Element, tag: str) -> Iterator[Problem]:
    counts = Counter(child.tag for child in element.iterchildren(etree.Element))
    what = f"{tag} {element.get('OID') or element.get('ItemGroupOID') or ''}".strip()
    for name in _NAMED.get(tag, ()):
        if not counts[qualify(name)]:
            yield report("DEF014", element, f"{what} has no {name}")
    for name in _ONCE.get(tag, ()):
        if counts[qualify(name)] > 1:
            yield report("DEF014", element, f"{what} has {counts[qualify(name)]} {name} instead of one")


def _check_parameter(result: etree._Element, names: dict[str, str], members: dict[str, set[str]]) -> Iterator[Problem]:
    """The parameter of a result is PARAMCD of one of its datasets, and given when one of them has it."""
    oid, parameter = result.get("OID"), result.get("ParameterOID")
    groups = [one.get("ItemGroupOID", "") for one in result.iterfind(".//a:AnalysisDataset", _NS)]
    inside = {item for group in groups for item in members.get(group, ())}
    if parameter and parameter in names:
        if names[parameter] != PARAMETER:
            message = f"the parameter of arm:AnalysisResult {oid} is {names[parameter]} instead of {PARAMETER}"
            yield report("DEF014", result, message)
        if parameter not in inside:
            message = f"the parameter {parameter} of arm:AnalysisResult {oid} is in none of its datasets"
            yield report("DEF014", result, message)
    if not parameter and any(names.get(item) == PARAMETER for item in inside):
        message = f"arm:AnalysisResult {oid} has no ParameterOID, though a dataset of it has {PARAMETER}"
        yield report("DEF014", result, message, severity=Severity.WARNING)


def _check_datasets(result: etree._Element, members: dict[str, set[str]]) -> Iterator[Problem]:
    oid = result.get("OID")
    for datasets in result.findall("a:AnalysisDatasets", _NS):
        parts = datasets.findall("a:AnalysisDataset", _NS)
        for group, count in Counter(part.get("ItemGroupOID", "") for part in parts).items():
            if count > 1:
                yield report("DEF014", datasets, f"arm:AnalysisResult {oid} refers to {group} {count} times")
        if len(parts) > 1 and not datasets.get(_COMMENT):
            message = f"arm:AnalysisResult {oid} has no comment that says how its {len(parts)} datasets are joined"
            yield report("DEF014", datasets, message, severity=Severity.WARNING)
        for part in parts:
            group = part.get("ItemGroupOID", "")
            for variable in part.findall("a:AnalysisVariable", _NS):
                item = variable.get("ItemOID", "")
                if group in members and item not in members[group]:
                    message = f"the analysis variable {item} of arm:AnalysisResult {oid} is not in {group}"
                    yield report("DEF014", variable, message)


def _check_programming(code: etree._Element) -> Iterator[Problem]:
    parent = code.getparent()
    oid = parent.get("OID") if parent is not None else ""
    written = code.find("a:Code", _NS) is not None
    if not written and code.find("d:DocumentRef", _NS) is None:
        yield report("DEF014", code, f"the programming of arm:AnalysisResult {oid} has neither code nor a document")
    if written and not code.get("Context"):
        message = f"the code of arm:AnalysisResult {oid} has no Context that names the software"
        yield report("DEF014", code, message, severity=Severity.WARNING)
