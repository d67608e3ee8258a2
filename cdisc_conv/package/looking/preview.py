"""A dataset beside its raw rows: a few records, with the fields that each value was made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from cdisc_conv.columns.sas_dates import to_iso_dates, to_iso_datetimes
from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.graph import refs_of
from cdisc_conv.engine.plan.order import reads_final_order
from cdisc_conv.package.looking.rows import Look, find_dataset, load_readable, look_at
from cdisc_conv.package.reading.sources import show_value
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean
from cdisc_conv.spec.model import Block, DatasetSpec, SourceKind, Study
from cdisc_conv.spec.references import TargetKind, resolve

_FIRST_SUBJECTS = 5
"""So many subjects are tried at first; ever more until there are enough records."""
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class PreviewRecord:
    """A record: its values, the raw rows behind it (``ae row 3``), and the fields behind each variable."""

    values: Mapping[str, str]
    rows: tuple[str, ...]
    fields: Mapping[str, Mapping[str, str]]
    """Variable -> field (``ae.AESTDAT``) -> what the rows hold there."""


@dataclass(frozen=True)
class Preview:
    """Some records of a dataset."""

    dataset: str
    label: str
    variables: tuple[str, ...]
    qualifiers: frozenset[str]
    """Those of `variables` that go to SUPP--."""
    records: tuple[PreviewRecord, ...]
    found: int
    """How many records the subjects have that were looked at."""
    subjects: int
    """How many subjects were looked at."""
    whole: bool
    """Whether these are all subjects of the export."""
    problems: tuple[Problem, ...] = ()


def preview_dataset(
    words: str | Path, dataset: str, raw: Path, *, rows: int = 20, subject: str = "", sdtm: Path | None = None
) -> Preview:
    """The first records of a dataset, of one subject or of the first ones of the export, beside their raw rows.

    Only the forms that the dataset needs are read, and only the rows of these subjects are converted; the records and
    their --SEQ are as in a run. Raises ProblemsError: PKG007 no such dataset, PRV001 no such subject, and those of the
    study and the export.
    """
    study, problems = load_readable(words)
    name = find_dataset(study, dataset)
    sources = _list_sources(study, study.datasets[name])
    look = look_at(study, (name, *sources), raw, sdtm)
    forms = [*(block.source.name for block in _form_blocks(study, name)), study.raw.home]
    known = look.list_subjects(forms)
    if subject and subject not in known:
        hint = did_you_mean(subject, known) or f"there are {len(known):,}: {', '.join(known[:5])} ..."
        message = f"the export has no subject {subject} in column {study.raw.subject}"
        raise ProblemsError([Problem("PRV001", message, hint=hint)])
    wanted = [subject] if subject else known[:_FIRST_SUBJECTS]
    made, found = look.derive(wanted)
    while len(made[0].frame) < rows and not subject and len(wanted) < len(known):
        wanted = known[: len(wanted) * 4]
        made, found = look.derive(wanted)
    draft = made[0]
    draft = replace(draft, records=_count_finally(study, draft, made[1:]))
    others = {other.spec.name: other.frame for other in made[1:]}
    own = [one for one in found if not one.place.dataset or one.place.dataset == name]
    shown = _show_dates(draft.frame.join(draft.supplemental).head(rows))
    records = tuple(_Writer(look, draft, others).write(shown))
    return Preview(
        name,
        study.datasets[name].label,
        tuple(shown.columns),
        frozenset(draft.supplemental.columns),
        records,
        len(draft.frame),
        len(wanted),
        len(wanted) == len(known),
        (*problems, *look.problems, *own),
    )


def _show_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Numeric dates (``--DT``) and datetimes (``--DTM``) as ISO 8601 text, as `trace` shows them."""
    writers = {"DT": to_iso_dates, "DTM": to_iso_datetimes}
    dates = {
        name: writer(frame[name])
        for ending, writer in writers.items()
        for name in map(str, frame.columns)
        if name.endswith(ending) and frame[name].dtype.kind == "f"
    }
    return frame.assign(**dates)


def _count_finally(study: Study, draft: Draft, others: Iterable[Draft]) -> pd.DataFrame:
    """The rows behind the records of a dataset, records of other datasets counted as they are in the end."""
    rows = draft.records["row"].to_numpy().copy()
    for other in others:
        if not reads_final_order(study, draft.spec.name, other.spec.name):
            mask = (draft.records["source"] == f"dataset {other.spec.name}").to_numpy(dtype=bool)
            rows[mask] = other.place[rows[mask] - 1] + 1
    return draft.records.assign(row=rows)


