"""The records of a part as its derivation sees them (the `Rows` protocol of derivations.base)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.rows import group_codes, spread, stack, take_rows
from cdisc_conv.columns.texts import as_text, is_number
from cdisc_conv.derivations.base import SELF, Table
from cdisc_conv.derivations.evidence import Parameters, SingleValues
from cdisc_conv.derivations.values.copying import Copy
from cdisc_conv.derivations.values.predecessors import Predecessor
from cdisc_conv.engine.derive.reads import find_given_rows, find_source_rows
from cdisc_conv.engine.derive.reports import ReportedRows
from cdisc_conv.engine.derive.state import State, split_blocks
from cdisc_conv.engine.plan.graph import Part, variable_of
from cdisc_conv.expr import Expression
from cdisc_conv.findings import Finding, Reader
from cdisc_conv.problems import Place, Severity
from cdisc_conv.spec.model import SourceKind, Variable
from cdisc_conv.spec.references import Target, TargetKind, resolve
from cdisc_conv.spec.terms.dictionaries import find_dictionary
from cdisc_conv.standards import CodelistTerms, Terminology
from cdisc_conv.standards.dictionaries import Dictionary
from cdisc_conv.tables import TableId

_Made = TypeVar("_Made")


class LostReferenceError(Exception):
    """A name leads nowhere. `lint` finds it before; a run goes on without the variable."""


class PartRows:
    """The records of one part, or those of them that a mask picked."""

    def __init__(
        self, state: State, part: Part, variable: Variable, numeric: bool, codelist: CodelistTerms | None
    ) -> None:
        self._state = state
        self._part = part
        self._entry = variable
        self._codelist = codelist
        self._picked: np.ndarray | None = None
        self.dataset = part.dataset
        self.variable = part.name
        self.numeric = numeric
        self.terminology: Terminology = state.study.family_of(part.dataset).terminology

    def __len__(self) -> int:
        whole = self._state.length(self.dataset, self._part.blocks)
        return whole if self._picked is None else len(self._picked)

    def __getitem__(self, ref: str) -> pd.Series:
        self._mark(ref, np.ones(len(self), dtype=bool))
        return self.peek(ref)

    def evaluate(self, expression: Expression) -> pd.Series:
        columns = {ref: self.peek(ref) for ref in expression.names}
        for ref, used in expression.reads(columns.__getitem__).items():
            self._mark(ref, np.broadcast_to(np.asarray(used, dtype=bool), len(self)))
        return expression.evaluate(columns.__getitem__, len(self))

    def peek(self, ref: str) -> pd.Series:
        series = self._whole(ref)
        return series if self._picked is None else take_rows(series, self._picked)

    def _mark(self, ref: str, used: np.ndarray) -> None:
        """The values behind a reference are made use of for some of the records."""
        targets = self._targets(ref)
        kinds = {target.kind for target in targets}
        if kinds.isdisjoint((TargetKind.SOURCE, TargetKind.GIVEN)):
            return
        marked = used
        if self._picked is not None:
            marked = np.zeros(self._state.length(self.dataset, self._part.blocks), dtype=bool)
            marked[self._picked[used]] = True
        start = 0
        for number, target in zip(self._part.blocks, targets, strict=True):
            length = self._state.blocks[self.dataset, number].length
            self._mark_block(number, target, marked[start : start + length])
            start += length

    def _mark_block(self, number: int, target: Target, used: np.ndarray) -> None:
        block = self._state.study.datasets[self.dataset].blocks[number]
        if block.source.kind is not SourceKind.FORM or not used.any():
            return
        rows, form = self._state.blocks[self.dataset, number], block.source.name
        length = len(self._state.forms[form])
        if target.kind is TargetKind.SOURCE:
            self._state.reads.mark(form, target.name, length, find_source_rows(rows, used))
        elif target.kind is TargetKind.GIVEN:
            for column, source_rows in find_given_rows(block, rows, target.name, used):
                self._state.reads.mark(form, column, length, source_rows)

    def codes(self, refs: Sequence[str]) -> np.ndarray:
        targets = [self._targets(ref) for ref in refs]
        if self._picked is None and all(t.kind is TargetKind.OWN for found in targets for t in found):
            return self._state.codes(self.dataset, tuple(found[0].name for found in targets), self._part.blocks)
        return group_codes([self[ref] for ref in refs], len(self))

    def table(self, source: str) -> Table:
        if source == SELF:
            return _EarlierRecords(self._state, self.dataset, self._part.blocks[0])
        return _WholeTable(self._state, self.dataset, source)

    def members(self, column: str) -> tuple[np.ndarray, pd.Series]:
        name = column.removeprefix("raw.")
        records: list[np.ndarray] = []
        values: list[pd.Series] = []
        start = 0
        for number, target in zip(self._part.blocks, self._targets(f"raw.{name}"), strict=True):
            block = self._state.blocks[self.dataset, number]
            record, row = block.origins()
            used = np.ones(block.length, dtype=bool)
            if self._picked is not None:
                used = np.isin(np.arange(start, start + block.length), self._picked)
            self._mark_block(number, target, used)
            order = np.argsort(record, kind="stable")
            records.append(record[order] + start)
            if target.kind is TargetKind.GIVEN:
                values.append(take_rows(block.behind.get(name, block.given[name]), order))
            else:
                values.append(take_rows(block.read_source(name), row[order]))
            start += block.length
        record = np.concatenate(records)
        whole = stack(values)
        return (record, whole) if self._picked is None else self._pick_members(record, whole)

    def _pick_members(self, record: np.ndarray, values: pd.Series) -> tuple[np.ndarray, pd.Series]:
        """The source rows of the picked records only, counted as they are."""
        assert self._picked is not None
        places = np.full(self._state.length(self.dataset, self._part.blocks), -1)
        places[self._picked] = np.arange(len(self._picked))
        wanted = np.flatnonzero(places[record] >= 0)
        return places[record[wanted]], take_rows(values, wanted)

    def share(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        if self._picked is not None:
            return make()
        return self._state.share((self.dataset, self._part.blocks, key), make)

    def took(self, source: str, positions: np.ndarray) -> None:
        found = np.flatnonzero(positions >= 0)
        records = found if self._picked is None else self._picked[found]
        self._state.note_picks(self._part, source, records, positions[found])

    def matched(self, source: str, asked: np.ndarray, found: np.ndarray) -> None:
        if TableId(source).is_form:
            self._state.note_matched(self._part, source, asked, found)

    def unread(self, ref: str) -> np.ndarray:
        targets = self._targets(ref)
        whole = np.concatenate([self._unread_block(n, t) for n, t in zip(self._part.blocks, targets, strict=True)])
        return whole if self._picked is None else whole[self._picked]

    def _unread_block(self, number: int, target: Target) -> np.ndarray:
        """Where one block has lost what the target stands for."""
        block, study = self._state.blocks[self.dataset, number], self._state.study
        table = target.table
        if target.kind is TargetKind.GIVEN or table not in study.datasets:
            return np.zeros(block.length, dtype=bool)
        if target.kind is TargetKind.OWN:
            return find_unread(self._state, self.dataset, target.name, (number,))
        earlier = table == self.dataset  # a block that reads the records of the blocks before it
        blocks = tuple(range(number)) if earlier else self._state.blocks_of(table)
        lost = find_unread(self._state, table, target.name, blocks)
        if not lost.any():
            return np.zeros(block.length, dtype=bool)
        if target.kind is TargetKind.OTHER:
            positions = self._state.join(self.dataset, (number,), table)
            return np.asarray((positions >= 0) & lost[np.maximum(positions, 0)])
        return np.asarray(self._state.in_reading_order(self.dataset, table, lost)[block.source_rows()])

    def codelist(self) -> CodelistTerms | None:
        return self._codelist

    def setting(self, name: str) -> Any:
        return self._state.study.settings.get(name)

    def dictionary(self, name: str) -> Dictionary | None:
        return find_dictionary(self._state.study, name)

    def matching(self, mask: np.ndarray) -> PartRows:
        subset = PartRows(self._state, self._part, self._entry, self.numeric, self._codelist)
        positions = np.arange(len(self)) if self._picked is None else self._picked
        subset._picked = positions[np.asarray(mask, dtype=bool)]
        return subset

    def report(
        self,
        code: str,
        message: str,
        *,
        where: np.ndarray | None = None,
        severity: Severity = Severity.WARNING,
        field: str = "",
        value: str = "",
        hint: str = "",
        once: bool | str = False,
        parameters: Parameters | None = None,
        values: SingleValues | None = None,
    ) -> None:
        named = np.arange(len(self)) if where is None else np.flatnonzero(where)
        whole = named if self._picked is None else self._picked[named]
        lengths = [(number, self._state.blocks[self.dataset, number].length) for number in self._part.blocks]
        parted = split_blocks(whole, lengths)
        key = self._name_cause(code, field, value, once, values)
        for place, numbers in self._list_places(field).items():
            there = [(number, rows, places) for number, rows, places in parted if number in numbers]
            records = named[np.isin(whole, np.concatenate([places for _, _, places in there]))]
            cause = self._find_cause(numbers[0], field)
            finding = Finding(
                code, message, severity, place, hint, value, cause, once=key, most=values.most if values else 0
            )
            self._state.report(finding, self._rows_of(place, there), records, parameters, values)

    def _name_cause(
        self, code: str, field: str, value: str, once: bool | str, values: SingleValues | None
    ) -> tuple[str, ...]:
        """What findings of one cause have in common; of single values, beside the value."""
        if not once:
            return ()
        source = str(self._targets(field)[0]) if field else ""
        return (code, source) if values else (code, source, once if isinstance(once, str) else value)

    def _list_places(self, field: str) -> dict[Place, list[int]]:
        """The places that a finding has, each with its blocks."""
        found: dict[Place, list[int]] = {}
        for number in self._part.blocks:
            source = self._state.study.datasets[self.dataset].blocks[number].source
            form = source.name if source.kind is SourceKind.FORM else ""
            column = field.removeprefix("raw.") if form else ""
            place = Place(form=form, field=column, dataset=self.dataset, variable=self.variable)
            found.setdefault(place, []).append(number)
        return found

    def _rows_of(self, place: Place, there: Sequence[tuple[int, np.ndarray, np.ndarray]]) -> ReportedRows:
        """The rows of the raw form behind some records, or the records themselves."""
        if not place.form:
            return ReportedRows(TableId(self.dataset), [(number, rows) for number, rows, _ in there], final=False)
        sources = [self._state.blocks[self.dataset, number].source_rows()[rows] for number, rows, _ in there]
        return ReportedRows.of(TableId.of_form(place.form), np.concatenate(sources))

    def _find_cause(self, number: int, field: str) -> str:
        """The variable of a dataset that a column is in one block, in full; empty for other columns."""
        study = self._state.study
        dataset, ref, variable = study.datasets[self.dataset], field, self.variable
        found, block = None, dataset.blocks[number]
        while ref and (target := resolve(study, dataset, block, variable, ref)):
            if target.table.is_form or not target.table:
                break
            found = target
            if target.kind is not TargetKind.OWN:
                break
            # What is copied from another variable has the fault of that one.
            own = dataset.own_variable(target.name, block)
            derivation = own.derivation if own else None
            variable = target.name
            ref = derivation.source if isinstance(derivation, Copy) else ""
            ref = derivation.of if isinstance(derivation, Predecessor) else ref
        return f"{found.table}.{found.name}" if found else ""

    def _targets(self, ref: str) -> list[Target]:
        """What the reference stands for in each block of the part."""
        dataset = self._state.study.datasets[self.dataset]
        found = [resolve(self._state.study, dataset, dataset.blocks[n], self.variable, ref) for n in self._part.blocks]
        missing = [n for n, target in zip(self._part.blocks, found, strict=True) if target is None]
        if missing:
            source = dataset.blocks[missing[0]].source
            raise LostReferenceError(
                f"it reads {ref}, which is not a column of {source if source.name else 'the written records'}"
            )
        return [target for target in found if target is not None]

    def _whole(self, ref: str) -> pd.Series:
        """The column behind a reference for all records of the part."""
        targets = self._targets(ref)
        first = targets[0]
        if all(target.kind is TargetKind.OWN for target in targets):
            return self._state.own(self.dataset, first.name, self._part.blocks)
        if all(target.kind is TargetKind.OTHER for target in targets):
            return self._joined(first, self._part.blocks)
        pieces = [self._block_column(n, target) for n, target in zip(self._part.blocks, targets, strict=True)]
        if len({is_number(piece) for piece in pieces}) > 1:
            pieces = [as_text(piece) for piece in pieces]
        return stack(pieces)

    def _block_column(self, number: int, target: Target) -> pd.Series:
        if target.kind is TargetKind.OWN:
            return self._state.own(self.dataset, target.name, (number,))
        if target.kind is TargetKind.OTHER:
            return self._joined(target, (number,))
        block = self._state.blocks[self.dataset, number]
        given = target.kind is TargetKind.GIVEN
        reader = Reader(self._state.at, self.variable)
        self._state.note_taken((self.dataset, number, target.name, given), reader)
        return block.given[target.name] if given else block.source_column(target.name)

    def _joined(self, target: Target, blocks: tuple[int, ...]) -> pd.Series:
        """A variable of another dataset for the same subject; blank where the subject is not there."""
        positions = self._state.join(self.dataset, blocks, target.table)
        theirs = self._state.column(target.table, target.name)
        if not len(theirs):
            return spread("", len(positions)) if theirs.dtype == TEXT else spread(np.nan, len(positions))
        taken = take_rows(theirs, np.where(positions < 0, 0, positions))
        blank: Any = "" if theirs.dtype == TEXT else np.nan
        return taken if (positions >= 0).all() else taken.mask(positions < 0, blank)


def find_unread(state: State, dataset: str, name: str, blocks: Sequence[int]) -> np.ndarray:
    """Which records of some blocks have lost a variable: it was made of something that could not be read (bool)."""
    pieces = [np.zeros(0, dtype=bool)]
    for number in blocks:
        length = state.blocks[dataset, number].length
        part = next((part for part in state.plan.parts.get((dataset, name), ()) if number in part.blocks), None)
        lost = None if part is None else find_unread_part(state, part)
        if part is None or lost is None:
            pieces.append(np.zeros(length, dtype=bool))
            continue
        start = state.length(dataset, part.blocks[: part.blocks.index(number)])
        pieces.append(lost[start : start + length])
    return np.concatenate(pieces)


def find_unread_part(state: State, part: Part) -> np.ndarray | None:
    """The same of all records of a part; None for nowhere. Who asks first reads cells; every asker is noted."""
    effects, state.reads.effects = state.reads.effects, None
    if effects is not None:
        effects.unread[part] = None
    if part not in state.unread:
        variable = variable_of(state.study, part)
        rows = PartRows(state, part, variable, False, None)
        found = variable.derivation.find_unread(rows)
        if found is not None and variable.when is not None:
            found = found & rows.evaluate(variable.when).to_numpy(dtype=bool)
        state.unread[part] = found
    state.reads.effects = effects
    return state.unread[part]


class _WholeTable:
    """All records of another dataset or form (the `Table` protocol)."""

    def __init__(self, state: State, reader: str, source: str) -> None:
        self._state = state
        self._reader = reader
        self._source = TableId(source)

    def __len__(self) -> int:
        return self._state.table_length(self._source)

    def __getitem__(self, column: str) -> pd.Series:
        if self._source.is_form:
            self._state.reads.mark(self._source.name, column, len(self))
        return self._state.read(self._reader, self._source, column)

    def unread(self, column: str) -> np.ndarray:
        if self._source not in self._state.study.datasets:
            return np.zeros(len(self), dtype=bool)
        lost = find_unread(self._state, self._source, column, self._state.blocks_of(self._source))
        return self._state.in_reading_order(self._reader, self._source, lost)


class _EarlierRecords:
    """The records of a dataset's blocks before one of them (the `Table` protocol)."""

    def __init__(self, state: State, dataset: str, number: int) -> None:
        self._state = state
        self._dataset = dataset
        self._number = number

    def __len__(self) -> int:
        return self._state.length(self._dataset, range(self._number))

    def __getitem__(self, column: str) -> pd.Series:
        return self._state.earlier(self._dataset, column, self._number)

    def unread(self, column: str) -> np.ndarray:
        return find_unread(self._state, self._dataset, column, range(self._number))
