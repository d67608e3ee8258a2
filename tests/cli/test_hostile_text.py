"""Texts of data and names of files show on the terminal, in pages and in CSV files; they never steer any of them."""

from __future__ import annotations

import csv
import re

from studies import edit

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CLEAR, TURN = "\x1b[2J", "\u202e"


def plant(folder):
    """Sequences that clear the screen and turn the writing: in codes, remarks, names of columns and of files."""
    edit(folder / "raw" / "dm.csv", "SUBJID,VISIT,SEX", f"SUBJID,VISIT{CLEAR},SEX")
    edit(folder / "raw" / "dm.csv", "002,Screening,F,", f"002,Screening,{CLEAR}{TURN}F,")
    edit(folder / "raw" / "ae.csv", "after lunch", f"{TURN}after\x9b lunch")
    (folder / "raw" / f"lb{CLEAR}{TURN}.csv").write_text("SUBJID\n001\n")


def test_a_run_prints_and_writes_no_control_characters(cli, tmp_path):
    plant(tmp_path)
    result = cli("run", "tiny", "--raw", "raw", "--out", "out")
    assert result.exit_code == 1
    assert STEERING.search(result.stdout) is None
    assert STEERING.search(result.stderr) is None
    assert "ACC003 the raw file lb<U+001B>[2J<U+202E>.csv belongs to no form of the study" in result.stdout
    pages = [path for path in (tmp_path / "out").rglob("*") if path.suffix in (".html", ".xml", ".csv")]
    assert len(pages) >= 4
    for path in pages:
        assert STEERING.search(path.read_text(encoding="utf-8")) is None, path
    traced = cli("trace", "out", "SUPPAE")
    assert STEERING.search(traced.stdout) is None
    assert "<U+202E>after" in traced.stdout


def test_a_name_that_a_file_system_takes_and_no_encoding_has(cli, tmp_path):
    (tmp_path / "raw" / "lb\udcff.csv").write_text("SUBJID\n001\n")
    result = cli("run", "tiny", "--raw", "raw", "--out", "out")
    assert result.exit_code == 1
    assert "ACC003 the raw file lb<U+DCFF>.csv belongs to no form of the study" in result.stdout


def test_no_column_of_an_export_becomes_a_formula(cli, tmp_path):
    for name in ("=HYPERLINK(A1)", "+1", "-1", "@SUM(1)"):
        edit(
            tmp_path / "raw" / "dm.csv", "SUBJID,VISIT,SEX,SEX_DEC,AGE,DOSEDAT", f"SUBJID,VISIT,SEX,{name},AGE,DOSEDAT"
        )
        edit(tmp_path / "tiny" / "forms.yaml", "decode: SEX_DEC", f"decode: '{name}'")
        cli("run", "tiny", "--raw", "raw", "--out", "out")
        written = tmp_path / "out" / "report" / "accounting.csv"
        if written.exists():
            with written.open(encoding="utf-8", newline="") as file:
                cells = [cell for row in csv.reader(file) for cell in row]
            assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
        edit(tmp_path / "raw" / "dm.csv", name, "SEX_DEC")
        edit(tmp_path / "tiny" / "forms.yaml", f"decode: '{name}'", "decode: SEX_DEC")
