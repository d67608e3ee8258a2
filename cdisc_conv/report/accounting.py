"""The account of the raw data: what became of every row and of every column, and whether it adds up.

Every raw row is counted once: as used (by these datasets), else as excluded (by these conditions), else as looked up,
not submitted, not in this run, or unaccounted for. So the counts of a form add up to the rows read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.engine.blocks import group_codes
from cdisc_conv.engine.coded import list_readers
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.engine.plan import Part, Plan, RowSet
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.spec.model import SourceKind, Study
from cdisc_conv.visible import make_cell


class Account(StrEnum):
    """What a line of the account counts."""

    READ = "rows read"
    USED = "rows used"
    EXCLUDED = "rows excluded"
    LOOKED_UP = "rows looked up"
    NOT_SUBMITTED = "rows not submitted"
    NOT_IN_RUN = "rows not in this run"
    UNACCOUNTED = "rows unaccounted"
    MAPPED = "column mapped"
    COLUMN_NOT_SUBMITTED = "column not submitted"
    UNMAPPED = "column unmapped"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: of rows (``field`` empty) or of a column (``rows`` counts the rows that have a value there)."""

    form: str
    field: str
    account: Account
    rows: int
    by: str = ""
    """Datasets, conditions, variables, or the reason."""


@dataclass(frozen=True, slots=True)
class Accounting:
    """The whole account, and what is wrong with it."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def account_for(conversion: Conversion) -> Accounting:
    """The account of a run, form by form in the study's order.

    Findings: ACC001 (error), rows that no dataset uses and no condition excludes; ACC002 (warning), a column that is
    neither mapped nor declared not submitted. A run of some datasets only has no ACC001: the others may use the rows.
    """
    accountant = _Accountant(conversion)
    lines: list[Line] = []
    problems: list[Problem] = []
    for form in conversion.study.forms:
        if form in accountant.read:
            rows = accountant.account_rows(form, problems)
            lines.extend([*rows, *accountant.account_columns(form, problems)])
    return Accounting(tuple(lines), tuple(problems))


def write_accounting(accounting: Accounting, path: Path) -> None:
    """accounting.csv: form, field, account, rows, by. No name of a form or field becomes a formula or a command."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["form", "field", "account", "rows", "by"])
        for line in accounting.lines:
            texts = (line.form, line.field, line.account.value)
            writer.writerow([*map(make_cell, texts), line.rows, make_cell(line.by)])


