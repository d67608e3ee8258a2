"""Rows to ranges of subjects, in the order of the USUBJID that is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import map_distinct, rank_values
from cdisc_conv.columns.memory import release_memory
from cdisc_conv.columns.stored import IN_MEMORY, Shelf, Stored, divide, stream
from cdisc_conv.columns.texts import as_text, fold, text_column, trim_text
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.engine.derive.run import Inputs, run_nodes
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import Node, Part, Plan, RowSet
from cdisc_conv.engine.plan.order import order_records
from cdisc_conv.engine.plan.reach import Home, PlanReach
from cdisc_conv.engine.ranges.range import Rows
from cdisc_conv.spec.model import SourceKind, Study
from cdisc_conv.tables import TableId
from cdisc_conv.xpt.transliteration import as_written


@dataclass(frozen=True)
class Split:
    """Which range each row is in. Tables that are not there are of no subject: every range has all of their rows."""

    count: int
    ranges: Mapping[TableId, np.ndarray]
    """Raw form or given dataset with rows of subjects -> the range (from 0) of each row."""
    firsts: tuple[str, ...] = ()
    """The subject that each range begins with."""


def split_rows(
    study: Study,
    plan: Plan,
    reach: PlanReach,
    rows: Rows,
    datasets: frozenset[str],
    count: int,
    earlier: Sequence[str] = (),
    shelf: Shelf = IN_MEMORY,
) -> Split:
    """The rows of the tables of subjects in at most `count` ranges of about as many rows each.

    `earlier` are the subjects that the ranges of an earlier run began with: they begin ranges again as long as none of
    these has more than twice its share of the rows, so that a subject more or less changes one range.

    A range is of subjects that follow each other in the final order of USUBJID, which is made first, for all rows and
    of nothing but what it needs. The raw subject column names a subject, too, whatever its letter case and blanks: rows
    that are tied by either of them, directly or by way of others, stay together. So a site that makes two USUBJID of
    one subject takes nothing apart, rows without a subject stay with all records without USUBJID, at the front, and a
    subject that a look-up does not know is one of them. Rows of which no USUBJID is made stand by their raw subject.

    With a shelf that has a folder, the rows of some subjects are in memory at a time.
    """
    names = _Names()
    keys: dict[TableId, np.ndarray] = {}
    for table, column in reach.subjects.items():
        text = _read_subjects(rows, table, column)
        if text is not None:
            keys[table] = names.number(text if table.is_form else _IDENTIFIER + text)
    if not len(names):
        return Split(1, {})
    needed = _list_needed(plan, reach, datasets)
    ties = []
    for portion, theirs in _portion(rows, keys, _is_apart(reach, rows, needed), shelf):
        state = run_nodes(study, plan, Inputs(portion.complete(study), portion.given), needed)
        tied = [_tie(state, study, node, theirs, names) for node in _list_row_sets(reach, state)]
        ties += [tie for tie in tied if tie is not None]
        state.forget()
        release_memory()
    groups = _join(len(names), np.unique(np.concatenate(ties), axis=0) if ties else np.zeros((0, 2), dtype=np.int64))
    said = study.settings.get("transliterate") or {}
    order, firsts = _order_groups(names.texts, groups, said)
    size = np.zeros(len(order), dtype=np.int64)
    for found in keys.values():
        size += np.bincount(order[groups[found]], minlength=len(order))
    number = _cut_as_before(firsts, earlier, size, count, said)
    of_group = number.astype(np.int32)[order]
    begins = np.flatnonzero(np.diff(number, prepend=-1))
    return Split(
        int(number.max(initial=0)) + 1,
        {table: of_group[groups[found]] for table, found in keys.items()},
        tuple(firsts.iloc[begins]),
    )


_IDENTIFIER = "\0"
"""Marks a USUBJID among the names of subjects, to distinguish it from a raw subject of the same text."""


class _Names:
    """The names of subjects, numbered as they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def texts(self) -> list[str]:
        return list(self._numbers)

    def number(self, texts: pd.Series) -> np.ndarray:
        """The number of each name."""
        codes, distinct = pd.factorize(texts)
        found = [self._numbers.setdefault(str(text), len(self._numbers)) for text in distinct]
        return np.array(found, dtype=np.int32)[codes] if found else np.zeros(0, dtype=np.int32)


def _read_subjects(rows: Rows, table: TableId, column: str) -> pd.Series | None:
    """The subject of each row of a table; None where the table is not there, blank where its column is not."""
    frame = rows.forms.get(table.name) if table.is_form else rows.given.get(table)
    if frame is None:
        return None
    if column not in frame:
        return text_column([""] * len(frame))
    if not table.is_form:
        return as_text(frame[column])
    return map_distinct(trim_text(frame[column]), lambda texts: text_column(map(fold, texts)))


def _list_needed(plan: Plan, reach: PlanReach, datasets: frozenset[str]) -> frozenset[Node]:
    """What has to be made for the row sets that follow subjects, and their USUBJID."""
    needed = plan.needed_for(datasets)
    followed = [node for node, home in reach.homes.items() if home is Home.SUBJECT and node in needed]
    parts = [part for node in followed for part in plan.parts[node.dataset, SUBJECT] if node.block in part.blocks]
    return frozenset(plan.upstream_of([*followed, *parts]))


