"""Numbers as they are written in exports: decimal commas, signs between thousands, percent, and SAS informats.

A format is written as the number 1234.5 would be: ``1.234,5``, ``1,234.5``, ``1 234,5``, ``1'234.5``, ``1234,5``,
with ``%`` behind it where the values have that. SAS informats are COMMAw.d and DOLLARw.d (``1,234.5``), COMMAXw.d and
NUMXw.d (``1.234,5`` and ``1234,5``), PERCENTw.d (a hundredth of what is written), BESTw. and w.d; where d is given,
numbers without a decimal point have as many decimals, as in SAS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from cdisc_conv.columns.numerals import write_number
from cdisc_conv.columns.texts import text_column

_WRITTEN = re.compile(r"1([.,'’ \u00a0\u202f]?)234(?:([.,])5)?( ?%)?")
_SAS = re.compile(r"(COMMAX|COMMA|DOLLARX|DOLLAR|NUMX|PERCENT|BEST|F|)([0-9]*)\.([0-9]*)")
_BLANKS = " \u00a0\u202f"
_SIGNED = re.compile(r"(?P<before>[<>=≤≥~±]{0,2}\s*)(?P<sign>[-+−]?)(?P<number>.*)", re.DOTALL)


@dataclass(frozen=True)
class NumberFormat:
    """How numbers are written. `implied` are decimals of numbers without a decimal point."""

    text: str
    thousands: str = ""
    """The signs that may part thousands."""
    decimal: str = "."
    percent: bool = False
    implied: int = 0
    hundredth: bool = False
    """Whether a number with a percent sign is that part of 1, as SAS reads it."""
    money: bool = False
    """Whether $ may stand before a number, and parentheses around a negative one."""


@cache
def read_number_format(text: str) -> NumberFormat | None:
    """A format from its words; None where they are none of a number.

    >>> read_number_format("1.234,5").decimal, read_number_format("COMMA12.2").implied, read_number_format("DD/MM/YYYY")
    (',', 2, None)
    """
    if found := _WRITTEN.fullmatch(text):
        thousands, decimal, percent = found[1], found[2] or ("," if found[1] == "." else "."), bool(found[3])
        if thousands == decimal:
            return None
        return NumberFormat(text, _BLANKS if thousands in _BLANKS and thousands else thousands, decimal, percent)
    found = _SAS.fullmatch(text.upper())
    if found is None or not (found[1] or found[2]):
        return None
    name, implied = found[1], int(found[3] or 0)
    swapped = name.endswith("X")
    separated = name not in ("", "F", "BEST", "NUMX")
    return NumberFormat(
        text,
        (("." if swapped else ",") + _BLANKS) if separated else "",
        "," if swapped else ".",
        name == "PERCENT",
        implied,
        name == "PERCENT",
        name.startswith(("COMMA", "DOLLAR", "PERCENT")),
    )


def read_numbers(values: pd.Series, number_format: NumberFormat) -> tuple[pd.Series, np.ndarray]:
    """Distinct trimmed texts with their numbers as ``1234.5``, and which texts are no numbers of the format.

    Comparators before a number stay (``<0,5`` becomes ``<0.5``). A text without any digit is as it was, and no fault.

    >>> values = pd.Series(["1.234,50", "<0,5", "NEG", "1,234.5", ""], dtype="str")
    >>> read, wrong = read_numbers(values, read_number_format("1.234,5"))
    >>> read.tolist(), wrong.tolist()
    (['1234.50', '<0.5', 'NEG', '1,234.5', ''], [False, False, False, True, False])
    """
    read = [_read(text, number_format) if any(sign.isdigit() for sign in text) else text for text in values]
    wrong = np.array([one is None for one in read], dtype=bool)
    return text_column([text if one is None else one for one, text in zip(read, values, strict=True)]), wrong


def _read(text: str, said: NumberFormat) -> str | None:
    found = _SIGNED.fullmatch(text)
    assert found is not None  # every part may be empty
    sign, rest = found["sign"].replace("−", "-"), found["number"].strip()
    if said.money:
        rest = rest.lstrip("$").strip()
        if rest.startswith("(") and rest.endswith(")") and not sign:
            sign, rest = "-", rest[1:-1].lstrip("$").strip()
    is_percent = said.percent and rest.endswith("%")
    rest = rest[:-1].rstrip() if is_percent else rest
    number = _strip(rest, said)
    if number is None:
        return None
    if said.implied and "." not in number:
        digits = number.rjust(said.implied + 1, "0")
        number = f"{digits[: -said.implied].lstrip('0') or '0'}.{digits[-said.implied :]}"
    if is_percent and said.hundredth:
        number = write_number(float(number) / 100)
    return f"{found['before'].strip()}{'' if sign == '+' else sign}{number}"


def _strip(text: str, said: NumberFormat) -> str | None:
    """The digits with a decimal point; None where signs are not where the format has them."""
    whole, point, decimals = text.partition(said.decimal)
    if said.thousands and any(sign in whole for sign in said.thousands):
        groups = re.split(f"[{re.escape(said.thousands)}]", whole)
        if not (0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
            return None
        whole = "".join(groups)
    digits = whole + decimals
    if not digits or not digits.isascii() or not digits.isdigit():
        return None
    return f"{whole or '0'}.{decimals}" if point and decimals else whole
