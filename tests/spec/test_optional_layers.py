"""Entries of an optional layer hold as far as the study has what they read."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import write_files, write_tiny_study

from cdisc_conv.spec.lint.study import check_study
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import DatasetSpec

LAYER = """\
dataset: CM
parameters: {form: cm}
optional: true
keys: [STUDYID, USUBJID, CMCAT, CMTRT]
records:
  - form: "${form}"
variables:
  CMTRT:   {copy: CMTRT}
  CMCAT:   {copy: CMCAT}
  CMSCAT:  {copy: CMCAT}
  CMSTDTC: {datetime: {date: CMSTDAT, time: CMSTTIM}}
  CMSTDY:  {study_day: CMSTDTC}
  CMENDTC: {datetime: CMENDAT}
  CMENDY:  {study_day: CMENDTC}
  CMINDC:  {cases: [{when: 'CMAENO != ""', constant: ADVERSE EVENT}, {copy: raw.CMINDC}]}
  EPOCH:   {epoch: CMSTDTC}
supplemental:
  CMNOTE: {copy: CMNOTE, label: Note}
"""
MISSING = (
    "VISITNUM (Visit Number)",
    "VSDTC (Date/Time of Measurements)",
    "VSLOBXFL (Last Observation Before Exposure Flag)",
    "VSSTRESC (Character Result/Finding in Std Format)",
    "VSSTRESU (Standard Units)",
)
FORM = """\
  cm:
    label: Medications
    file: cm.csv
    columns: {CMTRT: Drug, CMSTDAT: Start, CMINDC: Reason}
  rx:
    label: Prescriptions
    file: rx.csv
    columns: {CMTRT: Drug, CMENDAT: End}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = write_tiny_study(tmp_path)
    forms = (study / "forms.yaml").read_text(encoding="utf-8") + FORM
    write_files(
        study, {"forms.yaml": forms, "layers/cm.yaml": LAYER, "sdtm/cm.yaml": "extends: layers/cm\ndataset: CM\n"}
    )
    return study


def load_cm(folder: Path) -> DatasetSpec:
    study, problems = load_study(folder)
    assert [str(problem) for problem in problems] == []
    assert [str(problem) for problem in check_study(study) if problem.place.file.endswith("cm.yaml")] == []
    return study.datasets["CM"]


def test_what_the_form_does_not_have_is_left_out(folder: Path) -> None:
    spec = load_cm(folder)
    assert [name for name in spec.names() if name.startswith("CM")] == [
        "CMTRT",
        "CMSTDTC",
        "CMSTDY",
        "CMINDC",
        "CMSEQ",
    ]
    assert spec.variables["CMSTDTC"].derivation.reads() == ("CMSTDAT",)
    assert spec.variables["CMINDC"].derivation.reads() == ("raw.CMINDC",)
    assert spec.keys == ("STUDYID", "USUBJID", "CMTRT")
    assert spec.variables["CMSEQ"].derivation.reads() == ("CMTRT",)


def test_what_one_of_two_forms_has_is_made_there(folder: Path) -> None:
    text = "extends: layers/cm\ndataset: CM\nrecords: [{form: cm}, {form: rx}]\n"
    write_files(folder, {"sdtm/cm.yaml": text})
    spec = load_cm(folder)
    assert "CMENDTC" not in spec.variables
    assert [sorted(set(block.variables) - {"CMTRT"}) for block in spec.blocks] == [
        ["CMINDC", "CMSTDTC"],
        ["CMENDTC"],
    ]
    assert {"CMSTDY", "CMENDY"} <= set(spec.variables)  # blank beside a date that is blank


def test_what_the_study_says_itself_is_checked(folder: Path) -> None:
    write_files(folder, {"sdtm/cm.yaml": "extends: layers/cm\ndataset: CM\nvariables:\n  CMCAT: {copy: CMCAT}\n"})
    study, _ = load_study(folder)
    found = [str(one).partition("layers/")[2] or str(one).partition("sdtm/")[2] for one in check_study(study)]
    assert [one for one in found if one.startswith("cm.yaml")] == [
        "cm.yaml:4: LINT301 CM.CMCAT reads CMCAT, which is neither a column of form cm nor a variable of CM "
        "(did you mean CMSCAT?)"
    ]


def test_what_the_standard_expects_stays_blank_with_a_note(folder: Path) -> None:
    layer = """\
dataset: VS
optional: true
records: [{form: cm}]
variables:
  VSTESTCD: {term: CMTRT}
  VSTEST:   {copy: CMTRT}
  VSORRES:  {copy: CMINDC}
  VSORRESU: {copy: VSORRESU}
  VSSTRESN: {copy: VSSTRESN}
  VSPOS:    {copy: VSPOS}
"""
    write_files(folder, {"layers/vs.yaml": layer, "sdtm/vs.yaml": "extends: layers/vs\ndataset: VS\n"})
    study, _ = load_study(folder)
    names = study.datasets["VS"].names()
    assert [name in names for name in ("VSORRES", "VSORRESU", "VSSTRESN", "VSPOS")] == [True, True, True, False]
    found = [str(one).partition("layers/")[2] for one in check_study(study) if one.code == "LINT218"]
    assert found == [
        "vs.yaml:8: LINT218 VS: the study has nothing that the layer could make VSORRESU, VSSTRESN of; expected, so "
        "blank (map what was collected under another name)"
    ]
    missing = [one.message for one in check_study(study) if one.code == "LINT203"]
    assert sorted(missing) == [f"VS does not map {one}, which the standard expects" for one in MISSING]
