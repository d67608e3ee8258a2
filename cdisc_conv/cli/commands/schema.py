"""cdisc-conv schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.options.shared import complete_study


def schema(
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY",
            help="A study: its variables, raw columns and terms are completed, too.",
            show_default="none",
            autocompletion=complete_study,
        ),
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="File to write.", show_default="the terminal")
    ] = None,
) -> int:
    """Write the JSON Schema of the mapping language, with which YAML editors complete and check as you type.

    One schema serves all files of a study. Name it in the first line of a file:
    # yaml-language-server: $schema=../schema.json

    \b
    Example:
      cdisc-conv schema --out schema.json
      cdisc-conv schema mappings/hope2021_thal_agc --out mappings/hope2021_thal_agc/schema.json
    """
    import json

    from cdisc_conv.cli.printing.console import print_line
    from cdisc_conv.package.schema import describe_mapping
    from cdisc_conv.workplace import replace_file

    text = json.dumps(describe_mapping(study or None), ensure_ascii=False)
    if out is None:
        typer.echo(text)
        return 0
    with replace_file(out) as new:
        new.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    print_line(f"{out} written; first line of a mapping beside it: # yaml-language-server: $schema={out.name}")
    return 0
