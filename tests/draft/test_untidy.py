"""Exports as people make them: titles above the names, years of two digits, findings of several kinds on one form."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity

FORMS = {
    "demo.csv": "Study XYZ;;;\nExported 2024-05-01;;;\nSubject Number;Sex;Race;Consent Date\n"
    "1001;m;white;5-feb-24\n1002;f;asian;6-feb-24\n",
    "assessments.csv": "Subject Number,Visit,Visit Date,SBP,HGB,WBC,HGBU,ECG_HR\n"
    "1001,Week 0,5-FEB-24,120,13.1,5.2,g/dL,60\n1002,Week 0,6-FEB-24,130,14.0,6.0,g/dL,66\n",
    "ae1.csv": "Subject Number,AE Term,Start,Stop,Sev\n1001,headache,20-FEB-24,21-FEB-24,mild\n",
    "lab_long.csv": "Subject Number|Collected|Lab Test|Value|Units|Lo|Hi\n"
    "1001|05FEB2024|Glucose (fasting)|5.1|mmol/L|3.9|6.1\n1002|06FEB2024|ALT (SGPT)|25|U/L|0|40\n",
    "contacts.csv": "Subject Number,First Name,Phone,City,Mood\n1001,Ann,555-123456,Rome,good\n",
}


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("untidy")
    (folder / "raw").mkdir()
    for name, text in FORMS.items():
        (folder / "raw" / name).write_text(text)
    outcome = init_study(folder / "raw", folder / "study")
    assert sorted(outcome.draft.not_submitted) == ["contacts.City", "contacts.First_Name", "contacts.Phone"]
    assert [str(one) for one in lint_whole(folder / "study")[1] if one.severity is not Severity.NOTE] == []
    assert "header: [skip, skip, names]" in (folder / "study" / "forms.yaml").read_text()
    said = (folder / "study" / "sdtm" / "ae.yaml").read_text()
    assert "# draft to do: the name is 'Start'; years of two digits are taken for 1940 to 2039" in said
    package = run_study(folder / "study", folder / "raw", folder / "out")
    assert [str(one) for one in package.problems if one.code[:3] in ("ACC", "RAW")] == []
    return {one.name: one.frame for one in package.datasets}


def test_titles_above_the_names_and_years_of_two_digits(frames: dict[str, pd.DataFrame]) -> None:
    assert frames["DM"][["SEX", "RACE", "RFICDTC"]].to_numpy().tolist() == [
        ["M", "WHITE", "2024-02-05"],
        ["F", "ASIAN", "2024-02-06"],
    ]
    ae = frames["AE"][["AETERM", "AESTDTC", "AEENDTC", "AESEV"]].to_numpy().tolist()
    assert ae == [["HEADACHE", "2024-02-20", "2024-02-21", "MILD"]]


def test_findings_of_several_kinds_on_one_form(frames: dict[str, pd.DataFrame]) -> None:
    first = {name: frames[name][frames[name]["USUBJID"].str.endswith("1001")] for name in ("VS", "EG", "LB")}
    assert first["VS"][["VSTESTCD", "VSORRES", "VSDTC"]].to_numpy().tolist() == [["SYSBP", "120", "2024-02-05"]]
    assert first["EG"][["EGTESTCD", "EGORRES", "EGDTC"]].to_numpy().tolist() == [["EGHRMN", "60", "2024-02-05"]]
    assert sorted(first["LB"][["LBTESTCD", "LBORRES", "LBORRESU", "LBDTC"]].to_numpy().tolist()) == [
        ["GLUC", "5.1", "mmol/L", "2024-02-05"],
        ["HGB", "13.1", "g/dL", "2024-02-05"],
        ["WBC", "5.2", "", "2024-02-05"],
    ]


def test_who_completed_has_a_disposition_without_a_reason(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "dm.csv").write_text("SUBJID,SEX\n01,Male\n02,Female\n")
    (raw / "eos.csv").write_text(
        "SUBJID,EOSYN,EOSDAT,EOSREAS,EOSOTH\n01,Yes,2024-03-01,,\n02,No,2024-02-10,Adverse event,a rash\n"
    )
    init_study(raw, tmp_path / "study")
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    ds = next(one.frame for one in package.datasets if one.name == "DS")
    assert ds[["DSDECOD", "DSTERM", "DSSTDTC"]].to_numpy().tolist() == [
        ["COMPLETED", "COMPLETED", "2024-03-01"],
        ["ADVERSE EVENT", "A RASH", "2024-02-10"],
    ]
