"""define.xml and define.html of a package: what study.yaml says of the study as a whole, and the files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from cdisc_conv.dataset import Dataset
from cdisc_conv.define import (
    DefineStudy,
    Document,
    DocumentKind,
    Standard,
    build_define,
    check_define,
    check_inputs,
    render_html,
    stylesheet_path,
)
from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.spec.model import Study

TEXTS = ("description", "metadata_name", "metadata_description", "originator", "context", "comment", "language")
"""Keys of ``define:`` in study.yaml that are texts of `DefineStudy`; ``documents`` is the only other one."""

DATASET_FOLDER = "sdtm"


def write_definitions(study: Study, datasets: Sequence[Dataset], folder: Path) -> list[Problem]:
    """Write define.xml, its stylesheet and define.html into `folder`; findings of building and checking them.

    When define.xml cannot be built at all, its problems and PKG012 come back and none of the three files is written.
    """
    described, problems = describe_study(study)
    problems += check_inputs(described, datasets)
    if any(problem.severity is Severity.ERROR and problem.code.startswith("DEF") for problem in problems):
        return [*problems, _not_written()]
    xml = build_define(described, datasets)
    (folder / "define.xml").write_bytes(xml)
    (folder / "define.html").write_bytes(render_html(xml))
    style = stylesheet_path()
    shutil.copyfile(style, folder / style.name)
    problems += copy_documents(study, described.documents, folder)
    return [*problems, *check_define(xml)]


def copy_documents(study: Study, documents: Sequence[Document], folder: Path) -> list[Problem]:
    """Copy the documents that lie in the study folder to where define.xml expects them; PKG022 lists the others."""
    problems: list[Problem] = []
    for document in documents:
        source, target = study.folder / document.href, folder / document.href
        if source.is_file() and source.resolve().is_relative_to(study.folder.resolve()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            continue
        message = f"define.xml refers to {document.href} ({document.title}), which is not in the study folder"
        hint = "put it beside define.xml before the package leaves the house"
        problems.append(Problem("PKG022", message, Severity.NOTE, study.place, hint))
    return problems


def describe_study(study: Study) -> tuple[DefineStudy, list[Problem]]:
    """The study as define.xml tells it, from study.yaml, and what is wrong with its ``define:`` section.

    Findings: PKG020 an unknown key, PKG021 a document that lacks something or has an unknown kind.
    """
    said: Mapping[str, Any] = study.settings.get("define") or {}
    known = (*TEXTS, "documents")
    problems = [
        Problem("PKG020", f"'define' has no '{key}'", place=study.place, hint=did_you_mean(key, known) or _list(known))
        for key in said
        if key not in known
    ]
    texts = {key: " ".join(str(said[key]).split()) for key in TEXTS if said.get(key)}
    described = DefineStudy(
        name=study.name,
        description=texts.pop("description", study.title),
        protocol_name=str(study.settings.get("protocol") or study.name),
        created=study.created,
        standards=_list_standards(study),
        documents=_read_documents(study, said.get("documents") or [], problems),
        dataset_folder=DATASET_FOLDER,
        stylesheet=stylesheet_path().name,
        **texts,
    )
    return described, problems


def _list_standards(study: Study) -> tuple[Standard, ...]:
    guide_name, _, guide_version = study.sdtm.standard.label.rpartition(" ")
    terminology = study.sdtm.terminology
    return (
        Standard(guide_name, "IG", guide_version),
        Standard("CDISC/NCI", "CT", terminology.version, publishing_set=terminology.publishing_set),
    )


def _read_documents(study: Study, entries: Sequence[Any], problems: list[Problem]) -> tuple[Document, ...]:
    documents: list[Document] = []
    kinds = [kind.value for kind in DocumentKind]
    for number, entry in enumerate(entries, start=1):
        data = entry if isinstance(entry, dict) else {}
        missing = [key for key in ("id", "title", "href") if not data.get(key)]
        kind = data.get("kind", DocumentKind.SUPPLEMENTAL.value)
        if missing or kind not in kinds:
            what = f"lacks {_list(missing)}" if missing else f"has the kind '{kind}'"
            hint = f"each document has id, title, href, and kind ({' or '.join(kinds)})"
            problems.append(Problem("PKG021", f"document {number} of 'define' {what}", place=study.place, hint=hint))
            continue
        if not _stays_inside(str(data["href"])):
            hint = "name it relative to define.xml, without '..'"
            message = f"document {number} of 'define' points outside the package: {data['href']}"
            problems.append(Problem("PKG021", message, place=study.place, hint=hint))
            continue
        documents.append(Document(str(data["id"]), str(data["title"]), str(data["href"]), DocumentKind(kind)))
    return tuple(documents)


def _stays_inside(href: str) -> bool:
    path = PurePosixPath(href.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in href


def _not_written() -> Problem:
    message = "define.xml could not be built, for the reasons given, so it and define.html are missing"
    return Problem("PKG012", message, hint="mend what the DEF findings name")


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
