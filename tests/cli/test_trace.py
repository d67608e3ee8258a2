"""cdisc-conv trace: from a record to its raw row and fields."""

from __future__ import annotations

import shutil

import pytest
from studies import edit

RECORD = """\
AE record 1
  form ae (Adverse Events), row 2 of ae.csv
variable  value        raw field   raw value    reads also
USUBJID   TINY-01-001  ae.SUBJID   001
AESEQ     2            ae.AESTDAT  UN-FEB-2022
                       ae.AETERM   Fatigue
AETERM    Fatigue      ae.AETERM   Fatigue
AEDECOD   Fatigue      ae.AETERM   Fatigue
AESER     N            ae.AESER    N
AESTDTC   2022-02      ae.AESTDAT  UN-FEB-2022
"""


@pytest.fixture
def package(cli, tmp_path):
    assert cli("run", "tiny", "--raw", "raw", "--out", "out").exit_code == 0
    return tmp_path / "out"


def test_a_record_with_its_row_and_fields(cli, package):
    result = cli("trace", "out", "ae", "--where", "AESEQ == 2")
    assert result.exit_code == 0
    shown = result.stdout.splitlines()
    assert [line for line in RECORD.splitlines() if line not in shown] == []
    assert shown[-1] == "1 of 1 records of AE meeting AESEQ == 2 shown"


def test_a_supplemental_qualifier_leads_to_its_field(cli, package):
    result = cli("trace", "out", "SUPPAE")
    assert "QVAL      after lunch  ae.AENOTE   after lunch" in result.stdout
    assert "  form ae (Adverse Events), row 2 of ae.csv" in result.stdout


def test_limit_and_count(cli, package):
    result = cli("trace", "out", "AE", "--limit", "1")
    assert result.stdout.splitlines()[-1] == "1 of 3 records of AE shown"


def test_no_record_ends_with_1(cli, package):
    result = cli("trace", "out", "AE", "--where", 'AETERM == "Plague"')
    assert (result.exit_code, result.stdout) == (1, 'no record of AE meets AETERM == "Plague"\n')


def test_a_text_without_quotes(cli, package):
    result = cli("trace", "out", "AE", "--where", "AETERM == Plague")
    assert result.exit_code == 2
    assert 'TRC003 AE has no variable Plague (write "Plague" if the text is meant)' in result.stderr


def test_a_changed_raw_file_is_told(cli, package, tmp_path):
    edit(tmp_path / "raw" / "ae.csv", "Fatigue", "Weakness")
    result = cli("trace", "out", "AE", "--limit", "1")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == (
        f"  TRC005 the raw file '{tmp_path / 'raw' / 'ae.csv'}' has changed since the package was made, so rows and "
        "values may not fit (run again to bring them together)"
    )


def test_a_missing_raw_file_is_told_and_the_row_still_shown(cli, package, tmp_path):
    shutil.move(tmp_path / "raw", tmp_path / "moved")
    result = cli("trace", "out", "AE", "--limit", "1")
    assert result.exit_code == 1
    assert "row 2 of ae.csv  (values not available)" in result.stdout
    assert f"TRC004 the raw file '{tmp_path / 'raw' / 'ae.csv'}' is not there" in result.stdout
    assert cli("trace", "out", "AE", "--limit", "1", "--raw", "moved").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tiny", "AE"], "TRC001 'tiny' holds no package of cdisc-conv"),
        (["out", "AEE"], "TRC002 the package has no dataset AEE with records (did you mean AE?)"),
        (["out", "AE", "--where", "AETREM == 'x'"], "TRC003 AE has no variable AETREM (did you mean AETERM?)"),
        (["out", "AE", "--where", "AESEQ = 1"], 'EXPR002 "=" is not an operator'),
        (["out", "AE", "--where", "AESEQ == '1'"], "EXPR009 AESEQ is a number and"),
    ],
)
def test_what_cannot_be_traced(cli, package, arguments, message):
    result = cli("trace", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
