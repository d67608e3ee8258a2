"""Lint: codes that a condition asks for and forms.yaml does not list."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest
from analysis import write_analysis
from studies import edit, write_tiny_study

from cdisc_conv.spec.lint.study import lint_study

AE = "sdtm/ae.yaml"
FORMS = "forms.yaml"
CODED = ("AEYN: Any adverse event?", 'AEYN: {label: Any adverse event, type: coded, values: {Y: "Yes", N: "No"}}')


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'AEYN == "Y"',
            'AEYN == "Yes"',
            "tiny/sdtm/ae.yaml:5: LINT310 records of AE: AEYN is compared with 'Yes', which is not among the values in form ae (Y, N) (did you mean Y?)",
        ),
        (
            "AETERM:   {copy: AETERM}",
            'AETERM:   {copy: AETERM, when: \'AEYN in ("Y", "1")\'}',
            "tiny/sdtm/ae.yaml:8: LINT310 AE.AETERM: AEYN is compared with '1', which is not among the values in form ae (Y, N) (correct the condition, or add the code to forms.yaml)",
        ),
        (
            "AEDECOD:  {copy: raw.AETERM}",
            'AEDECOD:  {expr: \'if(AEYN != "no", raw.AETERM, "")\'}',
            "tiny/sdtm/ae.yaml:9: LINT310 AE.AEDECOD: AEYN is compared with 'no', which is not among the values in form ae (Y, N) (did you mean N?)",
        ),
        (
            "AEHLT:    *blank",
            "AEHLT:    {lookup: {from: form ae, by: SUBJID, take: AETERM, where: 'AEYN == \"y\"', keep: first, order: AESTDAT}}",
            "tiny/sdtm/ae.yaml:13: LINT310 AE.AEHLT: AEYN is compared with 'y', which is not among the values in form ae (Y, N) (did you mean Y?)",
        ),
    ],
)
def test_codes_that_are_not_listed(lint, old, new, message):
    found = lint((FORMS, *CODED), (AE, old, new))
    assert [text for text in found if "LINT310" in text] == [message]


def test_listed_codes_missing_values_and_what_functions_make(lint):
    where = 'AEYN in ("Y", "N") and AEYN != "" and upper(AEYN) != "YES"'
    assert lint((FORMS, *CODED), (AE, 'AEYN == "Y"', where)) == []


def test_columns_under_one_name_share_their_lists(lint):
    edits = [
        (FORMS, *CODED),
        (FORMS, "AESER: Serious?", "AESER: {label: Serious, type: coded, values: {SER: Serious}}"),
        (
            AE,
            '    where: AEYN == "Y"',
            '    for_each: [{CODE: raw.AEYN}, {CODE: raw.AESER}]\n    where: CODE in ("Y", "SER", "X")',
        ),
    ]
    found = [text for text in lint(*edits) if "LINT310" in text]
    assert [text.partition(" ")[2] for text in found] == [
        "LINT310 records of AE: AEYN or AESER is compared with 'X', which is not among the values in form ae (Y, N, SER) "
        "(correct the condition, or add the code to forms.yaml)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "when: ADSL.AGE >= 65",
            "when: 'AE.AESER == \"Yes\"'",
            "LINT310 ADAE.AGEGR1: AE.AESER is compared with 'Yes', which is not among its values (N, NA, U, Y) (did you mean Y?)",
        ),
        (
            "when: ADSL.AGE >= 65",
            "when: 'SAFFL != \"NO\"'",
            "LINT310 ADAE.AGEGR1: ADAE.SAFFL is compared with 'NO', which is not among its values (N, Y) (did you mean N?)",
        ),
        (
            "  - from: AE\n",
            '  - from: AE\n    where: \'AESER in ("Y", "YES")\'\n',
            "LINT310 records of ADAE: AE.AESER is compared with 'YES', which is not among its values (N, NA, U, Y) "
            "(did you mean Y?)",
        ),
        (
            "  AGEGR1:",
            "  X: {exists: {from: AE, where: 'AESER == \"1\"'}, label: x}\n  AGEGR1:",
            "LINT310 ADAE.X: AE.AESER is compared with '1', which is not among its values (N, NA, U, Y) (correct the condition)",
        ),
    ],
)
def test_a_variable_of_a_dataset_is_compared_with_what_its_codelist_does_not_have(tmp_path, old, new, message):
    study = write_tiny_study(tmp_path)
    write_analysis(tmp_path)
    edit(study / "adam" / "adae.yaml", old, new)
    found = [str(problem) for problem in lint_study(study)[1]]
    assert [text.partition(" ")[2] for text in found if "LINT310" in text] == [message]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{map: {value: AEYN, values: {Y: One, Q: Two}}}",
            "LINT313 AE.AEDECOD: the table translates 'Q', which is not among the values of AEYN in form ae (Y, N) (leave it out, or add the code to forms.yaml)",
        ),
        (
            "{cases: [{when: 'AETERM != \"\"', map: {value: AEYN, values: {yes: One}}}, {constant: ''}]}",
            "LINT313 AE.AEDECOD: the table translates 'yes', which is not among the values of AEYN in form ae (Y, N) (did you mean Y?)",
        ),
        (
            '{term: {value: AEYN, map: {"1": "Y"}}, codelist: NY}',
            "LINT313 AE.AEDECOD: the table translates '1', which is not among the values of AEYN in form ae (Y, N) (leave it out, or add the code to forms.yaml)",
        ),
    ],
)
def test_a_table_translates_a_code_that_is_not_listed(lint, entry, message):
    found = lint((FORMS, *CODED), (AE, "{copy: raw.AETERM}", entry))
    assert found == [f"tiny/sdtm/ae.yaml:9: {message}"]


def test_a_table_of_listed_codes_in_other_case_and_of_a_column_without_values(lint):
    entry = "{map: {value: AEYN, values: {y: One, ' N': Two}}}"
    assert lint((FORMS, *CODED), (AE, "{copy: raw.AETERM}", entry)) == []
    assert lint((AE, "{copy: raw.AETERM}", entry)) == []
