"""cdisc-conv package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cdisc_conv.spec.model import Study


def package(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="The package that `run` or `demo` wrote.")],
    ectd: Annotated[Path, typer.Option("--ectd", metavar="DIR", help="Folder to write; it is replaced as a whole.")],
    study: Annotated[
        str,
        typer.Option(
            "--study",
            metavar="STUDY",
            help="The study, whose mapping becomes the programs.",
            show_default="the one that made the package, where it is found",
        ),
    ] = "",
) -> int:
    """Lay out a package as module 5 of an eCTD.

    The datasets, define.xml with its stylesheet and the PDF documents go to m5/datasets/STUDY/tabulations/sdtm and
    analysis/adam/datasets, the mapping as text to analysis/adam/programs; checksums.txt has sizes and
    SHA-256. Names, paths, sizes and links are checked.

    \b
    Example:
      cdisc-conv package out --ectd ectd
      cdisc-conv package out --ectd ectd --study mappings/my_study
    """
    from cdisc_conv.cli.printing.console import plural, print_line
    from cdisc_conv.cli.printing.findings import print_problems
    from cdisc_conv.package.ectd import lay_out_ectd
    from cdisc_conv.problems import exit_code
    from cdisc_conv.spec.load import load_study

    made = lay_out_ectd(folder, ectd, load_study(study)[0] if study else _find_study(folder))
    print_problems(made.problems)
    print_line(f"{plural(len(made.files), 'file')} in {ectd}")
    return exit_code(made.problems)


def _find_study(folder: Path) -> Study | None:
    """The mapping that made the package, where a study of that name is found whose files are the same to the byte."""
    from cdisc_conv.package.ectd import made_by, name_study
    from cdisc_conv.problems import ProblemsError
    from cdisc_conv.spec.load import load_study

    name = name_study(folder)
    try:
        study = load_study(name)[0] if name else None
    except ProblemsError:
        return None
    return study if study is not None and made_by(study, folder) else None
