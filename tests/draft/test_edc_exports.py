"""From the export of each EDC to a package that passes but for what was never collected."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from edc_exports import write_export

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity
from cdisc_conv.xpt import XptVariable, write_xpt

NEVER_COLLECTED = {("VAR002", "AEDECOD"), ("VAR002", "COUNTRY"), ("VAR002", "SITEID"), ("DM001", "ARMNRS")}
SYSTEMS = ("libreclinica", "openedc", "rave", "secutrial", "transactional")


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_export_becomes_a_package(system: str, tmp_path: Path) -> None:
    raw, study = tmp_path / "raw", tmp_path / "study"
    write_export(system, raw)
    outcome = init_study(raw, study)
    assert [str(one) for one in outcome.problems if one.severity is not Severity.NOTE] == []
    package = run_study(study, raw, tmp_path / "out")
    errors = {(one.code, one.place.variable) for one in package.problems if one.severity is Severity.ERROR}
    assert errors <= NEVER_COLLECTED
    assert [str(one) for one in package.problems if one.code[:3] in ("ACC", "RAW")] == []
    frames = {one.name: one.frame for one in package.datasets}
    assert frames["DM"]["SEX"].tolist() == ["M", "F"]
    births = {"rave": ["1960-05-02", "1971"], "secutrial": ["1960-05-02", "1971-02"]}
    assert frames["DM"]["BRTHDTC"].tolist() == births.get(system, ["1960-05-02", "1971-02-03"])
    ae = frames["AE"][["AETERM", "AESTDTC", "AESEV", "AESER"]].to_numpy().tolist()
    others = [["RASH", "2024-02-03", "", ""]] if system == "secutrial" else []
    assert ae == [["HEADACHE", "2024-01", "MILD", "N"], *others]
    visit = "SCREENING" if system == "rave" else "BASELINE"
    assert frames["VS"][["VSTESTCD", "VSORRES", "VSORRESU", "VISIT", "VISITNUM", "VSDTC"]].to_numpy().tolist() == [
        ["SYSBP", "120", "mmHg", visit, 1.0, "2024-01-02"],
        ["SYSBP", "121", "mmHg", "WEEK 4", 2.0, "2024-01-30"],
    ]


def test_words_of_codes_come_from_the_format_catalogue_beside_sas_files(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    frame = pd.DataFrame({"SUBJID": ["001", "002"], "SEX": ["1", "2"], "RACE": [5.0, 2.0]})
    formats = pd.DataFrame(
        {
            "FMTNAME": ["SX", "SX", "RACEF", "RACEF"],
            "START": ["1", "2", "5", "2"],
            "LABEL": ["Male", "Female", "White", "Asian"],
            "TYPE": ["C", "C", "N", "N"],
        }
    )
    variables = [
        XptVariable("SUBJID", numeric=False, length=3),
        XptVariable("SEX", numeric=False, length=1, format="$SX1."),
        XptVariable("RACE", numeric=True, length=8, format="RACEF3."),
    ]
    write_xpt(frame, raw / "dm.xpt", name="DM", variables=variables)
    write_xpt(formats, raw / "formats.xpt", name="FORMATS")
    outcome = init_study(raw, tmp_path / "study")
    assert list(outcome.exports.tables) == ["dm"]
    assert "metadata: [formats.xpt]" in (tmp_path / "study" / "forms.yaml").read_text()
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    assert [str(one) for one in package.problems if one.code[:3] in ("ACC", "RAW", "COD")] == []
    dm = next(one.frame for one in package.datasets if one.name == "DM")
    assert dm[["SEX", "RACE"]].to_numpy().tolist() == [["M", "WHITE"], ["F", "ASIAN"]]
