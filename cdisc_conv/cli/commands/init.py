"""cdisc-conv init."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RawExports = Annotated[
    Path,
    typer.Option("--raw", metavar="DIR", help="Folder with the exports of the EDC, or the one file that they are."),
]
StudyOut = Annotated[Path, typer.Option("--out", metavar="STUDY", help="Folder of the study.")]
Edc = Annotated[str, typer.Option("--edc", metavar="NAME", help="The EDC; recognised when left out.")]
Add = Annotated[
    str, typer.Option("--add", metavar="FORM", help="Draft what this form needs in the study, which is there already.")
]
Subject = Annotated[str, typer.Option("--subject", metavar="COLUMN", help="The column that names the subject.")]


def init(raw: RawExports, out: StudyOut, edc: Edc = "", subject: Subject = "", add: Add = "") -> int:
    """Draft a study from its exports: study.yaml, forms.yaml and a mapping for each dataset.

    Looks at what the columns are called and hold, and proposes where each of them goes. Every drafted line carries its
    score and reason in a comment that is taken away once somebody has checked it; lint counts those that are left.

    \b
    Example:
      cdisc-conv init --raw exports --out mystudy
      cdisc-conv init --raw exports --out mystudy --add CM
    """
    from cdisc_conv.cli.printing.console import plural, print_line, print_table
    from cdisc_conv.cli.printing.findings import print_problems
    from cdisc_conv.draft.add import add_form
    from cdisc_conv.draft.run import init_study
    from cdisc_conv.draft.writing.page import FILE, count_shares, list_datasets, list_to_do
    from cdisc_conv.problems import exit_code

    outcome = add_form(raw, out, add, edc) if add else init_study(raw, out, edc, subject)
    print_problems([problem for problem in outcome.problems if problem.code != "DRAFT001"])
    print_table(
        ["form", "label", "rows", "drafted in"],
        [
            [form, label, rows, ", ".join(list_datasets(outcome.draft, form))]
            for form, label, rows, *_ in outcome.draft.forms
        ],
    )
    print_line("")
    shares: list[list[str | int]] = [
        [row.fate, row.columns, row.filled, row.share] for row in count_shares(outcome.draft)
    ]
    print_table(["where columns go", "columns", "values", "share of values"], shares)
    to_do = list(list_to_do(outcome.draft))
    print_line(f"\n{plural(len(outcome.draft.datasets), 'dataset')} drafted, {plural(len(to_do), 'line')} to do")
    if not add:
        print_line(f"report: {(out / FILE).as_posix()}")
    print_line(f"next: cdisc-conv run {out.as_posix()} --raw {outcome.exports.folder.as_posix()} --out package")
    return exit_code(outcome.problems)
