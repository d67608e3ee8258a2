"""cdisc-conv demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.options.shared import Seed, Subjects


def demo(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="Folder to write; an earlier package there is replaced as a whole.")
    ],
    subjects: Subjects = 106,
    seed: Seed = 1,
) -> int:
    """Simulate the shipped study and make its complete package.

    The synthetic raw exports are in OUT/raw, the package with its SDTM and ADaM datasets beside them. They are as
    untidy as real ones, so the report has findings on purpose; the exit code is 0 when the package was made.

    \b
    Example:
      cdisc-conv demo out
      cdisc-conv demo out --subjects 1000 --seed 7
    """
    from cdisc_conv.cli.printing.progress import show_progress
    from cdisc_conv.cli.printing.summary import print_package
    from cdisc_conv.package.run import run_demo

    with show_progress() as progress:
        package = run_demo(out, subjects, seed, progress)
    return print_package(package.result, planted=True)
