"""Lint of all that a study's folder says: its mapping, and the conformance rules of its own."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.checks.load import FILE, load_rules
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.spec.lint.study import lint_study, sort_problems
from cdisc_conv.spec.model import Study
from cdisc_conv.steps import NOTHING_KEPT, Steps


def lint_folder(words: str | Path, steps: Steps = NOTHING_KEPT) -> tuple[Study | None, list[Problem]]:
    """`lint_study`, and what is wrong with ``checks.yaml`` where the study has one.

    >>> study, problems = lint_folder("hope2021_thal_agc")
    >>> study.name, problems
    ('HOPE2021-Thal-AGC', [])
    """
    study, problems = lint_study(words, steps)
    if study is None or not (study.folder / FILE).is_file():
        return study, problems
    try:
        load_rules(study.folder / FILE, study.sdtm.standard)
    except ProblemsError as error:
        problems = sort_problems([*problems, *error.problems])
    return study, problems
