"""Several files for one dataset: ``part``."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.engine.convert import convert
from cdisc_conv.spec.lint.study import lint_study
from cdisc_conv.spec.load import load_study

FORMS = """\
  chem: {label: Chemistry, file: chem.csv, columns: {TEST: Test, RES: Result, NOTE: Note}}
  haem: {label: Haematology, file: haem.csv, columns: {CODE: Test, VALUE: Result}}
"""
CHEM = """\
dataset: LB
part: LBCH
keys: [STUDYID, USUBJID, LBCAT, LBTESTCD]
records:
  - form: chem
variables:
  LBTESTCD: {term: TEST}
  LBTEST:   {decode: LBTESTCD}
  LBCAT:    {constant: CHEMISTRY}
  LBORRES:  {copy: RES}
supplemental:
  LBNOTE: {copy: NOTE, label: Note}
"""
HAEM = """\
dataset: LB
part: LBHE
records:
  - form: haem
variables:
  LBTESTCD: {term: CODE}
  LBTEST:   {decode: LBTESTCD}
  LBCAT:    {constant: HEMATOLOGY}
  LBORRES:  {copy: VALUE}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = write_tiny_study(tmp_path)
    text = (study / "forms.yaml").read_text(encoding="utf-8")
    write_files(study, {"forms.yaml": text + FORMS, "sdtm/lbch.yaml": CHEM, "sdtm/lbhe.yaml": HAEM})
    raw = write_tiny_raw(tmp_path)
    write_files(
        raw,
        {
            "chem.csv": "SUBJID,VISIT,TEST,RES,NOTE\n001,S,GLUC,5,fasting\n002,S,GLUC,6,\n",
            "haem.csv": "SUBJID,VISIT,CODE,VALUE\n001,S,HGB,140\n",
        },
    )
    return study


def test_the_records_of_both_files_are_one_dataset(folder: Path) -> None:
    study, problems = load_study(folder)
    assert problems == []
    made = {one.name: one.frame for one in convert(study, folder.parent / "raw", ["LB"]).datasets}
    assert made["LB"][["USUBJID", "LBSEQ", "LBTESTCD", "LBTEST", "LBCAT", "LBORRES"]].to_numpy().tolist() == [
        ["TINY-01-001", 1, "GLUC", "Glucose", "CHEMISTRY", "5"],
        ["TINY-01-001", 2, "HGB", "Hemoglobin", "HEMATOLOGY", "140"],
        ["TINY-01-002", 1, "GLUC", "Glucose", "CHEMISTRY", "6"],
    ]
    assert made["SUPPLB"][["USUBJID", "IDVARVAL", "QNAM", "QVAL"]].to_numpy().tolist() == [
        ["TINY-01-001", "1", "LBNOTE", "fasting"]
    ]
    assert [str(one) for one in lint_study(folder)[1] if one.severity.value == "error"] == []


def test_without_part_it_is_mapped_twice(folder: Path) -> None:
    edit(folder / "sdtm" / "lbhe.yaml", "part: LBHE\n", "")
    found = [str(one) for one in load_study(folder)[1]]
    assert len(found) == 1
    assert "lbhe.yaml:1: SPEC110 LB is mapped twice" in found[0]
    assert "say part in each, where both hold records of it" in found[0]
