"""cdisc-conv check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Package = Annotated[
    Path,
    typer.Argument(metavar="PACKAGE", help="A folder of datasets with or without define.xml, or one of its files."),
]
Sdtmig = Annotated[
    str, typer.Option("--sdtmig", metavar="VERSION", help="The SDTMIG.", show_default="define.xml, or the newest")
]
Ct = Annotated[
    str, typer.Option("--ct", metavar="DATE", help="The SDTM terminology.", show_default="define.xml, or the newest")
]
Adamig = Annotated[
    str, typer.Option("--adamig", metavar="VERSION", help="The ADaMIG.", show_default="define.xml, or the newest")
]
AdamCt = Annotated[
    str,
    typer.Option("--adam-ct", metavar="DATE", help="The ADaM terminology.", show_default="define.xml, or the newest"),
]
StudyName = Annotated[
    str, typer.Option("--study", metavar="STUDY", help="Add the rules, terms and explanations of a study.")
]
Explanations = Annotated[
    Path | None,
    typer.Option(
        "--explanations",
        metavar="FILE",
        help="Findings that are explained, and rules set aside.",
        show_default="explanations.yaml of the package or the study",
    ),
]
Against = Annotated[
    Path | None, typer.Option("--against", metavar="JSON", help="Show only what is new since an earlier result.")
]
Encoding = Annotated[
    str, typer.Option("--encoding", metavar="NAME", help="Encoding of files that are not UTF-8.", show_default="none")
]
CoreRules = Annotated[
    str,
    typer.Option("--core-rules", metavar="VERSION", help="The import of CDISC's rules.", show_default="the newest"),
]
Drafts = Annotated[bool, typer.Option("--draft-rules", help="Ask rules that CDISC has not published, too.")]
Ranges = Annotated[
    int | None,
    typer.Option(
        "--ranges", metavar="N", min=1, help="Check so many ranges of subjects in turn.", show_default="by size"
    ),
]
Most = Annotated[int, typer.Option("--max", metavar="N", min=1, help="Print at most so many findings of a rule.")]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page that can be sorted and filtered.")
]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON.")]
Sarif = Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0, for build servers.")]


def check(
    package: Package,
    sdtmig: Sdtmig = "",
    ct: Ct = "",
    adamig: Adamig = "",
    adam_ct: AdamCt = "",
    study: StudyName = "",
    explanations: Explanations = None,
    against: Against = None,
    encoding: Encoding = "",
    core_rules: CoreRules = "",
    drafts: Drafts = False,
    ranges: Ranges = None,
    most: Most = 5,
    html: Html = None,
    xlsx: Xlsx = None,
    json: Json = None,
    sarif: Sarif = None,
) -> int:
    """Check a package, whoever made it: can it be submitted, and if not, why?

    Reads SAS transport files (version 5 and 8), SAS7BDAT, CSV, Parquet and Dataset-JSON; SDTM, ADaM or both. Exit code
    0 when nothing is open, 1 when there are findings, 2 when it could not be done.

    \b
    Example:
      cdisc-conv check out --html findings.html
      cdisc-conv check m5/datasets/study --sdtmig 3.4 --against last_week.json
    """
    from cdisc_conv.checks.output import check_targets, write_reports
    from cdisc_conv.checks.package.run import Options, check_package
    from cdisc_conv.cli.printing.check import print_result
    from cdisc_conv.cli.printing.progress import show_progress

    options = Options(
        sdtmig, adamig, ct, adam_ct, study, explanations, against, encoding, core_rules, drafts, ranges or 0
    )
    check_targets((html, xlsx, json, sarif))
    with show_progress() as progress:
        result = check_package(package, options, progress)
        write_reports(result, {"html": html, "xlsx": xlsx, "json": json, "sarif": sarif}, progress)
    print_result(result, most)
    return result.exit_code
