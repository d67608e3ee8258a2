"""What a picture is made of: drawings, a caption, and tables of the numbers behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Dataset

MOST_ROWS = 2_000
"""Rows of a table that stand on the page."""
MOST_MARKS = 1_000
"""Subjects that have a bar or a line of their own."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts. ``numeric`` are the positions of the columns whose numbers line up on the right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    total: int = 0
    """How many rows there are, of which `rows` are the first."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A finished picture: SVG texts, tables, and the caption: what is shown, how it is defined, and of whom."""

    name: str
    title: str
    drawings: tuple[str, ...]
    definitions: tuple[str, ...]
    subjects: tuple[str, ...]
    """Sentences on the population, on who is left out and why."""
    tables: tuple[Table, ...]
    results: tuple[str, ...] = ()
    """Sentences that a reader looks for first."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that can be asked for: the datasets and variables it cannot do without, and how it is drawn."""

    name: str
    title: str
    needs: Mapping[str, tuple[str, ...]]
    draw: Callable[[Mapping[str, Dataset]], Figure]


class NothingToDraw(Exception):  # noqa: N818  (no error: the records are not there)
    """Raised by a picture without records to draw; its text says which records there are none of."""


def make_table(caption: str, frame: pd.DataFrame, decimals: Mapping[str, int] | None = None) -> Table:
    """A table of a frame: its column names are the headings, its numbers get ``decimals`` (0 unless told).

    It has the first `MOST_ROWS` rows.

    >>> make_table("Sums", pd.DataFrame({"Subject": ["01"], "Sum (mm)": [41.25]}), {"Sum (mm)": 1}).rows
    (('01', '41.2'),)
    """
    decimals = decimals or {}
    total, frame = len(frame), frame.head(MOST_ROWS)
    numeric = frozenset(
        number for number, name in enumerate(frame.columns) if pd.api.types.is_numeric_dtype(frame[name].dtype)
    )
    texts = [
        [write_value(value, decimals.get(str(name), 0)) for value in frame[name]]
        if number in numeric
        else [str(value) for value in frame[name]]
        for number, name in enumerate(frame.columns)
    ]
    return Table(caption, tuple(map(str, frame.columns)), tuple(zip(*texts, strict=True)), numeric, total)


def choose_places(count: int) -> np.ndarray:
    """Which of so many subjects in an order are drawn: all, or `MOST_MARKS`, evenly spaced, the first and the last too.

    >>> choose_places(3).tolist(), len(choose_places(5_000)), choose_places(5_000)[[0, 1, -1]].tolist()
    ([0, 1, 2], 1000, [0, 5, 4999])
    """
    if count <= MOST_MARKS:
        return np.arange(count)
    return np.linspace(0, count - 1, MOST_MARKS).round().astype(np.int64)


def describe_places(count: int, what: str, order: str) -> str:
    """A sentence on subjects that are not drawn; empty where all are.

    >>> describe_places(5_000, "bars", "in this order")
    'Drawn are the bars of 1,000 of 5,000 subjects, evenly spaced in this order; all numbers are of all of them.'
    """
    drawn = len(choose_places(count))
    if drawn == count:
        return ""
    return (
        f"Drawn are the {what} of {drawn:,} of {count:,} subjects, evenly spaced {order}; all numbers "
        "are of all of them."
    )


def write_value(value: float, decimals: int = 0, missing: str = "") -> str:
    """A number with so many decimals and a comma per thousand; ``missing`` for NaN.

    >>> write_value(-0.04, 1), write_value(1234.5, 1), write_value(float("nan"))
    ('0.0', '1,234.5', '')
    """
    if value != value:
        return missing
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def count_words(number: int, noun: str = "subject") -> str:
    """A count and its noun.

    >>> count_words(1), count_words(1200)
    ('1 subject', '1,200 subjects')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
