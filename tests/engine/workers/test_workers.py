"""What holds for all workers alike: this process, processes beside it, a cluster."""

from __future__ import annotations

from contextlib import ExitStack
from importlib.util import find_spec

import pandas as pd
import pytest
from clusters import start_cluster

from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import DeriveRange, Rows
from cdisc_conv.engine.workers.choose import choose_workers

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n"
COUNT = 7
KINDS = ["here", "processes", pytest.param("cluster", marks=pytest.mark.cluster)]


@pytest.fixture(params=KINDS, scope="module")
def workers(request):
    with ExitStack() as stack:
        if request.param == "cluster":
            if find_spec("distributed") is None:
                pytest.skip("Dask is not installed")
            cluster = stack.enter_context(start_cluster(workers=1, processes=False))
            yield choose_workers(1, cluster.scheduler_address)
        else:
            yield choose_workers(1 if request.param == "here" else 2)


@pytest.fixture
def task(lab):
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM})
    return DeriveRange(study, plan_study(study), ("DM",))


def rows_of(number):
    return Rows({"dm": pd.DataFrame({"SUBJID": [f"S{number}"]}, dtype="str")}, {})


def test_each_range_comes_once_with_its_own_result(workers, task):
    found = sorted((number, *made.drafts[0].frame["SUBJID"]) for number, made in workers.map(task, rows_of, COUNT))
    assert found == [(number, f"S{number}") for number in range(COUNT)]


def test_rows_are_taken_in_order_and_only_as_they_are_needed(workers, task):
    taken = []

    def take(number):
        taken.append(number)
        return rows_of(number)

    most = 0
    for done, _ in enumerate(workers.map(task, take, COUNT)):
        most = max(most, len(taken) - done)
    assert taken == list(range(COUNT))
    assert most <= 3


def test_what_take_raises_ends_the_work(workers, task):
    def take(number):
        if number == 2:
            raise OSError(28, "No space left on device", "scratch")
        return rows_of(number)

    with pytest.raises(OSError, match="No space left on device"):
        list(workers.map(task, take, COUNT))


def test_no_ranges(workers, task):
    assert list(workers.map(task, rows_of, 0)) == []
