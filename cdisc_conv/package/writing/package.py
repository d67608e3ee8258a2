"""Write everything a run made: transport files, define.xml, reports, manifest."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cdisc_conv.beside import make_beside
from cdisc_conv.checks import CheckReport, check_datasets
from cdisc_conv.checks.explanations import FILE as EXPLANATIONS
from cdisc_conv.checks.explanations import Explanations, read_explanations, report_set_aside
from cdisc_conv.checks.load import load_shipped_rules
from cdisc_conv.checks.package.titles import TITLES
from cdisc_conv.columns.memory import release_memory
from cdisc_conv.columns.stored import count_pieces, slice_rows
from cdisc_conv.dataset import Dataset
from cdisc_conv.define import Translation
from cdisc_conv.documents.crf.prepare import PlannedCrf
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.engine.describe.accounting import account_for
from cdisc_conv.engine.describe.lineage import build_lineage
from cdisc_conv.engine.plan.graph import Plan
from cdisc_conv.engine.plan.sayings import say_study
from cdisc_conv.engine.reused import NOTHING_REUSED, Reuse
from cdisc_conv.package.inputs import Inputs, Progress, check_raw_files, describe_inputs, quiet
from cdisc_conv.package.result import Result
from cdisc_conv.package.writing.causes import drop_caused, drop_repeated, find_ties
from cdisc_conv.package.writing.definitions import write_definitions
from cdisc_conv.package.writing.documents import Outcome, draw_crf, list_made, write_document, write_guides
from cdisc_conv.package.writing.exchange import write_exchange
from cdisc_conv.package.writing.families import leave_out_unmade, list_families
from cdisc_conv.package.writing.files import Files
from cdisc_conv.package.writing.manifest import write_manifest
from cdisc_conv.package.writing.split import split_domains
from cdisc_conv.package.writing.staging import stage_folder
from cdisc_conv.package.writing.transport import fit_for_transport
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.report.files import add_datasets, describe_lineage
from cdisc_conv.report.places import rename_folders, spec_folders
from cdisc_conv.report.write import render_pages, write_reports
from cdisc_conv.spec.agencies import find_codec, find_labels
from cdisc_conv.spec.model import Family, Study
from cdisc_conv.spec.terms.sponsor_terms import extend_terminology
from cdisc_conv.steps import NOTHING_KEPT, Steps
from cdisc_conv.xpt.parts import FOLDER as SPLIT
from cdisc_conv.xpt.parts import MOST_BYTES, Part, plan_parts
from cdisc_conv.xpt.variables import variables_of
from cdisc_conv.xpt.writer import write_xpt

REPORT_FOLDER = "report"


@dataclass(frozen=True)
class Package:
    """A package that was written: its folder, its datasets as written, everything found, and the number of files."""

    folder: Path
    datasets: tuple[Dataset, ...]
    problems: tuple[Problem, ...]
    files: int
    study: Study | None = None
    reused: Reuse = NOTHING_REUSED
    """What of it an earlier run had made already."""

    @property
    def result(self) -> Result:
        """The same without the data."""
        sizes = tuple((one.name, len(one.frame), len(one.columns)) for one in self.datasets)
        return Result(self.folder, sizes, self.problems, self.files)


def write_package(
    conversion: Conversion, out: Path, inputs: Inputs, found: Sequence[Problem] = (), progress: Progress = quiet
) -> Package:
    """Write the package of a conversion into the folder `out`, which is replaced as a whole at the end.

    `inputs` are the folders that were read; `found` are earlier findings (those of lint) that belong into the report.
    Findings do not keep anything else from being written. Raises ProblemsError when `out` must not be replaced
    (`staging.check_target`) and OSError when the disk refuses; `out` is as it was then.
    """
    with stage_folder(out, {**inputs.folders, "study folder": conversion.study.folder}) as stage:
        package = fill_package(conversion, stage, inputs, out, found, progress)
    return replace(package, folder=out)


def fill_package(
    conversion: Conversion,
    folder: Path,
    inputs: Inputs,
    out: Path,
    found: Sequence[Problem] = (),
    progress: Progress = quiet,
    crf: PlannedCrf | None = None,
    lineage: Callable[[], Mapping[str, Any]] | None = None,
) -> Package:
    """The same into a new folder that will become `out`.

    `crf` is the annotated CRF whose pages the study names; `lineage` waits for what `draw_lineage` makes elsewhere.
    """
    study = conversion.study
    domains, problems = fit_datasets(study, conversion.datasets)
    domains, unmade = leave_out_unmade(study, domains, conversion.problems)
    problems += unmade
    datasets = split_domains(study, domains, conversion.shelf)
    explanations, unread = read_explained(study)
    families = list(list_families(study, datasets))
    crf = None if all(family.is_analysis for family, _ in families) else crf  # it stands beside define.xml of SDTM
    with make_beside(lambda: draw_apart(conversion, domains, crf, lineage is None)) as drawing:
        progress("checking the datasets")
        checks = run_checks(conversion, datasets, explanations.aside)
        release_memory()
        progress("writing the package")
        for family, mine in families:
            files = Files(folder, out, conversion.steps)
            written = write_family(conversion, family, mine, files, list_made(study, family, crf))
            problems += [
                problem for problem in written if problem.code not in explanations.aside.keys() & TITLES.keys()
            ]
        accounting = account_for(study, conversion.facts, conversion.forms)
        extra = check_raw_files(study, inputs.raw)
        drawn = drawing()
        conversion.steps.hear(drawn.told)
    release_memory()
    if crf is not None:
        write_document(folder / "sdtm" / crf.href, drawn.crf)
    extra += [*unread, *report_set_aside(explanations, list_known_rules(checks))]
    told = [*found, *conversion.problems, *accounting.problems, *extra, *problems, *drawn.problems]
    ties = find_ties(study, {name: form.frame for name, form in conversion.forms.items()})
    everything = [*drop_caused(told, checks.problems, ties), *drop_repeated(checks.problems, told, ties)]
    on_screen = rename_folders(everything, {str(folder): str(out)})
    filed = rename_folders(on_screen, {**inputs.name_folders(folder, out), **spec_folders(study)})
    unset = write_guides(conversion, datasets, folder, Outcome(checks, filed, accounting, explanations))
    on_screen, filed = [*on_screen, *unset], [*filed, *unset]
    traced = add_datasets(drawn.lineage if lineage is None else lineage(), study, datasets)
    write_reports(study, datasets, filed, accounting, checks, traced, drawn.pages, folder / REPORT_FOLDER)
    copy_explanations(study, folder)
    read = describe_inputs(inputs, conversion, folder, out)
    number = write_manifest(study, folder, read, [dataset.name for dataset in datasets])
    return Package(folder, tuple(datasets), tuple(on_screen), number, study, conversion.reused)


@dataclass(frozen=True)
class Drawn:
    """What is made of the datasets whatever the checks find: the annotated CRF, the pages about the trial, lineage."""

    crf: bytes
    pages: Mapping[str, str]
    lineage: Mapping[str, Any]
    """Empty when it is made elsewhere."""
    problems: Sequence[Problem]
    told: Sequence[tuple[str, str, bool]]
    """What of it an earlier run had drawn (`Steps.tell`)."""


def draw_lineage(study: Study, plan: Plan, steps: Steps = NOTHING_KEPT) -> Mapping[str, Any]:
    """What the report says of the mapping, which no data are needed for."""

    def draw() -> Mapping[str, Any]:
        return describe_lineage(study, build_lineage(study, plan))

    said = say_study(study) if steps.are_kept else None
    return draw() if said is None else steps.recall("lineage", said, draw)[0]


def draw_apart(conversion: Conversion, domains: Sequence[Dataset], crf: PlannedCrf | None, with_lineage: bool) -> Drawn:
    """What of a package nothing else is made of, from whole `domains`; ``write_reports`` files pages and lineage."""
    study = conversion.study
    content, problems = draw_crf(conversion, crf)
    pages, noted = render_pages(study, domains, conversion.given, conversion.steps)
    lineage = draw_lineage(study, conversion.plan, conversion.steps) if with_lineage else {}
    return Drawn(content, pages, lineage, [*problems, *noted], conversion.steps.tell())


def write_family(
    conversion: Conversion, family: Family, datasets: Sequence[Dataset], files: Files, made: Sequence[str]
) -> list[Problem]:
    """The transport files of a family and their define.xml; `made` are the documents that the run makes beside it."""
    study, folder = conversion.study, files.folder / family.name
    problems = write_datasets(study, datasets, folder, files)
    written = [dataset for dataset in datasets if not _was_refused(dataset, problems)]
    kept = {dataset.name for dataset in written}
    whole = split_domains(study, conversion.datasets, conversion.shelf)
    write_exchange(study, family, [one for one in whole if one.name in kept], folder, files)
    return [*problems, *write_definitions(study, family, written, files.folder, made, conversion.steps)]


def copy_explanations(study: Study, folder: Path) -> None:
    """The study's explained findings go with the package, so that `check` knows them wherever it lies."""
    source = study.folder / EXPLANATIONS
    if source.is_file():
        shutil.copyfile(source, folder / EXPLANATIONS)


