"""The bytes of a package do not depend on how many ranges of subjects it is made in."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_data import golden_folder
from ranges_alike import Shuffled

from cdisc_conv.engine.ranges import make
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package.run import run_study, simulate_raw

STUDY = "hope2021_thal_agc"


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_same_bytes(study: str, raw: Path, folder: Path, *divisions: Division) -> None:
    """A package in each division has the files of the one in a single range, transport files to the last manifest."""
    formats = ["json", "ndjson", "dsjc"]
    run_study(study, raw, folder / "out", formats=formats, division=Division(1))
    whole = read_folder(folder / "out")
    kinds = {Path(name).suffix for name in whole}
    assert {".xpt", ".json", ".ndjson", ".dsjc", ".parquet", ".xml", ".html", ".pdf", ".docx"} - kinds == set()
    assert "manifest.json" in whole
    for division in divisions:
        package = run_study(study, raw, folder / "out", formats=formats, division=division)
        assert package.files == len(whole)
        made = read_folder(folder / "out")
        assert made.keys() == whole.keys()
        assert [name for name in made if made[name] != whole[name]] == [], division


@pytest.mark.parametrize(
    "division", [Division(2, workers=2), pytest.param(Division(50), marks=pytest.mark.slow)], ids=str
)
def test_a_slice_of_the_demo(tmp_path, division):
    simulate_raw(STUDY, 8, 1, tmp_path / "raw")
    assert_same_bytes(STUDY, tmp_path / "raw", tmp_path, division)


def test_ranges_that_complete_in_another_order(tmp_path, monkeypatch):
    monkeypatch.setattr(
        make, "choose_workers", lambda *_: Shuffled(lambda count: [*range(1, count, 2), *range(0, count, 2)])
    )
    simulate_raw(STUDY, 8, 1, tmp_path / "raw")
    assert_same_bytes(STUDY, tmp_path / "raw", tmp_path, Division(7))


@pytest.mark.slow
def test_the_demo(tmp_path):
    simulate_raw(STUDY, 106, 1, tmp_path / "raw")
    assert_same_bytes(STUDY, tmp_path / "raw", tmp_path, Division(2), Division(7, workers=2), Division(50))


@pytest.mark.slow
def test_the_pilot(tmp_path):
    assert_same_bytes(
        "cdiscpilot01", golden_folder() / "raw", tmp_path, Division(2), Division(7, workers=2), Division(50)
    )
