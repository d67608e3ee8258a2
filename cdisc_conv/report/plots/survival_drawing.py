"""How Kaplan-Meier curves are drawn: steps, limits, censored subjects, median, numbers at risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cdisc_conv.report.plots.axes import (
    MONTHS,
    Key,
    Scale,
    draw_legend,
    draw_x_axis,
    draw_y_axis,
    measure_legend,
    plan_ticks,
)
from cdisc_conv.report.plots.figure import count_words, write_value
from cdisc_conv.report.plots.style import BLUE, GREEN, PURPLE, QUIET, VERMILLION, Look
from cdisc_conv.report.plots.survival import Estimate
from cdisc_conv.report.plots.svg import INK, Drawing, Group, shorten, write_number

WIDTH, LEFT, RIGHT, TOP, PLOT = 1000, 150, 960, 20, 340
LINES = (
    Look("1", "", BLUE, marker="none"),
    Look("2", "", VERMILLION, dash="8 4", marker="none"),
    Look("3", "", GREEN, dash="2 3", marker="none"),
    Look("4", "", PURPLE, dash="10 3 2 3", marker="none"),
)
BAND = "#D6E6F2"


def draw_survival(name: str, title: str, curves: Sequence[tuple[str, Estimate]], medians: Sequence[str]) -> str:
    """The picture as SVG; ``curves`` are labelled estimates in months, ``medians`` the words for each."""
    several = len(curves) > 1
    keys = [
        Key(Look(look.key, shorten(label, 40), look.colour, dash=look.dash, marker="none"), "line")
        for (label, _), look in zip(curves, LINES, strict=False)
    ]
    bottom = TOP + PLOT
    table = bottom + 66
    legend = measure_legend(keys, RIGHT - LEFT) if several else 0
    height = table + 20 * len(curves) + (20 + legend if several else 0) - 6
    drawing = Drawing(name, WIDTH, height, title, _describe(curves, medians))
    longest = max(float(estimate.times[-1]) for _, estimate in curves)
    months = plan_ticks(0, longest, 14, MONTHS)
    x, y = Scale(months[0], months[-1], LEFT, RIGHT), Scale(0, 1, bottom, TOP)
    draw_y_axis(drawing, y, [0, 0.2, 0.4, 0.6, 0.8, 1.0], (LEFT, RIGHT), "Probability", lambda tick: f"{tick:.1f}")
    draw_x_axis(drawing, x, months, bottom, "Months")
    if not several:
        _draw_band(drawing, curves[0][1], x, y)
    for (_, estimate), look in zip(curves, LINES, strict=False):
        _draw_curve(drawing, estimate, look, x, y)
    for (_, estimate), look in zip(curves, LINES, strict=False):
        _draw_median(drawing, estimate, look, x, y)
    if not several:
        _draw_words(drawing, curves[0][1], medians[0], x, y)
    _draw_at_risk(drawing, curves, months, x, table)
    if several:
        draw_legend(drawing, keys, LEFT, height - legend + 4, RIGHT - LEFT)
    return drawing.write()


def list_steps(times: np.ndarray, values: np.ndarray) -> list[tuple[float, float]]:
    """The corners of a step curve that begins with 1 at time 0; NaN keeps the level that it finds.

    >>> list_steps(np.array([2.0, 3.0]), np.array([0.5, np.nan]))
    [(0.0, 1.0), (2.0, 1.0), (2.0, 0.5), (3.0, 0.5)]
    """
    corners, level = [(0.0, 1.0)], 1.0
    for time, value in zip(times.tolist(), values.tolist(), strict=True):
        corners.append((time, level))
        if value == value and value != level:
            level = value
            corners.append((time, level))
    return [corner for number, corner in enumerate(corners) if not _is_between(corners, number)]


def _is_between(corners: list[tuple[float, float]], number: int) -> bool:
    """Whether a corner lies inside a level stretch, so that the curve is the same without it."""
    return 0 < number < len(corners) - 1 and corners[number - 1][1] == corners[number][1] == corners[number + 1][1]


def _write_way(corners: Sequence[tuple[float, float]], x: Scale, y: Scale) -> str:
    return "L".join(f"{write_number(x(time))} {write_number(y(value))}" for time, value in corners)


def _draw_band(drawing: Drawing, estimate: Estimate, x: Scale, y: Scale) -> None:
    """The confidence limits, as far as there are any."""
    known = np.flatnonzero(~np.isnan(estimate.low))
    if not len(known):
        return
    until = known[-1] + 1
    low, high = (list_steps(estimate.times[:until], limit[:until]) for limit in (estimate.low, estimate.high))
    way = f"M{_write_way(high, x, y)}L{_write_way(low[::-1], x, y)}Z"
    drawing.path(way, "95 % confidence limits", fill=BAND, stroke="none")


def _draw_curve(drawing: Drawing, estimate: Estimate, look: Look, x: Scale, y: Scale) -> None:
    way = _write_way(list_steps(estimate.times, estimate.survival), x, y)
    drawing.path(f"M{way}", fill="none", stroke=look.colour, stroke_width=2.2, stroke_dasharray=look.dash or "none")
    ticks = drawing.group(stroke=INK, stroke_width=1.3)
    rows = zip(estimate.times, estimate.survival, estimate.censored, strict=True)
    for time, value, censored in rows:
        if censored:
            tip = f"{write_value(censored)} censored at {write_value(time, 1)} months"
            ticks.line(x(time), y(value) - 6, x(time), y(value) + 6, tip)


def _draw_median(drawing: Drawing, estimate: Estimate, look: Look, x: Scale, y: Scale) -> None:
    if estimate.median == estimate.median:
        way = f"M{LEFT} {write_number(y(0.5))}H{write_number(x(estimate.median))}V{write_number(y(0))}"
        drawing.path(way, fill="none", stroke=look.colour, stroke_width=1.2, stroke_dasharray="3 3")


def _draw_words(drawing: Drawing, estimate: Estimate, median: str, x: Scale, y: Scale) -> None:
    """Events and median in the upper right corner, which a falling curve leaves free most of the time."""
    words = [
        f"{count_words(estimate.total_events, 'event')}, {estimate.subjects - estimate.total_events:,} censored",
        f"Median {median}",
    ]
    group = drawing.group(text_anchor="end", font_size=13)
    # White under the letters, for a curve that stays up.
    outline: dict[str, Any] = {
        "stroke": "#ffffff",
        "stroke_width": 4,
        "paint_order": "stroke",
        "stroke_linejoin": "round",
    }
    late = estimate.survival[estimate.times >= x.low + (x.high - x.low) * 0.55]
    top = y(0.12) if len(late) and float(late[0]) > 0.7 else y(0.93)
    for number, line in enumerate(words):
        group.text(RIGHT - 8, top + number * 18, line, **outline)


def _draw_at_risk(
    drawing: Drawing, curves: Sequence[tuple[str, Estimate]], months: Sequence[float], x: Scale, top: float
) -> None:
    group: Group = drawing.group(text_anchor="middle")
    group.text(LEFT - 26, top, "Number at risk", text_anchor="end", font_weight="bold")
    for number, (label, estimate) in enumerate(curves):
        row = top + 20 * number + (20 if len(curves) > 1 else 0)
        if len(curves) > 1:
            group.text(LEFT - 26, row, shorten(label, 19), label, text_anchor="end", fill=LINES[number].colour)
        for month, left in zip(months, count_left(estimate, months), strict=True):
            group.text(x(month), row, f"{left:,}")
    group.line(0, top - 16, WIDTH, top - 16, stroke=QUIET, stroke_width=0.5)


def count_left(estimate: Estimate, months: Sequence[float]) -> list[int]:
    """How many subjects are at risk at each month: those whose time is not before it.

    The month comes back from days, so a time counts as reached when it differs by rounding only.
    """
    gone = np.concatenate([[0.0], np.cumsum(estimate.events + estimate.censored)])
    before = np.searchsorted(estimate.times, np.asarray(months, dtype="float64") - 1e-9, side="left")
    return [int(estimate.subjects - gone[position]) for position in before]


def _describe(curves: Sequence[tuple[str, Estimate]], medians: Sequence[str]) -> str:
    return " ".join(
        f"{label}: {count_words(estimate.total_events, 'event')} in {estimate.subjects:,}, median {median}."
        for (label, estimate), median in zip(curves, medians, strict=True)
    )
