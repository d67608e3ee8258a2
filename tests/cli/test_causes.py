"""One finding per cause: what lint reported is not found again by the conformance rules of a run."""

from __future__ import annotations

import json

import pytest
from studies import edit, write_files

AE = "tiny/sdtm/ae.yaml"
VS = """\
dataset: VS
records:
  - form: dm
    for_each: [{VSTESTCD: WEIGHT, VSTEST: Weight, VSORRES: raw.AGE}]
variables:
  VISITNUM: &blank {constant: ""}
  VSDTC: *blank
  VSLOBXFL: *blank
  VSSTRESC: {copy: VSORRES}
  VSSTRESN: *blank
  VSSTRESU: *blank
"""


@pytest.fixture
def found(cli, tmp_path):
    """The findings of a run after some edits of the tiny study, as text."""

    def run(*edits, files=None):
        for name, old, new in edits:
            edit(tmp_path / name, old, new)
        write_files(tmp_path, files or {})
        cli("run", "tiny", "--raw", "raw", "--out", "out")
        problems = json.loads((tmp_path / "out/report/findings.json").read_text(encoding="utf-8"))["findings"]
        return [f"{problem['code']} {problem['message']}" for problem in problems]

    return run


def test_an_expected_variable_that_is_not_mapped(found):
    assert found((AE, "  AESER:    {term: AESER}\n", ""), ("tiny/study.yaml", "  ae.AEYN:", "  ae.AE*:")) == [
        "LINT203 AE does not map AESER (Serious Event), which the standard expects"
    ]


def test_a_collected_text_that_is_no_term_of_a_codelist_that_may_be_extended(found):
    messages = found(
        ("tiny/sdtm/dm.yaml", "AGEU:     {constant: YEARS}", "AGEU:     {constant: ''}"),
        files={"tiny/sdtm/vs.yaml": VS + "  VSORRESU: {term: SEX_DEC}\n"},
    )
    assert [message for message in messages if "'Female'" in message] == [
        "TERM001 'Female' is not in VSRESU (C66770); it is kept as it is"
    ]


def test_a_date_that_cannot_be_read_is_reported_where_it_is(found):
    dates = (("07-JAN-2022", "2022-02-30"), ("UN-FEB-2022", "2022-02"), ("09-JAN-2022", "2022-01-09"))
    edits = [("raw/ae.csv", old, new) for old, new in dates]
    assert found((AE, "{datetime: AESTDAT}", "{copy: AESTDAT}"), *edits) == [
        "DAT001 AESTDTC is '2022-02-30', which is not an ISO 8601 date or time; 1 record: subject TINY-01-001 AESEQ 2"
    ]


def test_an_age_that_is_no_number_is_not_missing_as_well(found):
    assert found(("raw/dm.csv", "64", "abc")) == ["NUM001 'abc' is not a number; AGE is left missing"]


def test_a_code_outside_its_codelist_breaks_no_other_rule_about_codes(found):
    assert found(("raw/ae.csv", "07-JAN-2022,N", "07-JAN-2022,Q")) == [
        "TERM001 'Q' is not in NY (C66742); it is kept as it is"
    ]


def test_a_subject_with_two_records(found):
    row = "003,Screening,F,Female,58,\n"
    assert found(("raw/dm.csv", row, 2 * row)) == [
        "JOIN001 DM should have one record per subject, but 1 subject has several, such as TINY-01-003; "
        "other datasets read the first",
        "RAW014 form 'dm' has 2 rows that share their key SUBJID with another: '003' in rows 3, 4",
    ]


def test_a_row_that_is_there_twice(found):
    row = "002,Log,Y,Neutropenia,09-JAN-2022,N,\n"
    assert found(("raw/ae.csv", row, 2 * row)) == [
        "KEY001 2 records share their natural key (STUDYID, USUBJID, AETERM, AESTDTC) with another: 1 key, such as "
        "TINY-01/TINY-01-002/Neutropenia/2022-01-09"
    ]


def test_a_row_without_a_subject(found):
    assert found(("raw/ae.csv", "002,Log,Y", ",Log,Y")) == [
        "SUBJ001 SUBJID is blank, so USUBJID cannot be made",
        "RAW017 form 'ae' has 1 row without a subject in SUBJID: row 3",
    ]
