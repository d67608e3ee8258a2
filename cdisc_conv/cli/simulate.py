"""cdisc-conv simulate."""

from __future__ import annotations

from cdisc_conv.cli.arguments import Out, Seed, Study, Subjects


def simulate(study: Study, out: Out, subjects: Subjects = 106, seed: Seed = 1) -> int:
    """Write synthetic raw exports of a study that has no data yet, one CSV file per form.

    The study folder says how in simulation.yaml. The same seed makes the same files.

    \b
    Example:
      cdisc-conv simulate mappings/hope2021_thal_agc --subjects 106 --seed 1 --out raw
    """
    from cdisc_conv.cli.console import make_console, plural, print_table
    from cdisc_conv.package import simulate_raw

    counts = simulate_raw(study, subjects, seed, out)
    print_table(["form", "rows"], list(counts.items()))
    make_console().print(f"{plural(len(counts), 'file')} of synthetic data, no real subjects, in {out}")
    return 0
