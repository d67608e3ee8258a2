"""Raw forms to finished datasets: read, plan, run, finish. What `cdisc-conv run` does before anything is written.

A run without raw forms reads SDTM instead and makes the analysis datasets alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.account.coded import describe_codes, drop_told, find_wrong_codes, list_readers
from cdisc_conv.engine.account.near_misses import describe_near_misses, find_near_misses
from cdisc_conv.engine.derive.run import run_plan
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.describe.datasets import describe_datasets
from cdisc_conv.engine.describe.metadata import harmonise_lengths
from cdisc_conv.engine.facts.collect import collect_facts
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.finish.beside import describe_beside, describe_given
from cdisc_conv.engine.finish.datasets import finish_dataset
from cdisc_conv.engine.given.tabulations import read_tabulations
from cdisc_conv.engine.given.typed import read_given
from cdisc_conv.engine.plan.graph import Plan, RowSet, plan_study
from cdisc_conv.problems import SHOWN_ROWS, Problem
from cdisc_conv.raw import FormSource, RawForm, check_subjects, read_forms
from cdisc_conv.spec.model import SourceKind, Study
from cdisc_conv.spec.raw_sources import form_source


@dataclass(frozen=True)
class Conversion:
    """Everything one run made and found."""

    study: Study
    plan: Plan
    forms: Mapping[str, RawForm]
    datasets: tuple[Dataset, ...]
    problems: tuple[Problem, ...]
    facts: Facts
    state: State
    """Row sets and columns behind the datasets: what accounting and lineage are read from."""
    given_files: tuple[Path, ...] = ()
    """The files that given datasets were read from."""

    def describe_given(self) -> list[Dataset]:
        """The datasets that were read instead of made."""
        return describe_given(self.state)

    def describe_beside(self) -> list[Dataset]:
        """The datasets that were read instead of made, and those made only to be read by others."""
        return describe_beside(self.state, (dataset.name for dataset in self.datasets))


def convert(
    study: Study,
    raw: Path | None,
    datasets: Iterable[str] | None = None,
    progress: Callable[[str], None] = lambda step: None,
    sdtm: Path | None = None,
) -> Conversion:
    """Convert a study's raw export, or its SDTM datasets, to finished datasets, in memory.

    `raw` is the folder of the export, `sdtm` that of the given datasets (`raw` when left out); `datasets` restricts
    the result (what they read is made as well). Findings do not stop the run: a form that cannot be read counts as
    empty. Without `raw` only analysis datasets are made, from the SDTM datasets in `sdtm`; the study of the result has
    these as given datasets, and no forms. Raises ProblemsError when the plan has a circle, and as `read_tabulations`.
    """
    if raw is None:
        if sdtm is None:
            raise ValueError("a run needs raw forms or SDTM datasets")
        return _convert_tabulations(study, sdtm, datasets, progress)
    plan = plan_study(study)
    wanted = _choose(study, datasets)
    forms, problems = read_forms(form_sources(study, plan, wanted), raw)
    problems += check_subjects(forms, study.raw.subject, study.raw.home)
    given = read_given(study, sdtm or raw)
    frames = {name: form.frame for name, form in forms.items()}
    made = convert_frames(study, plan, frames, given.frames, wanted, progress)
    found = (*problems, *given.problems, *made.problems)
    return replace(made, forms=forms, problems=found, given_files=given.files)


def _convert_tabulations(
    study: Study, sdtm: Path, datasets: Iterable[str] | None, progress: Callable[[str], None]
) -> Conversion:
    """The analysis datasets of a study from its SDTM datasets."""
    analysis = study.datasets_of("adam")
    wanted = tuple(name for name in _choose(study, datasets) if name in analysis)
    study, given = read_tabulations(study, sdtm, wanted)
    made = convert_frames(study, plan_study(study), {}, given.frames, wanted, progress)
    # Lengths are shared with the SDTM datasets, as in a run that makes them.
    read = made.describe_given()
    datasets_made = tuple(harmonise_lengths([*read, *made.datasets])[len(read) :])
    found = (*given.problems, *made.problems)
    return replace(made, datasets=datasets_made, problems=found, given_files=given.files)


def _choose(study: Study, datasets: Iterable[str] | None) -> tuple[str, ...]:
    chosen = None if datasets is None else set(datasets)
    return tuple(name for name in study.datasets if chosen is None or name in chosen)


def convert_frames(
    study: Study,
    plan: Plan,
    forms: Mapping[str, pd.DataFrame],
    given: Mapping[str, pd.DataFrame],
    datasets: Sequence[str],
    progress: Callable[[str], None] = lambda step: None,
) -> Conversion:
    """The same from frames in memory (every column text); a form that is missing counts as empty."""
    whole = {name: _complete(forms.get(name), tuple(form.fields)) for name, form in study.forms.items()}
    state = run_plan(study, plan, whole, given, datasets, progress)
    state.study = replace(study, left_out=frozenset(study.datasets) - set(datasets))
    drafts = [finish_dataset(state, name) for name in datasets]
    facts = Facts({draft.spec.name: collect_facts(state, draft) for draft in drafts})
    finished = describe_datasets(study, plan, drafts, facts.datasets, describe_given(state))
    found = [*locate_findings(state, {draft.spec.name: draft.place for draft in drafts}), *finished.problems]
    coded = describe_codes(study, find_wrong_codes(study, forms), list_readers(plan))
    missed = describe_near_misses(find_near_misses(study, forms, given, datasets))
    problems = (*drop_told(coded, found), *missed, *found)
    return Conversion(study, plan, {}, finished.datasets, problems, facts, state)


def locate_findings(state: State, places: Mapping[str, np.ndarray]) -> list[Problem]:
    """The findings of a run; those about records have the row numbers of the finished dataset (`places`).

    Without any where the dataset is not among those that are written.
    """
    found = list(state.problems)
    for number, (block, records) in state.located.items():
        name = found[number].place.dataset
        start = state.length(name, range(block))
        rows = np.unique(places[name][records + start])[:SHOWN_ROWS] if name in places else records[:0]
        place = replace(found[number].place, rows=tuple(int(row) + 1 for row in rows))
        found[number] = replace(found[number], place=place)
    return found


def form_sources(study: Study, plan: Plan, datasets: Sequence[str]) -> list[FormSource]:
    """How to read each form that the datasets need; all forms when they are all the study's datasets."""
    needed = plan.needed_for(datasets)
    names = {target.table[5:] for node in needed for target in plan.raw_reads[node] if target.table.startswith("form ")}
    for node in needed:
        if isinstance(node, RowSet):
            source = study.datasets[node.dataset].blocks[node.block].source
            names |= {source.name} if source.kind is SourceKind.FORM else set()
    everything = len(datasets) == len(study.datasets)
    return [
        form_source(study, form)
        for form in study.forms.values()
        if everything or form.name in names or form.name == study.raw.home
    ]


def _complete(frame: pd.DataFrame | None, columns: tuple[str, ...]) -> pd.DataFrame:
    """The frame with every declared column; one that is missing in the file (a finding by then) is blank."""
    if frame is None:
        return pd.DataFrame({name: pd.Series([], dtype="str") for name in columns})
    missing = [name for name in columns if name not in frame]
    return (
        frame.assign(**{name: pd.Series("", index=frame.index, dtype="str") for name in missing}) if missing else frame
    )
