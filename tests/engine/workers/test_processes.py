"""Ranges in processes: the same results, and nothing left of the processes whatever ends them."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pandas as pd
import pytest
from ranges_alike import list_differences

from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import DeriveRange, Division, Rows
from cdisc_conv.engine.workers.parcels import pack, unpack
from cdisc_conv.engine.workers.processes import Processes
from cdisc_conv.problems import Problem, ProblemsError

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n  AGE: {copy: AGE}\n"
AE = "records: [{form: ae}]\nkeys: [STUDYID, USUBJID, AETERM]\nvariables:\n  AETERM: {copy: TERM}\n"
FORMS = {
    "dm": {"SUBJID": ["c", "a", "b"], "AGE": ["60", "61", "old"]},
    "ae": {"SUBJID": ["a", "b", "", "c"], "TERM": ["Cough", "Rash", "Fever", "Pain"]},
}


@pytest.fixture
def study(lab):
    return lab.load(FORMS, {"DM": DM, "AE": AE})


def frames() -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(table, dtype="str") for name, table in FORMS.items()}


def side_by_side(study, take):
    try:
        return dict(Processes(2).map(DeriveRange(study, plan_study(study), ("DM", "AE")), take, 3))
    finally:
        assert multiprocessing.active_children() == []


def test_workers_make_what_one_process_makes(study):
    make = partial(convert_frames, study, plan_study(study), frames(), {}, ["DM", "AE"])
    assert list_differences(make(), make(division=Division(ranges=3, workers=2))) == []


def test_a_worker_that_is_killed(study):
    def take(number: int) -> Rows:
        if number == 2:
            for child in multiprocessing.active_children():
                child.kill()
        return Rows(frames(), {})

    with pytest.raises(ProblemsError) as caught:
        side_by_side(study, take)
    (problem,) = caught.value.problems
    assert problem.code == "RUN002"
    assert problem.message.startswith("a worker was ended by the system while ranges ")
    assert problem.message.endswith(" of 3 were made; nothing is written")


def test_what_a_range_raises_is_raised_with_its_number(study):
    def take(number: int) -> Rows:
        return Rows(frames() if number != 1 else {"dm": "no frame"}, {})

    with pytest.raises(AttributeError) as caught:
        side_by_side(study, take)
    assert caught.value.__notes__[-1] == "range 2 of 3"
    assert "derive_range" in caught.value.__notes__[0], "the traceback of the worker"


def test_ctrl_c_leaves_no_process(study):
    def take(number: int) -> Rows:
        if number == 1:
            raise KeyboardInterrupt
        return Rows(frames(), {})

    with pytest.raises(KeyboardInterrupt):
        side_by_side(study, take)


def test_ctrl_c_while_a_worker_starts_waits_until_it_has_started(study, monkeypatch):
    """A process that is half started is known to nobody, and nobody would end it."""
    steps = []
    submit = ProcessPoolExecutor.submit

    def interrupted(pool, *arguments):
        signal.raise_signal(signal.SIGINT)
        steps.append("goes on")
        return submit(pool, *arguments)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        side_by_side(study, lambda number: Rows(frames(), {}))
    assert steps == ["goes on"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_stops_asking_ends_the_work(study):
    ranges = Processes(2).map(DeriveRange(study, plan_study(study), ("DM",)), lambda number: Rows(frames(), {}), 3)
    number, made = next(ranges)
    assert number in (0, 1, 2)
    assert [draft.spec.name for draft in made.drafts] == ["DM"]
    ranges.close()
    assert multiprocessing.active_children() == []


def test_problems_go_from_process_to_process():
    error = ProblemsError([Problem("X1", "bad"), Problem("X2", "worse")])
    error.add_note("a note")
    other = unpack(pack(error))
    assert (other.problems, other.args, other.__notes__) == (error.problems, error.args, ["a note"])


def test_a_study_in_another_process_knows_its_entries(study):
    other = unpack(pack(study, by_name=False))
    assert [*other.datasets["AE"].names()] == [*study.datasets["AE"].names()]
    assert unpack(pack(study.datasets["AE"]), study.datasets) is study.datasets["AE"]
