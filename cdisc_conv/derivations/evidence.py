"""What a derivation says of the records that it reports: the parameters of a text, before rows have their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import as_text
from cdisc_conv.findings import Example, Names, Parameter, Total, Value
from cdisc_conv.problems import SHOWN_ROWS, Tally


class Evidence(Protocol):
    """Something that is known of each record, and becomes a parameter when it is known which records count."""

    def settle(self, records: np.ndarray, numbers: np.ndarray) -> Parameter | None:
        """The parameter for some `records` (positions from 0) whose rows have these `numbers` (0 for none)."""


Parameters = Mapping[str, "str | Parameter | Evidence"]
"""What the names in the templates of a finding stand for: a text that is the same for all records, or more."""


@dataclass(frozen=True)
class Sum:
    """A number for each record; the text has their sum."""

    numbers: np.ndarray

    def settle(self, records: np.ndarray, numbers: np.ndarray) -> Total:
        return Total(int(self.numbers[records].sum()))


@dataclass(frozen=True)
class Each:
    """What each record belongs to; the text has the different ones."""

    texts: pd.Series

    def settle(self, records: np.ndarray, numbers: np.ndarray) -> Names:
        found = find_distinct(as_text(take_rows(self.texts, records)))
        return Names(
            dict(zip(found.values.tolist(), count_codes(found.codes, numbers, len(found.values)), strict=True))
        )


@dataclass(frozen=True)
class First:
    """What is said of a record, if it is the first of them."""

    describe: Callable[[int], str]

    def settle(self, records: np.ndarray, numbers: np.ndarray) -> Example | None:
        if not len(records):
            return None
        place = int(np.argmin(numbers))
        return Example(int(numbers[place]), self.describe(int(records[place])))


@dataclass(frozen=True)
class SingleValues:
    """Values that are a finding each: the number of its value for each record, and which of the values are bad."""

    codes: np.ndarray
    values: pd.Series
    bad: np.ndarray
    describe: Callable[[str], tuple[str, str]]
    """Message and hint of a value."""
    most: int

    def settle(self, records: np.ndarray, numbers: np.ndarray) -> Mapping[str, Value]:
        """The bad values of some records, the first of them with their texts."""
        codes, there = np.unique(self.codes[records], return_inverse=True)
        texts = as_text(self.values.take(codes)).tolist()
        tallies = dict(zip(texts, count_codes(there, numbers, len(codes)), strict=True))
        found = {text: Value(tally) for text, tally in tallies.items()}
        for text in sorted(found, key=lambda text: (tallies[text].rows[:1], text))[: self.most]:
            found[text] = Value(tallies[text], *self.describe(text))
        return found


def count_codes(codes: np.ndarray, numbers: np.ndarray, count: int) -> list[Tally]:
    """How many records each code from 0 to `count` has, and the first of the numbers of their rows."""
    order = np.lexsort((numbers, codes))
    pieces = np.split(numbers[order], np.searchsorted(codes[order], np.arange(1, count)))
    return [count_numbers(piece) for piece in pieces[:count]]


def count_numbers(numbers: np.ndarray) -> Tally:
    """The tally of records whose rows have these numbers (0 for none)."""
    shown = np.unique(numbers)
    return Tally(len(numbers), tuple(int(number) for number in shown[shown > 0][:SHOWN_ROWS]))


def settle_parameters(parameters: Parameters | None, records: np.ndarray, numbers: np.ndarray) -> dict[str, Parameter]:
    """Those that add up, for some records whose rows have these numbers."""
    found: dict[str, Parameter] = {}
    for name, parameter in (parameters or {}).items():
        if isinstance(parameter, str):
            continue
        settled = parameter.settle(records, numbers) if hasattr(parameter, "settle") else parameter
        if settled is not None:
            found[name] = settled
    return found


def list_fixed(parameters: Parameters | None) -> tuple[tuple[str, str], ...] | None:
    """Those that are the same for all records; None where texts are no templates."""
    if parameters is None:
        return None
    return tuple((name, str(text)) for name, text in sorted(parameters.items()) if isinstance(text, str))
