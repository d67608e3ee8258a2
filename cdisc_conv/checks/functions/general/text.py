"""Texts as they are written: length in bytes, blanks, characters, patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import field_validator

from cdisc_conv.checks.codes import Coded
from cdisc_conv.checks.functions.general.common import by_value, by_variable, show_text
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError
from cdisc_conv.expr.vectors import to_bool
from cdisc_conv.xpt.encodings import measure


class Bytes(Parameters):
    """``most`` is the number of bytes allowed; ``of`` names a variable, all that hold text when it is left out."""

    most: int
    of: str = ""


class Pattern(Parameters):
    """``pattern`` is a regular expression (RE2: linear time, so safe with any data)."""

    pattern: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        return require_pattern(pattern)


class TextPattern(Pattern):
    """``of`` names variables, of which a dataset need not have all; all that hold text when it is left out."""

    of: tuple[str, ...] = ()


class VariablePattern(Pattern):
    """``of`` is the variable; blanks are not looked at."""

    of: str


@register_check(Bytes)
def check_text_bytes(scope: Scope) -> Iterator[Hits]:
    """Texts that take more bytes (of the file's encoding) than allowed."""
    parameters = scope.parameters
    for name in (parameters.of,) if parameters.of else scope.table.text_names:
        coded = scope.table.coded(name)
        if not isinstance(coded.values, pa.Array):
            raise NotRunnableError(f"{name} of {scope.table.name} is not text")
        sizes = coded.spread(measure_texts(coded, scope.table.dataset.codec))
        yield by_variable(name, (sizes > parameters.most) & scope.mask, _tell_size(coded, sizes))


def measure_texts(coded: Coded, codec: str) -> np.ndarray:
    """The bytes of each distinct value."""
    if codec == "utf-8":
        return np.asarray(pc.binary_length(coded.values))
    return np.array([measure(text, codec) for text in coded.texts], dtype=np.int64)


@register_check(TextPattern)
def check_text_pattern(scope: Scope) -> Iterator[Hits]:
    """Texts of any variable in which a pattern is found."""
    names = scope.table.text_names
    wanted = [name for name in names if name in scope.parameters.of] if scope.parameters.of else names
    if not wanted:
        raise NotRunnableError(f"{scope.table.name} has none of the variables that are asked")
    for name in wanted:
        coded = scope.table.coded(name)
        found = find_pattern(coded, scope.parameters.pattern)
        yield by_variable(name, found & scope.mask, _tell_text(coded))


@register_check(VariablePattern)
def check_value_pattern(scope: Scope) -> Iterator[Hits]:
    """Values of a variable that do not fit a pattern as a whole."""
    name = scope.parameters.of
    coded = scope.table.coded(name)
    fits = find_pattern(coded, f"^(?:{scope.parameters.pattern})$")
    yield by_value(name, coded, ~fits & ~coded.blank & scope.mask)


def _tell_size(coded: Coded, sizes: np.ndarray) -> Callable[[int], str]:
    return lambda row: f"{sizes[row]} bytes: '{show_text(coded.text(row))}'"


def _tell_text(coded: Coded) -> Callable[[int], str]:
    return lambda row: f"'{show_text(coded.text(row))}'"


def require_pattern(pattern: str) -> str:
    """A regular expression as it is; ValueError when RE2 does not take it."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        raise ValueError(f"not a regular expression: {str(error).splitlines()[0]}") from None
    return pattern


def find_pattern(coded: Coded, pattern: str) -> np.ndarray:
    """Which records have a text in which a regular expression (RE2) is found (bool)."""
    if not isinstance(coded.values, pa.Array):
        raise NotRunnableError("the variable is not text")
    return coded.spread(to_bool(pc.match_substring_regex(coded.values, pattern)))
