"""Doses that were not taken are in EC with the reason, and not in EX."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity


def test_a_form_that_asks_whether_a_dose_was_taken(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "dm.csv").write_text("SUBJID,SEX,RACE\n001,Male,White\n")
    (raw / "ex.csv").write_text(
        "SUBJID,EXTRT,EXOCCUR,EXREASND,EXDOSE,EXDOSU,EXSTDAT,EXNOTE\n"
        "001,Drug A,Y,,5,mg,2024-01-10,fine\n001,Drug A,N,Forgotten,,,2024-01-11,\n"
    )
    init_study(raw, tmp_path / "study")
    assert [str(one) for one in lint_whole(tmp_path / "study")[1] if one.severity is not Severity.NOTE] == []
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    assert [str(one) for one in package.problems if one.code.startswith("ACC")] == []
    frames = {one.name: one.frame.astype(str) for one in package.datasets}
    assert frames["EC"][["ECTRT", "ECPRESP", "ECOCCUR", "ECREASOC", "ECSTDTC"]].to_numpy().tolist() == [
        ["DRUG A", "Y", "Y", "", "2024-01-10"],
        ["DRUG A", "Y", "N", "Forgotten", "2024-01-11"],
    ]
    assert frames["EX"][["EXTRT", "EXDOSE", "EXDOSU", "EXSTDTC"]].to_numpy().tolist() == [
        ["DRUG A", "5.0", "mg", "2024-01-10"],
    ]
    assert not {"EXOCCUR", "EXREASND", "EXSTAT"} & set(frames["EX"])
    assert "ECSTAT" not in frames["EC"]
