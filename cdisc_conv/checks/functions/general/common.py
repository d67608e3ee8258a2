"""How check functions say what they found."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from cdisc_conv.checks.codes import Coded
from cdisc_conv.checks.model import Hits
from cdisc_conv.checks.tables import Table
from cdisc_conv.visible import show_hidden

_SHOWN = 60


def whole(variable: str = "", **words: str) -> Hits:
    """A finding on a variable, or on the dataset, as a whole."""
    return Hits(variable, words=lambda row: words, whole=True)


def by_value(
    name: str, coded: Coded, wrong: np.ndarray, more: Callable[[int], Mapping[str, str]] | None = None
) -> Hits:
    """A finding per value of a column, on the records that are `wrong` (bool); fills {name}, {value} and `more`."""
    rows = np.flatnonzero(wrong)

    def words(row: int) -> dict[str, str]:
        return {"name": name, "value": show_text(coded.text(row)), **(more(row) if more else {})}

    return Hits(name, rows, coded.codes[rows], words)


def by_variable(name: str, wrong: np.ndarray, details: Callable[[int], str] | None = None, **words: str) -> Hits:
    """One finding for a column, on the records that are `wrong` (bool); fills {name} and `words`."""
    return Hits(name, np.flatnonzero(wrong), words=lambda row: {"name": name, **words}, details=details)


def repeat_words(words: Mapping[str, str]) -> Callable[[int], Mapping[str, str]]:
    """The same words whatever the row."""
    return lambda row: words


def tell_values(table: Table, *names: str) -> Callable[[int], str]:
    """What some variables are in a record: ``ASTDT 2022-03-01, AENDT blank``."""
    return lambda row: ", ".join(f"{name} {table.text(name, row) or 'blank'}" for name in names)


def shorten(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def show_text(text: str) -> str:
    r"""The beginning of a text, with characters that nobody sees made visible.

    >>> show_text("a\tb")
    'a<U+0009>b'
    """
    return shorten(show_hidden(text))
