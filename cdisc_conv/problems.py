"""What is wrong, in one shape for every stage: a code, a severity, words, and where.

Stages collect problems and hand them on; they neither print them nor stop at the first one.
The command line prints them, the report lists them, and the exit code follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MOST_COMPARED = 500
"""Names that a misspelt word is compared with; of more, only those that begin alike."""
MOST_LETTERS = 200
SHOWN_ROWS = 10
"""How many row numbers a problem carries; `count` tells how many there are."""


class Severity(StrEnum):
    """How much a problem matters.

    ``error``: the output is wrong or could not be made. ``warning``: somebody has to look.
    ``note``: worth knowing; a run with notes only is a clean run.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: in a spec (file, line), in the data (form, row, field), or in an output (dataset, variable).

    ``rows`` are the first few row numbers as a person counts them, each of them once: in a raw file the line of the
    data row after the header starts at 1.
    """

    file: str = ""
    line: int = 0
    form: str = ""
    field: str = ""
    rows: tuple[int, ...] = ()
    dataset: str = ""
    variable: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(dict.fromkeys(self.rows)))

    def __str__(self) -> str:
        if self.file:
            return f"{self.file}:{self.line}" if self.line else self.file
        data = ".".join(part for part in (self.dataset, self.variable) if part)
        raw = ".".join(part for part in (self.form, self.field) if part)
        rows = _format_rows(self.rows)
        return " ".join(part for part in (data, f"form {raw}" if raw else "", rows) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    >>> problem = Problem("RAW004", "form 'ae' has no column AETERM", place=Place(file="raw/ae.csv", line=1),
    ...                   hint="the columns are SUBJID, AEYN")
    >>> print(problem)
    raw/ae.csv:1: RAW004 form 'ae' has no column AETERM (the columns are SUBJID, AEYN)
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    place: Place = Place()
    hint: str = ""
    value: str = ""
    count: int = 1
    cause: str = ""
    """The variable that has the wrong `value` (``AE.AESTDTC``), where `place` is one that was made of it."""

    def __str__(self) -> str:
        where = str(self.place)
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}: {self.code} {self.message}{hint}" if where else f"{self.code} {self.message}{hint}"

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain data, for `findings.json`."""
        return {name: value for name, value in asdict(self).items() if name != "cause"}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows there are of something, and the first of them, counted from 1.

    Tallies of parts of the data add up to that of the whole, in any order; a row that several name stands there once.

    >>> Tally(2, (1, 9)) + Tally(1, (4,))
    Tally(count=3, rows=(1, 4, 9))
    """

    count: int = 0
    rows: tuple[int, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, tuple(sorted({*self.rows, *other.rows})[:SHOWN_ROWS]))


class ProblemsError(Exception):
    """Raised where a stage cannot go on; carries every problem found so far, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,), self.__dict__


def count_by_severity(problems: Iterable[Problem]) -> dict[Severity, int]:
    """Number of problems per severity, zeros included.

    >>> count_by_severity([Problem("X", "bad"), Problem("Y", "odd", Severity.NOTE)])[Severity.ERROR]
    1
    """
    totals = dict.fromkeys(Severity, 0)
    for problem in problems:
        totals[problem.severity] += 1
    return totals


def exit_code(problems: Iterable[Problem]) -> int:
    """0 when nothing needs a person, 1 when there are findings (errors or warnings)."""
    return int(any(problem.severity is not Severity.NOTE for problem in problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint for a misspelt word, or an empty text when nothing known is close.

    >>> did_you_mean("constnat", ["constant", "copy"])
    'did you mean constant?'
    """
    close = closest(word, known)
    return f"did you mean {close}?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that a misspelt one must mean, or an empty text when none is close.

    Of words that are equally close, one that only swaps two neighbouring letters is meant.

    >>> closest("AETRM", ["AETERM", "AESEV"]), closest("fomr", ["from", "form"])
    ('AETERM', 'form')
    """
    from difflib import get_close_matches

    by_folded = {name.casefold(): name for name in known}
    folded = word.casefold()
    places = range(min(len(folded), MOST_LETTERS) - 1 if len(folded) > 2 else 0)  # EA need not be AE
    swapped = (folded[:at] + folded[at + 1] + folded[at] + folded[at + 2 :] for at in places)
    if found := next((text for text in swapped if text in by_folded), ""):
        return by_folded[found]
    names = list(by_folded)
    if len(names) > MOST_COMPARED:  # comparing one by one takes a second for 20,000 names
        near = [name for name in names if abs(len(name) - len(folded)) <= 2 and name[:2] == folded[:2]]
        names = sorted(near, key=lambda name: sum(a == b for a, b in zip(name, folded, strict=False)), reverse=True)
        names = names[:MOST_COMPARED]
    close = get_close_matches(folded[:MOST_LETTERS], names, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else ""


def _format_rows(rows: tuple[int, ...]) -> str:
    if not rows:
        return ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}"
