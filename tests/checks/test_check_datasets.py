"""What check_datasets does beyond single rules: grouping, what is not run, and no findings that follow from another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cdisc_conv.checks import CheckReport, Rule, check_datasets, load_shipped_rules
from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Severity
from tests.checks.conftest import STANDARD, TERMINOLOGY, make_dataset

SOUND = {
    "DM": """
        STUDYID|DOMAIN|USUBJID|SUBJID|RFSTDTC|RFENDTC|RFXSTDTC|RFXENDTC|RFICDTC|RFPENDTC|DTHDTC|DTHFL|SITEID|AGE|AGEU|SEX|RACE|ARMCD|ARM|ACTARMCD|ACTARM|ARMNRS|ACTARMUD|COUNTRY
        S|DM|S-01|01|2022-03-01|2022-05-01|2022-03-01|2022-05-01|2022-02-20|2022-06-01|||01|60|YEARS|F|ASIAN|X|XELOX|X|XELOX|||CHN
        S|DM|S-02|02|2022-03-02|2022-05-02|2022-03-02|2022-05-02|2022-02-21|2022-06-02|2022-06-02|Y|01|61|YEARS|M|ASIAN|X|XELOX|X|XELOX|||CHN
        """,
    "AE": """
        STUDYID|DOMAIN|USUBJID|AESEQ|AETERM|AEDECOD|AESER|AEOUT|AESDTH|AESHOSP|AETOXGR|EPOCH|AESTDTC|AEENDTC|AESTDY|AEENDY
        S|AE|S-01|1|nausea|Nausea|N|RECOVERED/RESOLVED|N|N|2|TREATMENT|2022-03-01|2022-03-05|1|5
        S|AE|S-02|1|sepsis|Sepsis|Y|FATAL|Y|Y|5|TREATMENT|2022-05-20|2022-06-02|80|93
        """,
    "EX": """
        STUDYID|DOMAIN|USUBJID|EXSEQ|EXTRT|EXDOSE|EXDOSU|EXDOSFRM|EPOCH|EXSTDTC|EXENDTC|EXSTDY|EXENDY
        S|EX|S-01|1|THALIDOMIDE|100|mg|TABLET|TREATMENT|2022-03-01|2022-05-01|1|62
        S|EX|S-02|1|THALIDOMIDE|100|mg|TABLET|TREATMENT|2022-03-02|2022-05-02|1|62
        """,
    "DS": """
        STUDYID|DOMAIN|USUBJID|DSSEQ|DSTERM|DSDECOD|DSCAT|EPOCH|DSSTDTC|DSSTDY
        S|DS|S-01|1|COMPLETED|COMPLETED|DISPOSITION EVENT|FOLLOW-UP|2022-06-01|93
        S|DS|S-02|1|DEATH|DEATH|DISPOSITION EVENT|FOLLOW-UP|2022-06-02|93
        S|DS|S-01|2|CONSENT|INFORMED CONSENT OBTAINED|PROTOCOL MILESTONE|SCREENING|2022-02-20|-9
        S|DS|S-02|2|CONSENT|INFORMED CONSENT OBTAINED|PROTOCOL MILESTONE|SCREENING|2022-02-21|-9
        """,
    "VS": """
        STUDYID|DOMAIN|USUBJID|VSSEQ|VSTESTCD|VSTEST|VSORRES|VSORRESU|VSSTRESC|VSSTRESN|VSSTRESU|VSLOBXFL|VISITNUM|EPOCH|VSDTC|VSDY
        S|VS|S-01|1|WEIGHT|Weight|61|kg|61|61|kg|Y|1|SCREENING|2022-02-28|-1
        S|VS|S-02|1|WEIGHT|Weight|71|kg|71|71|kg|Y|1|SCREENING|2022-02-28|-2
        """,
}


def make_all(**changed: str) -> list[Dataset]:
    return [make_dataset(name, changed.get(name, text)) for name, text in SOUND.items()]


def check(datasets: list[Dataset], **options: object) -> CheckReport:
    return check_datasets(datasets, STANDARD, TERMINOLOGY, created="2025-12-31", **options)  # type: ignore[arg-type]


def tell(report: CheckReport) -> list[str]:
    return [f"{problem.severity.value} {problem}" for problem in report.problems]


def add_lines(name: str, *lines: str) -> str:
    return "\n".join([SOUND[name].rstrip(), *lines])


def test_sound_data_give_not_a_word_beyond_missing_expected_variables() -> None:
    report = check(make_all())
    assert {problem.code for problem in report.problems} == {"VAR003", "TRD001", "EXP005", "EXP008", "AE011"}
    assert sorted(problem.place.variable for problem in report.problems if problem.code == "VAR003") == [
        "AEACN", "AEBDSYCD", "AEBODSYS", "AEHLGT", "AEHLGTCD", "AEHLT", "AEHLTCD", "AELLT", "AELLTCD", "AEPTCD",
        "AEREL", "AESOC", "AESOCCD",
    ]  # fmt: skip


def test_every_rule_is_either_run_or_not_run_with_a_reason() -> None:
    report = check(make_all())
    assert sorted([*report.run, *report.not_run]) == sorted(
        rule.id for rule in load_shipped_rules() if not rule.analysis
    )
    assert report.not_run["VIS003"] == ("there is no dataset SV; DM has no VISITNUM; AE has no VISITNUM; and 2 more")
    assert report.not_run["TS004"] == "none of the datasets it is about is there"
    assert report.not_run["FND003"] == "VS has no VSSTAT"
    assert "AE008" in report.run


def test_a_subject_twice_in_dm_is_one_finding_and_nothing_follows_from_it() -> None:
    again = (
        "S|DM|S-01|01|2023-01-01|2021-05-01|2023-01-01|2023-05-01|2023-02-20|2022-06-01|2021-01-01|Y"
        "|01|60|YEARS|F|ASIAN|X|XELOX|X|XELOX|||CHN"
    )
    before, after = tell(check(make_all())), tell(check(make_all(DM=add_lines("DM", again))))
    assert [message for message in after if message not in before] == [
        "error DM.USUBJID rows 1, 3: ID003 subject S-01 is in DM more than once; rules that need DM leave the subject "
        "out; 2 records: subject S-01; subject S-01 (keep one record)",
        # The second record contradicts itself, which is not a consequence of there being two.
        "error DM.RFSTDTC row 3: DM014 RFSTDTC is later than RFENDTC; 1 record: subject S-01 "
        "(RFSTDTC 2023-01-01, RFENDTC 2021-05-01) (check what both are derived from)",
        "warning DM.RFICDTC row 3: DM016 RFICDTC is later than the first study treatment (RFXSTDTC); 1 record: subject "
        "S-01 (RFICDTC 2023-02-20, RFXSTDTC 2023-01-01) (ask the site which date is right)",
    ]


def test_what_the_public_rules_engine_misses_is_found() -> None:
    datasets = make_all(
        DM=SOUND["DM"].replace("|F|ASIAN", "|Z|ASIAN"),
        DS=SOUND["DS"].replace("|COMPLETED|COMPLETED|", "|COMPLETED|completed|"),
        AE=SOUND["AE"].replace("2022-03-01|2022-03-05|1|5", "2014-13-45|2022-03-05||5"),
    )
    datasets.append(make_dataset("TS", "STUDYID|DOMAIN|TSSEQ|TSPARMCD|TSPARM|TSVAL\nS|TS|1|XYZABC|Something|1"))
    label = make_dataset("VS", SOUND["VS"], labels={"VSORRES": "Result or Finding in Original Unit"})
    datasets = [label if dataset.name == "VS" else dataset for dataset in datasets]
    codes = {(problem.code, problem.place.variable) for problem in check(datasets).problems}
    assert codes >= {
        ("CT001", "SEX"),
        ("CT002", "DSDECOD"),
        ("DAT001", "AESTDTC"),
        ("TS002", "TSPARMCD"),
        ("VAR005", "VSORRES"),
    }


def test_many_values_are_told_in_one_more_finding() -> None:
    lines = [f"S-01|{number}|2014-13-{number:02d}" for number in range(1, 51)]
    dataset = make_dataset("AE", "\n".join(["USUBJID|AESEQ|AESTDTC", *lines, *lines]))
    rule = next(rule for rule in load_shipped_rules() if rule.id == "DAT001")
    problems = check([dataset], rules=[rule]).problems
    assert len(problems) == 21
    assert [problem.count for problem in problems] == [2] * 20 + [60]
    assert str(problems[-1]) == (
        "AE.AESTDTC rows 21, 22, 23, 24, 25, 26, 27, 28, 29, 30: DAT001 the same for 30 more values; 60 records: "
        "subject S-01 AESEQ 21; subject S-01 AESEQ 22; subject S-01 AESEQ 23; and 57 more (write YYYY-MM-DDThh:mm, cut "
        "off where it is not known, and only days that there are)"
    )


def test_a_finding_is_also_data() -> None:
    rule = next(rule for rule in load_shipped_rules() if rule.id == "CT001")
    problem = check([make_dataset("DM", "USUBJID|SEX\n01|F\n02|Z\n03|Z")], rules=[rule]).problems[0]
    assert (problem.code, problem.severity, problem.value, problem.count) == ("CT001", Severity.ERROR, "Z", 2)
    assert (problem.place.dataset, problem.place.variable, problem.place.rows) == ("DM", "SEX", (2, 3))


def test_of_some_datasets_only_nothing_is_said_of_the_others() -> None:
    supplemental = make_dataset("SUPPAE", "RDOMAIN|USUBJID|IDVAR|IDVARVAL|QNAM\nAE|01|AESEQ|1|AETRTEM")
    rule = next(rule for rule in load_shipped_rules() if rule.id == "REL001")
    assert [problem.code for problem in check([supplemental], rules=[rule]).problems] == ["REL001"]
    report = check([supplemental], rules=[rule], complete=False)
    assert report == CheckReport((), (), {"REL001": "only some datasets of the study were made"})


def test_no_datasets_and_empty_datasets_are_no_trouble() -> None:
    report = check([])
    assert report.problems == ()
    assert report.run == ()
    empty = check([make_dataset(name, text.strip().splitlines()[0]) for name, text in SOUND.items()])
    assert {problem.code for problem in empty.problems} == {"VAR003", "VAR013", "TRD001", "EXP008"}


def test_a_custom_domain_is_held_against_its_class() -> None:
    standard = make_dataset("VS", "USUBJID|VSSEQ|VSTESTCD|VSDTC\n01|1|WEIGHT|2014-13-45")
    frame = standard.frame.rename(columns=lambda name: name.replace("VS", "XX"))
    columns = tuple(replace(column, name=column.name.replace("VS", "XX")) for column in standard.columns)
    custom = Dataset("XX", "Extra Tests", frame, columns, class_name="FINDINGS")
    found = {(problem.code, problem.place.variable) for problem in check([custom]).problems}
    assert {("DAT001", "XXDTC"), ("VAR001", "XXTEST"), ("VAR003", "XXORRES")} <= found


def test_rules_of_the_study_are_added(tmp_path: Path) -> None:
    (tmp_path / "checks.yaml").write_text(
        """
