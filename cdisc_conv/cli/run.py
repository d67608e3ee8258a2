"""cdisc-conv run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.arguments import Out, Raw, Study


def run(
    study: Study,
    raw: Raw,
    out: Out,
    datasets: Annotated[
        str,
        typer.Option(
            "--datasets", metavar="NAMES", help="Only these datasets, separated by commas.", show_default="all"
        ),
    ] = "",
    sdtm: Annotated[
        Path | None,
        typer.Option(
            "--sdtm",
            metavar="DIR",
            help="Folder of the datasets that are given, not made.",
            show_default="the raw folder",
        ),
    ] = None,
) -> int:
    """Turn a raw export into SDTM datasets, define.xml and reports.

    The mapping is checked first; errors in it stop the run before any data is read. Findings about the data do not
    stop it: they are in the report. The output folder is replaced as a whole at the very end, so that a run that fails
    or is interrupted changes nothing.

    \b
    Example:
      cdisc-conv run mappings/hope2021_thal_agc --raw raw --out package
      cdisc-conv run hope2021_thal_agc --raw raw --out dm_ae --datasets DM,AE
    """
    from cdisc_conv.cli.progress import show_progress
    from cdisc_conv.cli.summary import print_package
    from cdisc_conv.package.run import run_study

    wanted = [name.strip() for name in datasets.split(",") if name.strip()]
    with show_progress() as progress:
        package = run_study(study, raw, out, wanted or None, progress, sdtm)
    return print_package(package)
