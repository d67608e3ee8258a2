"""How laboratories spell units, and which unit of the table each spelling means."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from cdisc_conv.standards.files import DATA

_SUPERSCRIPT = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_POWER = re.compile(r"[x*]?(?:10(?:\^|\*\*|\*|exp|e\+?|(?=\())|1?e\+?)\(?0?(\d{1,2})\)?(?!\d)")
_WORDS = MappingProxyType(
    {
        **dict.fromkeys(("gm", "gms", "gr", "gram", "grams"), "g"),
        **dict.fromkeys(("kgs", "kilo", "kilos", "kilogram", "kilograms"), "kg"),
        **dict.fromkeys(("lbs", "pound", "pounds"), "lb"),
        **dict.fromkeys(("mcg", "mcgs", "microgram", "micrograms"), "ug"),
        **dict.fromkeys(("mgs", "milligram", "milligrams"), "mg"),
        **dict.fromkeys(("ins", "inch", "inches"), "in"),
        **dict.fromkeys(("foot", "feet"), "ft"),
        **dict.fromkeys(("cms", "centimeter", "centimeters", "centimetre", "centimetres"), "cm"),
        **dict.fromkeys(("meter", "meters", "metre", "metres"), "m"),
        **dict.fromkeys(("lt", "ltr", "liter", "liters", "litre", "litres"), "l"),
        **dict.fromkeys(("cc", "cm3", "cm^3"), "ml"),
        **dict.fromkeys(("mcl", "microl", "microliter", "microlitre"), "ul"),
        **dict.fromkeys(("mm^3", "cumm", "cmm"), "mm3"),
        **dict.fromkeys(("h", "hr", "hrs", "hour"), "hours"),
        **dict.fromkeys(("d", "day", "24h", "24hr", "24hrs", "24hours"), "days"),
        **dict.fromkeys(("wk", "wks", "week"), "weeks"),
        **dict.fromkeys(("mins", "minute", "minutes"), "min"),
        **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
        **dict.fromkeys(("unit", "units"), "u"),
        **dict.fromkeys(("ui", "i.u."), "iu"),
        **dict.fromkeys(("year", "yr", "yrs"), "years"),
        **dict.fromkeys(("month", "mo", "mos"), "months"),
        **dict.fromkeys(("um3", "um^3"), "fl"),
        "m^2": "m2",
        "mval": "meq",
        **dict.fromkeys(("cell", "cells"), ""),
    }
)
MOLAR = MappingProxyType({"mM": "mmol/L", "uM": "umol/L", "nM": "nmol/L", "pM": "pmol/L"})
"""Spellings whose capitals tell them from millimetres and the like."""


def fold_unit(text: str) -> str:
    """A unit in one spelling: without blanks and capitals, with plain letters, powers of ten as 10^9.

    >>> [fold_unit(text) for text in ("MG / dL", "µmol/L", "x10E9/L", "10*9/L", "10⁹ cells/L", "mcg/ml", "°C")]
    ['mg/dl', 'umol/l', '10^9/l', '10^9/l', '10^9/l', 'ug/ml', 'c']
    """
    plain = (
        unicodedata.normalize("NFKC", _SUPERSCRIPT.sub(r"10^\1", text)).replace("\u03bc", "u").replace("\u00d7", "x")
    )
    folded = re.sub(r"\s+", "", plain.replace("\N{DEGREE SIGN}", "")).casefold()
    power = _POWER.match(folded)
    front, rest = (f"10^{power[1]}", folded[power.end() :]) if power else ("", folded)
    parts = [_WORDS.get(part, part) for part in rest.split("/")]
    return front + "/".join(parts)


def plain_letters(text: str) -> str:
    """A unit with the letter u for the micro sign and the Greek mu, its capitals as they are.

    >>> plain_letters("µM")
    'uM'
    """
    return unicodedata.normalize("NFKC", text).replace("\u03bc", "u")


def index_units(units: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The units of a table by their folded spelling and by their aliases; some spellings mean several."""
    found: dict[str, dict[str, None]] = {}
    for unit in dict.fromkeys(units):
        found.setdefault(fold_unit(unit), {})[unit] = None
    for alias, unit in _load_aliases():
        found.setdefault(fold_unit(alias), {})[unit] = None
    return MappingProxyType({name: tuple(units) for name, units in found.items()})


def read_unit(text: str, index: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The units of a table that a spelling may mean; one that the table does not know stands for itself, folded."""
    trimmed = text.strip()
    folded = fold_unit(trimmed)
    exact = MOLAR.get(plain_letters(trimmed))
    if exact is not None:
        return (exact,)
    return index.get(folded, (folded,))


@cache
def _load_aliases() -> tuple[tuple[str, str], ...]:
    with (DATA / "unit-aliases.csv").open(encoding="utf-8", newline="") as lines:
        return tuple((row["alias"], row["unit"]) for row in csv.DictReader(lines))