def _form_blocks(study: Study, name: str, depth: int = 0) -> Iterator[Block]:
    """The blocks that read forms: of a dataset, or of the datasets that it is made of."""
    for block in study.datasets[name].blocks if name in study.datasets else ():
        if block.source.kind is SourceKind.FORM:
            yield block
        elif block.source.kind is SourceKind.DATASET and depth < _DEEPEST:
            yield from _form_blocks(study, block.source.name, depth + 1)


def _list_sources(study: Study, spec: DatasetSpec) -> list[str]:
    """The datasets whose records stand behind those of a dataset."""
    kinds = (SourceKind.DATASET,)
    names = dict.fromkeys(block.source.name for block in spec.blocks if block.source.kind in kinds)
    return [name for name in names if name in study.datasets and name != spec.name]


@dataclass
class _Writer:
    """Records with the values of their rows."""

    look: Look
    draft: Draft
    others: Mapping[str, pd.DataFrame]
    _reads: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)

    def write(self, shown: pd.DataFrame) -> Iterator[PreviewRecord]:
        behind = self.draft.records[self.draft.records["record"] < len(shown)]
        grouped = {int(str(number)): rows for number, rows in behind.groupby("record")}
        for number in range(len(shown)):
            record = shown.iloc[number]
            values = {name: show_value(record[name]) for name in map(str, shown.columns)}
            rows = grouped.get(number)
            cells = [] if rows is None else [(str(one.source), int(str(one.row))) for one in rows.itertuples()]
            block = int(self.draft.block[number])
            entry = None if rows is None else self._find_entry(block, int(rows["variant"].iloc[0]))
            fields = {name: self._read_fields(block, entry, name, cells) for name in values}
            yield PreviewRecord(values, tuple(_name_row(*cell) for cell in cells), fields)

    def _find_entry(self, block: int, variant: int) -> Mapping[str, object] | None:
        """The entry of ``for_each`` that made a record; see `Records.frame`."""
        blocks = self.draft.spec.blocks
        before = sum(max(1, len(one.for_each)) for one in blocks[:block])
        entries = blocks[block].for_each
        return entries[variant - before] if 0 <= variant - before < len(entries) else None

    def _read_fields(
        self, block: int, entry: Mapping[str, object] | None, variable: str, cells: list[tuple[str, int]]
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in self._list_reads(block, variable):
            column = name
            if name.startswith("="):
                said = (entry or {}).get(name[1:])
                if not isinstance(said, Ref):
                    continue
                column = said.removeprefix("raw.")
            values = dict.fromkeys(self._read(source, row, column) for source, row in cells)
            table = cells[0][0].split(" ", 1)[1] if cells else ""
            found[f"{table}.{column}"] = " | ".join(values)
        return found

    def _list_reads(self, block: int, variable: str) -> tuple[str, ...]:
        """The columns of the source that a variable reads, itself or by working values; ``=NAME`` is of for_each."""
        key = (block, variable)
        if key not in self._reads:
            self._reads[key] = tuple(dict.fromkeys(self._follow(block, variable, 0)))
        return self._reads[key]

    def _follow(self, number: int, variable: str, depth: int) -> Iterator[str]:
        spec = self.draft.spec
        block = spec.blocks[number]
        own = spec.own_variable(variable, block)
        for ref in refs_of(own) if own is not None and depth < _DEEPEST else ():
            target = resolve(self.look.study, spec, block, variable, ref)
            if target is None:
                continue
            if target.kind is TargetKind.SOURCE:
                yield target.name
            elif target.kind is TargetKind.GIVEN:
                yield f"={target.name}"
            elif target.kind is TargetKind.OWN and target.name in spec.working_names():
                yield from self._follow(number, target.name, depth + 1)

    def _read(self, source: str, row: int, column: str) -> str:
        kind, _, name = source.partition(" ")
        frame = self.look.frames.get(name) if kind == "form" else self.others.get(name, self.look.given.get(name))
        if frame is None or column not in frame or not 0 < row <= len(frame):
            return ""
        return show_value(frame[column].iloc[row - 1])


def _name_row(source: str, row: int) -> str:
    kind, _, name = source.partition(" ")
    return f"{name} row {row}" if kind == "form" else f"{name} record {row}"
