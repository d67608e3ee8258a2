"""Values of one subject held against each other: baselines, and parameters that cannot be in another order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import numpy as np

from cdisc_conv.checks.codes import Coded, combine, first_of
from cdisc_conv.checks.functions.general.common import repeat_words
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table
from cdisc_conv.columns.numerals import write_number

_FLAG, _KEYS, _TYPE = "ABLFL", (SUBJECT, "PARAMCD"), "BASETYPE"
_TOLERANCE = 1e-6
_POINTED = re.compile(r"-?[0-9]+\.[0-9]*")


class Baseline(Parameters):
    """``base``: the variable of the baseline value; ``of``: the variable it is taken from; ``finds``: a value that
    ``differs`` from that of the baseline record, or one ``without`` such a record.
    """

    base: str
    of: str
    finds: Literal["differs", "without"]


class ValueOrder(Parameters):
    """``of``: the variable of the values; ``parameter``: that of the codes; the value of the code ``smaller`` may not
    be above that of the code ``greater``.
    """

    of: str
    parameter: str
    smaller: str
    greater: str


@register_check(Baseline, reach="subject")
def check_baselines(scope: Scope) -> Iterator[Hits]:
    """Baseline values held against the record with ABLFL = Y of the same subject, parameter and type of baseline.

    A subject with several baselines of a parameter is a finding of its own and not looked at here.
    """
    table, parameters = scope.table, scope.parameters
    table.require(*_KEYS, _FLAG, parameters.base, parameters.of)
    names = [*_KEYS, *([_TYPE] if table.has(_TYPE) else [])]
    groups = combine([table.coded(name) for name in names], table.length)
    count = int(groups.max(initial=-1)) + 1
    flagged = table.select(f'{_FLAG} == "Y"')
    baselines = np.bincount(groups[flagged], minlength=count)[groups] if count else np.zeros(0)
    filled = ~table.coded(parameters.base).blank & scope.mask
    if parameters.finds == "without":
        yield Hits(parameters.base, np.flatnonzero(filled & (baselines == 0)))
        return
    rows = np.flatnonzero(flagged)
    source = first_of(groups[rows], count)[groups]
    # a group without a baseline has no row to compare with; any row stands in and is masked away
    source = rows[np.maximum(source, 0)] if len(rows) else np.zeros(table.length, dtype="int64")
    differs = _differ(table, parameters.base, parameters.of, source)
    found = np.flatnonzero(filled & (baselines == 1) & differs)

    def tell(row: int) -> str:
        base, value = table.text(parameters.base, row), table.text(parameters.of, int(source[row])) or "blank"
        return f"{parameters.base} {base}, {parameters.of} at baseline {value}"

    yield Hits(parameters.base, found, details=tell)


@register_check(ValueOrder, reach="subject")
def check_value_order(scope: Scope) -> Iterator[Hits]:
    """Records of one parameter with a greater value than the subject's first record of another parameter."""
    table, parameters = scope.table, scope.parameters
    codes, subjects, values = table.coded(parameters.parameter), table.coded(SUBJECT), table.numbers(parameters.of)
    smaller, greater = (
        codes.spread(np.array([text == wanted for text in codes.texts], dtype=bool))
        for wanted in (parameters.smaller, parameters.greater)
    )
    rows = np.flatnonzero(greater & scope.mask)
    if not len(rows) or not smaller.any():
        raise NotRunnableError(f"{table.name} has not both {parameters.smaller} and {parameters.greater}")
    place = first_of(subjects.codes[rows], len(subjects.values))[subjects.codes]
    limits = np.where(place < 0, np.nan, values[rows[np.maximum(place, 0)]])
    with np.errstate(invalid="ignore"):
        found = np.flatnonzero(smaller & (values > limits) & scope.mask)

    def tell(row: int) -> str:
        return f"{parameters.smaller} {write_number(values[row])}, {parameters.greater} {write_number(limits[row])}"

    words = {"smaller": parameters.smaller, "greater": parameters.greater}
    yield Hits(parameters.of, found, words=repeat_words(words), details=tell)


def _differ(table: Table, base: str, of: str, source: np.ndarray) -> np.ndarray:
    if table.is_numeric(base) and table.is_numeric(of):
        given, expected = table.numbers(base), table.numbers(of)[source]
        scale = np.fmax(1.0, np.fmax(np.abs(given), np.abs(expected)))
        return np.asarray(~(np.abs(given - expected) <= _TOLERANCE * scale))
    return differ_by_text(table.coded(base), table.coded(of).take(source))


def differ_by_text(ours: Coded, theirs: Coded, *, loose: bool = False) -> np.ndarray:
    """Which records of two columns, value by value, are not the same text.

    `loose` is for columns of which nobody knows whether they hold numbers: ``47.0`` is the same as ``47``.
    """
    left, right = ([_write_plainly(text) for text in one.texts] if loose else one.texts for one in (ours, theirs))
    places: dict[str, int] = {}
    own = np.array([places.setdefault(text, len(places)) for text in left], dtype="int64")
    matched = np.array([places.get(text, -1) for text in right], dtype="int64")
    return np.asarray(theirs.spread(matched) != ours.spread(own))


def _write_plainly(text: str) -> str:
    """A number without zeros behind its point; any other text as it is."""
    return text.rstrip("0").rstrip(".") if _POINTED.fullmatch(text) else text
