"""What people wait for: lint, preview, and a run of the frozen study at 106 subjects, each in a new process.

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
MOST_LINT, MOST_PREVIEW, MOST_RUN, MOST_RERUN = 0.8, 1.0, 4.0, 1.5
RANGES = 5


def measure_all(quick: bool) -> Iterator[Found]:
    """Seconds of the commands, with their targets on two quiet cores."""
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = ["--raw", str(folder / "raw")]
        make_raw(SUBJECTS, folder / "raw")
        yield Figure("lint", time_command(["lint", str(STUDY)], rounds), most=MOST_LINT)
        preview = ["preview", str(STUDY), "AE", *raw]
        yield Figure("preview of AE, not the first", time_command(preview, rounds), most=MOST_PREVIEW)
        run = ["run", str(STUDY), *raw, "--out", str(folder / "out")]
        fresh = time_command([*run, "--fresh"], rounds)
        yield Figure(f"run, {SUBJECTS} subjects", fresh, most=MOST_RUN)
        yield Figure("run, nothing changed", time_command(run, rounds), most=MOST_RERUN)
        ranges = time_command([*run, "--fresh", "--ranges", str(RANGES)], rounds=1)
        yield Figure("run, what one more range costs", (ranges - fresh) / (RANGES - 1))


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
