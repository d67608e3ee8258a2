"""cdisc-conv registry: what trial registries know of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RecordFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="JSON of one study (ClinicalTrials.gov, API v2).", exists=True, dir_okay=False),
]
DraftOut = Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace a file that is there.")]


def registry_import(file: RecordFile, out: DraftOut = Path("protocol.yaml"), replace: Replace = False) -> int:
    """Draft protocol.yaml from the record of a trial registry.

    Criteria, treatments, ages, phase and design become the trial summary and the criteria. What could not be placed
    is listed, and what no registry has is left to be written.

    \b
    Example:
      cdisc-conv registry import NCT05198856.json --out mystudy/protocol.yaml
    """
    from cdisc_conv.cli.printing.console import plural, print_line, print_table
    from cdisc_conv.problems import Place, Problem, ProblemsError
    from cdisc_conv.registry.draft import draft_protocol
    from cdisc_conv.registry.record import read_record
    from cdisc_conv.workplace import replace_file

    draft = draft_protocol(read_record(file))
    if out.exists() and not replace:
        hint = "choose another name, or add --replace"
        raise ProblemsError(
            [Problem("REG004", "the file is there already", place=Place(file=out.as_posix()), hint=hint)]
        )
    with replace_file(out) as new:
        new.write_text(draft.text, encoding="utf-8", newline="\n")
    if draft.title:
        print_line(f"title of the trial, for study.yaml: {draft.title}")
    if draft.left:
        print_line(f"{plural(len(draft.left), 'part')} of the record not placed:")
        print_table(["part", "what it says"], [list(one) for one in draft.left])
    print_line(f"{out.as_posix()} is a draft: check it against the protocol")
    return 0
