"""Results as they are collected, taken apart: numbers, numbers behind a qualifier, ranges, words.

``<5``, ``>= 2000`` and ``5-10`` are results with numbers in them, ``NEGATIVE``, ``1+`` and ``1:80`` are words. What
begins like a number and is none (``1,5``, ``10 000``, ``7O``) is a mistake.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.xpt.transliteration import COMMON_MARKS

LONGEST = 400
"""Characters of a number; longer ones are not results."""

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_UNSIGNED = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_PLAIN = re.compile(_NUMBER)
_QUALIFIED = re.compile(rf"(?P<before>(?:<=|>=|=<|=>|<|>|≤|≥|⩽|⩾|~|≈|±)\s*)(?P<number>{_NUMBER})")
_RANGE = re.compile(rf"(?P<first>{_UNSIGNED})(?P<between>\s*[-–—]\s*)(?P<second>{_UNSIGNED})")
_GRADE = re.compile(r"[0-9]?\++|\+[0-9]|[0-9]-[0-9]\+|[<>≤≥]?=?1:[0-9]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_FORMS = str.maketrans(
    {
        mark: written
        for mark, written in COMMON_MARKS.items()
        if written in ("-", " ", "") or (len(mark) == 1 and "\uff01" <= mark <= "\uff5e")
    }
)
"""Dashes, blanks and forms of ASCII as wide as an ideograph, which are written in ASCII in the end."""


class ResultKind(StrEnum):
    """What a result is."""

    MISSING = "missing"
    NUMBER = "number"
    QUALIFIED = "qualified"
    RANGE = "range"
    WORDS = "words"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Result:
    """A result: its text, and its numbers with what stands before and between them."""

    kind: ResultKind
    text: str
    numbers: tuple[str, ...] = ()
    before: str = ""
    between: str = ""

    def change(self, convert: Callable[[Fraction], Fraction]) -> str:
        """The text with its numbers converted, in the fewest digits; as it stands where they stay the same.

        Raises OverflowError for numbers beyond float64.
        """
        old = [Fraction(number) for number in self.numbers]
        new = [convert(number) for number in old]
        if new == old:
            return self.text
        return self.before + self.between.join(write_fraction(number) for number in new)


def parse_result(text: str) -> Result:
    """A result taken apart.

    >>> [str(parse_result(text).kind) for text in ("12.50", ">= 2000", "5-10", "TRACE", "1+", "1,5", " ")]
    ['number', 'qualified', 'range', 'words', 'words', 'unreadable', 'missing']
    >>> parse_result("< 5").change(lambda number: number * 10)
    '< 50'
    """
    trimmed = text.strip()
    if not trimmed:
        return Result(ResultKind.MISSING, "")
    plain = trimmed.translate(_FORMS).strip()
    if len(plain) <= LONGEST and plain.isprintable():
        found = _parse_numbers(trimmed) or _parse_numbers(plain)
        if found is not None:
            return replace(found, text=trimmed)
    kind = ResultKind.WORDS if _is_words(trimmed) else ResultKind.UNREADABLE
    return Result(kind, trimmed)


def _parse_numbers(text: str) -> Result | None:
    if _PLAIN.fullmatch(text):
        return Result(ResultKind.NUMBER, text, (text,)) if math.isfinite(float(text)) else None
    if match := _QUALIFIED.fullmatch(text):
        finite = math.isfinite(float(match["number"]))
        return Result(ResultKind.QUALIFIED, text, (match["number"],), match["before"]) if finite else None
    if match := _RANGE.fullmatch(text):
        return Result(ResultKind.RANGE, text, (match["first"], match["second"]), between=match["between"])
    return None


def _is_words(text: str) -> bool:
    """Whether a text says something in words, or in grades and titres, rather than being a number gone wrong."""
    parts = text.split()
    if not any(letter.isdigit() for letter in text):
        return True
    return bool(_WORD.match(parts[0])) or all(_GRADE.fullmatch(part) for part in parts)


def suggest_number(text: str) -> str:
    """What may be meant by a text that is not a number, for the hint of a finding; "" where nothing is plain."""
    if re.fullmatch(r"\D{0,3}\s*[0-9]+,[0-9]+", text):
        return "write a decimal point where the comma is one, and leave out a comma between thousands"
    if re.fullmatch(r"\D{0,3}\s*[0-9]{1,3}(\s[0-9]{3})+([.,][0-9]+)?", text):
        return "leave out the blanks between thousands"
    return ""


def round_exactly(value: Fraction, decimals: int) -> Fraction:
    """Rounded to decimal places, halves away from zero.

    >>> str(round_exactly(Fraction("-2.345"), 2))
    '-47/20'
    """
    scale = 10**decimals
    rounded = Fraction(math.floor(abs(value) * scale + Fraction(1, 2)), scale)
    return -rounded if value < 0 else rounded


def write_fraction(value: Fraction) -> str:
    """The nearest float64 in its fewest digits, without exponent."""
    return write_number(float(value))
