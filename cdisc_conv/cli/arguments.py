"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Study = Annotated[
    str,
    typer.Argument(
        metavar="STUDY", help="Folder of the study's mapping (it holds study.yaml), or the name of a shipped study."
    ),
]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder to write; an earlier package there is replaced as a whole.")
]
Subjects = Annotated[int, typer.Option("--subjects", metavar="N", min=1, help="Number of subjects to simulate.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="The same seed makes the same data.")]
