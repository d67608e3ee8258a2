"""cdisc-conv rules: CDISC's conformance rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.commands.ct import OfStudy, Replace

RuleFiles = Annotated[
    list[Path],
    typer.Argument(metavar="FOLDER|ZIP|FILE", help="Folders, zips or files of rules as CDISC publishes them."),
]
AsVersion = Annotated[
    str, typer.Option("--version", metavar="VERSION", help="What to call this import.", show_default="today's date")
]
OfImport = Annotated[
    str, typer.Option("--version", metavar="VERSION", help="An import other than the newest.", show_default="newest")
]


def rules_import(files: RuleFiles, study: OfStudy = "", version: AsVersion = "", replace: Replace = False) -> int:
    """Import CDISC's conformance rules, so that check can ask them.

    Reads the rule files (rule.yml) of a folder or zip, wherever they are in it. They are kept like terminology, in the
    folder of the study or of the user; cdisc-conv itself comes without them.

    \b
    Example:
      cdisc-conv rules import cdisc-open-rules --study mystudy
      cdisc-conv rules import rules.zip --version 2026-08
    """
    from cdisc_conv.checks.core.rule.keep import import_rules
    from cdisc_conv.cli.commands.imports import import_files

    return import_files(files, study, import_rules, version=version, replace=replace)


def rules_list(
    standard: Annotated[
        str, typer.Argument(metavar="STANDARD", help="Rules for it only, such as 'SDTMIG 3.4'.", show_default="all")
    ] = "",
    study: OfStudy = "",
    version: OfImport = "",
) -> int:
    """List the rules that are imported: their ids, the ids of their authorities, and how far they look.

    \b
    Example:
      cdisc-conv rules list "SDTMIG 3.4"
    """
    from cdisc_conv.checks.core.rule.describe import list_rules
    from cdisc_conv.checks.core.rule.keep import list_kept_rules, load_kept_rules
    from cdisc_conv.cli.commands.imports import find_folder
    from cdisc_conv.cli.printing.console import print_line, print_table

    folder = find_folder(study)
    kept = load_kept_rules(folder, version)
    if kept is None:
        print_line("no rules are imported; 'cdisc-conv rules import FOLDER' keeps those that CDISC publishes")
        return 1
    name, _, number = standard.rpartition(" ")
    print_table(
        ["rule", "status", "authority's ids", "type", "about", "looks", "message"], list_rules(kept.rules, name, number)
    )
    others = [item.key.version for item in list_kept_rules(folder) if item != kept.item]
    print_line(f"from {kept.item.path}" + (f"; other imports: {', '.join(others)}" if others else ""))
    return 0


def rules_show(
    rule: Annotated[str, typer.Argument(metavar="ID", help="The id of a rule, or its id at an authority (CG0176).")],
    study: OfStudy = "",
    version: OfImport = "",
) -> int:
    """Show what a rule asks: its scope, joins, operations and conditions.

    \b
    Example:
      cdisc-conv rules show CORE-000001
    """
    from cdisc_conv.checks.core.rule.describe import describe_rule, find_rules
    from cdisc_conv.checks.core.rule.keep import load_kept_rules
    from cdisc_conv.cli.commands.imports import find_folder
    from cdisc_conv.cli.printing.console import print_line

    kept = load_kept_rules(find_folder(study), version)
    for found in find_rules(kept.rules if kept is not None else (), rule):
        print_line(describe_rule(found))
    return 0
