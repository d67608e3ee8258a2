"""Two processors: the same results in the same order, whoever makes them."""

import os
import sys
import threading
from types import MappingProxyType

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.beside import stay_alone
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import Rows, derive_range
from cdisc_conv.engine.workers import halves
from cdisc_conv.engine.workers.halves import divide, map_in_halves
from cdisc_conv.problems import Problem, ProblemsError

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n"
SIZES = [300, 100, 100, 100]
linux = pytest.mark.skipif(sys.platform != "linux", reason="only here a process can copy itself")


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    """As on a machine with two, without the threads of the test runner."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1}, raising=False)
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread()])


@pytest.fixture
def study(lab):
    return lab.load({"dm": {"SUBJID": ["S1"]}}, {"DM": DM})


def who_makes(study, sizes=SIZES):
    """Whether each item is made here."""
    made = map_in_halves(lambda item: (item, os.getpid()), range(len(sizes)), sizes, study)
    assert [item for item, _ in made] == list(range(len(sizes)))
    return [number == os.getpid() for _, number in made]


@linux
def test_a_copy_makes_its_half_and_all_come_in_their_order(study):
    assert who_makes(study) == [True, False, False, False]


def test_little_work_is_done_here(study):
    assert who_makes(study, [3, 1, 1, 1]) == [True] * 4


def test_a_process_that_shall_stay_alone_does_all(study):
    with stay_alone():
        assert who_makes(study) == [True] * 4


@linux
def test_datasets_of_the_study_and_read_only_mappings_come_back_as_they_were(study):
    spec = study.datasets["DM"]
    made = map_in_halves(lambda item: (item, MappingProxyType({"spec": spec})), [1, 2], [100, 100], study)
    assert [item for item, _ in made] == [1, 2]
    assert all(found["spec"] is spec for _, found in made)


def test_what_goes_wrong_in_a_half_is_raised(study):
    def fail(item):
        if item == 3:
            raise ProblemsError([Problem("RUN009", "no")])
        return item

    with pytest.raises(ProblemsError, match="RUN009 no"):
        map_in_halves(fail, range(4), SIZES, study)


@linux
def test_a_range_is_the_same_with_one_processor_and_with_two(lab, monkeypatch):
    monkeypatch.setattr(halves, "LEAST", 0)
    study = lab.load(
        {"dm": {"SUBJID": []}, "ae": {"SUBJID": [], "TERM": []}},
        {"DM": DM, "AE": "records: [{form: ae}]\nvariables:\n  AETERM: {copy: raw.TERM}\n"},
    )
    frames = {"dm": {"SUBJID": ["2", "1"]}, "ae": {"SUBJID": ["2", "1", "1"], "TERM": ["b", "c", "a"]}}
    rows = Rows({name: pd.DataFrame(table, dtype="str") for name, table in frames.items()}, {})

    def make():
        made = derive_range(study, plan_study(study), rows, ["DM", "AE"])
        return [say(draft) for draft in made.drafts], made.facts

    def say(draft: Draft):
        return (draft.spec.name, draft.frame.to_dict("list"), draft.block.tolist(), draft.place.tolist(), draft.keys)

    with stay_alone():
        alone = make()
    assert make() == alone
    assert alone[0][1][1]["AETERM"] == ["a", "c", "b"]


@given(st.lists(st.integers(0, 50)))
def test_halves_hold_every_number_once_and_differ_by_no_more_than_the_largest(sizes):
    ours, theirs = divide(sizes)
    assert sorted([*ours, *theirs]) == list(range(len(sizes)))
    mine, other = (sum(sizes[number] for number in half) for half in (ours, theirs))
    assert 0 <= mine - other <= max(sizes, default=0)
