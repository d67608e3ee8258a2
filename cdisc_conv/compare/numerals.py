"""Numbers as text and text as numbers, with the dates and missing values of SAS."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.compare.table import EPOCH, TEXT
from cdisc_conv.xpt import find_missing_codes, make_missing

_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_MISSING = re.compile(r"\.[A-Z_]?")
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
_SAS = r"^[0-9]{1,2}[A-Za-z]{3}[0-9]{4}(:[0-9]{2}:[0-9]{2}:[0-9]{2})?$"
_DAYS = re.compile(r"(E8601DA|B8601DA|IS8601DA|DATE|DDMMYY|MMDDYY|YYMMDD|MONYY|WORDDATE|WEEKDATE|JULDATE)[A-Z]?[0-9.]*")
_SECONDS = re.compile(r"(E8601DT|B8601DT|IS8601DT|DATETIME|DATEAMPM|MDYAMPM)[0-9.]*")


def find_unit(form: str) -> str:
    """What a number with a SAS format counts: ``D`` days and ``s`` seconds since 1960, else an empty text.

    >>> find_unit("DATE9."), find_unit("DATETIME20."), find_unit("8.2")
    ('D', 's', '')
    """
    name = form.upper()
    return "s" if _SECONDS.fullmatch(name) else "D" if _DAYS.fullmatch(name) else ""


def parse_numbers(texts: Any, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Texts as numbers, and which ones are none. Blank is missing; so is ``.``, and ``.A`` with its code.

    Where the format of the other side says that numbers are dates, texts like ``2020-03-17`` and ``17MAR2020`` are too.

    >>> parse_numbers(pa.array(["1.50", "", "x"], TEXT), "")
    (array([1.5, nan, nan]), array([False, False,  True]))
    """
    coded = texts.dictionary_encode(null_encoding="encode")
    words = pc.utf8_trim(pc.fill_null(coded.dictionary, ""), " ")
    numeric = pc.match_substring_regex(words, _NUMBER)
    numbers = pc.if_else(numeric, words, pa.scalar(None, TEXT)).cast(pa.float64())
    values = numbers.to_numpy(zero_copy_only=False).copy()
    bad = ~numeric.to_numpy(zero_copy_only=False)
    rest = np.flatnonzero(bad)
    left = words.take(pa.array(rest)).to_pylist()
    moments = _parse_moments(left, find_unit(form))
    for place, word in zip(rest, left, strict=True):  # distinct values only
        if not word:
            bad[place] = False
        elif _MISSING.fullmatch(word.upper()):
            values[place], bad[place] = make_missing(word), False
        elif word in moments:
            values[place], bad[place] = moments[word], False
    codes = coded.indices.to_numpy()
    return values[codes], bad[codes]


def write_numbers(values: np.ndarray, form: str = "") -> Any:
    """Numbers as the shortest text that is the same number, dates as ISO 8601, missing values by their codes.

    >>> write_numbers(np.array([1.0, 0.1, np.nan])).to_pylist(), write_numbers(np.array([0.0]), "DATE9.").to_pylist()
    (['1', '0.1', '.'], ['1960-01-01'])
    """
    texts = pa.array(values).cast(TEXT)
    unit = find_unit(form)
    if unit:
        limit = 2_900_000 if unit == "D" else 2_900_000 * 86_400.0
        whole = np.isfinite(values) & (np.abs(values) < limit) & (values == np.floor(values))
        moments = EPOCH.astype(f"datetime64[{unit}]") + np.where(whole, values, 0).astype(np.int64)
        texts = pc.if_else(pa.array(whole), pa.array(np.datetime_as_string(moments).astype(object), TEXT), texts)
    missing = np.isnan(values)
    if missing.any():
        texts = pc.if_else(pa.array(missing), pa.array(find_missing_codes(values).astype(object), TEXT), texts)
    return texts


def _parse_moments(words: list[str], unit: str) -> dict[str, float]:
    """Days or seconds since 1960 of the words that are complete dates or datetimes of that unit."""
    if not unit:
        return {}
    series = pd.Series(words, dtype="str")
    found: dict[str, float] = {}
    for pattern, forms in ((_ISO, ("ISO8601",)), (_SAS, ("%d%b%Y", "%d%b%Y:%H:%M:%S"))):
        chosen = series[series.str.match(pattern)]
        for form in forms:
            moments = pd.to_datetime(chosen, format=form, errors="coerce").dropna()
            step = np.array(1, dtype=f"timedelta64[{unit}]")
            for word, moment in zip(chosen[moments.index], moments.to_numpy(), strict=True):
                number = float((moment - EPOCH) / step)
                if unit == "s" or number == int(number):
                    found[word] = number
    return found
