"""cdisc-conv standards: implementation guides and models."""

from __future__ import annotations

from typing import Annotated

import typer

from cdisc_conv.cli.commands.ct import Name, OfStudy, Publications, Replace, Sheet, Version


def standards_import(
    files: Publications,
    study: OfStudy = "",
    name: Name = "",
    version: Version = "",
    sheet: Sheet = "",
    model: Annotated[
        str,
        typer.Option("--model", metavar="VERSION", help="The SDTM behind an SDTMIG.", show_default="read"),
    ] = "",
    replace: Replace = False,
) -> int:
    """Import published implementation guides and models.

    Reads the tables of variables that the CDISC Library exports (CSV, XLSX) and the JSON of its API. They are kept like
    terminology; study.yaml chooses the version.

    \b
    Example:
      cdisc-conv standards import SDTMIG_v3.3.csv --study mystudy
      cdisc-conv standards import sdtm-1-8.json sdtmig-3-3.json
    """
    from cdisc_conv.cli.commands.imports import import_files
    from cdisc_conv.standards.imports import import_guide

    said = {"name": name, "version": version, "sheet": sheet, "model": model}
    return import_files(files, study, import_guide, **said, replace=replace)


def standards_list(study: OfStudy = "") -> int:
    """List the implementation guides and models that there are, in the order in which they are looked for.

    \b
    Example:
      cdisc-conv standards list
    """
    from cdisc_conv.cli.commands.imports import find_folder, list_kept

    return list_kept(["ig", "model"], find_folder(study), "datasets")
