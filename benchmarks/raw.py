"""How fast raw forms are read: a delimited file with quotes, dates, numbers and some letters beyond ASCII.

    python benchmarks/raw.py [--rows 1000000] [--encoding utf-8]

Prints seconds, bytes per second and the peak of memory beside the columns themselves.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--encoding", default="utf-8")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "lb.csv", arguments.rows, arguments.encoding)
        size = (folder / "lb.csv").stat().st_size
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.perf_counter()
        form, problems = read_form(FormSource("lb", "lb.csv", arguments.encoding), folder)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert form is not None
    assert not problems, problems
    held = form.frame.memory_usage(deep=True).sum()
    print(f"{len(form.frame):,} rows, {size / 1e6:,.0f} MB in {seconds:.2f} s ({size / seconds / 1e6:,.0f} MB/s)")
    print(f"peak of memory {peak / 1e3:,.0f} MB; the columns are {held / 1e6:,.0f} MB of it")


if __name__ == "__main__":
    main()
