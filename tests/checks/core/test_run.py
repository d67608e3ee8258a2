"""A rule from its text to its findings."""

from __future__ import annotations

from cdisc_conv.checks.core import list_findings, make_study, read_rule, run_core
from cdisc_conv.standards import load_standard
from tests.checks.core.packages import make_dataset, make_package, make_rule

SEVERITY = """
Authorities:
  - Organization: ACME
    Standards:
      - Name: SDTMIG
        Version: "3.4"
        References: [{Rule Identifier: {Id: AC-7}}]
Core: {Id: ACME-7, Status: Published}
Rule Type: Record Data
Sensitivity: Record
Scope: {Classes: {Include: [EVENTS]}, Domains: {Include: [ALL]}}
Check: {all: [{name: --TERM, operator: non_empty}, {name: --SEV, operator: empty}]}
Outcome: {Message: A term has no severity., Output Variables: [--TERM, --SEV]}
"""


def test_one_finding_for_each_combination_of_values() -> None:
    events = make_dataset(
        "AE",
        {
            "DOMAIN": ["AE"] * 4,
            "USUBJID": ["01", "02", "03", "04"],
            "AETERM": ["Nausea", "Nausea", "Rash", "Rash"],
            "AESEV": ["", "", "MILD", ""],
        },
    )
    study = make_study([events], load_standard("sdtmig", "3.4"))
    report = run_core(study, [read_rule(SEVERITY)])
    assert report.run == ("ACME-7",)
    assert [str(finding.as_problem()) for finding in list_findings(report)] == [
        "AE.AETERM rows 1, 2: ACME-7 A term has no severity: AETERM Nausea, AESEV blank; 2 records (rule AC-7)",
        "AE.AETERM row 4: ACME-7 A term has no severity: AETERM Rash, AESEV blank; 1 record (rule AC-7)",
    ]


def test_a_rule_says_which_variable_a_dataset_lacks() -> None:
    study = make_package(AE={"DOMAIN": ["AE"], "AETERM": ["Nausea"]})
    report = run_core(study, [read_rule(SEVERITY)])
    assert report.not_run == {"ACME-7": "AE has no AESEV"}


def test_a_rule_about_other_datasets_is_not_asked() -> None:
    study = make_package(VS={"DOMAIN": ["VS"], "VSTESTCD": ["PULSE"]})
    report = run_core(study, [read_rule(SEVERITY)])
    assert report.not_run == {"ACME-7": "none of the datasets it is about is there"}


def test_an_operator_that_nobody_knows_is_said() -> None:
    study = make_package(AE={"DOMAIN": ["AE"], "AETERM": ["Nausea"]})
    report = run_core(study, [make_rule("{all: [{name: AETERM, operator: sounds_like}]}")])
    assert report.not_run == {"X-1": "cdisc-conv does not know the operator 'sounds_like'"}


def test_a_finding_about_the_dataset_has_no_records() -> None:
    study = make_package(AE={"DOMAIN": ["AE", "AE"], "AETERM": ["", ""]})
    rule = read_rule(SEVERITY.replace("Sensitivity: Record", "Sensitivity: Dataset").replace("non_empty", "empty"))
    found = list_findings(run_core(study, [rule]))
    assert [str(finding.as_problem()) for finding in found] == []
    both = make_package(AE={"DOMAIN": ["AE", "AE"], "AETERM": ["", ""], "AESEV": ["", ""]})
    found = list_findings(run_core(both, [rule]))
    assert [str(finding.as_problem()) for finding in found] == [
        "AE.AETERM: ACME-7 A term has no severity: AETERM blank, AESEV blank (rule AC-7)"
    ]


def test_the_order_of_variables_is_that_of_each_part_of_a_split_dataset() -> None:
    rule = read_rule("""
        Core: {Id: X-1}
        Rule Type: Variable Metadata Check
        Sensitivity: Dataset
        Operations: [{id: $own, operator: get_column_order_from_dataset},
                     {id: $library, operator: get_column_order_from_library}]
        Check: {all: [{name: $own, operator: is_not_ordered_subset_of, value: $library}]}
        Outcome: {Message: The order is wrong, Output Variables: [$own]}
    """)
    parts = make_package(
        VSA={"STUDYID": ["S"], "DOMAIN": ["VS"], "VSTESTCD": ["PULSE"], "VSORRES": ["1"]},
        VSB={"STUDYID": ["S"], "DOMAIN": ["VS"], "USUBJID": ["01"], "VSTESTCD": ["PULSE"]},
    )
    assert run_core(parts, [rule]).hits == ()


def test_many_values_are_one_finding_that_lists_them() -> None:
    terms = [f"Term {number}" for number in range(1, 9)]
    study = make_package(AE={"DOMAIN": ["AE"] * 8, "AETERM": terms, "AESEV": [""] * 8})
    (found,) = list_findings(run_core(study, [read_rule(SEVERITY)]))
    assert str(found.as_problem()) == (
        "AE.AETERM rows 1, 2, 3, 4, 5, 6, 7, 8: ACME-7 A term has no severity: AETERM Term 1, Term 2, Term 3, Term 4, "
        "Term 5 and 3 more, AESEV blank; 8 records (rule AC-7)"
    )


def test_what_is_said_beside_an_operator_and_nobody_reads_is_said() -> None:
    study = make_package(AE={"DOMAIN": ["AE"], "AETERM": ["Nausea"]})
    rule = make_rule("{all: [{name: AETERM, operator: equal_to, value: Nausea, language: en}]}")
    report = run_core(study, [rule])
    assert (report.run, report.not_run) == ((), {"X-1": "cdisc-conv does not know 'language' of 'equal_to'"})
