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
    """The findings of a run after some edits of the tiny study, as text; it has no trial design (TRD001) throughout."""

    def run(*edits, files=None):
        for name, old, new in edits:
            edit(tmp_path / name, old, new)
        write_files(tmp_path, files or {})
        cli("run", "tiny", "--raw", "raw", "--out", "out")
        problems = json.loads((tmp_path / "out/report/findings.json").read_text(encoding="utf-8"))["findings"]
        return [f"{one['code']} {one['message']}" for one in problems if one["code"] != "TRD001"]

    return run


def test_an_expected_variable_that_is_not_mapped(found):
    assert found((AE, "  AESER:    {term: AESER}\n", ""), ("tiny/study.yaml", "  ae.AEYN:", "  ae.AE*:")) == [
        "LINT203 AE does not map AESER (Serious Event), which the standard expects"
    ]


def test_texts_of_the_mapping_outside_their_codelists(found):
    text = VS.replace("VSTESTCD: WEIGHT", "VSTESTCD: WEIGTH") + "  VSPOS: {constant: STANDNG}\n  VSORRESU: *blank\n"
    messages = [one for one in found(files={"tiny/sdtm/vs.yaml": text}) if "'WEIGTH'" in one or "'STANDNG'" in one]
    assert messages == [
        "DRV002 VS.VSPOS: 'STANDNG' is not in codelist POSITION (C71148)",
        "LINT212 VS.VSTESTCD: 'WEIGTH' is not in codelist VSTESTCD (C66741)",
    ]


def test_rows_that_a_wrong_code_leaves_out(found):
    values = "AEYN: {label: Any, values: {Y: 'Yes', N: 'No'}}"
    messages = found(
        ("tiny/forms.yaml", "AEYN: Any adverse event?", values),
        ("raw/ae.csv", "001,Log,Y,Nausea", "001,Log,Yes,Nausea"),
    )
    assert messages == ["CODE001 'Yes' is not among the values of AEYN in form ae (Y, N); read by records of AE"]


def test_rows_that_are_left_out_beside_those_of_a_wrong_code(found):
    values = "AEYN: {label: Any, values: {Y: 'Yes', N: 'No'}}"
    messages = found(
        ("tiny/forms.yaml", "AEYN: Any adverse event?", values),
        ("raw/ae.csv", "001,Log,Y,Nausea", "001,Log,Yes,Nausea"),
        ("raw/ae.csv", "002,Log,Y", "002,Log,N"),
    )
    assert [message[:7] for message in messages] == ["CODE001", "ACC004 "]


def test_a_row_without_a_subject(found):
    messages = found(("raw/ae.csv", "002,Log", ",Log"))
    assert messages == ["SUBJ001 SUBJID is blank, so USUBJID cannot be made"]


def test_a_subject_that_is_not_in_dm_is_reported_where_its_rows_are(found):
    messages = found(("raw/ae.csv", "003,Log,N,,,,", "004,Log,Y,Rash,07-JAN-2022,N,at night"))
    assert [message for message in messages if message.startswith(("ID002", "RAW016"))] == [
        "RAW016 form 'ae' has 1 subject that is not in form 'dm': 004; row 4"
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
        "RAW014 form 'dm' has 2 rows that share their key SUBJID with another: '003' in rows 3, 4",
    ]


def test_a_row_that_is_there_twice(found):
    row = "002,Log,Y,Neutropenia,09-JAN-2022,N,\n"
    assert found(("raw/ae.csv", row, 2 * row)) == [
        "KEY001 2 records share their natural key (STUDYID, USUBJID, AETERM, AESTDTC) with another: 1 key, such as "
        "TINY-01/TINY-01-002/Neutropenia/2022-01-09"
    ]
