"""subject_id."""

from __future__ import annotations

from tests.derivations.rows import FakeRows, Report, derive, make, method, refusal


def test_subject_id_joins_columns_and_text() -> None:
    rows = FakeRows({"STUDYID": ["S1", "S1"], "SITENUM": [" 04", "05 "], "SUBJID": ["0012", "0013"]})
    assert derive(rows, subject_id="{STUDYID}-{SITENUM}-{SUBJID}") == ["S1-04-0012", "S1-05-0013"]
    assert derive(rows, subject_id=["STUDYID", "SITENUM"]) == ["S1-04", "S1-05"]
    assert derive(rows, subject_id="X{raw.SUBJID}") == ["X0012", "X0013"]


def test_subject_id_of_a_number() -> None:
    assert derive(FakeRows({"PATNUM": [7, 12]}), subject_id="01-{PATNUM}") == ["01-7", "01-12"]


def test_subject_id_without_a_part_is_an_error() -> None:
    rows = FakeRows({"SITENUM": ["04", " ", "06"], "SUBJID": ["1", "2", "3"]}, variable="USUBJID")
    assert derive(rows, subject_id="{SITENUM}-{SUBJID}") == ["04-1", "", "06-3"]
    assert rows.reports == [
        Report(
            "SUBJ001",
            "SITENUM is blank, so USUBJID cannot be made",
            [1],
            field="SITENUM",
            hint="a record without subject belongs to nobody; fill the column or leave the row out with 'where'",
        )
    ]


def test_subject_id_of_no_rows() -> None:
    assert derive(FakeRows({"SUBJID": []}), subject_id="{SUBJID}") == []


def test_subject_id_reads_each_column_once() -> None:
    assert make(subject_id="{SITENUM}-{SUBJID}-{SITENUM}").reads() == ("SITENUM", "SUBJID")


def test_subject_id_describes_itself() -> None:
    assert method(subject_id="HOPE-{raw.SUBJID}") == (
        'The parts "HOPE-", SUBJID of form Adverse Events, joined in this order without anything between them.'
    )


def test_templates_that_are_refused() -> None:
    assert refusal(subject_id="SUBJID") == (
        "'template' of 'subject_id': 'SUBJID' names no column; write names in braces, such as {SITENUM}-{SUBJID}"
    )
    assert refusal(subject_id="{SITENUM}-{SUBJID") == (
        "'template' of 'subject_id': the braces of '{SITENUM}-{SUBJID' do not pair"
    )
