"""Dates as they are written on forms: formats in words, unknown parts, and their ISO 8601 text.

A format is written with ``DD``, ``MON`` (English month names of three letters), ``MM``, ``YYYY`` or ``YY``, ``HH``,
``MM`` (minutes, once an hour stands before it) and ``SS``; ``T``, blanks and punctuation stand for themselves, but a T
and a blank between date and time are one. ``00:00`` or ``00:00:00`` at the end stands for itself: the midnight of a
date without a time. A language behind a format, ``DD. MON YYYY (de)``, has the names of months in that language, whole
or abbreviated; SAS informats such as ``DATE9.``, ``MMDDYY10.`` and ``DATETIME20.`` are formats too. A time at the end
of a format may have more than the format says, where that can be read in one way only: seconds, decimals of a second,
AM or PM, and an offset from UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.calendar import exists
from cdisc_conv.columns.distinct import from_arrow, map_distinct, to_arrow
from cdisc_conv.columns.iso import MOST_OFFSET
from cdisc_conv.columns.month_names import MONTHS, find_month
from cdisc_conv.columns.texts import is_written

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

NO_DATE = "-----"
"""The date before a time where no date was collected (SDTMIG 3.4, 4.4.2)."""

PARTS = ("year", "month", "day", "hour", "minute", "second")
_TOKENS = {"YYYY": "year", "YY": "year", "MON": "month", "MM": "month", "DD": "day", "HH": "hour", "SS": "second"}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1
    )
}
_UNKNOWN = r"UNKN|UNK|UN|UK|NK|X{2,4}|-{1,4}|\?{1,4}"
_TAIL = r"(?:\s*(?P<half>[AP])\.?M\.?)?\s*(?P<offset>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_SECONDS = rf"(?::(?P<second>[0-9]{{2}}|{_UNKNOWN}))?"
_FRACTION = r"(?:[.,](?P<fraction>[0-9]+))?"
_HALF = re.compile(r"\s*(?:AM/PM|AM|PM)$")
"""A format may say that AM or PM is to come; it may in any case."""
_MIDNIGHT = re.compile(r"(?:T|\s)00:00(?::00)?")
_NO_TIME = r"(?:T|\s+)00:00(?::00(?:\.0+)?)?"
_REMEMBERED = 2000
"""So many distinct texts at most are remembered with what was read in them."""
_ALL_UNKNOWN = ("UN", "UNK", "UNKNOWN", "UK", "NK")


@dataclass(frozen=True)
class DateFormat:
    """A format: its text, the parts it has, and the pattern that finds them."""

    text: str
    parts: tuple[str, ...]
    pattern: str
    pivot: int | None = None
    """Where years have two digits, the first of the hundred years in which they lie."""
    language: str = ""
    """Of the names of months; English ones of three letters where it is not said."""

    @property
    def has_date(self) -> bool:
        return bool({"year", "month", "day"} & set(self.parts))


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


def check_pivot(pivot: object) -> int:
    """The first of the hundred years in which two-digit years lie; 30 stands for 1930. Raises ValueError.

    >>> check_pivot(30), check_pivot(1950)
    (1930, 1950)
    """
    if isinstance(pivot, int) and not isinstance(pivot, bool):
        year = pivot + 1900 if 0 <= pivot < 100 else pivot
        if 1800 <= year <= 2100:
            return year
    raise ValueError(f"the pivot of two-digit years is '{pivot}', and should be a year such as 1930")


@cache
def read_format(text: str, pivot: int | None = None) -> DateFormat:
    """A format from its words; `pivot` is needed for years of two digits. Raises ValueError.

    >>> read_format("DD-MON-YYYY").parts
    ('day', 'month', 'year')
    """
    parts: list[str] = []
    pattern: list[str] = []
    written, language = _split_language(_write_out_informat(text))
    pieces = [piece for piece in re.split("(YYYY|YY|MON|MM|DD|HH|SS)", _HALF.sub("", written)) if piece]
    if "YY" in pieces and pivot is None:
        raise ValueError(
            f"the format '{text}' has years of two digits; 'pivot' (of a study: 'date_pivot') has to say which are "
            "meant, such as 1930 for 1930 to 2029"
        )
    for place, piece in enumerate(pieces):
        if piece not in _TOKENS:
            if place == len(pieces) - 1 and _MIDNIGHT.fullmatch(piece) and parts:
                pattern.append(_NO_TIME)
                continue
            if re.search(r"[A-Za-z0-9]", piece.replace("T", "")):
                raise ValueError(
                    f"'{piece}' in the format '{text}' means nothing; formats are written like DD-MON-YYYY or HH:MM"
                )
            before_time = bool(parts) and pieces[place + 1 : place + 2] == ["HH"] and piece.strip() in ("", "T")
            pattern.append(r"(?:T|\s+)" if before_time else _literal_pattern(piece))
            continue
        part = "minute" if piece == "MM" and "hour" in parts else _TOKENS[piece]
        if part in parts:
            raise ValueError(f"the format '{text}' has its {part} twice")
        beside = [pieces[near] for near in (place - 1, place + 1) if 0 <= near < len(pieces)]
        pattern.append(_part_pattern(piece, part, any(near in _TOKENS for near in beside), language))
        parts.append(part)
    if not parts:
        raise ValueError(f"the format '{text}' has no parts; formats are written like DD-MON-YYYY or HH:MM")
    pattern += _allow_more(pieces, parts)
    century = check_pivot(pivot) if "YY" in pieces else None
    return DateFormat(text, tuple(parts), f"(?i)^{''.join(pattern)}$", century, language)


_LANGUAGE = re.compile(r"(.*\S)\s*\(([A-Za-z]+)\)")
_INFORMAT = re.compile(r"([A-Z]+|[EB]8601[A-Z]{2})([0-9]*)\.", re.IGNORECASE)
_ANY = "~"
"""Stands in what an informat is for the signs that SAS takes between parts of a date."""
_INFORMATS = {
    "DATE": ("DD~MON~YYYY", "DDMONYY", 9),
    "DDMMYY": ("DD~MM~YYYY", "DD~MM~YY", 10),
    "MMDDYY": ("MM~DD~YYYY", "MM~DD~YY", 10),
    "YYMMDD": ("YYYY~MM~DD", "YY~MM~DD", 10),
    "MONYY": ("MONYYYY", "MONYY", 7),
    "DATETIME": ("DDMONYYYY:HH:MM:SS", "DDMONYY:HH:MM:SS", 18),
    "TIME": ("HH:MM:SS", "HH:MM", 8),
    "E8601DA": ("YYYY-MM-DD", "YYYY-MM-DD", 0),
    "E8601DT": ("YYYY-MM-DDTHH:MM:SS", "YYYY-MM-DDTHH:MM:SS", 0),
    "B8601DA": ("YYYYMMDD", "YYYYMMDD", 0),
}
"""SAS informats: what they are from a width on, and what they are below it."""


def _write_out_informat(text: str) -> str:
    """What a SAS informat reads, as a format; any other text as it is. Raises ValueError for an informat of no date."""
    found = _INFORMAT.fullmatch(text)
    if found is None:
        return text
    known = _INFORMATS.get(found[1].upper())
    if known is None:
        raise ValueError(f"'{text}' is no SAS informat of dates that is read; there are {', '.join(_INFORMATS)}")
    wide, narrow, width = known
    return narrow if found[2] and int(found[2]) < width else wide


def _split_language(text: str) -> tuple[str, str]:
    """A format and the language behind it. Raises ValueError for one whose months are not known."""
    found = _LANGUAGE.fullmatch(text)
    if found is None:
        return text, ""
    if found[2].lower() not in MONTHS:
        raise ValueError(f"the months of the language '{found[2]}' are not known; there are {', '.join(MONTHS)}")
    return found[1], found[2].lower()


def _literal_pattern(piece: str) -> str:
    """The pattern of what stands between parts; blanks may be more than one."""
    return "".join(r"[-/. :]?" if sign == _ANY else re.escape(sign) for sign in piece)


def _allow_more(pieces: list[str], parts: list[str]) -> list[str]:
    """The patterns of what a time at the end of a format may have beyond it."""
    if pieces[-1] not in _TOKENS or parts[-1] not in PARTS[3:]:
        return []
    found = []
    if parts[-1] == "minute" and pieces[-2] == ":":
        found.append(_SECONDS)
        parts.append("second")
    return [*found, _FRACTION if parts[-1] == "second" else "", _TAIL]


def _part_pattern(word: str, part: str, tight: bool, language: str = "") -> str:
    """The pattern of one part; numbers that touch other parts have all their digits."""
    if part == "year":
        return rf"(?P<year>[0-9]{{{len(word)}}}|{_UNKNOWN})"
    if word == "MON":
        names = r"\pL{3,}[.]?" if language else "[A-Z]{3}"
        return f"(?P<month>{names}|{_UNKNOWN})"
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


def format_time(parts: dict[str, np.ndarray], fraction: pd.Series, offset: pd.Series) -> pd.Series:
    """The ISO 8601 time of parts with its T, the decimals of its seconds and its offset, "" when nothing is known."""
    known = {part: ~np.isnan(parts[part]) for part in ("hour", "minute", "second")}
    hour = _pick(known["hour"], _digits(parts["hour"], 2, "T"), _pick(known["minute"] | known["second"], "T-", ""))
    minute = _pick(known["minute"], _digits(parts["minute"], 2, ":"), _pick(known["second"], ":-", ""))
    second = _pick(known["second"], _digits(parts["second"], 2, ":"), "")
    decimals = _pick(known["second"] & is_written(fraction), _dotted(fraction), "")
    zone = _pick(known["hour"], to_arrow(offset), "")
    clock = pc.binary_join_element_wise(hour, minute, second, "").cast(pa.large_string())
    return from_arrow(pc.binary_join_element_wise(clock, decimals, zone, _empty()))


def _empty() -> pa.Scalar:
    return pa.scalar("", pa.large_string())


def _dotted(fraction: pd.Series) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(".", pa.large_string()), to_arrow(fraction), _empty())


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
