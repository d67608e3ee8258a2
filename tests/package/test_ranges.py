"""The bytes of a package do not depend on how many ranges of subjects it is made in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from golden_data import golden_folder
from ranges_alike import Shuffled
from shared_packages import FORMATS, STUDY

from cdisc_conv.engine.ranges import make
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package.run import run_study, simulate_raw


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_same_bytes(study: str, raw: Path, whole: Path, *divisions: Division) -> None:
    """A package in each division has the files of `whole`, transport files to the last manifest."""
    out = raw.parent / "out"  # the manifest names the raw folder as it is found from the package
    expected = read_folder(whole)
    kinds = {Path(name).suffix for name in expected}
    assert {".xpt", ".json", ".ndjson", ".dsjc", ".parquet", ".xml", ".html", ".pdf", ".docx"} - kinds == set()
    assert "manifest.json" in expected
    for division in divisions:
        package = run_study(study, raw, out, formats=FORMATS, division=division)
        assert package.files == len(expected)
        made = read_folder(out)
        assert made.keys() == expected.keys()
        assert [name for name in made if made[name] != expected[name]] == [], division


@pytest.fixture
def raw(demo_package, tmp_path):
    return shutil.copytree(demo_package / "raw", tmp_path / "raw")


def test_ranges_of_two_processes_that_complete_in_another_order(demo_package, raw, monkeypatch):
    choose = make.choose_workers
    monkeypatch.setattr(make, "choose_workers", lambda *asked: Shuffled(lambda count: (1, 2, 0), choose(*asked)))
    assert_same_bytes(STUDY, raw, demo_package / "out", Division(3, workers=2))


@pytest.mark.slow
def test_each_subject_is_a_range(demo_package, raw):
    assert_same_bytes(STUDY, raw, demo_package / "out", Division(50))


@pytest.mark.slow
@pytest.mark.parametrize("study", [STUDY, "cdiscpilot01"])
def test_a_whole_study(study, tmp_path):
    raw = tmp_path / "raw"
    if study == STUDY:
        simulate_raw(study, 106, 1, raw)
    else:
        shutil.copytree(golden_folder() / "raw", raw)
    run_study(study, raw, tmp_path / "whole", formats=FORMATS, division=Division(1))
    assert_same_bytes(study, raw, tmp_path / "whole", Division(2), Division(7, workers=2), Division(50))
