"""Ranges on a Dask cluster: the same results, nothing left of them, and what is said when it cannot be done."""

from __future__ import annotations

import errno
import socket
from functools import partial

import pandas as pd
import pytest
from clusters import list_leftovers, start_cluster, start_scheduler
from ranges_alike import list_differences

from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import DeriveRange, Division, Rows
from cdisc_conv.engine.workers import cluster as cluster_module
from cdisc_conv.engine.workers import connect as connect_module
from cdisc_conv.engine.workers import far
from cdisc_conv.engine.workers.cluster import Cluster
from cdisc_conv.engine.workers.connect import check_cluster
from cdisc_conv.engine.workers.parcels import open_answer, pack
from cdisc_conv.engine.workers.storage import Storage, open_storage
from cdisc_conv.problems import ProblemsError

pytest.importorskip("distributed")
pytestmark = pytest.mark.cluster

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n  AGE: {copy: AGE}\n"
AE = "records: [{form: ae}]\nkeys: [STUDYID, USUBJID, AETERM]\nvariables:\n  AETERM: {copy: TERM}\n"
FORMS = {
    "dm": {"SUBJID": ["c", "a", "b"], "AGE": ["60", "61", "old"]},
    "ae": {"SUBJID": ["a", "b", "", "c"], "TERM": ["Cough", "Rash", "Fever", "Pain"]},
}


@pytest.fixture(scope="module")
def cluster():
    with start_cluster(workers=2, processes=False) as started:
        yield started


@pytest.fixture
def study(lab):
    return lab.load(FORMS, {"DM": DM, "AE": AE})


def frames() -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(table, dtype="str") for name, table in FORMS.items()}


def map_ranges(cluster, study, take, scratch=""):
    task = DeriveRange(study, plan_study(study), ("DM", "AE"))
    return Cluster(cluster.scheduler_address, scratch).map(task, take, 3)


def problem_of(call):
    with pytest.raises(ProblemsError) as caught:
        call()
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize("shared", [False, True])
def test_a_cluster_makes_what_one_process_makes(study, cluster, tmp_path, shared):
    make = partial(convert_frames, study, plan_study(study), frames(), {}, ["DM", "AE"])
    scratch = str(tmp_path / "scratch") if shared else ""
    division = Division(ranges=3, scheduler=cluster.scheduler_address, scratch=scratch)
    assert list_differences(make(), make(division=division)) == []
    assert list_leftovers(cluster) == []
    assert list(tmp_path.glob("scratch/*")) == []


def test_what_a_range_raises_is_raised_with_its_number(study, cluster):
    def take(number):
        return Rows(frames() if number != 1 else {"dm": "no frame"}, {})

    with pytest.raises(AttributeError) as caught:
        dict(map_ranges(cluster, study, take))
    assert caught.value.__notes__[-1] == "range 2 of 3"
    assert "derive_range" in caught.value.__notes__[0], "the traceback of the worker"
    assert list_leftovers(cluster) == []


@pytest.mark.parametrize("shared", [False, True])
def test_ctrl_c_leaves_nothing(study, cluster, tmp_path, shared):
    def take(number):
        if number == 1:
            raise KeyboardInterrupt
        return Rows(frames(), {})

    with pytest.raises(KeyboardInterrupt):
        dict(map_ranges(cluster, study, take, str(tmp_path / "scratch") if shared else ""))
    assert list_leftovers(cluster) == []
    assert list(tmp_path.glob("scratch/*")) == []


def test_who_stops_asking_ends_the_work(study, cluster):
    ranges = map_ranges(cluster, study, lambda number: Rows(frames(), {}))
    number, made = next(ranges)
    assert number in (0, 1, 2)
    assert [draft.spec.name for draft in made.drafts] == ["DM", "AE"]
    ranges.close()
    assert list_leftovers(cluster) == []


def test_a_scheduler_that_is_killed(study):
    with start_scheduler() as scheduler:

        def take(number):
            if number == 1:
                scheduler.kill()
            return Rows(frames(), {})

        problem = problem_of(lambda: dict(map_ranges(scheduler, study, take)))
        assert problem.code == "RUN014"
        assert problem.message.startswith("the scheduler has gone, or has dropped the work, while ranges ")
        assert problem.message.endswith(" of 3 were made; nothing is written")


def test_workers_that_have_all_gone(study, monkeypatch):
    monkeypatch.setattr(cluster_module, "WORKERS_WITHIN", 0)
    with start_cluster(workers=1, processes=False) as cluster:

        def take(number):
            if number == 1:
                cluster.scale(0)
                cluster.sync(cluster._correct_state)
            return Rows(frames(), {})

        problem = problem_of(lambda: dict(map_ranges(cluster, study, take)))
        assert str(problem) == (
            "RUN013 the cluster has had no workers for 0 seconds; nothing is written "
            "(were they ended because their memory was used up? Ask for more --ranges)"
        )
        address = cluster.scheduler_address
        assert str(problem_of(lambda: check_cluster(address))) == (
            f"RUN013 the cluster at '{address}' has no workers (start some with `dask worker {address}`)"
        )


