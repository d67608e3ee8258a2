"""What a benchmark measured, as rows of one table and as JSON."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figure:
    """One thing that was measured: what ours took, beside another program in the same run where there is one.

    `least` is the target for theirs/ours, `most` that for ours by itself.
    """

    what: str
    ours: float
    beside: str = ""
    theirs: float | None = None
    least: float | None = None
    most: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float | None:
        """How many times as much the other took."""
        return None if self.theirs is None else self.theirs / self.ours

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.least is not None and self.ratio is not None:
            return self.ratio >= self.least
        return None if self.most is None else self.ours <= self.most

    def as_dict(self) -> dict[str, Any]:
        """The figure as plain data, with its ratio."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


@dataclass(frozen=True)
class Skipped:
    """Something that was not measured, and why."""

    what: str
    why: str


Found = Figure | Skipped


def reference(*parts: str) -> Path | None:
    """A file or folder of the public reference data: in CDISC_CONV_REFERENCE, or beside the checkout."""
    beside = ROOT.parent / "shared" / "reference"
    path = Path(os.environ.get("CDISC_CONV_REFERENCE", beside)).joinpath(*parts)
    return path if path.exists() else None


def split_installed(names: Iterable[str]) -> tuple[list[str], list[Skipped]]:
    """The modules that are installed, and the others as skipped."""
    found = {name: find_spec(name) is not None for name in names}
    missing = [Skipped(name, "not installed; pip install cdisc-conv[benchmark]") for name in found if not found[name]]
    return [name for name in found if found[name]], missing


def time_in_turns(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The best seconds of each; they take turns, so that a busy machine hits all of them."""
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            best[name] = min(best.get(name, float("inf")), time.perf_counter() - start)
    return best


def draw_table(found: Sequence[tuple[str, Found]]) -> str:
    """The figures of all benchmarks as one table, and under it what was skipped.

    >>> write = Figure("write", 0.5, "polars", 2.0, least=6)
    >>> print(draw_table([("xpt", write), ("checks", Skipped("CORE", "no CORE"))]))
    benchmark  what   ours    beside  theirs  ratio  target
    xpt        write  0.50 s  polars  2.00 s  4.0x   6x MISSED
    skipped: checks, CORE: no CORE
    """
    rows = [("benchmark", "what", "ours", "beside", "theirs", "ratio", "target")]
    rows += [(name, *_write(one)) for name, one in found if isinstance(one, Figure)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"skipped: {name}, {one.what}: {one.why}" for name, one in found if isinstance(one, Skipped)]
    return "\n".join(lines)


def _write(figure: Figure) -> tuple[str, ...]:
    def number(value: float) -> str:
        return f"{value:.2f} {figure.unit}".rstrip()

    goal = f"{figure.least:g}x" if figure.least is not None else ""
    goal = f"at most {figure.most:g} {figure.unit}".rstrip() if figure.most is not None else goal
    verdict = {True: " met", False: " MISSED", None: ""}[figure.met]
    theirs = "" if figure.theirs is None else number(figure.theirs)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.1f}x"
    return figure.what, number(figure.ours), figure.beside, theirs, ratio, goal + (verdict if goal else "")
