"""What can be wrong with a transport file or with what should become one: the codes and the words.

XPT001-XPT009 are about declarations, XPT010-XPT019 about values, XPT020-XPT029 about files that are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, ProblemsError
from cdisc_conv.xpt.encodings import ASCII, refuse
from cdisc_conv.xpt.ibm import LARGEST, SMALLEST, NumberFault
from cdisc_conv.xpt.variables import LONGEST_TEXT, XptVariable

SHOWN_CHARACTERS = 5


class XptError(ProblemsError):
    """A transport file that cannot be written or read; ``problems`` holds everything found, not only the first."""


@dataclass(slots=True)
class Occurrences:
    """Where one fault of one variable occurs, gathered block by block in the order of the rows."""

    count: int = 0
    rows: tuple[int, ...] = ()
    value: str = ""
    """The first value, or for text that is too long the longest."""
    longest: int = 0
    characters: dict[str, int] = field(default_factory=dict)
    """Each character that cannot be written, with the first row (from 1) it occurs in."""

    def add(self, rows: NDArray[np.int64]) -> None:
        """Count more rows, numbered from 1 over the whole file."""
        self.count += len(rows)
        self.rows += tuple(int(row) for row in rows[: SHOWN_ROWS - len(self.rows)])


def describe_long_text(dataset: str, variable: XptVariable, found: Occurrences) -> Problem:
    """XPT010: values over the declared length."""
    limit, longest = variable.length, found.longest
    if longest > LONGEST_TEXT:
        hint = f"a text variable holds at most {LONGEST_TEXT} bytes: split the value into supplemental qualifiers"
    else:
        hint = f"declare a length of {longest} or shorten the values"
    message = (
        f"{_count(found.count, 'value is', 'values are')} longer than the declared length of {_bytes(limit)}; "
        f"the longest has {longest}: {_quote(found.value)}"
    )
    return _about_values("XPT010", message, dataset, variable, found, hint)


def describe_characters(dataset: str, variable: XptVariable, found: Occurrences, codec: str = ASCII) -> Problem:
    """XPT011: characters that the encoding of the file cannot hold, in ASCII those that are not printable."""
    named = [f"{name_character(character)} in row {row}" for character, row in found.characters.items()]
    listed = ", ".join(named[:SHOWN_CHARACTERS])
    more = f" and {len(named) - SHOWN_CHARACTERS} more" if len(named) > SHOWN_CHARACTERS else ""
    values = _count(found.count, "value has", "values have")
    message = f"{values} characters that {refuse(codec)}: first {listed}{more}"
    hint = "replace them in the data or name them in the transliteration map"
    return _about_values("XPT011", message, dataset, variable, found, hint)


def describe_number(dataset: str, variable: XptVariable, fault: NumberFault, found: Occurrences) -> Problem:
    """XPT012 infinities, XPT013 magnitudes out of range, XPT014 numbers that would lose bits."""
    count, first = found.count, found.value
    code, message, hint = {
        NumberFault.INFINITE: (
            "XPT012",
            f"{_count(count, 'value is', 'values are')} infinite, the first is {first}",
            "only finite numbers and missing values can be written: correct the derivation or set it to missing",
        ),
        NumberFault.TOO_LARGE: (
            "XPT013",
            f"{_count(count, 'value is', 'values are')} too large, the first is {first}",
            f"the largest magnitude of a transport file is {LARGEST:.6e}: use another unit or set it to missing",
        ),
        NumberFault.TOO_SMALL: (
            "XPT013",
            f"{_count(count, 'value is', 'values are')} too close to zero, the first is {first}",
            f"the smallest magnitude of a transport file is {SMALLEST:.6e}: round to zero where that is meant",
        ),
        NumberFault.LOSES_BITS: (
            "XPT014",
            f"{_count(count, 'value needs', 'values need')} more digits than {_bytes(variable.length)} hold, "
            f"the first is {first}",
            "declare a length of 8" if variable.length < 8 else "integers are exact up to 9007199254740992: use text",
        ),
    }[fault]
    return _about_values(code, message, dataset, variable, found, hint)


def name_character(character: str) -> str:
    """A character as people can find it.

    >>> name_character("é"), name_character("\\t")
    ("'é' (U+00E9)", 'U+0009')
    """
    code = f"U+{ord(character):04X}"
    return f"'{character}' ({code})" if character.isprintable() else code


def place_file(path: object) -> Place:
    """The file a problem is about."""
    return Place(file=str(path))


def make_error(code: str, message: str, path: object, hint: str = "") -> XptError:
    """An error with one problem about a file."""
    return XptError([Problem(code, message, place=place_file(path), hint=hint)])


def list_names(names: Iterable[str]) -> str:
    """Names for a message, the first dozen of them."""
    listed: Sequence[str] = list(names)
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")


def _about_values(
    code: str, message: str, dataset: str, variable: XptVariable, found: Occurrences, hint: str
) -> Problem:
    place = Place(dataset=dataset, variable=variable.name, rows=found.rows)
    return Problem(code, message, place=place, hint=hint, value=found.value, count=found.count)


def _count(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _bytes(count: int) -> str:
    return f"{count} byte{'' if count == 1 else 's'}"


def _quote(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")
