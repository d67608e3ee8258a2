"""define.xml against the datasets, both ways: which there are, their variables, order, labels, keys and links.

Codes: DEF201 a dataset without a file, DEF202 a dataset that is not described, DEF203 and DEF204 the same for
variables, DEF205 order, DEF206 labels, DEF213 keys that are not unique, DEF215 data where there should be none,
DEF218 links that lead nowhere, DEF219 origins, DEF222 several records of a subject in a dataset that does not repeat,
DEF224 class and domain, DEF226 pages;
for values see `values` and `conditions`, for flags `methods`, `baselines` and `extremes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np

from cdisc_conv.checks.codes import combine
from cdisc_conv.checks.define.baselines import check_baseline
from cdisc_conv.checks.define.columns import SUBJECT, Columns
from cdisc_conv.checks.define.conditions import check_conditions
from cdisc_conv.checks.define.extremes import check_extreme
from cdisc_conv.checks.define.methods import check_method
from cdisc_conv.checks.define.statements import DatasetStatement, ItemStatement
from cdisc_conv.checks.define.values import check_values
from cdisc_conv.checks.findings import Finding
from cdisc_conv.dataset import Dataset
from cdisc_conv.define.reading.document import DefineDocument, line_of
from cdisc_conv.problems import Place, Problem, Severity, did_you_mean

_COLLECTED = ("Collected", "CRF")
_CLASSES = {"FINDINGS ABOUT": "FINDINGS", "SPECIAL-PURPOSE": "SPECIAL PURPOSE"}
"""Classes by the name that all versions of the guides and of Define-XML share."""
_MOST_CODES = 8_000_000
"""Values of columns that are held in memory between variables."""


def check_against(
    statements: Mapping[str, DatasetStatement], datasets: Sequence[Dataset], complete: bool = True
) -> Iterator[Finding]:
    """Every contradiction between the statements of define.xml and the datasets.

    `complete` is False when only some datasets of the package are there: then nothing is said of those that are not.
    """
    by_name = {dataset.name: dataset for dataset in datasets}
    if complete:
        yield from _check_presence(statements, by_name)
    for name, statement in statements.items():
        dataset = by_name.get(name)
        if dataset is None:
            continue
        columns = Columns(dataset, by_name)
        yield from _check_variables(columns, statement)
        yield from _check_labels(columns, statement)
        yield from _check_kind(columns, statement)
        yield from _check_records(columns, statement)
        yield from _check_predecessors(columns, statement, by_name)
        for item in statement.variables.values():
            if item.name in dataset.frame:
                yield from check_values(columns, item)
                yield from check_conditions(columns, item)
                yield from check_method(columns, item)
                yield from check_baseline(columns, item)
                yield from check_extreme(columns, item)
                columns.forget(_MOST_CODES)


def check_links(
    document: DefineDocument, path: Path, statements: Mapping[str, DatasetStatement], files: Mapping[str, Path]
) -> Iterator[Problem]:
    """Links of one define.xml to missing files (DEF218); a dataset that is missing altogether is DEF201.

    `files` are the files of the datasets. A dataset in another format than define.xml names is no dead link.
    """
    owners = {statement.file: name for name, statement in statements.items() if statement.file}
    told: set[str] = set()
    for leaf in document.metadata.iter(document.tag("def:leaf")):
        address = document.get(leaf, "xlink:href")
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path or address in told:
            continue
        told.add(address)
        target = path.parent / unquote(parts.path)
        place = Place(file=document.name, line=line_of(leaf))
        found = files.get(owners.get(address, ""))
        if address in owners and (found is None or found.suffix.lower() != target.suffix.lower()):
            continue
        if not target.exists():
            hint = f"the dataset is in {found.name}" if found else "add the file"
            severity = Severity.ERROR if found else Severity.WARNING
            yield Problem("DEF218", f"the link to {address} leads nowhere", severity, place, hint)


def check_pages(document: DefineDocument) -> Iterator[Problem]:
    """Pages of documents (DEF226) that are no numbers; those of named destinations have any name."""
    told: set[str] = set()
    for reference in document.metadata.iter(document.tag("def:PDFPageRef")):
        if document.get(reference, "Type") == "NamedDestination":
            continue
        pages = " ".join(document.get(reference, name) for name in ("PageRefs", "FirstPage", "LastPage"))
        odd = [page for page in pages.split() if not page.isdecimal() or int(page) < 1]
        if odd and odd[0] not in told:
            told.add(odd[0])
            place = Place(file=document.name, line=line_of(reference))
            message = f"the page '{odd[0]}' is no number"
            hint = "separate the numbers of pages by blanks, or name a destination (Type NamedDestination)"
            yield Problem("DEF226", message, Severity.WARNING, place, hint)


def _check_presence(statements: Mapping[str, DatasetStatement], by_name: Mapping[str, Dataset]) -> Iterator[Finding]:
    for name, statement in statements.items():
        if name not in by_name and not statement.no_data:
            text = f"define.xml describes {name}, but there is no such dataset"
            hint = "add it, or say in define.xml that it has no data (def:HasNoData)"
            yield Finding(Problem("DEF201", text, place=Place(dataset=name), hint=hint), text)
    for name in by_name:
        if name not in statements:
            text = f"define.xml does not describe {name}"
            hint = did_you_mean(name, [one for one in statements if one not in by_name])
            yield Finding(Problem("DEF202", text, place=Place(dataset=name), hint=hint), text)


def _check_variables(columns: Columns, statement: DatasetStatement) -> Iterator[Finding]:
    described, there = list(statement.variables), columns.names
    for name in described:
        if name not in there:
            text = f"define.xml describes {name}, but the dataset has no such variable"
            yield columns.report("DEF203", text, variable=name)
    for name in there:
        if name not in statement.variables:
            hint = did_you_mean(name, [one for one in described if one not in there])
            yield columns.report("DEF204", f"define.xml does not describe {name}", variable=name, hint=hint)
    common = [name for name in described if name in there]
    ordered = [name for name in there if name in statement.variables]
    moved = next(((one, other) for one, other in zip(ordered, common, strict=True) if one != other), None)
    if moved:
        text = f"the order of the variables differs: the dataset has {moved[0]} where define.xml has {moved[1]}"
        yield columns.report("DEF205", text, variable=moved[0], severity=Severity.WARNING)


def _check_labels(columns: Columns, statement: DatasetStatement) -> Iterator[Finding]:
    dataset = columns.dataset
    if "labels" in dataset.unsaid:
        return
    if dataset.label != statement.label and statement.label:
        text = f"the dataset's label is '{dataset.label}', but '{statement.label}' in define.xml"
        yield columns.report("DEF206", text, severity=Severity.WARNING, value=dataset.label)
    for column in dataset.columns:
        item = statement.variables.get(column.name)
        if item is not None and item.label and column.label != item.label:
            text = f"the label is '{column.label}', but '{item.label}' in define.xml"
            yield columns.report("DEF206", text, variable=column.name, severity=Severity.WARNING, value=column.label)


def _check_kind(columns: Columns, statement: DatasetStatement) -> Iterator[Finding]:
    """A class that is not that of the guide, and a domain that is not that of the records."""
    own, stated = (_CLASSES.get(one, one) for one in (columns.dataset.class_name.upper(), statement.class_name))
    if own and stated and not (own.startswith(stated) or stated.startswith(own)):
        text = f"the class is {statement.class_name} in define.xml, but {columns.dataset.class_name} in the guide"
        yield columns.report("DEF224", text, value=statement.class_name)
    domains = [one for one in columns.coded("DOMAIN").texts if one] if "DOMAIN" in columns.names else []
    if statement.domain and domains and statement.domain not in domains:
        text = f"the domain is {statement.domain} in define.xml, but {', '.join(domains[:3])} in the records"
        yield columns.report("DEF224", text, variable="DOMAIN", value=statement.domain)


def _check_records(columns: Columns, statement: DatasetStatement) -> Iterator[Finding]:
    """Data where there should be none, keys that are not unique, and subjects with several records."""
    if statement.no_data and columns.length:
        text = f"define.xml says that the dataset has no data, but it has {columns.length:,} records"
        yield columns.report("DEF215", text, count=columns.length)
    if statement.says_data and not statement.no_data and not columns.length:
        text = "the dataset has no records, but define.xml does not say so"
        hint = "say so (def:HasNoData), with a comment that says why"
        yield columns.report("DEF215", text, severity=Severity.WARNING, hint=hint)
    keys = [name for name in statement.keys if columns.has(name)]
    if keys and len(keys) == len(statement.keys):
        repeated = _find_repeated(columns, keys)
        if len(repeated):
            text = f"the key of define.xml ({', '.join(keys)}) does not tell records apart"
            yield columns.report("DEF213", text, variable=keys[-1], rows=repeated)
            return
    if statement.repeating == "No" and not statement.reference and columns.has(SUBJECT):
        repeated = _find_repeated(columns, [SUBJECT])
        if len(repeated):
            text = "define.xml says that the dataset has one record per subject (Repeating No)"
            yield columns.report("DEF222", text, variable=SUBJECT, rows=repeated)


def _find_repeated(columns: Columns, names: Sequence[str]) -> np.ndarray:
    keys = combine([columns.coded(name) for name in names], columns.length)
    return np.flatnonzero(np.bincount(keys)[keys] > 1) if len(keys) else np.zeros(0, dtype="int64")


def _check_predecessors(
    columns: Columns, statement: DatasetStatement, by_name: Mapping[str, Dataset]
) -> Iterator[Finding]:
    """Predecessors that do not exist, and what was collected without a page."""
    unpaged = []
    for item in statement.variables.values():
        items = (item, *(level.item for level in item.levels))
        yield from _check_sources(columns, item, items, by_name)
        origins = [origin for one in items for origin in one.origins]
        collected = [origin for origin in origins if origin.type in _COLLECTED]
        if collected and not any(origin.paged for origin in collected):
            unpaged.append(item.name)
    if unpaged:
        text = f"variables were collected, but define.xml names no page of the CRF: {', '.join(unpaged)}"
        yield columns.report("DEF219", text, severity=Severity.NOTE, count=len(unpaged))


def _check_sources(
    columns: Columns, item: ItemStatement, items: Iterable[ItemStatement], by_name: Mapping[str, Dataset]
) -> Iterator[Finding]:
    named = dict.fromkeys(source for one in items for origin in one.origins for source in origin.predecessors)
    for dataset, variable in named:
        if dataset in by_name and variable not in by_name[dataset].frame:
            text = f"the predecessor {dataset}.{variable} of define.xml does not exist"
            hint = did_you_mean(variable, map(str, by_name[dataset].frame.columns))
            yield columns.report("DEF219", text, variable=item.name, hint=hint)
