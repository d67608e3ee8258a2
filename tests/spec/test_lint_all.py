"""Lint as a whole: all findings at once and in order, and no false alarms."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.lint.study import lint_study, sort_problems

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"


def test_ten_faults_are_ten_findings_in_the_order_of_the_files(lint):
    assert lint(
        ("forms.yaml", "      AEYN: Any", "      VISIT: Visit\n      AEYN: Any"),
        (AE, 'AEYN == "Y"', "AEYN == 1"),
        (AE, "{copy: raw.AETERM}", "{coppy: raw.AETERM}"),
        (AE, "{term: AESER}", "{term: AESER, codelist: NX}"),
        (AE, "AESTDAT}", "AESTDT}"),
        (AE, "label: Remark", "label: A remark that is far too long for a label"),
        (DM, "  SUBJID:   {copy: SUBJID}\n", ""),
        (DM, "{copy: AGE}", "{term: SEX}"),
        (DM, "COUNTRY:", "COUNTRI:"),
        ("study.yaml", "2026-01-31T12:00:00", "today"),
    ) == [
        "tiny/forms.yaml:17: FORM001 form ae repeats the key column VISIT",
        "tiny/sdtm/ae.yaml:5: EXPR009 AEYN is a text and 1 is a number, which do not compare, at character 6 of: AEYN == 1 "
        '(write "1")',
        "tiny/sdtm/ae.yaml:9: SPEC202 AE.AEDECOD: there is no derivation 'coppy' (did you mean copy?)",
        "tiny/sdtm/ae.yaml:21: LINT211 AE.AESER: SDTM CT 2025-03-28 has no codelist 'NX' "
        "(name it by its C-code or short name, such as C66742 or NY)",
        "tiny/sdtm/ae.yaml:24: LINT301 AE.AESTDTC reads AESTDT, which is neither a column of form ae nor a variable of AE "
        "(did you mean AESTDTC?)",
        "tiny/sdtm/ae.yaml:28: LINT201 the label of AE.AENOTE has 41 bytes, at most 40 go into a transport file "
        "(shorten 'A remark that is far too long for a label')",
        "tiny/sdtm/dm.yaml:1: LINT202 DM does not map SUBJID (Subject Identifier for the Study), which the standard requires",
        "tiny/sdtm/dm.yaml:14: LINT210 DM.AGE is numeric, but 'term' makes text",
        "tiny/sdtm/dm.yaml:24: LINT207 SDTMIG 3.4 has no variable COUNTRI in DM (did you mean COUNTRY?)",
        "tiny/study.yaml:4: LINT104 'created' is 'today', which is not an ISO 8601 date and time (such as 2026-01-31T00:00:00)",
    ]


def test_the_tiny_study_is_clean(lint):
    assert lint() == []


@pytest.mark.parametrize("name", ["cdiscpilot01", "hope2021_thal_agc"])
def test_shipped_studies_are_clean(name):
    study, problems = lint_study(name)
    assert study is not None
    assert problems == []


def test_problems_are_sorted_and_each_is_there_once():
    warning, error = Problem("B", "b", Severity.WARNING), Problem("C", "c")
    assert sort_problems([warning, error, warning]) == [error, warning]
