"""cdisc-conv compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="A dataset, a folder of datasets, or a define.xml.")],
    other: Annotated[Path, typer.Argument(metavar="COMPARE", help="The same kind of thing, in any format.")],
    keys: Annotated[
        str,
        typer.Option(
            "--keys", metavar="VARS", help="Match records by these variables, separated by commas.",
            show_default="define.xml, the standard's natural keys, or inferred",
        ),
    ] = "",
    tolerance: Annotated[
        list[str] | None,
        typer.Option("--tolerance", metavar="T", help="Largest absolute difference that counts as equal; a number, "
                     "or VARIABLE=number. Can be given several times.", show_default="0"),
    ] = None,
    relative: Annotated[
        list[str] | None,
        typer.Option("--relative", metavar="T", help="The same relative to the larger magnitude.", show_default="0"),
    ] = None,
    only: Annotated[
        str, typer.Option("--only", metavar="VARS", help="Compare only these variables.", show_default="all")
    ] = "",
    ignore: Annotated[
        str, typer.Option("--ignore", metavar="VARS", help="Leave out these variables.", show_default="none")
    ] = "",
    where: Annotated[
        str,
        typer.Option("--where", metavar="CONDITION", help="Compare only these records, in the language of 'where:' in "
                     "mappings.", show_default="all"),
    ] = "",
    trim: Annotated[bool, typer.Option("--trim/--no-trim", help="Whether trailing blanks of text do not count.")] = True,
    ignore_case: Annotated[bool, typer.Option("--ignore-case", help="Capitals and small letters are the same.")] = False,
    blank_is_missing: Annotated[
        bool, typer.Option("--blank-is-missing", help="A null and an empty text are the same.")
    ] = False,
    order: Annotated[bool, typer.Option("--order", help="The order of records and variables counts.")] = False,
    values_only: Annotated[
        bool, typer.Option("--values-only", help="Labels, types, lengths and formats are told but do not count.")
    ] = False,
    encoding: Annotated[
        str, typer.Option("--encoding", metavar="NAME", help="Encoding of files that are not UTF-8 and do not say.",
                          show_default="none")
    ] = "",
    most: Annotated[int, typer.Option("--max", metavar="N", min=0, help="The most lines to print of a list.")] = 20,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page to sort and filter.")] = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything found as JSON.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")] = None,
) -> int:
    """Compare two datasets or two packages: records, values and metadata.

    Reads SAS transport files (version 5 and 8), SAS7BDAT, CSV, Parquet and Dataset-JSON, in any mix. Exit code 0 when
    equal, 1 when different, 2 when it could not be done.

    \b
    Example:
      cdisc-conv compare prod/ae.xpt qc/ae.sas7bdat --tolerance 1e-9
      cdisc-conv compare package_1 package_2 --html differences.html
    """  # fmt: skip
    from cdisc_conv.cli.compare_text import print_comparison
    from cdisc_conv.cli.progress import show_progress
    from cdisc_conv.compare.package import Options, compare_paths
    from cdisc_conv.compare.report import write_reports
    from cdisc_conv.compare.rules import Rules, parse_tolerances

    rules = Rules(
        parse_tolerances(tolerance or []), parse_tolerances(relative or [], "--relative"),
        trim, ignore_case, blank_is_missing, order, not values_only,
    )  # fmt: skip
    options = Options(rules, _split(keys), _split(only), _split(ignore), where, encoding or None)
    with show_progress() as progress:
        found = compare_paths(base, other, options, progress)
        write_reports(found, {".html": html, ".json": json, ".xlsx": xlsx}, progress)
    print_comparison(found, most)
    return int(not found.equal)


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]
