"""cdisc-conv ct: controlled terminology."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.options.shared import complete_study

OfStudy = Annotated[
    str,
    typer.Option(
        "--study",
        metavar="STUDY",
        help="Folder of a study, whose imports come first and are kept in its folder.",
        show_default="the imports of the user",
        autocompletion=complete_study,
    ),
]
Name = Annotated[
    str,
    typer.Option("--name", metavar="NAME", help="Its name, if the file does not say it.", show_default="read"),
]
Version = Annotated[
    str,
    typer.Option("--version", metavar="VERSION", help="Its version, if the file does not say it.", show_default="read"),
]
Sheet = Annotated[
    str,
    typer.Option("--sheet", metavar="NAME", help="The sheet, if several look right.", show_default="found"),
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace a version that is there with other content.")]
Publications = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Published files.", exists=True, dir_okay=False)
]


def ct_import(
    files: Publications,
    study: OfStudy = "",
    name: Name = "",
    version: Version = "",
    sheet: Sheet = "",
    replace: Replace = False,
) -> int:
    """Import published terminology packages.

    Reads the text, XLS, XLSX and ODM-XML files of the NCI, the CSV form and the JSON of the CDISC Library, gzipped or
    not. A package is kept in the folder of the study or of the user, never in the installed package, and study.yaml
    chooses its version.

    \b
    Example:
      cdisc-conv ct import "SDTM Terminology 2024-09-27.txt" --study mystudy
      cdisc-conv ct import ADaM_Terminology.odm.xml
    """
    from cdisc_conv.cli.commands.imports import import_files
    from cdisc_conv.standards.imports import import_terminology

    return import_files(files, study, import_terminology, name=name, version=version, sheet=sheet, replace=replace)


def ct_list(study: OfStudy = "") -> int:
    """List the terminology packages that there are, in the order in which they are looked for.

    \b
    Example:
      cdisc-conv ct list --study mystudy
    """
    from cdisc_conv.cli.commands.imports import find_folder, list_kept

    return list_kept(["ct"], find_folder(study), "codelists")


def ct_show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A codelist (SEX, C66731), a term's C-code, a category, or a package.")
    ],
    package: Annotated[
        str,
        typer.Option(
            "--package",
            metavar="PACKAGE",
            help="The package to look in, such as adam or 2024-09-27.",
            show_default="all",
        ),
    ] = "",
    study: OfStudy = "",
) -> int:
    """Show a codelist with its terms, the codelists that have a term, those of an instrument, or those of a package.

    \b
    Example:
      cdisc-conv ct show SEX
      cdisc-conv ct show ECOG
      cdisc-conv ct show C66742 --package 2024-09-27
      cdisc-conv ct show "ADaM CT 2025-03-28"
    """
    from cdisc_conv.cli.printing.ct import show_name

    return show_name(name, package, study)


def ct_diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A version (2024-09-27), a package, or a published file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What to compare it with, likewise.")],
    study: Annotated[
        str,
        typer.Option(
            "--study",
            metavar="STUDY",
            help="Show what the difference means for a study.",
            show_default="none",
            autocompletion=complete_study,
        ),
    ] = "",
) -> int:
    """Show what changes from one terminology package to another, and what that means for a study.

    With --study only the variables of the study whose codelists changed, and its mapped values that mean another term
    or none.

    \b
    Example:
      cdisc-conv ct diff 2024-09-27 2025-03-28
      cdisc-conv ct diff 2025-03-28 "SDTM Terminology 2025-09-26.txt" --study mystudy
    """
    from cdisc_conv.cli.printing.ct import show_differences

    return show_differences(old, new, study)
