"""What was found in data, in a form that adds up.

Ranges of subjects are looked at apart. What each finds is a `Finding`, the same wherever it is made, and what was
`Found` of it: how many records, which rows come first, and the parameters of its text. Two of them add up in any order,
and `describe_findings` puts the sum into words. So findings do not depend on how the subjects of a study were split.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol, Self, TypeVar

from cdisc_conv.problems import Place, Problem, Severity, Tally

Renumber = Callable[[int], int]
"""The number of a row in a whole file or dataset, from its number in a range."""
SHOWN_KEYS = 5
_Key = TypeVar("_Key")
_Added = TypeVar("_Added")


class Number(int):
    """A number that a text has beside what it counts.

    ``#`` stands for the number, ``|`` parts one from several, and with ``?`` in front 0 is nothing at all.

    >>> f"{Number(1):# value is|# values are} blank", f"{Number(1200):# value is|# values are} blank"
    ('1 value is blank', '1,200 values are blank')
    >>> f"here{Number(0):?, and # more}", f"here{Number(3):?, and # more}"
    ('here', 'here, and 3 more')
    """

    def __format__(self, spec: str) -> str:
        if spec.startswith("?"):
            return format(self, spec[1:]) if self else ""
        if "|" not in spec and "#" not in spec:
            return super().__format__(spec)
        one, _, several = spec.partition("|")
        return (one if self == 1 or not several else several).replace("#", f"{int(self):,}")


class Parameter(Protocol):
    """Part of a text that is known only when all ranges are together; adding is associative and commutative."""

    def __add__(self, other: Self) -> Self: ...

    def renumber(self, change: Renumber) -> Self:
        """The same with other row numbers."""

    def __format__(self, spec: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Total:
    """A number of things that each are in one range alone."""

    number: int

    def __add__(self, other: Total) -> Total:
        return Total(self.number + other.number)

    def renumber(self, change: Renumber) -> Total:
        return self

    def __format__(self, spec: str) -> str:
        return format(Number(self.number), spec)


@dataclass(frozen=True, slots=True, order=True)
class Example:
    """What is said of one record, the first one: that with the lowest row number (0 where rows have none)."""

    row: int
    text: str

    def __add__(self, other: Example) -> Example:
        return min(self, other)

    def renumber(self, change: Renumber) -> Example:
        return Example(change(self.row) if self.row else 0, self.text)

    def __format__(self, spec: str) -> str:
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """The variable that reads something first, by its step in the plan; without a name, nothing reads it."""

    at: int = sys.maxsize
    name: str = ""

    def __add__(self, other: Reader) -> Reader:
        return min(self, other)

    def renumber(self, change: Renumber) -> Reader:
        return self

    def __format__(self, spec: str) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Names:
    """Different things that records belong to, such as subjects or keys, each with its records."""

    tallies: Mapping[str, Tally]

    def __add__(self, other: Names) -> Names:
        return Names(add_maps(self.tallies, other.tallies))

    def renumber(self, change: Renumber) -> Names:
        return Names({name: renumber_tally(tally, change) for name, tally in self.tallies.items()})

    def __format__(self, spec: str) -> str:
        """The first few; ``3`` for as many, ``3...`` to say that there are more."""
        most = int(spec.rstrip("."))
        more = " ..." if spec.endswith("...") and len(self.tallies) > most else ""
        return ", ".join(self.list_first(most)) + more

    def list_first(self, most: int) -> list[str]:
        """The first names in the order of their first rows."""
        return sorted(self.tallies, key=lambda name: (self.tallies[name].rows[:1], name))[:most]

    @property
    def number(self) -> Number:
        """How many there are."""
        return Number(len(self.tallies))

    @property
    def others(self) -> Number:
        """How many there are besides the first."""
        return Number(len(self.tallies) - 1)

    @property
    def first(self) -> str:
        """The one of the first row."""
        return self.list_first(1)[0]

    @property
    def records_of_first(self) -> Number:
        """How many records it has."""
        return Number(self.tallies[self.first].count)

    @property
    def subjects(self) -> str:
        """``subject 01-003``, or ``3 subjects (the first: 01-003)``."""
        if len(self.tallies) == 1:
            return f"subject {self.first}"
        return f"{len(self.tallies):,} subjects (the first: {self.first})"

    @property
    def ranked(self) -> str:
        """Those of the most records first, each with their number; how many more there are at the end."""
        order = self._rank()
        more = len(order) - SHOWN_KEYS
        shown = "; ".join(f"{name} ({self.tallies[name].count:,})" for name in order[:SHOWN_KEYS])
        return f"{shown} and {more:,} more" if more > 0 else shown

    @property
    def most(self) -> str:
        """The one of the most records."""
        return self._rank()[0]

    def _rank(self) -> list[str]:
        return sorted(self.tallies, key=lambda name: (-self.tallies[name].count, self.tallies[name].rows[:1], name))


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause: what is the same in every range that has it.

    `message`, `hint` and `value` are texts as they stand; with `fixed`, templates of `str.format`, whose names are
    those of `fixed`, of the parameters in `Found`, and ``count`` for the number of records.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    place: Place = Place()
    hint: str = ""
    value: str = ""
    cause: str = ""
    fixed: tuple[tuple[str, str], ...] | None = None
    rows_of: str = ""
    """The table that has the rows: ``form ae``, or a dataset; "" where they are of none."""
    everywhere: bool = False
    """Whether it is about the mapping and not about records, so that each range finds the very same."""
    once: tuple[str, ...] = ()
    """Of findings that have this in common, the first one alone is reported; of single values, beside the value."""
    most: int = 0
    """How many single values are findings of their own; the others are one finding, `message`."""
    unless_known: bool = False
    """Whether it says nothing new of a value that an earlier finding reports in the same column."""


@dataclass(frozen=True, slots=True)
class Value:
    """A single value of a finding: its records and, where it is among the first of its range, its own texts."""

    tally: Tally
    message: str = ""
    hint: str = ""

    def __add__(self, other: Value) -> Value:
        return Value(self.tally + other.tally, max(self.message, other.message), max(self.hint, other.hint))


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one cause, in one range or in several."""

    tally: Tally
    at: int = 0
    """The step that found it; the findings of earlier steps come first."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    """``against`` is a `Total` of what speaks against it: above 0, it is no finding. So it is without a ``reader``."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """The single values, where each is a finding of its own."""

    def __add__(self, other: Found) -> Found:
        return Found(
            self.tally + other.tally,
            min(self.at, other.at),
            add_maps(self.parameters, other.parameters),
            add_maps(self.values, other.values),
        )

    def renumber(self, change: Renumber) -> Found:
        """The same with other row numbers."""
        return Found(
            renumber_tally(self.tally, change),
            self.at,
            {name: parameter.renumber(change) for name, parameter in self.parameters.items()},
            {text: replace(each, tally=renumber_tally(each.tally, change)) for text, each in self.values.items()},
        )

    @property
    def holds(self) -> bool:
        """Whether there is anything to report."""
        against, reader = self.parameters.get("against", Total(0)), self.parameters.get("reader")
        return self.tally.count > 0 and against == Total(0) and reader != Reader()


Findings = Mapping[Finding, Found]


def add_maps(one: Mapping[_Key, _Added], other: Mapping[_Key, _Added]) -> dict[_Key, _Added]:
    """Both maps in one; what both have is added up."""
    merged: dict[_Key, Any] = dict(one)
    for key, value in other.items():
        merged[key] = merged[key] + value if key in merged else value
    return merged


def renumber_tally(tally: Tally, change: Renumber) -> Tally:
    """A tally with other row numbers."""
    return Tally(tally.count, tuple(sorted({change(row) for row in tally.rows})))


def merge_findings(*findings: Findings) -> dict[Finding, Found]:
    """The findings of several ranges, their rows counted alike."""
    merged: dict[Finding, Found] = {}
    for finding, found in (item for each in findings for item in each.items()):
        if finding not in merged:
            merged[finding] = found
        elif finding.everywhere:
            merged[finding] = replace(merged[finding], at=min(merged[finding].at, found.at))
        else:
            merged[finding] = merged[finding] + found
    return merged


def describe_findings(findings: Findings) -> list[Problem]:
    """The findings in words, in the order of the steps that found them, then of codes, rows and places."""
    problems: list[Problem] = []
    seen: set[tuple[str, ...]] = set()
    known: set[tuple[str, str, str]] = set()
    there = [(finding, found) for finding, found in findings.items() if found.holds]
    for finding, found in sorted(there, key=lambda item: _order(*item)):
        described = list(_describe_values(finding, found, seen) if found.values else _describe(finding, found, seen))
        if finding.unless_known:
            described = [problem for problem in described if _column_of(problem) not in known]
        known.update(map(_column_of, described))
        problems += described
    return problems


def _order(finding: Finding, found: Found) -> tuple[object, ...]:
    place = finding.place
    where = (place.form, place.field, place.dataset, place.variable)
    return found.at, finding.code, found.tally.rows[:1], where, finding.message, finding.fixed or (), finding.value


def _column_of(problem: Problem) -> tuple[str, str, str]:
    """The column of a form, or of a dataset, that has the value of a finding, and the value."""
    place = problem.place
    return (place.form, place.field, problem.value) if place.form else ("", problem.cause, problem.value)


def _describe(finding: Finding, found: Found, seen: set[tuple[str, ...]]) -> Iterator[Problem]:
    if finding.once and finding.once in seen:
        return
    seen.add(finding.once)
    if finding.fixed is None:
        yield _make_problem(finding, found.tally, finding.message, finding.hint, finding.value)
        return
    parameters = {**dict(finding.fixed), **found.parameters, "count": Number(found.tally.count)}
    message, hint, value = (text.format_map(parameters) for text in (finding.message, finding.hint, finding.value))
    place = replace(finding.place, variable=finding.place.variable.format_map(parameters))
    yield _make_problem(replace(finding, place=place), found.tally, message, hint, value)


def _describe_values(finding: Finding, found: Found, seen: set[tuple[str, ...]]) -> Iterator[Problem]:
    """The first values one by one, the rest together."""
    values = [text for text in found.values if not finding.once or (*finding.once, text) not in seen]
    if finding.once:
        seen.update((*finding.once, text) for text in values)
    order = iter(sorted(values, key=lambda text: (found.values[text].tally.rows[:1], text)))
    for text in islice(order, finding.most):
        value = found.values[text]
        yield _make_problem(finding, value.tally, value.message, value.hint, text)
    if rest := list(order):
        tally = sum((found.values[text].tally for text in rest), Tally())
        yield _make_problem(finding, tally, describe_rest(finding, rest), "", rest[0])


def describe_rest(finding: Finding, rest: list[str]) -> str:
    """The message of the values that have none of their own."""
    return finding.message.format_map({**dict(finding.fixed or ()), "rest": Number(len(rest)), "first": rest[0]})


def _make_problem(finding: Finding, tally: Tally, message: str, hint: str, value: str) -> Problem:
    place = replace(finding.place, rows=tally.rows)
    return Problem(finding.code, message, finding.severity, place, hint, value, tally.count, finding.cause)


def count_errors(problems: Iterable[Problem]) -> dict[tuple[str, str, str], int]:
    """(form, column, value) -> the most rows of one error that reports it."""
    counts: dict[tuple[str, str, str], int] = {}
    for problem in problems:
        if problem.severity is Severity.ERROR and problem.value:
            key = (problem.place.form, problem.place.field, problem.value)
            counts[key] = max(counts.get(key, 0), problem.count)
    return counts
