"""The define.xml of a package: its grammar and references, and what it states held against the datasets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cdisc_conv.checks.define.against import check_against, check_links, check_pages
from cdisc_conv.checks.define.statements import DatasetStatement
from cdisc_conv.checks.define.terms import check_terms
from cdisc_conv.checks.findings import Finding
from cdisc_conv.checks.package.find import FoundFiles
from cdisc_conv.dataset import Dataset
from cdisc_conv.define.checking.check import check_define, check_references
from cdisc_conv.define.checking.schema import check_schema
from cdisc_conv.define.reading.document import DefineDocument
from cdisc_conv.problems import Problem
from cdisc_conv.standards import Terminology

_SAME_AS_SCHEMA = ("DEF003", "DEF004", "DEF005", "DEF007", "DEF008", "DEF011", "DEF013", "DEF014")
"""Codes whose faults the schema may refuse as well, in its own words: one finding is enough."""
_TWICE = ("DEF004", "DEF009", "DEF011")
"""Codes of identifiers, terms and numbers that are there twice, which the schema calls by its own name elsewhere."""
_UNIQUE = "Duplicate key-sequence"


def check_definitions(
    files: FoundFiles,
    statements: Mapping[str, DatasetStatement],
    datasets: Sequence[Dataset],
    places: Mapping[str, Path],
    terminologies: Sequence[Terminology] = (),
) -> Iterator[Finding]:
    """Everything that is wrong with each define.xml, and between them and the datasets; `places` are their files."""
    for document, path in zip(files.definitions, files.define_paths, strict=True):
        links = check_links(document, path, statements, places)
        own = (*_check_document(document, path), *check_pages(document), *check_terms(document, terminologies))
        for problem in (*own, *links):
            yield Finding(problem, problem.message)
    if statements:
        yield from check_against(statements, datasets, files.whole)


def _check_document(document: DefineDocument, path: Path) -> list[Problem]:
    xml = path.read_bytes()
    found = check_define(xml) if document.version.startswith("2.1") else check_references(xml)
    told = {problem.place.line for problem in found if problem.code in _SAME_AS_SCHEMA}
    numbered = any(problem.code in _TWICE for problem in found)
    schema = check_schema(document.root, document.version, document.name)
    named = [replace(one, place=replace(one.place, file=document.name)) for one in found]
    left = (problem for problem in schema if problem.place.line not in told)
    return [*named, *(problem for problem in left if not (numbered and _UNIQUE in problem.message))]