def test_other_versions(cluster, monkeypatch):
    other = tuple((name, "1.0" if name == "pandas" else said) for name, said in connect_module.describe_program())
    here = dict(connect_module.describe_program())["pandas"]
    monkeypatch.setattr(connect_module, "describe_program", lambda: other)
    workers = sorted(cluster.scheduler.workers)
    assert str(problem_of(lambda: check_cluster(cluster.scheduler_address))) == (
        "RUN012 the cluster has other versions than this machine: "
        f"{workers[0]} has pandas {here} instead of 1.0; {workers[1]} has pandas {here} instead of 1.0 "
        "(the same versions everywhere make the same files: install there what is installed here)"
    )


def test_another_python(cluster, monkeypatch):
    here = dict(connect_module.describe_program())["Python"]
    monkeypatch.setattr(connect_module, "describe_program", lambda: (("Python", "2.7"),))
    problem = problem_of(lambda: check_cluster(cluster.scheduler_address))
    assert problem.code == "RUN012"
    assert problem.message.endswith(f" has Python {here} instead of 2.7")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "missing port number in address 'nonsense'"),
        (
            "http://here:8786",
            "unknown address scheme 'http' (known schemes: ['inproc', 'tcp', 'tls', 'ucx', 'ws', 'wss'])",
        ),
    ],
)
def test_no_address_of_a_scheduler(address, said):
    assert str(problem_of(lambda: check_cluster(address))) == (
        f"RUN011 there is no Dask scheduler at '{address}': {said} "
        "(give the address that `dask scheduler` prints, such as tcp://host:8786)"
    )


def test_nobody_listens():
    assert str(problem_of(lambda: check_cluster("tcp://127.0.0.1:1"))) == (
        "RUN011 there is no Dask scheduler at 'tcp://127.0.0.1:1': [Errno 111] Connection refused "
        "(give the address that `dask scheduler` prints, such as tcp://host:8786)"
    )


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(connect_module, "ANSWERS_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        problem = problem_of(lambda: check_cluster(f"tcp://127.0.0.1:{server.getsockname()[1]}"))
    assert problem.code == "RUN011"
    assert problem.message.endswith("': no answer")


def test_dask_is_not_installed(monkeypatch):
    monkeypatch.setattr(connect_module, "find_spec", lambda name: None)
    assert str(problem_of(lambda: check_cluster("tcp://127.0.0.1:1"))) == (
        "RUN010 --scheduler needs Dask, which is not installed (pip install 'cdisc-conv[cluster]')"
    )


def test_scratch_that_is_not_shared(study, cluster, monkeypatch):
    monkeypatch.setattr(connect_module, "read_test", lambda scratch: "no such file")
    problem = problem_of(
        lambda: dict(map_ranges(cluster, study, lambda number: Rows(frames(), {}), "memory://scratch"))
    )
    workers = sorted(cluster.scheduler.workers)
    assert str(problem) == (
        "RUN015 workers of the cluster cannot read the scratch 'memory://scratch': "
        f"{workers[0]}: no such file; {workers[1]}: no such file "
        "(--scratch takes a folder or a URL that every worker reaches, such as s3://bucket/folder)"
    )


def test_scratch_that_is_full_for_a_worker(study, cluster, tmp_path, monkeypatch):
    put = Storage.put

    def refuse(storage, name, content):
        if name.startswith("made-"):
            raise OSError(errno.ENOSPC, "No space left on device", f"{storage.url}/{name}")
        put(storage, name, content)

    monkeypatch.setattr(Storage, "put", refuse)
    with pytest.raises(OSError, match="No space left on device") as caught:
        dict(map_ranges(cluster, study, lambda number: Rows(frames(), {}), str(tmp_path / "scratch")))
    assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.glob("scratch/*")) == []
    assert list_leftovers(cluster) == []


def test_a_range_that_is_made_after_the_run_has_ended_leaves_nothing(study, tmp_path):
    """Python cannot stop what a worker is at when a run is interrupted."""
    storage = open_storage((tmp_path / "scratch").as_uri())
    storage.put("rows-1", pack(Rows(frames(), {})))
    task = DeriveRange(study, plan_study(study), ("DM",))

    class EndsMeanwhile:
        study = task.study

        def __call__(self, rows):
            storage.clear()
            return task(rows)

    job = far.Job("run", b"", far.describe_program())
    far._opened[job.run] = EndsMeanwhile()
    try:
        answer = far.answer_range(job, "rows-1", storage.url)
    finally:
        far.forget_run(job.run)
    with pytest.raises(FileNotFoundError, match="the run has ended, and has removed its scratch"):
        open_answer(answer, study, 0, 1)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_scratch_of_an_unknown_kind(study, cluster):
    problem = problem_of(lambda: dict(map_ranges(cluster, study, lambda number: Rows(frames(), {}), "tape://scratch")))
    assert problem.message == "the scratch 'tape://scratch' cannot be used: Protocol not known: tape"