class _Accountant:
    def __init__(self, conversion: Conversion) -> None:
        self._study = conversion.study
        self._state = conversion.state
        self.read = frozenset(conversion.forms or conversion.state.forms)
        made = {dataset for dataset, _ in self._state.blocks}
        self._complete = made == set(self._study.datasets)
        self._readers = list_readers(conversion.plan)
        self._lookups = list_lookups(self._study, conversion.plan)

    def account_rows(self, form: str, problems: list[Problem]) -> Iterator[Line]:
        """The lines of a form's rows; they add up to the first one."""
        length = len(self._state.forms[form])
        yield Line(form, "", Account.READ, length)
        used, excluded = self._masks(form, length)
        is_used, is_excluded = _any(used, length), _any(excluded, length)
        yield from _count_combinations(form, Account.USED, used, is_used)
        yield from _count_combinations(form, Account.EXCLUDED, excluded, is_excluded & ~is_used)
        rest = np.flatnonzero(~is_used & ~is_excluded)
        if not len(rest):
            return
        account, by = self._explain_rest(form)
        yield Line(form, "", account, len(rest), by)
        if account is Account.UNACCOUNTED:
            problems.append(_describe_unaccounted(form, rest, length))

    def account_columns(self, form: str, problems: list[Problem]) -> Iterator[Line]:
        """One line per column of the form's file."""
        frame = self._state.forms[form]
        declared = self._study.forms[form].fields
        for field in dict.fromkeys([*declared, *map(str, frame.columns)]):
            values = int((frame[field] != "").sum()) if field in frame else 0
            account, by = self._explain_column(form, field)
            if account is not None:
                yield Line(form, field, account, values, by)
            elif field not in declared:
                yield Line(form, field, Account.UNMAPPED, values, "not in the data dictionary")
            else:
                yield Line(form, field, Account.UNMAPPED, values)
                problems.append(_describe_unmapped(form, field, values, len(frame)))

    def _explain_column(self, form: str, field: str) -> tuple[Account | None, str]:
        """What became of a column; None when nothing is known. The code of a coded item and its words go together."""
        account, by = self._explain_alone(form, field)
        if account is not None:
            return account, by
        fields = self._study.forms[form].fields
        coded = fields[field].decode_of if field in fields else ""
        partners = [coded] if coded else [name for name, other in fields.items() if other.decode_of == field]
        what = "the words of" if coded else "the code of"
        for partner in partners:
            account, by = self._explain_alone(form, partner)
            if account is not None:
                return account, f"{what} {partner}: {by}"
        return None, ""

    def _explain_alone(self, form: str, field: str) -> tuple[Account | None, str]:
        if readers := self._readers.get((form, field), ()):
            return Account.MAPPED, "; ".join(readers)
        if reason := self._reason(form, field):
            return Account.COLUMN_NOT_SUBMITTED, reason
        return None, ""

    def _masks(self, form: str, length: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Which rows each dataset uses, and which rows each condition leaves out."""
        used: dict[str, np.ndarray] = {}
        excluded: dict[str, np.ndarray] = {}
        for (dataset, _), rows in self._state.blocks.items():
            if rows.source != f"form {form}":
                continue
            used.setdefault(dataset, np.zeros(length, dtype=bool))[rows.origins()[1]] = True
            for condition, left_out in rows.excluded.items():
                excluded.setdefault(f"{dataset}: not ({condition})", np.zeros(length, dtype=bool))[left_out] = True
        return used, excluded

    def _explain_rest(self, form: str) -> tuple[Account, str]:
        """The account of rows that no dataset uses and no condition excludes."""
        lookups = self._lookups.get(form, ())
        if lookups:
            return Account.LOOKED_UP, "; ".join(lookups)
        if form in self._study.not_submitted:
            return Account.NOT_SUBMITTED, self._study.not_submitted[form]
        return (Account.UNACCOUNTED if self._complete else Account.NOT_IN_RUN), ""

    def _reason(self, form: str, field: str) -> str:
        reasons = self._study.not_submitted
        return next((reasons[key] for key in (f"{form}.{field}", field, form) if key in reasons), "")


def list_lookups(study: Study, plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Form -> the variables that look something up in all its rows, without having their records from it."""
    lookups: dict[str, dict[str, None]] = {}
    for node in plan.order:
        for target in plan.raw_reads[node]:
            form = target.table.removeprefix("form ")
            if form in study.forms and form not in _source_forms(study, node):
                lookups.setdefault(form, {})[str(node)] = None
    return {form: tuple(sorted(names)) for form, names in lookups.items()}


def _source_forms(study: Study, node: Part | RowSet) -> set[str]:
    numbers = (node.block,) if isinstance(node, RowSet) else node.blocks
    sources = (study.datasets[node.dataset].blocks[number].source for number in numbers)
    return {source.name for source in sources if source.kind is SourceKind.FORM}


def _any(masks: Mapping[str, np.ndarray], length: int) -> np.ndarray:
    result = np.zeros(length, dtype=bool)
    for mask in masks.values():
        result |= mask
    return result


def _count_combinations(
    form: str, account: Account, masks: Mapping[str, np.ndarray], among: np.ndarray
) -> Iterable[Line]:
    """One line per combination of masks that occurs among some rows."""
    rows = np.flatnonzero(among)
    if not len(rows):
        return []
    codes = group_codes([pd.Series(mask[rows]) for mask in masks.values()], len(rows))
    _, first, counts = np.unique(codes, return_index=True, return_counts=True)
    lines = [
        Line(form, "", account, int(count), "; ".join(name for name, mask in masks.items() if mask[rows[start]]))
        for start, count in zip(first, counts, strict=True)
    ]
    return sorted(lines, key=lambda line: line.by)


def _describe_unaccounted(form: str, rows: np.ndarray, length: int) -> Problem:
    message = (
        f"{len(rows):,} of {length:,} rows of form {form} are neither used by a dataset nor excluded by a condition"
    )
    hint = f"map them, or add '{form}' to 'not_submitted' of study.yaml with the reason"
    place = Place(form=form, rows=tuple(int(row) + 1 for row in rows[:SHOWN_ROWS]))
    return Problem("ACC001", message, Severity.ERROR, place, hint, count=len(rows))


def _describe_unmapped(form: str, field: str, values: int, length: int) -> Problem:
    message = (
        f"column {field} of form {form} is neither mapped nor declared not submitted; "
        f"{values:,} of {length:,} rows have a value"
    )
    hint = f"map it, or add '{form}.{field}' to 'not_submitted' of study.yaml with the reason"
    return Problem("ACC002", message, Severity.WARNING, Place(form=form, field=field), hint, count=values)
