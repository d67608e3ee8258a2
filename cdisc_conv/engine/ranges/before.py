"""What is made of all subjects before the ranges: the datasets of the study, and what looks across subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import take_rows
from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.derive.known import Known
from cdisc_conv.engine.derive.reads import Reads
from cdisc_conv.engine.derive.reports import Report
from cdisc_conv.engine.derive.rows import LostReferenceError, find_unread
from cdisc_conv.engine.derive.run import Inputs, report_columns, run_nodes
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.finish.datasets import finish_beside, finish_dataset
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.graph import Node, Part, Plan, RowSet
from cdisc_conv.engine.plan.reach import Home, PlanReach
from cdisc_conv.engine.ranges.range import Rows
from cdisc_conv.engine.ranges.split import Split
from cdisc_conv.spec.model import SourceKind, Study
from cdisc_conv.tables import TableId


@dataclass(frozen=True)
class Before:
    """What was made of all subjects, with the working memory that it was made in."""

    state: State
    reach: PlanReach
    split: Split
    nodes: frozenset[Node]
    """What is taken from here, not made in ranges."""
    unread: Mapping[Part, np.ndarray | None]
    drafts: Mapping[str, Draft]
    """The finished datasets of the study."""
    beside: Mapping[str, Draft]
    """Those that are not asked for, as far as others read them."""
    ranges: Mapping[tuple[str, int], np.ndarray]
    """Dataset and block -> the range of each record; records of no subject are in the first one."""

    @property
    def places(self) -> dict[str, np.ndarray]:
        """The final places of the records of the datasets of the study."""
        return {name: draft.place for name, draft in self.drafts.items()}

    @property
    def repeated(self) -> frozenset[TableId]:
        """The tables that every range has whole, datasets of the study included."""
        study = self.state.study
        tables = {*map(TableId.of_form, study.forms), *map(TableId, study.given)}
        made = {TableId(name) for name in study.datasets if self.reach.is_of_study(name)}
        return frozenset((tables - self.split.ranges.keys()) | made)

    def has_made(self, report: Report) -> bool:
        """Whether a finding is of what is taken from here, or about rows that every range has."""
        steps = self.state.plan.order
        if report.at < len(steps):
            return steps[report.at] in self.nodes
        return report.rows.table in self.repeated

    def know(self, number: int) -> Known:
        """What one range has of it."""
        return Known(
            blocks={node: self._narrow_block(node, number) for node in self.nodes if isinstance(node, RowSet)},
            values={node: self._pick(node, number) for node in self.nodes if isinstance(node, Part)},
            unread={part: self._pick_unread(part, lost, number) for part, lost in self.unread.items()},
            reads={
                (form, column): self._pick_rows(TableId.of_form(form), mask, number)
                for (form, column), mask in self.state.reads.all.items()
            },
            matched={
                (table, reader): (
                    self._pick_rows(TableId(table), asked, number),
                    self._pick_rows(TableId(table), found, number),
                )
                for (table, reader), (asked, found) in self.state.matched.items()
            },
            taken={key: reader for key, reader in self.state.taken.items() if not self.reach.is_of_study(key[0])},
            empty=list_empty(self.reach) if number else frozenset(),
            places=self.places,
        )

    def _mine(self, part: Part, number: int) -> np.ndarray | None:
        """The records of a part in a range; None for all, which a dataset of the study has in every range."""
        if self.reach.is_of_study(part.dataset):
            return None
        return np.flatnonzero(_stack([self.ranges[part.dataset, block] for block in part.blocks]) == number)

    def _pick(self, part: Part, number: int) -> pd.Series:
        mine = self._mine(part, number)
        return self.state.values[part] if mine is None else take_rows(self.state.values[part], mine)

    def _pick_unread(self, part: Part, lost: np.ndarray | None, number: int) -> np.ndarray | None:
        mine = self._mine(part, number)
        return lost if mine is None or lost is None else lost[mine]

    def _pick_rows(self, table: TableId, mask: np.ndarray, number: int) -> np.ndarray:
        ranges = self.split.ranges.get(table)
        return mask if ranges is None else mask[ranges == number]

    def _narrow_block(self, node: RowSet, number: int) -> BlockRows:
        """A row set with the rows of the range among those that it used and left out."""
        rows = self.state.blocks[node.dataset, node.block]
        table = TableId(self.state.study.datasets[node.dataset].blocks[node.block].source.table)
        record, row = rows.origins()
        ranges = self.split.ranges.get(table)
        excluded = rows.excluded
        if ranges is not None:
            local = np.cumsum(ranges == number) - 1
            mine = ranges[row] == number
            record, row = record[mine], local[row[mine]]
            excluded = {name: local[rest[ranges[rest] == number]] for name, rest in excluded.items()}
        return BlockRows(
            rows.source, rows.length, None, _refuse, origin_record=record, origin_row=row, excluded=excluded
        )


def _refuse(name: str) -> pd.Series:
    raise KeyError(f"{name} of a block that is made already")


def list_empty(reach: PlanReach) -> frozenset[RowSet]:
    """The row sets of no subject in datasets of subjects: the first range makes them."""
    return frozenset(
        node for node, home in reach.homes.items() if home is Home.STUDY and not reach.is_of_study(node.dataset)
    )


def make_before(
    study: Study, plan: Plan, reach: PlanReach, rows: Rows, datasets: Sequence[str], split: Split
) -> Before:
    """Make what is of the study or looks across subjects, of all rows, with what that needs."""
    needed = plan.needed_for(datasets)
    nodes = frozenset(node for node in needed if reach.is_of_study(node.dataset) or node in reach.across)
    state = run_nodes(study, plan, Inputs(rows.complete(study), rows.given), plan.upstream_of(nodes))
    parts = [node for node in nodes if isinstance(node, Part)]
    unread = _find_unread(state, parts)
    report_columns(state)
    made = [name for name in study.datasets if (name, 0) in state.blocks and reach.is_of_study(name)]
    drafts = {name: finish_dataset(state, name) for name in made if name in datasets}
    beside = {name: finish_beside(state, name) for name in made if name not in datasets}
    ranges: dict[tuple[str, int], np.ndarray] = {}
    for dataset, number in state.blocks:
        ranges[dataset, number] = _find_ranges(state, reach, split, ranges, RowSet(dataset, number))
    # Columns of all subjects were made for this, and are in memory no longer than that.
    state.let_go(frozenset(parts))
    return Before(state, reach, split, nodes, unread, drafts, beside, ranges)


def _find_ranges(
    state: State, reach: PlanReach, split: Split, known: Mapping[tuple[str, int], np.ndarray], node: RowSet
) -> np.ndarray:
    """The range of each record of a row set; `known` are those of what it reads."""
    study, rows = state.study, state.blocks[node.dataset, node.block]
    if reach.homes[node] is not Home.SUBJECT:
        return np.zeros(rows.length, dtype=np.int32)
    source = study.datasets[node.dataset].blocks[node.block].source
    table = TableId(source.table)
    if source.kind is SourceKind.SELF:
        theirs = _stack([known[node.dataset, number] for number in range(node.block)])
    elif table in study.datasets:
        stacked = _stack([known[table, number] for number in state.blocks_of(table)])
        theirs = state.in_reading_order(node.dataset, table, stacked)
    else:
        theirs = split.ranges[table]
    return np.asarray(theirs[rows.source_rows()])


def _stack(found: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, dtype=np.int32), *found])


def _find_unread(state: State, parts: Sequence[Part]) -> dict[Part, np.ndarray | None]:
    """Which values of some parts are lost. What is read to find that out does not count as read."""
    reads, state.reads = state.reads, Reads()
    found: dict[Part, np.ndarray | None] = {}
    for part in parts:
        try:
            lost = [find_unread(state, part.dataset, part.name, (number,)) for number in part.blocks]
        except LostReferenceError:  # it could not be made at all
            found[part] = None
        else:
            found[part] = np.concatenate(lost)
    state.reads = reads
    return found
