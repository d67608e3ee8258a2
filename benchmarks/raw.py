"""How fast raw forms are read: a delimited file with quotes, dates, numbers and some letters beyond ASCII.

    python -m benchmarks.raw [--rows 1000000] [--encoding utf-8]

Beside ours are pandas (its arrow engine) and polars, which read the columns as text and do nothing else: no hash, no
encoding to be checked, no signs of damage, no row numbers. The memory is the peak beside the columns themselves.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from benchmarks.figures import Figure, Found, draw_table, split_installed, time_in_turns
from cdisc_conv.raw import FormSource, read_form

NAMES = ["SUBJID", "VISIT", "DAT", "TEST", "RESULT", "UNIT", "COMMENT", *(f"ITEM{number}" for number in range(13))]


def write(path: Path, rows: int, encoding: str) -> None:
    """A form of laboratory results, 200 different blocks of 1,000 rows over and over."""
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(",".join(NAMES) + "\n")
        block = "".join(
            f"{row % 900:04},Week {row % 12},{1 + row % 28:02}-MAR-2024,ALT,{row % 97}.{row % 10},U/L,"
            f'"said ""fine"", {"é" if row % 50 == 0 else "e"} {row}",' + ",".join(["Y", "N", "", str(row), "12.5"] * 2)
            + ",a,b,c\n"
            for row in range(1000)
        )  # fmt: skip
        for _ in range(rows // 1000):
            file.write(block)


def measure_all(quick: bool) -> Iterator[Found]:
    """A file of UTF-8."""
    yield from measure(200_000 if quick else 1_000_000, "utf-8", 3)


def measure(rows: int, encoding: str, rounds: int) -> Iterator[Found]:
    """Time beside the readers of other libraries, and memory."""
    installed, missing = split_installed(["polars"])
    yield from missing
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "lb.csv"
        write(path, rows, encoding)

        def read_ours() -> pd.DataFrame:
            form, problems = read_form(FormSource("lb", "lb.csv", encoding), folder)
            assert form is not None
            assert not problems, problems
            return form.frame

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        held = read_ours().memory_usage(deep=True).sum()
        peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        contestants: dict[str, Callable[[], object]] = {"ours": read_ours}
        contestants["pandas"] = lambda: pd.read_csv(path, dtype="str", encoding=encoding, engine="pyarrow")
        if installed and encoding == "utf-8":
            import polars as pl

            contestants["polars"] = lambda: pl.read_csv(path, infer_schema=False)
        best = time_in_turns(contestants, rounds)
        size = path.stat().st_size / 1e6
    what = f"read a form of {rows:,} rows, {size:.0f} MB"
    yield from (Figure(what, best["ours"], other, best[other]) for other in best if other != "ours")
    yield Figure("its memory beside the columns", (peak - held) / 1e6, unit="MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--encoding", default="utf-8")
    arguments = parser.parse_args()
    print(draw_table([("raw", one) for one in measure(arguments.rows, arguments.encoding, 5)]))


if __name__ == "__main__":
    main()
