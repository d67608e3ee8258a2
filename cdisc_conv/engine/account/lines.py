"""The lines of the account. Each counts rows, so that the accounts of parts of the data add up to that of the whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cdisc_conv.problems import SHOWN_ROWS, Problem, Tally


class Account(StrEnum):
    """What a line of the account counts."""

    READ = "rows read"
    USED = "rows used"
    EXCLUDED = "rows excluded"
    LOST = "rows lost"
    LOOKED_UP = "rows looked up"
    NOT_MATCHED = "rows not matched"
    NOT_SUBMITTED = "rows not submitted"
    NOT_IN_RUN = "rows not in this run"
    NOT_READ = "rows not read"
    UNACCOUNTED = "rows unaccounted"
    MAPPED = "column mapped"
    COLUMN_NOT_SUBMITTED = "column not submitted"
    COLUMN_NOT_READ = "column not read"
    UNMAPPED = "column unmapped"
    VALUES_LEFT_OUT = "values left out"
    VALUES_LOST = "values in lost rows"
    VALUES_NOT_USED = "values not used"
    VALUES_NOT_SUBMITTED = "values not submitted"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: of rows (`field` blank), or of the rows that have a value in a column.

    Lines of rows without a `dataset` count each row once, whatever datasets use it; those with one say what became of
    the rows there.
    """

    form: str
    """A form, or a dataset that is given."""
    dataset: str
    field: str
    account: Account
    by: str = ""
    """Datasets, conditions, variables, or the reason."""
    tally: Tally = dataclasses.field(default_factory=Tally)

    @property
    def rows(self) -> int:
        """How many rows it counts."""
        return self.tally.count


@dataclass(frozen=True, slots=True)
class Accounting:
    """The whole account, and what is wrong with it."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def count_rows(rows: np.ndarray) -> Tally:
    """The tally of some rows, given by their places from 0 in ascending order."""
    return Tally(len(rows), tuple(int(row) + 1 for row in rows[:SHOWN_ROWS]))


def merge_accounts(*accounts: Iterable[Line]) -> tuple[Line, ...]:
    """The account of all data from accounts of parts of it that share no row; lines stand as they first appear.

    >>> first = Line("ae", "", "", Account.READ, "", Tally(2, (1, 2)))
    >>> merge_accounts([first], [Line("ae", "", "", Account.READ, "", Tally(1, (3,)))])[0].tally
    Tally(count=3, rows=(1, 2, 3))
    """
    found: dict[tuple[str, str, str, Account, str], Tally] = {}
    for line in (line for lines in accounts for line in lines):
        key = (line.form, line.dataset, line.field, line.account, line.by)
        found[key] = found.get(key, Tally()) + line.tally
    return tuple(Line(*key, tally) for key, tally in found.items())