def read_explained(study: Study) -> tuple[Explanations, list[Problem]]:
    """The explanations of a study, and what keeps them from being read."""
    file = study.folder / EXPLANATIONS
    if not file.is_file():
        return Explanations(), []
    try:
        return read_explanations(file), []
    except ProblemsError as error:
        return Explanations(), list(error.problems)


def list_known_rules(checks: CheckReport) -> set[str]:
    """The rules that may be set aside: those of the program and the study, and those about define.xml."""
    return {*(rule.id for rule in (*load_shipped_rules(), *checks.rules)), *TITLES}


def run_checks(conversion: Conversion, datasets: Sequence[Dataset], aside: Collection[str] = ()) -> CheckReport:
    """The conformance rules of each family but those set `aside`, asked of its datasets as they are written."""
    study = conversion.study
    names = {dataset.domain or dataset.name for dataset in datasets}
    reports = [
        check_datasets(
            mine,
            family.standard,
            extend_terminology(study, family),
            created=study.created,
            folder=study.folder,
            complete=not (study.given and not family.is_analysis) and names.issuperset(study.datasets_of(family.name)),
            beside=list_beside(conversion, datasets, family) if family.is_analysis else (),
            occasion="made",
            set_aside=aside,
            ranges=max((count_pieces(one.frame) for one in mine), default=1),
            steps=conversion.steps,
        )
        for family, mine in list_families(study, datasets)
    ]
    found = [*check_given(conversion, datasets, aside), *(problem for report in reports for problem in report.problems)]
    return CheckReport(
        tuple(dict.fromkeys(found)),
        tuple(rule for report in reports for rule in report.run),
        {rule: reason for report in reports for rule, reason in report.not_run.items()},
        rules=tuple(rule for report in reports for rule in report.rules),
    )


