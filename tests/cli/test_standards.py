"""cdisc-conv standards: import and list of implementation guides and models."""

from __future__ import annotations

import csv
import io

import pytest
from published_standards import VARIABLE_COLUMNS
from studies import edit


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path / "mine"))


def write(path, *, core="Req", label="Reported Term"):
    rows = [
        ("STUDYID", "Study Identifier", "Identifier", "Req"),
        ("DOMAIN", "Domain Abbreviation", "Identifier", "Req"),
        ("USUBJID", "Unique Subject Identifier", "Identifier", "Req"),
        ("AESEQ", "Sequence Number", "Identifier", "Req"),
        ("AETERM", label, "Topic", core),
    ]
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(VARIABLE_COLUMNS)
    for number, (name, words, role, kept) in enumerate(rows, 1):
        kind = "Num" if name == "AESEQ" else "Char"
        writer.writerow(("SDTMIG v3.9", number, "Events", "AE", name, words, kind, "", "", "", "", role, "", kept))
    path.write_text(lines.getvalue(), encoding="utf-8")


def test_a_guide_is_imported_and_chosen(cli, tmp_path):
    write(tmp_path / "guide.csv")
    result = cli("standards", "import", "guide.csv", "--study", "tiny", "--model", "2.0")
    assert (result.exit_code, result.stdout) == (
        0,
        "SDTMIG 3.9: 1 dataset, 5 variables; kept in tiny/standards/ig-sdtmig-3.9.txt\n"
        "1 note:\n  guide.csv: STD007 the file has no table of datasets; labels and structures of 1 dataset are those "
        "of SDTMIG 3.4\n",
    )
    listed = cli("standards", "list", "--study", "tiny").stdout.splitlines()
    assert listed[1].split() == ["SDTMIG", "3.9", "1", "the", "study", "guide.csv"]
    assert ["SDTMIG", "3.3", "59", "cdisc-conv"] in [line.split() for line in listed]
    edit(tmp_path / "tiny" / "study.yaml", '"3.4"', '"3.9"')
    result = cli("lint", "tiny")
    assert "tiny/sdtm/dm.yaml:1: SPEC" in result.stdout and "SDTMIG 3.9 has no dataset DM" in result.stdout


def test_other_content_needs_replace(cli, tmp_path):
    write(tmp_path / "guide.csv")
    cli("standards", "import", "guide.csv")
    write(tmp_path / "guide.csv", core="Perm")
    result = cli("standards", "import", "guide.csv")
    assert (result.exit_code, result.stderr) == (
        2,
        "1 error:\n  guide.csv: STD004 SDTMIG 3.9 was imported before with other content, from guide.csv (give "
        "--replace to put this one in its place)\n",
    )
    assert "; replaced in " in cli("standards", "import", "guide.csv", "--replace").stdout


def test_a_guide_whose_model_is_not_here(cli, tmp_path):
    write(tmp_path / "guide.csv")
    cli("standards", "import", "guide.csv", "--study", "tiny", "--model", "2.9")
    edit(tmp_path / "tiny" / "study.yaml", '"3.4"', '"3.9"')
    result = cli("lint", "tiny")
    assert result.exit_code == 2
    assert "SPEC011 no model sdtm 2.9 here; there is: sdtm 1.4, sdtm 1.7, sdtm 2.0" in result.stderr
