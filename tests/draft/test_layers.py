"""Drafts lie on the layers of the library where these say the same, and mean what they would mean without."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity
from cdisc_conv.spec.load import load_study

FORMS = {
    "dm.csv": "SUBJID,SITEID,SEX,RACE\n001,S1,Male,White\n",
    "cm.csv": "SUBJID,CMTRT,CMINDC,CMDOSU,CMDOSFRM,CMDOSFRQ,CMROUTE,CMSTDAT,CMENDAT,CMCOLOUR\n"
    "001,aspirin,pain,mg,TABLET,QD,ORAL,2024-01-02,2024-01-05,white\n",
    "ex.csv": "SUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDAT\n001,Drug A,5,mg,2024-01-01\n",
    "ae.csv": "SUBJID,AETERM,AEACNA,AEACNB,AESTDAT\n001,Cough,Dose reduced,None,2024-02-01\n",
}


def test_a_form_with_the_names_of_cdash_extends_the_library(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, text in FORMS.items():
        (raw / name).write_text(text)
    init_study(raw, tmp_path / "study")
    rows = [
        line.partition("  #")[0].rstrip() for line in (tmp_path / "study" / "sdtm" / "cm.yaml").read_text().splitlines()
    ]
    assert rows[1:] == [
        "extends: library/cm",
        "dataset: CM",
        "records:",
        "  - form: cm",
        "variables:",
        "  EPOCH: {epoch: CMSTDTC}",
        "supplemental:",
        "  CMCOLOUR: {copy: CMCOLOUR, label: CMCOLOUR}",
    ]
    assert [str(one) for one in lint_whole(tmp_path / "study")[1] if one.severity is not Severity.NOTE] == []
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    cm = next(one.frame for one in package.datasets if one.name == "CM")
    names = ["CMTRT", "CMINDC", "CMDOSU", "CMDOSFRM", "CMDOSFRQ", "CMROUTE", "CMSTDTC", "CMENDTC"]
    assert cm[names].to_numpy().tolist() == [
        ["ASPIRIN", "PAIN", "mg", "TABLET", "QD", "ORAL", "2024-01-02", "2024-01-05"],
    ]
    assert [str(one) for one in package.problems if one.code.startswith("ACC")] == []


def test_a_form_with_few_names_of_cdash_does_not(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, text in FORMS.items():
        (raw / name).write_text(text)
    init_study(raw, tmp_path / "study")
    assert "extends:" not in (tmp_path / "study" / "sdtm" / "ae.yaml").read_text()
    study, _ = load_study(tmp_path / "study")
    assert study is not None
    # the actions taken with two drugs are none of the one variable with a like name
    assert {"AEACNA", "AEACNB"} <= study.datasets["AE"].supplemental.keys()
