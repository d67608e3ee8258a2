"""define.xml and define.html of a package, one for each family of datasets.

They stand beside the files they define, as in an eCTD: ``sdtm/define.xml`` and ``adam/define.xml``.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_conv.dataset import Dataset, Item
from cdisc_conv.define import (
    DefineStudy,
    Document,
    build_define,
    check_define,
    check_inputs,
    render_html,
    stylesheet_path,
)
from cdisc_conv.define.building.displays import ResultDisplay
from cdisc_conv.package.writing.described import describe_study, join_names
from cdisc_conv.package.writing.transport import Alphabet, fit_texts
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.agencies import find_codec
from cdisc_conv.spec.model import Family, Study
from cdisc_conv.steps import NOTHING_KEPT, Steps

UNWRITABLE = "DEF101"
"""The finding of a character that XML cannot hold."""


def write_definitions(
    study: Study,
    family: Family,
    datasets: Sequence[Dataset],
    out: Path,
    made: Collection[str] = (),
    steps: Steps = NOTHING_KEPT,
) -> list[Problem]:
    """Write define.xml of a family, its stylesheet and define.html into the package `out`; findings of making them.

    `datasets` are those of the family, `made` the documents that the run makes beside define.xml. When define.xml
    cannot be built at all, its problems and PKG012 come back and none of the three files is written. What an earlier
    run built of the same is taken over from `steps`.
    """
    folder = out / family.name
    described, problems = describe_study(study, family, datasets)
    described, left = leave_out_displays(study, described, datasets)
    datasets, without = leave_out_pages(study, described, datasets)
    problems += [*left, *without]
    letters = (study.settings.get("transliterate") or {}, find_codec(study))
    made_of = (described, datasets, letters)
    what = f"{family.name}/define.xml"
    drawn = steps.make("drawing", what, made_of, lambda: _draw_definitions(described, datasets, *letters))
    problems += drawn.problems
    if not drawn.xml:
        return [*problems, _not_written(family)]
    (folder / "define.xml").write_bytes(drawn.xml)
    (folder / "define.html").write_bytes(drawn.html)
    style = stylesheet_path()
    shutil.copyfile(style, folder / style.name)
    problems += copy_documents(study, [one for one in drawn.documents if one.href not in made], folder)
    return [*problems, *drawn.noted]


@dataclass(frozen=True)
class _Drawn:
    """define.xml and define.html, where they can be built."""

    problems: tuple[Problem, ...]
    """What was found before they were built."""
    documents: tuple[Document, ...] = ()
    xml: bytes = b""
    html: bytes = b""
    noted: tuple[Problem, ...] = ()
    """What was found in them."""


def _draw_definitions(
    described: DefineStudy, datasets: Sequence[Dataset], transliterate: Mapping[str, str], codec: str
) -> _Drawn:
    """What is written of a description and the datasets that it is about; it depends on nothing else."""
    problems = [problem for problem in check_inputs(described, datasets) if problem.code == UNWRITABLE]
    # A character that XML cannot hold costs that character, not the whole document.
    described = fit_texts(described, Alphabet(transliterate, codec))
    problems += check_inputs(described, datasets)
    if any(_is_fatal(problem) for problem in problems):
        return _Drawn(tuple(problems))
    xml = build_define(described, datasets)
    return _Drawn(tuple(problems), described.documents, xml, render_html(xml), tuple(check_define(xml)))


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
        names = join_names(list(lost))
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


def _not_written(family: Family) -> Problem:
    which = "define.xml of ADaM" if family.is_analysis else "define.xml"
    message = f"{which} could not be built, for the reasons given, so it and define.html are missing"
    return Problem("PKG012", message, hint="fix what the DEF findings name")
