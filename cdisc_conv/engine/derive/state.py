"""What a run has at hand while it works: raw forms, given datasets, row sets, and the columns made so far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import group_codes, slice_rows, spread, stack, take_rows
from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import is_number, is_written, trim_text
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.derivations.evidence import Each, Parameters, SingleValues, list_fixed
from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.derive.known import NOTHING_KNOWN, Known
from cdisc_conv.engine.derive.reads import Reads
from cdisc_conv.engine.derive.reports import Report, ReportedRows
from cdisc_conv.engine.plan.graph import Part, Plan, variable_of
from cdisc_conv.engine.plan.order import final_columns, order_records, reads_final_order, sort_keys
from cdisc_conv.findings import Finding, Reader
from cdisc_conv.problems import Place, Severity
from cdisc_conv.spec.expected import is_numeric
from cdisc_conv.spec.model import Study
from cdisc_conv.tables import TableId

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Picks:
    """Records of a part (0-based, among those of its blocks) and the records of a table that their values are from."""

    source: str
    records: np.ndarray
    positions: np.ndarray


@dataclass
class State:
    """The working memory of one range.

    The steps of the plan put row sets and values into it. Reading leaves notes as well (`reads`, `taken`, `matched`,
    `picks`), of which the account of the raw rows is made; see `Effects`.
    """

    study: Study
    plan: Plan
    forms: Mapping[str, Frame]
    given: Mapping[str, Frame]
    known: Known = NOTHING_KNOWN
    """What was made before."""
    blocks: dict[tuple[str, int], BlockRows] = field(default_factory=dict)
    values: dict[Part, pd.Series] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    at: int = 0
    """The step of the plan that is being made."""
    picks: dict[Part, list[Picks]] = field(default_factory=dict)
    """Which records of other tables the values of a part were taken from."""
    matched: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    """Form (``form ic``) and the name of a part that looks something up in it by keys -> for each row whether it meets
    the condition of a look-up, and whether it has the keys of a record as well."""
    reads: Reads = field(default_factory=Reads)
    """The cells of raw forms that something read."""
    taken: dict[tuple[str, int, str, bool], Reader] = field(default_factory=dict)
    """What was read of records that stand for several rows: dataset, block, name, whether `for_each` gives it -> the
    first variable that reads it."""
    told_joins: set[str] = field(default_factory=set)
    """The datasets of which a subject was missing or repeated when their records were looked for: a finding."""
    _looked_for: set[tuple[str, int, str]] = field(default_factory=set)
    """Blocks whose subjects were looked for in another dataset."""
    _codes: dict[tuple, np.ndarray] = field(default_factory=dict)
    _joins: dict[tuple, np.ndarray] = field(default_factory=dict)
    _stacked: dict[tuple[str, str], pd.Series] = field(default_factory=dict)
    _earlier: dict[tuple[str, str, int], pd.Series] = field(default_factory=dict)
    _sorted: dict[tuple[str, str], pd.Series] = field(default_factory=dict)
    _orders: dict[str, np.ndarray] = field(default_factory=dict)
    _subjects: dict[str, tuple[pd.Index, np.ndarray]] = field(default_factory=dict)
    _shared: dict[Hashable, Any] = field(default_factory=dict)

    reused: frozenset[str] = frozenset()
    """The variables that were taken over from an earlier run, by name."""
    unread: dict[Part, np.ndarray | None] = field(default_factory=dict)
    """Which records of a part have lost their value, kept by `rows.find_unread`."""

    def __post_init__(self) -> None:
        self.blocks |= {(node.dataset, node.block): rows for node, rows in self.known.blocks.items()}
        self.values |= self.known.values
        self.unread |= self.known.unread
        self.taken |= self.known.taken
        self.matched |= {key: (asked.copy(), found.copy()) for key, (asked, found) in self.known.matched.items()}
        for (form, column), rows in self.known.reads.items():
            self.reads.mark(form, column, len(rows), rows)

    def forget(self) -> None:
        """Let go of what refers back here, so that the memory of a range is free as soon as nobody asks it any more."""
        self.blocks.clear()
        self._shared.clear()

    def let_go(self, keep: Collection[Part]) -> None:
        """Let go of all columns but those of some parts: of those that were made, read, and worked out of them.

        Row sets stay, and so do findings, reads and picks: what the account and the findings ask.
        """
        self.values = {part: values for part, values in self.values.items() if part in keep}
        caches = (self._codes, self._joins, self._stacked, self._earlier, self._sorted, self._orders, self._subjects)
        for cache in (*caches, self._shared):
            cache.clear()
        for rows in self.blocks.values():
            rows.forget()

    def report(
        self,
        finding: Finding,
        rows: ReportedRows,
        records: np.ndarray | None = None,
        parameters: Parameters | None = None,
        values: SingleValues | None = None,
    ) -> None:
        """Add a finding about some rows; its parameters and values count them as `records`, or 0, 1, 2 and so on."""
        named = np.arange(len(rows)) if records is None else records
        finding = replace(finding, rows_of=str(rows.table), fixed=list_fixed(parameters))
        self.reports.append(Report(finding, rows, self.at, named, parameters or {}, values))

    def note_picks(self, part: Part, source: str, records: np.ndarray, positions: np.ndarray) -> None:
        """Remember which records of a table (`positions`) the values of some `records` of a part are from."""
        if len(records):
            self.picks.setdefault(part, []).append(Picks(source, records, positions))

    def note_taken(self, column: tuple[str, int, str, bool], reader: Reader) -> None:
        """Remember who reads a column of records that stand for several rows, if nobody did at an earlier step."""
        self.taken[column] = self.taken.get(column, Reader()) + reader
        if self.reads.effects is not None:
            self.reads.effects.taken[column] = None

    def note_matched(self, part: Part, source: str, asked: np.ndarray, found: np.ndarray) -> None:
        """Remember which rows of a form meet the condition of a part's look-up, and which have the keys of a record."""
        length = self.table_length(source)
        nothing = (np.zeros(length, dtype=bool), np.zeros(length, dtype=bool))
        masks = self.matched.setdefault((source, str(part)), nothing)
        masks[0][asked] = True
        masks[1][found] = True

    def share(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What `make` made when this was asked first."""
        if self.reads.effects is not None:
            self.reads.effects.shared = True
        if key not in self._shared:
            self._shared[key] = make()
        made: _Made = self._shared[key]
        return made

    def blocks_of(self, dataset: str) -> tuple[int, ...]:
        """The numbers of all blocks of a dataset."""
        return tuple(range(len(self.study.datasets[dataset].blocks)))

    def length(self, dataset: str, blocks: Sequence[int]) -> int:
        """How many records the blocks have together."""
        return sum(self.blocks[dataset, number].length for number in blocks)

    def own(self, dataset: str, name: str, blocks: tuple[int, ...]) -> pd.Series:
        """A variable of a dataset for some of its blocks, stacked; blank where a block does not map it."""
        for part in self.plan.parts.get((dataset, name), ()):
            if part.blocks == blocks:
                return self.values[part]
        pieces = [self._own_block(dataset, name, number) for number in blocks]
        return stack(_same_kind(pieces))

    def _own_block(self, dataset: str, name: str, number: int) -> pd.Series:
        for part in self.plan.parts.get((dataset, name), ()):
            if number in part.blocks:
                start = self.length(dataset, part.blocks[: part.blocks.index(number)])
                stop = start + self.blocks[dataset, number].length
                return slice_rows(self.values[part], start, stop)
        return spread(np.nan if self._is_numeric(dataset, name) else "", self.blocks[dataset, number].length)

    def _is_numeric(self, dataset: str, name: str) -> bool:
        """Whether a variable that only other blocks map is a number there."""
        parts = self.plan.parts.get((dataset, name), ())
        spec = self.study.datasets[dataset]
        return any(is_numeric(self.study, spec, variable_of(self.study, part)) for part in parts)

    def column(self, table: str, name: str) -> pd.Series:
        """A whole column of a dataset (``DS``), or of a form (``form ic``) without the blanks around its values.

        Blanks at the ends mean nothing in an export, but would make ``AEYN == "Y"`` pass over a row with ``"Y "``.
        """
        if table in self.given:
            return self.given[table][name]
        key = (table, name)
        if key not in self._stacked:
            form = TableId(table)
            if form.is_form:
                self._stacked[key] = trim_text(self.forms[form.name][name])
            else:
                self._stacked[key] = self.own(table, name, self.blocks_of(table))
        return self._stacked[key]

    def read(self, reader: str, table: str, name: str) -> pd.Series:
        """A whole column of a dataset or form, as a dataset reads it: the SDTM in its final order, or as it is made."""
        if not reads_final_order(self.study, reader, table):
            return self.column(table, name)
        key = (table, name)
        if key not in self._sorted:
            self._sorted[key] = take_rows(self.column(table, name), self._final_order(table))
        return self._sorted[key]

    def in_reading_order(self, reader: str, table: str, values: np.ndarray) -> np.ndarray:
        """Something known of each record of a dataset, in the order in which another one reads it; see `read`."""
        return values[self._final_order(table)] if reads_final_order(self.study, reader, table) else values

    def _final_order(self, table: str) -> np.ndarray:
        if table not in self._orders:
            spec = self.study.datasets[table]
            by = sort_keys(spec, final_columns(spec))
            columns = [self.column(table, name) for name in by]
            said = self.study.settings.get("transliterate") or {}
            self._orders[table] = order_records(columns, said) if by else np.arange(self.table_length(table))
        return self._orders[table]

    def table_length(self, table: str) -> int:
        """How many records a dataset or form has."""
        if (form := TableId(table)).is_form:
            return len(self.forms[form.name])
        return len(self.given[table]) if table in self.given else self.length(table, self.blocks_of(table))

    def earlier(self, dataset: str, name: str, number: int) -> pd.Series:
        """A variable for the records of all blocks before block `number`, stacked."""
        key = (dataset, name, number)
        if key not in self._earlier:
            self._earlier[key] = self.own(dataset, name, tuple(range(number)))
        return self._earlier[key]

    def codes(self, dataset: str, names: tuple[str, ...], blocks: tuple[int, ...]) -> np.ndarray:
        """Group numbers of records by their values of some variables of their own dataset."""
        key = (dataset, names, blocks)
        if key not in self._codes:
            columns = [self.own(dataset, name, blocks) for name in names]
            self._codes[key] = group_codes(columns, self.length(dataset, blocks))
        return self._codes[key]

    def join(self, dataset: str, blocks: tuple[int, ...], other: str) -> np.ndarray:
        """For each record the one record of `other` with the same subject; -1 where there is none.

        Subjects with several records in `other` are one finding (JOIN001) per run; the first record counts.
        """
        key = (dataset, blocks, other)
        if self.reads.effects is not None:
            self.reads.effects.joined.add(other)
        if key not in self._joins:
            mine, subjects = pd.factorize(self.own(dataset, SUBJECT, blocks), use_na_sentinel=False)
            theirs, first = self._subjects_of(other)
            found = theirs.get_indexer(pd.Index(subjects))
            self._joins[key] = np.where(found < 0, -1, first[found])[mine] if len(first) else found[mine]
            self._report_absent(dataset, blocks, other, pd.Series(subjects), found, mine)
        return self._joins[key]

    def _report_absent(
        self,
        dataset: str,
        blocks: tuple[int, ...],
        other: str,
        subjects: pd.Series,
        found: np.ndarray,
        mine: np.ndarray,
    ) -> None:
        """JOIN002: subjects of a dataset that are not in the dataset it reads.

        For raw forms without their subject in demographics that is RAW016, and for ADaM without ADSL the rule ADSL003.
        """
        new = [number for number in blocks if (dataset, number, other) not in self._looked_for]
        self._looked_for |= {(dataset, number, other) for number in new}
        absent = ((found < 0) & is_written(subjects))[mine]
        if not absent.any() or (self.forms and other == "DM") or other == "ADSL":
            return
        parted = split_blocks(np.flatnonzero(absent), [(n, self.blocks[dataset, n].length) for n in blocks])
        pieces = [(number, rows, places) for number, rows, places in parted if number in new]
        finding = Finding(
            "JOIN002",
            "{other} has no record of {names.number:# subject|# subjects} of {dataset}, such as {names:3}; what is "
            "read from it is blank there",
            Severity.WARNING,
            Place(dataset=dataset),
            hint=f"are records missing in {other}, or is the subject written in another way?",
            value="{names.first}",
        )
        rows = ReportedRows(TableId(dataset), [(number, rows) for number, rows, _ in pieces], final=False)
        places = np.concatenate([np.zeros(0, dtype=np.int64), *(places for _, _, places in pieces)])
        names = Each(take_rows(subjects, mine))
        self.told_joins.add(other)
        self.report(finding, rows, places, {"other": other, "dataset": dataset, "names": names})

    def _subjects_of(self, other: str) -> tuple[pd.Index, np.ndarray]:
        """The subjects of a dataset, each once, and the first record of each."""
        if other not in self._subjects:
            whole = pd.Index(self.column(other, SUBJECT))
            repeated = whole.duplicated()
            if repeated.any():
                several = np.flatnonzero(whole.isin(whole[repeated]))
                rows = ReportedRows.of(other, several, final=other in self.given)
                names = Each(take_rows(pd.Series(whole), several))
                self.told_joins.add(other)
                self.report(
                    replace(_REPEATED_SUBJECTS, place=Place(dataset=other)),
                    rows,
                    None,
                    {"dataset": other, "names": names},
                )
            self._subjects[other] = (whole[~repeated], np.flatnonzero(~repeated))
        return self._subjects[other]


_REPEATED_SUBJECTS = Finding(
    "JOIN001",
    "{dataset} should have one record per subject, but {names.number:# subject has|# subjects have} several, such as "
    "{names:3}; other datasets read the first",
    hint="are raw rows repeated?",
)


def split_blocks(records: np.ndarray, lengths: Sequence[tuple[int, int]]) -> list[tuple[int, np.ndarray, np.ndarray]]:
    """Records of several blocks under each other (`lengths`: number and length), block by block.

    Of each block its number, the records counted from its first one, and their places among all of the blocks.
    """
    found = []
    start = 0
    for number, length in lengths:
        places = records[(records >= start) & (records < start + length)]
        found.append((number, places - start, places))
        start += length
    return found


def _same_kind(pieces: list[pd.Series]) -> list[pd.Series]:
    """Pieces that can be stacked: where one is numeric, blank text pieces become missing numbers."""
    if any(is_number(piece) for piece in pieces):
        return [piece if piece.dtype == np.float64 else as_numbers(piece) for piece in pieces]
    return pieces
