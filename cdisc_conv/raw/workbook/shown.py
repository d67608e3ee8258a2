"""Cells as a person sees them: numbers by their number format, dates in ISO 8601 as far as the format shows them."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from cdisc_conv.columns.numerals import write_number

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DIGITS = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?|\.[0#?]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a number format does to a number: least digits before the point, least and most behind it, per cent."""

    integers: int
    least: int
    most: int
    percent: bool


@cache
def read_shape(form: str) -> Shape | None:
    """The shape of a number format; None for ``General``, text, fractions, exponents and whatever has no digits.

    >>> read_shape('#,##0.00 "kg"'), read_shape("General"), read_shape("000")
    (Shape(integers=1, least=2, most=2, percent=False), None, Shape(integers=3, least=0, most=0, percent=False))
    """
    first = _QUOTED.sub("", form.split(";")[0])
    if "E+" in first or "E-" in first or "/" in first or "@" in first or "general" in first.lower():
        return None
    digits = _DIGITS.search(first)
    if not digits:
        return None
    whole, _, fraction = digits[0].replace(",", "").partition(".")
    return Shape(whole.count("0"), fraction.count("0"), len(fraction), "%" in first)


def show_number(number: float | int, form: str) -> tuple[str, bool]:
    """A number as its format shows it, without signs between thousands, and whether the format hides digits.

    >>> show_number(1.5, "0.00"), show_number(7, "000"), show_number(1234.56, "#,##0")
    (('1.50', False), ('007', False), ('1235', True))
    >>> show_number(0.1 + 0.2, "General")
    ('0.3', False)
    """
    exact = Decimal(f"{number:.15g}")
    shape = read_shape(form)
    if shape is None:
        return write_number(float(exact)), False
    value = exact * 100 if shape.percent else exact
    rounded = value.quantize(Decimal(1).scaleb(-shape.most), ROUND_HALF_UP)
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    fraction = fraction[: shape.least] + fraction[shape.least :].rstrip("0")
    text = whole.lstrip("0").zfill(shape.integers) + (f".{fraction}" if fraction else "")
    text = text or "0"
    sign = "-" if rounded < 0 else ""
    return sign + text + ("%" if shape.percent else ""), rounded != value


def show_moment(value: datetime.date | datetime.time | datetime.timedelta, form: str) -> str:
    """A date or time in ISO 8601, as far as the format of its cell shows it.

    >>> moment = datetime.datetime(2024, 3, 5, 10, 30)
    >>> [show_moment(moment, form) for form in ("yyyy-mm-dd", "dd/mm/yyyy hh:mm", "mmm-yy", "yyyy", "h:mm:ss")]
    ['2024-03-05', '2024-03-05T10:30', '2024-03', '2024', '10:30:00']
    >>> show_moment(datetime.timedelta(hours=26, minutes=5), "[h]:mm")
    '26:05'
    """
    first = form.split(";")[0]
    elapsed = bool(_ELAPSED.search(first))
    bare = _QUOTED.sub("", _ELAPSED.sub(r"\1", first)).lower()
    has_hours, has_seconds = "h" in bare or elapsed, "s" in bare
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        clock = f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}"
        return clock + (f":{seconds % 60:02}" if has_seconds or seconds % 60 else "")
    if isinstance(value, datetime.time):
        return value.isoformat("seconds" if has_seconds or value.second else "minutes")
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.microsecond >= 500_000:  # fractions of a second are noise of the serial number
        value += datetime.timedelta(seconds=1)
    clock = value.strftime("%H:%M:%S" if has_seconds else "%H:%M")
    dated = "y" in bare or "d" in bare
    if not dated and has_hours:
        return clock
    if has_hours:
        return f"{value:%Y-%m-%d}T{clock}"
    if "d" in bare or "y" not in bare:
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m}" if "m" in bare else f"{value:%Y}"
