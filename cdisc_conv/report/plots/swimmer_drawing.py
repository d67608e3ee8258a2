"""How the panels of the swimmer plot are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.report.plots.axes import (
    DAYS_PER_MONTH,
    MONTHS,
    Key,
    Scale,
    draw_legend,
    draw_x_axis,
    measure_legend,
    plan_ticks,
)
from cdisc_conv.report.plots.figure import count_words
from cdisc_conv.report.plots.style import (
    BLUE,
    GREEN,
    GRID,
    ORANGE,
    PURPLE,
    QUIET,
    SKY,
    VERMILLION,
    WHITE,
    Look,
    draw_marker,
    paint,
)
from cdisc_conv.report.plots.svg import INK, Drawing, Group, shorten

TITLE = "Course of each subject (swimmer plot)"
PANEL = 50
"""Rows of one panel."""
MOST_PANELS = 20
WIDTH, LEFT, RIGHT, TOP, ROW = 1000, 130, 900, 26, 16

PHASE_LOOKS = (
    Look("phase-1", "", SKY),
    Look("phase-2", "", ORANGE, "diagonal"),
    Look("phase-3", "", GREEN, "level"),
    Look("phase-4", "", PURPLE, "dots"),
)
MARKS = {
    "PR": Look("PR", "First PR", WHITE, marker="circle"),
    "CR": Look("CR", "First CR", BLUE, marker="triangle"),
    "PD": Look("PD", "Progression", VERMILLION, marker="square"),
    "DEATH": Look("DEATH", "Death", INK, marker="cross"),
}
ONGOING = Look("ONGOING", "Ongoing", INK, marker="arrow")


def draw_swimmer(
    rows: pd.DataFrame, panel: pd.DataFrame, bars: pd.DataFrame, phases: tuple[str, ...], number: int, panels: int
) -> str:
    """One panel as SVG. ``rows`` are those of all panels, which share their axis; the others as in `Swimmer`."""
    keys = _list_keys(rows, phases)
    bottom = TOP + ROW * len(panel) + 6
    name = "swimmer" if panels == 1 else f"swimmer-{number}"
    title = TITLE if panels == 1 else f"{TITLE}, part {number} of {panels}"
    height = bottom + 52 + measure_legend(keys, WIDTH - 60)
    drawing = Drawing(name, WIDTH, height, title, _describe(panel))
    marks = rows[list(MARKS)].to_numpy(dtype=float).ravel()
    earliest = min(float(np.fmin.reduce(marks, initial=0.0)), float(bars["START"].min()) if len(bars) else 0.0)
    months = plan_ticks(earliest / DAYS_PER_MONTH, float(rows["LAST"].max()) / DAYS_PER_MONTH, 12, MONTHS)
    x = Scale(months[0] * DAYS_PER_MONTH, months[-1] * DAYS_PER_MONTH, LEFT, RIGHT)
    for month in months:
        drawing.line(x(month * DAYS_PER_MONTH), TOP - 4, x(month * DAYS_PER_MONTH), bottom, stroke=GRID)
    draw_x_axis(drawing, Scale(months[0], months[-1], LEFT, RIGHT), months, bottom, "Months since first dose")
    drawing.text(LEFT - 10, 14, "Subject", text_anchor="end", font_size=11, fill=QUIET)
    if (rows["RESPONSE"] != "").any():
        drawing.text(RIGHT + 14, 14, "Best response", font_size=11, fill=QUIET)
    phase_of = dict(iter(bars.groupby("USUBJID", sort=False)))
    for position, row in enumerate(panel.to_dict("records")):
        _draw_row(drawing, row, phase_of.get(row["USUBJID"]), phases, x, TOP + ROW * (position + 0.5))
    draw_legend(drawing, keys, 40, bottom + 58, WIDTH - 60)
    return drawing.write()


def _draw_row(
    drawing: Drawing, row: dict, bars: pd.DataFrame | None, phases: tuple[str, ...], x: Scale, middle: float
) -> None:
    subject = str(row["SUBJECT"])
    group = drawing.group()
    group.text(LEFT - 10, middle + 4, shorten(subject, 17), text_anchor="end", font_size=11)
    if row["RESPONSE"]:
        group.text(RIGHT + 14, middle + 4, shorten(str(row["RESPONSE"]), 13), font_size=11)
    group.line(x(0), middle, x(row["LAST"]), middle, stroke=QUIET, stroke_width=1.5)
    if bars is not None:
        for phase, start, end in zip(bars["PHASE"], bars["START"], bars["END"], strict=True):
            tip = f"{subject}, {phases[phase]}: {count_words(int(end - start) + 1, 'day')}"
            width = max(x(end) - x(start), 1.5)
            look = PHASE_LOOKS[phase % len(PHASE_LOOKS)]
            group.rect(x(start), middle - 5, width, 10, tip, fill=paint(drawing, look), stroke=INK, stroke_width=0.7)
    if row["ONGOING"]:
        draw_marker(group, "arrow", x(row["LAST"]) + 4, middle, 4.5, fill=INK)
    _draw_marks(group, row, x, middle)


def _draw_marks(group: Group, row: dict, x: Scale, middle: float) -> None:
    for name, look in MARKS.items():
        day = row[name]
        if day == day:
            tip = f"{row['SUBJECT']}, {look.label}: day {day + 1 if day >= 0 else day:g}"
            stroke: dict[str, Any] = (
                {} if look.marker == "cross" else {"fill": look.colour, "stroke": INK, "stroke_width": 1.1}
            )
            draw_marker(group, look.marker, x(day), middle, 4.4 if name != "PD" else 3.8, tip=tip, **stroke)


def _list_keys(rows: pd.DataFrame, phases: tuple[str, ...]) -> list[Key]:
    keys = [
        Key(Look(look.key, shorten(name, 60), look.colour, look.hatch), "area")
        for name, look in ((name, PHASE_LOOKS[number % len(PHASE_LOOKS)]) for number, name in enumerate(phases))
    ]
    keys += [Key(look, "marker") for name, look in MARKS.items() if rows[name].notna().any()]
    return [*keys, *([Key(ONGOING, "marker")] if rows["ONGOING"].any() else [])]


def _describe(panel: pd.DataFrame) -> str:
    return (
        f"One row for each of {count_words(len(panel))}: {int(panel['PD'].notna().sum())} with progression, "
        f"{int(panel['DEATH'].notna().sum())} died, {int(panel['ONGOING'].sum())} ongoing."
    )
