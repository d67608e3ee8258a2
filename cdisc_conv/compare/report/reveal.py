"""Differences that nobody sees, shown: blanks of other kinds, accents in two spellings, letters that look alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from cdisc_conv.visible import show_hidden, write_code


def reveal(base: str, other: str) -> tuple[str, str]:
    """Two differing texts, with the characters that hide the difference as code points.

    Where the texts look the same (but for blanks, compatibility forms or letters of other alphabets), everything
    outside ASCII, control characters, and blanks at the ends or beside blanks stand as ``<U+00A0>``; texts that differ
    visibly stay as they are.

    >>> reveal("5\\u00a0mg", "5 mg"), reveal("Cafe\\u0301", "Caf\\u00e9"), reveal("Pain ", "Pain")
    (('5<U+00A0>mg', '5 mg'), ('Cafe<U+0301>', 'Caf<U+00E9>'), ('Pain<U+0020>', 'Pain'))
    >>> reveal("Müller", "Muller"), reveal("a", "b")
    (('Müller', 'Muller'), ('a', 'b'))
    """
    if base == other or _fold(base) != _fold(other):
        return base, other
    return _write(base), _write(other)


def reveal_all(base: Iterable[Any], other: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """The same for two columns; what is not text stays."""
    pairs = [
        reveal(one, two) if isinstance(one, str) and isinstance(two, str) else (one, two)
        for one, two in zip(base, other, strict=True)
    ]
    return [one for one, _ in pairs], [two for _, two in pairs]


def reveal_table(columns: Sequence[str], data: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """The columns of a table, with those named ``base`` and ``other`` made visible; the last of each name counts.

    A table without them holds records of one side, in which hidden characters are shown.
    """
    made = list(data)
    if "base" not in columns or "other" not in columns:
        return [[show_hidden(cell) if isinstance(cell, str) else cell for cell in column] for column in data]
    names = list(columns)
    one, two = (len(names) - 1 - names[::-1].index(name) for name in ("base", "other"))
    made[one], made[two] = reveal_all(data[one], data[two])
    return made


def _fold(text: str) -> str:
    """What a person sees of a text: without blanks, marks of width and control characters, and in one alphabet."""
    if text.isascii() and text.isprintable():
        return text.replace(" ", "")
    plain = unicodedata.normalize("NFKC", text)
    kept = (letter for letter in plain if unicodedata.category(letter) not in ("Cc", "Cf", "Zs", "Zl", "Zp"))
    return "".join(_LATIN.get(letter, letter) for letter in kept)


def _write(text: str) -> str:
    last = len(text) - 1
    return "".join(
        write_code(letter)
        if not (letter.isascii() and letter.isprintable())
        or (letter == " " and (place in (0, last) or " " in (text[place - 1], text[place + 1])))
        else letter
        for place, letter in enumerate(text)
    )


_LATIN = dict(zip("АВЕКМНОРСТХУаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧονμ", "ABEKMHOPCTXYaeopcyxijsABEZHIKMNOPTYXovu", strict=True))
