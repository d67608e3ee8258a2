"""cdisc-conv run: what it prints, its exit codes, and what it refuses."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest
from studies import edit, read_tree

from cdisc_conv import beside

CLEAN = """\
dataset  records  variables  errors  warnings  notes
DM             3         24       0         0      0
AE             3         23       0         0      0
SUPPAE         1         10       0         0      0

14 files in out: 0 errors, 0 warnings, 0 notes
report: {report}
"""


def run(cli, *more: str):
    return cli("run", "tiny", "--raw", "raw", "--out", "out", *more)


def test_a_clean_run_prints_a_table_and_ends_with_0(cli, tmp_path):
    result = run(cli)
    assert result.exit_code == 0
    assert result.stdout == CLEAN.format(report=Path("out/report/index.html"))
    first, *others = [line.partition("] ")[2] for line in result.stderr.splitlines()]
    assert first == "reading the raw export"
    assert len(others) < 3  # a pipe gets a line every few seconds at most
    assert sorted(read_tree(tmp_path / "out")) == [
        "manifest.json",
        "report/accounting.csv",
        "report/findings.json",
        "report/index.html",
        "report/lineage.json",
        "report/records/ae.parquet",
        "report/records/dm.parquet",
        "report/records/suppae.parquet",
        "sdtm/ae.xpt",
        "sdtm/define.html",
        "sdtm/define.xml",
        "sdtm/define2-1.xsl",
        "sdtm/dm.xpt",
        "sdtm/suppae.xpt",
    ]


def test_findings_are_printed_and_end_with_1(cli, tmp_path):
    edit(tmp_path / "raw" / "dm.csv", "002,Screening,F", "002,Screening,Q")
    result = run(cli)
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "1 error:\n  DM.SEX form dm.SEX row 2: TERM001 'Q' is not in SEX (C66731); it is kept as it is ("
    )


def test_a_run_prints_the_first_findings_and_says_where_the_others_are(cli, tmp_path):
    rows = "".join(f"001,Log,Y,Fièvre {number},07-JAN-2022,N,\n" for number in range(12))
    header = "SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n"
    (tmp_path / "raw" / "ae.csv").write_text(header + rows, encoding="utf-8")
    lines = run(cli).stdout.splitlines()
    assert lines[0] == "24 errors:"
    assert lines[1].startswith("  AE.AETERM row 1: FIT002 ")
    assert lines[1].endswith(") ... and 23 more findings of FIT002")
    where = f"{Path('out/report/index.html')} and {Path('out/report/findings.json')}"
    assert lines[2] == f"one finding of each code is shown; all of them are in {where}"
    assert not any("\x1b" in line for line in lines)


def test_datasets_restricts_the_package(cli, tmp_path):
    result = run(cli, "--datasets", "dm")
    assert result.exit_code == 0
    assert [path.name for path in (tmp_path / "out" / "sdtm").glob("*.xpt")] == ["dm.xpt"]


def test_an_unknown_dataset_is_refused(cli, tmp_path):
    result = run(cli, "--datasets", "DM,AEE")
    assert result.exit_code == 2
    assert result.stderr == "1 error:\n  PKG006 TINY-01 maps no dataset AEE (did you mean AE?)\n"
    assert not (tmp_path / "out").exists()


def test_errors_in_the_mapping_stop_the_run_before_data_are_read(cli, tmp_path):
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{copy: AGE}", "{copie: AGE}")
    result = cli("run", "tiny", "--raw", "nowhere", "--out", "out")
    assert result.exit_code == 2
    assert "tiny/sdtm/dm.yaml:15: SPEC202" in result.stderr
    assert "did you mean copy?" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_raw_folder_that_is_not_there(cli):
    result = cli("run", "tiny", "--raw", "rav", "--out", "out")
    assert result.exit_code == 2
    assert result.stderr == "1 error:\n  PKG005 there is no raw folder 'rav' (check the spelling of --raw)\n"


def test_a_study_that_is_not_there(cli):
    result = cli("run", "tinny", "--raw", "raw", "--out", "out")
    assert result.exit_code == 2
    assert "SPEC010 there is no study at 'tinny'" in result.stderr


def test_missing_arguments_end_with_2(cli):
    assert cli("run", "tiny").exit_code == 2
    assert cli("nonsense").exit_code == 2


def test_a_missing_form_file_is_a_finding_and_the_rest_is_made(cli, tmp_path):
    (tmp_path / "raw" / "ae.csv").unlink()
    result = run(cli)
    assert result.exit_code == 1
    assert "raw/ae.csv: RAW001 form 'ae' has no file ae.csv in raw (" in result.stdout
    assert (tmp_path / "out" / "sdtm" / "dm.xpt").is_file()
    assert not (tmp_path / "out" / "sdtm" / "ae.xpt").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "RAW006"),
        ("SUBJID;VISIT;AEYN;AETERM;AESTDAT;AESER;AENOTE\n001;Log;Y;a;b;c;d\n", "RAW008"),
        ("SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n001,Log,Y\n", "RAW010"),
        ("SUBJID,SUBJID,AEYN,AETERM,AESTDAT,AESER,AENOTE\n", "RAW012"),
        ("SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER\n001,Log,Y,a,07-JAN-2022,N\n", "RAW004"),
    ],
)
def test_bad_raw_files_are_findings(cli, tmp_path, content, code):
    (tmp_path / "raw" / "ae.csv").write_text(content, encoding="utf-8", newline="\n")
    result = run(cli)
    assert result.exit_code == 1
    assert (
        f"raw/ae.csv:1: {code} " in result.stdout
        or f"raw/ae.csv: {code} " in result.stdout
        or f"{code} " in result.stdout
    )
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_an_output_folder_that_is_not_ours_is_refused(cli, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("years of work")
    result = run(cli)
    assert result.exit_code == 2
    assert result.stderr.endswith(
        f"1 error:\n  PKG003 the output folder '{tmp_path / 'out'}' is not empty, and no earlier run of cdisc-conv "
        "made it (choose a new folder, or empty this one)\n"
    )
    assert read_tree(tmp_path / "out") == {"thesis.docx": b"years of work"}


def test_a_full_disk_is_told_and_changes_nothing(cli, tmp_path, monkeypatch):
    assert run(cli).exit_code == 0
    before = read_tree(tmp_path)

    def write(*_arguments, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/sdtm/dm.xpt")

    monkeypatch.setattr("cdisc_conv.package.writing.package.write_xpt", write)
    result = run(cli)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == (
        "cdisc-conv: the disk is full: 'out/sdtm/dm.xpt' (make room, or choose another folder)"
    )
    assert read_tree(tmp_path) == before


def test_ctrl_c_is_told_and_changes_nothing(cli, tmp_path, monkeypatch):
    assert run(cli).exit_code == 0
    before = read_tree(tmp_path)

    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("cdisc_conv.package.writing.package.write_definitions", interrupt)
    result = run(cli)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "cdisc-conv: interrupted; what was there before is unchanged"
    assert read_tree(tmp_path) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(cli, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    result = cli("run", "tiny", "--raw", "raw", "--out", "locked/out")
    assert result.exit_code == 2
    assert "cdisc-conv: permission denied: '" in result.stderr


def test_a_defect_of_ours_shows_its_traceback_and_ends_with_2(cli, monkeypatch):
    def fail(*_arguments, **_options):
        raise ZeroDivisionError("who divides by zero?")

    monkeypatch.setattr("cdisc_conv.package.writing.package.account_for", fail)
    result = run(cli)
    assert result.exit_code == 2
    assert "cdisc-conv: this is a defect of cdisc-conv; please report it with the lines below" in result.stderr
    assert "who divides by zero?" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only here a process can copy itself")
@pytest.mark.parametrize(("workers", "copies"), [([], True), (["--workers", "1"], False)])
def test_one_worker_keeps_all_of_it_in_one_process(cli, monkeypatch, workers, copies):
    seen = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread()])
    monkeypatch.setattr("cdisc_conv.package.run.find_fewer_rows", lambda *_: seen.append(beside.can_copy()) or [])
    run(cli, *workers)
    assert seen == [copies]
