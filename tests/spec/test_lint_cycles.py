"""Lint: variables that read each other in a circle, printed as the path."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"


def test_two_variables_of_a_dataset(lint):
    assert lint((AE, "{copy: AETERM}", "{copy: AEDECOD}"), (AE, "{copy: raw.AETERM}", "{copy: AETERM}")) == [
        "tiny/sdtm/ae.yaml:8: PLAN001 variables read each other in a circle: AE.AETERM -> AE.AEDECOD -> AE.AETERM "
        "(each reads the next; see tiny/sdtm/ae.yaml:8, tiny/sdtm/ae.yaml:9)"
    ]


def test_a_variable_that_reads_itself(lint):
    assert lint((AE, "{copy: raw.AETERM}", "{copy: AE.AEDECOD}")) == [
        "tiny/sdtm/ae.yaml:9: PLAN001 variables read each other in a circle: AE.AEDECOD -> AE.AEDECOD "
        "(each reads the next; see tiny/sdtm/ae.yaml:9)"
    ]


def test_variables_of_two_datasets(lint):
    assert lint(
        (AE, "{datetime: AESTDAT}", "{copy: DM.RFSTDTC}"), (DM, "{datetime: DOSEDAT}", "{min: AE.AESTDTC}")
    ) == [
        "tiny/sdtm/dm.yaml:6: PLAN001 variables read each other in a circle: DM.RFSTDTC -> AE.AESTDTC -> DM.RFSTDTC "
        "(each reads the next; see tiny/sdtm/dm.yaml:6, tiny/sdtm/ae.yaml:24)"
    ]


def test_a_condition_closes_a_circle_too(lint):
    assert lint((AE, "{copy: raw.AETERM}", "{copy: raw.AETERM, when: 'AELLT != \"\"'}"),
                (AE, "&blank {constant: \"\",", "{copy: AEDECOD,"), (AE, "AELLTCD:  *blank", 'AELLTCD:  &blank {constant: ""}')) == [
        "tiny/sdtm/ae.yaml:9: PLAN001 variables read each other in a circle: AE.AEDECOD -> AE.AELLT -> AE.AEDECOD "
        "(each reads the next; see tiny/sdtm/ae.yaml:9, tiny/sdtm/ae.yaml:10)"
    ]  # fmt: skip


def test_all_circles_at_once(lint):
    assert lint(
        (AE, "{copy: AETERM}", "{copy: AEDECOD}"),
        (AE, "{copy: raw.AETERM}", "{copy: AETERM}"),
        (DM, "SEX:      {term: SEX}", "SEX:      {copy: SITEID}"),
        (DM, 'SITEID:   {constant: "01"}', "SITEID:      {copy: DM.SEX}"),
    ) == [
        "tiny/sdtm/ae.yaml:8: PLAN001 variables read each other in a circle: AE.AETERM -> AE.AEDECOD -> AE.AETERM "
        "(each reads the next; see tiny/sdtm/ae.yaml:8, tiny/sdtm/ae.yaml:9)",
        "tiny/sdtm/dm.yaml:14: PLAN001 variables read each other in a circle: DM.SITEID -> DM.SEX -> DM.SITEID "
        "(each reads the next; see tiny/sdtm/dm.yaml:14, tiny/sdtm/dm.yaml:17)",
    ]


def test_datasets_may_read_each_other(lint):
    """DM.RFXSTDTC reads AE while AE.AESTDY reads DM."""
    assert lint((DM, "RFXSTDTC: *blank", "RFXSTDTC: {min: AE.AESTDTC}")) == []
