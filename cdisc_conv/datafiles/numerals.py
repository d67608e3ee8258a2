"""Numbers as text and text as numbers, with the dates and missing values of SAS.

Two numbers are the same when their decimal digits are: a float64 stands for the shortest decimals that read back as it.
So 0.1 in a transport file equals the decimal 0.10, and not 0.1000000000000000055; and 9007199254740993 equals only
itself, whatever float64 makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.datafiles.formats import Unit
from cdisc_conv.datafiles.moments import is_compact, parse_moment, write_moment
from cdisc_conv.datafiles.table import TEXT, ColumnValues, Variable
from cdisc_conv.xpt import find_missing_codes, make_missing

NUMERAL = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,9})?$"
_MISSING = re.compile(r"\.[A-Z_]?")
_INFINITE = {"inf": "inf", "+inf": "inf", "infinity": "inf", "-inf": "-inf", "-infinity": "-inf"}
_BOOLEAN = {"true": "1", "false": "0"}
_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ISO_SECOND = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}$"
_ORIGIN = np.datetime64("1960-01-01", "s")
_CERTAIN = 15
"""float64 distinguishes every number of so many digits from all others."""
_SMALLEST_NORMAL = 2.0**-1022
_MOST_ZEROS = 40


@dataclass(frozen=True, slots=True)
class Numerals:
    """Texts read as numbers: the nearest float64 (NaN for missing and for ``bad``), which texts are not numbers, and
    which write digits that the float64 does not hold."""

    values: np.ndarray
    bad: np.ndarray
    inexact: np.ndarray


def parse_numbers(texts: Any, variable: Variable) -> Numerals:
    """Texts as numbers of a variable. Blank is missing; so is ``.``, and ``.A`` with its code.

    Where numbers of the variable count days or seconds, texts like ``2020-03-17``, ``17MAR2020 10:00`` and ``01:02:03``
    are numbers too.

    >>> from cdisc_conv.datafiles.table import Kind
    >>> found = parse_numbers(pa.array(["1.50", "", "x", "9007199254740993"], TEXT), Variable("X", Kind.NUMBER))
    >>> found.values.tolist(), found.bad.tolist(), found.inexact.tolist()
    ([1.5, nan, nan, 9007199254740992.0], [False, False, True, False], [False, False, False, True])
    """
    codes, words = _list_words(texts)
    numeric = _find_numeric(words, variable)
    numbers = pc.if_else(pa.array(numeric), words, pa.scalar(None, TEXT)).cast(pa.float64())
    values = numbers.to_numpy(zero_copy_only=False).copy()
    bad = ~numeric
    inexact = np.zeros(len(values), dtype=bool)
    sizes = np.abs(values)
    doubtful = numeric & ((sizes < _SMALLEST_NORMAL) | np.isinf(values) | _find_long(words))
    for place in np.flatnonzero(doubtful):
        inexact[place] = _loses_digits(words[int(place)].as_py(), float(values[place]))
    _read_plain_moments(words, variable, values, bad)
    for place in np.flatnonzero(bad):
        exact = _read_word(words[int(place)].as_py(), variable)
        if exact is None:
            continue
        bad[place] = False
        if _MISSING.fullmatch(exact):
            values[place] = make_missing(exact)
        elif exact:
            values[place] = float(exact)
            inexact[place] = len(exact) > _CERTAIN and _loses_digits(exact, float(values[place]))
    if variable.bits < 64:
        with np.errstate(over="ignore"):
            rounded = values.astype(np.float32 if variable.bits == 32 else np.float16).astype(np.float64)
        values = np.where(np.isnan(values), values, rounded)
        inexact[:] = False
    return Numerals(values[codes], bad[codes], inexact[codes])


def _read_plain_moments(words: Any, variable: Variable, values: np.ndarray, bad: np.ndarray) -> None:
    """Fill in the many words that are whole days or seconds in ISO 8601, a column at a time; the others stay bad."""
    if variable.unit not in (Unit.DAY, Unit.SECOND):
        return
    plain = pc.match_substring_regex(words, _ISO_DAY if variable.unit is Unit.DAY else _ISO_SECOND)
    places = np.flatnonzero(plain.to_numpy(zero_copy_only=False) & bad)
    if not len(places):
        return
    texts = pd.Series(words.take(pa.array(places)).to_pylist(), dtype="str").str.replace(" ", "T")
    moments = pd.to_datetime(texts, format="ISO8601", errors="coerce").to_numpy().astype("datetime64[s]")
    there = ~np.isnat(moments)
    counts = (moments[there] - _ORIGIN).astype(np.int64)
    values[places[there]] = counts // 86_400 if variable.unit is Unit.DAY else counts
    bad[places[there]] = False


def write_exact(values: ColumnValues, variable: Variable) -> Any:
    """Values as texts that are the same exactly where the numbers are; "" for missing, other texts as they stand.

    >>> from cdisc_conv.datafiles.table import Kind
    >>> write_exact(pa.array(["1.50", "+1e2", "x", None], TEXT), Variable("X", Kind.NUMBER)).to_pylist()
    ['1.5', '100', 'x', '']
    """
    if isinstance(values, np.ndarray):
        codes, distinct = _factorize(values)
        return pa.array([_write_float(value) for value in distinct.tolist()], TEXT).take(pa.array(codes))
    codes, words = _list_words(values)
    numeric = _find_numeric(words, variable)
    made = [
        write_canonical(word) if plain else _or_word(_read_word(word, variable), word)
        for word, plain in zip(words.to_pylist(), numeric.tolist(), strict=True)
    ]
    return pa.array(made, TEXT).take(pa.array(codes))


def write_numbers(values: ColumnValues, variable: Variable) -> Any:
    """Numbers as the shortest text that is the same number, dates as ISO 8601, missing values by their codes.

    >>> from cdisc_conv.datafiles.table import Kind
    >>> write_numbers(np.array([1.0, 0.1, np.nan]), Variable("X", Kind.NUMBER)).to_pylist()
    ['1', '0.1', '.']
    >>> write_numbers(np.array([0.0]), Variable("X", Kind.NUMBER, format="DATE9.")).to_pylist()
    ['1960-01-01']
    """
    if not isinstance(values, np.ndarray):
        codes, words = _list_words(values)
        texts = [_write_as_moment(word, variable) or "." for word in words.to_pylist()]
        return pa.array(texts, TEXT).take(pa.array(codes))
    texts = pa.array(values + 0.0).cast(TEXT)  # -0 is 0
    if variable.unit or pc.any(pc.match_substring(texts, "e")).as_py():
        codes, distinct = _factorize(values)
        made = [_write_as_moment(_write_float(value), variable) for value in distinct.tolist()]
        texts = pa.array(made, TEXT).take(pa.array(codes))
    missing = np.isnan(values)
    if missing.any():
        texts = pc.if_else(pa.array(missing), pa.array(find_missing_codes(values).astype(object), TEXT), texts)
    return texts


def write_canonical(word: str) -> str:
    """A numeral in the one way that stands for its number.

    >>> [write_canonical(word) for word in ("12.50", "+1E2", "-0.0", "1e-7", ".5")]
    ['12.5', '100', '0', '1E-7', '0.5']
    """
    try:
        sign, digits, exponent = Decimal(word).as_tuple()
    except InvalidOperation:
        return word
    if not isinstance(exponent, int):
        return word
    text = "".join(map(str, digits))
    kept = text.rstrip("0") or "0"
    if kept == "0":
        return "0"
    exponent += len(text) - len(kept)
    if 0 < exponent <= _MOST_ZEROS:
        kept, exponent = kept + "0" * exponent, 0
    return str(Decimal(f"{'-' if sign else ''}{kept}E{exponent}"))


def _write_float(value: float) -> str:
    return "" if value != value else _INFINITE.get(repr(value)) or write_canonical(repr(value))


def _write_as_moment(number: str, variable: Variable) -> str:
    """Exact digits as the moment they are, where they are one."""
    return (write_moment(number, variable.unit) if variable.unit and number else None) or number


def _list_words(texts: Any) -> tuple[np.ndarray, Any]:
    """The distinct texts without blanks around them, and the number of its text per row."""
    coded = texts.dictionary_encode(null_encoding="encode")
    return coded.indices.to_numpy(), pc.utf8_trim(pc.fill_null(coded.dictionary, ""), " ")


def _find_numeric(words: Any, variable: Variable) -> np.ndarray:
    """Which words are plain numerals; none where bare digits are dates."""
    if is_compact(variable.format or ""):
        return np.zeros(len(words), dtype=bool)
    return np.asarray(pc.match_substring_regex(words, NUMERAL).to_numpy(zero_copy_only=False), dtype=bool)


def _find_long(words: Any) -> np.ndarray:
    return np.asarray(pc.greater(pc.utf8_length(words), _CERTAIN).to_numpy(zero_copy_only=False), dtype=bool)


def _loses_digits(word: str, value: float) -> bool:
    written = repr(value)
    return word != written and write_canonical(word) != _write_float(value)


def _read_word(word: str, variable: Variable) -> str | None:
    """A word that is not a plain numeral as exact digits, "" for missing, a missing code; None for anything else."""
    if not word or word == ".":
        return ""
    folded = word.lower()
    if _MISSING.fullmatch(word.upper()):
        return word.upper()
    if variable.boolean and folded in _BOOLEAN:
        return _BOOLEAN[folded]
    if variable.unit and (found := parse_moment(word, variable.unit, variable.format or "")) is not None:
        return found
    if re.fullmatch(NUMERAL, word):
        return write_canonical(word)
    return _INFINITE.get(folded)


def _or_word(found: str | None, word: str) -> str:
    return word if found is None else found


def _factorize(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    return codes, distinct
