"""Results of findings: units and other values that a test has in some records only, and flags of baseline."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.codes import Coded, combine, first_of
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table


class Unit(Parameters):
    """``result`` and its ``unit``; ``test`` is the variable of the test. A test that has ``also``, another unit, in
    any record has one as well.
    """

    result: str
    unit: str
    test: str
    also: str = ""


class Elsewhere(Parameters):
    """``of`` is the variable that is blank in some records; ``per`` are those that are equal in others."""

    of: str
    per: tuple[str, ...]


class FlaggedSubjects(Parameters):
    """``flags`` are variables, any of which will do."""

    flags: tuple[str, ...]


@register_check(Unit, reach="across")
def check_unit_missing(scope: Scope) -> Iterator[Hits]:
    """Numeric results without a unit, of tests that have a unit in other records."""
    table, parameters = scope.table, scope.parameters
    tests, units = table.coded(parameters.test), table.coded(parameters.unit)
    first, source = _find_first_filled(tests, units), units
    if parameters.also and table.has(parameters.also) and (first < 0).any():
        source = table.coded(parameters.also)
        other = _find_first_filled(tests, source)
    else:
        other = first
    with_unit = (first >= 0) | (other >= 0)
    wrong = with_unit[tests.codes] & units.blank & _is_numeric(table, parameters.result) & scope.mask
    rows = np.flatnonzero(wrong)

    def words(row: int) -> dict[str, str]:
        test = tests.codes[row]
        place, column = (first, units) if first[test] >= 0 else (other, source)
        return {"value": tests.text(row), "expected": column.text(int(place[test]))}

    yield Hits(parameters.unit, rows, tests.codes[rows], words)


def _find_first_filled(groups: Coded, values: Coded) -> np.ndarray:
    """The first record with a value (int64; -1 for none) of each distinct group."""
    rows = np.flatnonzero(~values.blank)
    return np.asarray(np.append(rows, -1)[first_of(groups.codes[rows], len(groups.values))])


@register_check(Elsewhere)
def check_missing_elsewhere(scope: Scope) -> Iterator[Hits]:
    """Records without a value that other records of the same keys have."""
    table, parameters = scope.table, scope.parameters
    table.require(parameters.of, *parameters.per)
    values = table.coded(parameters.of)
    keys = combine([table.coded(name) for name in parameters.per], table.length)
    filled = np.flatnonzero(~values.blank)
    first = np.append(filled, -1)[first_of(keys[filled], int(keys.max(initial=-1)) + 1)]
    rows = np.flatnonzero(values.blank & (first[keys] >= 0) & scope.mask) if table.length else filled
    yield Hits(
        parameters.of,
        rows,
        keys[rows],
        lambda row: {
            "of": parameters.of,
            "value": "/".join(table.text(name, row) for name in parameters.per),
            "expected": values.text(int(first[keys[row]])),
        },
    )


@register_check(FlaggedSubjects, reach="subject")
def check_flagged_subjects(scope: Scope) -> Iterator[Hits]:
    """Treated subjects (DM.RFXSTDTC) of whom no record of the dataset is flagged; their first record stands for them.

    A dataset without any flag is left to the rule for expected variables.
    """
    table = scope.table
    table.require(SUBJECT, "DM.RFXSTDTC")
    flags = [table.coded(name) for name in scope.parameters.flags if name in table.frame]
    if not flags:
        raise NotRunnableError(f"{table.name} has none of {', '.join(scope.parameters.flags)}")
    subjects = table.coded(SUBJECT)
    flagged = np.zeros(len(subjects.values), dtype=bool)
    for flag in flags:
        flagged[subjects.codes[flag.spread(np.array([text == "Y" for text in flag.texts], dtype=bool))]] = True
    treated = ~table.coded("DM.RFXSTDTC").blank & (table.subject_rows >= 0)
    first = first_of(subjects.codes, len(subjects.values))
    rows = np.sort(first[~flagged & (first >= 0)])
    yield Hits(scope.variable, rows[(treated & scope.mask)[rows]])


def _is_numeric(table: Table, name: str) -> np.ndarray:
    """Which records have a number in a column of text or of numbers."""
    return np.asarray(~np.isnan(read_numbers(table.coded(name))))


def read_numbers(coded: Coded) -> np.ndarray:
    """A column of text or of numbers as numbers (float64), NaN for what is none."""
    return np.asarray(coded.spread(np.array([_read_number(text) for text in coded.texts], dtype="float64")))


def _read_number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan
