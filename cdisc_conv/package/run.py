"""The whole road: open the mapping, convert, write. What `cdisc-conv run`, `demo` and `simulate` call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import MappingProxyType

from cdisc_conv.beside import make_beside
from cdisc_conv.checks import lint_folder
from cdisc_conv.columns.stored import IN_MEMORY, Shelf
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.ranges.range import WHOLE, Division
from cdisc_conv.package.inputs import Inputs, Progress, choose_ranges, find_fewer_rows, quiet
from cdisc_conv.package.listing import read_manifest
from cdisc_conv.package.writing.exchange import choose_encoding, choose_formats, choose_split_size
from cdisc_conv.package.writing.package import Package, draw_lineage, fill_package
from cdisc_conv.package.writing.staging import (
    check_permission,
    check_place,
    name_full_scratch,
    open_scratch,
    stage_folder,
)
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.resources import LABEL_FILE, shipped
from cdisc_conv.spec.load import find_study
from cdisc_conv.spec.model import RawSettings, Study
from cdisc_conv.steps import NOTHING_KEPT, Steps
from cdisc_conv.workplace import recover

SYNTHETIC = "Synthetic data: simulated from the protocol; no value comes from a real person."
DEMO = "hope2021_thal_agc"
"""The shipped study that the demo simulates."""


def open_study(words: str | Path, steps: Steps = NOTHING_KEPT) -> tuple[Study, list[Problem]]:
    """A study whose mapping has no errors, and the warnings and notes about it. Raises ProblemsError otherwise."""
    study, problems = lint_folder(words, steps)
    if study is None or any(problem.severity is Severity.ERROR for problem in problems):
        raise ProblemsError(problems)
    return study, problems


def run_study(
    words: str | Path,
    raw: Path | None,
    out: Path,
    datasets: Sequence[str] | None = None,
    progress: Progress = quiet,
    sdtm: Path | None = None,
    formats: Sequence[str] | None = None,
    encoding: str = "",
    division: Division = WHOLE,
    split_size: str = "",
    keeping: Keeping | None = None,
) -> Package:
    """Turn the raw export in `raw`, or the SDTM datasets in `sdtm`, into a package in `out`.

    `words` is the study's folder or the name of a shipped one; `datasets` restricts the package to some datasets;
    `sdtm` is the folder of the datasets that the study is given (`raw` when left out). Without `raw` the study's SDTM
    datasets are all read from there, and only its analysis datasets are made. `formats` are written beside the
    transport files instead of those that study.yaml names (`exchange.FORMATS`), and the transport files in `encoding`.
    `division` says how the subjects are divided, on which nothing that is written depends; what several ranges are made
    of is in a private folder beside `out`, or in its `scratch`, until they are written.
    Transport files over `split_size` (5 GB) are there in parts, too. `keeping` is where runs keep what the next one
    need not make; nothing that is written depends on it either.
    Raises ProblemsError when the mapping has errors, a dataset or format does not exist, a folder cannot be used, or
    the SDTM datasets that are read make no sense, and OSError when the disk refuses; `out` is as it was then.
    """
    if sdtm is None and raw is None:
        hint = "--raw names the folder of the raw export, --sdtm that of SDTM datasets to make ADaM datasets from"
        raise ProblemsError([Problem("PKG008", "there is nothing to read: give --raw, --sdtm, or both", hint=hint)])
    study, found = open_study(words, keeping.steps if keeping is not None else NOTHING_KEPT)
    if raw is not None and not study.forms and not study.raw.home:
        message = f"{study.name} has no raw forms: it makes analysis datasets of SDTM"
        raise ProblemsError(
            [Problem("PKG008", message, hint="leave --raw out, and name the SDTM datasets with --sdtm")]
        )
    study = choose_split_size(choose_encoding(choose_formats(study, formats), encoding), split_size)
    export = raw
    study, raw = _open_raw(study, raw)
    folder = sdtm or raw or Path()
    wanted = choose_datasets(study, datasets, analysis_only=raw is None)
    _require_folders(raw, sdtm)
    inputs = Inputs(raw, folder)
    division = choose_ranges(study, inputs, division, keeping, workers=_ask_cluster(division))
    before = read_manifest(out) or {}
    apart = inputs.folders
    if export is not None and export != raw:  # what stands beside the one file of an export is not of it
        apart = {"raw file": export, **({"sdtm folder": sdtm} if sdtm else {})}
    with (
        stage_folder(out, {**apart, "study folder": study.folder}) as stage,
        open_scratch(stage, out, "" if division.scheduler else division.scratch) as folder,
    ):
        package = _convert_and_fill(
            study, inputs, stage, out, wanted, progress, found, division, keeping, Shelf(folder)
        )
    fewer = find_fewer_rows(before, read_manifest(out) or {})
    return replace(package, folder=out, problems=(*package.problems, *fewer))


def _require_folders(raw: Path | None, sdtm: Path | None) -> None:
    """Put back what a killed run took from its place; ProblemsError (PKG005) for a folder that is not there."""
    for given in filter(None, (raw, sdtm)):
        recover(given)
    missing = [
        Problem("PKG005", f"there is no {name} folder '{given}'", hint=f"check the spelling of --{name}")
        for name, given in (("raw", raw), ("sdtm", sdtm))
        if given is not None and not given.is_dir()
    ]
    if missing:
        raise ProblemsError(missing)


def _ask_cluster(division: Division) -> int:
    """The number of workers that the cluster has, before anything is read; 0 for a run without one.

    Raises ProblemsError when there are none, or they cannot make ranges.
    """
    if not division.scheduler:
        return 0
    if division.workers > 1:
        hint = "--workers are processes of this machine; a cluster has its own"
        raise ProblemsError([Problem("PKG008", "give --workers or --scheduler, not both", hint=hint)])
    from cdisc_conv.engine.workers.connect import check_cluster

    return check_cluster(division.scheduler)


def _open_raw(study: Study, raw: Path | None) -> tuple[Study, Path | None]:
    """The study and the folder of its export; where `raw` is one file that holds every form, its folder."""
    if raw is None or not raw.is_file():
        return study, raw

    def inside(settings: RawSettings) -> RawSettings:
        path = settings.path if settings.url else "/".join(filter(None, (raw.name, settings.path)))
        return replace(settings, path=path)

    sources = {name: inside(source) for name, source in study.raw.sources.items()}
    return replace(study, raw=replace(inside(study.raw), sources=sources)), raw.parent


def run_demo(out: Path, subjects: int = 106, seed: int = 1, progress: Progress = quiet) -> Package:
    """Simulate the shipped study into `out`/raw and make its package in `out`."""
    study, found = open_study(shipped("mappings") / DEMO)
    with stage_folder(out, {"study folder": study.folder}) as stage:
        progress(f"simulating {subjects} subjects of {study.name}")
        simulate_raw(study.folder, subjects, seed, stage / "raw")
        package = _convert_and_fill(study, Inputs(stage / "raw", stage / "raw"), stage, out, None, progress, found)
    return replace(package, folder=out)


def _label_synthetic(study: Study, folder: Path) -> Study:
    """The study, with a comment for define.xml and the report that its data are synthetic where the inputs say so."""
    if not _is_synthetic(folder):
        return study
    said = dict(study.settings.get("define") or {})
    said["comment"] = " ".join(filter(None, (said.get("comment", ""), SYNTHETIC)))
    return replace(study, settings=MappingProxyType({**study.settings, "define": said}))


def _is_synthetic(folder: Path) -> bool:
    """Whether a folder holds a simulated export, or the datasets of a package that was made from one."""
    define = folder / "define.xml"
    of_package = read_manifest(folder.parent) is not None and define.is_file()
    return (folder / LABEL_FILE).is_file() or (of_package and SYNTHETIC.encode() in define.read_bytes())


def simulate_raw(words: str | Path, subjects: int, seed: int, out: Path) -> dict[str, int]:
    """Write synthetic raw exports of a study into `out`; rows per form. Raises ProblemsError and OSError.

    A folder that is there is replaced as a whole, with its other files in it.
    """
    from cdisc_conv.simulate import write_exports

    if problems := check_place(out, {}) or (check_permission(out.resolve()) if out.exists() else []):
        raise ProblemsError(problems)
    return write_exports(find_study(words), subjects, seed, out)


def _suggest(study: Study, name: str) -> str:
    """What to ask for instead of a dataset that is not mapped."""
    if (domain := study.domain_of(name)) != name:
        return f"it is a part of {domain}, which is made as a whole: name {domain}"
    return did_you_mean(name, study.datasets) or f"there are: {', '.join(study.datasets)}"


def choose_datasets(study: Study, names: Sequence[str] | None, analysis_only: bool = False) -> tuple[str, ...] | None:
    """The datasets asked for, in the study's order; None stands for all.

    `analysis_only`: there are no raw forms to make SDTM datasets of. Raises ProblemsError for datasets that are unknown
    (PKG006) or not to be made (PKG009).
    """
    analysis = study.datasets_of("adam")
    if analysis_only and not analysis:
        message = f"{study.name} maps no analysis datasets, so there is nothing to make without raw forms"
        raise ProblemsError([Problem("PKG009", message, place=study.place, hint="give --raw")])
    if names is None:
        return None
    wanted = {name.upper() for name in names}
    unknown = sorted(wanted - set(study.datasets))
    if unknown:
        problems = [
            Problem(
                "PKG006",
                f"{study.name} maps no dataset {name}",
                hint=_suggest(study, name),
            )
            for name in unknown
        ]
        raise ProblemsError(problems)
    read = [name for name in study.datasets if name in wanted and name not in analysis] if analysis_only else []
    if read:
        message = f"{', '.join(read)} cannot be made without raw forms"
        hint = f"give --raw, or ask for some of {', '.join(analysis)}"
        raise ProblemsError([Problem("PKG009", message, hint=hint)])
    return tuple(name for name in study.datasets if name in wanted)


def _convert_and_fill(
    study: Study,
    inputs: Inputs,
    stage: Path,
    out: Path,
    datasets: tuple[str, ...] | None,
    progress: Progress,
    found: Sequence[Problem],
    division: Division = WHOLE,
    keeping: Keeping | None = None,
    shelf: Shelf = IN_MEMORY,
) -> Package:
    from cdisc_conv.documents.crf.prepare import plan_crf
    from cdisc_conv.engine.convert import convert, convert_tabulations
    from cdisc_conv.engine.plan.graph import plan_study

    study = _label_synthetic(study, inputs.raw or inputs.sdtm)
    kept, crf = keeping.steps if keeping is not None else NOTHING_KEPT, None
    if inputs.raw:
        study, crf = plan_crf(study, kept)  # before anything is derived: origins name its pages
    steps = count(1)
    made_of = study.datasets if inputs.raw else study.datasets_of("adam")
    of = f" of {len(made_of)}" if datasets is None else ""
    progress("reading the raw export" if inputs.raw else "reading the SDTM datasets")

    def report_step(name: str) -> None:
        progress(f"{name} made ({next(steps)}{of})" if division == WHOLE else f"{name} made")

    if not inputs.raw:
        with name_full_scratch(shelf):
            made = convert_tabulations(study, inputs.sdtm, datasets, report_step, division, keeping, shelf)
        return fill_package(made, stage, inputs, out, found, progress)
    plan = plan_study(study)
    with make_beside(lambda: draw_lineage(study, plan, kept)) as lineage:
        with name_full_scratch(shelf):
            made = convert(study, inputs.raw, datasets, report_step, inputs.sdtm, division, keeping, shelf, plan)
        return fill_package(made, stage, inputs, out, found, progress, crf, lineage)
