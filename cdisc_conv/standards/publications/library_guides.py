"""Guides and models in the JSON of the CDISC Library's API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cdisc_conv.standards.publications.rows import CLASS_NAMES, STRUCTURES, GuideRow, clean_set, read_restrictions
from cdisc_conv.standards.publications.tables import refuse

Json = Mapping[str, Any]


@dataclass(frozen=True)
class GuideDocument:
    """The rows of a guide or model, what the file says of its name and version, and the version of the model behind."""

    said: str
    rows: tuple[GuideRow, ...]
    is_model: bool = False
    model: str = ""


def read_library_guide(path: Path, document: Json) -> GuideDocument:
    """The rows of a guide or model.

    Raises:
        ProblemsError: STD001 the JSON holds neither.
    """
    said = " ".join(str(document.get(key, "")) for key in ("name", "label"))
    try:
        if "dataStructures" in document:
            return GuideDocument(said, tuple(_list_structures(document)))
        classes = document["classes"]
        if any("classVariables" in one for one in classes):
            return GuideDocument(said, tuple(_list_model(document)), is_model=True)
        href = str(document.get("_links", {}).get("model", {}).get("href", ""))
        return GuideDocument(said, tuple(_list_datasets(document)), model=href.rpartition("/")[2].replace("-", "."))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"this is no implementation guide or model of the CDISC Library: {error} is missing or malformed"
        raise refuse(path, "STD001", message, "give the JSON of one product, such as /mdr/sdtmig/3-3") from None


def _list_datasets(document: Json) -> Iterator[GuideRow]:
    for one in document["classes"]:
        for dataset in one.get("datasets", ()):
            for item in dataset["datasetVariables"]:
                row = _make_row(item, str(dataset["name"]), _class(one), str(item.get("role", "")))
                structure = str(dataset.get("datasetStructure", ""))
                yield replace(row, dataset_label=str(dataset["label"]), structure=structure)


def _list_structures(document: Json) -> Iterator[GuideRow]:
    for structure in document["dataStructures"]:
        name = STRUCTURES.get(structure["name"], structure["name"])
        if structure.get("subClass"):
            continue  # a subclass repeats the variables of its class
        label = re.sub(r"(?<=Dataset) Structure$", "", str(structure["label"]))
        for part in sorted(structure["analysisVariableSets"], key=lambda part: int(part.get("ordinal") or 0)):
            for item in part["analysisVariables"]:
                role = clean_set(str(part["name"]), str(part.get("label", "")))
                row = _make_row(item, str(name), _class({"name": structure.get("class") or name}), role)
                yield replace(row, dataset_label=label)


def _list_model(document: Json) -> Iterator[GuideRow]:
    for one in document["classes"]:
        for item in one.get("classVariables", ()):
            yield _make_row(item, "", _class(one), str(item.get("role", "")))


def _class(one: Json) -> str:
    name = str(one["name"])
    return CLASS_NAMES.get(name.casefold(), name.upper())


def _make_row(item: Json, dataset: str, class_name: str, role: str) -> GuideRow:
    codelists = item.get("_links", {}).get("codelist") or ()
    links = [codelists] if isinstance(codelists, dict) else codelists
    only, never = read_restrictions(str(item.get("usageRestrictions", "")))
    return GuideRow(
        dataset=dataset,
        class_name=class_name,
        role=role,
        variable=str(item["name"]),
        label=_text(item, "label").rstrip("*"),
        type=str(item.get("simpleDatatype", "")),
        core=str(item.get("core", "")),
        codelists=tuple(dict.fromkeys(str(link["href"]).rpartition("/")[2] for link in links)),
        described=_text(item, "describedValueDomain"),
        values=tuple(str(value) for value in item.get("valueList", ()) if value),
        only=only,
        never=never,
    )


def _text(item: Json, key: str) -> str:
    """A text on one line; some have the two characters of an escaped line break."""
    return " ".join(str(item.get(key, "")).replace("\\n", " ").split())
