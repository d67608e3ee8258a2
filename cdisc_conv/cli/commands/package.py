"""cdisc-conv package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def package(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The package that `run` or `demo` wrote.")],
    ectd: Annotated[Path, typer.Option("--ectd", metavar="DIR", help="Folder to write; it is replaced as a whole.")],
    study: Annotated[
        str,
        typer.Option(
            "--study", metavar="STUDY", help="The study, whose mapping becomes the programs.", show_default="none"
        ),
    ] = "",
) -> int:
    """Lay out a package as module 5 of an eCTD.

    The datasets, define.xml with its stylesheet and the PDF documents go to m5/datasets/STUDY/tabulations/sdtm and
    analysis/adam/datasets, the mapping of --study as text to analysis/adam/programs; checksums.txt has sizes and
    SHA-256. Names, paths, sizes and links are checked.

    \b
    Example:
      cdisc-conv package out --ectd ectd --study hope2021_thal_agc
    """
    from cdisc_conv.cli.printing.console import plural, print_line
    from cdisc_conv.cli.printing.findings import print_problems
    from cdisc_conv.package.ectd import lay_out_ectd
    from cdisc_conv.problems import exit_code
    from cdisc_conv.spec.load import load_study

    made = lay_out_ectd(folder, ectd, load_study(study)[0] if study else None)
    print_problems(made.problems)
    print_line(f"{plural(len(made.files), 'file')} in {ectd}")
    return exit_code(made.problems)