rules:
  - {id: OWN001, title: Nobody is 61, severity: warning, datasets: [DM], fails: AGE == 61, message: "AGE is {AGE}",
     variable: AGE}
""",
        encoding="utf-8",
    )
    report = check(make_all(), folder=tmp_path)
    assert [str(problem) for problem in report.problems if problem.code == "OWN001"] == [
        "DM.AGE row 2: OWN001 AGE is 61; 1 record: subject S-02"
    ]
    assert "OWN001" in report.run


def test_what_is_wrong_with_the_study_rules_is_among_the_findings(tmp_path: Path) -> None:
    path = tmp_path / "checks.yaml"
    path.write_text(
        "rules:\n  - {id: AE001, title: Taken, severity: note, fails: 'AESER == \"\"', message: no}\n", encoding="utf-8"
    )
    problems = [problem for problem in check(make_all(), folder=tmp_path).problems if problem.code == "CHECK001"]
    assert [problem.message for problem in problems] == ["rule AE001 has the id of a rule of the package"]
    path.write_text("rules: 3\n", encoding="utf-8")
    problems = [problem for problem in check(make_all(), folder=tmp_path).problems if problem.code == "SPEC002"]
    assert [problem.message for problem in problems] == ["a file of rules needs a list 'rules'"]


def test_a_rule_that_cannot_be_computed_is_not_run() -> None:
    rule = Rule("OWN001", "Age is a text", Severity.NOTE, "odd", datasets=("DM",), fails='AGE == "61"')
    report = check(make_all(), rules=[rule])
    assert report.problems == ()
    assert report.not_run == {
        "OWN001": 'in DM, AGE is a number and "61" is a text, which do not compare, at character 5 of: AGE == "61"'
    }


def test_a_wrong_pair_is_one_finding_and_the_right_one_is_left_alone() -> None:
    rule = next(rule for rule in load_shipped_rules() if rule.id == "DM005")
    lines = ["USUBJID|ARMCD|ARM", "01|A|Arm A", "02|A|Arm A", "03|A|Arm B", "04|B|Arm B"]
    found = check([make_dataset("DM", "\n".join(lines))], rules=[rule]).problems
    assert [(problem.place.rows, problem.count) for problem in found] == [((3,), 1)]
    lines = ["USUBJID|ARMCD|ARM", "01|A|Arm A", "02|A|Arm A", "03|B|Arm B", "04|B|Arm B", "05|A|Arm B"]
    found = check([make_dataset("DM", "\n".join(lines))], rules=[rule]).problems
    assert [(problem.place.rows, problem.count) for problem in found] == [((5,), 1)]
