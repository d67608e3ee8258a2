"""cdisc-conv dictionaries: MedDRA and WHODrug."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.commands.ct import Name, OfStudy, Replace, Version


def dictionaries_import(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Folders or zip archives of releases.", exists=True)
    ],
    study: OfStudy = "",
    name: Name = "",
    version: Version = "",
    replace: Replace = False,
) -> int:
    """Import coding dictionaries: MedDRA (llt.asc, mdhier.asc) and WHODrug in B3 format (DD.txt, DDA.txt, INA.txt).

    They are kept like terminology, for the derivation `coded`. Nobody may hand them on: what is kept with a study
    (--study) is not for those who have no licence.

    \b
    Example:
      cdisc-conv dictionaries import MedDRA_27_1_English.zip
      cdisc-conv dictionaries import whodrug_b3 --version 2025-03 --study mystudy
    """
    from cdisc_conv.cli.commands.imports import import_files
    from cdisc_conv.standards.imports import import_dictionary

    return import_files(paths, study, import_dictionary, name=name, version=version, replace=replace)


def dictionaries_list(study: OfStudy = "") -> int:
    """List the dictionaries that were imported.

    \b
    Example:
      cdisc-conv dictionaries list
    """
    from cdisc_conv.cli.commands.imports import find_folder, list_kept

    return list_kept(["dict"], find_folder(study), "parts")
