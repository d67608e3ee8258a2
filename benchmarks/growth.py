"""How a whole run grows with the subjects: the frozen study at several sizes, each in a new process.

    python -m benchmarks.growth                                      # 100, 1,000 and 10,000 subjects
    python -m benchmarks.growth --sizes 100,300,1000,3000 --workers 2 --keep growth.json --write

Raw data are simulated first, block by block, and are not measured. Of each run: wall seconds, processor seconds of all
its processes, and the highest memory that they had together, sampled while it runs; pages that several of them share,
as a process and its copy do, count once where the system tells (Linux). The exponent is that of processor time against
subjects, over the sizes from 1,000 subjects on: 1 is in proportion, less is a fixed cost that still shows.
With `--keep`, measured sizes are kept in a file and not measured again, so that large ones can be added; `--write`
brings the table of docs/scaling.md up to date.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.figures import ROOT, Figure, Found, draw_table, split_installed
from benchmarks.run import STUDY, make_raw

SIZES = (100, 1_000, 10_000)
FULL = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
"""What the table of docs/scaling.md would hold with time and room for everything."""
MOST_EXPONENT = 1.05
MOST_MEMORY = 6.0
"""GiB, of all processes together."""
LEAST = 1_000
"""Subjects from which on the exponent is fitted: below, a run is mostly fixed cost."""
_SAMPLE_EVERY = 0.2


@dataclass(frozen=True)
class Cost:
    """What one run took, and what it was given and made; memory in GiB, raw files in MB."""

    subjects: int
    ranges: int
    workers: int
    raw: float
    records: int
    wall: float
    processor: float
    memory: float
    measured: str
    """The date."""
    load: float = 0.0
    """Processes that other work kept busy when it began."""


@dataclass(frozen=True)
class Growth:
    """What follows from several costs: processor time is `fixed` + `each` * subjects, nearly."""

    exponent: float
    fixed: float
    each: float


def measure_all(quick: bool) -> Iterator[Found]:
    """Time and memory at each size, and how the time grows."""
    _, missing = split_installed(["psutil"])
    if missing:
        yield from missing
        return
    costs = []
    for subjects in SIZES[:2] if quick else SIZES:
        cost = measure_run(subjects, workers=1)
        costs.append(cost)
        what = f"run, {subjects:,} subjects"
        yield Figure(f"{what}, wall", cost.wall)
        yield Figure(f"{what}, processor", cost.processor)
        yield Figure(f"{what}, memory of all processes", cost.memory, unit="GiB", most=MOST_MEMORY)
    small, large = costs[-2:]
    what = f"exponent from {small.subjects:,} to {large.subjects:,} subjects"
    yield Figure(what, fit_growth([small, large]).exponent, most=MOST_EXPONENT, unit="")


def measure_run(subjects: int, workers: int) -> Cost:
    """The cost of a run of the frozen study, its raw data made before."""
    with tempfile.TemporaryDirectory() as name:
        raw, out = Path(name) / "raw", Path(name) / "out"
        make_raw(subjects, raw)
        arguments = ["run", str(STUDY), "--raw", str(raw), "--out", str(out)]
        load = os.getloadavg()[0]
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "cdisc_conv", *arguments, "--workers", str(workers)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "CDISC_CONV_CACHE": ""},
        )
        with Watch(process.pid) as watch:
            said = process.stderr.read() if process.stderr else ""
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        if process.returncode not in (0, 1):
            raise RuntimeError(f"the run of {subjects:,} subjects ended with {process.returncode}: {said[-500:]}")
        size = sum(path.stat().st_size for path in raw.iterdir()) / 1e6
        return Cost(
            subjects=subjects,
            ranges=int(found[-1]) if (found := re.findall(r"range \d+ of (\d+) made", said)) else 1,
            workers=workers,
            raw=size,
            records=count_records(out),
            wall=wall,
            processor=used.ru_utime + used.ru_stime,
            memory=watch.most / 2**30,
            measured=time.strftime("%Y-%m-%d"),
            load=load,
        )


class Watch:
    """The highest memory of a process and all that come from it, together, while the block runs."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.most = 0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        import psutil

        while not self._done.wait(_SAMPLE_EVERY):
            total = 0
            try:
                root = psutil.Process(self._pid)
                processes = [root, *root.children(recursive=True)]
            except psutil.Error:
                continue
            for process in processes:
                try:
                    total += measure_share(process.pid) or process.memory_info().rss
                except psutil.Error:
                    continue
            self.most = max(self.most, total)


def measure_share(pid: int) -> int:
    """The bytes of a process, of pages that it shares its share; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def count_records(package: Path) -> int:
    """Records of all datasets of a package, as the headers of the transport files have them."""
    from cdisc_conv.xpt import list_members

    files = [path for path in package.rglob("*.xpt") if path.parent.name != "split"]
    return sum(member.rows for path in files for member in list_members(path))


def fit_growth(costs: Sequence[Cost]) -> Growth:
    """The exponent of processor time against subjects, and the line through them, by least squares.

    The exponent is the slope on logarithmic axes; in the line a percent counts as much at every size.
    """
    subjects = np.array([cost.subjects for cost in costs], dtype=float)
    seconds = np.array([cost.processor for cost in costs])
    exponent = np.polyfit(np.log(subjects), np.log(seconds), 1)[0]
    each, fixed = np.polyfit(subjects, seconds, 1, w=1 / seconds)
    return Growth(float(exponent), max(0.0, float(fixed)), float(each))


def main() -> None:
    """Measure, print, and write what was asked for."""
    from benchmarks.growth_page import PAGE, write_page

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="subjects of each run, with commas between")
    parser.add_argument("--workers", type=int, default=1, help="processes that make ranges")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="JSON of the sizes measured so far; they are kept there"
    )
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    kept = json.loads(options.keep.read_text()) if options.keep and options.keep.is_file() else []
    costs = {cost.subjects: cost for cost in (Cost(**one) for one in kept)}
    for subjects in map(int, options.sizes.split(",")):
        if subjects not in costs:
            costs[subjects] = measure_run(subjects, options.workers)
            print(draw_table([("growth", one) for one in _show(costs[subjects])]), flush=True)
        if options.keep:
            options.keep.write_text(json.dumps([asdict(cost) for cost in costs.values()], indent=1) + "\n")
    if options.write:
        write_page(sorted(costs.values(), key=lambda cost: cost.subjects))


def _show(cost: Cost) -> Iterator[Figure]:
    what = f"run, {cost.subjects:,} subjects, {cost.records:,} records"
    yield Figure(f"{what}, wall", cost.wall)
    yield Figure(f"{what}, processor", cost.processor)
    yield Figure(f"{what}, memory of all processes", cost.memory, unit="GiB", most=MOST_MEMORY)


if __name__ == "__main__":
    main()
