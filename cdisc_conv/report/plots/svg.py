"""Static SVG, written element by element: the same calls give the same bytes on every machine.

Text stays text, so a picture holds no fonts and a reader can search, select and enlarge it. Numbers are rounded to a
hundredth of a pixel. lxml does the escaping.
"""

from __future__ import annotations

import re
from typing import Any, cast

from lxml import etree

from cdisc_conv.visible import make_visible

NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
FONT_SIZE = 12
INK = "#1c2430"

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, not even escaped."""


def clean(text: str) -> str:
    """The text with a question mark for each character that XML cannot hold.

    >>> clean("a\\x00b")
    'a?b'
    """
    return make_visible(_FORBIDDEN.sub("?", text))


def write_number(value: float) -> str:
    """A coordinate with at most two decimals.

    >>> [write_number(value) for value in (3, 2.50, -0.001, 1 / 3)]
    ['3', '2.5', '0', '0.33']
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def estimate_width(text: str, size: float = FONT_SIZE) -> float:
    """About how wide a text is, in pixels; rather too much than too little, as the reader's font is not known."""
    wide = sum(1.6 if ord(character) > 0x2E80 else 1.0 for character in text)
    return wide * size * 0.56


def shorten(text: str, characters: int) -> str:
    """The text, or its beginning and an ellipsis when it is longer than so many characters.

    >>> shorten("Palmar-plantar erythrodysaesthesia syndrome", 20)
    'Palmar-plantar eryt…'
    """
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"


class Group:
    """An SVG element that others are put into. Attribute names are written with underscores: ``stroke_width=2``."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    def add(self, tag: str, text: str = "", tip: str = "", **attributes: Any) -> Group:
        """Put an element in and return it. ``tip`` is what a browser shows when the pointer rests on it."""
        written = {
            name.rstrip("_").replace("_", "-"): clean(value) if isinstance(value, str) else write_number(value)
            for name, value in attributes.items()
        }
        element = etree.SubElement(self._element, tag, written)
        if text:
            element.text = clean(text)
        if tip:
            etree.SubElement(element, "title").text = clean(tip)
        return Group(element)

    def group(self, **attributes: Any) -> Group:
        return self.add("g", **attributes)

    def line(self, x1: float, y1: float, x2: float, y2: float, tip: str = "", **attributes: Any) -> None:
        self.add("line", tip=tip, x1=x1, y1=y1, x2=x2, y2=y2, **attributes)

    def rect(self, x: float, y: float, width: float, height: float, tip: str = "", **attributes: Any) -> None:
        self.add("rect", tip=tip, x=x, y=y, width=width, height=height, **attributes)

    def text(self, x: float, y: float, text: str, tip: str = "", **attributes: Any) -> None:
        self.add("text", text, tip, x=x, y=y, **attributes)

    def path(self, way: str, tip: str = "", **attributes: Any) -> None:
        self.add("path", tip=tip, d=way, **attributes)

    def polyline(self, points: list[tuple[float, float]], tip: str = "", **attributes: Any) -> None:
        written = " ".join(f"{write_number(x)},{write_number(y)}" for x, y in points)
        self.add("polyline", tip=tip, points=written, fill="none", **attributes)


class Drawing(Group):
    """A whole picture, ``width`` by ``height`` pixels, on white ground.

    ``name`` makes the ids of the picture its own, as several share a page; ``title`` and ``description`` are what a
    screen reader says instead of the picture.
    """

    def __init__(self, name: str, width: float, height: float, title: str, description: str) -> None:
        root = etree.Element(
            "svg",
            {
                "viewBox": f"0 0 {write_number(width)} {write_number(height)}",
                "width": write_number(width),
                "height": write_number(height),
                "role": "img",
                "aria-labelledby": f"{name}-title {name}-desc",
                "font-family": FONT,
                "font-size": str(FONT_SIZE),
                "fill": INK,
            },
            nsmap=cast("Any", {None: NAMESPACE}),
        )
        super().__init__(root)
        self.name = name
        self.width, self.height = width, height
        self.add("title", title, id=f"{name}-title")
        self.add("desc", description, id=f"{name}-desc")
        self.rect(0, 0, width, height, fill="#ffffff")
        self._definitions = self.add("defs")
        self._defined: set[str] = set()

    def define(self, key: str) -> tuple[str, Group | None]:
        """The id for a shared definition of this picture, and where to put it in when it is not there yet."""
        identifier = f"{self.name}-{key}"
        if key in self._defined:
            return identifier, None
        self._defined.add(key)
        return identifier, self._definitions

    def write(self) -> str:
        """The picture as text, for the inside of an HTML page or for a file of its own."""
        return etree.tostring(self._element, encoding="unicode")
