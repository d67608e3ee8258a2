"""What a run made and found, as far as it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cdisc_conv.problems import Problem


@dataclass(frozen=True, slots=True)
class Result:
    """The folder of a package, its datasets, everything found, and the number of files."""

    folder: Path
    datasets: tuple[tuple[str, int, int], ...]
    """Name, records and variables of each."""
    problems: tuple[Problem, ...]
    files: int
