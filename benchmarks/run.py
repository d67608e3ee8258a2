"""A run from a cold start: the frozen study at 106 subjects, and lint, each in a new process.

    python -m benchmarks.run

Wall time of the whole command, the best of some rounds; the first round, which compiles and fills the system's cache,
does not count.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import ROOT, Figure, Found, draw_table

STUDY = ROOT / "benchmarks" / "study"
SUBJECTS = 106
MOST_RUN, MOST_LINT = 4.0, 0.8


def measure_all(quick: bool) -> Iterator[Found]:
    """Seconds of `lint` and of `run`, with their targets on two quiet cores."""
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_raw(SUBJECTS, folder / "raw")
        yield Figure("lint", time_command(["lint", str(STUDY)], rounds), most=MOST_LINT)
        run = ["run", str(STUDY), "--raw", str(folder / "raw"), "--out", str(folder / "out")]
        yield Figure(f"run, {SUBJECTS} subjects", time_command(run, rounds), most=MOST_RUN)


def make_raw(subjects: int, folder: Path) -> None:
    """The raw export of the frozen study."""
    run_command(["simulate", str(STUDY), "--subjects", str(subjects), "--out", str(folder)])


def time_command(arguments: list[str], rounds: int) -> float:
    """The best wall seconds of a command, without the first round."""
    run_command(arguments)
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        run_command(arguments)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def run_command(arguments: list[str]) -> None:
    """Run cdisc-conv; findings are no failure."""
    done = subprocess.run(
        [sys.executable, "-m", "cdisc_conv", *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if done.returncode > 1:
        raise RuntimeError(done.stderr.strip())


if __name__ == "__main__":
    print(draw_table([("run", one) for one in measure_all(quick=False)]))
