"""What the functions of the expression language do.

Functions of plain values (`cut_text`, `pick_word` ...) are called once per distinct value; the others take columns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.dates.write import format_date
from cdisc_conv.columns.distinct import from_arrow, to_arrow
from cdisc_conv.columns.moments import Written, read_written
from cdisc_conv.columns.numerals import write_number
from cdisc_conv.expr.instants import has_instants, read_instants
from cdisc_conv.expr.nodes import Type
from cdisc_conv.expr.vectors import (
    TEXT_TYPE,
    Value,
    Vector,
    check_texts,
    is_missing,
    is_scalar,
    lift,
    map_distinct,
    plain_text,
    type_of,
)

_FIRST_DAY, _LAST_DAY = -719162, 2932896
"""1 January of year 1 and 31 December 9999, in days since 1970."""
MOST_TEXT = 100_000
"""Characters that a function may make of one value: doubled a few dozen times, a text fills any memory."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class TextTooLongError(Exception):
    """A function would make a text of more than `MOST_TEXT` characters."""


def cut_text(text: str, start: float, length: float = math.inf) -> str:
    """Characters from `start`, counted from 1; see `substr`.

    >>> cut_text("701-1015", 5), cut_text("701-1015", 1, 3)
    ('1015', '701')
    """
    if not (start >= 1 and length >= 0):
        return ""
    first = int(min(start, len(text) + 1)) - 1
    return text[first : first + int(min(length, len(text)))]


def pick_word(text: str, n: float) -> str:
    """The n-th word, counted from 1, or from the end when negative; see `word`."""
    words = text.split()
    if not 1 <= abs(n) < len(words) + 1:
        return ""
    return words[int(n) - 1 if n > 0 else int(n)]


def replace_text(text: str, old: str, new: str) -> str:
    """Every `old` made `new`; an empty `old` changes nothing. Raises TextTooLongError before the text is made."""
    if not old:
        return text
    if len(new) > len(old) and len(text) + text.count(old) * (len(new) - len(old)) > MOST_TEXT:
        raise TextTooLongError
    return text.replace(old, new)


def starts_with(text: str, start: str) -> bool:
    return bool(text and start) and text.startswith(start)


def ends_with(text: str, end: str) -> bool:
    return bool(text and end) and text.endswith(end)


def contains(text: str, part: str) -> bool:
    return bool(text and part) and part in text


def match_pattern(text: Vector, pattern: str) -> np.ndarray:
    """Which texts fit the pattern as a whole. RE2, whose time is linear in the text, does the matching.

    >>> match_pattern(pa.array(["C1D1", "C10D1"], TEXT_TYPE), "C?D*")
    array([ True, False])
    """
    if not pattern:
        return np.zeros(len(text), dtype=bool)
    runs = re.sub(r"\*+", "*", pattern)
    meaning = {"*": ".*", "?": "."}
    regex = r"(?s)\A" + "".join(meaning.get(letter) or _escape(letter) for letter in runs) + r"\z"
    fits = check_texts(text, lambda texts: pc.match_substring_regex(texts, regex))
    return np.asarray(fits & ~is_missing(text))


def split_parts(text: str, separator: str) -> list[str]:
    """The parts of a text, without the blanks around them; blank parts are none.

    >>> split_parts("Asian | White||", "|")
    ['Asian', 'White']
    """
    parts = text.split(separator) if separator else [text]
    return [part.strip() for part in parts if part.strip()]


def pick_part(text: str, separator: str, n: float) -> str:
    """The n-th part, counted from 1, or from the end when negative; see `part`."""
    parts = split_parts(text, separator)
    if not 1 <= abs(n) < len(parts) + 1:
        return ""
    return parts[int(n) - 1 if n > 0 else int(n)]


def count_parts(text: str, separator: str) -> int:
    """How many parts a text has; see `parts`."""
    return len(split_parts(text, separator))


def describe_bad_regex(pattern: str) -> str:
    """Why a regular expression cannot be one of RE2; "" when it can.

    >>> describe_bad_regex("[0-9]+"), describe_bad_regex("[0-9")
    ('', 'missing ]')
    """
    try:
        pc.extract_regex(pa.array(["x"], TEXT_TYPE), _name_groups(pattern))
    except pa.ArrowInvalid as error:
        return str(error).rpartition("Invalid regular expression: ")[2].partition(":")[0]
    return ""


def find_regex(text: Vector, pattern: str) -> np.ndarray:
    """Which texts have a place that fits a regular expression (RE2: time linear in the text).

    >>> find_regex(pa.array(["grade 3", "mild"], TEXT_TYPE), "[0-9]")
    array([ True, False])
    """
    fits = check_texts(text, lambda texts: pc.match_substring_regex(texts, pattern))
    return np.asarray(fits & ~is_missing(text))


def extract_regex(text: Value, pattern: str) -> Value:
    """What fits a regular expression first: its first group, or all of it where it has none; "" where nothing fits.

    >>> extract_regex("dose 10.5 mg", "[0-9.]+"), extract_regex("10.5 mg", "([a-z]+)$"), extract_regex("mild", "[0-9]")
    ('10.5', 'mg', '')
    """
    named = _name_groups(pattern)
    return map_distinct(lambda value: _extract(value, named), [text], Type.TEXT)


def _extract(text: str, pattern: str) -> str:
    found = pc.extract_regex(pa.array([text], TEXT_TYPE), pattern)[0].as_py()
    return str(next(iter(found.values())) or "") if found else ""


def _name_groups(pattern: str) -> str:
    """The pattern with its groups named, as arrow wants them; one without groups is a group itself.

    >>> _name_groups("([a-z]+) (?:x)"), _name_groups("[(]a")
    ('(?P<g0>[a-z]+) (?:x)', '(?P<g0>[(]a)')
    """
    made, count, in_class, escaped = [], 0, False, False
    for place, letter in enumerate(pattern):
        opens = letter == "(" and not in_class and not escaped and pattern[place + 1 : place + 2] != "?"
        made.append(f"(?P<g{count}>" if opens else letter)
        count += opens
        if not escaped:
            in_class = (letter == "[" or in_class) and letter != "]"
        escaped = letter == "\\" and not escaped
    return "".join(made) if count or "(?P<" in pattern else f"(?P<g0>{pattern})"


def _escape(letter: str) -> str:
    return letter if letter.isalnum() or letter == "_" else rf"\x{{{ord(letter):x}}}"


def read_number(text: str) -> float:
    """The number a text writes, or NaN.

    >>> read_number(" 12.50 "), read_number("1,5"), read_number("nan")
    (12.5, nan, nan)
    """
    trimmed = text.strip()
    if not _NUMBER.fullmatch(trimmed):
        return math.nan
    number = float(trimmed)
    return number if math.isfinite(number) else math.nan


def read_numbers(value: Value) -> Value:
    """Numbers of texts; numbers stay."""
    return map_distinct(read_number, [value], Type.NUMBER) if type_of(value) is Type.TEXT else value


def write_numbers(value: Value) -> Value:
    """Texts of numbers; texts stay."""
    return map_distinct(write_number, [value], Type.TEXT) if type_of(value) is Type.NUMBER else value


def join_texts(*values: Value) -> pa.Array:
    """The values of each record joined."""
    texts = [plain_text(write_numbers(value)) for value in values]
    sizes = [pc.max(pc.binary_length(one)).as_py() or 0 for one in texts]
    if sum(sizes) > MOST_TEXT:
        raise TextTooLongError
    return pc.binary_join_element_wise(*texts, pa.scalar("", TEXT_TYPE))


def round_numbers(number: Any, digits: float = 0) -> Any:
    """Rounds to decimal places, halves away from zero.

    A number within two units in the last place of a half counts as that half: 2.345 is stored as
    2.34499999999999997, and is rounded to 2.35 (SAS: ROUND "fuzzes" in the same sense).

    >>> round_numbers(np.array([2.345, -0.5, 0.49, np.nan]), 2)
    array([ 2.35, -0.5 ,  0.49,   nan])
    """
    scale = 10.0 ** int(digits)
    size = np.abs(number)
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = size * scale
        rounded = np.floor(scaled + 0.5 + 2 * np.spacing(scaled)) / scale
    # From 2**52 on every double is whole, and adding a half would only harm it.
    return np.where(scaled < 2.0**52, np.copysign(rounded, number), number) + 0.0


def cut_dates(iso: Value) -> Value:
    """The dates without their times, "" where nothing of the date is known; of an interval what its ends share."""
    return _read_dates(iso, _write_date)


def read_years(iso: Value) -> Value:
    """The years, or NaN."""
    return _read_dates(iso, lambda written: written.parts.year)


def read_months(iso: Value) -> Value:
    """The months, or NaN; ISO 8601 writes an unknown year before a known month as a hyphen."""
    return _read_dates(iso, lambda written: written.parts.month)


def number_days(iso: Value) -> Any:
    """The days of complete dates since 1970, or NaN."""
    return _read_dates(iso, lambda written: written.moments.days)


