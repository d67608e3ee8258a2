"""cdisc-conv registry import."""

from __future__ import annotations

import json

SECTION = {
    "identificationModule": {"nctId": "NCT1", "briefTitle": "A trial"},
    "statusModule": {"overallStatus": "OPEN"},
}


def test_a_record_becomes_a_draft(cli, tmp_path):
    (tmp_path / "NCT1.json").write_text(json.dumps({"protocolSection": SECTION}), encoding="utf-8")
    result = cli("registry", "import", "NCT1.json", "--out", "tiny/protocol.yaml")
    assert result.exit_code == 0
    assert result.stdout == (
        "title of the trial, for study.yaml: A trial\n"
        "1 part of the record not placed:\n"
        "part                        what it says\n"
        "statusModule.overallStatus  OPEN\n"
        "tiny/protocol.yaml is a draft: check it against the protocol\n"
    )
    assert (
        (tmp_path / "tiny/protocol.yaml")
        .read_text(encoding="utf-8")
        .endswith("summary:\n  REGID:\n    value: NCT1\n    reference: ClinicalTrials.gov\n")
    )
    assert cli("lint", "tiny").exit_code == 0


def test_a_file_that_is_there_is_kept(cli, tmp_path):
    (tmp_path / "NCT1.json").write_text(json.dumps({"protocolSection": SECTION}), encoding="utf-8")
    (tmp_path / "protocol.yaml").write_text("mine", encoding="utf-8")
    result = cli("registry", "import", "NCT1.json")
    assert (result.exit_code, (tmp_path / "protocol.yaml").read_text(encoding="utf-8")) == (2, "mine")
    assert "protocol.yaml: REG004 the file is there already (choose another name, or add --replace)" in result.stderr
    assert cli("registry", "import", "NCT1.json", "--replace").exit_code == 0
