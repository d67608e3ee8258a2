"""How fast a mapping runs: the pilot study's AE on a million raw rows in memory, beside programs written by hand.

The public raw rows of CDISCPILOT01 are repeated under new subject numbers. Measured: from raw columns in memory to the
finished AE and SUPPAE, ours with all metadata, findings and lineage, those of `benchmarks.by_hand` in polars and pandas
without any of it; and the peak of memory beside what was there before. The records of all three are compared first.

    python -m benchmarks.mapping [--raw FOLDER] [--rows 1000000] [--check]

FOLDER holds ae_raw.csv, dm_raw.csv and ec_raw.csv; without it they are those of CDISC_CONV_REFERENCE. ``--check`` exits
1 where a target is missed.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.by_hand import map_with_pandas, map_with_polars
from benchmarks.figures import Figure, Found, Skipped, draw_table, reference, split_installed, time_in_turns
from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.spec.load import load_study

LEAST = {"polars": 1.0, "pandas": 2.0}
MOST_MEMORY = 1.5
"""GB beside the raw columns."""
COMPARED_ROWS = 2_000

Forms = Mapping[str, pd.DataFrame]
Made = Callable[[Forms], tuple[pd.DataFrame, pd.DataFrame]]


def measure_all(quick: bool) -> Iterator[Found]:
    """The figures of the pilot's data where they are."""
    folder = reference("golden", "raw")
    if folder is None:
        yield Skipped("the pilot study's AE", "set CDISC_CONV_REFERENCE to the folder of its public data")
        return
    yield from measure(folder, 200_000 if quick else 1_000_000)


def measure(folder: Path, rows: int, rounds: int = 3) -> Iterator[Found]:
    """Time beside both programs, and memory."""
    installed, missing = split_installed(["polars"])
    yield from missing
    forms = read_forms(folder, rows)
    contestants: dict[str, Callable[[], object]] = {"ours": prepare_ours(forms)}
    contestants["pandas"] = lambda: map_with_pandas(forms["ae"], forms["dm"], forms["ec"])
    if installed:
        import polars as pl

        frames = [pl.from_pandas(forms[name]) for name in ("ae", "dm", "ec")]
        contestants["polars"] = lambda: map_with_polars(*frames)
    compare_records(read_forms(folder, COMPARED_ROWS), with_polars=bool(installed))
    with PeakMemory() as memory:
        contestants["ours"]()
    best = time_in_turns(contestants, rounds)
    for name in ("polars", "pandas"):
        if name in best:
            what = f"AE of the pilot, {rows:,} raw rows"
            yield Figure(what, best["ours"], f"{name} by hand", best[name], LEAST[name])
    yield Figure("its memory beside the raw columns", memory.added / 1e9, most=MOST_MEMORY, unit="GB")


def prepare_ours(forms: Forms) -> Callable[[], tuple[pd.DataFrame, pd.DataFrame]]:
    """Our mapping of these forms, its study loaded and planned before."""
    study, problems = load_study("cdiscpilot01")
    assert not problems, problems
    plan = plan_study(study)
    given = {
        name: pd.DataFrame({column: pd.Series([], dtype="str") for column in dataset.columns})
        for name, dataset in study.given.items()
    }

    def run() -> tuple[pd.DataFrame, pd.DataFrame]:
        made = convert_frames(study, plan, forms, given, ["AE"]).datasets
        return made[0].frame, made[1].frame

    return run


def compare_records(forms: Forms, with_polars: bool) -> None:
    """Raises AssertionError where a program by hand makes other records than ours."""
    ours = prepare_ours(forms)()
    others = {"pandas": map_with_pandas(forms["ae"], forms["dm"], forms["ec"])}
    if with_polars:
        import polars as pl

        made = map_with_polars(*(pl.from_pandas(forms[name]) for name in ("ae", "dm", "ec")))
        others["polars"] = (made[0].to_pandas(), made[1].to_pandas())
    for frames in others.values():
        for mine, other in zip(ours, frames, strict=True):
            pd.testing.assert_frame_equal(mine, other.astype(mine.dtypes.to_dict()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--raw", type=Path, default=reference("golden", "raw"))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.raw is None:
        parser.error("give --raw FOLDER, or set CDISC_CONV_REFERENCE")
    found = list(measure(arguments.raw, arguments.rows))
    print(draw_table([("mapping", one) for one in found]))
    missed = any(one.met is False for one in found if isinstance(one, Figure))
    return int(missed and arguments.check)


def read_forms(folder: Path, rows: int) -> dict[str, pd.DataFrame]:
    """The raw forms with so many adverse events."""
    forms = {name: read(folder / f"{name}_raw.csv") for name in ("dm", "ae", "ec")}
    copies = -(-rows // len(forms["ae"]))
    forms = {name: repeat(frame, copies) for name, frame in forms.items()}
    return {**forms, "ae": forms["ae"].head(rows)}


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def repeat(frame: pd.DataFrame, copies: int) -> pd.DataFrame:
    """The rows `copies` times, each time under new subject numbers."""
    repeated = frame.take(np.tile(np.arange(len(frame)), copies)).reset_index(drop=True)
    number = pd.Series(np.repeat(np.arange(copies), len(frame))).astype("str")
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
