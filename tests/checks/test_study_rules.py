"""Rules of the shipped study: each finds the subject that breaks it, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.checks import check_datasets, load_rules
from tests.checks.conftest import STANDARD, TERMINOLOGY, make_dataset

STUDY = Path(__file__).parents[2] / "mappings" / "hope2021_thal_agc"
RULES = {rule.id: rule for rule in load_rules(STUDY / "checks.yaml", STANDARD)}
DM = "USUBJID|RFSTDTC|RFXSTDTC|ARMCD\n1|2024-02-01|2024-02-01|A\n2|2024-02-01|2024-02-01|A\n"
EG = "USUBJID|EGTESTCD|EGSTRESC|EGSTRESN|EGDTC|EGLOBXFL|EGCLSIG|VISIT\n"
PE = "USUBJID|PETEST|PEORRES|PECLSIG|PEDTC|PELOBXFL|VISIT\n"
AE = "USUBJID|AEDECOD|AEACN\n"
LB = "USUBJID|LBTESTCD|LBSTRESC|LBTOX|LBTOXGR|LBDTC|VISIT\n"
RS = "USUBJID|RSTESTCD|RSSTRESC|RSEVAL\n"
NEUTROPHILS = "Neutrophil count decreased"
PROLONGED = "Electrocardiogram QT corrected interval prolonged"
DISEASE = "DISEASE UNDER STUDY"

CASES = {
    "HOPE015": ({"EG": f"{EG}1|QTCFAG|400|400|2024-01-30|Y||S\n2|QTCFAG|400|400|2024-02-22|||C2\n"}, "2"),
    "HOPE016": ({"PE": f"{PE}1|Skin|NORMAL||2024-01-30|Y|S\n2|Skin|NORMAL||2024-02-22||C2\n"}, "2"),
    "HOPE017": (
        {
            "EG": f"{EG}1|QTCFAG|510|510|2024-02-22|||C2\n2|QTCFAG|501|501|2024-02-22|||C2\n"
            "2|QTCFAG|505|505|2024-01-30|Y||S\n",
            "AE": f"{AE}1|{PROLONGED}|DOSE NOT CHANGED\n",
        },
        "2",
    ),
    "HOPE018": (
        {
            "EG": f"{EG}1|INTP|ABNORMAL||2024-02-22||Y|C2\n2|INTP|ABNORMAL||2024-02-22||Y|C2\n",
            "AE": f"{AE}1|Nausea|X\n",
        },
        "2",
    ),
    "HOPE019": (
        {"PE": f"{PE}1|Skin|rash|Y|2024-02-22||C2\n2|Skin|rash|Y|2024-02-22||C2\n", "AE": f"{AE}1|Rash|X\n"},
        "2",
    ),
    "HOPE020": ({"PE": f"{PE}1|Skin|rash|Y|2024-02-22||C2\n2|Skin|NORMAL|N|2024-02-22||C2\n"}, "2"),
    "HOPE021": (
        {
            "DD": f"USUBJID|DDTESTCD|DDSTRESC|DDDTC\n1|PRCDTH|{DISEASE}|2024-05-01\n2|PRCDTH|{DISEASE}|2024-05-01\n",
            "RS": f"{RS}1|SYMPTDTR|Y|INVESTIGATOR\n2|OVRLRESP|SD|INVESTIGATOR\n2|OVRLRESP|PD|INDEPENDENT ASSESSOR\n",
        },
        "2",
    ),
    "HOPE022": (
        {
            "LB": f"{LB}1|NEUT|0.6|{NEUTROPHILS}|3|2024-02-22|C2\n2|NEUT|0.6|{NEUTROPHILS}|3|2024-02-22|C2\n",
            "AE": f"{AE}1|{NEUTROPHILS}|X\n2|Nausea|X\n",
        },
        "2",
    ),
    "HOPE023": (
        {
            "DS": "USUBJID|DSSCAT|DSDECOD|DSSTDTC\n1|STUDY TREATMENT|ADVERSE EVENT|2024-03-01\n"
            "2|STUDY TREATMENT|ADVERSE EVENT|2024-03-01\n",
            "AE": f"{AE}1|Nausea|MULTIPLE\n2|Nausea|DOSE REDUCED\n",
        },
        "2",
    ),
    "HOPE024": (
        {
            "RP": "USUBJID|RPTESTCD|RPSTRESC\n1|CHILDPOT|Y\n2|CHILDPOT|Y\n",
            "LB": f"{LB}1|HCG|NEGATIVE|||2024-01-30|S\n2|HGB|120|||2024-01-30|S\n",
        },
        "2",
    ),
    "HOPE025": ({"LB": f"{LB}1|HCG|NEGATIVE|||2024-01-30|S\n2|HCG|POSITIVE|||2024-01-30|S\n"}, "2"),
}
"""By rule: datasets in which subject 1 keeps it and subject 2 breaks it."""


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_the_subject_that_breaks_it_and_no_other(rule):
    texts, wrong = CASES[rule]
    datasets = [make_dataset("DM", DM), *(make_dataset(name, text) for name, text in texts.items())]
    report = check_datasets(datasets, STANDARD, TERMINOLOGY, rules=[RULES[rule]])
    assert report.run == (rule,)
    (problem,) = report.problems
    assert problem.count == 1
    assert f"1 record: subject {wrong}" in str(problem)


def test_the_cases_are_those_of_examinations_laboratory_and_the_end():
    assert list(CASES) == [name for name in RULES if name > "HOPE014"]
