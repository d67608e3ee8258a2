"""A study of analysis datasets alone: no raw:, no forms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from studies import edit, write_files

from cdisc_conv import write_xpt
from cdisc_conv.engine.convert import convert_tabulations
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.load import load_study

STUDY = """\
study: ALONE-01
title: Analysis datasets of SDTM that others made
created: 2026-01-31T12:00:00
standards: {sdtmig: "3.4", sdtm_ct: 2025-03-28}
"""
ADSL = """\
dataset: ADSL
records:
  - from: DM
variables:
  SUBJID: {predecessor: DM.SUBJID}
  SITEID: {predecessor: DM.SITEID}
  AGE:    {predecessor: DM.AGE}
  AGEU:   {predecessor: DM.AGEU}
  SEX:    {predecessor: DM.SEX}
  RACE:   {predecessor: DM.RACE}
  ARM:    {predecessor: DM.ARM}
  TRT01P: {copy: DM.ARM}
  TRTSDT: {numeric_date: DM.RFXSTDTC}
  DTHDT:  {numeric_date: {date: DTHDTC}}
working:
  DTHDTC: {lookup: {from: DS, where: 'DSDECOD == "DEATH"', take: DSSTDTC}}
"""
DM = {
    "STUDYID": ["ALONE-01"],
    "USUBJID": ["ALONE-01-1"],
    "SUBJID": ["1"],
    "SITEID": ["01"],
    "AGE": [64.0],
    "AGEU": ["YEARS"],
    "SEX": ["F"],
    "RACE": ["ASIAN"],
    "ARM": ["Drug"],
    "RFXSTDTC": ["2026-01-05"],
}
DS = {"USUBJID": ["ALONE-01-1"], "DSDECOD": ["DEATH"], "DSSTDTC": ["2026-02-01"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path / "alone", {"study.yaml": STUDY, "adam/adsl.yaml": ADSL})
    sdtm = tmp_path / "sdtm"
    sdtm.mkdir()
    for name, columns in {"DM": DM, "DS": DS}.items():
        write_xpt(pd.DataFrame(columns), sdtm / f"{name.lower()}.xpt", name=name, label=name)
    return tmp_path / "alone"


def test_it_is_linted_without_data(folder: Path) -> None:
    assert [str(problem) for problem in lint_whole(folder)[1]] == []
    edit(folder / "adam" / "adsl.yaml", "DM.AGEU", "DM.AGEUU")
    assert [str(one).partition("adam/")[2] for one in lint_whole(folder)[1]] == [
        "adsl.yaml:8: LINT301 ADSL.AGEU reads DM.AGEUU, but DM has no AGEUU (did you mean AGEU?)"
    ]


def test_it_is_made_of_files(folder: Path) -> None:
    study, problems = load_study(folder)
    assert problems == []
    made = convert_tabulations(study, folder.parent / "sdtm")
    assert [str(problem) for problem in made.problems if problem.severity.value == "error"] == []
    frame = made.datasets[0].frame
    assert frame[["USUBJID", "AGE", "TRT01P", "TRTSDT", "DTHDT"]].to_numpy().tolist() == [
        ["ALONE-01-1", 64.0, "Drug", 24111.0, 24138.0]
    ]


def test_a_study_that_maps_sdtm_needs_raw(folder: Path) -> None:
    write_files(folder, {"sdtm/dm.yaml": "dataset: DM\nrecords: [{form: dm}]\n"})
    with pytest.raises(ProblemsError) as caught:
        load_study(folder)
    assert [problem.message for problem in caught.value.problems] == ["study.yaml needs 'raw'"]


def test_further_columns_are_declared(folder: Path) -> None:
    edit(folder / "adam" / "adsl.yaml", "  AGEU:", "  COHORT: {copy: DM.COHORT, label: Cohort}\n  AGEU:")
    assert any("DM has no COHORT" in str(one) for one in lint_whole(folder)[1])
    edit(folder / "study.yaml", "standards:", "given: {DM: {file: dm.xpt, columns: [COHORT]}}\nstandards:")
    assert [str(problem) for problem in lint_whole(folder)[1]] == []


def test_there_is_nothing_raw_to_run(folder: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        run_study(folder, folder.parent / "sdtm", folder.parent / "out")
    assert [str(problem) for problem in caught.value.problems] == [
        "PKG008 ALONE-01 has no raw forms: it makes analysis datasets of SDTM "
        "(leave --raw out, and name the SDTM datasets with --sdtm)"
    ]
