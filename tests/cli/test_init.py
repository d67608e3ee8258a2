"""cdisc-conv init on the command line: what it prints, and its exit codes."""

from __future__ import annotations


def write_exports(folder):
    folder.mkdir()
    (folder / "dm.csv").write_text("SUBJID,SEX,AGE,COUNTRY\n001,M,50,USA\n002,F,51,USA\n")
    (folder / "ae.csv").write_text("SUBJID,AETERM,AESTDAT\n001,Headache,2024-02-13\n")


def test_a_draft_is_made_and_what_comes_next_is_said(cli, tmp_path):
    write_exports(tmp_path / "exports")
    result = cli("init", "--raw", "exports", "--out", "mine")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:3] == ["form  label  rows  drafted in", "ae    AE        1  AE", "dm    DM        2  DM"]
    assert lines[-3:] == [
        "2 datasets drafted, 4 lines to do",
        "report: mine/init_report.html",
        "next: cdisc-conv run mine --raw exports --out package",
    ]


def test_findings_about_the_exports_are_exit_code_one(cli, tmp_path):
    write_exports(tmp_path / "exports")
    (tmp_path / "exports" / "lb.csv").write_bytes(b"")
    result = cli("init", "--raw", "exports", "--out", "mine")
    assert result.exit_code == 1
    assert "INIT003 the file is left out: RAW006" in result.stdout


def test_a_study_that_is_there_is_exit_code_two(cli, tmp_path):
    write_exports(tmp_path / "exports")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.txt").write_text("")
    result = cli("init", "--raw", "exports", "--out", "mine")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "INIT004 'mine' is there already; nothing is overwritten" in result.stderr


def test_a_form_is_added(cli, tmp_path):
    write_exports(tmp_path / "exports")
    assert cli("init", "--raw", "exports", "--out", "mine").exit_code == 0
    (tmp_path / "exports" / "cm.csv").write_text("SUBJID,CMTRT,CMSTDAT\n001,Aspirin,2024-02-13\n")
    result = cli("init", "--raw", "exports", "--out", "mine", "--add", "cm")
    assert result.exit_code == 0
    assert (tmp_path / "mine" / "sdtm" / "cm.yaml").is_file()
    assert cli("init", "--raw", "exports", "--out", "mine", "--add", "cm").exit_code == 2
