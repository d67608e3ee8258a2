"""cdisc-conv run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.arguments import Out, Study, split_names

Raw = Annotated[
    Path | None,
    typer.Option(
        "--raw",
        metavar="DIR",
        help="Folder of the raw export, or the one file that it is (zip, XLSX, ODM-XML); without it only ADaM is "
        "made, from --sdtm.",
    ),
]
Datasets = Annotated[
    str,
    typer.Option("--datasets", metavar="NAMES", help="Only these datasets, separated by commas.", show_default="all"),
]
Sdtm = Annotated[
    Path | None,
    typer.Option(
        "--sdtm",
        metavar="DIR",
        help="Folder of SDTM datasets that are given, not made (XPT or CSV).",
        show_default="the raw folder",
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        "--formats",
        metavar="NAMES",
        help="Dataset-JSON beside the transport files: json, ndjson, dsjc, separated by commas.",
        show_default="as study.yaml says",
    ),
]
Encoding = Annotated[
    str,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Encoding of the transport files: ASCII, UTF-8, GB18030 or CP932.",
        show_default="as study.yaml says",
    ),
]


def run(
    study: Study,
    out: Out,
    raw: Raw = None,
    datasets: Datasets = "",
    sdtm: Sdtm = None,
    formats: Formats = "",
    encoding: Encoding = "",
) -> int:
    """Turn a raw export into SDTM and ADaM datasets, define.xml and reports.

    ADaM datasets read the SDTM datasets of the same run; without --raw those in --sdtm, and only they are made.

    The mapping is checked first; errors in it stop the run before any data is read. Findings about the data do not
    stop it: they are in the report. The output folder is replaced as a whole at the very end, so that a run that fails
    or is interrupted changes nothing.

    \b
    Example:
      cdisc-conv run mappings/hope2021_thal_agc --raw raw --out package
      cdisc-conv run hope2021_thal_agc --raw raw --out dm_ae --datasets DM,AE
      cdisc-conv run hope2021_thal_agc --sdtm package/sdtm --out adam
      cdisc-conv run hope2021_thal_agc --raw raw --out package --formats json,dsjc
    """
    from cdisc_conv.cli.progress import show_progress
    from cdisc_conv.cli.summary import print_package
    from cdisc_conv.package.run import run_study

    wanted = split_names(datasets)
    with show_progress() as progress:
        package = run_study(study, raw, out, wanted or None, progress, sdtm, split_names(formats) or None, encoding)
    return print_package(package)
