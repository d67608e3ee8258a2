"""A study by ranges of subjects: split, derive each range, and put together what they and all subjects gave."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.columns.memory import release_memory
from cdisc_conv.columns.stored import IN_MEMORY, Shelf, load
from cdisc_conv.engine.account.blocks import count_blocks
from cdisc_conv.engine.account.count import count_marks, scope_of
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.facts.collect import collect_facts
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.facts.findings import list_findings
from cdisc_conv.engine.finish.behind import list_picks
from cdisc_conv.engine.finish.draft import AnyDraft, Draft, KeptDraft
from cdisc_conv.engine.plan.graph import Plan, RowSet
from cdisc_conv.engine.plan.order import reads_final_order
from cdisc_conv.engine.plan.reach import find_reach
from cdisc_conv.engine.ranges.before import Before, make_before
from cdisc_conv.engine.ranges.kept import keep_range, open_range
from cdisc_conv.engine.ranges.merge import find_draft, merge_ranges, stack_sources
from cdisc_conv.engine.ranges.order import order_facts
from cdisc_conv.engine.ranges.range import WHOLE, DeriveRange, Division, Progress, Range, Rows, derive_range
from cdisc_conv.engine.ranges.reuse import DeriveChanged, keep_cut, read_cut
from cdisc_conv.engine.ranges.split import split_rows
from cdisc_conv.engine.ranges.spread import KeepRange, SpreadRows, spread_rows
from cdisc_conv.engine.workers.choose import choose_workers
from cdisc_conv.engine.workers.task import name_range
from cdisc_conv.findings import merge_findings
from cdisc_conv.spec.model import Study


def derive_study(
    study: Study,
    plan: Plan,
    rows: Rows,
    datasets: Sequence[str],
    division: Division = WHOLE,
    progress: Progress = lambda step: None,
    keeping: Keeping | None = None,
    shelf: Shelf = IN_MEMORY,
) -> Range:
    """Make `datasets` of all rows, range after range: what comes out does not depend on how the subjects are divided.

    The records of several ranges stay on the shelf, if that has a folder. Raises what `derive_range` raises, and
    OSError when there is no space for them.
    """
    if division.count > 1:
        reach = find_reach(study, plan)
        earlier = read_cut(keeping, division.count) if keeping is not None else ()
        split = split_rows(study, plan, reach, rows, frozenset(datasets), division.count, earlier, shelf)
        release_memory()
        if split.count > 1:
            if keeping is not None:
                keep_cut(keeping, division.count, split.firsts)
            before = make_before(study, plan, reach, rows, datasets, split)
            release_memory()
            task = DeriveRange(study, plan, tuple(datasets))
            if keeping is not None and not division.scheduler:  # other machines do not have what is kept here
                task = DeriveChanged(study, plan, tuple(datasets), keeping)
            if shelf.folder is not None:
                return _derive_in_ranges(before, rows, task, division, progress, shelf)
            with tempfile.TemporaryDirectory() as folder:
                return _derive_in_ranges(before, rows, task, division, progress, Shelf(Path(folder))).load()
    made = derive_range(study, plan, rows, datasets, progress, keeping)
    return replace(made, facts=order_facts(study, made.facts))


def _derive_in_ranges(
    before: Before, rows: Rows, task: DeriveRange, division: Division, progress: Progress, shelf: Shelf
) -> Range:
    """The ranges in their order, whoever makes them and in whatever order they complete, and all of it together."""
    split = before.split
    take = spread_rows(rows, split, before.know, before.repeated, shelf.part("ranges"))
    found: dict[int, Path] = {}
    with closing(_map(task, division, take, split.count)) as ranges:
        for number, kept in ranges:
            found[number] = kept
            progress(name_range(number, split.count))
    release_memory()
    folders = [found[number] for number in range(split.count)]
    return _join(before, folders, task.datasets, shelf.part("merged"))


def _map(
    task: DeriveRange, division: Division, take: Callable[[int], SpreadRows], count: int
) -> Generator[tuple[int, Path], None, None]:
    """The numbers of ranges and the folders of their results, as they complete."""
    workers = choose_workers(division.workers, division.scheduler, division.scratch)
    if not division.scheduler:
        yield from workers.map(KeepRange(task), take, count)
        return
    # The workers of a cluster have disks of their own: rows and results travel.
    places: dict[int, Path] = {}

    def send(number: int) -> Rows:
        rows = take(number)
        places[number] = rows.result
        return rows.load(task.study)

    with closing(workers.map(task, send, count)) as ranges:
        for number, made in ranges:
            keep_range(made, places[number])
            yield number, places[number]


def _note_kept(made: Range, ranges: Sequence[Range]) -> Range:
    """The result with what of it an earlier run had made: whole ranges, and variables in every range."""
    kept = frozenset(number for number, each in enumerate(ranges, start=1) if each.kept)
    reused = frozenset.intersection(*(each.reused for each in ranges))
    return replace(made, reused=reused, kept=kept, count=len(ranges))


def _join(before: Before, folders: Sequence[Path], datasets: Sequence[str], shelf: Shelf) -> Range:
    """Everything together: the ranges, and what was made before them."""
    study = before.state.study
    # Facts are read when they are added up, one range after the other.
    ranges = [replace(open_range(folder, study), facts=Facts()) for folder in folders]
    merged = merge_ranges(study, ranges, (open_range(folder, study).facts for folder in folders), shelf)
    places = {draft.spec.name: _Places(before, ranges, draft) for draft in (*merged.drafts, *merged.beside)}
    own, beside = before.drafts, before.beside
    drafts: dict[str, AnyDraft] = {
        draft.spec.name: _add_picks(before, draft, places, shelf)
        for draft in merged.drafts
        if isinstance(draft, KeptDraft)
    }
    drafts |= {name: _count_sources(study, draft, places) for name, draft in own.items()}
    all_beside = {**{draft.spec.name: draft for draft in merged.beside}, **beside}
    facts = order_facts(study, _join_facts(before, merged, own, places))
    made = Range(
        tuple(drafts[name] for name in datasets),
        facts,
        tuple(all_beside[name] for name in study.datasets if name in all_beside),
        merged.made,
    )
    return _note_kept(made, ranges)


class _Places:
    """Where the records of a dataset are that were made of all subjects at once, among those that ranges made."""

    def __init__(self, before: Before, ranges: Sequence[Range], draft: AnyDraft) -> None:
        name = draft.spec.name
        self.made = np.zeros(0, dtype=np.int64)
        """The place of each in the order in which the ranges made them."""
        self.final = self.made
        """The place of each in the finished dataset."""
        numbers = [number for number in before.state.blocks_of(name) if (name, number) in before.state.blocks]
        if not numbers:
            return
        lengths = [np.bincount(find_draft(each, name).block, minlength=len(draft.spec.blocks)) for each in ranges]
        starts = [np.cumsum([0, *found]) for found in lengths]
        first = np.cumsum([0, *(found.sum() for found in lengths)])
        for number in numbers:
            of_range = before.ranges[name, number]
            found = np.empty(len(of_range), dtype=np.int64)
            for place in range(len(ranges)):
                mine = np.flatnonzero(of_range == place)
                found[mine] = first[place] + starts[place][number] + np.arange(len(mine))
            self.made = np.concatenate([self.made, found])
        self.final = draft.place[self.made]


def _count_sources(study: Study, draft: Draft, places: Mapping[str, _Places]) -> Draft:
    """The draft with the records of datasets that it was made of counted as the ranges count them."""
    return replace(
        draft,
        records=_move_sources(study, draft, draft.records, places),
        picked=_move_sources(study, draft, draft.picked, places),
    )


def _move_sources(study: Study, draft: AnyDraft, frame: pd.DataFrame, places: Mapping[str, _Places]) -> pd.DataFrame:
    rows = frame["row"].to_numpy().copy()
    for name, found in places.items():
        if not reads_final_order(study, draft.spec.name, name) and f"dataset {name}" in frame["source"].cat.categories:
            mine = (frame["source"] == f"dataset {name}").to_numpy(dtype=bool)
            rows[mine] = found.made[rows[mine] - 1] + 1
    return frame.assign(row=rows)


def _add_picks(before: Before, draft: KeptDraft, places: Mapping[str, _Places], shelf: Shelf) -> KeptDraft:
    """The draft with the records that values are from which were made of all subjects."""
    name = draft.spec.name
    across = {part.name for part in before.reach.across if part.dataset == name and part in before.nodes}
    if not across:
        return draft
    picks = list_picks(before.state, draft.spec)
    picks = picks[picks["variable"].isin(across)].reset_index(drop=True)
    picks = _move_sources(before.state.study, draft, picks, places)
    picks = picks.assign(record=places[name].final[picks["record"].to_numpy()])
    return replace(draft, picked=shelf.put_whole(stack_sources([load(draft.picked), picks])))


def _join_facts(before: Before, merged: Range, own: Mapping[str, Draft], places: Mapping[str, _Places]) -> Facts:
    state, facts = before.state, merged.facts
    final = {name: found.final for name, found in places.items()} | before.places
    found = list_findings(state, final, before.repeated, before.has_made)
    scope = replace(scope_of(state), made=merged.made)
    of_study = {(node.dataset, node.block) for node in before.nodes if isinstance(node, RowSet)}
    blocks = {key: counts for key, counts in count_blocks(state).items() if key in of_study}
    return replace(
        facts,
        datasets={**facts.datasets, **{name: collect_facts(state, draft) for name, draft in own.items()}},
        findings=merge_findings(found, facts.findings),
        account=(*facts.account, *count_marks(scope, facts.shared)),
        shared={},
        blocks={**facts.blocks, **blocks},
    )
