"""How the analysis datasets grow with the study: the pilot study's ADaM at two sizes, in memory.

The public SDTM datasets of CDISCPILOT01 are repeated under new subject numbers. Measured: from SDTM columns in memory
to the finished ADaM frames, at a size and at ten times that size in the same run. What grows with the records takes ten
times as long; what compares all records with each other would take a hundred times as long.

    python -m benchmarks.analysis --sdtm FOLDER [--copies 10] [--check]

FOLDER holds dm.csv, ae.csv, ex.csv and the given datasets of the study. ``--check`` exits 1 when ten times the records
take more than 12 times as long. No other program that runs here makes ADaM datasets, so there is none to compare with.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks.figures import Figure, Found, Skipped, draw_table, reference
from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.given.tabulations import read_tabulations
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study

DATASETS = ("ADSL", "ADAE", "ADTR", "ADRS", "ADTTE")
MOST = 12.0


def measure_all(quick: bool) -> Iterator[Found]:
    """The figures of the pilot's SDTM datasets where they are."""
    folder = reference("golden", "sdtm")
    if folder is None:
        yield Skipped("the pilot study's ADaM", "set CDISC_CONV_REFERENCE to the folder of its public data")
        return
    yield from grow(folder, 2 if quick else 10)


def grow(folder: Path, copies: int) -> Iterator[Found]:
    """Seconds at a size and at ten times that size."""
    loaded, problems = load_study("cdiscpilot01")
    assert not problems, problems
    study, given = read_tabulations(loaded, folder, DATASETS)
    measure(study, given.frames, 1)  # what is read once (standards, terminology) is not counted
    small = measure(study, given.frames, copies)
    large = measure(study, given.frames, 10 * copies)
    yield Figure(f"the pilot's ADaM, {copies} times its subjects", small)
    yield Figure(f"the pilot's ADaM, {10 * copies} times its subjects", large)
    yield Figure("time for ten times the records", large / small, most=MOST, unit="times")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sdtm", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    found = list(grow(arguments.sdtm, arguments.copies))
    print(draw_table([("analysis", one) for one in found]))
    return int(arguments.check and any(one.met is False for one in found if isinstance(one, Figure)))


def measure(study: Study, frames: dict[str, pd.DataFrame], copies: int) -> float:
    """Seconds for all analysis datasets of `copies` times the subjects."""
    given = {name: repeat(frame, copies) for name, frame in frames.items()}
    start = time.perf_counter()
    made = convert_frames(study, plan_study(study), {}, given, DATASETS)
    seconds = time.perf_counter() - start
    records = sum(len(dataset.frame) for dataset in made.datasets)
    subjects = len(made.datasets[0].frame)
    print(f"{subjects:,} subjects, {records:,} records of {', '.join(DATASETS)} in {seconds:.2f} s")
    return seconds


def repeat(frame: pd.DataFrame, copies: int) -> pd.DataFrame:
    """The records under each other, every copy with subjects of its own."""
    pieces = [frame.assign(USUBJID=frame["USUBJID"] + f"-{number}") for number in range(copies)]
    return pd.concat(pieces, ignore_index=True)


if __name__ == "__main__":
    sys.exit(main())
