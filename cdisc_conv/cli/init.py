"""cdisc-conv init."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RawExports = Annotated[
    Path,
    typer.Option("--raw", metavar="DIR", help="Folder with the exports of the EDC, or the one file that they are."),
]
StudyOut = Annotated[Path, typer.Option("--out", metavar="STUDY", help="Folder of the new study.")]
Edc = Annotated[str, typer.Option("--edc", metavar="NAME", help="The EDC; recognised when left out.")]
Subject = Annotated[str, typer.Option("--subject", metavar="COLUMN", help="The column that names the subject.")]


def init(raw: RawExports, out: StudyOut, edc: Edc = "", subject: Subject = "") -> int:
    """Draft a study from its exports: study.yaml, forms.yaml and a mapping for each dataset.

    Looks at what the columns are called and hold, and proposes where each of them goes. Every drafted line carries its
    score and reason in a comment that is taken away once somebody has checked it; lint counts those that are left.

    \b
    Example:
      cdisc-conv init --raw exports --out mystudy
    """
    from cdisc_conv.cli.console import plural, print_line
    from cdisc_conv.cli.findings import print_problems
    from cdisc_conv.draft.run import init_study
    from cdisc_conv.problems import exit_code

    outcome = init_study(raw, out, edc, subject)
    print_problems(outcome.problems)
    print_line(f"{out.as_posix()}: {plural(len(outcome.draft.datasets), 'dataset')} drafted")
    return exit_code(outcome.problems)
