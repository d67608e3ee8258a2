"""Lint: which records there are: sources, conditions, and what decides over them."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

AE = "sdtm/ae.yaml"
BLOCK = '  - form: ae\n    where: AEYN == "Y"'


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            '  - form: aee\n    where: AEYN == "Y"',
            "4: LINT101 AE reads form 'aee', which is not there (did you mean ae?)",
        ),
        ("  - form: zzzz", "4: LINT101 AE reads form 'zzzz', which is not there (there are: dm, ae)"),
        ("  - from: CM", "4: LINT101 AE reads dataset 'CM', which is not there (there are: DM, AE)"),
        ("  - {form: ae, from: DM}", "4: SPEC112 AE records 1 names both a form and a dataset (keep 'form' or 'from')"),
        (
            '  - {where: AEYN == "Y"}',
            "4: SPEC113 AE records 1 says no source (add 'form: ...', 'from: ...' or 'for_each: ...')",
        ),
        (
            "  - from: AE",
            "4: PLAN001 records read each other in a circle: records of AE -> records of AE "
            "(each reads the next; see tiny/sdtm/ae.yaml:4)",
        ),
        (
            '  - form: ae\n    where: AEYNN == "Y"',
            "5: LINT301 the records of AE depend on AEYNN, which is not a column of form ae (did you mean AEYN?)",
        ),
        (
            '  - form: ae\n    where: AESTDTC != ""',
            "5: LINT301 the records of AE depend on AESTDTC, which is not a column of form ae (did you mean AESTDAT?)",
        ),
        (
            "  - form: ae\n    group: [SUBJID, AETRM]",
            "5: LINT301 the records of AE depend on AETRM, which is not a column of form ae (did you mean AETERM?)",
        ),
        (
            "  - form: ae\n    merge: {by: SUBJID, start: AESTDAT, end: AEENDAT}",
            "5: LINT301 the records of AE depend on AEENDAT, which is not a column of form ae (did you mean AESTDAT?)",
        ),
        (
            '  - form: ae\n    where: TERM != ""\n    for_each:\n      - {TERM: raw.AETERM}\n      - {TERM: raw.AETRM}',
            "8: LINT301 the records of AE depend on raw.AETRM, which is not a column of form ae (did you mean AETERM?)",
        ),
        (
            "  - form: ae\n    where: AEYN == 1",
            '5: EXPR009 AEYN is a text and 1 is a number, which do not compare, at character 6 of: AEYN == 1 (write "1")',
        ),
        (
            "  - form: ae\n    where: AEYNN == 1",
            "5: LINT301 the records of AE depend on AEYNN, which is not a column of form ae (did you mean AEYN?)",
        ),
        (
            "  - form: ae\n    where: AEYN",
            "5: EXPR010 the expression must be true or false, but AEYN is a text, at character 1 of: AEYN "
            '(compare it: AEYN == "Y")',
        ),
        (
            '  - form: ae\n    where: AEYN = "Y"',
            '5: EXPR002 "=" is not an operator, at character 6 of: AEYN = "Y" (write == to compare)',
        ),
    ],
)
def test_each_fault_is_one_finding(lint, block, message):
    assert lint((AE, BLOCK, block)) == [f"tiny/sdtm/ae.yaml:{message}"]


def test_names_of_for_each_can_be_used_in_conditions(lint):
    block = '  - form: ae\n    for_each: [{TERM: raw.AETERM}]\n    where: TERM != "" and raw.AEYN == "Y"'
    assert lint((AE, BLOCK, block)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "dataset: EA\nrecords: [{form: ae}]\n",
            "1: SPEC111 SDTMIG 3.4 has no dataset EA (a custom domain needs 'class' and 'label')",
        ),
        (
            "dataset: EA\nclass: Events\nrecords: [{form: ae}]\n",
            "1: SPEC111 EA has no 'label', which a custom domain needs",
        ),
        (
            "dataset: QQ\nlabel: Extra\nrecords: [{form: ae}]\n",
            "1: SPEC111 QQ has no 'class', which a custom domain needs",
        ),
        (
            "dataset: AEE\nlabel: Adverse Events\nrecords: [{form: ae}]\n",
            "1: SPEC111 SDTMIG 3.4 has no dataset AEE (did you mean AE?)",
        ),
        (
            "dataset: XX\nclass: Findngs\nlabel: Extra\nrecords: [{form: ae}]\n",
            "2: SPEC111 SDTMIG 3.4 has no general observation class FINDNGS; there is: INTERVENTIONS, EVENTS, FINDINGS, "
            "FINDINGS ABOUT",
        ),
    ],
)
def test_a_dataset_that_the_standard_does_not_have(lint, text, message):
    assert lint(files={"sdtm/xx.yaml": text}) == [f"tiny/sdtm/xx.yaml:{message}"]


def test_a_domain_of_the_study_s_own(lint):
    entries = "XXTESTCD: {constant: A}, XXTEST: {constant: B}, XXORRES: {copy: AENOTE}, XXSTRESC: {copy: XXORRES}"
    text = f"dataset: XX\nclass: Findings\nlabel: Extra\nrecords: [{{form: ae}}]\nvariables: {{{entries}}}\n"
    assert lint(files={"sdtm/xx.yaml": text}) == []
