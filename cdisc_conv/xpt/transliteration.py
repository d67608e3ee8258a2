"""What is written for characters that a transport file does not have: a map, and the marks that every export holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.xpt.text import FIRST_PRINTABLE, LAST_PRINTABLE, split_text


def _list_marks() -> dict[str, str]:
    marks = {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′‹›´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        # Blanks of every width, and characters without one.
        **dict.fromkeys(["\u00a0", *map(chr, range(0x2000, 0x200B)), "\u202f", "\u205f", "\u3000"], " "),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
        "…": "...", "•": "-", "·": ".", "⁄": "/",
        "≥": ">=", "≤": "<=", "≧": ">=", "≦": "<=", "≠": "!=", "≈": "~", "±": "+/-", "×": "x", "÷": "/", "→": "->",
        "°": "deg", "℃": "degC", "℉": "degF", "µ": "u", "μ": "u", "‰": "/1000",
        "½": ".5", "¼": ".25", "¾": ".75", "®": "(R)", "™": "(TM)", "©": "(C)",
        "、": ",", "。": ".",
    }  # fmt: skip
    raised, lowered = "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"
    for digit in range(10):
        # A power of ten keeps its sign (10^3/uL); elsewhere a raised digit is one of a unit (m2).
        marks |= {f"10{raised[digit]}": f"10^{digit}", f"10¹{raised[digit]}": f"10^1{digit}"}
        marks |= {raised[digit]: str(digit), lowered[digit]: str(digit)}
    # Full-width forms of ASCII.
    return marks | {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}


COMMON_MARKS: Mapping[str, str] = MappingProxyType(_list_marks())
"""Marks that exports hold because a word processor or a keyboard makes them, and how they are written in ASCII."""


class Transliteration:
    """A map from characters (or longer texts) to what is written in their stead; longer keys go first."""

    def __init__(self, replacements: Mapping[str, str] | None = None) -> None:
        self._replacements = dict(replacements or {})
        keys = sorted(filter(None, self._replacements), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, keys))) if keys else None
        self.touches_ascii = any(all(" " <= character <= "~" for character in key) for key in keys)
        """Whether a text that a transport file can hold may be replaced."""

    def apply(self, text: str) -> str:
        """The text with everything replaced that the map names.

        >>> Transliteration({"µ": "u", "≥": ">="}).apply("≥ 3 µg")
        '>= 3 ug'
        >>> Transliteration(COMMON_MARKS).apply("“Fever” ≥ 38.5 °C – 10³/µL")
        '"Fever" >= 38.5 degC - 10^3/uL'
        """
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self._replacements[match[0]], text)

    def apply_to_column(self, values: pa.LargeStringArray) -> pa.LargeStringArray:
        """The same for a column; distinct values are looked at once, plain ASCII columns not at all."""
        if self._pattern is None:
            return values
        if not self.touches_ascii and is_printable(values):
            return values
        coded = values.dictionary_encode()
        replaced = [self.apply(value) for value in coded.dictionary.to_pylist()]
        return pa.array(replaced, type=pa.large_string()).take(coded.indices)


def as_written(column: pd.Series, transliterate: Mapping[str, str] | None = None) -> pd.Series:
    """A column as a transport file has it, to sort by: the map first, then the common marks. Others stay as they are.

    >>> as_written(pd.Series(["“b”", "a"], dtype="str")).tolist()
    ['"b"', 'a']
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column
    said, texts = Transliteration(transliterate), pa.array(column, type=pa.large_string())
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if is_printable(texts) and not said.touches_ascii:
        return column
    written = Transliteration(COMMON_MARKS).apply_to_column(said.apply_to_column(texts))
    return pd.Series(written.to_pandas(), dtype="str")


def is_printable(values: pa.LargeStringArray) -> bool:
    """Whether a column, missing values aside, holds printable ASCII only."""
    content: np.ndarray = split_text(values)[1]
    return not content.size or bool(content.min() >= FIRST_PRINTABLE and content.max() <= LAST_PRINTABLE)
