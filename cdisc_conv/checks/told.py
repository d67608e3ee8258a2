"""What a rule found in the records of a range of subjects, in a form that adds up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """What makes records one finding of a rule and dataset: the variable, and what is said of them."""

    variable: str
    text: str
    value: str = ""
    whole: bool = False
    """Whether it is about the dataset or variable as a whole, and not about records."""
    rest: bool = False
    """Whether it stands for values that have no finding of their own."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many records have a cause, and what is said of the first ones; rows are numbers in the whole dataset.

    What ranges without a record in common report adds up in any order.
    """

    count: int
    rows: tuple[int, ...] = ()
    """The first rows, as many as are shown in a place."""
    examples: tuple[tuple[int, str], ...] = ()
    """The first rows with their keys in words."""
    names: Values = ()
    records: tuple[tuple[int, Values], ...] = ()
    """The first rows with the values of `names`."""
    hint: str = ""
    at: int = 0
    """The place of the finding among those that the check makes."""

    def __add__(self, other: Told) -> Told:
        return sum_told([self, other])

    def cut(self, rows: int, examples: int, records: int) -> Told:
        """The same with no more than so many rows of each kind."""
        shown = (self.rows[:rows], self.examples[:examples], self.names, self.records[:records])
        return Told(self.count, *shown, self.hint, self.at)


Findings = dict[Cause, Told]


def sum_told(parts: Sequence[Told]) -> Told:
    """All of them together."""
    return Told(
        sum(told.count for told in parts),
        tuple(sorted({row for told in parts for row in told.rows})),
        tuple(sorted({example for told in parts for example in told.examples})),
        next((told.names for told in parts if told.names), ()),
        tuple(sorted({record for told in parts for record in told.records})),
        max(told.hint for told in parts),
        min(told.at for told in parts),
    )


def merge_told(parts: Iterable[Findings]) -> Findings:
    """What one rule found in one dataset, from what it found in ranges of its records."""
    merged: Findings = {}
    for cause, told in (item for part in parts for item in part.items()):
        if cause.whole or cause not in merged:
            merged[cause] = told
        else:
            merged[cause] = merged[cause] + told
    return merged
