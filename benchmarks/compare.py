"""Speed and memory of comparing: ours and datacompy's PandasCompare with its report, measured in one run.

    python -m benchmarks.compare             # 1,000,000 x 25 records, text keys, 1 % of the numeric cells changed
    python -m benchmarks.compare --check     # exit code 1 when a target is missed
    python -m benchmarks.compare --large     # ours alone with 10,000,000 records too (needs 20 GiB)

Each measurement has a process of its own, and the contestants take turns; the best of the rounds counts. Both
compare the same two pandas frames, which share no memory. Memory is the highest resident size during the call less
that before it, on Linux only. The exponent says how time grows with the records: 1 is in proportion. Needs
`pip install cdisc-conv[benchmark]`; without datacompy only ours is measured.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.figures import ROOT, Figure, Found, split_installed
from benchmarks.xpt import make_findings

KEYS = ["USUBJID", "VSSEQ_TEXT"]
SPEED = {"same": 4.0, "shuffled": 2.0}
MOST_MEMORY = 20 * 2**30
STATUS = Path("/proc/self/status")


def make_sides(rows: int, shuffled: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two frames of 25 columns, text keys, with 1 % of the numeric cells changed in the second; nothing is shared."""
    base, other = _make_records(rows), _make_records(rows)
    random = np.random.default_rng(2)
    if shuffled:
        other = other.take(random.permutation(rows)).reset_index(drop=True)
    for name in other.columns[[one == "float64" for one in other.dtypes]]:
        values = other[name].to_numpy(copy=True)
        values[random.choice(rows, rows // 100, replace=False)] += 0.5
        other[name] = values
    return base, other


def _make_records(rows: int) -> pd.DataFrame:
    made = make_findings(rows)
    numbers = pa.array(made.pop("VSSEQ").to_numpy().astype(np.int64)).cast(pa.large_string())
    made.insert(3, "VSSEQ_TEXT", pd.array(numbers, dtype="str"))
    return made


def run_ours(base: pd.DataFrame, other: pd.DataFrame) -> int:
    from cdisc_conv.compare import compare

    return compare(base, other, keys=KEYS).differing_cells


def run_datacompy(base: pd.DataFrame, other: pd.DataFrame) -> int:
    import datacompy

    return len(datacompy.PandasCompare(base, other, join_columns=KEYS).report())


CONTESTANTS = {"ours": run_ours, "datacompy": run_datacompy}


def measure(who: str, case: str, rows: int) -> dict[str, float]:
    """Seconds and bytes of one call, in a new process."""
    command = [sys.executable, "-m", "benchmarks.compare", "--rows", str(rows), "--child", who, "--case", case]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report_child(who: str, case: str, rows: int) -> None:
    """The child process of `measure`."""
    base, other = make_sides(rows, case == "shuffled")
    CONTESTANTS[who](base.head(1000), other.head(1000))  # what a first call imports is no work
    before = _reset_peak()
    begin = time.perf_counter()
    result = CONTESTANTS[who](base, other)
    seconds = time.perf_counter() - begin
    peak = _read_status("VmHWM")
    print(json.dumps({"seconds": seconds, "beside": peak - before, "peak": peak, "result": result}))


def _reset_peak() -> int:
    if STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")
    return _read_status("VmRSS")


def _read_status(field: str) -> int:
    if not STATUS.exists():
        return 0
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def measure_all(quick: bool) -> Iterator[Found]:
    """Time and memory of both contestants, in both orders."""
    rows, rounds = (100_000, 1) if quick else (1_000_000, 2)
    installed, missing = split_installed(["datacompy"])
    yield from missing
    for case, target in SPEED.items():
        what = f"compare {rows:,} records, {'in another order' if case == 'shuffled' else 'in the same order'}"
        found = {who: [measure(who, case, rows) for _ in range(rounds)] for who in ("ours", *installed)}
        best = {who: {key: min(run[key] for run in runs) for key in runs[0]} for who, runs in found.items()}
        theirs = best.get("datacompy", {})
        other = "datacompy" if theirs else ""
        yield Figure(what, best["ours"]["seconds"], other, theirs.get("seconds"), target if theirs else None)
        memory = theirs["beside"] / 1e6 if theirs else None
        least = 1.0 if theirs else None
        yield Figure("its memory beside the frames", best["ours"]["beside"] / 1e6, other, memory, least, unit="MB")


def compare_speed(rows: int, rounds: int) -> int:
    """Print both contestants in both orders; the number of targets missed."""
    names = [one for one in CONTESTANTS if one == "ours" or importlib.util.find_spec(one)]
    if len(names) == 1:
        print("datacompy is not installed: only ours is measured")
    missed = 0
    print(f"{rows:,} records\n{'order':9} {'':10} {'seconds':>8} {'MB beside':>10}")
    for case, target in SPEED.items():
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
        for _ in range(rounds):
            for name in names:
                runs[name].append(measure(name, case, rows))
        best = {name: {key: min(run[key] for run in found) for key in found[0]} for name, found in runs.items()}
        for name, found in best.items():
            print(f"{case:9} {name:10} {found['seconds']:8.2f} {found['beside'] / 1e6:10.0f}")
        if len(names) > 1:
            ours, theirs = best["ours"], best["datacompy"]
            ratio = theirs["seconds"] / ours["seconds"]
            memory_met = ours["beside"] <= theirs["beside"]
            missed += (ratio < target) + (not memory_met)
            speed = "met" if ratio >= target else "MISSED"
            memory = "met" if memory_met else "MISSED"
            print(f"{case:9} ours is {ratio:.1f}x as fast, target {target:g}x {speed}; memory target {memory}")
    return missed


def print_growth(sizes: list[int]) -> int:
    """Print how the time of ours grows; the number of targets missed."""
    missed = 0
    for case in SPEED:
        found = [measure("ours", case, size) for size in sizes]
        for size, one in zip(sizes, found, strict=True):
            missed += one["peak"] > MOST_MEMORY
            print(f"{case:9} {size:>11,} records {one['seconds']:8.2f} s, peak {one['peak'] / 2**30:5.1f} GiB")
        for number in range(1, len(sizes)):
            steps = math.log(found[number]["seconds"] / found[number - 1]["seconds"])
            exponent = steps / math.log(sizes[number] / sizes[number - 1])
            print(f"{case:9} growth from {sizes[number - 1]:,} to {sizes[number]:,}: exponent {exponent:.2f}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--large", action="store_true", help="ours with ten times the records, too")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    parser.add_argument("--child", choices=list(CONTESTANTS), help=argparse.SUPPRESS)
    parser.add_argument("--case", choices=list(SPEED), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        report_child(options.child, options.case, options.rows)
        return 0
    missed = compare_speed(options.rows, options.rounds)
    sizes = [options.rows // 10, options.rows] + ([options.rows * 10] if options.large else [])
    missed += print_growth(sizes)
    return int(options.check and missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
