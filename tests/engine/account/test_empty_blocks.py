"""Blocks that read rows and make no record (ACC007), each with its cause alone."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest
from analysis import write_analysis
from studies import edit

from cdisc_conv.engine.convert import convert
from cdisc_conv.engine.describe.accounting import account_for
from cdisc_conv.spec.load import load_study


def problems_of(folder):
    study, problems = load_study(folder / "tiny")
    assert problems == []
    made = convert(study, folder / "raw")
    return [f"{problem.severity}: {problem}" for problem in account_for(study, made.facts, made.forms).problems]


def ask(folder, condition):
    edit(folder / "tiny" / "sdtm" / "ae.yaml", 'AEYN == "Y"', condition)


def declare(folder):
    coded = "{label: Any adverse event, type: coded, values: {Y: Yes, N: No, X: Other}}"
    edit(folder / "tiny" / "forms.yaml", "AEYN: Any adverse event?", f"AEYN: {coded}")


def test_a_condition_that_no_row_meets_is_the_one_finding(folder):
    """The values left out with the rows, and the row whose AEYN is blank, follow from it."""
    ask(folder, 'AEYN == "X"')
    edit(folder / "raw" / "ae.csv", "001,Log,Y,Nausea", "001,Log,,Nausea")
    assert problems_of(folder) == [
        'warning: AE form ae: ACC007 block 1 of AE reads 4 rows of form ae and makes no record (no row meets AEYN == "X")'
    ]


def test_a_code_that_may_still_come_is_a_note(folder):
    ask(folder, 'AEYN == "X"')
    declare(folder)
    (folder / "raw" / "ae.csv").write_text("SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n003,Log,N,,,,\n", "utf-8")
    assert problems_of(folder) == [
        'note: AE form ae: ACC007 block 1 of AE reads 1 row of form ae and makes no record (no row meets AEYN == "X")'
    ]


def test_values_beside_a_declared_code_that_says_no_are_the_finding(folder):
    ask(folder, 'AEYN == "X"')
    declare(folder)
    assert problems_of(folder) == [
        "warning: form ae rows 1, 2, 3: ACC004 10 values of form ae in AETERM, AESTDAT, AESER, AENOTE are left out with "
        "the rows: AE: not (AEYN == \"X\") (correct the export or the condition, or name the columns in 'not_submitted' of "
        "study.yaml with the reason)"
    ]


def test_a_column_that_is_blank_everywhere_is_the_finding(folder):
    (folder / "raw" / "ae.csv").write_text(
        "SUBJID,VISIT,AEYN,AETERM,AESTDAT,AESER,AENOTE\n001,Log,,Nausea,,,\n002,Log,,Cough,,,\n", "utf-8"
    )
    assert [text.partition(" AE leaves")[0] for text in problems_of(folder)] == [
        "warning: AE form ae.AEYN rows 1, 2: ACC006"
    ]


def test_a_name_of_for_each_that_hides_a_column(folder):
    edit(folder / "tiny" / "sdtm" / "ae.yaml", "  - form: ae\n", "  - form: ae\n    for_each: [{AEYN: A}, {AEYN: B}]\n")
    assert problems_of(folder) == [
        'warning: AE form ae: ACC007 block 1 of AE reads 4 rows of form ae and makes no record (no row meets AEYN == "Y"; '
        "'for_each' defines AEYN, which form ae has as well: raw.AEYN is the column)"
    ]
    ask(folder, 'raw.AEYN == "Y"')
    assert [text for text in problems_of(folder) if "ACC007" in text] == []


@pytest.mark.parametrize(
    ("condition", "severity"),
    [('AESER == "Yes"', "warning"), ('AESER == "Y"', "note"), ('AETERM == "Cough"', "note"), ("AESEQ > 7", "note")],
)
def test_a_block_of_an_analysis_dataset(folder, condition, severity):
    """A text outside a codelist is never there; anything else may still come."""
    write_analysis(folder)
    edit(folder / "tiny" / "adam" / "adae.yaml", "  - from: AE\n", f"  - from: AE\n    where: '{condition}'\n")
    assert problems_of(folder) == [
        f"{severity}: ADAE: ACC007 block 1 of ADAE reads 3 records of AE and makes no record (no record meets {condition})"
    ]


def test_a_parameter_of_a_block_without_records_is_not_missed_twice(folder):
    write_analysis(folder)
    edit(folder / "tiny" / "adam" / "adnn.yaml", 'PARAMCD == "ONE"', 'PARAMCD == "ONE" and TERM == "Cough"')
    assert problems_of(folder) == [
        "note: ADNN: ACC007 block 2 of ADNN reads 3 records of the blocks before it and makes no record "
        '(no record meets PARAMCD == "ONE" and TERM == "Cough")'
    ]
