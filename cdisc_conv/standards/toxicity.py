"""Grades of toxicity for laboratory results, as data: the criteria of the CTCAE, each a condition on numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from cdisc_conv.standards.files import DATA, UnknownStandardError

_PRECISION = 2.0**40
"""Numbers are compared in 40 significant bits, twelve digits, so that 3 x 0.7 is 2.1."""
_COMPARISON = re.compile(r"value (<=|>=|<|>) (?:([\d.]+) x )?(low|high|base|[\d.]+)(?: \+ ([\d.]+))?")
_STATES = ("normal", "abnormal")
_COMPARE: Mapping[str, Any] = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


@dataclass(frozen=True)
class Results:
    """Results to be graded, all in one unit; float64, NaN for missing.

    `low` and `high` are the limits of the normal range, `base` is the result at baseline, and `normal` and `abnormal`
    say of each what it was at baseline (neither where that is not known).
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    normal: np.ndarray
    abnormal: np.ndarray


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison of the value with ``factor x reference + more``, or a state at baseline (`comparison` empty)."""

    comparison: str
    reference: str
    factor: float = 1.0
    more: float = 0.0

    def holds(self, results: Results) -> tuple[np.ndarray, np.ndarray]:
        """Where it is true, and where it is not known."""
        if not self.comparison:
            unknown = ~(results.normal | results.abnormal)
            return np.asarray(getattr(results, self.reference)), unknown
        limit = self._limit(results)
        with np.errstate(invalid="ignore"):
            true = _COMPARE[self.comparison](_round(results.value), _round(limit))
        return true, np.isnan(results.value) | np.isnan(limit)

    def _limit(self, results: Results) -> np.ndarray:
        if self.reference in ("low", "high", "base"):
            return np.asarray(getattr(results, self.reference) * self.factor + self.more)
        return np.full(len(results.value), float(self.reference))


Criterion = tuple[tuple[Atom, ...], ...]
"""Alternatives, of each of which all must hold."""


@dataclass(frozen=True)
class ToxicityTerm:
    """A term of the CTCAE for laboratory tests: its direction, the unit of its numbers, and a criterion per grade.

    `unit` is empty where all is relative to the normal range or to baseline. `words` are the criteria as written.
    """

    term: str
    direction: str
    tests: tuple[str, ...]
    unit: str
    criteria: Mapping[int, Criterion]
    words: Mapping[int, str]

    @property
    def references(self) -> frozenset[str]:
        """What beside the value is asked for: ``low``, ``high``, ``base``, ``normal``."""
        atoms = (atom for criterion in self.criteria.values() for part in criterion for atom in part)
        return frozenset(atom.reference for atom in atoms if not atom.reference[0].isdigit())

    def grade(self, results: Results) -> np.ndarray:
        """The grade of each result: the highest whose criterion holds, 0 where none does; NaN where it is not known.

        It is not known where none holds and one cannot be judged, because a limit or the baseline is missing.

        >>> def column(*numbers): return np.array(numbers, dtype=float)
        >>> anemia = next(one for one in load_toxicity("5.0") if one.term == "Anemia")
        >>> none, no = column(np.nan, np.nan, np.nan), np.zeros(3, dtype=bool)
        >>> low = column(120, np.nan, 120)
        >>> anemia.grade(Results(column(110, 110, 79), low, none, none, no, no)).tolist()
        [1.0, nan, 3.0]
        """
        grade = np.zeros(len(results.value))
        unknown = np.isnan(results.value)
        for number, criterion in sorted(self.criteria.items()):
            true, open_ = _judge(criterion, results)
            grade = np.where(true, float(number), grade)
            unknown |= open_ & ~true
        return np.where((grade == 0) & unknown | np.isnan(results.value), np.nan, grade)


def _judge(criterion: Criterion, results: Results) -> tuple[np.ndarray, np.ndarray]:
    """Where a criterion is true, and where it is neither true nor false."""
    true = np.zeros(len(results.value), dtype=bool)
    unknown = np.zeros(len(results.value), dtype=bool)
    for part in criterion:
        held, doubted = np.ones(len(true), dtype=bool), np.zeros(len(true), dtype=bool)
        false = np.zeros(len(true), dtype=bool)
        for atom in part:
            is_true, is_unknown = atom.holds(results)
            held &= is_true & ~is_unknown
            doubted |= is_unknown
            false |= ~is_true & ~is_unknown
        true |= held
        unknown |= doubted & ~false
    return true, unknown & ~true


def _round(numbers: np.ndarray) -> np.ndarray:
    """Numbers with so many significant digits that products of decimals are what they are on paper."""
    parts, exponents = np.frexp(numbers)
    return np.asarray(np.ldexp(np.round(parts * _PRECISION) / _PRECISION, exponents))


@cache
def load_toxicity(version: str) -> tuple[ToxicityTerm, ...]:
    """The terms of a version of the CTCAE that laboratory results alone can be graded by.

    What only a clinician can say (symptoms, hospitalization, anticoagulation) is taken at its worst; grades that say
    nothing of a number are left out, and so are the grades of fasting glucose, since a test code does not say that.

    Raises:
        UnknownStandardError: no such version; the message lists what there is.

    >>> [(one.term, one.unit) for one in load_toxicity("5.0") if "HGB" in one.tests]
    [('Anemia', 'g/L'), ('Anemia', 'mmol/L'), ('Hemoglobin increased', 'g/L')]
    """
    path = DATA / f"ctcae-{version}.csv"
    if not path.is_file():
        there = ", ".join(sorted((one.stem.removeprefix("ctcae-") for one in DATA.glob("ctcae-*.csv")), reverse=True))
        raise UnknownStandardError(f"no criteria of CTCAE {version} here; there is: {there}")
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(_read_term(row) for row in csv.DictReader(lines))


def _read_term(row: Mapping[str, str]) -> ToxicityTerm:
    words = {number: row[f"grade_{number}"] for number in range(1, 5) if row[f"grade_{number}"]}
    criteria = {number: _read_criterion(text) for number, text in words.items()}
    return ToxicityTerm(row["term"], row["direction"], tuple(row["tests"].split()), row["unit"], criteria, words)


def _read_criterion(text: str) -> Criterion:
    return tuple(tuple(_read_atom(atom) for atom in part.split(" and ")) for part in text.split(" or "))


def _read_atom(text: str) -> Atom:
    if text in _STATES:
        return Atom("", text)
    found = _COMPARISON.fullmatch(text)
    if found is None:
        raise ValueError(f"no criterion: {text!r}")
    return Atom(found[1], found[3], float(found[2] or 1), float(found[4] or 0))
