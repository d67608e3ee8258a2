"""The letters of texts: how they begin and end, and whether they match an expression.

Expressions are run by RE2, whose time grows with the text and never with the expression. The few that RE2 does not
know (looking ahead or behind) are run by Python's module on texts of at most `MOST_LETTERS`, and only when nothing in
them is repeated within a repetition, which is what could take for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.checks.core.data.vectors import (
    Mask,
    Value,
    Vector,
    as_items,
    ask_pairs,
    constant,
    equal_values,
    is_missing,
    to_text,
)
from cdisc_conv.checks.core.operators.equality import write_plainly
from cdisc_conv.checks.core.operators.membership import is_among
from cdisc_conv.checks.core.operators.registry import NotAnswerableError, Question, operator

MOST_LETTERS = 200
_NESTED = re.compile(r"[*+}]\??\)*[^()|]*\)(?:[*+]|\{\d+,\d*\})")


@operator("matches_regex")
def matches_regex(question: Question) -> Mask:
    """The text matches the expression from its beginning."""
    return _search(question, question.target, anchored=True)


@operator("not_matches_regex")
def not_matches_regex(question: Question) -> Mask:
    """The text, which may be blank, does not match the expression from its beginning; a missing number says nothing."""
    return _known(question) & ~_search(question, question.target, anchored=True)


@operator("prefix_matches_regex")
def prefix_matches_regex(question: Question) -> Mask:
    """The first letters match the expression."""
    return _search(question, _part(question, "prefix"), anchored=False)


@operator("not_prefix_matches_regex")
def not_prefix_matches_regex(question: Question) -> Mask:
    """There is a text, and its first letters do not match the expression."""
    return _known(question) & ~_search(question, _part(question, "prefix"), anchored=False)


@operator("suffix_matches_regex")
def suffix_matches_regex(question: Question) -> Mask:
    """The last letters match the expression."""
    return _search(question, _part(question, "suffix"), anchored=False)


@operator("not_suffix_matches_regex")
def not_suffix_matches_regex(question: Question) -> Mask:
    """There is a text, and its last letters do not match the expression."""
    return _known(question) & ~_search(question, _part(question, "suffix"), anchored=False)


def _known(question: Question) -> Mask:
    """Which records have a text, blank ones among them, or a number."""
    return question.target.test(lambda value: value is not None)


def _search(question: Question, vector: Vector, *, anchored: bool) -> Mask:
    pattern = str(question.check.value)
    return vector.spread(
        match_texts([to_text(value) for value in vector.values], pattern, anchored=anchored)
        & np.array([value is not None for value in vector.values], dtype=bool)
    )


def match_texts(texts: list[str], pattern: str, *, anchored: bool) -> np.ndarray:
    """Which texts match an expression, from their beginning or anywhere.

    Raises:
        NotAnswerableError: the expression is none, or could take for ever.

    >>> match_texts(["AB", "CAB"], "AB", anchored=True).tolist()
    [True, False]
    """
    whole = f"^(?:{pattern})" if anchored else pattern
    try:
        found = pc.match_substring_regex(pa.array(texts, pa.large_string()), pattern=whole)
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
    except pa.ArrowInvalid:
        search = compile_pattern(pattern)
        test = search.match if anchored else search.search
        return np.array([test(text[:MOST_LETTERS]) is not None for text in texts], dtype=bool)


@lru_cache(maxsize=500)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """An expression for Python's module; refused when it could take for ever."""
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise NotAnswerableError(f"'{pattern}' is not a regular expression: {error}") from None
    if _NESTED.search(pattern):
        raise NotAnswerableError(f"the expression '{pattern}' repeats what is repeated, which could take for ever")
    return compiled


@operator("equals_string_part", "does_not_equal_string_part")
def equals_string_part(question: Question) -> Mask:
    """The value is that part of the other which the expression picks."""
    pattern = compile_pattern(str(question.option("regex", "")))
    plain = write_plainly if question.option("type_insensitive") else _same
    parts = question.comparand.map(lambda value: plain(pick_part(pattern, value)))
    return equal_values(question.target.map(plain), parts)


def pick_part(pattern: re.Pattern[str], value: Value) -> Value:
    """What the expression finds in a text: its first group, where it has groups; None when it finds nothing."""
    found = pattern.search(to_text(value)[:MOST_LETTERS])
    if found is None:
        return None
    return str(found[1 if pattern.groups else 0] or "") or None


def _same(value: Value) -> Value:
    return value


@operator("starts_with")
def starts_with(question: Question) -> Mask:
    """The text begins with the other."""
    return _ask_texts(question, str.startswith)


@operator("ends_with")
def ends_with(question: Question) -> Mask:
    """The text ends with the other."""
    return _ask_texts(question, str.endswith)


def _ask_texts(question: Question, test: Callable[[str, str], bool]) -> Mask:
    def ask(value: Value, other: Value) -> bool:
        if not isinstance(value, str) or is_missing(other):
            return False
        return any(test(value, to_text(item)) for item in as_items(other))

    return ask_pairs(question.target, question.comparand, ask)


@operator("prefix_equal_to", "prefix_not_equal_to")
def prefix_equal_to(question: Question) -> Mask:
    """The first letters are the other text; DOMAIN stands for the domain of the dataset."""
    other = question.comparand
    if question.check.value == "DOMAIN":
        other = constant(question.prefix, question.length)
    return equal_values(_part(question, "prefix"), other)


@operator("suffix_equal_to", "suffix_not_equal_to")
def suffix_equal_to(question: Question) -> Mask:
    """The last letters are the other text."""
    return equal_values(_part(question, "suffix"), question.comparand)


@operator("prefix_is_contained_by", "prefix_is_not_contained_by")
def prefix_is_contained_by(question: Question) -> Mask:
    """The first letters are in the list."""
    return is_among(_part(question, "prefix"), _whole_list(question))


@operator("suffix_is_contained_by", "suffix_is_not_contained_by")
def suffix_is_contained_by(question: Question) -> Mask:
    """The last letters are in the list."""
    return is_among(_part(question, "suffix"), _whole_list(question))


def _whole_list(question: Question) -> Vector:
    found = question.comparand
    if question.compares_columns and not found.listed:
        return constant(tuple(value for value in found.used if value is not None), question.length)
    return found


def _part(question: Question, side: str) -> Vector:
    """The first or last letters of each text."""
    length = question.option(side)
    count = int(length) if isinstance(length, int | float) else None
    if count == 0:
        raise NotAnswerableError(f"the rule asks for a {side} of 0 letters")

    def cut(value: Value) -> Value:
        if value is None or count is None:
            return value
        text = to_text(value)
        return str(text[:count] if side == "prefix" else text[-count:])

    return question.target.map(cut)


@operator("is_title_case", "is_not_title_case")
def is_title_case(question: Question) -> Mask:
    """The words of the text begin with capital letters, but for small words between them."""
    return question.target.test(_is_title)


_SMALL = frozenset(
    {"a", "an", "and", "as", "at", "but", "by", "en", "for", "from", "if", "in", "is", "nor", "of", "on"}
)
_SMALL |= {"or", "per", "the", "to", "v", "via", "vs", "with", "within"}


def _is_title(value: Value) -> bool:
    words = to_text(value).split()
    return all(
        not word[:1].isalpha() or word[:1].isupper() or (place > 0 and word.lower() in _SMALL)
        for place, word in enumerate(words)
    )
