"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def complete_study(incomplete: str) -> list[str]:
    """What a shell offers for the study: the shipped ones, and folders."""
    from glob import escape, glob

    from cdisc_conv.resources import shipped

    names = sorted(path.name for path in shipped("mappings").iterdir() if (path / "study.yaml").is_file())
    return [*(name for name in names if name.startswith(incomplete)), *sorted(glob(f"{escape(incomplete)}*/"))]


Study = Annotated[
    str,
    typer.Argument(
        metavar="STUDY",
        help="Folder of the study's mapping (it holds study.yaml), or the name of a shipped study.",
        autocompletion=complete_study,
    ),
]


def split_names(names: str) -> list[str]:
    """The names in a list that is separated by commas.

    >>> split_names("DM, AE,")
    ['DM', 'AE']
    """
    return [name for one in names.split(",") if (name := one.strip())]


Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder to write; an earlier package there is replaced as a whole.")
]
Subjects = Annotated[int, typer.Option("--subjects", metavar="N", min=1, help="Number of subjects to simulate.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed makes the same data.")]
