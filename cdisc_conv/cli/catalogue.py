"""cdisc-conv catalogue."""

from __future__ import annotations

from typing import Annotated

import typer


def catalogue(
    name: Annotated[str, typer.Argument(help="A derivation, to read all about it.", show_default="all of them")] = "",
) -> int:
    """List the derivations that mappings can use, or tell all about one.

    \b
    Example:
      cdisc-conv catalogue
      cdisc-conv catalogue study_day
    """
    from cdisc_conv.cli.console import make_console, print_table
    from cdisc_conv.derivations.document import describe_derivation, list_derivations

    if name:
        make_console().print(describe_derivation(name))
        return 0
    print_table(["topic", "derivation", "what it does"], list_derivations())
    return 0
