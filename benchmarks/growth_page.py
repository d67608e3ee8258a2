"""The table of docs/scaling.md: what was measured, what follows from it, and what was not measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from subprocess import run

from benchmarks.figures import ROOT
from benchmarks.growth import FULL, LEAST, MOST_EXPONENT, MOST_MEMORY, Cost, Growth, fit_growth
from cdisc_conv import __version__

PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- growth -->\n", "<!-- /growth -->\n"
BILLION = 1_000_000_000
STUDIES, STUDY_SIZE, CORES = 1_000, 1_000, 100
"""Of the examples: that many studies of that many subjects, on that many cores."""

_HEADS = (
    "subjects",
    "records",
    "raw files",
    "ranges",
    "wall",
    "processor",
    "per 1,000 records",
    "memory of all processes",
    "beside the size before",
)


def write_page(costs: Sequence[Cost], page: Path = PAGE) -> None:
    """Put the table between its marks. Raises ValueError where the page does not have them."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{page.name} has no {BEGIN.strip()} and {END.strip()}")
    text = "\n".join(draw_page(costs, describe_machine()))
    page.write_text(f"{before}{BEGIN}{text}\n{END}{after}", encoding="utf-8")


def draw_page(costs: Sequence[Cost], machine: str) -> list[str]:
    """The lines between the marks. `costs` are in the order of their subjects."""
    rows = [f"| {' | '.join(_HEADS)} |", f"|{'---:|' * (len(_HEADS) - 1)}---|"]
    before = None
    for cost in costs:
        rows.append(_draw_row(cost, before))
        before = cost
    dates = sorted({cost.measured for cost in costs})
    workers = sorted({cost.workers for cost in costs})
    of_workers = " or ".join(map(str, workers)) + (" process makes" if workers == [1] else " processes make")
    loads = sorted(cost.load for cost in costs)
    return [
        f"Measured {' and '.join(dates)} on {machine}; {of_workers} the ranges.",
        f"Other work kept {loads[0]:.1f} to {loads[-1]:.1f} processes busy when the runs began: read the ratios.",
        "",
        *rows,
        "",
        *_draw_growth(costs),
        *_draw_missing(costs),
    ]


def _draw_row(cost: Cost, before: Cost | None) -> str:
    ratio = ""
    if before is not None:
        size, time = cost.subjects / before.subjects, cost.processor / before.processor
        ratio = f"{size:.1f} x the subjects, {time:.1f} x the time, {cost.memory / before.memory:.1f} x the memory"
    cells = [
        f"{cost.subjects:,}",
        f"{cost.records:,}",
        f"{cost.raw:,.1f} MB",
        f"{cost.ranges}",
        f"{cost.wall:,.0f} s",
        f"{cost.processor:,.0f} s",
        f"{cost.processor / cost.records * 1e6:.1f} ms",
        f"{cost.memory:.2f} GiB",
        ratio,
    ]
    return f"| {' | '.join(cells)} |"


def _draw_growth(costs: Sequence[Cost]) -> list[str]:
    """The exponent, and what follows for very much data."""
    large = [cost for cost in costs if cost.subjects >= LEAST]
    if len(large) < 2:
        return [f"The exponent is fitted over two sizes or more from {LEAST:,} subjects on."]
    growth = fit_growth(large)
    first, last = large[0], large[-1]
    records = last.records / last.subjects
    memory = (last.memory - first.memory) / (last.subjects - first.subjects) * 1000
    one = (growth.fixed + STUDY_SIZE * growth.each) / 3600
    several = BILLION / records / STUDY_SIZE
    whole = BILLION / records * growth.each / 3600
    power = f"{growth.exponent:.2f} between {first.subjects:,} and {last.subjects:,} subjects"
    line = f"{growth.fixed:.0f} s and {growth.each * 1000:.1f} s for each 1,000 subjects"
    return [
        f"Processor time grows with the subjects to the power of {power}.",
        f"{_judge(growth, last)} The line through these sizes is {line}.",
        f"Memory grows by {memory:.2f} GiB for each 1,000 subjects; pages that processes share count once."
        f"{_reach(last, memory)}",
        "If it goes on like this, which is not measured:",
        "",
        f"| | processor time | on {CORES} cores, a study on each |",
        "|---|---:|---:|",
        f"| {STUDIES:,} studies of {STUDY_SIZE:,} subjects | {_write_hours(STUDIES * one)} |",
        f"| a billion records, in {several:,.0f} studies of {STUDY_SIZE:,} subjects | {_write_hours(several * one)} |",
        f"| a billion records, in one study of {BILLION / records:,.0f} subjects | {whole:,.1f} h "
        "| reading, checks and writing are on one machine |",
        "",
    ]


def _judge(growth: Growth, last: Cost) -> str:
    """Whether the target is met, which is for all sizes of the table."""
    if last.subjects < FULL[-1]:
        return f"Whether it stays below the target of {MOST_EXPONENT} up to {FULL[-1]:,} subjects is not shown by this."
    return f"The target of {MOST_EXPONENT} is {'met' if growth.exponent <= MOST_EXPONENT else 'missed'}."


def _reach(last: Cost, memory: float) -> str:
    """Where the target of memory would be reached."""
    if memory <= 0 or last.memory >= MOST_MEMORY or last.subjects >= FULL[-1]:
        return ""
    subjects = last.subjects + (MOST_MEMORY - last.memory) / memory * 1000
    missed = f", so the target for {FULL[-1]:,} would be missed" if subjects < FULL[-1] else ""
    return f" At that rate {MOST_MEMORY:g} GiB are reached at about {round(subjects, -2):,.0f} subjects{missed}."


def _write_hours(hours: float) -> str:
    return f"{hours:,.1f} h | {hours / CORES * 60:,.0f} min"


def _draw_missing(costs: Sequence[Cost]) -> list[str]:
    """What was not run, and whether the memory stayed below its target."""
    measured = {cost.subjects for cost in costs}
    missing = [f"{subjects:,}" for subjects in FULL if subjects not in measured]
    lines = [f"**Not run:** {', '.join(missing)} subjects."] if missing else []
    over = [f"{cost.subjects:,}" for cost in costs if cost.memory > MOST_MEMORY]
    if over:
        lines.append(f"The target of {MOST_MEMORY:g} GiB is missed at {', '.join(over)} subjects.")
    return lines


def describe_machine() -> str:
    """Processor, cores and memory, Python, and the version that ran."""
    import psutil

    info = Path("/proc/cpuinfo")
    models = [line for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    model = models[0].partition(":")[2].strip() if models else platform.processor() or platform.machine()
    memory = psutil.virtual_memory().total / 2**30
    commit = run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    version = f"cdisc-conv {__version__} ({commit.strip()})" if commit else f"cdisc-conv {__version__}"
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {version}"
