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
    typer.Option("--relative", metavar="T", help="The same, relative to the larger magnitude.", show_default="0"),
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
Trim = Annotated[bool, typer.Option("--trim/--no-trim", help="Ignore trailing blanks of text, or not.")]
IgnoreCase = Annotated[bool, typer.Option("--ignore-case", help="Treat capital and small letters as equal.")]
BlankIsMissing = Annotated[bool, typer.Option("--blank-is-missing", help="Treat a null and an empty text as equal.")]
Order = Annotated[bool, typer.Option("--order", help="Report records and variables that are in another order.")]
ValuesOnly = Annotated[
    bool,
    typer.Option("--values-only", help="Report differing labels, types, lengths and formats, but do not count them."),
]
Encoding = Annotated[
    str,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Encoding of files that are not UTF-8 and do not declare one.",
        show_default="none",
    ),
]
Transliterate = Annotated[
    bool,
    typer.Option(
        "--transliterate",
        help="Compare text of packages in different encodings as the smaller encoding holds it.",
    ),
]
Most = Annotated[int, typer.Option("--max", metavar="N", min=0, help="Print at most so many lines of a list.")]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write an HTML page that can be sorted and filtered.")
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything found as JSON.")]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")]
