"""Rules read from YAML: everything that can be wrong is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.checks import load_rules
from cdisc_conv.checks.load import load_shipped_rules
from cdisc_conv.problems import ProblemsError
from tests.checks.conftest import STANDARD

STUDY = Path(__file__).parents[2] / "mappings" / "hope2021_thal_agc" / "checks.yaml"


def load_problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "checks.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as raised:
        load_rules(path, STANDARD, shown="checks.yaml")
    return [str(problem) for problem in raised.value.problems]


def test_a_rule_is_read(tmp_path: Path) -> None:
    path = tmp_path / "checks.yaml"
    path.write_text(
        """
rules:
  - id: OWN001
    title: Adults
    severity: error
    datasets: [DM]
    fails: AGE < 18
    variable: AGE
    message: AGE is {AGE}
""",
        encoding="utf-8",
    )
    (rule,) = load_rules(path, STANDARD)
    assert (rule.id, rule.severity.value, rule.datasets, rule.fails) == ("OWN001", "error", ("DM",), "AGE < 18")
    assert rule.placeholders == ("AGE",)
    assert rule.place.line == 3


def test_unknown_missing_and_wrong_keys(tmp_path: Path) -> None:
    text = """\
rules:
  - id: OWN001
    title: Adults
    severity: fatal
    data: [DM]
    fails: AGE < 18
rule: 3
"""
    assert load_problems(tmp_path, text) == [
        "checks.yaml:7: SPEC001 a file of rules has no 'rule' (did you mean rules?)",
        "checks.yaml:4: SPEC003 'severity' of rule OWN001 cannot be 'fatal' (choose one of: error, warning, note)",
        "checks.yaml:2: SPEC002 rule OWN001 needs 'message'",
        "checks.yaml:5: SPEC001 rule OWN001 has no 'data' (did you mean datasets?)",
    ]


def test_ids_and_what_a_rule_asks(tmp_path: Path) -> None:
    text = """\
rules:
  - {id: own1, title: A, severity: note, message: a, fails: AGE < 18}
  - {id: OWN002, title: A, severity: note, message: a}
  - {id: OWN003, title: A, severity: note, message: a, fails: AGE < 18, check: unique}
  - {id: OWN004, title: A, severity: note, message: a, fails: AGE < 18, with: {per: [USUBJID]}}
  - {id: OWN004, title: A, severity: note, message: a, fails: AGE < 18}
  - just a text
"""
    assert load_problems(tmp_path, text) == [
        "checks.yaml:2: CHECK006 'own1' is not an id of a rule (write letters and three digits, such as AGE001)",
        "checks.yaml:3: CHECK003 rule OWN002 needs either 'fails' or 'check'",
        "checks.yaml:4: CHECK003 rule OWN003 needs either 'fails' or 'check'",
        "checks.yaml:4: SPEC002 check 'unique' needs 'per'",
        "checks.yaml:5: CHECK003 rule OWN004 has 'with' but no 'check'",
        "checks.yaml:6: CHECK001 rule OWN004 is there twice; the first is on line 5",
        "checks.yaml:7: SPEC003 a rule is a mapping of keys such as id, title, severity and message",
    ]


def test_check_functions_and_their_parameters(tmp_path: Path) -> None:
    text = """\
rules:
  - {id: OWN001, title: A, severity: note, message: a, check: unike, with: {per: [USUBJID]}}
  - {id: OWN002, title: A, severity: note, message: a, check: count, with: {per: [USUBJID], atmost: 3}}
  - id: OWN003
    title: A
    severity: note
    message: a
    check: needs_record
    with:
      dataset: DS
      where: DSDECOD = "DEATH"
  - {id: OWN004, title: A, severity: note, message: a, check: text_pattern, with: {pattern: "("}}
"""
    assert load_problems(tmp_path, text) == [
        "checks.yaml:2: CHECK002 there is no check 'unike' (did you mean unique?)",
        "checks.yaml:3: SPEC001 check 'count' has no 'atmost' (did you mean most?)",
        'checks.yaml:11: EXPR002 "=" is not an operator, at character 9 of: DSDECOD = "DEATH" (write == to compare)',
        "checks.yaml:12: SPEC003 'pattern' of check 'text_pattern': not a regular expression: Invalid regular "
        "expression: missing ): (",
    ]


def test_datasets_variables_and_types(tmp_path: Path) -> None:
    text = """\
rules:
  - id: OWN001
    title: A
    severity: note
    datasets: [AE, AEE]
    where: AESR == "Y" and DM.AGEE > 3
    fails: AETOXGR > 3 and AESTDTC + 1 > 2
    variable: AESERR
    message: AETOXGR is {AETOXX}
  - {id: OWN002, title: A, severity: note, message: a, fails: 'EX.EXDOSE > 3'}
"""
    assert load_problems(tmp_path, text) == [
        "checks.yaml:5: CHECK004 there is no dataset or class AEE (did you mean AE?)",
        "checks.yaml:6: CHECK005 AE has no variable AESR (did you mean AESER?)",
        "checks.yaml:6: CHECK005 DM has no variable AGEE (did you mean AGE?)",
        "checks.yaml:7: EXPR009 AETOXGR is a text and 3 is a number, which do not compare, at character 9 of: "
        "AETOXGR > 3 and AESTDTC + 1 > 2 (write number(AETOXGR))",
        'checks.yaml:7: EXPR010 what "+" computes with must be a number, but AESTDTC is a text, at character 17 of: '
        "AETOXGR > 3 and AESTDTC + 1 > 2 (write concat(a, b) to join texts)",
        "checks.yaml:8: CHECK005 AE has no variable AESERR (did you mean AESER?)",
        "checks.yaml:9: CHECK005 AE has no variable AETOXX (did you mean AETOX?)",
        "checks.yaml:10: CHECK005 EX.EXDOSE cannot be read here (beside the dataset's own variables there are those "
        "of DM. and, in ADaM, ADSL.; check: needs_record looks into other datasets)",
    ]


def test_the_rules_of_the_package_fit_the_standard() -> None:
    shipped = [rule.id for rule in load_shipped_rules()]
    files = sorted({Path(rule.place.file) for rule in load_shipped_rules()})
    assert [rule.id for path in files for rule in load_rules(path, STANDARD)] == shipped


def test_the_rules_of_the_study_are_sound() -> None:
    ids = [rule.id for rule in load_rules(STUDY, STANDARD)]
    assert ids == [f"HOPE{number:03d}" for number in range(1, len(ids) + 1)]