def check_given(conversion: Conversion, datasets: Sequence[Dataset], aside: Collection[str]) -> tuple[Problem, ...]:
    """What the rules that are asked of given datasets find in them."""
    study, given = conversion.study, conversion.given
    if not given:
        return ()
    family = study.family_of(given[0].name)
    report = check_datasets(
        given,
        family.standard,
        extend_terminology(study, family),
        created=study.created,
        complete=False,
        occasion="given",
        set_aside=aside,
        beside=[dataset for dataset in datasets if study.family_of(dataset.name) is family],
        steps=conversion.steps,
    )
    return report.problems


def list_beside(conversion: Conversion, datasets: Sequence[Dataset], family: Family) -> list[Dataset]:
    """The datasets of a run that are not of a family: those of the package, and those it has at hand beside them."""
    others = [one for one in datasets if conversion.study.family_of(one.name) is not family]
    # What is compared with them is written: characters that a transport file does not have are not difference.
    beside, _ = fit_datasets(conversion.study, conversion.beside)
    return [*beside, *others]


def fit_datasets(study: Study, datasets: Sequence[Dataset]) -> tuple[list[Dataset], list[Problem]]:
    """The datasets as the study's transport files can hold them; see `fit_for_transport`."""
    settings = study.settings
    return fit_for_transport(datasets, settings.get("transliterate") or {}, settings.get("encoding") or "ASCII")


