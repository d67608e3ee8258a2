"""Lint: expressions that do not parse, and text compared with numbers."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

AE = "sdtm/ae.yaml"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{copy: AETERM, when: 'AEYN = 1'}",
            'EXPR002 "=" is not an operator, at character 6 of: AEYN = 1 (write == to compare)',
        ),
        (
            "{expr: 'upper(AETERM'}",
            "SPEC003 'expression' of 'expr' of AE.AETERM: the \"(\" is never closed, at character 6 of: upper(AETERM "
            "(close it with ))",
        ),
        (
            "{expr: 'uper(AETERM)'}",
            "EXPR008 there is no function uper, at character 1 of: uper(AETERM) (did you mean upper?)",
        ),
        (
            "{copy: AETERM, when: 'AESTDY == \"x\"'}",
            'EXPR009 AESTDY is a number and "x" is a text, which do not compare, at character 8 of: AESTDY == "x"',
        ),
        (
            "{copy: AETERM, when: 'DM.AGE == \"18\"'}",
            'EXPR009 DM.AGE is a number and "18" is a text, which do not compare, at character 8 of: DM.AGE == "18" '
            "(write the number without quotes)",
        ),
        (
            "{copy: AETERM, when: 'raw.AESTDAT > 2020'}",
            "EXPR009 raw.AESTDAT is a text and 2020 is a number, which do not compare, at character 13 of: raw.AESTDAT > 2020 "
            "(write number(raw.AESTDAT))",
        ),
        (
            "{copy: AETERM, when: raw.AESER}",
            "EXPR010 the expression must be true or false, but raw.AESER is a text, at character 1 of: raw.AESER "
            '(compare it: raw.AESER == "Y")',
        ),
        (
            "{expr: 'DM.AGE + AENOTE'}",
            'EXPR010 what "+" computes with must be a number, but AENOTE is a text, at character 10 of: DM.AGE + AENOTE '
            "(write concat(a, b) to join texts)",
        ),
        (
            "{cases: [{when: 'AESTDY == \"x\"', copy: AETERM}]}",
            'EXPR009 AESTDY is a number and "x" is a text, which do not compare, at character 8 of: AESTDY == "x"',
        ),
        (
            "{lookup: {from: DM, take: SEX, where: 'AGE == \"18\"'}}",
            'EXPR009 AGE is a number and "18" is a text, which do not compare, at character 5 of: AGE == "18" '
            "(write the number without quotes)",
        ),
    ],
)
def test_each_fault_is_one_finding(lint, entry, message):
    assert lint((AE, "AETERM:   {copy: AETERM}", f"AETERM: {entry}")) == [f"tiny/sdtm/ae.yaml:8: {message}"]


def test_names_of_for_each_are_numbers_or_texts_by_their_entries(lint):
    block = '  - form: ae\n    for_each: [{LOW: 1, WORD: a}, {LOW: 2, WORD: b}]\n    where: LOW > 1 and WORD == "a"'
    assert lint((AE, '  - form: ae\n    where: AEYN == "Y"', block)) == []


@pytest.mark.parametrize(
    ("entries", "condition"),
    [
        ("[{LOW: 1}, {HIGH: 2}]", "LOW > 1 or HIGH > 1"),
        ('[{LOW: 1}, {LOW: ""}]', "LOW > 1"),
        ("[{LOW: 1}, {LOW: raw.AESTDAT}]", 'LOW == "1"'),
        ("[{LOW: 1}, {LOW: high}]", 'LOW == "1"'),
    ],
)
def test_a_name_of_for_each_is_a_number_where_all_that_is_filled_in_is_one(lint, entries, condition):
    block = f"  - form: ae\n    for_each: {entries}\n    where: {condition}"
    assert lint((AE, '  - form: ae\n    where: AEYN == "Y"', block)) == []


def test_a_number_of_for_each_compared_with_text(lint):
    block = '  - form: ae\n    for_each: [{LOW: 1}, {LOW: 2}]\n    where: LOW == "1"'
    assert lint((AE, '  - form: ae\n    where: AEYN == "Y"', block)) == [
        'tiny/sdtm/ae.yaml:6: EXPR009 LOW is a number and "1" is a text, which do not compare, at character 5 of: LOW == "1" '
        "(write the number without quotes)"
    ]
