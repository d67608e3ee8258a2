"""How things look: colours of the Okabe-Ito palette, each with a pattern, a dash and a marker of its own.

Two things that must be told apart differ in more than their colour, so a picture can be read in greyscale and by people
who do not see all colours. Source of the palette: Okabe and Ito, Color Universal Design, 2008.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cdisc_conv.report.plots.svg import INK, Drawing, Group, write_number

BLUE, SKY, GREEN, ORANGE, VERMILLION, PURPLE = "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7"
GREY, PALE, WHITE = "#8C8C8C", "#D9D9D9", "#FFFFFF"
GRID = "#E3E7EC"
QUIET = "#5a6675"


@dataclass(frozen=True, slots=True)
class Look:
    """One category: its label, colour, pattern (``hatch``), dash of a line, and marker (``none`` for a line alone)."""

    key: str
    label: str
    colour: str
    hatch: str = ""
    """``diagonal``, ``cross``, ``level``, ``dots``, or nothing for a plain area."""
    dash: str = ""
    marker: str = "circle"


RESPONSES = (
    Look("CR", "Complete response (CR)", BLUE, "", "", "triangle"),
    Look("PR", "Partial response (PR)", SKY, "diagonal", "", "circle"),
    Look("SD", "Stable disease (SD)", "#B4B4B4", "", "7 3", "square"),
    Look("NON-CR/NON-PD", "Non-CR/non-PD", PURPLE, "level", "7 3 2 3", "diamond"),
    Look("PD", "Progressive disease (PD)", VERMILLION, "cross", "3 2", "wedge"),
    Look("NE", "Not evaluable (NE)", WHITE, "dots", "1 3", "ring"),
)
NO_RESPONSE = Look("", "No response recorded", "#EDEDED", "", "1 3", "ring")
"""For a subject without a record of the response, or with a value that RECIST 1.1 does not know."""


PLAIN = Look("", "Subject", BLUE)
"""For every subject of a study that has no responses to tell apart."""


def look_of_response(value: str) -> Look:
    """The look of a RECIST 1.1 response.

    >>> look_of_response("PR").colour
    '#56B4E9'
    """
    return next((look for look in RESPONSES if look.key == value), NO_RESPONSE)


def list_responses(values: Iterable[str]) -> list[Look]:
    """The looks that occur, in the order of RECIST 1.1: best first."""
    present = {look_of_response(value).key for value in values}
    return [look for look in (*RESPONSES, NO_RESPONSE) if look.key in present]


def paint(drawing: Drawing, look: Look) -> str:
    """What to give as ``fill`` for an area of this look; defines its pattern in the drawing when it has one."""
    if not look.hatch:
        return look.colour
    identifier, definitions = drawing.define("".join(c if c.isalnum() else "-" for c in f"fill-{look.key}"))
    if definitions is not None:
        pattern = definitions.add(
            "pattern", id=identifier, width=6, height=6, patternUnits="userSpaceOnUse", patternTransform="scale(1)"
        )
        pattern.rect(0, 0, 6, 6, fill=look.colour)
        stroke = WHITE if look.hatch == "cross" else INK  # on a dark ground
        pattern.path(_HATCHES[look.hatch], stroke=stroke, stroke_width=0.9, stroke_linecap="square", fill="none")
    return f"url(#{identifier})"


_HATCHES = {
    "diagonal": "M0 6L6 0M-1.5 1.5L1.5 -1.5M4.5 7.5L7.5 4.5",
    "cross": "M0 0L6 6M0 6L6 0",
    "level": "M0 3H6",
    "dots": "M1.5 1.5h.2M4.5 4.5h.2",
}


def draw_marker(group: Group, marker: str, x: float, y: float, size: float = 4, **attributes: Any) -> None:
    """A marker with its middle at x, y. ``size`` is half its width. Open markers are lines: ``cross``, ``plus``."""
    if marker == "none":
        return
    s = size
    if marker in ("circle", "ring"):
        fill = {"fill": WHITE} if marker == "ring" else {}
        group.add("circle", cx=x, cy=y, r=s, **{**attributes, **fill})
        return
    ways = {
        "square": [(-s, -s), (s, -s), (s, s), (-s, s)],
        "diamond": [(0, -1.25 * s), (1.25 * s, 0), (0, 1.25 * s), (-1.25 * s, 0)],
        "triangle": [(0, -1.2 * s), (1.15 * s, 0.9 * s), (-1.15 * s, 0.9 * s)],
        "wedge": [(0, 1.2 * s), (1.15 * s, -0.9 * s), (-1.15 * s, -0.9 * s)],
        "arrow": [(-s, -s), (1.4 * s, 0), (-s, s)],
    }
    if marker in ways:
        corners = " ".join(f"{write_number(x + dx)} {write_number(y + dy)}" for dx, dy in ways[marker])
        group.path(f"M{corners}Z", **attributes)
        return
    strokes = [(-s, -s, s, s), (-s, s, s, -s)] if marker == "cross" else [(0, -s, 0, s), (-s, 0, s, 0)]
    way = "".join(
        f"M{write_number(x + a)} {write_number(y + b)}L{write_number(x + c)} {write_number(y + d)}"
        for a, b, c, d in strokes
    )
    group.path(way, **{"stroke": INK, "stroke_width": 1.8, **attributes, "fill": "none"})
