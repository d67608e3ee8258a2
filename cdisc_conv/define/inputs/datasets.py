"""What cannot become a define.xml: everything wrong with the study and the datasets, found before anything is written.

Codes: DEF101 text, DEF102 study, DEF103 document, DEF104 standard, DEF105 dataset, DEF106 item, DEF107 origin,
DEF108 codelist, DEF109 where-clause, DEF110 display.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache

import pandas as pd

from cdisc_conv.dataset import Column, Dataset
from cdisc_conv.define.building.study import DefineStudy, DocumentKind
from cdisc_conv.define.building.uses import ANALYSIS_CLASSES, CLASS_ORDER
from cdisc_conv.define.building.xml import find_forbidden
from cdisc_conv.define.inputs.displays import check_displays
from cdisc_conv.define.inputs.items import check_column
from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.standards import SUB_CLASSES

CONTEXTS = ("Submission", "Other")
PURPOSES = ("Tabulation", "Analysis")
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?\Z")
_SAS_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}\Z")
_SAFE_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*(/[A-Za-z0-9_][A-Za-z0-9_. -]*)*\Z")


def check_inputs(study: DefineStudy, datasets: Sequence[Dataset]) -> list[Problem]:
    """Everything that keeps define.xml from being written, in the order of the datasets; empty when all is well."""
    problems = [*_check_study(study), *_check_texts(study, Place())]
    for name, count in Counter(dataset.name for dataset in datasets).items():
        if count > 1:
            problems.append(Problem("DEF105", f"{count} datasets are named {name}", place=Place(dataset=name)))
    for dataset in datasets:
        problems += [*_check_dataset(study, dataset), *_check_columns(study, dataset, datasets)]
    return [*problems, *check_displays(study, datasets)]


def _check_study(study: DefineStudy) -> Iterator[Problem]:
    for name in ("name", "description", "protocol_name"):
        if not getattr(study, name):
            yield Problem("DEF102", f"the study has no {name.replace('_', ' ')}")
    if not _CREATED.match(study.created):
        hint = "write it like 2025-06-30T12:00:00"
        yield Problem("DEF102", f"the creation time {study.created!r} is not an ISO 8601 date and time", hint=hint)
    if study.context not in CONTEXTS:
        yield Problem("DEF102", f"the context {study.context!r} is unknown", hint="Submission or Other")
    for label, path in (("dataset folder", study.dataset_folder), ("stylesheet", study.stylesheet)):
        if path and not _SAFE_PATH.match(path):
            yield Problem("DEF102", f"the {label} {path!r} is not a relative path", hint=_PATH_HINT)
    yield from _check_documents(study)
    for key, count in Counter(standard.key for standard in study.standards).items():
        if count > 1:
            yield Problem("DEF104", f"the standard {key} is listed {count} times")
    for standard in study.standards:
        if standard.type not in ("IG", "CT"):
            yield Problem("DEF104", f"the standard {standard.name} has the type {standard.type!r}", hint="IG or CT")


def _check_documents(study: DefineStudy) -> Iterator[Problem]:
    for identifier, count in Counter(document.id for document in study.documents).items():
        if count > 1:
            yield Problem("DEF103", f"{count} documents have the id {identifier!r}")
    for document in study.documents:
        if not _SAFE_PATH.match(document.href):
            message = f"the document {document.id!r} is at {document.href!r}, which is not a relative path"
            yield Problem("DEF103", message, hint=_PATH_HINT)
    if sum(document.kind is DocumentKind.ANNOTATED_CRF for document in study.documents) > 1:
        yield Problem("DEF103", "more than one document is the annotated CRF", hint="page numbers need one")


_PATH_HINT = "use letters, digits, dots, blanks and hyphens, and slashes between folders; no '..', no drive, no address"


def _check_dataset(study: DefineStudy, dataset: Dataset) -> Iterator[Problem]:
    place = Place(dataset=dataset.name)
    if not _SAS_NAME.match(dataset.name):
        yield Problem("DEF105", f"{dataset.name!r} is not a dataset name", place=place, hint=_NAME_HINT)
    for what, text in (("label", dataset.label), ("structure", dataset.structure)):
        if not text:
            yield Problem("DEF105", f"the dataset has no {what}", place=place)
    if not dataset.columns:
        yield Problem("DEF105", "the dataset has no variables", place=place)
    if dataset.class_name not in CLASS_ORDER:
        hint = did_you_mean(dataset.class_name, CLASS_ORDER) or f"one of {', '.join(CLASS_ORDER)}"
        yield Problem("DEF105", f"the class {dataset.class_name!r} is unknown", place=place, hint=hint)
    if dataset.purpose not in PURPOSES:
        yield Problem("DEF105", f"the purpose {dataset.purpose!r} is unknown", place=place, hint=" or ".join(PURPOSES))
    elif dataset.class_name in CLASS_ORDER:
        yield from _check_class(dataset, place)
    if dataset.reference_data and dataset.repeating:
        hint = "reference data are written with Repeating No"
        yield Problem("DEF105", "the dataset is reference data and repeating", place=place, hint=hint)
    if dataset.class_name == "TRIAL DESIGN" and not dataset.reference_data:
        yield Problem("DEF105", "a trial design dataset has to be reference data", place=place)
    if dataset.standard:
        yield from _check_standard(study, dataset, place)


def _check_class(dataset: Dataset, place: Place) -> Iterator[Problem]:
    """Classes of analysis data are for analysis, all others for tabulation; a subclass belongs to its class."""
    purpose = "Analysis" if dataset.class_name in ANALYSIS_CLASSES else "Tabulation"
    if dataset.purpose != purpose:
        message = f"a dataset of the class {dataset.class_name} has the purpose {dataset.purpose}"
        yield Problem("DEF105", message, place=place, hint=f"it is {purpose}")
    known = SUB_CLASSES.get(dataset.class_name, ())
    if dataset.sub_class and dataset.sub_class not in known:
        message = f"the class {dataset.class_name} has no subclass {dataset.sub_class!r}"
        hint = did_you_mean(dataset.sub_class, known) or (f"one of {', '.join(known)}" if known else "it has none")
        yield Problem("DEF105", message, place=place, hint=hint)


_NAME_HINT = "one to 8 capital letters, digits and underscores, no digit first"


def _check_standard(study: DefineStudy, dataset: Dataset, place: Place) -> Iterator[Problem]:
    standard = study.standard(dataset.standard)
    if not standard or standard.type != "IG":
        known = [one.key for one in study.standards if one.type == "IG"]
        hint = did_you_mean(dataset.standard, known) or f"the study lists {', '.join(known) or 'none'}"
        message = f"the implementation guide {dataset.standard!r} is not among the study's standards"
        yield Problem("DEF104", message, place=place, hint=hint)


def _check_columns(study: DefineStudy, dataset: Dataset, datasets: Sequence[Dataset]) -> Iterator[Problem]:
    yield from _check_texts(dataset, Place(dataset=dataset.name))
    for name, count in Counter(column.name for column in dataset.columns).items():
        if count > 1:
            yield Problem("DEF105", f"{count} variables are named {name}", place=Place(dataset=dataset.name))
    for column in dataset.columns:
        place = Place(dataset=dataset.name, variable=column.name)
        if not _SAS_NAME.match(column.name):
            yield Problem("DEF105", f"{column.name!r} is not a variable name", place=place, hint=_NAME_HINT)
        if not column.label:
            yield Problem("DEF105", "the variable has no label", place=place)
        if column.name not in dataset.frame.columns:
            yield Problem("DEF105", "the data have no such column", place=place)
        yield from _check_texts(column, place)
        yield from check_column(study, dataset, column, datasets)


def _check_texts(value: object, place: Place) -> Iterator[Problem]:
    if find_forbidden("".join(_gather_texts(value))) is None:  # nearly always: then nobody asks which text is where
        return
    for path, text in _list_texts(value, ""):
        position = find_forbidden(text)
        if position is not None:
            character = f"U+{ord(text[position]):04X}"
            message = f"{path} has the character {character} at position {position + 1}, which XML cannot hold"
            yield Problem("DEF101", message, place=place, hint="take it out of the source", value=ascii(text))


def _gather_texts(value: object) -> list[str]:
    """The texts of `_list_texts`, in any order."""
    texts: list[str] = []
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, tuple):
            left += (inner for inner in one if not isinstance(inner, Column))
        elif names := _list_fields(type(one)):  # type: ignore[arg-type]  # a class has a hash
            left += (getattr(one, name) for name in names)
    return texts


@cache
def _list_fields(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass; none of any other type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _list_texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text inside nested dataclasses, with a readable path; columns of a dataset are looked at by themselves."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        yield from _list_inner((path, one) for one in value if not isinstance(one, Column))
    elif is_dataclass(value):
        inner = ((field.name, getattr(value, field.name)) for field in fields(value))
        prefix = f"{path} " if path else ""
        yield from _list_inner((f"{prefix}{name.replace('_', ' ')}", one) for name, one in inner)


def _list_inner(parts: Iterable[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    for path, value in parts:
        if not isinstance(value, pd.DataFrame):
            yield from _list_texts(value, path)
