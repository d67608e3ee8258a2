"""Scales, axes and legends that the pictures share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cdisc_conv.report.plots.style import GRID, QUIET, Look, draw_marker, paint
from cdisc_conv.report.plots.svg import INK, Drawing, Group, estimate_width

DAYS_PER_MONTH = 30.4375
"""365.25 / 12."""

TENTHS = (1.0, 2.0, 2.5, 5.0, 10.0)
MONTHS = (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0)
WEEKS = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0, 52.0, 104.0, 260.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale: the values ``low`` to ``high`` lie at the pixels ``start`` to ``end``.

    >>> Scale(0, 10, 100, 200)(5)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def plan_ticks(low: float, high: float, most: int = 10, steps: Sequence[float] = ()) -> list[float]:
    """Round numbers from at most ``low`` to at least ``high``, not more than about ``most`` of them.

    ``steps`` are the distances to choose from (months, weeks); without them 1, 2, 2.5 and 5 times a power of ten.

    >>> plan_ticks(0, 23, 6)
    [0, 5.0, 10.0, 15.0, 20.0, 25.0]
    >>> plan_ticks(0, 20, 8, MONTHS)
    [0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0]
    """
    span = max(high - low, 1e-9)
    wanted = span / most
    if not steps:
        power = 10.0 ** math.floor(math.log10(wanted))
        steps = [power * tenth for tenth in TENTHS]
    step = next((step for step in steps if step >= wanted * (1 - 1e-9)), math.ceil(wanted / steps[-1]) * steps[-1])
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step if number else 0 for number in range(first, max(last, first + 1) + 1)]


def write_tick(value: float) -> str:
    """The label of a tick, with a real minus sign.

    >>> [write_tick(value) for value in (-30.0, 0, 2.5)]
    ['−30', '0', '2.5']
    """
    return f"{value:g}".replace("-", "−")


def draw_x_axis(group: Group, scale: Scale, ticks: Iterable[float], y: float, label: str) -> None:
    """Line, ticks, numbers and label below the plot area, whose lower edge is at ``y``."""
    axis = group.group(text_anchor="middle", stroke_width=1)
    axis.line(scale.start, y, scale.end, y, stroke=INK)
    for tick in ticks:
        axis.line(scale(tick), y, scale(tick), y + 5, stroke=INK)
        axis.text(scale(tick), y + 18, write_tick(tick))
    axis.text((scale.start + scale.end) / 2, y + 38, label)


def draw_y_axis(
    group: Group,
    scale: Scale,
    ticks: Iterable[float],
    x: tuple[float, float],
    label: str,
    write: Callable[[float], str] = write_tick,
) -> None:
    """Line, ticks, numbers and upright label left of the plot area, and grid lines over it; ``x`` are its edges."""
    axis = group.group(text_anchor="end", stroke_width=1)
    left, right = x
    for tick in ticks:
        axis.line(left, scale(tick), right, scale(tick), stroke=GRID)
        axis.line(left - 5, scale(tick), left, scale(tick), stroke=INK)
        axis.text(left - 9, scale(tick) + 4, write(tick))
    axis.line(left, scale.start, left, scale.end, stroke=INK)
    middle = (scale.start + scale.end) / 2
    axis.text(0, 0, label, text_anchor="middle", transform=f"translate({left - 48:g} {middle:g}) rotate(-90)")


def draw_threshold(group: Group, y: float, x: tuple[float, float], label: str) -> None:
    """A dashed level line over the plot area with its label just outside the right edge."""
    left, right = x
    # White under the dashes, for where they cross dark areas.
    group.line(left, y, right, y, stroke="#ffffff", stroke_width=2.6, stroke_opacity=0.85)
    group.line(left, y, right, y, stroke=INK, stroke_width=1.3, stroke_dasharray="6 4")
    group.text(right + 6, y + 4, label)


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: an area, a line (with marker) or a marker alone, of a look."""

    look: Look
    kind: str
    """``area``, ``line`` or ``marker``."""
    note: str = ""
    """Added to the label, such as ``n = 12``."""

    @property
    def words(self) -> str:
        return f"{self.look.label}{f', {self.note}' if self.note else ''}"


def draw_legend(drawing: Drawing, keys: Sequence[Key], x: float, y: float, width: float) -> float:
    """The legend in rows of at most ``width`` pixels; returns the height of all rows."""
    group = drawing.group(stroke_width=1)
    left, row = x, 0
    for key in keys:
        needed = 34 + estimate_width(key.words) + 14
        if left > x and left + needed > x + width:
            left, row = x, row + 1
        top = y + row * 20
        _draw_key(drawing, group, key, left, top)
        group.text(left + 32, top + 4, key.words)
        left += needed
    return (row + 1) * 20.0


def measure_legend(keys: Sequence[Key], width: float) -> float:
    """The height that ``draw_legend`` will take."""
    left, row = 0.0, 0
    for key in keys:
        needed = 34 + estimate_width(key.words) + 14
        if left > 0 and left + needed > width:
            left, row = 0.0, row + 1
        left += needed
    return (row + 1) * 20.0


def _draw_key(drawing: Drawing, group: Group, key: Key, x: float, y: float) -> None:
    look = key.look
    if key.kind == "area":
        group.rect(x, y - 7, 26, 14, fill=paint(drawing, look), stroke=INK, stroke_width=0.8)
        return
    if key.kind == "line":
        group.line(x, y, x + 26, y, stroke=line_colour(look), stroke_width=2, stroke_dasharray=look.dash or "none")
    stroke = line_colour(look) if key.kind == "line" else INK
    draw_marker(group, look.marker, x + 13, y, 4, fill=look.colour, stroke=stroke, stroke_width=1.3)


def line_colour(look: Look) -> str:
    """The colour of a line of this look; white and pale areas get lines that can be seen on white."""
    return QUIET if look.colour in ("#FFFFFF", "#EDEDED", "#B4B4B4") else look.colour
