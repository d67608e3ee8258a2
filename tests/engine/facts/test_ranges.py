"""The law of the road: facts of ranges of subjects add up to the facts of all of them, however they are split."""

from __future__ import annotations

from dataclasses import fields

import hope2021
import pandas as pd

from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.facts.datasets import DatasetFacts
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.spec.model import SourceKind

SUBJECT = "SUBJID"


def facts_of_subjects(subjects: set[str]) -> Facts:
    """The facts of some subjects of the simulated study; forms without subjects go to every range."""
    study = hope2021.load()
    forms = {name: take_subjects(frame, subjects) for name, frame in hope2021.raw().items()}
    return convert_frames(study, plan_study(study), forms, {}, tuple(study.datasets)).facts


def take_subjects(frame: pd.DataFrame, subjects: set[str]) -> pd.DataFrame:
    return frame[frame[SUBJECT].isin(subjects)].reset_index(drop=True) if SUBJECT in frame else frame


def of_subjects(facts: Facts) -> Facts:
    """Without the datasets that the mapping writes out, such as trial design, which are made once for all ranges."""
    written = {
        spec.name
        for spec in hope2021.load().datasets.values()
        if all(block.source.kind is SourceKind.NOTHING for block in spec.blocks)
    }
    return Facts({name: found for name, found in facts.datasets.items() if name not in written})


def list_differences(one: Facts, other: Facts) -> list[str]:
    """Where facts differ: dataset, kind of fact, and key."""
    found = [f"{name}: not in both" for name in one.datasets.keys() ^ other.datasets.keys()]
    for name in one.datasets.keys() & other.datasets.keys():
        for field in fields(DatasetFacts):
            mine, theirs = (getattr(facts.datasets[name], field.name) for facts in (one, other))
            if isinstance(mine, dict):
                keys = {key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)}
                found += [f"{name} {field.name} {key}" for key in keys]
            elif mine != theirs:
                found.append(f"{name} {field.name}: {mine} {theirs}")
    return found


def test_the_facts_of_the_simulated_study_add_up():
    subjects = sorted(set(hope2021.raw()["dm"][SUBJECT]))
    first, second, third = (facts_of_subjects(set(some)) for some in (subjects[:20], subjects[20:21], subjects[21:]))
    whole = of_subjects(hope2021.conversion().facts)
    assert list_differences(of_subjects((first + second) + third), whole) == []
    assert list_differences(of_subjects(first + (second + third)), whole) == []
