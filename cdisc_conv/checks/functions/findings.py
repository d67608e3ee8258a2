"""Results of findings: units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.codes import first_of
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import Table


class Unit(Parameters):
    """``result`` and its ``unit``; ``test`` is the variable of the test."""

    result: str
    unit: str
    test: str


@register_check(Unit, reach="across")
def check_unit_missing(scope: Scope) -> Iterator[Hits]:
    """Numeric results without a unit, of tests that have a unit in other records."""
    table, parameters = scope.table, scope.parameters
    tests, units = table.coded(parameters.test), table.coded(parameters.unit)
    filled = np.flatnonzero(~units.blank)
    first = first_of(tests.codes[filled], len(tests.values))
    with_unit = first >= 0
    wrong = with_unit[tests.codes] & units.blank & _is_numeric(table, parameters.result) & scope.mask
    rows = np.flatnonzero(wrong)
    yield Hits(
        parameters.unit,
        rows,
        tests.codes[rows],
        lambda row: {"value": tests.text(row), "expected": units.text(int(filled[first[tests.codes[row]]]))},
    )


def _is_numeric(table: Table, name: str) -> np.ndarray:
    """Which records have a number in a column of text or of numbers."""
    coded = table.coded(name)
    return coded.spread(np.array([_reads_as_number(text) for text in coded.texts], dtype=bool))


def _reads_as_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False
