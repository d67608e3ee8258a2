"""cdisc-conv run with analysis datasets: from raw forms, and from SDTM files alone."""

from __future__ import annotations

import shutil

import pytest
from analysis import write_analysis

TABLE = """\
dataset  records  variables  errors  warnings  notes
ADSL           3         15       0         0      0
ADAE           3         11       0         0      0
ADNN           7          8       0         0      0

14 files in out: 0 errors, 0 warnings, 0 notes
"""


@pytest.fixture
def package(cli, tmp_path):
    """The package of a run from raw forms, in `whole`."""
    write_analysis(tmp_path)
    assert cli("run", "tiny", "--raw", "raw", "--out", "whole").exit_code == 0
    return tmp_path / "whole"


def test_adam_from_sdtm_files(cli, package, tmp_path):
    result = cli("run", "tiny", "--sdtm", "whole/sdtm", "--out", "out")
    assert result.exit_code == 0
    assert result.stdout.startswith(TABLE)
    steps = [line.partition("] ")[2] for line in result.stderr.splitlines()]
    assert steps[0] == "reading the SDTM datasets"
    assert not (tmp_path / "out" / "sdtm").exists()


def test_a_package_is_made_from_its_own_sdtm_folder_only_elsewhere(cli, package):
    result = cli("run", "tiny", "--sdtm", "whole/sdtm", "--out", "whole")
    assert result.exit_code == 2
    assert "PKG001 the output folder" in result.stderr


def test_nothing_to_read_ends_with_2(cli, package):
    result = cli("run", "tiny", "--out", "out")
    assert result.exit_code == 2
    assert result.stderr == (
        "1 error:\n  PKG008 there is nothing to read: give --raw, --sdtm, or both (--raw names the folder of the raw "
        "export, --sdtm that of SDTM datasets to make ADaM datasets from)\n"
    )


def test_sdtm_that_makes_no_sense_ends_with_2_and_changes_nothing(cli, package, tmp_path):
    shutil.copytree(package / "sdtm", tmp_path / "given")
    (tmp_path / "given" / "dm.xpt").unlink()
    (tmp_path / "given" / "ae.xpt").write_bytes(b"damaged")
    result = cli("run", "tiny", "--sdtm", "given", "--out", "out")
    assert result.exit_code == 2
    lines = [line for line in result.stderr.splitlines() if line.startswith("  ")]
    assert [line.split(": ")[1].split()[0] for line in lines] == ["GIVEN002", "XPT020"]
    assert not (tmp_path / "out").exists()


def test_findings_about_sdtm_end_with_1(cli, package, tmp_path):
    shutil.copytree(package / "sdtm", tmp_path / "given")
    (tmp_path / "given" / "suppae.xpt").unlink()
    result = cli("run", "tiny", "--sdtm", "given", "--out", "out")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "1 warning:\n  AE.AENOTE: GIVEN003 ADAE.AENOTE reads AE.AENOTE, a supplemental qualifier that no SUPPAE has "
    )


def test_a_record_is_traced_through_sdtm_to_its_raw_row(cli, package):
    result = cli("trace", "whole", "ADAE", "--where", 'AETERM == "Fatigue"')
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "ADAE record 2",
        "  AE record 1 (Adverse Events)",
        "  form ae (Adverse Events), row 2 of ae.csv",
    ]
    assert "AETERM    Fatigue      AE.AETERM            Fatigue" in lines
    assert "                       ae.AETERM            Fatigue" in lines


def test_a_record_of_a_package_from_sdtm_files_is_traced_to_them(cli, package):
    assert cli("run", "tiny", "--sdtm", "whole/sdtm", "--out", "out").exit_code == 0
    result = cli("trace", "out", "ADAE", "--limit", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == "  dataset AE (Adverse Events), record 2 of ae.xpt"