def _read_dates(iso: Value, take: Callable[[Written], Any]) -> Any:
    """Something of what ISO 8601 texts say, read once per distinct text."""
    if isinstance(iso, str):
        made = take(read_written(pd.Series([iso], dtype="str")))
        return made[0].as_py() if isinstance(made, pa.Array) else float(made[0])
    coded = iso if isinstance(iso, pa.DictionaryArray) else pc.dictionary_encode(iso)
    made = take(read_written(from_arrow(coded.dictionary)))
    return made.take(coded.indices) if isinstance(made, pa.Array) else made[coded.indices.to_numpy()]


def _write_date(written: Written) -> pa.Array:
    parts = written.parts
    return to_arrow(format_date({"year": parts.year, "month": parts.month, "day": parts.day}))


def count_days(start: Value, end: Value) -> Any:
    """Days from start to end."""
    return number_days(end) - number_days(start)


def move_dates(iso: Value, days: Any) -> Any:
    """The dates so many days after complete dates, or "" where there is none; see `add_days`.

    >>> move_dates("2022-02-28T08:00", 1), move_dates("2022-03-01", -1), move_dates("2022-03", 1)
    ('2022-03-01', '2022-02-28', '')
    """
    moved = number_days(iso) + days
    numbers = np.atleast_1d(np.asarray(moved, dtype=float))
    known = (numbers % 1 == 0) & (numbers >= _FIRST_DAY) & (numbers <= _LAST_DAY)
    dates = np.datetime_as_string(np.where(known, numbers, 0).astype("datetime64[D]"))
    texts = pa.array(np.where(known, dates, "").astype(object), TEXT_TYPE)
    return texts[0].as_py() if is_scalar(moved) else texts


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """`yes` where the condition holds, else `no`."""
    if is_scalar(condition):
        return yes if condition else no
    if type_of(yes) is Type.TEXT:
        return pc.if_else(pa.array(condition), plain_text(yes), plain_text(no))
    return np.where(condition, yes, no)


def take_first(*values: Value) -> Any:
    """The first value that is there."""
    result: Any = values[-1]
    for value in reversed(values[:-1]):
        there = ~is_missing(lift(value))
        result = choose(bool(there[0]) if is_scalar(value) else there, value, result)
    return result


def take_root(numbers: Any) -> Any:
    """The square root; see `sqrt`."""
    with np.errstate(all="ignore"):
        return np.sqrt(numbers)


def raise_to_power(numbers: Any, exponents: Any) -> Any:
    """Powers, missing where they are not finite numbers, or where a side is missing; see `power`."""
    with np.errstate(all="ignore"):
        result = np.power(numbers, exponents)
    known = np.isfinite(result) & ~np.isnan(numbers) & ~np.isnan(exponents)
    return np.where(known, result, np.nan)


def take_least(*values: Any) -> Any:
    """The least of the values that are there."""
    if type_of(values[0]) is Type.TEXT:
        return _take_instants(values, 1.0) if _have_instants(values) else _take_text(pc.min_element_wise, values)
    return _reduce(np.fmin, values)


def take_greatest(*values: Any) -> Any:
    """The greatest of the values that are there."""
    if type_of(values[0]) is Type.TEXT:
        return _take_instants(values, -1.0) if _have_instants(values) else _take_text(pc.max_element_wise, values)
    return _reduce(np.fmax, values)


def _reduce(function: np.ufunc, values: tuple[Any, ...]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result


def _have_instants(values: tuple[Any, ...]) -> bool:
    return sum(has_instants(value) for value in values) > 1


def _take_instants(values: tuple[Any, ...], sign: float) -> pa.Array:
    """The first (sign 1) or last (-1) of the texts by instant on the records where all that are there have one."""
    length = max(1 if isinstance(value, str) else len(value) for value in values)
    texts = [pa.repeat(plain_text(v), length) if isinstance(v, str) else plain_text(v) for v in values]
    by_text = _take_text(pc.min_element_wise if sign > 0 else pc.max_element_wise, tuple(texts))
    moments = np.array([read_instants(text) for text in texts])
    missing = np.array([is_missing(text) for text in texts])
    known = (~np.isnan(moments) | missing).all(axis=0) & ~missing.all(axis=0)
    place = np.argmin(np.where(missing | ~known, np.inf, sign * moments), axis=0)
    by_instant = pc.choose(pa.array(place), *texts)
    return pc.if_else(pa.array(known), by_instant, by_text)


def _take_text(function: Any, values: tuple[Any, ...]) -> pa.Array:
    texts = [plain_text(value) for value in values]
    nothing = pa.scalar(None, TEXT_TYPE)
    known = [pc.if_else(pc.equal(text, ""), nothing, text) for text in texts]
    return pc.fill_null(function(*known, skip_nulls=True), "")
