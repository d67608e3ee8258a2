"""The results metadata in define.xml: displays, their results, and the records that these are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

from cdisc_conv.dataset import Condition, Dataset, find_dataset
from cdisc_conv.define.building.displays import AnalysisResult, DocumentReference, Programming, ResultDisplay
from cdisc_conv.define.building.items import Names, name_leaf
from cdisc_conv.define.building.where_clauses import name_item
from cdisc_conv.define.building.xml import add_element, add_text

PARAMETER = "PARAMCD"
"""The variable that says which parameter a record of a dataset of the basic data structure is of."""


def list_clauses(
    datasets: Sequence[Dataset], displays: Iterable[ResultDisplay]
) -> Iterator[tuple[Dataset, tuple[Condition, ...]]]:
    """The dataset and conditions of every where-clause that a result needs."""
    for display in displays:
        for result in display.results:
            for part in result.datasets:
                dataset = find_dataset(datasets, part.dataset)
                if dataset and part.conditions:
                    yield dataset, part.conditions


def write_results(version: etree._Element, datasets: Sequence[Dataset], names: Names) -> None:
    """``arm:AnalysisResultDisplays``, when the study has any displays.

    The parameter of a result is PARAMCD of the first of its datasets that has one.
    """
    if not names.study.displays:
        return
    root = add_element(version, "arm:AnalysisResultDisplays")
    for display in names.study.displays:
        element = add_element(root, "arm:ResultDisplay", {"OID": display.oid, "Name": display.title})
        add_text(element, "Description", display.description, names.study.language)
        _write_references(element, display.documents, names)
        for result in display.results:
            _write_result(element, display.result_oid(result), result, datasets, names)


def find_parameter(datasets: Sequence[Dataset], result: AnalysisResult) -> str:
    """The dataset whose PARAMCD says what the result is about, or an empty text."""
    for part in result.datasets:
        dataset = find_dataset(datasets, part.dataset)
        if dataset and any(column.name == PARAMETER for column in dataset.columns):
            return dataset.name
    return ""


def _write_result(
    parent: etree._Element, oid: str, result: AnalysisResult, datasets: Sequence[Dataset], names: Names
) -> None:
    parameter = find_parameter(datasets, result)
    attributes = {
        "OID": oid,
        "ParameterOID": name_item(parameter, PARAMETER) if parameter else "",
        "AnalysisReason": result.reason,
        "AnalysisPurpose": result.purpose,
    }
    element = add_element(parent, "arm:AnalysisResult", attributes)
    add_text(element, "Description", result.description, names.study.language)
    used = add_element(element, "arm:AnalysisDatasets", {"def:CommentOID": names.comment(result.comment)})
    for part in result.datasets:
        child = add_element(used, "arm:AnalysisDataset", {"ItemGroupOID": f"IG.{part.dataset}"})
        if part.conditions:
            clause = names.clauses[part.dataset, part.conditions]
            add_element(child, "def:WhereClauseRef", {"WhereClauseOID": clause.oid})
        for variable in part.variables:
            add_element(child, "arm:AnalysisVariable", {"ItemOID": name_item(part.dataset, variable)})
    if result.documentation or result.documents:
        said = add_element(element, "arm:Documentation")
        add_text(said, "Description", result.documentation or result.description, names.study.language)
        _write_references(said, result.documents, names)
    if result.programming:
        _write_programming(element, result.programming, names)


def _write_programming(parent: etree._Element, programming: Programming, names: Names) -> None:
    element = add_element(parent, "arm:ProgrammingCode", {"Context": programming.context})
    if programming.code:
        add_element(element, "arm:Code").text = programming.code
    _write_references(element, programming.documents, names)


def _write_references(parent: etree._Element, references: Iterable[DocumentReference], names: Names) -> None:
    for reference in references:
        document = names.study.document(reference.id)
        if not document:
            continue
        element = add_element(parent, "def:DocumentRef", {"leafID": name_leaf(document)})
        if reference.pages:
            pages = " ".join(map(str, sorted(set(reference.pages))))
            add_element(element, "def:PDFPageRef", {"PageRefs": pages, "Type": "PhysicalRef"})
