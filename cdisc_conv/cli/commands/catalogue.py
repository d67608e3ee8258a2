"""cdisc-conv catalogue."""

from __future__ import annotations

from typing import Annotated

import typer


def catalogue(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A derivation, to see it described in full.", show_default="all of them"),
    ] = "",
) -> int:
    """List the derivations for mappings, or describe one in full.

    \b
    Example:
      cdisc-conv catalogue
      cdisc-conv catalogue study_day
    """
    from cdisc_conv.cli.printing.console import print_line, print_table
    from cdisc_conv.derivations.document import describe_derivation, list_derivations

    if name:
        print_line(describe_derivation(name))
        return 0
    print_table(["topic", "derivation", "what it does"], list_derivations())
    return 0
