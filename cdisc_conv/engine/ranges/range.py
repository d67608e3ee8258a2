"""One range of subjects from its rows to finished records and facts. The only part of the road that sees rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from cdisc_conv.columns.stored import Frame, Stored
from cdisc_conv.engine.account.blocks import count_blocks
from cdisc_conv.engine.account.coded import find_wrong_codes
from cdisc_conv.engine.account.count import count_marks, mark_sources, scope_of
from cdisc_conv.engine.account.near_misses import find_near_misses
from cdisc_conv.engine.account.typed import find_wrong_types
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.derive.known import NOTHING_KNOWN, Known
from cdisc_conv.engine.derive.run import run_plan
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.facts.collect import collect_facts, needs_working_memory
from cdisc_conv.engine.facts.datasets import DatasetFacts
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.facts.findings import list_findings
from cdisc_conv.engine.facts.raw_rows import Numbers, number_rows, number_sources
from cdisc_conv.engine.finish.datasets import finish_beside, finish_dataset
from cdisc_conv.engine.finish.draft import AnyDraft, Draft, KeptDraft
from cdisc_conv.engine.plan.graph import Plan, RowSet
from cdisc_conv.engine.plan.sayings import Sayings
from cdisc_conv.engine.workers.halves import map_in_halves
from cdisc_conv.spec.model import Study
from cdisc_conv.steps import NOTHING_KEPT, Steps
from cdisc_conv.tables import TableId

Progress = Callable[[str], None]

_MOST_CELLS = 20_000_000
"""With more, a second copy of the records costs more than it saves."""
_ROWS_LIKE_A_COLUMN = 20_000
"""A column costs as much as so many values of it."""


@dataclass(frozen=True, slots=True)
class Division:
    """How a study is divided; nothing of what is made depends on it."""

    ranges: int = 1
    """The most ranges of subjects; at least as many as there are workers. 0 leaves it to the size of the files."""
    workers: int = 1
    """The processes that make them side by side."""
    scheduler: str = ""
    """The address of the Dask cluster that makes them instead."""
    scratch: str = ""
    """A folder for what would fill the memory; for a cluster, a folder or URL through which rows and results go."""

    @property
    def count(self) -> int:
        """The most ranges that are made."""
        return max(self.ranges, self.workers)


WHOLE = Division()


@dataclass(frozen=True)
class Rows:
    """The rows of some subjects, every column of a form as text, beside the forms and datasets without subjects."""

    forms: Mapping[str, Frame]
    """Raw forms; one that is missing counts as empty."""
    given: Mapping[str, Frame]
    """Datasets that are given instead of made."""
    numbers: Numbers = field(default_factory=dict)
    """Of a table of which there are some rows only, the number of each row in its file."""
    known: Known = NOTHING_KNOWN
    """What was made of all subjects."""
    repeated: Collection[TableId] = ()
    """Tables of no subject, which other ranges have as well."""
    is_first: bool = True
    """Whether it is the first of several ranges, or the only one."""
    name: str = "whole"
    """What tells the range from others of the study."""

    def complete(self, study: Study) -> dict[str, Frame]:
        """The raw forms of a study with every declared column."""
        return {name: complete_form(self.forms.get(name), tuple(form.fields)) for name, form in study.forms.items()}


@dataclass(frozen=True)
class Range:
    """What became of the rows of some subjects."""

    drafts: tuple[AnyDraft, ...]
    """The records of the datasets that were asked for, in the order of the files."""
    facts: Facts
    beside: tuple[AnyDraft, ...] = ()
    """Those of datasets that were made only to be read by others, as far as they were made."""
    made: frozenset[str] = frozenset()
    """The names of the row sets and variables that were made."""
    reused: frozenset[str] = frozenset()
    """Those of variables that an earlier run had made already."""
    kept: frozenset[int] = frozenset()
    """The numbers (from 1) of the ranges that an earlier run had made as a whole, where there are several."""
    count: int = 1
    """How many ranges it was made in."""

    def load(self) -> Range:
        """The same with all records in memory."""
        drafts, beside = (
            tuple(draft.load() if isinstance(draft, KeptDraft) else draft for draft in some)
            for some in (self.drafts, self.beside)
        )
        return replace(self, drafts=drafts, beside=beside)


@dataclass(frozen=True)
class DeriveRange:
    """`derive_range` for a study, as a task that workers can be given."""

    study: Study
    plan: Plan
    datasets: tuple[str, ...]

    def __call__(self, rows: Rows, /) -> Range:
        """The records and facts of the rows of a range."""
        return derive_range(self.study, self.plan, rows, self.datasets)


def derive_range(
    study: Study,
    plan: Plan,
    rows: Rows,
    datasets: Sequence[str],
    progress: Progress = lambda step: None,
    keeping: Keeping | None = None,
) -> Range:
    """Make those `datasets` of the rows of a range that are not known: what comes out depends on the arguments alone.

    What an earlier run kept of the range (`keeping`) is taken over where it is what would be made.

    Raises what a derivation raises, with a note of the variable and its place in the mapping.
    """
    return number_range(make_range(study, plan, rows, datasets, progress, keeping), rows.numbers)


def make_range(
    study: Study,
    plan: Plan,
    rows: Rows,
    datasets: Sequence[str],
    progress: Progress = lambda step: None,
    keeping: Keeping | None = None,
) -> Range:
    """`derive_range`, with rows counted as the range has them."""
    state = run_plan(study, plan, rows.complete(study), rows.given, datasets, progress, rows.known, keeping)
    steps = keeping.steps if keeping is not None else NOTHING_KEPT
    drafts, found = finish_datasets(state, [name for name in datasets if name not in rows.known.datasets], steps)
    beside = tuple(
        finish_beside(state, name)
        for name in study.datasets
        if name not in (*datasets, *rows.known.datasets) and (name, 0) in state.blocks
    )
    facts = _collect(study, state, rows, datasets, drafts, found)
    made = scope_of(state).made
    state.forget()
    return Range(drafts, facts, beside, made, state.reused)


def number_range(made: Range, numbers: Numbers) -> Range:
    """The same with rows counted as the files count them."""
    return replace(
        made,
        drafts=_number(made.drafts, numbers),
        facts=number_rows(made.facts, numbers),
        beside=_number(made.beside, numbers),
    )


def finish_datasets(
    state: State, names: Sequence[str], steps: Steps = NOTHING_KEPT
) -> tuple[tuple[Draft, ...], dict[str, DatasetFacts]]:
    """The records of datasets as they end up, with their facts; of few records by two processors."""
    sayings = Sayings(state.study, state.plan)
    said = {name: sayings.of(name) if steps.are_kept else None for name in names}

    def finish(name: str) -> tuple[Draft, DatasetFacts]:
        draft = finish_dataset(state, name)
        if said[name] is None or needs_working_memory(draft):
            return draft, collect_facts(state, draft)
        made_of = (said[name], draft.frame, draft.supplemental, draft.block, draft.keys)
        return draft, steps.recall("count", made_of, lambda: collect_facts(state, draft))[0]

    records = {name: state.length(name, state.blocks_of(name)) for name in names}
    columns = {name: len(state.study.datasets[name].names()) for name in names}
    if sum(records[name] * columns[name] for name in names) > _MOST_CELLS:
        made = [finish(name) for name in names]
    else:
        sizes = [columns[name] * (1 + records[name] / _ROWS_LIKE_A_COLUMN) for name in names]
        made = map_in_halves(finish, names, sizes, state.study)
    return tuple(draft for draft, _ in made), {draft.spec.name: facts for draft, facts in made}


def _collect(
    study: Study,
    state: State,
    rows: Rows,
    datasets: Sequence[str],
    drafts: Sequence[Draft],
    found: Mapping[str, DatasetFacts],
) -> Facts:
    """The facts of a range, `found` those of its drafts; what is of no subject counts in the first one."""
    marks = mark_sources(state)
    own = {table: mark for table, mark in marks.items() if table not in rows.repeated}
    forms, given = rows.forms, rows.given
    if not rows.is_first:
        forms = {name: frame for name, frame in forms.items() if TableId.of_form(name) not in rows.repeated}
        given = {name: frame for name, frame in given.items() if TableId(name) not in rows.repeated}
    elsewhere = {*rows.known.blocks, *rows.known.empty}
    return Facts(
        datasets=found,
        findings=list_findings(
            state, {draft.spec.name: draft.place for draft in drafts} | dict(rows.known.places), rows.repeated
        ),
        account=count_marks(scope_of(state), own),
        shared={table: mark for table, mark in marks.items() if table in rows.repeated},
        blocks={key: counts for key, counts in count_blocks(state).items() if RowSet(*key) not in elsewhere},
        wrong_codes=find_wrong_codes(study, forms),
        wrong_types=find_wrong_types(study, forms),
        near_misses=find_near_misses(study, forms, given, datasets),
    )


def _number(drafts: Sequence[AnyDraft], numbers: Numbers) -> tuple[Draft, ...]:
    """The drafts in memory, with the rows of files as the files count them."""
    loaded = (draft.load() if isinstance(draft, KeptDraft) else draft for draft in drafts)
    return tuple(
        replace(draft, records=number_sources(draft.records, numbers), picked=number_sources(draft.picked, numbers))
        for draft in loaded
    )


def complete_form(frame: Frame | None, columns: tuple[str, ...]) -> Frame:
    """The frame with every declared column; one that is missing in the file (a finding by then) is blank."""
    if frame is None:
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in columns})
    missing = [name for name in columns if name not in frame]
    if not missing:
        return frame
    if isinstance(frame, Stored):
        return frame.with_blank(missing)
    return frame.assign(**{name: pd.Series("", index=frame.index, dtype="str") for name in missing})
