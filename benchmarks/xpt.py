"""Speed and memory of transport files: ours, pyreadstat (C) and polars-readstat (Rust), measured in one run.

    python -m benchmarks.xpt                 # 1,000,000 x 25 vital-signs-like records, about 201 MB
    python -m benchmarks.xpt --check         # exit code 1 when a target is missed
    python -m benchmarks.xpt --rows 100000   # quicker; small files favour nobody, targets are for the full size

The contestants take turns, so that a busy machine hits all of them; the best of the rounds counts. pyreadstat reads and
writes pandas frames as we do, polars-readstat its own polars frames (the conversion from or to pandas is not counted).
Memory is the highest resident size during the call less that before it, in a process of its own; for reading, less the
frame that was asked for. It is measured on Linux only. Needs `pip install cdisc-conv[benchmark]`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.figures import ROOT, Figure, Found, split_installed
from cdisc_conv.xpt import read_xpt, write_xpt

TARGETS = {
    ("write", "pyreadstat"): 30.0,
    ("write", "polars-readstat"): 6.0,
    ("read", "pyreadstat"): 10.0,
    ("read", "polars-readstat"): 1.5,
}
MODULES = ("polars_readstat", "pyreadstat")
STATUS = Path("/proc/self/status")
TESTS = (
    ("SYSBP", "Systolic Blood Pressure", "mmHg"),
    ("DIABP", "Diastolic Blood Pressure", "mmHg"),
    ("PULSE", "Pulse Rate", "beats/min"),
    ("TEMP", "Temperature", "C"),
    ("WEIGHT", "Weight", "kg"),
    ("HEIGHT", "Height", "cm"),
)


def make_findings(rows: int) -> pd.DataFrame:
    """A VS-like dataset: 19 text and 6 numeric variables, 201 bytes per record, results of 0.0 to 399.9."""
    random = np.random.default_rng(1)

    def pick(values: list[str], codes: np.ndarray) -> object:
        coded = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(values, type=pa.large_string()))
        return pd.array(coded.cast(pa.large_string()), dtype="str")

    def some(values: list[str]) -> object:
        return pick(values, random.integers(0, len(values), rows))

    test, visit, day = (random.integers(0, limit, rows) for limit in (6, 12, 700))
    result = np.clip(random.normal(1200, 300, rows).astype(int), 0, 3999)
    results = [f"{value / 10:.1f}" for value in range(4000)]
    moments = [f"{date}T08:{n % 60:02}" for n, date in enumerate(np.datetime64("2020-01-01") + np.arange(700))]
    subjects = [f"01-{700 + n // 1000}-{n:05}" for n in range(rows // 100 + 1)]
    return pd.DataFrame(
        {
            "STUDYID": some(["CDISCPILOT01"]),
            "DOMAIN": some(["VS"]),
            "USUBJID": pick(subjects, np.arange(rows) // 100),
            "VSSEQ": np.arange(rows) % 100 + 1.0,
            "VSTESTCD": pick([code for code, _, _ in TESTS], test),
            "VSTEST": pick([name for _, name, _ in TESTS], test),
            "VSPOS": some(["", "STANDING", "SUPINE"]),
            "VSORRES": pick(results, result),
            "VSORRESU": pick([unit for _, _, unit in TESTS], test),
            "VSSTRESC": pick(results, result),
            "VSSTRESN": np.where(random.random(rows) < 0.05, np.nan, result / 10),
            "VSSTRESU": pick([unit for _, _, unit in TESTS], test),
            "VSSTAT": some(["", "", "", "NOT DONE"]),
            "VSLOC": some(["", "ARM", "ORAL CAVITY"]),
            "VSLAT": some(["", "LEFT"]),
            "VSBLFL": some(["", "", "", "Y"]),
            "VSLOBXFL": some(["", "", "", "Y"]),
            "VISITNUM": visit + 1.0,
            "VISIT": pick([f"WEEK {n}" for n in range(12)], visit),
            "VISITDY": visit * 7.0 + 1,
            "EPOCH": some(["SCREENING", "TREATMENT", "FOLLOW-UP"]),
            "VSDTC": pick(moments, day),
            "VSDY": day + 1.0,
            "VSTPT": some(["", "5MIN"]),
            "VSTPTNUM": np.where(random.random(rows) < 0.5, 815.0, np.nan),
        }
    )


def measure_all(quick: bool) -> Iterator[Found]:
    """Time and memory beside those contestants that are installed."""
    rows, rounds = (100_000, 2) if quick else (1_000_000, 5)
    yield from split_installed(MODULES)[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        best = measure_speed(make_findings(rows), folder, rounds, 1)
        size = (folder / "ours.xpt").stat().st_size
        for (direction, who), seconds in best.items():
            if who != "ours":
                what = f"{direction} {rows:,} x 25, {size / 1e6:.0f} MB"
                yield Figure(what, best[direction, "ours"], who, seconds, TARGETS[direction, who])
        for direction in ("write", "read") if STATUS.exists() else ():
            used = measure_memory(direction, rows, folder / "ours.xpt")
            yield Figure(
                f"{direction}, memory beside the frame",
                used / 1e6,
                most=None if quick else round(size / 1e6),
                unit="MB",
            )


def measure_speed(frame: pd.DataFrame, folder: Path, rounds: int, slow_rounds: int) -> dict[tuple[str, str], float]:
    """Best seconds by (direction, contestant)."""
    ours, slow, rust = folder / "ours.xpt", folder / "pyreadstat.xpt", folder / "polars.xpt"
    contestants: dict[tuple[str, str], Callable[[], object]] = {
        ("write", "ours"): lambda: write_xpt(frame, ours, name="VS"),
        ("read", "ours"): lambda: read_xpt(ours),
    }
    installed, _ = split_installed(MODULES)
    if "polars_readstat" in installed:
        import polars as pl
        import polars_readstat as rust_reader

        polars_frame = pl.from_pandas(frame)
        contestants["write", "polars-readstat"] = lambda: rust_reader.write_xpt(
            polars_frame, rust, version=5, table_name="VS"
        )
        contestants["read", "polars-readstat"] = lambda: rust_reader.read_readstat(ours)
    if "pyreadstat" in installed:
        import pyreadstat

        contestants["write", "pyreadstat"] = lambda: pyreadstat.write_xport(
            frame, slow, table_name="VS", file_format_version=5
        )
        contestants["read", "pyreadstat"] = lambda: pyreadstat.read_xport(ours)
    best: dict[tuple[str, str], float] = {}
    for number in range(rounds):
        for key, run in contestants.items():
            if key[1] == "pyreadstat" and number >= slow_rounds:
                continue
            begin = time.perf_counter()
            run()
            best[key] = min(best.get(key, float("inf")), time.perf_counter() - begin)
    return best


def measure_memory(direction: str, rows: int, path: Path) -> int:
    """Bytes beside the frame, measured in a new process."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.xpt",
        "--rows",
        str(rows),
        "--memory-of",
        direction,
        "--file",
        str(path),
    ]
    return int(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def report_memory(direction: str, rows: int, path: Path) -> None:
    """The child process of `measure_memory`: print the bytes."""
    frame = make_findings(rows) if direction == "write" else make_findings(1000)
    if direction == "read":  # so that what a first call loads and keeps is not taken for memory of the work
        write_xpt(frame, path.with_suffix(".small"), name="VS")
        read_xpt(path.with_suffix(".small"))
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = _resident("VmRSS")
    if direction == "write":
        write_xpt(frame, path, name="VS")
        kept = 0
    else:
        kept = int(read_xpt(path).frame.memory_usage(deep=True).sum())
    print(_resident("VmHWM") - before - kept)


def _resident(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-rounds", type=int, default=1, help="rounds of pyreadstat")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    parser.add_argument("--memory-of", choices=["write", "read"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        report_memory(options.memory_of, options.rows, options.file)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        missed = print_speed(measure_speed(make_findings(options.rows), folder, options.rounds, options.slow_rounds),
                             (folder / "ours.xpt").stat().st_size)  # fmt: skip
        missed += print_memory(options.rows, folder / "ours.xpt")
    return int(options.check and missed > 0)


def print_speed(best: dict[tuple[str, str], float], size: int) -> int:
    """Print seconds, MB/s and ratios; the number of targets missed."""
    missed = 0
    print(f"file of {size / 1e6:.0f} MB\n{'':6} {'':16} {'seconds':>8} {'MB/s':>7} {'ours is':>9}  target")
    for (direction, who), seconds in best.items():
        line = f"{direction:6} {who:16} {seconds:8.2f} {size / 1e6 / seconds:7.0f}"
        if who != "ours":
            ratio, target = seconds / best[direction, "ours"], TARGETS[direction, who]
            missed += ratio < target
            line += f" {ratio:8.1f}x  {target:g}x {'met' if ratio >= target else 'MISSED'}"
        print(line)
    return missed


def print_memory(rows: int, path: Path) -> int:
    """Print memory beside the frame; the number of targets missed."""
    if not STATUS.exists():
        print("memory: measured on Linux only")
        return 0
    size, missed = path.stat().st_size, 0
    for direction in ("write", "read"):
        used = measure_memory(direction, rows, path)
        missed += used >= size
        print(f"{direction:6} memory beside the frame {used / 1e6:6.0f} MB, target under {size / 1e6:.0f} MB "
              f"{'met' if used < size else 'MISSED'}")  # fmt: skip
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
