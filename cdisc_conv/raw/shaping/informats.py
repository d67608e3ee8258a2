"""Informats: values of a column read by the format that they are written in, and those that are not written in it.

Dates and times become ISO 8601 with the precision they have, numbers get a decimal point and nothing between thousands.
So everything that reads the column sees one way of writing, whatever the source, or a site, had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

import numpy as np
import pandas as pd

from cdisc_conv.columns.dates.formats import DateFormat, read_format
from cdisc_conv.columns.dates.parse import parse_dates
from cdisc_conv.columns.number_formats import NumberFormat, read_number_format, read_numbers
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf
from cdisc_conv.columns.texts import find_texts
from cdisc_conv.problems import Problem
from cdisc_conv.raw.source import FormSource, OtherInformats, Reporter

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Informat:
    """How the values of a column are written: dates or times in one of some formats, or numbers."""

    texts: tuple[str, ...]
    dates: tuple[DateFormat, ...] = ()
    number: NumberFormat | None = None

    @property
    def is_time(self) -> bool:
        return bool(self.dates) and not any(one.has_date for one in self.dates)


@cache
def read_informat(texts: tuple[str, ...], pivot: int | None = None) -> Informat:
    """An informat from its words, several for dates that are written in several ways. Raises ValueError.

    >>> read_informat(("1.234,5",)).number.decimal, read_informat(("DD/MM/YYYY",)).dates[0].parts
    (',', ('day', 'month', 'year'))
    """
    numbers = [one for one in map(read_number_format, texts) if one is not None]
    if numbers and len(texts) > 1:
        raise ValueError(f"'{numbers[0].text}' is the informat of a number, and a column of numbers has one alone")
    if numbers:
        return Informat(texts, number=numbers[0])
    dates = tuple(read_format(text, pivot) for text in texts)
    if len({one.has_date for one in dates}) > 1:
        raise ValueError(f"{' and '.join(map(repr, texts))} are a date and a time of day, and a column has one of them")
    return Informat(texts, dates)


def apply_informats(
    frame: Frame, source: FormSource, reporter: Reporter, shelf: Shelf = IN_MEMORY
) -> tuple[Frame, list[Problem]]:
    """The frame with the columns of the source that have informats read, and what is not written so.

    RAW043 values in another format, RAW044 dates that can be read in several ways: dates count as missing, texts stay.

    >>> frame = pd.DataFrame({"DAT": ["05/01/2022", "UN/02/2022", "2022"], "RES": ["1,5", "<0,2", "NEG"]}, dtype="str")
    >>> source = FormSource("lb", "lb.csv", informats={"DAT": ("DD/MM/YYYY",), "RES": ("1234,5",)})
    >>> read, found = apply_informats(frame, source, Reporter("lb", "lb.csv"))
    >>> read["DAT"].tolist(), read["RES"].tolist()
    (['2022-01-05', '2022-02', ''], ['1.5', '<0.2', 'NEG'])
    >>> found[0].message
    "1 value of DAT is not written as DD/MM/YYYY: '2022'; row 3; it counts as missing"
    """
    read: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    rows = [_find_rows(frame, other) for other in source.exceptions]
    names = (*source.informats, *(name for other in source.exceptions for name in other.informats))
    for name in dict.fromkeys(names):
        if name not in frame:
            continue
        column, left = frame[name], np.ones(len(frame), dtype=bool)
        usual = [(left, source.informats.get(name, ()))]
        others = [
            (mask, one.informats[name])
            for mask, one in zip(rows, source.exceptions, strict=True)
            if name in one.informats
        ]
        for mask, texts in (*others, *usual):
            mine = mask & left
            left = left & ~mask
            if texts and mine.any():
                values, found = _read_column(column, name, read_informat(tuple(texts), source.pivot), reporter, mine)
                column = column.where(~mine, values)
                problems += found
        read[name] = column
    return shelf.assign(frame, read), problems


def _find_rows(frame: Frame, other: OtherInformats) -> np.ndarray:
    """The rows that are written otherwise."""
    found = np.ones(len(frame), dtype=bool)
    for name, patterns in other.where.items():
        if name not in frame:
            return np.zeros(len(frame), dtype=bool)
        values = find_texts(frame[name])
        fits = [any(fnmatchcase(str(value), pattern) for pattern in patterns) for value in values.values]
        found &= np.array(fits, dtype=bool)[values.codes] if fits else False
    return found


def _read_column(
    column: pd.Series, name: str, informat: Informat, reporter: Reporter, rows: np.ndarray
) -> tuple[pd.Series, list[Problem]]:
    found = find_texts(column.where(rows, ""))
    if informat.number is not None:
        values, wrong = read_numbers(found.values, informat.number)
        faults = [(wrong, "RAW043", f"written as {informat.texts[0]}", "{} as it is", "stays")]
    else:
        dates = parse_dates(found.values, informat.dates)
        values = dates.time.str.removeprefix("T") if informat.is_time else dates.joined()
        unknown = (values == "").to_numpy(dtype=bool) & (dates.fault == "")
        values = values.where(~unknown, found.values)  # UN stays: that nothing is known was collected
        names = " or ".join(informat.texts)
        faults = [
            (dates.fault == "format", "RAW043", f"written as {names}", "{} as missing", "counts"),
            (dates.fault == "impossible", "RAW043", f"a {'time' if informat.is_time else 'date'} that there is",
             "{} as missing", "counts"),
            (dates.fault == "ambiguous", "RAW044", "of one date by its formats", "{} as missing", "counts"),
        ]  # fmt: skip
    problems = [
        _report(name, found.values[wrong], np.isin(found.codes, np.flatnonzero(wrong)), told, reporter)
        for wrong, *told in faults
        if wrong.any()
    ]
    return found.spread(values).set_axis(column.index), problems


def _report(name: str, values: pd.Series, rows: np.ndarray, told: Sequence[str], reporter: Reporter) -> Problem:
    code, what, end, verb = told
    count = int(rows.sum())
    shown = ", ".join(repr(str(value)) for value in values.iloc[:_SHOWN])
    more = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
    one = count == 1
    subject = f"{count:,} value{'' if one else 's'} of {name} {'is' if one else 'are'} not"
    numbers = np.flatnonzero(rows) + 1
    places = (
        f"row{'' if one else 's'} {', '.join(map(str, numbers[:_SHOWN].tolist()))}{' ...' if count > _SHOWN else ''}"
    )
    left = f"{'it' if one else 'they'} {end.format(verb if one else verb.removesuffix('s'))}"
    return reporter.report(
        code,
        f"{subject} {what}: {shown}{more}; {places}; {left}",
        hint="correct the values, or the informat in forms.yaml",
        column=name,
        rows=numbers,
        count=count,
        value=str(values.iloc[0]),
    )
