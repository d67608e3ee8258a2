"""From what was read to finished datasets: what `cdisc-conv run` does before anything is written.

`convert` reads raw forms; `convert_tabulations` reads SDTM instead and makes the analysis datasets alone. Both go the
same road: read, plan, derive a range (`range`), describe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_conv.columns.memory import release_memory, return_large_pieces
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf
from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.account.coded import describe_codes, list_readers
from cdisc_conv.engine.account.near_misses import describe_near_misses
from cdisc_conv.engine.account.typed import describe_types
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.describe.beside import describe_beside, describe_given
from cdisc_conv.engine.describe.datasets import describe_datasets
from cdisc_conv.engine.describe.metadata import harmonise_lengths
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.given.tabulations import read_tabulations
from cdisc_conv.engine.given.typed import read_given
from cdisc_conv.engine.plan.graph import Plan, RowSet, plan_study
from cdisc_conv.engine.ranges.make import derive_study
from cdisc_conv.engine.ranges.range import WHOLE, Division, Rows
from cdisc_conv.engine.reused import NOTHING_REUSED, Reuse
from cdisc_conv.findings import count_errors, describe_findings
from cdisc_conv.problems import Problem
from cdisc_conv.raw import FormSource, RawForm, check_subjects, read_forms
from cdisc_conv.raw.subjects import SubjectKey, join_subjects
from cdisc_conv.spec.forms.sources import check_transfers, form_source
from cdisc_conv.spec.model import SourceKind, Study
from cdisc_conv.steps import NOTHING_KEPT, Steps


@dataclass(frozen=True)
class Conversion:
    """Everything one run made and found."""

    study: Study
    plan: Plan
    forms: Mapping[str, RawForm]
    datasets: tuple[Dataset, ...]
    problems: tuple[Problem, ...]
    facts: Facts
    """What the account, the metadata and the findings follow from."""
    given: tuple[Dataset, ...] = ()
    """The datasets that were read instead of made."""
    beside: tuple[Dataset, ...] = ()
    """These, and the datasets that were made only to be read by others."""
    given_files: tuple[Path, ...] = ()
    """The files that given datasets were read from."""
    reused: Reuse = NOTHING_REUSED
    """What of it an earlier run had made already."""
    shelf: Shelf = IN_MEMORY
    """Where the records are that are not in memory, as long as the run lasts."""
    steps: Steps = NOTHING_KEPT
    """Where results of what is made of it are kept."""


def convert(
    study: Study,
    raw: Path,
    datasets: Iterable[str] | None = None,
    progress: Callable[[str], None] = lambda step: None,
    sdtm: Path | None = None,
    division: Division = WHOLE,
    keeping: Keeping | None = None,
    shelf: Shelf = IN_MEMORY,
    plan: Plan | None = None,
) -> Conversion:
    """Convert a study's raw export to finished datasets.

    `raw` is the folder of the export, `sdtm` that of the given datasets (`raw` when left out); `datasets` restricts
    the result (what they read is made as well). Nothing of the result depends on `division`, which says how the
    subjects are divided, and on `keeping`, where runs keep what the next one need not make. Of several ranges, forms
    and datasets are on the shelf, if it has a folder, and not in memory. `plan` is that of the study, where it is made
    already. Findings do not stop the run: a form that cannot be read counts as empty. Raises ProblemsError when the
    plan has a circle, and OSError when the shelf is full.
    """
    plan = plan or plan_study(study)
    wanted = _choose(study, datasets)
    apart = _set_apart(division, shelf)
    forms, problems = read_forms(form_sources(study, plan, wanted), raw, shelf=apart)
    if apart is not IN_MEMORY:
        release_memory()
    forms, found = join_subjects(forms, list_subject_keys(study), study.raw.subject, apart)
    problems += [*found, *check_subjects(forms, study.raw.subject, study.raw.home, list_subject_keys(study))]
    problems += check_transfers(study, forms, raw)
    given = read_given(study, sdtm or raw, apart)
    frames = {name: form.frame for name, form in forms.items()}
    made = convert_frames(study, plan, frames, given.frames, wanted, progress, division, keeping, apart)
    found = [*problems, *given.problems, *made.problems]
    return replace(made, forms=forms, problems=tuple(found), given_files=given.files)


def convert_tabulations(
    study: Study,
    sdtm: Path,
    datasets: Iterable[str] | None = None,
    progress: Callable[[str], None] = lambda step: None,
    division: Division = WHOLE,
    keeping: Keeping | None = None,
    shelf: Shelf = IN_MEMORY,
) -> Conversion:
    """The analysis datasets of a study from its SDTM datasets in the folder `sdtm`.

    The study of the result has these as given datasets, and no forms. Raises ProblemsError when the plan has a circle,
    and as `read_tabulations`.
    """
    analysis = study.datasets_of("adam")
    wanted = tuple(name for name in _choose(study, datasets) if name in analysis)
    apart = _set_apart(division, shelf)
    study, given = read_tabulations(study, sdtm, wanted, apart)
    made = convert_frames(study, plan_study(study), {}, given.frames, wanted, progress, division, keeping, apart)
    # Lengths are shared with the SDTM datasets, as in a run that makes them.
    datasets_made = tuple(harmonise_lengths([*made.given, *made.datasets])[len(made.given) :])
    found = (*given.problems, *made.problems)
    return replace(made, datasets=datasets_made, problems=found, given_files=given.files)


def _set_apart(division: Division, shelf: Shelf) -> Shelf:
    """Where the records of several ranges go."""
    if division.count < 2 or shelf.folder is None:
        return IN_MEMORY
    return_large_pieces()
    return shelf


def _choose(study: Study, datasets: Iterable[str] | None) -> tuple[str, ...]:
    chosen = None if datasets is None else set(datasets)
    return tuple(name for name in study.datasets if chosen is None or name in chosen)


def convert_frames(
    study: Study,
    plan: Plan,
    forms: Mapping[str, Frame],
    given: Mapping[str, Frame],
    datasets: Sequence[str],
    progress: Callable[[str], None] = lambda step: None,
    division: Division = WHOLE,
    keeping: Keeping | None = None,
    shelf: Shelf = IN_MEMORY,
) -> Conversion:
    """The same from frames in memory (every column text); a form that is missing counts as empty."""
    made = derive_study(study, plan, Rows(forms, given), datasets, division, progress, keeping, shelf)
    partly = replace(study, left_out=frozenset(study.datasets) - set(datasets))
    at_hand = describe_given(study, given)
    steps = keeping.steps if keeping is not None else NOTHING_KEPT
    finished = describe_datasets(partly, plan, made.drafts, made.facts.datasets, at_hand, made.beside, shelf, steps)
    found = [*describe_findings(made.facts.findings), *finished.problems]
    readers = list_readers(plan)
    coded = describe_codes(study, made.facts.wrong_codes, readers, count_errors(found))
    typed = describe_types(study, made.facts.wrong_types, readers)
    missed = describe_near_misses(made.facts.near_misses)
    problems = (*coded, *typed, *missed, *found)
    beside = (*at_hand, *describe_beside(study, made.beside))
    return Conversion(
        study,
        plan,
        {},
        finished.datasets,
        problems,
        made.facts,
        tuple(at_hand),
        beside,
        reused=Reuse(made.made, made.reused, made.kept, made.count),
        shelf=shelf,
        steps=steps,
    )


def list_subject_keys(study: Study) -> dict[str, SubjectKey]:
    """The forms of which another form knows the subjects."""
    return {name: key for name in study.forms if (key := study.subject_key_of(name)) is not None}


def form_sources(study: Study, plan: Plan, datasets: Sequence[str]) -> list[FormSource]:
    """How to read each form that the datasets need; all forms when they are all the study's datasets."""
    needed = plan.needed_for(datasets)
    names = {target.table.name for node in needed for target in plan.raw_reads[node] if target.table.is_form}
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
