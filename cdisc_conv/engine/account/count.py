"""The account of a range, source by source: its rows, what each dataset makes of them, its columns and their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cdisc_conv.columns.texts import is_filled
from cdisc_conv.engine.account.coded import list_readers
from cdisc_conv.engine.account.lines import Account, Line, count_rows
from cdisc_conv.engine.account.rows import (
    Lookups,
    Masks,
    SourceRows,
    any_of,
    count_combinations,
    find_rows,
    list_dataset_lines,
    list_lookup_lines,
    name_dataset,
)
from cdisc_conv.engine.account.values import find_unused, list_value_lines
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import Part, Plan, RowSet
from cdisc_conv.expr import texts_compared
from cdisc_conv.spec.model import Form, SourceKind, Study
from cdisc_conv.spec.not_submitted import find_reason


def count_account(state: State) -> tuple[Line, ...]:
    """The lines of a range: its forms in the study's order, then, in a run without raw forms, the given datasets."""
    accountant = _Accountant(state)
    study = state.study
    lines = [line for name in study.forms for line in accountant.account_form(name)]
    if not study.forms:
        lines += [line for name in study.given for line in accountant.account_given(name)]
    return tuple(lines)


class _Accountant:
    def __init__(self, state: State) -> None:
        self._study = state.study
        self._state = state
        self._plan = state.plan
        made = {dataset for dataset, _ in state.blocks}
        self._complete = made == set(state.study.datasets)
        self._made = {*map(str, state.values), *(f"records of {dataset}" for dataset in made)}
        self._readers = list_readers(state.plan)
        self._lookups = list_lookups(state.study, state.plan)

    def account_form(self, name: str) -> Iterator[Line]:
        """The lines of a form: of its rows, of its rows in each dataset, of its columns and their values."""
        length = len(self._state.forms[name])
        rows = find_rows(self._state, name, f"form {name}", length)
        lost = {dataset: self._keep_lost(rows, dataset, masks) for dataset, masks in rows.blank.items()}
        yield from self._account_rows(rows)
        yield from list_dataset_lines(rows, lost, self._find_lookups(rows))
        for field in dict.fromkeys([*self._study.forms[name].fields, *map(str, self._state.forms[name].columns)]):
            yield from self._account_column(rows, field, lost)

    def account_given(self, name: str) -> Iterator[Line]:
        """The lines of a given dataset: nobody has to read all of it."""
        frame = self._state.given[name]
        rows = find_rows(self._state, name, f"dataset {name}", len(frame))
        yield from self._account_rows(rows)
        yield from list_dataset_lines(rows, {}, self._find_lookups(rows))
        readers = list_given_readers(self._plan, name)
        for column in map(str, frame.columns):
            filled = count_rows(np.flatnonzero(is_filled(frame[column])))
            by = "; ".join(readers.get(column, ()))
            account = Account.MAPPED if by else Account.COLUMN_NOT_READ
            yield Line(name, "", column, account, by, filled)

    def _account_rows(self, rows: SourceRows) -> Iterator[Line]:
        """Each row once; the lines add up to the first one."""
        yield Line(rows.name, "", "", Account.READ, "", count_rows(np.arange(rows.length)))
        excluded = rows.name_exclusions(rows.used)
        is_used, is_excluded = any_of(rows.used.values(), rows.length), any_of(excluded.values(), rows.length)
        yield from count_combinations(rows.name, "", Account.USED, rows.used, is_used)
        yield from count_combinations(rows.name, "", Account.EXCLUDED, excluded, is_excluded & ~is_used)
        rest = ~is_used & ~is_excluded
        lookups = self._find_lookups(rows)
        if lookups:
            yield from list_lookup_lines(rows, "", lookups, rest)
        elif rest.any():
            account, by = self._explain_rest(rows)
            yield Line(rows.name, "", "", account, by, count_rows(np.flatnonzero(rest)))

    def _find_lookups(self, rows: SourceRows) -> Lookups:
        """The variables that look something up in a source, each with the rows it asks and those it matches."""
        table = rows.source.removeprefix("dataset ")
        every = np.ones(rows.length, dtype=bool)
        readers = self._lookups.get(table, ())
        return {reader: self._state.matched.get((table, reader), (every, every)) for reader in readers}

    def _explain_rest(self, rows: SourceRows) -> tuple[Account, str]:
        """The account of rows that no dataset uses or looks anything up in, and no condition excludes."""
        if rows.name in self._study.given:
            return Account.NOT_READ, ""
        if reason := find_reason(self._study.not_submitted, rows.name):
            return Account.NOT_SUBMITTED, reason
        return (Account.UNACCOUNTED if self._complete else Account.NOT_IN_RUN), ""

    def _keep_lost(self, rows: SourceRows, dataset: str, blank: Masks) -> Masks:
        """Of the rows that a dataset passes over for a missing value, those with something that it would have read."""
        form = self._study.forms[rows.name]
        asked = {
            ref.removeprefix("raw.")
            for block in self._study.datasets[dataset].blocks
            if block.where is not None
            for ref in texts_compared(block.where)
        }
        filled = np.zeros(rows.length, dtype=bool)
        for field in form.fields.values():
            if (
                field.item
                and field.name not in asked
                and field.decode_of not in asked
                and field.name != self._study.raw.subject
            ):
                readers = self._readers.get((form.name, field.name), ())
                if any(reader.startswith(f"{dataset}.") for reader in readers):
                    filled |= self._filled(form.name, field.name)
        return {column: mask & filled for column, mask in blank.items() if (mask & filled).any()}

    def _filled(self, form: str, field: str) -> np.ndarray:
        if field not in self._state.forms[form]:
            return np.zeros(len(self._state.forms[form]), dtype=bool)
        return np.asarray((self._state.column(f"form {form}", field) != "").to_numpy(dtype=bool))

    def _account_column(self, rows: SourceRows, field: str, lost: Mapping[str, Masks]) -> Iterator[Line]:
        """What became of a column, and of its values where not all are used."""
        form = self._study.forms[rows.name]
        filled = self._filled(form.name, field)
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
            unused = find_unused(rows, form, field, filled, self._state.reads)
            datasets = tuple(dict.fromkeys(name_dataset(reader) for reader in readers))
            reason = find_reason(self._study.not_submitted, form.name, field)
            missed = any_of((mask for name in datasets for mask in lost.get(name, {}).values()), rows.length)
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
