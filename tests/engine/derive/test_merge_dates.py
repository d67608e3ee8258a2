"""Dates that only `merge` reads, and that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_files, write_tiny_raw, write_tiny_study

from cdisc_conv.package.run import run_study

CM = """\
dataset: CM
keys: [STUDYID, USUBJID, CMTRT]
records:
  - form: ae
    where: AEYN == "Y"
    merge: {by: [SUBJID, AETERM], start: AESTDAT, end: AESTDAT}
variables:
  CMTRT: {copy: AETERM}
"""
FOUND = "DATE004 '31-FEB-2022' is not a date that can be read, so its interval is merged with no other"


@pytest.fixture
def run(tmp_path: Path):
    """The findings of a run of which only CM reads the dates of the adverse events, as text."""
    study, raw = write_tiny_study(tmp_path), write_tiny_raw(tmp_path)
    edit(study / "sdtm/ae.yaml", "{datetime: AESTDAT}", '{constant: ""}')
    edit(raw / "ae.csv", "07-JAN-2022", "31-FEB-2022")

    def run(variables: str = "") -> list[str]:
        write_files(study, {"sdtm/cm.yaml": CM + variables})
        return [str(each) for each in run_study(study, raw, tmp_path / "out").problems if each.value == "31-FEB-2022"]

    return run


def test_a_date_that_only_merge_reads(run) -> None:
    assert run() == [f"CM form ae.AESTDAT row 1: {FOUND} ('merge' reads it as AESTDAT; correct it at the source)"]


def test_a_date_that_a_variable_reads_too_is_left_to_that(run) -> None:
    assert [each.partition(" is a date")[0] for each in run("  CMSTDTC: {datetime: AESTDAT}\n")] == [
        "CM.CMSTDTC form ae.AESTDAT row 1: DATE001 '31-FEB-2022'"
    ]
