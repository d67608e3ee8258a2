"""Lint: what a misspelt key, name or value must mean, said where it stands; nothing follows from it."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest
from analysis import write_analysis
from studies import edit, write_tiny_study

from cdisc_conv.spec.lint.study import lint_study

AE = "sdtm/ae.yaml"
BLOCK = '  - form: ae\n    where: AEYN == "Y"'


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ('  - fomr: ae\n    where: AEYN == "Y"', "4: SPEC001 AE has no 'fomr' (did you mean form?)"),
        ('  - form: ae\n    were: AEYN == "Y"', "5: SPEC001 AE has no 'were' (did you mean where?)"),
        (
            '  - form: ae\n    tests:\n      - {TERM: raw.AETERM}\n    where: TERM != "" and AEYN == "Y"',
            "5: SPEC001 AE has no 'tests' (did you mean for_each?)",
        ),
        (
            '  - form: ae\n    where: AEYN == "Y"\n    tests: 3',
            "6: SPEC001 AE has no 'tests' (known are: carry, columns, for_each, form, from, group, merge, order, part, set, split, supplemental, take, where, working)",
        ),
        (
            '  - form: ae\n    where: AEYN == "Y"\n    group: [SUBJID, AETERM]\n    columns:\n      AESTDAT: mostcomplete',
            "8: SPEC003 'records.1.columns.AESTDAT' of AE cannot be 'mostcomplete' (did you mean most_complete?)",
        ),
        (
            '  - form: ae\n    where: AEYN == "Y"\n    group: [SUBJID, AETERM]\n    columns: {AESTDAT: newest}',
            "7: SPEC003 'records.1.columns.AESTDAT' of AE cannot be 'newest' "
            "(choose one of: row, first, last, min, max, most_complete, list)",
        ),
        (
            "  - form: ae\n    where: AEYN == Y",
            '5: LINT301 the records of AE depend on Y, which is not a column of form ae (write "Y" if the text is meant)',
        ),
        (
            "  - form: ae\n    where: AESER == MILD or AESER in (Y, N)",
            "5: EXPR006 a list after in holds texts and numbers only, at character 28 of: AESER == MILD or AESER in (Y, N) "
            "(put texts in quotes; to compare with other columns, write x == A or x == B)",
        ),
    ],
)
def test_keys_and_conditions_of_blocks(lint, block, message):
    assert lint((AE, BLOCK, block)) == [f"tiny/sdtm/ae.yaml:{message}"]


def test_a_text_without_quotes_in_the_condition_of_an_entry(lint):
    assert lint((AE, "AENOTE: {copy: AENOTE,", "AENOTE: {copy: AENOTE, when: AESER == Y,")) == [
        "tiny/sdtm/ae.yaml:28: LINT301 AE.AENOTE reads Y, which is neither a column of form ae nor a variable of AE "
        '(write "Y" if the text is meant)'
    ]
    assert lint((AE, "{copy: AENOTE,", "{expr: 'if(AESER == Y, AENOTE, \"\")',")) == [
        "tiny/sdtm/ae.yaml:28: LINT301 AE.AENOTE reads Y, which is neither a column of form ae nor a variable of AE "
        '(write "Y" if the text is meant)'
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("number", "use copy"), ("ct", "use term"), ("constnat", "did you mean constant?"), ("date", "use datetime")],
)
def test_a_derivation_by_another_name(lint, name, hint):
    assert lint((AE, "{copy: AETERM}", f"{{{name}: AETERM}}")) == [
        f"tiny/sdtm/ae.yaml:8: SPEC202 AE.AETERM: there is no derivation '{name}' ({hint})"
    ]


def test_a_name_that_is_a_variable_and_a_qualifier(lint):
    assert lint((AE, "  AESTDY: ", "  AENOTE: {copy: AENOTE}\n  AESTDY: ")) == [
        "tiny/sdtm/ae.yaml:29: LINT205 AE.AENOTE is mapped twice: in 'variables' and in 'supplemental' "
        "(the other is at tiny/sdtm/ae.yaml:26)"
    ]


def test_a_lookup_in_a_form_without_the_word_form(lint):
    assert lint((AE, "AEDECOD:  {copy: raw.AETERM}", "AEDECOD:  {lookup: {from: dm, take: SEX}}")) == [
        "tiny/sdtm/ae.yaml:9: LINT302 AE.AEDECOD reads dm, which the study does not have (write 'form dm' for the form)"
    ]


def test_a_shared_variable_that_is_misspelt_also_where_there_are_analysis_datasets(tmp_path):
    folder = write_analysis(write_tiny_study(tmp_path).parent)
    edit(folder / "study.yaml", "variables:\n", "variables:\n  AGEUU: {constant: YEARS}\n")
    assert [str(problem).partition("study.yaml")[2] for problem in lint_study(folder)[1]] == [
        ":8: LINT106 study.yaml maps AGEUU, which the standard has in no dataset of the study (did you mean AGEU?)"
    ]
