"""A package that a Dask cluster made is the package that this process makes, whatever happens to the workers."""

from __future__ import annotations

import shutil

import pytest
from clusters import kill_on_task, list_leftovers, start_cluster, stop_killing
from shared_packages import FORMATS, STUDY

from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError

pytest.importorskip("distributed")
pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def cluster():
    with start_cluster(workers=2, processes=True) as started:
        yield started


def read_folder(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_worker_is_killed_while_it_works(cluster, demo_package, tmp_path):
    whole = read_folder(demo_package / "out")
    raw = shutil.copytree(demo_package / "raw", tmp_path / "raw")  # the manifest says where it is from the package
    scratch = tmp_path / "scratch"
    kill_on_task(cluster, tmp_path / "killed", times=1)
    division = Division(ranges=2, scheduler=cluster.scheduler_address, scratch=scratch.as_uri())
    run_study(STUDY, raw, tmp_path / "out", formats=FORMATS, division=division)
    stop_killing(cluster)
    assert [path.name for path in tmp_path.glob("killed*")] == ["killed0"]
    made = read_folder(tmp_path / "out")
    assert made.keys() == whole.keys()
    assert [name for name in made if made[name] != whole[name]] == []
    assert list_leftovers(cluster) == []
    assert list(scratch.iterdir()) == []


def test_a_range_that_ends_every_worker(cluster, demo_package, tmp_path):
    cluster.scheduler.allowed_failures = 0
    kill_on_task(cluster, tmp_path / "killed", times=9)
    division = Division(2, scheduler=cluster.scheduler_address)
    with pytest.raises(ProblemsError) as caught:
        run_study(STUDY, demo_package / "raw", tmp_path / "out", ["DM"], division=division)
    stop_killing(cluster)
    (problem,) = caught.value.problems
    assert problem.code == "RUN002"
    assert problem.message in {
        f"the workers that made range {number} of 2 were ended, one after the other; nothing is written"
        for number in (1, 2)
    }
    assert not (tmp_path / "out").exists()
    assert list_leftovers(cluster) == []
