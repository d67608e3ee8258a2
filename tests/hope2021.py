"""HOPE2021-Thal-AGC on a simulated export, converted once for all tests that ask for it.

106 subjects, since only then every irregularity of the simulator is there: lesions that split, merge or are not
assessed, missed and unscheduled assessments, partial dates of deaths, events and doses, doses reduced, delayed and
left out, deaths by adverse events.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.convert import Conversion, convert_frames, list_subject_keys
from cdisc_conv.engine.plan.graph import Plan, plan_study
from cdisc_conv.raw.subjects import join_frames
from cdisc_conv.simulate import simulate_study
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.model import Study

STUDY = "hope2021_thal_agc"


@cache
def load() -> Study:
    study, problems = lint_study(STUDY)
    assert study is not None
    assert [str(problem) for problem in problems] == []
    return study


@cache
def raw() -> dict[str, pd.DataFrame]:
    return simulate_forms(106)


def simulate_forms(subjects: int) -> dict[str, pd.DataFrame]:
    """The forms of so many subjects as the study reads them: those of the laboratory have the subjects of the study."""
    study = load()
    frames = simulate_study(study.folder, subjects, 1)
    joined, problems = join_frames(frames, list_subject_keys(study), study.raw.subject)
    assert problems == []
    return joined


@cache
def conversion() -> Conversion:
    return convert_frames(load(), plan(), raw(), {}, tuple(load().datasets))


@cache
def datasets() -> dict[str, Dataset]:
    return {dataset.name: dataset for dataset in conversion().datasets}


def frame(name: str) -> pd.DataFrame:
    return datasets()[name].frame


def read_days(texts: pd.Series) -> pd.Series:
    """DD-MON-YYYY as dates; missing where a part is unknown."""
    return pd.to_datetime(texts, format="%d-%b-%Y", errors="coerce")


@cache
def plan() -> Plan:
    return plan_study(load())


def convert_subject(subject: str, names: str, **forms: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The datasets that `names` lists, of one subject, with some forms replaced."""
    mine = {form: data[data["SUBJID"] == subject].reset_index(drop=True) for form, data in raw().items()}
    made = convert_frames(load(), plan(), {**mine, **forms}, {}, names.split())
    return {dataset.name: dataset.frame for dataset in made.datasets}
