"""Lint: codes that a condition asks for and forms.yaml does not list."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

AE = "sdtm/ae.yaml"
FORMS = "forms.yaml"
CODED = ("AEYN: Any adverse event?", 'AEYN: {label: Any adverse event, type: coded, values: {Y: "Yes", N: "No"}}')


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'AEYN == "Y"',
            'AEYN == "Yes"',
            "tiny/sdtm/ae.yaml:4: LINT310 records of AE: AEYN is compared with 'Yes', which is not among the values in form ae (Y, N) (did you mean Y?)",
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
