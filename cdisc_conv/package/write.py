"""Write everything a run made: transport files, define.xml, reports, manifest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.package.definitions import DATASET_FOLDER, write_definitions
from cdisc_conv.package.manifest import write_manifest
from cdisc_conv.package.staging import stage_folder
from cdisc_conv.package.transport import fit_for_transport
from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.report import write_reports
from cdisc_conv.report.accounting import account_for
from cdisc_conv.report.places import locate, rename_folders, spec_folders
from cdisc_conv.spec.model import Study
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


def write_package(conversion: Conversion, out: Path, raw: Path, found: Sequence[Problem] = ()) -> Package:
    """Write the package of a conversion into the folder `out`, which is replaced as a whole at the end.

    `raw` is the folder that was read; `found` are earlier findings (those of lint) that belong into the report.
    Findings do not keep anything else from being written. Raises ProblemsError when `out` must not be replaced
    (`staging.check_target`) and OSError when the disk refuses; `out` is as it was then.
    """
    with stage_folder(out, {"raw folder": raw, "study folder": conversion.study.folder}) as stage:
        package = fill_package(conversion, stage, raw, out, found)
    return replace(package, folder=out)


def fill_package(conversion: Conversion, folder: Path, raw: Path, out: Path, found: Sequence[Problem] = ()) -> Package:
    """The same into a new folder that will become `out`."""
    study = conversion.study
    datasets, problems = fit_for_transport(conversion.datasets, study.settings.get("transliterate") or {})
    problems += write_datasets(study, datasets, folder / DATASET_FOLDER)
    written = [dataset for dataset in datasets if not _was_refused(dataset, problems)]
    problems += write_definitions(study, written, folder)
    accounting = account_for(conversion)
    extra = check_raw_files(study, raw)
    everything = [*found, *conversion.problems, *accounting.problems, *extra, *problems]
    on_screen = rename_folders(everything, {str(folder): str(out)})
    filed = rename_folders(on_screen, {**_raw_names(folder, raw, out), **spec_folders(study)})
    write_reports(conversion, datasets, filed, accounting, folder / REPORT_FOLDER)
    files = write_manifest(
        study, folder, raw, out, list_inputs(conversion, raw), [dataset.name for dataset in datasets]
    )
    return Package(folder, tuple(datasets), tuple(on_screen), files)


def write_datasets(study: Study, datasets: Iterable[Dataset], folder: Path) -> list[Problem]:
    """One transport file per dataset with records, and what kept one from being written.

    Findings: those of the writer for a dataset it refuses, which the other datasets do not mind, and PKG010 (note) for
    a dataset without records, which gets no file and is marked so in define.xml.
    """
    folder.mkdir()
    created = datetime.fromisoformat(study.created)
    problems: list[Problem] = []
    for dataset in datasets:
        if not len(dataset.frame):
            message = f"{dataset.name} has no records, so there is no {dataset.name.lower()}.xpt; define.xml says so"
            problems.append(Problem("PKG010", message, Severity.NOTE, Place(dataset=dataset.name)))
            continue
        try:
            write_xpt(
                folder / f"{dataset.name.lower()}.xpt",
                dataset.frame,
                name=dataset.name,
                label=dataset.label,
                variables=variables_of(dataset),
                created=created,
                transliterate=study.settings.get("transliterate") or {},
            )
        except ProblemsError as error:
            problems.extend(error.problems)
            problems.append(_describe_refusal(dataset))
    return problems


def list_inputs(conversion: Conversion, raw: Path) -> list[Path]:
    """The raw files of the study that are there: forms that were read, and given datasets."""
    names = [conversion.study.forms[name].file for name in conversion.forms]
    names += [given.file for given in conversion.study.given.values()]
    return sorted({path for name in names if (path := raw / name).is_file()})


def check_raw_files(study: Study, raw: Path) -> list[Problem]:
    """ACC003: a file of the kind of the study's exports that no form reads, such as a form that was added later."""
    known = {form.file for form in study.forms.values()} | {given.file for given in study.given.values()}
    kinds = {Path(name).suffix.lower() for name in known}
    strangers = sorted(
        path.name
        for path in raw.iterdir()
        if path.is_file() and path.suffix.lower() in kinds and path.name not in known
    )
    hint = "add its form to forms.yaml, or take the file out of the raw folder"
    return [
        Problem(
            "ACC003", f"the raw file {name} belongs to no form of the study", Severity.WARNING, Place(file=name), hint
        )
        for name in strangers
    ]


def _was_refused(dataset: Dataset, problems: Iterable[Problem]) -> bool:
    return any(problem.code == "PKG011" and problem.place.dataset == dataset.name for problem in problems)


def _describe_refusal(dataset: Dataset) -> Problem:
    message = (
        f"{dataset.name} could not be written as a transport file, for the reasons given, and is not in define.xml"
    )
    return Problem("PKG011", message, place=Place(dataset=dataset.name), hint="mend what the XPT findings name")


def _raw_names(folder: Path, raw: Path, out: Path) -> dict[str, str]:
    """The raw folder, under the names that findings may have for it, as the package calls it."""
    inside = raw.is_relative_to(folder)
    location = locate(raw, folder if inside else out)
    shown = out / raw.relative_to(folder) if inside else raw
    return {str(shown): location, str(shown.resolve()): location}
