"""What check_datasets does with ADaM: which rules are asked of what, and what is looked into beside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cdisc_conv.checks import CheckReport, Rule, check_datasets, load_rules, load_shipped_rules
from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import ProblemsError, Severity
from tests.checks.conftest import (
    ADAM_STANDARD,
    ADAM_TERMINOLOGY,
    STANDARD,
    TERMINOLOGY,
    make_analysis_dataset,
    make_dataset,
)

SDTM = {
    "DM": """
        STUDYID|DOMAIN|USUBJID|SUBJID|SITEID|AGE|AGEU|SEX|RACE|ARMCD|ARM
        S|DM|S-01|01|01|60|YEARS|F|ASIAN|X|XELOX
        S|DM|S-02|02|01|61|YEARS|M|ASIAN|X|XELOX
        """,
    "AE": """
        STUDYID|DOMAIN|USUBJID|AESEQ|AETERM|AEDECOD|AESTDTC|AEENDTC
        S|AE|S-01|1|nausea|Nausea|2022-03|2022-03-20
        S|AE|S-02|1|sepsis|Sepsis|2022-05-20|2022-06-02
        """,
    "TR": """
        STUDYID|DOMAIN|USUBJID|TRSEQ|TRTESTCD|TRSTRESN
        S|TR|S-01|1|LDIAM|50
        S|TR|S-01|2|LDIAM|40
        """,
}
ADAM = {
    "ADSL": """
        STUDYID|USUBJID|SUBJID|SITEID|AGE|AGEU|SEX|RACE|ARM|SAFFL|TRT01P|TRT01A|TRTSDT|TRTEDT|DTHFL|DTHDT|LSTALVDT
        S|S-01|01|01|60|YEARS|F|ASIAN|XELOX|Y|XELOX|XELOX|2022-03-01|2022-05-01|||2022-06-01
        S|S-02|02|01|61|YEARS|M|ASIAN|XELOX|Y|XELOX|XELOX|2022-03-02|2022-05-02|Y|2022-06-02|2022-06-02
        """,
    "ADAE": """
        STUDYID|USUBJID|TRT01A|TRTSDT|AESEQ|AETERM|AEDECOD|AESTDTC|ASTDT|ASTDTF|AENDT|ASTDY|ADURN|ADURU|TRTEMFL|AOCCFL
        S|S-01|XELOX|2022-03-01|1|nausea|Nausea|2022-03|2022-03-01|D|2022-03-20|1|20|DAYS|Y|Y
        S|S-02|XELOX|2022-03-02|1|sepsis|Sepsis|2022-05-20|2022-05-20||2022-06-02|80|14|DAYS||
        """,
    "ADTR": """
        STUDYID|USUBJID|TRTA|ASEQ|ADT|ADY|AVISIT|AVISITN|PARAM|PARAMCD|AVAL|BASE|CHG|PCHG|ABLFL|SRCDOM|SRCVAR|SRCSEQ
        S|S-01|XELOX|1|2022-02-20|-9|BASELINE|0|Lesion 1 (mm)|LDIAM1|50|50|||Y|TR|TRSTRESN|1
        S|S-01|XELOX|2|2022-04-10|41|WEEK 6|1|Lesion 1 (mm)|LDIAM1|40|50|-10|-20||TR|TRSTRESN|2
        """,
    "ADTTE": """
        STUDYID|USUBJID|TRTA|STARTDT|ADT|PARAM|PARAMCD|AVAL|CNSR|EVNTDESC|CNSDTDSC|SRCDOM|SRCVAR
        S|S-01|XELOX|2022-03-01|2022-06-01|Overall Survival (days)|OS|93|1|Alive|Date Last Known Alive|ADSL|LSTALVDT
        S|S-02|XELOX|2022-03-02|2022-06-02|Overall Survival (days)|OS|93|0|Death||ADSL|DTHDT
        """,
}
LABELS = {
    "AETERM": "Reported Term for the Adverse Event",
    "AESTDTC": "Start Date/Time of Adverse Event",
    "DTHFL": "Subject Death Flag",
    "TRT01A": "Actual Treatment for Period 01",
    "TRTSDT": "Date of First Exposure to Treatment",
}


def make_analysis(**changed: str) -> list[Dataset]:
    return [make_analysis_dataset(name, changed.get(name, text), labels=LABELS) for name, text in ADAM.items()]


def make_beside(**changed: str) -> list[Dataset]:
    return [make_dataset(name, changed.get(name, text)) for name, text in SDTM.items()]


def check(datasets: list[Dataset], beside: list[Dataset] | None = None, **options: object) -> CheckReport:
    beside = make_beside() if beside is None else beside
    return check_datasets(datasets, ADAM_STANDARD, ADAM_TERMINOLOGY, created="2025-12-31", beside=beside, **options)  # type: ignore[arg-type]


def tell(report: CheckReport) -> list[str]:
    return [f"{problem.severity.value} {problem}" for problem in report.problems]


def test_sound_data_give_not_a_word() -> None:
    report = check(make_analysis())
    assert tell(report) == []
    assert len(report.run) > 90


def test_rules_for_sdtm_are_not_asked_of_adam_and_the_other_way_round() -> None:
    kinds = {rule.id: rule.analysis for rule in load_shipped_rules()}
    report = check(make_analysis())
    asked = {*report.run, *report.not_run}
    assert asked == {rule for rule, analysis in kinds.items() if analysis}
    sdtm = check_datasets([*make_beside(), *make_analysis()], STANDARD, TERMINOLOGY)
    assert {*sdtm.run, *sdtm.not_run} == {rule for rule, analysis in kinds.items() if not analysis}


def test_what_is_beside_is_looked_into_but_not_asked() -> None:
    beside = make_beside(DM=SDTM["DM"].replace("|60|", "|59|").replace("S|DM|S-02", "T|DM|S-02"))
    assert tell(check(make_analysis(), beside)) == [
        "error ADSL.AGE row 1: ADSRC001 AGE is not that of DM; 1 record: subject S-01 (AGE 60, in DM 59) (copy it, or "
        "give it another name)"
    ]


def test_without_sdtm_the_rules_that_need_it_say_so() -> None:
    report = check(make_analysis(), [])
    assert report.not_run["ADSL004"] == "there is no dataset DM"
    assert report.not_run["ADOCC016"] == "there is no dataset AE"
    assert report.not_run["ADSRC002"] == (
        "no SDTM dataset of a --SEQ in ADAE is there; no SDTM dataset of a --SEQ in ADTR is there; "
        "no SDTM dataset of a --SEQ in ADTTE is there"
    )


def test_a_subject_twice_in_adsl_is_one_finding_and_nothing_follows_from_it() -> None:
    again = ADAM["ADSL"].rstrip() + "\n        S|S-01|01|01|60|YEARS|F|ASIAN|XELOX|Y|XELOX|XELOX|2022-04-01||||"
    assert tell(check(make_analysis(ADSL=again))) == [
        "error ADSL.USUBJID rows 1, 3: ADSL002 subject S-01 is in ADSL more than once; rules that need ADSL leave the "
        "subject out; 2 records: subject S-01; subject S-01 (keep one record)"
    ]


def test_of_some_datasets_only_nothing_is_said_of_the_others() -> None:
    datasets = [dataset for dataset in make_analysis() if dataset.name == "ADTTE"]
    assert [problem.code for problem in check(datasets).problems] == ["ADSL001", "ADSRC005"]
    report = check(datasets, complete=False)
    assert report.problems == ()
    assert report.not_run["ADSL001"] == "only some datasets of the study were made"


def test_a_time_to_event_dataset_is_known_by_its_subclass_or_by_cnsr() -> None:
    rule = next(rule for rule in load_shipped_rules() if rule.id == "ADTTE002")
    datasets = [replace(dataset, sub_class="") for dataset in make_analysis() if dataset.name == "ADTTE"]
    assert check(datasets, rules=[rule]).run == ("ADTTE002",)
    datasets = [dataset for dataset in make_analysis() if dataset.name == "ADTR"]
    assert check(datasets, rules=[rule]).not_run == {"ADTTE002": "none of the datasets it is about is there"}


def test_numeric_dates_are_shown_as_dates() -> None:
    rule = Rule(
        "OWN001", "Early", Severity.NOTE, "ASTDT is {ASTDT} and treatment began {ADSL.TRTSDT}", datasets=("ADAE",),
        fails="ASTDT - ADSL.TRTSDT < 30",
    )  # fmt: skip
    assert tell(check(make_analysis(), rules=[rule])) == [
        "note ADAE row 1: OWN001 ASTDT is 2022-03-01 and treatment began 2022-03-01; 1 record: subject S-01 AESEQ 1"
    ]


def test_rules_of_the_study_are_for_sdtm_or_for_adam(tmp_path: Path) -> None:
    (tmp_path / "checks.yaml").write_text(
        """
