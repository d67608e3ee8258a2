"""What a transport file says of a variable, and how display formats are spelled."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from cdisc_conv.dataset import Dataset

LONGEST_NAME = 8
LONGEST_LABEL = 40
LONGEST_TEXT = 200
MOST_VARIABLES = 9999

# A format name ends in a letter or underscore (`DATE`, `E8601DA`, `$CHAR`); what follows is width, point, decimals.
_FORMAT = re.compile(r"(?P<name>\$?(?:[A-Za-z_](?:[A-Za-z0-9_]*[A-Za-z_])?)?)(?P<width>\d*)(?:\.(?P<decimals>\d*))?")


@dataclass(frozen=True, slots=True)
class XptVariable:
    """A variable of a transport file.

    ``length`` is in bytes: 3 to 8 for numbers (2 occurs in old files), 1 to 200 for text. ``format`` and ``informat``
    are spelled as in SAS (``DATE9.``, ``8.2``, ``$20.``), empty for none; neither is ever copied into the other.

    >>> XptVariable("AESTDTC", "Start Date/Time of Adverse Event", numeric=False, length=10).name
    'AESTDTC'
    """

    name: str
    label: str = ""
    numeric: bool = field(kw_only=True)
    length: int = field(kw_only=True)
    format: str = field(default="", kw_only=True)
    informat: str = field(default="", kw_only=True)


class DisplayFormat(NamedTuple):
    """A format as the file stores it: name, width and decimals, 0 for none."""

    name: str = ""
    width: int = 0
    decimals: int = 0

    def __str__(self) -> str:
        if not any(self):
            return ""
        return f"{self.name}{self.width or ''}.{self.decimals or ''}"


def parse_format(text: str) -> DisplayFormat | None:
    """The parts of a format, or None when the text is none that a transport file can hold.

    >>> parse_format("DATE9."), str(parse_format("8.2")), parse_format("9DATE")
    (DisplayFormat(name='DATE', width=9, decimals=0), '8.2', None)
    """
    match = _FORMAT.fullmatch(text)
    if not match:
        return None
    parsed = DisplayFormat(match["name"].upper(), int(match["width"] or 0), int(match["decimals"] or 0))
    fits = text.isascii() and len(parsed.name) <= 8 and parsed.width < 2**15 and parsed.decimals < 2**15
    return parsed if fits else None


def variables_of(dataset: Dataset) -> tuple[XptVariable, ...]:
    """The variables of a finished dataset, with its labels, declared lengths and formats, in its order."""
    return tuple(
        XptVariable(column.name, column.label, numeric=column.numeric, length=column.length, format=column.format)
        for column in dataset.columns
    )
