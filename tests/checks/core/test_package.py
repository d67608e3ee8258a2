"""CDISC's rules beside our own in `check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.checks.core.package import NOT_IMPORTED, join_findings
from cdisc_conv.checks.core.rule.keep import import_rules
from cdisc_conv.checks.findings import Finding, Records
from cdisc_conv.checks.package.run import check
from cdisc_conv.problems import Place, Problem, Severity

REPEATED = """
Authorities:
  - Organization: CDISC
    Standards: [{Name: SDTMIG, Version: "3.4", References: [{Rule Identifier: {Id: CG0029}}]}]
Core: {Id: X-29, Status: STATUS}
Rule Type: Record Data
Sensitivity: Record
Scope: {Classes: {Include: [ALL]}, Domains: {Exclude: [DM]}}
Operations: [{id: $subjects, operator: distinct, domain: DM, name: USUBJID}]
Check: {all: [{name: USUBJID, operator: is_not_contained_by, value: $subjects}]}
Outcome: {Message: The subject is not in DM, Output Variables: [USUBJID]}
"""


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path / "mine"))
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "dm.csv").write_text("STUDYID,DOMAIN,USUBJID\nS,DM,01\n", encoding="utf-8")
    (folder / "ae.csv").write_text(
        "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM\nS,AE,01,1,Rash\nS,AE,02,1,Rash\n", encoding="utf-8"
    )
    return folder


def keep(folder: Path, status: str = "Published") -> None:
    (folder / "rule.yml").write_text(REPEATED.replace("STATUS", status), encoding="utf-8")
    import_rules(folder / "rule.yml", version="1")


def test_check_says_when_no_rules_are_imported(package: Path) -> None:
    assert check(package, sdtmig="3.4").notes[-1] == NOT_IMPORTED


def test_one_finding_carries_both_ids(package: Path, tmp_path: Path) -> None:
    keep(tmp_path)
    result = check(package, sdtmig="3.4")
    found = [finding for finding in result.findings if finding.problem.code in ("ID002", "X-29")]
    assert [(finding.problem.code, finding.also) for finding in found] == [("ID002", ("X-29",))]
    assert "X-29" in result.run
    assert result.rules["X-29"].source == "CDISC CG0029"
    assert result.notes[-1] == "CDISC has 1 rule for SDTMIG 3.4 (import 1); 1 could be asked"


def test_drafts_run_when_they_are_asked_for_and_say_so(package: Path, tmp_path: Path) -> None:
    keep(tmp_path, "Draft")
    assert check(package, sdtmig="3.4").notes[-1] == "the imported rules 1 have none for SDTMIG 3.4"
    result = check(package, sdtmig="3.4", drafts=True)
    assert result.rules["X-29"].source == "draft, not published by CDISC; CDISC CG0029"
    assert result.notes[-1] == (
        "CDISC has 1 rule for SDTMIG 3.4 (import 1); 1 could be asked; 1 draft among them, not published"
    )


def make_finding(code: str, *numbers: int, count: int = 0) -> Finding:
    problem = Problem(code, "wrong", Severity.WARNING, Place(dataset="AE"), count=count or len(numbers))
    return Finding(problem, "wrong", Records(numbers))


def test_findings_are_one_where_ours_have_all_the_records() -> None:
    same = {"ID002": frozenset({"X-29"})}
    both = join_findings([make_finding("ID002", 2, 3)], [make_finding("X-29", 2), make_finding("X-29", 3)], same)
    assert [(finding.problem.code, finding.also) for finding in both] == [("ID002", ("X-29",))]
    part = join_findings([make_finding("ID002", 2), make_finding("ID002", 3)], [make_finding("X-29", 3)], same)
    assert [(finding.problem.code, finding.also) for finding in part] == [("ID002", ()), ("ID002", ("X-29",))]
    other = join_findings([make_finding("ID002", 2, 3)], [make_finding("X-29", 2, 4)], same)
    assert [(finding.problem.code, finding.also) for finding in other] == [("ID002", ()), ("X-29", ())]
    more = join_findings([make_finding("ID002", 2)], [make_finding("X-29", 2, 4)], same)
    assert [finding.problem.code for finding in more] == ["ID002", "X-29"]


def test_of_more_records_than_are_kept_as_many_have_to_do() -> None:
    same = {"ID002": frozenset({"X-29"})}
    ours = [make_finding("ID002", 2, 3, count=500)]
    assert [one.also for one in join_findings(ours, [make_finding("X-29", 3, 4, count=500)], same)] == [("X-29",)]
    assert len(join_findings(ours, [make_finding("X-29", 3, 4, count=499)], same)) == 2


def test_findings_about_variables_are_one_where_they_name_the_same() -> None:
    same = {"EXP002": frozenset({"X-1", "X-2"})}

    def make(code: str, text: str, variable: str) -> Finding:
        return Finding(Problem(code, text, Severity.WARNING, Place(dataset="AE", variable=variable)), text)

    ours = [make("EXP002", "AESTDY is missing", "AESTDTC"), make("EXP002", "AEENDY is missing", "AEENDTC")]
    theirs = [make("X-1", "The day is not there", "AEENDY"), make("X-2", "Something is not there", "")]
    assert [one.also for one in join_findings(ours, theirs, same)] == [("X-2",), ("X-1", "X-2")]


TITLES = """
Core: {Id: X-30, Status: Draft}
Rule Type: Variable Metadata Check
Sensitivity: Variable
Scope: {Domains: {Include: [ALL]}}
Check: {all: [{name: variable_label, operator: is_not_title_case}]}
Outcome: {Message: The label is odd, Output Variables: [variable_name, variable_label]}
Authorities:
  - Organization: CDISC
    Standards: [{Name: SDTMIG, Version: "3.4", References: [{Rule Identifier: {Id: CG0359}}]}]
"""


def test_what_a_file_does_not_say_is_not_asked(package: Path, tmp_path: Path) -> None:
    (tmp_path / "rule.yml").write_text(TITLES, encoding="utf-8")
    import_rules(tmp_path / "rule.yml", version="1")
    (package / "zz.csv").write_text("STUDYID,DOMAIN,USUBJID,ZZSEQ\nS,ZZ,01,1\n", encoding="utf-8")
    result = check(package, sdtmig="3.4", drafts=True)
    assert [one.text for one in result.findings if one.problem.code == "X-30"] == []
    assert result.not_run["X-30"] == "AE has no variable_label; DM has no variable_label; ZZ has no variable_label"


def test_explanations_of_rules_that_are_not_imported_stay_quiet(package: Path, tmp_path: Path) -> None:
    said = "explanations:\n  - {rule: CORE-000001, dataset: AE, reason: the sponsor's way}\n"
    (package / "explanations.yaml").write_text(said, encoding="utf-8")
    assert [one.text for one in check(package, sdtmig="3.4").findings if one.problem.code.startswith("EXPL")] == []
    text = REPEATED.replace("STATUS", "Published").replace("X-29", "CORE-000029")
    (tmp_path / "rule.yml").write_text(text, encoding="utf-8")
    import_rules(tmp_path / "rule.yml", version="1")
    found = [one.text for one in check(package, sdtmig="3.4").findings if one.problem.code.startswith("EXPL")]
    assert found == ["there is no rule CORE-000001"]
