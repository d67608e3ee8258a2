"""The account of a range, source by source: its rows, what each dataset makes of them, its columns and their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cdisc_conv.engine.account.coded import list_readers
from cdisc_conv.engine.account.lines import Account, Line, count_rows
from cdisc_conv.engine.account.marks import SourceMarks, mark_form, mark_given
from cdisc_conv.engine.account.rows import (
    SourceRows,
    any_of,
    count_combinations,
    list_dataset_lines,
    list_lookup_lines,
    name_dataset,
)
from cdisc_conv.engine.account.values import find_unused, list_value_lines
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import Part, Plan, RowSet
from cdisc_conv.spec.model import Form, SourceKind, Study
from cdisc_conv.spec.not_submitted import find_reason
from cdisc_conv.tables import TableId


@dataclass(frozen=True)
class Scope:
    """What a run makes, as far as the account asks: the names of its row sets and variables."""

    study: Study
    plan: Plan
    made: frozenset[str]


def scope_of(state: State) -> Scope:
    """What a run has made."""
    made = {dataset for dataset, _ in state.blocks}
    names = frozenset((*map(str, state.values), *(f"records of {dataset}" for dataset in made)))
    return Scope(state.study, state.plan, names)


def mark_sources(state: State) -> dict[TableId, SourceMarks]:
    """The marks of the raw forms in the study's order and, in a run without raw forms, of the given datasets."""
    study, lookups, readers = state.study, list_lookups(state.study, state.plan), list_readers(state.plan)
    tables = [TableId.of_form(name) for name in study.forms] or [TableId(name) for name in study.given]
    return {
        table: mark_form(state, table.name, lookups.get(table, ()), readers)
        if table.is_form
        else mark_given(state, table.name, lookups.get(table, ()))
        for table in tables
    }


def count_marks(scope: Scope, marks: Mapping[TableId, SourceMarks]) -> tuple[Line, ...]:
    """The lines of some sources, one source after the other."""
    accountant = _Accountant(scope)
    return tuple(
        line
        for table, one in marks.items()
        for line in (accountant.account_form(one) if table.is_form else accountant.account_given(one))
    )


