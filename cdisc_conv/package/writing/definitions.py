"""define.xml and define.html of a package, one for each family of datasets: what study.yaml says, and the files.

They stand beside the files they define, as in an eCTD: ``sdtm/define.xml`` and ``adam/define.xml``.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from cdisc_conv.dataset import Dataset, Item
from cdisc_conv.define import (
    DefineStudy,
    Document,
    DocumentKind,
    Standard,
    Translation,
    build_define,
    check_define,
    check_inputs,
    render_html,
    stylesheet_path,
)
from cdisc_conv.define.building.displays import ResultDisplay
from cdisc_conv.define.read_displays import read_displays
from cdisc_conv.package.writing.transport import Alphabet, fit_texts
from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.spec.agencies import find_codec
from cdisc_conv.spec.model import Family, Study
from cdisc_conv.spec.yaml.nodes import Node

TEXTS = ("description", "metadata_name", "metadata_description", "originator", "context", "comment", "language")
"""Keys of ``define:`` in study.yaml that are texts of `DefineStudy`."""

SHARED = ("description", "originator", "context", "language", "comment")
"""Texts that hold for the definitions of ADaM, too, unless ``define: adam:`` has its own."""


UNWRITABLE = "DEF101"
"""The finding of a character that XML cannot hold."""


def write_definitions(
    study: Study, family: Family, datasets: Sequence[Dataset], out: Path, made: Collection[str] = ()
) -> list[Problem]:
    """Write define.xml of a family, its stylesheet and define.html into the package `out`; findings of making them.

    `datasets` are those of the family, `made` the documents that the run makes beside define.xml. When define.xml
    cannot be built at all, its problems and PKG012 come back and none of the three files is written.
    """
    folder = out / family.name
    described, problems = describe_study(study, family, datasets)
    described, left = leave_out_displays(study, described, datasets)
    datasets, without = leave_out_pages(study, described, datasets)
    problems += [*left, *without]
    problems += [problem for problem in check_inputs(described, datasets) if problem.code == UNWRITABLE]
    # A character that XML cannot hold costs that character, not the whole document.
    described = fit_texts(described, Alphabet(study.settings.get("transliterate") or {}, find_codec(study)))
    problems += check_inputs(described, datasets)
    if any(_is_fatal(problem) for problem in problems):
        return [*problems, _not_written(family)]
    xml = build_define(described, datasets)
    (folder / "define.xml").write_bytes(xml)
    (folder / "define.html").write_bytes(render_html(xml))
    style = stylesheet_path()
    shutil.copyfile(style, folder / style.name)
    problems += copy_documents(study, [one for one in described.documents if one.href not in made], folder)
    return [*problems, *check_define(xml)]


def _is_fatal(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR and problem.code.startswith("DEF") and problem.code != UNWRITABLE


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
        hint = "put it beside define.xml before the package is submitted"
        problems.append(Problem("PKG022", message, Severity.NOTE, study.place, hint))
    return problems


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
            "PKG020", f"'{section.name}' has no '{key}'", did_you_mean(key, known) or _list(known)
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
        stylesheet=stylesheet_path().name,
        displays=read_displays(node.get("displays"), problems) if family.is_analysis else (),
        translations=tuple(
            Translation(language, said["datasets"], said["variables"], said["terms"])
            for language, said in (study.settings.get("translations") or {}).items()
        ),
        **texts,
    )
    return described, problems


def leave_out_displays(
    study: Study, described: DefineStudy, datasets: Sequence[Dataset]
) -> tuple[DefineStudy, list[Problem]]:
    """The description without the results that are made from datasets which the study has and this package has not.

    PKG023 names them. A dataset that the study does not map stays: it is a finding of `check_inputs`.
    """
    absent = set(study.datasets) - {dataset.name for dataset in datasets}
    kept: list[ResultDisplay] = []
    problems: list[Problem] = []
    for display in described.displays:
        lost = dict.fromkeys(
            one.dataset for result in display.results for one in result.datasets if one.dataset in absent
        )
        if not lost:
            kept.append(display)
            continue
        results = tuple(one for one in display.results if not any(part.dataset in lost for part in one.datasets))
        names = _list(list(lost))
        what = f"display {display.id}" if not results else f"some results of display {display.id}"
        message = f"define.xml leaves {what} out: {names} is not in this package"
        problems.append(Problem("PKG023", message, Severity.NOTE, study.place_of("define", "adam")))
        if results:
            kept.append(replace(display, results=results))
    return replace(described, displays=tuple(kept)), problems


def leave_out_pages(
    study: Study, described: DefineStudy, datasets: Sequence[Dataset]
) -> tuple[Sequence[Dataset], list[Problem]]:
    """The datasets without the CRF pages of origins where the study has no annotated CRF, and a warning (DEF107)."""
    if described.annotated_crf is not None:
        return datasets, []
    names = [
        f"{dataset.name}.{column.name}"
        for dataset in datasets
        for column in dataset.columns
        if any(item.origin and item.origin.pages for item in (column.item, *(one.item for one in column.value_level)))
    ]
    if not names:
        return datasets, []
    of = names[0] if len(names) == 1 else f"{len(names):,} variables, such as {names[0]},"
    message = f"define.xml leaves out the CRF pages of {of} since the study has no annotated CRF"
    hint = "name it among the documents of 'define' in study.yaml, with kind: annotated CRF"
    problem = Problem("DEF107", message, Severity.WARNING, study.place_of("define"), hint)
    return [_without_pages(dataset) for dataset in datasets], [problem]


def _without_pages(dataset: Dataset) -> Dataset:
    def strip(item: Item) -> Item:
        return replace(item, origin=replace(item.origin, pages=())) if item.origin else item

    columns = (
        replace(
            column,
            item=strip(column.item),
            value_level=tuple(replace(level, item=strip(level.item)) for level in column.value_level),
        )
        for column in dataset.columns
    )
    return replace(dataset, columns=tuple(columns))


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
            what = f"lacks {_list(missing)}" if missing else f"has the kind '{kind}'"
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


def _not_written(family: Family) -> Problem:
    which = "define.xml of ADaM" if family.is_analysis else "define.xml"
    message = f"{which} could not be built, for the reasons given, so it and define.html are missing"
    return Problem("PKG012", message, hint="fix what the DEF findings name")


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
