"""cdisc-conv preview: a dataset beside its raw rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files

from cdisc_conv.keeping import VARIABLE
from cdisc_conv.package.looking.preview import preview_dataset


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "raw"


def test_records_beside_their_rows(cli):
    result = cli("preview", "tiny", "AE", "--raw", "raw")
    assert (result.exit_code, result.stdout) == (
        0,
        """\
AE  Adverse Events
in all of them: STUDYID TINY-01, DOMAIN AE, AESER N
   made of   USUBJID      < ae.SUBJID  AESEQ  AETERM       AEDECOD      AESTDTC     < ae.AESTDAT  AESTDY  AENOTE
1  ae row 2  TINY-01-001  001          2      Fatigue      Fatigue      2022-02     UN-FEB-2022           after lunch
2  ae row 1  TINY-01-001  001          1      Nausea       Nausea       2022-01-07  07-JAN-2022   3
3  ae row 3  TINY-01-002  002          1      Neutropenia  Neutropenia  2022-01-09  09-JAN-2022   -1

3 of 3 records of all 3 subjects shown
""",
    )


def test_one_subject_with_the_rows_as_the_file_counts_them(cli):
    result = cli("preview", "tiny", "AE", "--raw", "raw", "--subject", "002")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[2].split()[:4] == ["1", "ae", "row", "3"]
    assert result.stdout.splitlines()[-1] == "1 of 1 record of subject 002 shown"


def test_rows_limits_the_records(cli):
    result = cli("preview", "tiny", "AE", "--raw", "raw", "--rows", "1")
    assert result.stdout.splitlines()[-1] == "1 of 3 records of all 3 subjects shown"


def test_findings_about_the_dataset_are_printed(cli, tmp_path):
    edit(tmp_path / "raw" / "ae.csv", "07-JAN-2022", "31-FEB-2022")
    result = cli("preview", "tiny", "AE", "--raw", "raw")
    assert result.exit_code == 1
    assert "form ae.AESTDAT row 1: DATE001 '31-FEB-2022'" in result.stdout


def test_a_change_of_the_file_is_seen(cli, cache, tmp_path):
    assert cli("preview", "tiny", "AE", "--raw", "raw").exit_code == 0
    kept = sorted(path.name for path in cache.iterdir())
    assert len(kept) == 2
    assert oct(cache.stat().st_mode & 0o777) == "0o700"
    assert cli("preview", "tiny", "AE", "--raw", "raw").exit_code == 0
    assert sorted(path.name for path in cache.iterdir()) == kept
    edit(tmp_path / "raw" / "ae.csv", "Nausea", "Sickness")
    assert "Sickness" in cli("preview", "tiny", "AE", "--raw", "raw").stdout
    assert len(list(cache.iterdir())) == 3


def test_without_a_cache_nothing_is_kept(cli, cache, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    assert cli("preview", "tiny", "AE", "--raw", "raw").exit_code == 0
    assert not cache.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("AEX", "--raw", "raw"), "PKG007 TINY-01 maps no dataset AEX (did you mean AE?)"),
        (("AE", "--raw", "rwa"), "RAW001 there is no folder rwa to read the forms from"),
        (
            ("AE", "--raw", "raw", "--subject", "01"),
            "PRV001 the export has no subject 01 in column SUBJID (did you mean 001?)",
        ),
    ],
)
def test_what_cannot_be_shown(cli, arguments, message):
    result = cli("preview", "tiny", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_records_of_records_show_what_they_are_made_of(cli, tmp_path):
    text = """\
dataset: CE
records:
  - from: AE
    where: AESER == "N"
variables:
  USUBJID: {copy: USUBJID}
  CETERM:  {expr: 'upper(AETERM)'}
"""
    write_files(tmp_path / "tiny", {"sdtm/ce.yaml": text})
    lines = cli("preview", "tiny", "CE", "--raw", "raw").stdout.splitlines()
    assert [line.split() for line in lines[3:6]] == [
        ["1", "AE", "record", "1", "TINY-01-001", "1", "FATIGUE", "Fatigue"],
        ["2", "AE", "record", "2", "TINY-01-001", "2", "NAUSEA", "Nausea"],
        ["3", "AE", "record", "3", "TINY-01-002", "1", "NEUTROPENIA", "Neutropenia"],
    ]


def test_analysis_dates_are_shown_as_dates(cli, tmp_path):
    text = """\
dataset: ADAE
class: OCCURRENCE DATA STRUCTURE
label: Adverse Events
records:
  - from: AE
variables:
  AETERM: {predecessor: AE.AETERM}
  ASTDT:  {numeric_date: {date: AESTDTC, impute: day, flags: false}}
"""
    write_files(tmp_path / "tiny", {"adam/adae.yaml": text})
    lines = cli("preview", "tiny", "ADAE", "--raw", "raw").stdout.splitlines()
    assert [line.split()[-3:] for line in lines[3:6]] == [
        ["Fatigue", "2022-02-01", "2022-02"],
        ["Nausea", "2022-01-07", "2022-01-07"],
        ["Neutropenia", "2022-01-09", "2022-01-09"],
    ]


def test_only_the_first_subjects_of_a_large_export_are_converted(cli, tmp_path):
    count = 20_000
    subjects = [f"{number:06d}" for number in range(count)]
    demographics = "".join(f"{one},Screening,F,Female,58,05-JAN-2022\n" for one in subjects)
    events = "".join(f"{one},Log,Y,Nausea {one},07-JAN-2022,N,\n" for one in subjects for _ in range(3))
    write_files(
        tmp_path / "raw",
        {
            "dm.csv": f"SUBJID,VISIT,SEX,SEX_DEC,AGE,DOSEDAT\n{demographics}",
            "ae.csv": f"SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n{events}",
        },
    )
    found = preview_dataset("tiny", "AE", tmp_path / "raw")
    assert (len(found.records), found.found, found.subjects, found.whole) == (20, 60, 20, False)
