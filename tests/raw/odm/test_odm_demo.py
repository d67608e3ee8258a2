"""The demonstration study from ODM-XML: the same datasets as from its CSV files."""

from __future__ import annotations

import shutil
from pathlib import Path

import odm_exports
import pandas as pd
import pytest

import cdisc_conv
from cdisc_conv.engine.convert import Conversion
from cdisc_conv.raw import FormSource, read_form
from cdisc_conv.resources import shipped
from cdisc_conv.simulate import write_exports

STUDY = "hope2021_thal_agc"
KEYS = {
    "SUBJID": "SubjectKey",
    "EVENTEID": "StudyEventOID",
    "ESEQ": "StudyEventRepeatKey",
    "FSEQ": "FormRepeatKey",
    "IGSEQ": "ItemGroupRepeatKey",
}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "raw"
    folder.mkdir()
    write_exports(shipped("mappings") / STUDY, 4, 1, folder)
    return folder


@pytest.fixture(scope="module")
def frames(raw: Path) -> dict[str, pd.DataFrame]:
    found = {}
    for path in sorted(raw.glob("*.csv")):
        form, _ = read_form(FormSource(path.stem, path.name), raw)
        assert form is not None
        found[path.stem] = form.frame
    return found


@pytest.fixture(scope="module")
def expected(raw: Path) -> Conversion:
    study, _ = cdisc_conv.load_study(STUDY)
    assert study is not None
    return cdisc_conv.convert(study, raw)


def make_study(folder: Path) -> Path:
    """The study, with the forms of the EDC read from one ODM file; the laboratory's stays as it is."""
    shutil.copytree(shipped("mappings") / STUDY, folder / STUDY)
    path = folder / STUDY / "forms.yaml"
    text = path.read_text(encoding="utf-8")
    for line in text.splitlines():
        name, _, label = line.strip().partition(": ")
        if name in KEYS and line.startswith("  ") and not line.startswith("    "):
            said = label.strip("{}") if label.startswith("{") else f"label: {label}"
            text = text.replace(line, f"  {name}: {{{said}, column: {KEYS[name]}}}", 1)
        if name == "file" and label != "lb.csv":
            text = text.replace(line, f"    file: odm.xml\n    table: {label.removesuffix('.csv')}", 1)
    path.write_text(text, encoding="utf-8")
    return folder / STUDY


@pytest.mark.parametrize("version", ["1.3.2", "2.0"])
def test_the_same_datasets(
    raw: Path, frames: dict[str, pd.DataFrame], expected: Conversion, tmp_path: Path, version: str
) -> None:
    shutil.copytree(raw / "laboratory", tmp_path / "raw" / "laboratory")
    odm_exports.write_odm(frames, tmp_path / "raw" / "odm.xml", KEYS, version)
    study, problems = cdisc_conv.load_study(make_study(tmp_path))
    assert problems == []
    found = cdisc_conv.convert(study, tmp_path / "raw")
    assert [dataset.name for dataset in found.datasets] == [dataset.name for dataset in expected.datasets]
    for one, other in zip(found.datasets, expected.datasets, strict=True):
        pd.testing.assert_frame_equal(one.frame, other.frame)
    codes = sorted(problem.code for problem in expected.problems)
    assert sorted(problem.code for problem in found.problems if problem.code != "RAW005") == codes
