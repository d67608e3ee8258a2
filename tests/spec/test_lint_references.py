"""Lint: names that lead nowhere, in the dataset itself, in raw forms and in other datasets."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{copy: AETRM}",
            "LINT301 AE.AETERM reads AETRM, which is neither a column of form ae nor a variable of AE (did you mean AETERM?)",
        ),
        (
            "{copy: raw.AETRM}",
            "LINT301 AE.AETERM reads raw.AETRM, which is not a column of form ae (did you mean AETERM?)",
        ),
        (
            "{copy: '`AE TERM`'}",
            "LINT301 AE.AETERM reads raw.AE TERM, which is not a column of form ae (did you mean AETERM?)",
        ),
        ("{copy: DM.RFSTDT}", "LINT301 AE.AETERM reads DM.RFSTDT, but DM does not map RFSTDT (did you mean RFSTDTC?)"),
        (
            "{copy: EX.EXSTDTC}",
            "LINT301 AE.AETERM reads EX.EXSTDTC, but the study has no dataset EX (map EX, or name it under 'given')",
        ),
        (
            "{expr: 'upper(AETRM)'}",
            "LINT301 AE.AETERM reads AETRM, which is neither a column of form ae nor a variable of AE (did you mean AETERM?)",
        ),
        (
            "{copy: AETERM, when: 'AEYNN == \"Y\"'}",
            "LINT301 AE.AETERM reads AEYNN, which is neither a column of form ae nor a variable of AE (did you mean AEYN?)",
        ),
        (
            "{cases: [{when: 'AEYNN == \"Y\"', copy: AETERM}]}",
            "LINT301 AE.AETERM reads AEYNN, which is neither a column of form ae nor a variable of AE (did you mean AEYN?)",
        ),
        ("{min: DM.RFSTDT}", "LINT303 AE.AETERM reads RFSTDT of DM, which is not there (did you mean RFSTDTC?)"),
        (
            "{min: EX.EXSTDTC}",
            "LINT302 AE.AETERM reads EX, which the study does not have (map EX, or name it under 'given')",
        ),
        (
            "{min: {of: form dmm.SEX, by: SUBJID}}",
            "LINT302 AE.AETERM reads form dmm, which the study does not have (did you mean form dm?)",
        ),
        (
            "{lookup: {from: form dm, take: SEXX, by: SUBJID}}",
            "LINT303 AE.AETERM reads SEXX of form dm, which is not there (did you mean SEX?)",
        ),
        (
            "{lookup: {from: DM, take: SEX, by: {USUBJIDD: USUBJID}}}",
            "LINT301 AE.AETERM reads USUBJIDD, which is neither a column of form ae nor a variable of AE (did you mean USUBJID?)",
        ),
        (
            "{lookup: {from: DM, take: SEX, where: 'SEXX == \"M\"'}}",
            "LINT303 AE.AETERM reads SEXX of DM, which is not there (did you mean SEX?)",
        ),
        (
            "{lookup: {from: DM, take: SEX, where: 'AGEE > 18'}}",
            "LINT303 AE.AETERM reads AGEE of DM, which is not there (did you mean AGE?)",
        ),
        (
            "{lookup: {from: form dm, take: SEX, by: SUBJID, where: 'AGEE > 18'}}",
            "LINT303 AE.AETERM reads AGEE of form dm, which is not there (did you mean AGE?)",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_one_finding(lint, entry, message):
    assert lint((AE, "AETERM:   {copy: AETERM}", f"AETERM: {entry}")) == [f"tiny/sdtm/ae.yaml:8: {message}"]


def test_a_dataset_with_several_records_per_subject(lint):
    assert lint((DM, 'SITEID:   {constant: "01"}', "SITEID: {copy: AE.AENOTE}")) == [
        "tiny/sdtm/dm.yaml:14: LINT304 DM.SITEID reads AE.AENOTE, but AE has several records per subject "
        "(say which record: {lookup: {from: AE, ...}}, {min: AE.AENOTE} or {max: AE.AENOTE})"
    ]


def test_given_datasets(lint):
    given = ("study.yaml", "not_submitted:", "given: {DS: {file: ds.csv, columns: [USUBJID, DSDECOD]}}\nnot_submitted:")
    assert lint(given, (DM, "RFXSTDTC: *blank", "RFXSTDTC: {min: DS.DSSTDTC}")) == [
        "tiny/sdtm/dm.yaml:8: LINT303 DM.RFXSTDTC reads DSSTDTC of DS, which is not there"
    ]


def test_a_condition_on_a_column_that_a_given_dataset_does_not_have(lint):
    given = ("study.yaml", "not_submitted:", "given: {DS: {file: ds.csv, columns: [USUBJID, DSDECOD]}}\nnot_submitted:")
    entry = "RFXSTDTC: {lookup: {from: DS, take: DSDECOD, where: 'DSSTDYY > 5'}}"
    assert lint(given, (DM, "RFXSTDTC: *blank", entry)) == [
        "tiny/sdtm/dm.yaml:8: LINT303 DM.RFXSTDTC reads DSSTDYY of DS, which is not there"
    ]


def test_a_given_dataset_without_subjects(lint):
    given = "given: {DM: {file: dm.csv, columns: [ARM]}}\nnot_submitted:"
    messages = lint(
        ("study.yaml", "not_submitted:", given),
        (AE, "AETERM:   {copy: AETERM}", "AETERM: {copy: DM.ARM}"),
        files={
            DM: "dataset: CO\nrecords: [{form: dm}]\nvariables: {RDOMAIN: {constant: DM}, COVAL: {copy: SEX}, COSEQ: {constant: 1}}\n"
        },
    )
    assert (
        "tiny/sdtm/ae.yaml:8: LINT303 AE.AETERM reads DM.ARM, but DM has no USUBJID to find the subject by" in messages
    )


def test_a_given_dataset_that_the_standard_does_not_have(lint):
    given = ("study.yaml", "not_submitted:", "given: {XX: {file: x.csv, columns: [USUBJID]}}\nnot_submitted:")
    assert lint(given, (DM, "RFXSTDTC: *blank", "RFXSTDTC: {min: XX.XXSTDTC}")) == [
        "tiny/study.yaml:9: SPEC111 SDTMIG 3.4 has no dataset XX, which is to be given"
    ]


def test_an_entry_of_several_blocks_is_one_finding(lint):
    """AETERM of both blocks reads AETRM, which neither form has."""
    blank = [(AE, old, "{constant: ''}") for old in ("{copy: raw.AETERM}", "{datetime: AESTDAT}", "{term: AESER}")]
    block = (AE, "records:\n", 'records:\n  - {form: dm, where: SEX == "M"}\n')
    note = (AE, "{copy: AENOTE,", "{constant: '',")
    assert lint(block, (AE, "{copy: AETERM}", "{copy: AETRM}"), note, *blank) == [
        "tiny/sdtm/ae.yaml:9: LINT301 AE.AETERM reads AETRM, which is neither a column of form dm or form ae nor a variable of AE "
        "(did you mean AETERM?)"
    ]


def test_an_entry_that_cannot_be_read_is_not_missed_by_others(lint):
    assert lint((AE, "{datetime: AESTDAT}", "{datetme: AESTDAT}")) == [
        "tiny/sdtm/ae.yaml:24: SPEC202 AE.AESTDTC: there is no derivation 'datetme' (did you mean datetime?)"
    ]
