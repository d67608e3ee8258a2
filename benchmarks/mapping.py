"""How fast a mapping runs: the pilot study's AE on a million raw rows, in memory.

The public raw rows of CDISCPILOT01 are repeated under new subject numbers. Measured: from raw columns in memory to the
finished AE frame, and the peak of memory beside what was there before.

    python benchmarks/mapping.py --raw FOLDER [--rows 1000000] [--check]

FOLDER holds ae_raw.csv, dm_raw.csv and ec_raw.csv. For orientation: sdtm.oak (R) needed 44 s and 1.7 GB for the same
mapping when it was measured elsewhere; a ratio across machines would mean little, so none is printed. ``--check`` exits
1 above 5 s or 1.5 GB.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path

import pandas as pd

from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.spec.load import load_study

LIMIT_SECONDS = 5.0
LIMIT_BYTES = 1.5e9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()

    forms = {name: read(arguments.raw / f"{name}_raw.csv") for name in ("dm", "ae", "ec")}
    copies = -(-arguments.rows // len(forms["ae"]))
    forms = {name: repeat(frame, copies) for name, frame in forms.items()}
    forms["ae"] = forms["ae"].head(arguments.rows)
    study, problems = load_study("cdiscpilot01")
    assert not problems, problems
    plan = plan_study(study)
    given = {
        name: pd.DataFrame({column: pd.Series([], dtype="str") for column in dataset.columns})
        for name, dataset in study.given.items()
    }
    with PeakMemory() as memory:
        start = time.perf_counter()
        conversion = convert_frames(study, plan, forms, given, ["AE"])
        seconds = time.perf_counter() - start
    frame = conversion.datasets[0].frame
    speed = len(frame) / seconds
    print(f"{len(frame):,} records x {frame.shape[1]} variables of AE in {seconds:.2f} s ({speed:,.0f} records/s)")
    print(f"peak memory beside the raw columns: {memory.added / 1e9:.2f} GB")
    failed = seconds > LIMIT_SECONDS or memory.added > LIMIT_BYTES
    return int(failed and arguments.check)


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def repeat(frame: pd.DataFrame, copies: int) -> pd.DataFrame:
    """The rows `copies` times, each time under new subject numbers."""
    repeated = pd.concat([frame] * copies, ignore_index=True)
    number = pd.Series(range(copies)).repeat(len(frame)).reset_index(drop=True).astype("str")
    repeated["PATNUM"] = repeated["PATNUM"] + "-" + number
    return repeated.astype("str")


class PeakMemory:
    """The highest resident memory seen while the block ran, less that at its start (sampled every 10 ms)."""

    def __enter__(self) -> PeakMemory:
        self.start = self.peak = resident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()
        self.added = self.peak - self.start

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self.peak = max(self.peak, resident())


def resident() -> int:
    """Resident memory of this process in bytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


if __name__ == "__main__":
    sys.exit(main())