def write_datasets(study: Study, datasets: Iterable[Dataset], folder: Path, files: Files) -> list[Problem]:
    """One transport file per dataset with records, in a new `folder` of `files`, and what kept one from being written.

    A dataset whose file is larger than the study's split size is in the folder `split` once more, in parts.

    Findings: those of the writer for a dataset it refuses (the others are written all the same), PKG010 (note) for
    a dataset without records, which gets no file and is marked so in define.xml, and PKG019 (note) for parts.
    """
    folder.mkdir()
    problems: list[Problem] = []
    for dataset in datasets:
        if not len(dataset.frame):
            message = f"{dataset.name} has no records, so there is no {dataset.name.lower()}.xpt; define.xml says so"
            problems.append(Problem("PKG010", message, Severity.NOTE, Place(dataset=dataset.name)))
            continue
        try:
            _write_file(study, dataset, Part(dataset.name, 0, len(dataset.frame)), folder, files)
            problems += _write_parts(study, dataset, folder / SPLIT, files)
        except ProblemsError as error:
            problems.extend(error.problems)
            problems.append(_describe_refusal(dataset))
    return problems


def _write_file(study: Study, dataset: Dataset, part: Part, folder: Path, files: Files) -> None:
    """The transport file of some records of a dataset, under a name of their own."""
    said = find_labels(study)
    labels = Translation("", said.get("datasets", {}), said.get("variables", {}), {})
    path = folder / f"{part.name.lower()}.xpt"
    label = labels.label(dataset.name) or dataset.label
    variables = [replace(one, label=labels.label(dataset.name, one.name) or one.label) for one in variables_of(dataset)]
    created, codec = datetime.fromisoformat(study.created), find_codec(study)

    def write() -> None:
        write_xpt(
            slice_rows(dataset.frame, part.start, part.stop),
            path,
            name=part.name,
            label=label,
            variables=variables,
            created=created,
            encoding=codec,
        )

    files.write(path, (dataset.frame, part, label, variables, study.created, codec), write)


def _write_parts(study: Study, dataset: Dataset, folder: Path, files: Files) -> list[Problem]:
    """The parts of a dataset that is too large, and a note (PKG019) that there are some."""
    parts = plan_parts(dataset, study.settings.get("split_size") or MOST_BYTES)
    if not parts:
        return []
    folder.mkdir(exist_ok=True)
    for part in parts:
        _write_file(study, dataset, part, folder, files)
    message = f"{dataset.name} is large: it is there as a whole, and in {len(parts)} parts in the folder {SPLIT}"
    return [Problem("PKG019", message, Severity.NOTE, Place(dataset=dataset.name))]


def _was_refused(dataset: Dataset, problems: Iterable[Problem]) -> bool:
    return any(problem.code == "PKG011" and problem.place.dataset == dataset.name for problem in problems)


def _describe_refusal(dataset: Dataset) -> Problem:
    message = (
        f"{dataset.name} could not be written as a transport file, for the reasons given, and is not in define.xml"
    )
    return Problem("PKG011", message, place=Place(dataset=dataset.name), hint="fix what the XPT findings name")
