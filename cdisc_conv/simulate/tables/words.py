"""Columns of text as positions in a short list of words: cheap to choose, join and sort; text at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.simulate.tables.draws import Bools, Floats, Ints

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
NO_DAY = -(10**7)
"""The day of a date that was not recorded."""


@dataclass(frozen=True, slots=True)
class Words:
    """One text per row: `words[codes[row]]`, or blank where the code is -1."""

    codes: Ints
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Ints | Bools) -> Words:
        """The rows at positions, or where a mask is true."""
        return Words(self.codes[rows], self.words)

    def where(self, mask: Bools) -> Words:
        """Blank where the mask is false."""
        return Words(np.where(mask, self.codes, -1), self.words)

    def fill(self, other: Words) -> Words:
        """The other's words where this is blank.

        >>> yes_no(np.array([True, False])).where(np.array([True, False])).fill(blank(2)).codes.tolist()
        [0, -1]
        """
        both = join([self, other])
        mine, others = both.codes[: len(self)], both.codes[len(self) :]
        return Words(np.where(mine >= 0, mine, others), both.words)

    def decoded(self, values: Mapping[str, str]) -> Words:
        """The same rows with each word replaced by what it stands for; KeyError for a word in use without one."""
        used = set(np.unique(self.codes).tolist())
        return Words(self.codes, tuple(values[w] if code in used else "" for code, w in enumerate(self.words)))

    def to_text(self) -> pd.arrays.ArrowStringArray:
        """The rows as a pandas string array, blank rows as empty text."""
        positions = pa.array((self.codes + 1).astype(np.int32))
        decoded = pa.DictionaryArray.from_arrays(
            positions, pa.array(("", *self.words), pa.string())
        ).dictionary_decode()
        # The stubs of pandas do not know `dtype` here yet.
        return pd.arrays.ArrowStringArray(decoded.cast(pa.large_string()), dtype=TEXT)  # type: ignore[call-arg]


def blank(length: int) -> Words:
    """Nothing but blanks."""
    return Words(np.full(length, -1, dtype=np.int64), ())


def constant(word: str, length: int) -> Words:
    """The same word in every row."""
    return Words(np.zeros(length, dtype=np.int64), (word,))


def choose(length: int, *branches: tuple[Bools, str], otherwise: str = "") -> Words:
    """The word of the first branch whose mask is true.

    >>> choose(2, (np.array([True, False]), "A"), otherwise="B").to_text().tolist()
    ['A', 'B']
    """
    words = tuple(
        dict.fromkeys([*(word for _, word in branches), otherwise])
        if otherwise
        else dict.fromkeys(w for _, w in branches)
    )
    codes = np.full(length, words.index(otherwise) if otherwise else -1, dtype=np.int64)
    for mask, word in reversed(branches):
        codes[mask] = words.index(word)
    return Words(codes, words)


def yes_no(answer: Bools, asked: Bools | None = None) -> Words:
    """Y or N, blank where it was not asked."""
    codes = np.where(answer, 0, 1)
    return Words(codes if asked is None else np.where(asked, codes, -1), ("Y", "N"))


def join(parts: Sequence[Words]) -> Words:
    """Rows of several columns, one after the other."""
    position: dict[str, int] = {}
    codes = []
    for part in parts:
        lookup = np.array([position.setdefault(word, len(position)) for word in part.words] + [-1], dtype=np.int64)
        codes.append(lookup[part.codes])
    return Words(np.concatenate(codes) if codes else np.empty(0, np.int64), tuple(position))


def dates(days: Ints) -> Words:
    """Days since 1970 as DD-MON-YYYY, `NO_DAY` as blank.

    >>> dates(np.array([19000, NO_DAY])).to_text().tolist()
    ['08-JAN-2022', '']
    """
    present = days != NO_DAY
    if not present.any():
        return blank(len(days))
    first, last = int(days[present].min()), int(days[present].max())
    words = tuple(format_day(day) for day in range(first, last + 1))
    return Words(np.where(present, days - first, -1), words)


def read_days(column: Words) -> Ints:
    """Dates of `dates` as days since 1970; `NO_DAY` where they are blank.

    >>> read_days(dates(np.array([19000, NO_DAY]))).tolist() == [19000, NO_DAY]
    True
    """
    days = [epoch_day(date(int(word[7:]), MONTHS.index(word[3:6]) + 1, int(word[:2]))) for word in column.words]
    return np.array([*days, NO_DAY], dtype=np.int64)[column.codes]


def is_word(column: Words, word: str) -> Bools:
    """Where a column holds a word."""
    found: Bools = column.codes == (column.words.index(word) if word in column.words else -9)
    return found


def format_day(day: int) -> str:
    """One day since 1970 as DD-MON-YYYY, in English whatever the computer's language."""
    moment = date(1970, 1, 1) + timedelta(days=day)
    return f"{moment.day:02d}-{MONTHS[moment.month - 1]}-{moment.year:04d}"


def times(minutes: Ints, present: Bools) -> Words:
    """Minutes after midnight as HH:MM."""
    return Words(np.where(present, minutes, -1), tuple(f"{m // 60:02d}:{m % 60:02d}" for m in range(24 * 60)))


def numbers(values: Floats | Ints, decimals: int = 0, present: Bools | None = None) -> Words:
    """Numbers with up to so many decimals, trailing zeros dropped; missing numbers blank.

    >>> numbers(np.array([1.5, 2.0, np.nan]), 1).to_text().tolist()
    ['1.5', '2', '']
    """
    there = np.isfinite(values) if present is None else present & np.isfinite(values)
    scaled = np.rint(np.where(there, values, 0) * 10**decimals).astype(np.int64)
    distinct, codes = np.unique(scaled, return_inverse=True)
    words = tuple(_format_scaled(int(value), decimals) for value in distinct)
    return Words(np.where(there, codes, -1), words)


def _format_scaled(value: int, decimals: int) -> str:
    if not decimals:
        return str(value)
    text = f"{value / 10**decimals:.{decimals}f}"
    return text.rstrip("0").rstrip(".")


def epoch_day(moment: date) -> int:
    """A date as days since 1970."""
    return (moment - date(1970, 1, 1)).days


def words_of(codes: Ints, words: Iterable[str]) -> Words:
    """Positions in a list of words as a column."""
    return Words(np.asarray(codes, dtype=np.int64), tuple(words))
