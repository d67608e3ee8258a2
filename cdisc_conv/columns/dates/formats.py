"""Formats of dates as they are written on forms, in words.

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
from dataclasses import dataclass
from functools import cache

from cdisc_conv.columns.dates.month_names import MONTHS

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
_TOKENS = {"YYYY": "year", "YY": "year", "MON": "month", "MM": "month", "DD": "day", "HH": "hour", "SS": "second"}
_UNKNOWN = r"UNKN|UNK|UN|UK|NK|X{2,4}|-{1,4}|\?{1,4}"
_TAIL = r"(?:\s*(?P<half>[AP])\.?M\.?)?\s*(?P<offset>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_SECONDS = rf"(?::(?P<second>[0-9]{{2}}|{_UNKNOWN}))?"
_FRACTION = r"(?:[.,](?P<fraction>[0-9]+))?"
_HALF = re.compile(r"\s*(?:AM/PM|AM|PM)$")
"""A format may say that AM or PM is to come; it may in any case."""
_MIDNIGHT = re.compile(r"(?:T|\s)00:00(?::00)?")
_NO_TIME = r"(?:T|\s+)00:00(?::00(?:\.0+)?)?"


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
