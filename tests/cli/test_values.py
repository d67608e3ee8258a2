"""cdisc-conv values: the values of a raw column and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files

from cdisc_conv.keeping import VARIABLE


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))


def test_values_counts_and_what_they_become(cli, tmp_path):
    edit(tmp_path / "raw" / "dm.csv", "003,Screening,F", "003,Screening,M ")
    edit(tmp_path / "tiny" / "forms.yaml", "{M: Male, F: Female}", "{M: Male, F: Female, U: Unknown}")
    result = cli("values", "tiny", "dm.SEX", "--raw", "raw")
    assert (result.exit_code, result.stdout) == (
        0,
        """\
dm.SEX  Sex
value  words    rows  DM.SEX
M      Male        2  M
F      Female      1  F
U      Unknown     0
3 values in 3 rows
""",
    )


def test_a_value_without_a_term_is_marked(cli, tmp_path):
    edit(tmp_path / "raw" / "ae.csv", "09-JAN-2022,N", "09-JAN-2022,Perhaps")
    result = cli("values", "tiny", "ae.AESER", "--raw", "raw")
    assert (result.exit_code, result.stdout) == (
        1,
        """\
ae.AESER  Serious?
value    rows  AE.AESER
N           2  N
Perhaps     1  Perhaps   TERM001
(blank)     1
3 values in 4 rows, 1 value marked
""",
    )


def test_a_value_that_becomes_nothing_is_marked(cli, tmp_path):
    edit(tmp_path / "tiny" / "sdtm" / "ae.yaml", "{term: AESER}", "{map: {value: AESER, values: {Y: Y}, else: ''}}")
    result = cli("values", "tiny", "ae.AESER", "--raw", "raw")
    assert result.exit_code == 1
    assert "N           3  (blank)   becomes nothing" in result.stdout


def test_one_value_can_become_several(cli, tmp_path):
    text = "{cases: [{when: 'AETERM == \"Nausea\"', constant: Y}, {copy: raw.AESER}]}"
    edit(tmp_path / "tiny" / "sdtm" / "ae.yaml", "{term: AESER}", text)
    result = cli("values", "tiny", "ae.AESER", "--raw", "raw")
    assert "N           3  N (2), Y (1)" in result.stdout


def test_a_column_of_for_each_counts_in_its_own_records(cli, tmp_path):
    forms = "  vs: {label: Vital Signs, file: vs.csv, columns: {SYSBP: Systolic, PULSE: Pulse}}\n"
    vs = """\
dataset: VS
records:
  - form: vs
    for_each:
      - {VSTESTCD: SYSBP, RESULT: raw.SYSBP}
      - {VSTESTCD: PULSE, RESULT: raw.PULSE}
variables:
  VSTEST:  {decode: VSTESTCD}
  VSORRES: {copy: RESULT}
"""
    text = (tmp_path / "tiny" / "forms.yaml").read_text(encoding="utf-8")
    write_files(tmp_path, {"tiny/forms.yaml": text + forms, "tiny/sdtm/vs.yaml": vs})
    write_files(tmp_path, {"raw/vs.csv": "SUBJID,VISIT,SYSBP,PULSE\n001,Screening,120,60\n002,Screening,120,70\n"})
    assert "120       2  120" in cli("values", "tiny", "vs.SYSBP", "--raw", "raw").stdout


def test_a_column_that_decides_and_one_that_is_not_submitted(cli):
    result = cli("values", "tiny", "ae.AEYN", "--raw", "raw")
    assert (result.exit_code, result.stdout) == (
        0,
        """\
ae.AEYN  Any adverse event?
value  rows
Y         3
N         1
it decides which records there are in AE
not submitted: says only whether there is a row
2 values in 4 rows
""",
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("AESER", "VAL001 'AESER' does not name a column of a form (write FORM.COLUMN, such as ae.AESEV)"),
        ("aex.AESER", "VAL001 TINY-01 has no form aex (did you mean ae?)"),
        ("ae.AESEX", "VAL001 form ae has no column AESEX (did you mean AESER?)"),
    ],
)
def test_what_is_refused(cli, name, message):
    result = cli("values", "tiny", name, "--raw", "raw")
    assert result.exit_code == 2
    assert message in result.stderr
