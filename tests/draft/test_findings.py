"""Findings that init drafts: a row per test, standard units and ranges, and domains by the name of the form."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity

DM = "SUBJID,SEX,RACE\n001,Male,White\n002,Female,Asian\n"


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "dm.csv").write_text(DM)
    return folder


def run_draft(raw: Path, dataset: str) -> pd.DataFrame:
    """The dataset that the untouched draft makes; the draft has to lint clean."""
    study = raw.parent / "study"
    init_study(raw, study)
    assert [str(one) for one in lint_whole(study)[1] if one.severity is not Severity.NOTE] == []
    package = run_study(study, raw, raw.parent / "out")
    assert [str(one) for one in package.problems if one.code in ("ACC001", "ACC002", "ACC003")] == []
    return next(one.frame for one in package.datasets if one.name == dataset)


def test_a_row_per_test_with_units_and_ranges(raw: Path) -> None:
    (raw / "lab.csv").write_text(
        "SUBJID,LBDAT,PANEL,LBCODE,LBCODE_DEC,LBRES,LBUNIT,LBLOW,LBHIGH\n"
        "001,2024-01-05,Haematology,HB,Haemoglobin,11.5,g/dL,12,16\n"
        "001,2024-01-05,Chemistry,CR,Creatinine,<1,mg/dl,0.6,1.2\n"
        "002,2024-01-06,Haematology,HB,Haemoglobin,,g/dL,12,16\n"
        "002,2024-01-06,Chemistry,ZZ,Zebra factor,7,U/L,1,9\n"
    )
    lb = run_draft(raw, "LB")
    columns = ["LBTESTCD", "LBTEST", "LBCAT", "LBSTRESC", "LBSTRESU", "LBSTNRLO", "LBNRIND", "LBSTAT"]
    rows = [[str(cell) for cell in row] for row in lb[columns].to_numpy()]
    assert sorted(rows) == [
        ["CREAT", "Creatinine", "CHEMISTRY", "<88.4016973125884", "umol/L", "53.04101838755304", "", ""],
        ["HGB", "Hemoglobin", "HEMATOLOGY", "", "", "120.0", "", "NOT DONE"],
        ["HGB", "Hemoglobin", "HEMATOLOGY", "115", "g/L", "120.0", "LOW", ""],
        ["ZZ", "Zebra factor", "CHEMISTRY", "7", "U/L", "1.0", "NORMAL", ""],
    ]


def test_units_of_labels_are_converted_and_decimal_commas_read(raw: Path) -> None:
    (raw / "vs.csv").write_text('SUBJID,VSDAT,HEIGHT_IN,TEMP\n001,2024-01-05,70,"36,6"\n002,2024-01-06,60,\n')
    vs = run_draft(raw, "VS")
    assert vs[["VSTESTCD", "VSORRES", "VSSTRESC", "VSSTRESN"]].to_numpy().tolist() == [
        ["HEIGHT", "70", "177.8", 177.8],
        ["TEMP", "36,6", "36.6", 36.6],
        ["HEIGHT", "60", "152.4", 152.4],
    ]


def test_criteria_that_were_not_met(raw: Path) -> None:
    (raw / "ie.csv").write_text("SUBJID,IEDAT,INC01,EXC01,EXC02\n001,2024-01-05,Yes,No,No\n002,2024-01-06,No,No,Yes\n")
    ie = run_draft(raw, "IE")
    assert ie[["USUBJID", "IETESTCD", "IECAT", "IEORRES", "IEDTC"]].to_numpy().tolist() == [
        ["STUDY-002", "EXC02", "EXCLUSION", "Y", "2024-01-06"],
        ["STUDY-002", "INC01", "INCLUSION", "N", "2024-01-06"],
    ]


def test_forms_of_other_domains_are_drafted_as_such(raw: Path) -> None:
    (raw / "ecog.csv").write_text(
        "SUBJID,VISIT,ECOGYN,ECOGND,ECOGDAT,ECOGRES\n001,Base,Y,,2024-01-05,1\n002,Base,N,Refused,,\n"
    )
    (raw / "drug_accountability.csv").write_text(
        "SUBJID,DADAT,DISPAMT,RETAMT\n001,2024-01-05,30,2\n002,2024-01-06,30,0\n"
    )
    rs = run_draft(raw, "RS")
    assert rs[["RSTESTCD", "RSCAT", "RSORRES", "RSSTAT", "RSREASND"]].to_numpy().tolist() == [
        ["ECOG101", "ECOG", "1", "", ""],
        ["ECOG101", "ECOG", "", "NOT DONE", "Refused"],
    ]
    out = raw.parent / "again"
    package = run_study(raw.parent / "study", raw, out)
    da = next(one.frame for one in package.datasets if one.name == "DA")
    assert da["DATESTCD"].tolist() == ["DISPAMT", "RETAMT", "DISPAMT", "RETAMT"]


def test_an_examination_with_a_row_per_body_system(raw: Path) -> None:
    (raw / "pe.csv").write_text(
        "SUBJID,PEYN,PEND,PEDAT,PESYS,PESYS_DEC,PERES,PERES_DEC,PEDESC\n"
        "001,Y,,2024-01-05,SKIN,Skin,N,Normal,\n001,Y,,2024-01-05,LUNG,Lungs,A,Abnormal,Wheezing\n"
        "002,N,Refused,,,,,,\n"
    )
    pe = run_draft(raw, "PE")
    assert pe[["PETESTCD", "PETEST", "PEORRES", "PESTAT", "PEREASND"]].to_numpy().tolist() == [
        ["LUNG", "Lungs", "Wheezing", "", ""],
        ["SKIN", "Skin", "Normal", "", ""],
        ["PEALL", "Physical Examination", "", "NOT DONE", "Refused"],
    ]


def test_one_position_beside_all_vital_signs_is_that_of_pressure_and_pulse(raw: Path) -> None:
    (raw / "vs.csv").write_text("SUBJID,VSDAT,VSPOS,SYSBP,WEIGHT\n001,2024-01-05,Sitting,120,70\n")
    vs = run_draft(raw, "VS")
    assert vs[["VSTESTCD", "VSPOS"]].to_numpy().tolist() == [["SYSBP", "SITTING"], ["WEIGHT", ""]]


def test_dates_and_answers_of_a_follow_up_have_the_tests_of_terminology(raw: Path) -> None:
    (raw / "survival_follow_up.csv").write_text(
        "SUBJID,SFUDAT,SFUSTAT,SFUALIVE,SFUTRT\n001,01-MAR-2024,Alive,28-FEB-2024,docetaxel\n"
        "002,02-MAR-2024,Dead,27-FEB-2024,\n"
    )
    ss = run_draft(raw, "SS")
    assert ss[["SSTESTCD", "SSORRES", "SSSTRESC"]].to_numpy().tolist() == [
        ["LSCFADTC", "2024-02-28", "2024-02-28"],
        ["SURVSTAT", "Alive", "ALIVE"],
        ["LSCFADTC", "2024-02-27", "2024-02-27"],
        ["SURVSTAT", "Dead", "DEAD"],
    ]
