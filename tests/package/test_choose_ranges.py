"""How many ranges a run is made in where nobody says it: as many as the raw files are large."""

from __future__ import annotations

import zipfile

import pytest
from studies import write_tiny_raw, write_tiny_study

from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package import inputs
from cdisc_conv.package.inputs import Inputs, choose_ranges, measure_inputs
from cdisc_conv.spec.load import load_study


@pytest.fixture
def study(tmp_path):
    return load_study(write_tiny_study(tmp_path / "study"))[0]


@pytest.fixture
def read(tmp_path):
    raw = write_tiny_raw(tmp_path)
    return Inputs(raw, raw)


def test_small_files_are_one_range_and_large_ones_several(study, read, monkeypatch):
    size = sum(path.stat().st_size for path in read.raw.iterdir())
    (read.raw / "notes.txt").write_text("belongs to no form " * 1000)
    assert measure_inputs(study, read) == size
    assert choose_ranges(study, read, Division(0)) == Division(1)
    monkeypatch.setattr(inputs, "BYTES_PER_RANGE", -(-size // 3))
    monkeypatch.setattr(inputs, "_WHOLE", size - 1)
    assert choose_ranges(study, read, Division(0, workers=2)) == Division(3, workers=2)
    assert choose_ranges(study, read, Division(1)) == Division(1)


def test_an_archive_counts_as_large_as_what_it_holds(study, read):
    files = sorted(read.raw.iterdir())
    size = sum(path.stat().st_size for path in files)
    with zipfile.ZipFile(read.raw / files[0].name.replace(".csv", ".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(files[0].name, files[0].read_bytes())
    assert inputs._measure(read.raw / files[0].name.replace(".csv", ".zip")) == files[0].stat().st_size
    assert measure_inputs(study, read) == size
