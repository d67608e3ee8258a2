"""Dates as they are written on forms: formats in words, unknown parts, and their ISO 8601 text.

A format is written with ``DD``, ``MON`` (English month names of three letters), ``MM``, ``YYYY``, ``HH``, ``MM``
(minutes, once an hour stands before it) and ``SS``; ``T``, blanks and punctuation stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.distinct import from_arrow, map_distinct, to_arrow

DATE_FORMATS = (
    "DD-MON-YYYY",
    "MON-YYYY",
    "YYYY",
    "DDMONYYYY",
    "YYYY-MM-DD",
    "YYYY-MM",
    "DD-MON-YYYY HH:MM",
    "DD-MON-YYYY HH:MM:SS",
    "YYYY-MM-DDTHH:MM",
    "YYYY-MM-DDTHH:MM:SS",
)
"""Formats of a column of dates when the study names none: only such as read in one way."""
TIME_FORMATS = ("HH:MM", "HH:MM:SS")
"""Formats of a column of times when the study names none."""
UNKNOWN = ("UN", "UNK", "UK", "NK", "XX", "--", "??")
"""How unknown parts are written (any number of X, - and ?); 00 too for a day or month."""

PARTS = ("year", "month", "day", "hour", "minute", "second")
_TOKENS = {"YYYY": "year", "MON": "month", "MM": "month", "DD": "day", "HH": "hour", "SS": "second"}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
_UNKNOWN = r"UNKN|UNK|UN|UK|NK|X{2,4}|-{1,4}|\?{1,4}"
_DAYS = np.array([31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])  # index 0: month unknown
_ALL_UNKNOWN = ("UN", "UNK", "UNKNOWN", "UK", "NK")


@dataclass(frozen=True)
class DateFormat:
    """A format: its text, the parts it has, and the pattern that finds them."""

    text: str
    parts: tuple[str, ...]
    pattern: str

    @property
    def has_date(self) -> bool:
        return bool({"year", "month", "day"} & set(self.parts))


@dataclass(frozen=True)
class Reading:
    """Those of some texts that fit a format: their positions, parts (NaN unknown), and whether they are possible."""

    positions: np.ndarray
    parts: dict[str, np.ndarray]
    possible: np.ndarray


@cache
def read_format(text: str) -> DateFormat:
    """A format from its words. Raises ValueError.

    >>> read_format("DD-MON-YYYY").parts
    ('day', 'month', 'year')
    """
    parts: list[str] = []
    pattern: list[str] = []
    pieces = [piece for piece in re.split("(YYYY|MON|MM|DD|HH|SS)", text) if piece]
    for place, piece in enumerate(pieces):
        if piece not in _TOKENS:
            if re.search(r"[A-Za-z0-9]", piece.replace("T", "")):
                raise ValueError(
                    f"'{piece}' in the format '{text}' means nothing; formats are written like DD-MON-YYYY or HH:MM"
                )
            pattern.append(re.escape(piece))
            continue
        part = "minute" if piece == "MM" and "hour" in parts else _TOKENS[piece]
        if part in parts:
            raise ValueError(f"the format '{text}' has its {part} twice")
        beside = [pieces[near] for near in (place - 1, place + 1) if 0 <= near < len(pieces)]
        pattern.append(_part_pattern(piece, part, tight=any(near in _TOKENS for near in beside)))
        parts.append(part)
    if not parts:
        raise ValueError(f"the format '{text}' has no parts; formats are written like DD-MON-YYYY or HH:MM")
    return DateFormat(text, tuple(parts), f"(?i)^{''.join(pattern)}$")


def _part_pattern(word: str, part: str, tight: bool) -> str:
    """The pattern of one part; numbers that touch other parts have all their digits."""
    if word == "YYYY":
        return rf"(?P<year>[0-9]{{4}}|{_UNKNOWN})"
    if word == "MON":
        return rf"(?P<month>[A-Z]{{3}}|{_UNKNOWN})"
    return rf"(?P<{part}>[0-9]{{{'2' if tight else '1,2'}}}|{_UNKNOWN})"


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
        parts[part] = map_distinct(values, partial(_read_part, part=part)).to_numpy(dtype=float)
    return Reading(positions, parts, _find_possible(parts))


def _read_part(values: pd.Series, part: str) -> pd.Series:
    """The numbers of one part; NaN where unknown, -1 for a month name that is none."""

    def read(text: str) -> float:
        if text.isdigit():
            number = int(text)
            return np.nan if number == 0 and part in ("day", "month") else float(number)
        if part == "month" and text.isalpha() and text not in (*_ALL_UNKNOWN, "XX", "XXX", ""):
            return float(_MONTHS.get(text, -1))
        return np.nan

    return pd.Series([read(text.upper()) for text in values], dtype="float64")


def _find_possible(parts: dict[str, np.ndarray]) -> np.ndarray:
    """Which dates the calendar and the clock have; an unknown part forbids nothing."""
    month = np.nan_to_num(parts["month"], nan=0.0)
    in_year = (month >= 0) & (month <= 12)
    length = _DAYS[np.where(in_year, month, 0).astype(int)]
    year = parts["year"]
    leap = np.isnan(year) | ((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))
    length = np.where((month == 2) & ~leap, 28, length)
    good = in_year & ~(year == 0)
    for part, last in (("day", length), ("hour", 23), ("minute", 59), ("second", 59)):
        good &= ~(parts[part] > last)
    return np.asarray(good)


def format_date(parts: dict[str, np.ndarray], before_time: bool = False) -> pd.Series:
    """The ISO 8601 date of parts, with a hyphen for each unknown part that a known one follows.

    With `before_time`, a time follows, so that no part may be left out (SDTMIG 3.4 section 4.4.2).
    """
    known = {part: ~np.isnan(parts[part]) for part in ("year", "month", "day")}
    after_month = known["day"] | before_time
    after_year = known["month"] | after_month
    year = _pick(known["year"], _digits(parts["year"], 4), _pick(after_year, "-", ""))
    month = _pick(known["month"], _digits(parts["month"], 2, "-"), _pick(after_month, "--", ""))
    day = _pick(known["day"], _digits(parts["day"], 2, "-"), "--" if before_time else "")
    return from_arrow(pc.binary_join_element_wise(year, month, day, ""))


def format_time(parts: dict[str, np.ndarray]) -> pd.Series:
    """The ISO 8601 time of parts with its T, "" when nothing of it is known."""
    known = {part: ~np.isnan(parts[part]) for part in ("hour", "minute", "second")}
    hour = _pick(known["hour"], _digits(parts["hour"], 2, "T"), _pick(known["minute"] | known["second"], "T-", ""))
    minute = _pick(known["minute"], _digits(parts["minute"], 2, ":"), _pick(known["second"], ":-", ""))
    second = _pick(known["second"], _digits(parts["second"], 2, ":"), "")
    return from_arrow(pc.binary_join_element_wise(hour, minute, second, ""))


def _digits(numbers: np.ndarray, width: int, before: str = "") -> pa.Array:
    whole = pa.array(np.nan_to_num(numbers, nan=0.0).astype(np.int64)).cast(pa.string())
    padded = pc.utf8_lpad(whole, width, "0")
    return pc.binary_join_element_wise(pa.scalar(before), padded, "") if before else padded


def _pick(mask: np.ndarray, yes: pa.Array | str, no: pa.Array | str) -> pa.Array:
    return pc.if_else(pa.array(mask), yes, no)


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
    has_time = (time != "").to_numpy(dtype=bool)
    start = pc.if_else(pa.array(has_time), to_arrow(date_before_time), to_arrow(date))
    return from_arrow(pc.binary_join_element_wise(start, to_arrow(time), pa.scalar("", pa.large_string())))


def parse_dates(texts: pd.Series, formats: Sequence[DateFormat]) -> Dates:
    """Distinct trimmed texts in the one way that the formats allow; a missing text is fine and gives "".

    A text that fits several formats is taken in the one that the calendar allows; when several do and differ, it is
    ambiguous. Texts with a fault give "".
    """
    size = len(texts)
    made = [pa.repeat(pa.scalar("", pa.large_string()), size) for _ in range(3)]
    fits, possible, ambiguous = (np.zeros(size, dtype=bool) for _ in range(3))
    for date_format in formats:
        reading = read_texts(texts, date_format)
        if not len(reading.positions):
            continue
        columns = [format_date(reading.parts), format_date(reading.parts, True), format_time(reading.parts)]
        at = reading.positions
        again = np.flatnonzero(reading.possible & possible[at])
        for target, column in ((made[0], columns[0]), (made[2], columns[2])):
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
    filled = (texts != "").to_numpy(dtype=bool)
    fault = np.select(
        [~filled | (possible & ~ambiguous), ambiguous, fits], ["", "ambiguous", "impossible"], default="format"
    )
    good = pa.array(fault == "")
    date, before_time, time = (from_arrow(pc.if_else(good, text, pa.scalar("", text.type))) for text in made)
    return Dates(date, before_time, time, fault)
