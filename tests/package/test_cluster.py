"""A package that a Dask cluster made is the package that this process makes, whatever happens to the workers."""

from __future__ import annotations

import pytest
from clusters import kill_on_task, list_leftovers, start_cluster, stop_killing

from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package.run import run_study, simulate_raw
from cdisc_conv.problems import ProblemsError

pytest.importorskip("distributed")
pytestmark = pytest.mark.cluster

STUDY = "hope2021_thal_agc"


@pytest.fixture(scope="module")
def cluster():
    with start_cluster(workers=2, processes=True) as started:
        yield started


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster") / "raw"
    simulate_raw(STUDY, 4, 1, folder)
    return folder


def read_folder(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_worker_is_killed_while_it_works(cluster, raw, tmp_path):
    run_study(STUDY, raw, tmp_path / "out", division=Division(1))
    whole = read_folder(tmp_path / "out")
    scratch = tmp_path / "scratch"
    kill_on_task(cluster, tmp_path / "killed", times=1)
    division = Division(ranges=2, scheduler=cluster.scheduler_address, scratch=scratch.as_uri())
    run_study(STUDY, raw, tmp_path / "out", division=division)
    stop_killing(cluster)
    assert [path.name for path in tmp_path.glob("killed*")] == ["killed0"]
    made = read_folder(tmp_path / "out")
    assert made.keys() == whole.keys()
    assert [name for name in made if made[name] != whole[name]] == []
    assert list_leftovers(cluster) == []
    assert list(scratch.iterdir()) == []


def test_a_range_that_ends_every_worker(cluster, raw, tmp_path):
    cluster.scheduler.allowed_failures = 0
    kill_on_task(cluster, tmp_path / "killed", times=9)
    with pytest.raises(ProblemsError) as caught:
        run_study(STUDY, raw, tmp_path / "out", ["DM"], division=Division(2, scheduler=cluster.scheduler_address))
    stop_killing(cluster)
    (problem,) = caught.value.problems
    assert problem.code == "RUN002"
    assert problem.message in {
        f"the workers that made range {number} of 2 were ended, one after the other; nothing is written"
        for number in (1, 2)
    }
    assert not (tmp_path / "out").exists()
    assert list_leftovers(cluster) == []
