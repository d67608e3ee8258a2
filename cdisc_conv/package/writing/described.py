"""A study as its define.xml describes it: what study.yaml says in ``define:``, and what is wrong there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cdisc_conv.dataset import Dataset
from cdisc_conv.define.building.study import (
    STYLESHEET,
    DefineStudy,
    Document,
    DocumentKind,
    Standard,
    Translation,
)
from cdisc_conv.define.read_displays import read_displays
from cdisc_conv.problems import Problem, did_you_mean
from cdisc_conv.spec.model import Family, Study
from cdisc_conv.spec.yaml.nodes import Node

TEXTS = ("description", "metadata_name", "metadata_description", "originator", "context", "comment", "language")
"""Keys of ``define:`` in study.yaml that are texts of `DefineStudy`."""

SHARED = ("description", "originator", "context", "language", "comment")
"""Texts that hold for the definitions of ADaM, too, unless ``define: adam:`` has its own."""


def describe_study(study: Study, family: Family, datasets: Sequence[Dataset]) -> tuple[DefineStudy, list[Problem]]:
    """The study as define.xml of a family tells it, from study.yaml, and what is wrong with its ``define:`` section.

    ADaM has a section of its own inside that one, ``adam:``, with the same keys and with ``displays``; what it does not
    say of `SHARED` is as for SDTM. Findings: PKG020 an unknown key, PKG021 a document that lacks something or has an
    unknown kind, and those of `read_displays`.
    """
    whole: Mapping[str, Any] = study.settings.get("define") or {}
    said: Mapping[str, Any] = (whole.get("adam") or {}) if family.is_analysis else whole
    node = study.define.get("adam") or Node({}, study.place.file, 0) if family.is_analysis else study.define
    section = _Section("define: adam" if family.is_analysis else "define", node)
    known = (*TEXTS, "documents", "displays" if family.is_analysis else "adam")
    problems = [
        section.node.at((key,)).problem(
            "PKG020", f"'{section.name}' has no '{key}'", did_you_mean(key, known) or join_names(known)
        )
        for key in said
        if key not in known
    ]
    if not family.is_analysis and "adam" not in study.families and whole.get("adam"):
        message = "'define' describes analysis datasets, but the study maps none"
        problems.append(node.at(("adam",)).problem("PKG020", message, "map them in the folder adam/, or take it out"))
    inherited = {key: whole[key] for key in SHARED if whole.get(key)}
    texts = {
        key: " ".join(str(value).split()) for key, value in {**inherited, **said}.items() if key in TEXTS and value
    }
    if (encoding := study.settings.get("encoding") or "ASCII") != "ASCII":
        said_of_text = f"The text of the transport files is encoded in {encoding}."
        texts["comment"] = " ".join(filter(None, (texts.get("comment", ""), said_of_text)))
    described = DefineStudy(
        name=study.name,
        description=texts.pop("description", study.title),
        protocol_name=str(study.settings.get("protocol") or study.name),
        created=study.created,
        standards=_list_standards(family, datasets),
        documents=_read_documents(section, said.get("documents") or [], problems),
        stylesheet=STYLESHEET,
        displays=read_displays(node.get("displays"), problems) if family.is_analysis else (),
        translations=tuple(
            Translation(language, said["datasets"], said["variables"], said["terms"])
            for language, said in (study.settings.get("translations") or {}).items()
        ),
        **texts,
    )
    return described, problems


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of study.yaml as findings name it, and where it stands."""

    name: str
    node: Node


def _list_standards(family: Family, datasets: Sequence[Dataset]) -> tuple[Standard, ...]:
    """The implementation guide, and the terminology packages that are used; SDTM's may be among those of ADaM."""
    guide_name, _, guide_version = family.standard.label.rpartition(" ")
    packages = [family.terminology, *([family.terminology.beside] if family.terminology.beside else [])]
    terminologies = [Standard("CDISC/NCI", "CT", one.version, publishing_set=one.publishing_set) for one in packages]
    used = set(_list_codelist_standards(datasets))
    return (Standard(guide_name, "IG", guide_version), *(one for one in terminologies if one.key in used))


def _list_codelist_standards(datasets: Sequence[Dataset]) -> Iterator[str]:
    """The packages that codelists of variables and of values are from, in the words of `Standard.key`."""
    for dataset in datasets:
        for column in dataset.columns:
            for item in (column.item, *(level.item for level in column.value_level)):
                if item.codelist is not None:
                    yield item.codelist.standard


def _read_documents(section: _Section, entries: Sequence[Any], problems: list[Problem]) -> tuple[Document, ...]:
    documents: list[Document] = []
    kinds = [kind.value for kind in DocumentKind]
    for number, entry in enumerate(entries, start=1):
        data = entry if isinstance(entry, dict) else {}
        node = section.node.at(("documents", number - 1))
        missing = [key for key in ("id", "title", "href") if not data.get(key)]
        kind = data.get("kind", DocumentKind.SUPPLEMENTAL.value)
        if missing or kind not in kinds:
            what = f"lacks {join_names(missing)}" if missing else f"has the kind '{kind}'"
            hint = f"each document has id, title, href, and kind ({' or '.join(kinds)})"
            problems.append(node.problem("PKG021", f"document {number} of '{section.name}' {what}", hint))
            continue
        if not _stays_inside(str(data["href"])):
            hint = "name it relative to define.xml, without '..'"
            message = f"document {number} of '{section.name}' points outside the package: {data['href']}"
            problems.append(node.at(("href",)).problem("PKG021", message, hint))
            continue
        documents.append(Document(str(data["id"]), str(data["title"]), str(data["href"]), DocumentKind(kind)))
    return tuple(documents)


def _stays_inside(href: str) -> bool:
    path = PurePosixPath(href.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in href


def join_names(names: Sequence[str]) -> str:
    """Names as a message lists them."""
    return ", ".join(names)
