"""Looking at some rows while a mapping is written: the forms that datasets need, and the subjects asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import load
from cdisc_conv.engine.convert import form_sources, list_subject_keys
from cdisc_conv.engine.derive.run import run_plan
from cdisc_conv.engine.facts.findings import list_findings
from cdisc_conv.engine.facts.raw_rows import number_findings, number_sources
from cdisc_conv.engine.finish.datasets import finish_dataset
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.given.typed import read_given
from cdisc_conv.engine.plan.graph import Plan, plan_study
from cdisc_conv.engine.ranges.range import complete_form
from cdisc_conv.findings import describe_findings
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.raw.files.cache import find_cache, read_kept_forms
from cdisc_conv.raw.subjects import join_frames
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study
from cdisc_conv.tables import TableId


@dataclass
class Look:
    """A study and the rows that some of its datasets are made of."""

    study: Study
    plan: Plan
    datasets: tuple[str, ...]
    frames: Mapping[str, pd.DataFrame]
    given: Mapping[str, pd.DataFrame]
    problems: list[Problem] = field(default_factory=list)
    """What reading found: forms that are not there, or that cannot be read."""

    def derive(self, subjects: Iterable[str] | None) -> tuple[list[Draft], list[Problem]]:
        """The datasets for some subjects (all when None), and what was found on the way.

        This is the part of a run that makes records; nothing is counted or described.
        """
        frames, numbers = dict(self.frames), {}
        if subjects is not None:
            wanted = pd.Index(list(subjects))
            for name, frame in self.frames.items():
                if self.study.raw.subject in frame:
                    mask = frame[self.study.raw.subject].str.strip().isin(wanted).to_numpy()
                    frames[name] = frame[mask].reset_index(drop=True)
                    numbers[TableId.of_form(name)] = np.flatnonzero(mask) + 1
        forms = {name: complete_form(frames.get(name), tuple(form.fields)) for name, form in self.study.forms.items()}
        state = run_plan(self.study, self.plan, forms, self.given, self.datasets)
        drafts = [finish_dataset(state, name) for name in self.datasets]
        findings = list_findings(state, {draft.spec.name: draft.place for draft in drafts})
        counted = [
            replace(draft, records=number_sources(draft.records, numbers), picked=number_sources(draft.picked, numbers))
            for draft in drafts
        ]
        return counted, describe_findings(number_findings(findings, numbers))

    def list_subjects(self, forms: Iterable[str]) -> list[str]:
        """The subjects of some forms, each once, in the order of the first form that has them."""
        subject = self.study.raw.subject
        found: dict[str, None] = {}
        for name in forms:
            frame = self.frames.get(name)
            if frame is not None and subject in frame:
                found |= dict.fromkeys(frame[subject].str.strip())
        found.pop("", None)
        return list(found)


def load_readable(words: str | Path) -> tuple[Study, list[Problem]]:
    """A study as far as its mapping can be read, with the errors of the mapping."""
    study, problems = load_study(words)
    return study, [problem for problem in problems if problem.severity is Severity.ERROR]


def look_at(study: Study, datasets: Sequence[str], raw: Path, sdtm: Path | None = None) -> Look:
    """Read what some datasets need, and no more; forms that were read before come from the cache.

    Raises ProblemsError when there is no folder of raw data, and PLAN001 when variables read each other in a circle.
    """
    plan = plan_study(study)
    if not raw.exists():
        hint = "name the folder of the raw export with --raw"
        raise ProblemsError([Problem("RAW001", f"there is no folder {raw} to read the forms from", hint=hint)])
    sources = form_sources(study, plan, datasets)
    frames, problems = read_kept_forms(sources, raw, find_cache())
    frames, unknown = join_frames(frames, list_subject_keys(study), study.raw.subject)
    problems += unknown
    given = read_given(study, sdtm or raw) if study.given else None
    found = [*problems, *(given.problems if given else ())]
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    at_hand = {name: load(frame) for name, frame in given.frames.items()} if given else {}
    return Look(study, plan, tuple(datasets), frames, at_hand, errors)


def find_dataset(study: Study, words: str) -> str:
    """The name of a mapped dataset, whatever its case; of a part that of its domain. Raises ProblemsError (PKG007)."""
    name = study.domain_of(words.upper())
    if name in study.datasets:
        return name
    hint = did_you_mean(name, study.datasets) or f"it maps: {', '.join(study.datasets)}"
    if name in study.unread:
        hint = "its mapping cannot be read: run 'cdisc-conv lint'"
    raise ProblemsError([Problem("PKG007", f"{study.name} maps no dataset {name}", hint=hint)])
