"""The whole document: from finished datasets to the bytes of define.xml."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from cdisc_conv import __version__
from cdisc_conv.dataset import Dataset, find_dataset
from cdisc_conv.define.building.codelists import name_codelists, write_codelists
from cdisc_conv.define.building.items import (
    Names,
    group_uses,
    name_leaf,
    write_item_refs,
    write_items,
    write_value_lists,
)
from cdisc_conv.define.building.methods import name_comments, name_methods, write_comments, write_methods
from cdisc_conv.define.building.results import list_clauses, write_results
from cdisc_conv.define.building.study import DefineStudy, Document, DocumentKind
from cdisc_conv.define.building.uses import Use, describe_dataset, list_uses, sort_datasets
from cdisc_conv.define.building.where_clauses import list_value_clauses, name_clauses, write_clauses
from cdisc_conv.define.building.xml import (
    NAMESPACES,
    RESULTS_NAMESPACES,
    add_element,
    add_text,
    flag_yes,
    make_oid_part,
    qualify,
    write_yes_no,
)
from cdisc_conv.define.inputs.datasets import check_inputs
from cdisc_conv.problems import ProblemsError, Severity

DEFINE_VERSION = "2.1.0"


def build_define(study: DefineStudy, datasets: Sequence[Dataset]) -> bytes:
    """Define-XML 2.1 of finished datasets, as UTF-8 bytes; the same input gives the same bytes.

    Where the study lists displays, their Analysis Results Metadata 1.0 is part of it.

    Datasets are listed by observation class, then by name. First all identifiers are decided (equal methods,
    comments, codelists and where-clauses become one definition each), then the parts are written in the order that
    the standard prescribes. Raises ProblemsError with everything that cannot be written; see `check_inputs`.

    Source: Define-XML Specification 2.1 and Analysis Results Metadata Specification 1.0 (CDISC).
    """
    problems = check_inputs(study, datasets)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise ProblemsError(problems)
    ordered = sort_datasets(datasets)
    uses = list_uses(ordered)
    names = _decide_names(study, ordered, uses)
    root = _start_document(study)
    version = _start_version(root, study, names)
    _write_standards(version, study, names)
    _write_document_refs(version, "def:AnnotatedCRF", study.documents, DocumentKind.ANNOTATED_CRF)
    _write_document_refs(version, "def:SupplementalDoc", study.documents, DocumentKind.SUPPLEMENTAL)
    write_value_lists(version, uses, names)
    write_clauses(version, names.clauses.values(), names.comments)
    _write_datasets(version, ordered, uses, names)
    write_items(version, uses, names)
    write_codelists(version, names.codelists.values(), names.standards, study)
    write_methods(version, names.methods.values(), study.language)
    write_comments(version, names.comments, study.language)
    for document in study.documents:
        _write_leaf(version, name_leaf(document), document.href, document.title)
    write_results(version, ordered, names)
    return _serialize(root, study)


def _decide_names(study: DefineStudy, datasets: Sequence[Dataset], uses: Sequence[Use]) -> Names:
    clauses = name_clauses(datasets, [*list_value_clauses(uses), *list_clauses(datasets, study.displays)])
    joins = {clause.oid: clause.join for clause in clauses.values()}
    return Names(
        study=study,
        methods=name_methods(uses),
        comments=name_comments(study, datasets, uses, joins),
        codelists=name_codelists(uses),
        clauses=clauses,
        standards={standard.key: standard.oid for standard in study.standards},
    )


def _start_document(study: DefineStudy) -> etree._Element:
    namespaces = RESULTS_NAMESPACES if study.displays else NAMESPACES
    root = etree.Element(qualify("ODM"), nsmap=namespaces)  # type: ignore[arg-type]
    attributes = {
        "ODMVersion": "1.3.2",
        "FileType": "Snapshot",
        "FileOID": f"DEFINE.{make_oid_part(study.name)}",
        "CreationDateTime": study.created,
        "Originator": study.originator,
        "SourceSystem": "cdisc-conv",
        "SourceSystemVersion": __version__,
    }
    for name, value in attributes.items():
        if value:
            root.set(name, value)
    root.set(qualify("def:Context"), study.context)
    return root


def _start_version(root: etree._Element, study: DefineStudy, names: Names) -> etree._Element:
    name = make_oid_part(study.name)
    element = add_element(root, "Study", {"OID": f"ST.{name}"})
    variables = add_element(element, "GlobalVariables")
    add_element(variables, "StudyName").text = study.name
    add_element(variables, "StudyDescription").text = study.description
    add_element(variables, "ProtocolName").text = study.protocol_name
    attributes = {
        "OID": f"MDV.{name}",
        "Name": study.metadata_name or f"Study {study.name}, Data Definitions",
        "Description": study.metadata_description or f"Data definitions of study {study.name}",
        "def:DefineVersion": DEFINE_VERSION,
        "def:CommentOID": names.comment(study.comment),
    }
    return add_element(element, "MetaDataVersion", attributes)


def _write_standards(version: etree._Element, study: DefineStudy, names: Names) -> None:
    if not study.standards:
        return
    element = add_element(version, "def:Standards")
    for standard in study.standards:
        attributes = {
            "OID": names.standards[standard.key],
            "Name": standard.name,
            "Type": standard.type,
            "PublishingSet": standard.publishing_set,
            "Version": standard.version,
            "Status": standard.status,
            "def:CommentOID": names.comment(standard.comment),
        }
        add_element(element, "def:Standard", attributes)


def _write_document_refs(version: etree._Element, name: str, documents: Iterable[Document], kind: DocumentKind) -> None:
    found = [document for document in documents if document.kind is kind]
    if found:
        element = add_element(version, name)
        for document in found:
            add_element(element, "def:DocumentRef", {"leafID": name_leaf(document)})


def _write_datasets(version: etree._Element, datasets: Sequence[Dataset], uses: Sequence[Use], names: Names) -> None:
    columns = group_uses(datasets, uses)
    folder = f"{names.study.dataset_folder.rstrip('/')}/" if names.study.dataset_folder else ""
    for dataset in datasets:
        parent = find_dataset(datasets, dataset.supplemental_to)
        element = add_element(version, "ItemGroupDef", _list_dataset_attributes(dataset, parent, names))
        others = {one.language: one.label(dataset.name) for one in names.study.translations}
        add_text(element, "Description", dataset.label, names.study.language, others)
        write_item_refs(element, columns[dataset.name], names)
        described = dataset.domain_label or (parent.label if parent else "")
        if described:
            add_element(element, "Alias", {"Context": "DomainDescription", "Name": described})
        general = add_element(element, "def:Class", {"Name": dataset.class_name})
        if dataset.sub_class:
            add_element(general, "def:SubClass", {"Name": dataset.sub_class})
        if len(dataset.frame):
            file = f"{dataset.name.lower()}.xpt"
            _write_leaf(element, f"LF.{dataset.name}", folder + file, file)


def _list_dataset_attributes(dataset: Dataset, parent: Dataset | None, names: Names) -> dict[str, str]:
    has_data = len(dataset.frame) > 0
    return {
        "OID": f"IG.{dataset.name}",
        "Name": dataset.name,
        "Repeating": write_yes_no(dataset.repeating),
        "IsReferenceData": write_yes_no(dataset.reference_data),
        "SASDatasetName": dataset.name,
        "Domain": name_domain(dataset, parent),
        "Purpose": dataset.purpose,
        "def:Structure": dataset.structure,
        "def:ArchiveLocationID": f"LF.{dataset.name}" if has_data else "",
        "def:StandardOID": names.standards.get(dataset.standard, ""),
        "def:IsNonStandard": flag_yes(not dataset.standard),
        "def:HasNoData": flag_yes(not has_data),
        "def:CommentOID": names.comment(describe_dataset(dataset)),
    }


def name_domain(dataset: Dataset, parent: Dataset | None = None) -> str:
    """The domain of a tabulation dataset, that of its `parent` for SUPP--; analysis datasets have none."""
    if dataset.purpose != "Tabulation":
        return ""
    return dataset.domain or (parent and parent.domain) or dataset.supplemental_to or dataset.name


def _write_leaf(parent: etree._Element, oid: str, href: str, title: str) -> None:
    leaf = add_element(parent, "def:leaf", {"ID": oid, "xlink:href": href})
    add_element(leaf, "def:title").text = title


def _serialize(root: etree._Element, study: DefineStudy) -> bytes:
    if study.stylesheet:
        instruction = etree.ProcessingInstruction("xml-stylesheet", f'type="text/xsl" href="{study.stylesheet}"')
        root.addprevious(instruction)
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written
