"""cdisc-conv simulate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cdisc_conv.cli.options.shared import Seed, Study, Subjects

SimulatedOut = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Folder to write; files of the same names are replaced, all or none."),
]


def simulate(study: Study, out: SimulatedOut, subjects: Subjects = 106, seed: Seed = 1) -> int:
    """Write synthetic raw exports of a study, one CSV file per form.

    For a study that has no data yet. The study folder says how in simulation.yaml. The same seed makes the same files.

    \b
    Example:
      cdisc-conv simulate mappings/hope2021_thal_agc --subjects 106 --seed 1 --out raw
    """
    from cdisc_conv.cli.printing.console import plural, print_line, print_table
    from cdisc_conv.package.run import simulate_raw

    counts = simulate_raw(study, subjects, seed, out)
    print_table(["form", "rows"], list(counts.items()))
    print_line(f"{plural(len(counts), 'file')} of synthetic data, no real subjects, in {out}")
    return 0
