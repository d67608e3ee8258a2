"""Dates, datetimes and times of day: the words that write them, and their numbers as SAS counts them.

Everything here works on single words, of which a column has few distinct ones, and is exact: a moment is a whole number
of days or seconds and a decimal fraction, never a binary one.
"""

from __future__ import annotations

import re
from datetime import date

from cdisc_conv.datafiles.formats import Unit, split_name

_ORIGIN = date(1960, 1, 1).toordinal()
_DAY = 86_400
_MONTHS = dict(
    zip(("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), range(1, 13), strict=True)
)
_ISO = r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
_SAS = r"(?P<d>\d{1,2})(?P<mon>[A-Z]{3})(?P<y>\d{4})"
_COMPACT = r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"
_BY_NAME = {
    "MMDDYY": r"(?P<m>\d{1,2})[-/. :](?P<d>\d{1,2})[-/. :](?P<y>\d{4})",
    "DDMMYY": r"(?P<d>\d{1,2})[-/. :](?P<m>\d{1,2})[-/. :](?P<y>\d{4})",
    "YYMMDD": r"(?P<y>\d{4})[-/. :](?P<m>\d{1,2})[-/. :](?P<d>\d{1,2})",
    "YYMMDDN": _COMPACT,
}
_CLOCK = r"(?P<h>\d{1,4}):(?P<min>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.(?P<f>\d+))?)?(?: ?(?P<half>[AP]M))?"
_COMPACT_CLOCK = r"(?P<h>\d{2})(?P<min>[0-5]\d)(?P<s>[0-5]\d)(?:\.(?P<f>\d+))?"
_OFFSET = r"(?P<offset>Z|[+-]\d{2}:?\d{2})?"
_DATES = [re.compile(rf"{one}(?:(?:T| +|:){_CLOCK}{_OFFSET})?") for one in (_ISO, _SAS)]
_NAMED = {name: re.compile(rf"{one}(?:(?:T| +|:){_CLOCK})?") for name, one in _BY_NAME.items()}
_BASIC = re.compile(rf"{_COMPACT}(?:T{_COMPACT_CLOCK}{_OFFSET})?")
_TIME = re.compile(rf"(?P<sign>-)?T?{_CLOCK}{_OFFSET}")
_BASIC_TIME = re.compile(rf"T?{_COMPACT_CLOCK}{_OFFSET}")


def parse_moment(word: str, unit: Unit, form: str = "") -> str | None:
    """The number that a date, datetime or time of day is in SAS, as exact decimal digits; None for any other word.

    ``form`` is the SAS format of the variable: it says what 03/04/2020 and 20200304 are. A blank or a colon may stand
    for the T, an offset from UTC gives the moment in UTC, and a datetime at midnight is a day.

    >>> parse_moment("2020-03-17 10:00", Unit.SECOND), parse_moment("1960-01-02", Unit.DAY)
    ('1900058400', '1')
    >>> parse_moment("01:02:03.5", Unit.TIME), parse_moment("03/04/1960", Unit.DAY, "DDMMYY10.")
    ('3723.5', '93')
    """
    folded = word.upper()
    if unit is Unit.TIME:
        match = _TIME.fullmatch(folded) or (_BASIC_TIME.fullmatch(folded) if _is_basic(form) else None)
        return _write_clock(match, 0) if match else None
    match = next((found for one in _DATES if (found := one.fullmatch(folded))), None)
    if match is None:
        name = split_name(form)
        pattern = _BASIC if _is_basic(form) else _NAMED.get(name) or _NAMED.get(name[:-1])
        match = pattern.fullmatch(folded) if pattern else None
    days = _count_days(match) if match else None
    if match is None or days is None or not unit:
        return None
    if unit is Unit.SECOND:
        return _write_clock(match, days * _DAY)
    return str(days) if not match["h"] or _write_clock(match, 0) == "0" else None


def is_compact(form: str) -> bool:
    """Whether a variable with this format shows its moments as bare digits, such as 20200317."""
    return _is_basic(form) or split_name(form) == "YYMMDDN"


def write_moment(number: str, unit: Unit) -> str | None:
    """Exact decimal digits as ISO 8601; None for what is not a moment from year 1 to 9999.

    >>> write_moment("1900058400.25", Unit.SECOND), write_moment("1", Unit.DAY), write_moment("3723", Unit.TIME)
    ('2020-03-17T10:00:00.25', '1960-01-02', '01:02:03')
    """
    whole, _, fraction = number.partition(".")
    if not whole.removeprefix("-").isdecimal() or (fraction and not fraction.isdecimal()) or len(whole) > 15:
        return None
    count = int(whole)
    if whole.startswith("-") and fraction:
        count, fraction = count - 1, _complement(fraction)
    if unit is Unit.DAY:
        return None if fraction else _write_day(count)
    tail = f".{fraction}" if fraction else ""
    if unit is Unit.TIME:
        return _write_time(count) + tail if count >= 0 else None
    day = _write_day(count // _DAY)
    return f"{day}T{_write_time(count % _DAY)}{tail}" if day else None


def _is_basic(form: str) -> bool:
    return split_name(form).startswith("B8601")


def _count_days(match: re.Match[str]) -> int | None:
    parts = match.groupdict()
    month = _MONTHS.get(parts["mon"]) if parts.get("mon") else int(parts["m"])
    try:
        return date(int(parts["y"]), month or 0, int(parts["d"])).toordinal() - _ORIGIN
    except ValueError:
        return None


def _write_clock(match: re.Match[str], start: int) -> str | None:
    """Seconds from a whole number of seconds to a time of day, as digits; None when there is no such time."""
    parts = match.groupdict()
    if not parts.get("h"):
        return str(start)
    hours, half = int(parts["h"]), parts.get("half")
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "PM" else 0)
    if "y" in parts and hours > 23:
        return None
    seconds = hours * 3600 + int(parts["min"]) * 60 + int(parts.get("s") or 0) - _read_offset(parts.get("offset") or "")
    fraction = (parts.get("f") or "").rstrip("0")
    if parts.get("sign"):
        return f"-{seconds}{f'.{fraction}' if fraction else ''}"
    total = start + seconds
    if total < 0 and fraction:
        total, fraction = total + 1, _complement(fraction)
        return f"{'-' if total == 0 else ''}{total}.{fraction}"
    return f"{total}{f'.{fraction}' if fraction else ''}"


def _read_offset(offset: str) -> int:
    """Seconds east of UTC."""
    if offset in ("", "Z"):
        return 0
    digits = offset[1:].replace(":", "")
    return (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if offset[0] == "-" else 1)


def _complement(fraction: str) -> str:
    """The digits of one less a fraction."""
    return str(10 ** len(fraction) - int(fraction)).zfill(len(fraction)).rstrip("0")


def _write_day(day: int) -> str | None:
    return date.fromordinal(day + _ORIGIN).isoformat() if 0 < day + _ORIGIN <= date.max.toordinal() else None


def _write_time(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
