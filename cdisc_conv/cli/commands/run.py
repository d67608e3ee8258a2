"""cdisc-conv run."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cdisc_conv.cli.guard import report_failure
from cdisc_conv.cli.options.run import (
    Datasets,
    Encoding,
    Formats,
    Fresh,
    Out,
    Ranges,
    Raw,
    Scheduler,
    Scratch,
    Sdtm,
    SplitSize,
    Watch,
    Workers,
)
from cdisc_conv.cli.options.shared import Study, split_names

if TYPE_CHECKING:
    from cdisc_conv.engine.derive.kept_parts import Keeping
    from cdisc_conv.engine.ranges.range import Division
    from cdisc_conv.package.kept.inputs import Request
    from cdisc_conv.package.writing.package import Package


def run(
    study: Study,
    out: Out,
    raw: Raw = None,
    datasets: Datasets = "",
    sdtm: Sdtm = None,
    formats: Formats = "",
    encoding: Encoding = "",
    ranges: Ranges = None,
    workers: Workers = None,
    scheduler: Scheduler = "",
    scratch: Scratch = "",
    split_size: SplitSize = "",
    fresh: Fresh = False,
    watch: Watch = False,
) -> int:
    """Turn a raw export into SDTM and ADaM datasets, define.xml and reports.

    ADaM datasets read the SDTM datasets of the same run; without --raw those in --sdtm, and only they are made.

    The mapping is checked first; errors in it stop the run before any data is read. Findings about the data do not
    stop it: they are in the report. The output folder is replaced as a whole at the very end, so that a run that fails
    or is interrupted changes nothing.

    Only what changed since the last run is made again, and nothing where nothing did; stderr says what. What this needs
    is kept in a private folder of the user that can be deleted (CDISC_CONV_CACHE names another one; set to nothing,
    nothing is kept).

    \b
    Example:
      cdisc-conv run mappings/hope2021_thal_agc --raw raw --out package
      cdisc-conv run hope2021_thal_agc --raw raw --out dm_ae --datasets DM,AE
      cdisc-conv run hope2021_thal_agc --sdtm package/sdtm --out adam
      cdisc-conv run hope2021_thal_agc --raw raw --out package --formats json,dsjc
    """
    from cdisc_conv.cli.printing.console import print_line
    from cdisc_conv.package.kept.inputs import Request
    from cdisc_conv.package.kept.watch import watch_inputs

    wanted, kinds = split_names(datasets), split_names(formats)
    request = Request(study, Path(out), raw, sdtm, tuple(wanted) or None, tuple(kinds) or None, encoding, split_size)
    once = partial(_run, request, out, (ranges or 0, workers or 1, scheduler, scratch), workers == 1)
    if not watch:
        return once(fresh)
    return watch_inputs(request, partial(report_failure, once), partial(print_line, stderr=True), fresh=fresh)


def _run(request: Request, out: str, division: tuple[int, int, str, str], alone: bool, fresh: bool) -> int:
    """Run what is requested, as far as it changed, and print what came of it; the exit code.

    `alone`: all of it is made in this process.
    """
    from cdisc_conv.beside import stay_alone
    from cdisc_conv.cli.printing.console import print_line
    from cdisc_conv.cli.printing.summary import print_package
    from cdisc_conv.package.kept.rerun import run_for_copy, run_what_changed
    from cdisc_conv.package.writing.publish import is_url, publish

    def make(keeping: Keeping | None, folder: Path = request.out) -> Package:
        from cdisc_conv.engine.ranges.range import Division

        with stay_alone() if alone else nullcontext():
            return _make(request, folder, Division(*division), keeping)

    say = partial(print_line, stderr=True)
    if is_url(out):
        with publish(out) as folder:
            made = run_for_copy(request, partial(make, folder=folder), say, fresh=fresh)
        return print_package(made.move(out))
    return print_package(run_what_changed(request, make, say, fresh=fresh))


def _make(request: Request, folder: Path, division: Division, keeping: Keeping | None) -> Package:
    from cdisc_conv.cli.printing.progress import show_progress
    from cdisc_conv.package.run import run_study

    with show_progress() as progress:
        return run_study(
            request.study,
            request.raw,
            folder,
            request.datasets,
            progress,
            request.sdtm,
            request.formats,
            request.encoding,
            division,
            request.split_size,
            keeping,
        )
