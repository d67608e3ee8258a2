"""Codes as people write them: which of the declared ones a text must mean, and how codes are shown in messages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from cdisc_conv.problems import closest

SHOWN = 10
"""Codes that a message lists."""

SHORT = 3
"""Texts up to this length are too short to be compared by likeness: NA is not N."""

_YES_NO = {"yes": "y", "no": "n"}


def list_codes(codes: Iterable[str]) -> str:
    """The codes, or the first of them: ``Y, N``."""
    names = list(codes)
    return ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")


def guess_code(text: str, values: Mapping[str, str]) -> str:
    """The code that a text must mean: alike but for case, blanks and signs, by its words, or nearly so.

    >>> values = {"Y": "Yes", "N": "No"}
    >>> guess_code("YES", values), guess_code("y.", values), guess_code("?", values)
    ('Y', 'Y', '')
    >>> guess_code("3.0", {"3": "Grade 3"})
    '3'
    """
    for known in ({code: code for code in values}, {words: code for code, words in values.items()}):
        alike = [code for words, code in known.items() if are_alike(text, words)]
        if alike:
            return alike[0]
    near = closest(text, [*values, *values.values()]) if len(text) > SHORT else ""
    return near if near in values else next((code for code, words in values.items() if words == near), "")


def are_alike(text: str, other: str) -> bool:
    """Whether two texts mean the same to a person: but for case, blanks, signs and width, numbers by what they are.

    >>> are_alike("Non target", "NON-TARGET"), are_alike("Yes", "Y"), are_alike("01", "1.0"), are_alike("CR", "PR")
    (True, True, True, False)
    """
    return reduce_text(text) == reduce_text(other) != ""


def reduce_text(text: str) -> str:
    """A text as `are_alike` compares it; "" where nothing of it is a letter or a digit."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        return repr(float(plain)) if plain.isascii() and "_" not in plain else _letters(plain)
    except ValueError:
        return _letters(plain)


def _letters(text: str) -> str:
    bare = "".join(character for character in text.casefold() if character.isalnum())
    return _YES_NO.get(bare, bare)
