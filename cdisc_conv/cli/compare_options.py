"""The arguments and options of cdisc-conv compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Base = Annotated[Path, typer.Argument(metavar="BASE", help="A dataset, a folder of datasets, or a define.xml.")]
Other = Annotated[Path, typer.Argument(metavar="COMPARE", help="The same kind of thing, in any format.")]
Keys = Annotated[
    str,
    typer.Option(
        "--keys",
        metavar="VARS",
        help="Match records by these variables, separated by commas.",
        show_default="define.xml, the standard's natural keys, or inferred",
    ),
]
Tolerance = Annotated[
    list[str] | None,
    typer.Option(
        "--tolerance",
        metavar="T",
        help="Largest absolute difference that counts as equal; a number, "
        "or VARIABLE=number. Can be given several times.",
        show_default="0",
    ),
]
Relative = Annotated[
    list[str] | None,
    typer.Option("--relative", metavar="T", help="The same relative to the larger magnitude.", show_default="0"),
]
Only = Annotated[str, typer.Option("--only", metavar="VARS", help="Compare only these variables.", show_default="all")]
Ignore = Annotated[
    str, typer.Option("--ignore", metavar="VARS", help="Leave out these variables.", show_default="none")
]
Where = Annotated[
    str,
    typer.Option(
        "--where",
        metavar="CONDITION",
        help="Compare only these records, in the language of 'where:' in mappings.",
        show_default="all",
    ),
]
Trim = Annotated[bool, typer.Option("--trim/--no-trim", help="Whether trailing blanks of text do not count.")]
IgnoreCase = Annotated[bool, typer.Option("--ignore-case", help="Capitals and small letters are the same.")]
BlankIsMissing = Annotated[bool, typer.Option("--blank-is-missing", help="A null and an empty text are the same.")]
Order = Annotated[bool, typer.Option("--order", help="The order of records and variables counts.")]
ValuesOnly = Annotated[
    bool, typer.Option("--values-only", help="Labels, types, lengths and formats are told but do not count.")
]
Encoding = Annotated[
    str,
    typer.Option(
        "--encoding", metavar="NAME", help="Encoding of files that are not UTF-8 and do not say.", show_default="none"
    ),
]
Most = Annotated[int, typer.Option("--max", metavar="N", min=0, help="The most lines to print of a list.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page to sort and filter.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything found as JSON.")]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")]