rules:
  - {id: OWN001, title: Nobody is 61, severity: warning, datasets: [DM], fails: AGE == 61, message: "AGE is {AGE}"}
  - {id: OWN002, title: Nobody is 60, severity: warning, datasets: [ADSL], fails: AGE == 60, message: "AGE is {AGE}"}
""",
        encoding="utf-8",
    )
    load_rules(tmp_path / "checks.yaml", STANDARD)
    assert tell(check(make_analysis(), folder=tmp_path)) == [
        "warning ADSL row 1: OWN002 AGE is 60; 1 record: subject S-01"
    ]
    report = check_datasets(make_beside(), STANDARD, TERMINOLOGY, folder=tmp_path)
    assert [str(problem) for problem in report.problems if problem.code.startswith("OWN")] == [
        "DM row 2: OWN001 AGE is 61; 1 record: subject S-02"
    ]


def test_a_rule_is_not_for_both(tmp_path: Path) -> None:
    path = tmp_path / "checks.yaml"
    path.write_text(
        "rules:\n  - {id: OWN001, title: A, severity: note, datasets: [ADSL, DM], fails: AGE == 61, message: a}\n",
        encoding="utf-8",
    )
    with pytest.raises(ProblemsError) as raised:
        load_rules(path, STANDARD, shown="checks.yaml")
    assert [str(problem) for problem in raised.value.problems] == [
        "checks.yaml:2: CHECK004 rule OWN001 is for ADaM, but DM is not (write one rule for SDTM and another one for "
        "ADaM)"
    ]


def test_variables_of_another_domain_are_not_those_of_the_occurrence() -> None:
    dataset = make_analysis_dataset("ADAE", "USUBJID|AESEQ|AETERM|RFSTDTC\n01|1|Nausea|2022-03-01")
    rule = next(rule for rule in load_shipped_rules() if rule.id == "ADVAR003")
    assert [problem.place.variable for problem in check([dataset], rules=[rule]).problems] == []


def test_no_datasets_and_empty_datasets_are_no_trouble() -> None:
    assert check([]).problems == ()
    empty = [make_analysis_dataset(name, text.strip().splitlines()[0], labels=LABELS) for name, text in ADAM.items()]
    codes = {problem.code for problem in check(empty).problems}
    assert codes == {"ADVAR010", "ADSL005", "ADOCC017"}
