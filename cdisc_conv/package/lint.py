"""Lint of all that a study's folder says: mapping, rules, the settings of reports, define.xml and the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cdisc_conv.checks import lint_folder
from cdisc_conv.package.writing.described import describe_study
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.recist.settings import read_settings
from cdisc_conv.spec.lint.study import sort_problems
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.yaml.nodes import read_yaml
from cdisc_conv.spec.yaml.validate import validate

SIMULATION = "simulation.yaml"


def lint_whole(words: str | Path) -> tuple[Study | None, list[Problem]]:
    """`lint_folder`, and what only later steps would find: ``define:``, ``settings: recist:`` and simulation.yaml.

    >>> study, problems = lint_whole("hope2021_thal_agc")
    >>> study.name, problems
    ('HOPE2021-Thal-AGC', [])
    """
    study, problems = lint_folder(words)
    if study is None:
        return None, problems
    return study, sort_problems([*problems, *_check_sections(study), *_check_simulation(study)])


def _check_sections(study: Study) -> Iterator[Problem]:
    for family in study.families.values():
        yield from describe_study(study, family, ())[1]
    yield from read_settings(study.settings.get("recist") or {}, study.place.file)[1]


def _check_simulation(study: Study) -> Iterator[Problem]:
    """The shape of simulation.yaml; whether it makes sense is asked when it is used."""
    path = study.folder / SIMULATION
    if not path.is_file():
        return
    from cdisc_conv.simulate.settings.model import Settings  # of use to few studies

    try:
        yield from validate(Settings, read_yaml(path, path.as_posix()), SIMULATION)[1]
    except ProblemsError as error:
        yield from error.problems