class _Accountant:
    def __init__(self, scope: Scope) -> None:
        self._study = scope.study
        self._plan = scope.plan
        self._made = scope.made
        self._complete = scope.made.issuperset(f"records of {name}" for name in scope.study.datasets)
        self._readers = list_readers(scope.plan)

    def account_form(self, marks: SourceMarks) -> Iterator[Line]:
        """The lines of a form: of its rows, of its rows in each dataset, of its columns and their values."""
        yield from self._account_rows(marks)
        yield from list_dataset_lines(marks.rows, marks.lost, marks.lookups)
        for field in marks.filled:
            yield from self._account_column(marks, field)

    def account_given(self, marks: SourceMarks) -> Iterator[Line]:
        """The lines of a given dataset: nobody has to read all of it."""
        name = marks.rows.name
        yield from self._account_rows(marks)
        yield from list_dataset_lines(marks.rows, {}, marks.lookups)
        readers = list_given_readers(self._plan, name)
        for column, filled in marks.filled.items():
            by = "; ".join(readers.get(column, ()))
            account = Account.MAPPED if by else Account.COLUMN_NOT_READ
            yield Line(name, "", column, account, by, count_rows(np.flatnonzero(filled)))

    def _account_rows(self, marks: SourceMarks) -> Iterator[Line]:
        """Each row once; the lines add up to the first one."""
        rows, lookups = marks.rows, marks.lookups
        yield Line(rows.name, "", "", Account.READ, "", count_rows(np.arange(rows.length)))
        excluded = rows.name_exclusions(rows.used)
        is_used, is_excluded = any_of(rows.used.values(), rows.length), any_of(excluded.values(), rows.length)
        yield from count_combinations(rows.name, "", Account.USED, rows.used, is_used)
        yield from count_combinations(rows.name, "", Account.EXCLUDED, excluded, is_excluded & ~is_used)
        rest = ~is_used & ~is_excluded
        if lookups:
            yield from list_lookup_lines(rows, "", lookups, rest)
        elif rest.any():
            account, by = self._explain_rest(rows)
            yield Line(rows.name, "", "", account, by, count_rows(np.flatnonzero(rest)))

    def _explain_rest(self, rows: SourceRows) -> tuple[Account, str]:
        """The account of rows that no dataset uses or looks anything up in, and no condition excludes."""
        if rows.name in self._study.given:
            return Account.NOT_READ, ""
        if reason := find_reason(self._study.not_submitted, rows.name):
            return Account.NOT_SUBMITTED, reason
        return (Account.UNACCOUNTED if self._complete else Account.NOT_IN_RUN), ""

    def _account_column(self, marks: SourceMarks, field: str) -> Iterator[Line]:
        """What became of a column, and of its values where not all are used."""
        rows, filled = marks.rows, marks.filled[field]
        form = self._study.forms[rows.name]
        tally = count_rows(np.flatnonzero(filled))
        account, by = self._explain_column(form, field)
        if account is None:
            unknown = "" if field in form.fields else "not in the data dictionary"
            yield Line(form.name, "", field, Account.UNMAPPED, unknown, tally)
            return
        yield Line(form.name, "", field, account, by, tally)
        known = form.fields.get(field)
        if account is Account.MAPPED and known and known.item and not known.decode_of:
            readers = self._list_readers(form, field)
            if not self._made.issuperset(readers):
                return  # a reader that this run does not make may use what is left
            unused = find_unused(form, field, filled, marks.reads)
            datasets = tuple(dict.fromkeys(name_dataset(reader) for reader in readers))
            reason = find_reason(self._study.not_submitted, form.name, field)
            missed = any_of((mask for name in datasets for mask in marks.lost.get(name, {}).values()), rows.length)
            yield from list_value_lines(rows, field, unused, datasets, reason, missed)

    def _list_readers(self, form: Form, field: str) -> list[str]:
        """Who reads a column, or the words beside its codes."""
        names = [field, *(name for name, other in form.fields.items() if other.decode_of == field)]
        return [reader for name in names for reader in self._readers.get((form.name, name), ())]

    def _explain_column(self, form: Form, field: str) -> tuple[Account | None, str]:
        """What became of a column; None when nothing is known. The code of a coded item and its words go together."""
        account, by = self._explain_alone(form, field)
        if account is not None:
            return account, by
        coded = form.fields[field].decode_of if field in form.fields else ""
        partners = [coded] if coded else [name for name, other in form.fields.items() if other.decode_of == field]
        what = "the words of" if coded else "the code of"
        for partner in partners:
            account, by = self._explain_alone(form, partner)
            if account is not None:
                return account, f"{what} {partner}: {by}"
        return None, ""

    def _explain_alone(self, form: Form, field: str) -> tuple[Account | None, str]:
        if readers := self._readers.get((form.name, field), ()):
            return Account.MAPPED, "; ".join(readers)
        if reason := find_reason(self._study.not_submitted, form.name, field):
            return Account.COLUMN_NOT_SUBMITTED, reason
        return None, ""


def list_given_readers(plan: Plan, dataset: str) -> dict[str, tuple[str, ...]]:
    """The variables and row sets that read each column of a given dataset."""
    found: dict[str, dict[str, None]] = {}
    for node in plan.order:
        for target in plan.raw_reads[node]:
            if target.table == dataset:
                found.setdefault(target.name, {})[str(node)] = None
    return {column: tuple(sorted(readers)) for column, readers in found.items()}


def list_lookups(study: Study, plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Form (``form ic``) or given dataset -> the variables that look something up in it without being made from it."""
    lookups: dict[str, dict[str, None]] = {}
    for node in plan.order:
        for target in plan.raw_reads[node]:
            table = target.table
            known = table in study.given or table.name in study.forms
            if known and table not in _list_sources(study, node):
                lookups.setdefault(table, {})[str(node)] = None
    return {table: tuple(sorted(names)) for table, names in lookups.items()}


def _list_sources(study: Study, node: Part | RowSet) -> set[str]:
    numbers = (node.block,) if isinstance(node, RowSet) else node.blocks
    sources = (study.datasets[node.dataset].blocks[number].source for number in numbers)
    return {source.table for source in sources if source.kind in (SourceKind.FORM, SourceKind.DATASET)}
