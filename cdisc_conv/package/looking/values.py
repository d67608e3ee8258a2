"""The values of a raw column, how often each is there, and what the mapping makes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.graph import Part, Plan, RowSet, variable_of
from cdisc_conv.package.looking.rows import Look, load_readable, look_at
from cdisc_conv.package.reading.sources import show_value
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.spec.model import Field, Form, Study
from cdisc_conv.tables import ColumnRef, TableId

ROWS_LOOKED_AT = 200
"""So many rows of each value are converted to see what becomes of it; all rows are counted."""


Results = dict[str, dict[str, Counter[str]]]


@dataclass(frozen=True, slots=True)
class RawValue:
    """A value of the column: its words where the data dictionary has them, how many rows, and what becomes of it."""

    value: str
    words: str
    count: int
    becomes: Mapping[str, tuple[tuple[str, int], ...]]
    """Variable (``AE.AESEV``) -> values and in how many of the records looked at, the most frequent first."""
    found: tuple[str, ...] = ()
    """Codes of findings about it."""
    is_lost: bool = False
    """Whether it is there, and no variable that is made of it, and not only decided by it, holds anything."""


@dataclass(frozen=True)
class ColumnValues:
    """The values of a column, the most frequent first."""

    form: str
    column: str
    label: str
    variables: tuple[str, ...]
    """The variables that read it."""
    records: tuple[str, ...]
    """The datasets whose records it decides on."""
    reason: str
    """Why it is not submitted, where the study says so."""
    values: tuple[RawValue, ...]
    rows: int
    problems: tuple[Problem, ...] = field(default=())


def list_values(words: str | Path, name: str, raw: Path, sdtm: Path | None = None) -> ColumnValues:
    """The distinct values of a raw column, ``ae.AESEV``.

    Blanks around values do not count. Every row is counted; what becomes of a value is seen in its first rows. Raises
    ProblemsError: VAL001 no such form or column, VAL002 the form cannot be read, and those of the study.
    """
    study, problems = load_readable(words)
    form, column = _find_column(study, name)
    probe = look_at(study, (), raw, sdtm)
    parts = list(_list_readers(study, probe.plan, form.name, column.name))
    datasets = tuple(dict.fromkeys(part.dataset for part in parts))
    look = look_at(study, datasets, raw, sdtm) if datasets else probe
    frame = look.frames.get(form.name)
    if frame is None:
        frame = look_at_form(study, form, raw)
    series = frame[column.name].str.strip() if column.name in frame else pd.Series("", index=frame.index)
    counts = Counter(series)
    becomes, found = _see_results(look, parts, form, column, series) if datasets else ({}, {})
    shown = [*(value for value, _ in counts.most_common()), *(code for code in column.values if code not in counts)]
    made_of = {f"{part.dataset}.{part.name}" for part in parts if variable_of(study, part).derivation.reads()}
    values = tuple(
        _describe_value(value, column, counts[value], becomes, made_of, tuple(sorted(found.get(value, ()))))
        for value in shown
    )
    reasons = study.not_submitted
    return ColumnValues(
        form.name,
        column.name,
        column.label,
        tuple(dict.fromkeys(f"{part.dataset}.{part.name}" for part in parts)),
        tuple(_list_decided(probe.plan, form.name, column.name)),
        reasons.get(f"{form.name}.{column.name}", reasons.get(column.name, "")),
        values,
        len(frame),
        (*problems, *look.problems),
    )


def _describe_value(
    value: str, column: Field, count: int, becomes: Results, made_of: Collection[str], found: tuple[str, ...]
) -> RawValue:
    results = {name: tuple(made.get(value, Counter()).most_common()) for name, made in becomes.items()}
    made = [result for name in made_of for result, _ in results.get(name, ())]
    lost = bool(value and made) and not any(made)
    return RawValue(value, column.values.get(value, ""), count, results, found, lost)


def look_at_form(study: Study, form: Form, raw: Path) -> pd.DataFrame:
    """The rows of a form that no dataset reads. Raises ProblemsError (VAL002)."""
    from cdisc_conv.engine.convert import list_subject_keys
    from cdisc_conv.raw.files.cache import find_cache, read_kept_forms
    from cdisc_conv.raw.subjects import join_frames
    from cdisc_conv.spec.forms.sources import form_source

    keys = list_subject_keys(study)
    needed = [form, *([study.forms[keys[form.name].form]] if form.name in keys else [])]
    frames, problems = read_kept_forms([form_source(study, one) for one in needed], raw, find_cache())
    frames, _ = join_frames(frames, keys, study.raw.subject)
    if form.name not in frames:
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        raise ProblemsError(errors or [Problem("VAL002", f"form {form.name} cannot be read")])
    return frames[form.name]


def _find_column(study: Study, name: str) -> tuple[Form, Field]:
    asked = ColumnRef(name)
    form, column = asked.table, asked.column
    if not column:
        hint = "write FORM.COLUMN, such as ae.AESEV"
        raise ProblemsError([Problem("VAL001", f"'{name}' does not name a column of a form", hint=hint)])
    if form not in study.forms:
        hint = did_you_mean(form, study.forms) or f"there are: {', '.join(study.forms)}"
        raise ProblemsError([Problem("VAL001", f"{study.name} has no form {form}", hint=hint)])
    fields = study.forms[form].fields
    if column not in fields:
        hint = did_you_mean(column, fields) or f"it has: {', '.join(fields)}"
        raise ProblemsError([Problem("VAL001", f"form {form} has no column {column}", hint=hint)])
    return study.forms[form], fields[column]


def _list_readers(study: Study, plan: Plan, form: str, column: str) -> Iterator[Part]:
    """The variables that read a column of a form, themselves or by working values."""
    table = TableId.of_form(form)
    working: set[Part] = set()
    for node in plan.order:
        if not isinstance(node, Part):
            continue
        direct = any(target.table == table and target.name == column for target in plan.raw_reads[node])
        if direct or any(read in working for read in plan.reads[node] if read.dataset == node.dataset):
            if node.name in study.datasets[node.dataset].working_names():
                working.add(node)
            else:
                yield node


def _list_decided(plan: Plan, form: str, column: str) -> Iterator[str]:
    table = TableId.of_form(form)
    names: dict[str, None] = {}
    for node in plan.order:
        if isinstance(node, RowSet):
            reads = any(target.table == table and target.name == column for target in plan.raw_reads[node])
            names |= {node.dataset: None} if reads else {}
    yield from names


def _see_results(
    look: Look, parts: list[Part], form: Form, column: Field, series: pd.Series
) -> tuple[Results, dict[str, set[str]]]:
    """Variable -> raw value -> what it became, and the findings about each raw value."""
    first = series.groupby(series, sort=False).cumcount().to_numpy() < ROWS_LOOKED_AT
    frame = look.frames[form.name]
    subject = look.study.raw.subject
    subjects = frame.loc[first, subject].str.strip().unique() if subject in frame and not first.all() else None
    made, problems = look.derive(subjects)
    values = series.to_numpy()
    results: Results = {}
    for draft in made:
        for part in parts:
            if part.dataset == draft.spec.name:
                made_of = results.setdefault(f"{part.dataset}.{part.name}", {})
                _add_results(made_of, draft, part, (form.name, column.name), values)
    found: dict[str, set[str]] = {}
    for problem in problems:
        here = problem.place.form == form.name and problem.place.field == column.name
        if here and problem.value and problem.severity is not Severity.NOTE:
            found.setdefault(problem.value.strip(), set()).add(problem.code)
    return results, found


def _add_results(
    results: dict[str, Counter[str]], draft: Draft, part: Part, source: tuple[str, str], values: np.ndarray
) -> None:
    """What a variable holds in the records that rows of a form are behind."""
    form, column = source
    made = (draft.frame if part.name in draft.frame else draft.supplemental)[part.name].to_numpy()
    behind = draft.records[draft.records["source"] == f"form {form}"]
    picked = draft.picked[(draft.picked["source"] == f"form {form}") & (draft.picked["variable"] == part.name)]
    of_entries = behind["variant"].isin(_list_variants(draft, part, column))
    behind = picked if len(picked) else behind[of_entries]
    records, rows = behind["record"].to_numpy(), behind["row"].to_numpy()
    in_part = np.isin(draft.block[records], part.blocks)
    pairs = Counter(zip(values[rows[in_part] - 1], map(show_value, made[records[in_part]]), strict=True))
    for (value, result), count in pairs.items():
        results.setdefault(value, Counter())[result] += count


def _list_variants(draft: Draft, part: Part, column: str) -> list[int]:
    """The kinds of records (`Records.frame`) that a column makes: the entries of ``for_each`` that name it, if any."""
    found: list[int] = []
    start = 0
    for number, block in enumerate(draft.spec.blocks):
        size = max(1, len(block.for_each))
        naming = [
            place
            for place, entry in enumerate(block.for_each)
            if any(isinstance(said, Ref) and said.removeprefix("raw.") == column for said in entry.values())
        ]
        if number in part.blocks:
            found += [start + place for place in (naming or range(size))]
        start += size
    return found
