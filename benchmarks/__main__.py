"""All benchmarks: one table with ratios and targets, and JSON.

    python -m benchmarks                     # everything, in full size: some 20 minutes on two quiet cores
    python -m benchmarks --quick             # smaller sizes, under two minutes
    python -m benchmarks xpt mapping         # only these
    python -m benchmarks --json figures.json --check

Each benchmark runs in a process of its own, its contestants in turns. What is not installed is skipped, and the last
lines say so (`pip install cdisc-conv[benchmark]`). The pilot study's public data are read from
CDISC_CONV_REFERENCE. `--check` exits 1 where a target is missed or a benchmark failed; targets are for the full sizes.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.figures import ROOT, Figure, Found, Skipped, draw_table
from cdisc_conv import __version__

BENCHMARKS = ("run", "growth", "mapping", "xpt", "raw", "analysis", "compare", "checks")
"""Modules of this package with `measure_all(quick)`, which yields what it found."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, under two minutes on a quiet machine")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a target is missed")
    parser.add_argument("--child", choices=BENCHMARKS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        options.json.write_text(json.dumps(list(run_one(options.child, options.quick))), encoding="utf-8")
        return 0
    if unknown := [name for name in options.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    start = time.perf_counter()
    found = [(name, one) for name in options.names or BENCHMARKS for one in run_in_process(name, options.quick)]
    print(draw_table(found))
    print(f"{time.perf_counter() - start:.0f} s in all; other work on the machine makes every figure worse")
    if options.json:
        options.json.write_text(json.dumps(describe(found, options.quick), indent=1) + "\n", encoding="utf-8")
    failed = any(one.met is False if isinstance(one, Figure) else one.what == FAILED for _, one in found)
    return int(options.check and failed)


FAILED = "the benchmark failed"


def run_one(name: str, quick: bool) -> Iterator[dict[str, Any]]:
    """The figures of one benchmark, here, as plain data."""
    measure: Callable[[bool], Iterator[Found]] = import_module(f"benchmarks.{name}").measure_all
    for one in measure(quick):
        yield one.as_dict() if isinstance(one, Figure) else {"skipped": one.what, "why": one.why}


def run_in_process(name: str, quick: bool) -> list[Found]:
    """The figures of one benchmark, from a new process; progress goes to stderr."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "benchmarks", "--child", name, "--json", str(target)]
        done = subprocess.run(
            [*command, *(["--quick"] if quick else [])], cwd=ROOT, check=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        if done.returncode:
            return [Skipped(FAILED, (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])]
        return [read_found(data) for data in json.loads(target.read_text(encoding="utf-8"))]


def read_found(data: dict[str, Any]) -> Found:
    """What `run_one` made plain data of."""
    if "skipped" in data:
        return Skipped(data["skipped"], data["why"])
    return Figure(**{key: value for key, value in data.items() if key not in ("ratio", "met")})


def describe(found: list[tuple[str, Found]], quick: bool) -> dict[str, Any]:
    """All figures as JSON, with what they were measured on."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "machine": platform.platform(),
        "quick": quick,
        "figures": [{"benchmark": name, **one.as_dict()} for name, one in found if isinstance(one, Figure)],
        "skipped": [
            {"benchmark": name, "what": one.what, "why": one.why} for name, one in found if isinstance(one, Skipped)
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
