"""The law of the road: facts of ranges of subjects add up to the facts of all of them, however they are split."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import hope2021
import numpy as np
import pandas as pd
import pytest

from cdisc_conv.engine.facts.datasets import DatasetFacts
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import Range, Rows, derive_range
from cdisc_conv.spec.model import SourceKind
from cdisc_conv.tables import TableId

SUBJECT = "SUBJID"


def take_subjects(subjects: list[str]) -> Rows:
    """The rows of some subjects of the simulated study; forms without subjects go to every range."""
    forms, numbers = {}, {}
    for name, frame in hope2021.raw().items():
        mine = frame[SUBJECT].isin(subjects).to_numpy() if SUBJECT in frame else np.ones(len(frame), dtype=bool)
        forms[name] = frame[mine].reset_index(drop=True)
        numbers[TableId.of_form(name)] = np.flatnonzero(mine) + 1
    return Rows(forms, {}, numbers)


@cache
def make_ranges() -> tuple[Range, ...]:
    """Three ranges of subjects in the order of the datasets, one of them a single subject."""
    study = hope2021.load()
    subjects = sorted(set(hope2021.raw()["dm"][SUBJECT]))
    ranges = (subjects[:20], subjects[20:21], subjects[21:])
    return tuple(derive_range(study, plan_study(study), take_subjects(some), tuple(study.datasets)) for some in ranges)


def of_subjects(facts: Facts) -> dict[str, DatasetFacts]:
    """Without the datasets that are of no subject, such as trial design, which are made once for all ranges."""
    written = {
        spec.name
        for spec in hope2021.load().datasets.values()
        if "USUBJID" not in spec.names() or all(block.source.kind is SourceKind.NOTHING for block in spec.blocks)
    }
    return {name: found for name, found in facts.datasets.items() if name not in written}


def list_differences(one: Facts, other: Facts) -> list[str]:
    """Where facts differ: dataset, kind of fact, and key."""
    mine, theirs = of_subjects(one), of_subjects(other)
    found = [f"{name}: not in both" for name in mine.keys() ^ theirs.keys()]
    for name in mine.keys() & theirs.keys():
        for field in fields(DatasetFacts):
            found += compare(f"{name} {field.name}", getattr(mine[name], field.name), getattr(theirs[name], field.name))
    found += compare("findings", one.findings, other.findings)
    accounts = [{(x.form, x.dataset, x.field, x.account, x.by): x.tally for x in each.account} for each in (one, other)]
    found += compare("account", *accounts)
    blocks = [{key: found for key, found in each.blocks.items() if key[0] in mine} for each in (one, other)]
    found += compare("blocks", *blocks)
    found += compare("wrong codes", one.wrong_codes, other.wrong_codes)
    return found + compare("near misses", one.near_misses, other.near_misses)


def compare(what: str, mine: object, theirs: object) -> list[str]:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        keys = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
        return [f"{what} {key}: {mine.get(key)} {theirs.get(key)}" for key in keys]
    return [] if mine == theirs else [f"{what}: {mine} {theirs}"]


def test_the_facts_of_the_simulated_study_add_up():
    first, second, third = (made.facts for made in make_ranges())
    whole = hope2021.conversion().facts
    assert whole.account
    assert list_differences((first + second) + third, whole) == []
    assert list_differences(first + (second + third), whole) == []


@pytest.mark.parametrize("name", sorted(of_subjects(Facts(dict.fromkeys(hope2021.load().datasets)))))
def test_the_records_of_ranges_are_those_of_the_whole(name: str):
    whole = hope2021.datasets()[name]
    drafts = [next(draft for draft in made.drafts if draft.spec.name == name) for made in make_ranges()]
    starts = np.cumsum([0, *(len(draft.frame) for draft in drafts)])
    frame = pd.concat([draft.frame for draft in drafts], ignore_index=True)
    pd.testing.assert_frame_equal(frame[list(whole.frame)], whole.frame)
    moved = [
        draft.records.assign(record=draft.records["record"] + start)
        for draft, start in zip(drafts, starts[:3], strict=True)
    ]
    together = pd.concat(moved).astype({"source": "str"})
    expected = whole.records.frame.astype({"source": "str"})
    forms = [each[each["source"].str.startswith("form ")].reset_index(drop=True) for each in (together, expected)]
    pd.testing.assert_frame_equal(*forms)
