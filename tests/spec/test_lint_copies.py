"""Lint of texts that are copied into numeric variables."""

from __future__ import annotations

import pytest
from analysis import write_analysis
from studies import edit, write_tiny_study

from cdisc_conv.spec.lint.study import lint_study

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{copy: AESTDAT}",
            "LINT314 AE.AESTDY is numeric, but is copied from AESTDAT of form ae, which is a date (write {study_day: "
            "AESTDTC})",
        ),
        (
            "{cases: [{when: 'AETERM != \"\"', copy: AESTDTC}]}",
            "LINT314 AE.AESTDY is numeric, but is copied from AE.AESTDTC, which is text in ISO 8601 (write {study_day: "
            "AESTDTC})",
        ),
    ],
)
def test_a_date_is_copied_into_a_number(lint, entry, message):
    assert lint((AE, "{study_day: AESTDTC}", entry)) == [f"tiny/sdtm/ae.yaml:26: {message}"]


def test_codes_are_copied_into_a_number(lint):
    assert lint((DM, "AGE:      {copy: AGE}", "AGE:      {copy: raw.SEX}")) == [
        "tiny/sdtm/dm.yaml:15: LINT314 DM.AGE is numeric, but is copied from SEX of form dm, whose codes are no "
        "numbers (M, F)"
    ]


def test_a_text_that_may_be_a_number_is_no_finding(lint):
    codes = "AGE: {label: Age, type: coded, values: {70: Seventy, 71: Seventy-one}}"
    assert lint(("forms.yaml", "AGE: {label: Age, type: integer, unit: years}", codes)) == []
    assert lint((DM, "AGE:      {copy: AGE}", "AGE:      {copy: VISIT}")) == []


def test_an_analysis_date_is_copied_from_a_text(tmp_path):
    study = write_tiny_study(tmp_path)
    write_analysis(tmp_path)
    edit(study / "adam" / "adae.yaml", "  AGEGR1:", "  ASTDT: {copy: AE.AESTDTC}\n  AGEGR1:")
    found = [str(problem).partition(" ")[2] for problem in lint_study(study)[1] if problem.code == "LINT314"]
    assert found == [
        "LINT314 ADAE.ASTDT is numeric, but is copied from AE.AESTDTC, which is text in ISO 8601 "
        "('numeric_date' makes a number of a date)"
    ]
