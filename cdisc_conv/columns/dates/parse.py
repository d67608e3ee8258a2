"""Texts of a form read in the formats of dates: their parts, what is wrong with them, and their ISO 8601 text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.calendar import exists
from cdisc_conv.columns.dates.formats import PARTS, DateFormat
from cdisc_conv.columns.dates.month_names import find_month
from cdisc_conv.columns.dates.write import NO_DATE, format_date, format_time
from cdisc_conv.columns.distinct import from_arrow, map_distinct, to_arrow
from cdisc_conv.columns.iso import MOST_OFFSET
from cdisc_conv.columns.texts import is_written

_ALL_UNKNOWN = ("UN", "UNK", "UNKNOWN", "UK", "NK")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
_REMEMBERED = 2000
"""So many distinct texts at most are remembered with what was read in them."""


@dataclass(frozen=True)
class Reading:
    """Those of some texts that fit a format: their positions, parts (NaN unknown), and whether they are possible."""

    positions: np.ndarray
    parts: dict[str, np.ndarray]
    possible: np.ndarray
    fraction: pd.Series
    """The decimals of the seconds."""
    offset: pd.Series
    """``Z`` or ``+hh:mm``."""


def read_texts(texts: pd.Series, date_format: DateFormat) -> Reading:
    """Reads trimmed texts in one format; a text that only says "unknown" fits every format."""
    array = to_arrow(texts)
    found = pc.extract_regex(array, date_format.pattern)
    unknown = pc.is_in(pc.utf8_upper(array), value_set=pa.array(_ALL_UNKNOWN, array.type))
    positions = np.flatnonzero(pc.or_(found.is_valid(), unknown).to_numpy(zero_copy_only=False))
    picked = found.take(pa.array(positions))
    parts = {part: np.full(len(positions), np.nan) for part in PARTS}
    for part in date_format.parts:
        values = from_arrow(pc.struct_field(picked, part))
        parts[part] = map_distinct(values, partial(_read_part, part=part, language=date_format.language)).to_numpy(
            dtype=float
        )
    if date_format.pivot is not None:
        century = date_format.pivot // 100 * 100
        years = parts["year"] + century
        parts["year"] = np.where(years < date_format.pivot, years + 100, years)
    possible = _apply_half(parts, _find_group(picked, "half"))
    offset = map_distinct(_find_group(picked, "offset"), _write_offsets)
    possible = possible & _find_possible(parts) & (offset != "?").to_numpy(dtype=bool)
    return Reading(positions, parts, possible, _find_group(picked, "fraction"), offset)


def _find_group(found: pa.Array, name: str) -> pd.Series:
    """What a group of the pattern found; "" where the pattern has none."""
    if found.type.get_field_index(name) < 0:
        return from_arrow(pa.repeat(pa.scalar("", pa.large_string()), len(found)))
    return from_arrow(pc.struct_field(found, name))


def _apply_half(parts: dict[str, np.ndarray], half: pd.Series) -> np.ndarray:
    """Puts hours of AM and PM on the clock of 24 hours, and says which of them that clock of 12 hours has."""
    given = is_written(half)
    if not given.any():
        return np.ones(len(half), dtype=bool)
    hour = parts["hour"]
    good = ~given | np.isnan(hour) | ((hour >= 1) & (hour <= 12))
    after_noon = half.str.upper().eq("P").to_numpy(dtype=bool)
    parts["hour"] = np.where(given, hour % 12 + 12 * after_noon, hour)
    return np.asarray(good)


def _write_offsets(texts: pd.Series) -> pd.Series:
    """Offsets as ISO 8601 writes them; "?" where no clock has such a one."""

    def write(text: str) -> str:
        if text in ("", "Z", "z"):
            return text.upper()
        digits = text[1:].replace(":", "").ljust(4, "0")
        there = int(digits[2:]) < 60 and int(digits[:2]) * 60 + int(digits[2:]) <= MOST_OFFSET
        return f"{text[0]}{digits[:2]}:{digits[2:]}" if there else "?"

    return from_arrow(pa.array([write(text) for text in texts], pa.large_string()))


def _read_part(values: pd.Series, part: str, language: str = "") -> pd.Series:
    """The numbers of one part; NaN where unknown, -1 for a month name that is none."""

    def read(text: str) -> float:
        if text.isdigit():
            number = int(text)
            return np.nan if number == 0 and part in ("day", "month") else float(number)
        if part == "month" and text.rstrip(".").isalpha() and text not in (*_ALL_UNKNOWN, "XX", "XXX", ""):
            return float(find_month(text, language) if language else _MONTHS.get(text, -1))
        return np.nan

    return pd.Series([read(text.upper()) for text in values], dtype="float64")


def _find_possible(parts: dict[str, np.ndarray]) -> np.ndarray:
    """Which dates the calendar and the clock have; an unknown part forbids nothing."""
    good = exists(parts["year"], parts["month"], parts["day"])
    for part, last in (("hour", 23), ("minute", 59), ("second", 59)):
        good &= ~(parts[part] > last)
    return np.asarray(good)


@dataclass(frozen=True)
class Dates:
    """Distinct texts as ISO 8601: the date, the date before a time, the time, and what is wrong ("" for nothing).

    ``fault`` is ``impossible``, ``format`` or ``ambiguous``.
    """

    date: pd.Series
    date_before_time: pd.Series
    time: pd.Series
    fault: np.ndarray

    def joined(self) -> pd.Series:
        """Date and time in one text."""
        return join_time(self.date, self.date_before_time, self.time)


def join_time(date: pd.Series, date_before_time: pd.Series, time: pd.Series) -> pd.Series:
    """The date with its time; row by row."""
    has_time = is_written(time)
    start = pc.if_else(pa.array(has_time), to_arrow(date_before_time), to_arrow(date))
    return from_arrow(pc.binary_join_element_wise(start, to_arrow(time), pa.scalar("", pa.large_string())))


def parse_dates(texts: pd.Series, formats: Sequence[DateFormat]) -> Dates:
    """Distinct trimmed texts in the one way that the formats allow; a missing text is fine and gives "".

    A text that fits several formats is taken in the one that the calendar allows; when several do and differ, it is
    ambiguous. Texts with a fault give "".
    """
    if len(texts) > _REMEMBERED:
        return _parse_dates(texts, formats)
    return _parse_few(tuple(texts.tolist()), tuple(formats))


@lru_cache(maxsize=256)
def _parse_few(texts: tuple[str, ...], formats: tuple[DateFormat, ...]) -> Dates:
    """A column is asked for its dates more than once: for them, for what of them cannot be read, and for visits."""
    return _parse_dates(from_arrow(pa.array(texts, pa.large_string())), formats)


def _parse_dates(texts: pd.Series, formats: Sequence[DateFormat]) -> Dates:
    size = len(texts)
    made = [pa.repeat(pa.scalar("", pa.large_string()), size) for _ in range(3)]
    fits, possible, ambiguous = (np.zeros(size, dtype=bool) for _ in range(3))
    for date_format in formats:
        reading = read_texts(texts, date_format)
        if not len(reading.positions):
            continue
        columns = [
            format_date(reading.parts),
            format_date(reading.parts, True),
            format_time(reading.parts, reading.fraction, reading.offset),
        ]
        at = reading.positions
        again = np.flatnonzero(reading.possible & possible[at])
        for target, column in ((made[0], columns[0]), (made[2], columns[2])) if again.size else ():
            other = column.take(again).to_numpy() != target.take(pa.array(at[again])).to_numpy(zero_copy_only=False)
            ambiguous[at[again]] |= other
        new = reading.possible & ~possible[at]
        mask = np.zeros(size, dtype=bool)
        mask[at[new]] = True
        made = [
            pc.replace_with_mask(target, pa.array(mask), to_arrow(column).filter(pa.array(new)))
            for target, column in zip(made, columns, strict=True)
        ]
        fits[at] = True
        possible |= mask
    filled = is_written(texts)
    fault = np.select(
        [~filled | (possible & ~ambiguous), ambiguous, fits], ["", "ambiguous", "impossible"], default="format"
    )
    good = pa.array(fault == "")
    date, before_time, time = (from_arrow(pc.if_else(good, text, pa.scalar("", text.type))) for text in made)
    before_time = before_time.where(filled, NO_DATE)
    return Dates(date, before_time, time, fault)