def _is_apart(reach: PlanReach, rows: Rows, needed: frozenset[Node]) -> bool:
    """Whether some nodes can be made of the rows of each raw subject alone."""
    return not any(
        node in reach.across if isinstance(node, Part) else reach.homes[node] is Home.ACROSS for node in needed
    ) and not any(TableId(name) in reach.subjects for name in rows.given)


def _portion(
    rows: Rows, keys: Mapping[TableId, np.ndarray], apart: bool, shelf: Shelf
) -> Iterator[tuple[Rows, Mapping[TableId, np.ndarray]]]:
    """The rows of some raw subjects after others, with the names of their subjects; all at once unless kept `apart`."""
    total = sum(map(len, keys.values()))
    if not apart or shelf.folder is None or total <= PORTION:
        yield rows, keys
        return
    count = -(-total // PORTION)
    portions = {table: found % count for table, found in keys.items()}
    pieces = {
        table: divide(({"": piece} for piece in stream(rows.forms[table.name])), found, shelf.next_paths(count))
        for table, found in portions.items()
    }
    for number in range(count):
        mine = {table.name: Stored((found[number],)) for table, found in pieces.items()}
        yield (
            Rows({**rows.forms, **mine}, rows.given),
            {table: found[portions[table] == number] for table, found in keys.items()},
        )
        for found in pieces.values():
            found[number].path.unlink()


PORTION = 100_000
"""Raw rows whose subjects are made at a time."""


def _list_row_sets(reach: PlanReach, state: State) -> Iterator[RowSet]:
    for dataset, number in state.blocks:
        node = RowSet(dataset, number)
        if reach.homes[node] is Home.SUBJECT:
            yield node


def _tie(
    state: State, study: Study, node: RowSet, keys: Mapping[TableId, np.ndarray], names: _Names
) -> np.ndarray | None:
    """Pairs of names of one subject: that of the source row, and the USUBJID that is made of it."""
    block, rows = study.datasets[node.dataset].blocks[node.block], state.blocks[node.dataset, node.block]
    made = names.number(_IDENTIFIER + state.own(node.dataset, SUBJECT, (node.block,)))
    records, source_rows = rows.origins()
    table = TableId(block.source.table)
    if block.source.kind is SourceKind.SELF:
        theirs = names.number(_IDENTIFIER + state.earlier(node.dataset, SUBJECT, node.block))
    elif table in study.datasets:
        theirs = names.number(_IDENTIFIER + state.read(node.dataset, table, SUBJECT))
    elif table in keys:
        theirs = keys[table]
    else:
        return None
    pairs = np.stack([theirs[source_rows], made[records]], axis=1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return np.unique(pairs, axis=0) if len(pairs) else None


def _join(count: int, ties: np.ndarray) -> np.ndarray:
    """The group of each of `count` names, from 0: names that are tied, directly or by way of others, share one."""
    first = list(range(count))

    def find(name: int) -> int:
        while first[name] != name:
            first[name] = first[first[name]]
            name = first[name]
        return name

    for one, other in ties.tolist():
        one, other = find(one), find(other)
        first[max(one, other)] = min(one, other)
    return np.unique(np.array([find(name) for name in range(count)], dtype=np.int64), return_inverse=True)[1]


def _order_groups(
    names: list[str], groups: np.ndarray, transliterate: Mapping[str, str]
) -> tuple[np.ndarray, pd.Series]:
    """The place of each group, by the first of its USUBJID in the final order or its raw subject; and these names."""
    frame = pd.DataFrame({"name": text_column(names), "group": groups})
    raw = ~frame["name"].str.startswith(_IDENTIFIER).to_numpy(dtype=bool)
    place = np.empty(len(frame), dtype=np.int64)
    place[order_records([frame["name"].str.removeprefix(_IDENTIFIER)], transliterate)] = np.arange(len(frame))
    order = np.lexsort([place, raw, groups])
    first = order[np.flatnonzero(np.concatenate([[True], groups[order][1:] != groups[order][:-1]]))]
    found = np.empty(len(first), dtype=np.int64)
    in_order = np.argsort(place[first], kind="stable")
    found[in_order] = np.arange(len(first))
    return found, frame["name"].str.removeprefix(_IDENTIFIER).take(first[in_order]).reset_index(drop=True)


def _cut_as_before(
    firsts: pd.Series, earlier: Sequence[str], size: np.ndarray, count: int, transliterate: Mapping[str, str]
) -> np.ndarray:
    """The range of each group in order: cut at the subjects of an earlier run where that is still balanced."""
    if len(earlier) > 1 and len(firsts):
        whole = pd.concat([firsts, text_column(earlier)], ignore_index=True)
        ranks = rank_values(as_written(whole, transliterate))
        bounds = np.sort(ranks[len(firsts) :])[1:]  # what comes before the first one is of the first range
        number = np.searchsorted(bounds, ranks[: len(firsts)], side="right")
        number = np.unique(number, return_inverse=True)[1].astype(np.int64)
        if np.bincount(number, size).max() <= 2 * size.sum() / count:
            return number
    return _cut(size, count)


def _cut(size: np.ndarray, count: int) -> np.ndarray:
    """The range of each of some groups in order, at most `count` of about the same size, none of them empty."""
    if not len(size):
        return np.zeros(0, dtype=np.int64)
    middle = np.cumsum(size) - size / 2
    wanted = np.minimum((middle * count // max(1, size.sum())).astype(np.int64), count - 1)
    return np.unique(wanted, return_inverse=True)[1].astype(np.int64)
