"""Examples of the mapping guide that name their file, run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import Conversion, convert
from cdisc_conv.problems import Severity
from cdisc_conv.spec.lint.study import lint_study

GUIDE = (Path(__file__).parents[2] / "docs" / "mapping-guide.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^```yaml\n# (sdtm/\w+\.yaml)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL))
FORMS = """\
  vs:
    label: Vital Signs
    file: vs.csv
    columns: {SITE: Site, TEMP: Temperature, POSITION: Position}
  mh:
    label: Medical History
    file: mh.csv
    columns:
      MHDIAB: {label: Diabetes, empty: "0"}
      MHHYPER: {label: Hypertension, empty: "0"}
      MHOTHER: {label: Other, empty: "0"}
      OTHERSP: Specify
"""
VS = "SUBJID,VISIT,SITE,TEMP,POSITION\n001,S,101,36.6,SITTING\n002,S,102,98.6,2\n"
MH = "SUBJID,VISIT,MHDIAB,MHHYPER,MHOTHER,OTHERSP\n001,S,1,0,1,Gout\n002,S,0,1,0,\n003,S,0,0,0,\n"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    write_files(study, {"forms.yaml": (study / "forms.yaml").read_text(encoding="utf-8") + FORMS})
    write_files(raw, {"vs.csv": VS, "mh.csv": MH})
    return study, raw


def run(study: Path, raw: Path) -> Conversion:
    loaded, problems = lint_study(study)
    assert [str(one) for one in problems if one.severity is Severity.ERROR] == []
    return convert(loaded, raw)


def list_records(made: Conversion, dataset: str, *names: str) -> list[tuple[object, ...]]:
    frame = next(one.frame for one in made.datasets if one.name == dataset)
    return list(frame[list(names)].itertuples(index=False, name=None))


def test_a_site_that_reports_otherwise(folders):
    study, raw = folders
    write_files(study, {"sdtm/vs.yaml": RECIPES["sdtm/vs.yaml"]})
    made = run(study, raw)
    assert list_records(made, "VS", "VSORRES", "VSORRESU", "VSPOS", "VSSTRESN", "VSSTRESU") == [
        ("36.6", "C", "SITTING", 36.6, "C"),
        ("98.6", "F", "STANDING", 37.0, "C"),
    ]
    vs = next(one for one in made.datasets if one.name == "VS")
    assert vs.column("VSPOS").item.comment.startswith('Where the field "Site" (SITE) of form Vital Signs equals 102: ')


def test_a_record_for_each_ticked_box(folders):
    study, raw = folders
    write_files(study, {"sdtm/mh.yaml": RECIPES["sdtm/mh.yaml"]})
    made = run(study, raw)
    assert list_records(made, "MH", "USUBJID", "MHTERM") == [
        ("TINY-01-001", "Diabetes"),
        ("TINY-01-001", "Gout"),
        ("TINY-01-002", "Hypertension"),
    ]


def test_several_answers_in_one_record(folders):
    study, raw = folders
    edit(study / "forms.yaml", "      AGE:", "      RACES: Race\n      AGE:")
    edit(study / "sdtm" / "dm.yaml", "  RACE:     *blank\n", f"  {RECIPES['sdtm/dm.yaml']}")
    edit(raw / "dm.csv", "SEX_DEC,AGE", "SEX_DEC,RACES,AGE")
    edit(raw / "dm.csv", "M,Male,64", "M,Male,A|W,64")
    edit(raw / "dm.csv", "F,Female,71", "F,Female,W,71")
    edit(raw / "dm.csv", "F,Female,58", "F,Female,,58")
    made = run(study, raw)
    assert list_records(made, "DM", "RACE") == [("MULTIPLE",), ("WHITE",), ("",)]
    assert list_records(made, "SUPPDM", "USUBJID", "QNAM", "QVAL") == [
        ("TINY-01-001", "RACE1", "ASIAN"),
        ("TINY-01-001", "RACE2", "WHITE"),
    ]
