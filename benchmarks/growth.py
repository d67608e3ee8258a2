"""How a whole run grows with the subjects: the frozen study at several sizes, each in a new process.

    python -m benchmarks.growth              # 100, 1,000 and 10,000 subjects

Wall seconds, processor seconds and the highest resident memory of each run, and the exponent of processor time between
the two largest sizes: 1 is in proportion, less is a fixed cost that still shows.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import ROOT, Figure, Found, draw_table
from benchmarks.run import STUDY, make_raw

SIZES = (100, 1_000, 10_000)
MOST_EXPONENT = 1.05
RECORDS = 440
"""Of each subject, in all datasets, for orientation."""


@dataclass(frozen=True)
class Cost:
    """What one run took; memory in GiB."""

    wall: float
    processor: float
    memory: float


def measure_all(quick: bool) -> Iterator[Found]:
    """Time and memory at each size, and how the time grows."""
    costs: dict[int, Cost] = {}
    for subjects in SIZES[:2] if quick else SIZES:
        costs[subjects] = cost = measure_run(subjects)
        what = f"run, {subjects:,} subjects"
        yield Figure(f"{what}, wall", cost.wall)
        yield Figure(f"{what}, processor", cost.processor)
        yield Figure(f"{what}, memory", cost.memory, unit="GiB")
    small, large = sorted(costs)[-2:]
    steps = math.log(costs[large].processor / costs[small].processor)
    exponent = steps / math.log(large / small)
    yield Figure(f"exponent from {small:,} to {large:,} subjects", exponent, most=MOST_EXPONENT, unit="")


def measure_run(subjects: int) -> Cost:
    """The cost of a run of the frozen study, its raw data made before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_raw(subjects, folder / "raw")
        arguments = ["run", str(STUDY), "--raw", str(folder / "raw"), "--out", str(folder / "out")]
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "cdisc_conv", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
    if process.returncode not in (0, 1):
        raise RuntimeError(f"the run of {subjects:,} subjects ended with exit code {process.returncode}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20)


if __name__ == "__main__":
    print(draw_table([("growth", one) for one in measure_all(quick=False)]))
