"""cdisc-conv dictionaries, and a study that codes with one."""

from __future__ import annotations

import json

import pytest
from coding_dictionaries import write_meddra
from studies import edit

CODED = "AEDECOD:  {coded: {value: AETERM, dictionary: MedDRA}}"


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path / "mine"))


@pytest.fixture
def coding(tmp_path):
    """The tiny study with its adverse events coded by MedDRA."""
    path = tmp_path / "tiny" / "sdtm" / "ae.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [
        line for line in lines if "*blank" not in line or line.split(":")[0].strip() in ("AEACN", "AEREL", "AEENDTC")
    ]
    text = "\n".join(kept).replace("AEDECOD:  {copy: raw.AETERM}", CODED)
    text = text.replace('AELLT:    &blank {constant: "", comment: Not coded in this tiny study.}', "")
    path.write_text(text.replace("AEACN:    *blank", 'AEACN:    &blank {constant: "", comment: Not asked.}') + "\n")
    return path


def test_import_and_list(cli, tmp_path):
    write_meddra(tmp_path)
    result = cli("dictionaries", "import", "meddra", "--study", "tiny")
    assert (result.exit_code, result.stdout) == (
        0,
        "MedDRA 27.1: 4 lowest level terms, 2 preferred terms; kept in tiny/standards/dict-meddra-27.1.txt\n",
    )
    listed = cli("dictionaries", "list", "--study", "tiny").stdout.splitlines()
    assert listed[1].split() == ["MedDRA", "27.1", "2", "the", "study", "meddra"]


def test_lint_asks_for_the_dictionary(cli, tmp_path, coding):
    result = cli("lint", "tiny")
    assert "LINT315 AE.AEDECOD is coded by MedDRA, but study.yaml names no version of it" in result.stdout
    edit(tmp_path / "tiny" / "study.yaml", "sdtm_ct: 2025-03-28", 'sdtm_ct: 2025-03-28, dictionaries: {MedDRA: "27.1"}')
    result = cli("lint", "tiny")
    assert (
        "LINT315 AE.AEDECOD is coded by MedDRA, but MedDRA 27.1 was not imported (import it with 'cdisc-conv "
        "dictionaries import PATH')"
    ) in result.stdout
    cli("dictionaries", "import", write_meddra(tmp_path), "--study", "tiny")
    assert (result := cli("lint", "tiny")).exit_code == 0, result.stdout


def test_a_run_codes_and_says_what_is_not_coded(cli, tmp_path, coding):
    cli("dictionaries", "import", write_meddra(tmp_path), "--study", "tiny")
    edit(tmp_path / "tiny" / "study.yaml", "sdtm_ct: 2025-03-28", 'sdtm_ct: 2025-03-28, dictionaries: {MedDRA: "27.1"}')
    cli("run", "tiny", "--raw", "raw", "--out", "out")
    findings = json.loads((tmp_path / "out" / "report" / "findings.json").read_text())["findings"]
    coded = [one["message"] for one in findings if one["code"] == "CODE001"]
    assert coded and all("is not coded: MedDRA 27.1 has no such term" in message for message in coded)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert "tiny/standards/dict-meddra-27.1.txt" in [one["path"] for one in manifest["mapping"]]
