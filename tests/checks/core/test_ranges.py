"""CDISC's rules asked in ranges of subjects find what they find of everything at once, with the same words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.core_agreement import DEFAULT, load_rules
from cdisc_conv.checks.core import CoreReport, CoreRule, list_findings, make_study, read_rule, run_core
from cdisc_conv.checks.core.rule.support import stays_within
from cdisc_conv.checks.ranges import WHOLE, cut_datasets
from cdisc_conv.columns.stored import Shelf, Stored, write_tables
from cdisc_conv.dataset import Dataset
from tests.checks.core.packages import LIBRARY, make_dataset

SUBJECTS = ["03", "01", "02", "04", "02", "01", "04", "03"]
"""Of records: not sorted, so that no range is a block of them."""


def make_package() -> list[Dataset]:
    head = {"STUDYID": ["S"] * 8, "USUBJID": SUBJECTS}
    numbers = [1.0, 2.0, 2.0, 1.0, 2.0, 3.0, 1.0, None]
    terms = ["Rash", "", "Nausea", "Rash", "Pain", "Itch", "Fall", "Cough"]
    dates = ["2014-03-15", "2014-03", "2014-03-16", "", "2014-03-14", "2014-03-15", "2014-03-17", "2014-03-12"]
    tests = ["ALT", "AST", "ALT", "HGB", "ALT", "AST", "HGB", "ALT"]
    return [
        make_dataset("DM", {"DOMAIN": ["DM"] * 4, "USUBJID": ["04", "02", "01", "03"], "RFSTDTC": dates[4:]}),
        make_dataset("AE", {**head, "DOMAIN": ["AE"] * 8, "AESEQ": numbers, "AETERM": terms, "AESTDTC": dates}),
        make_dataset("LBHE", {**head, "DOMAIN": ["LB"] * 8, "LBSEQ": numbers, "LBTESTCD": tests[::-1]}),
        make_dataset("LBCH", {**head, "DOMAIN": ["LB"] * 8, "LBSEQ": numbers, "LBTESTCD": tests}),
        make_dataset("SUPPAE", {**head, "RDOMAIN": ["AE"] * 8, "QNAM": ["AEX", *["AEY"] * 7], "QVAL": terms}),
        make_dataset("TA", {"DOMAIN": ["TA"] * 2, "ARMCD": ["A", ""]}),
    ]


def make(number: int, check: str, more: str = "", kind: str = "Record Data", about: str = "Record") -> CoreRule:
    head = f"Core: {{Id: X-{number}}}\nRule Type: {kind}\nSensitivity: {about}\n"
    more = more.replace("; ", "\n") if "Scope" in more else f"Scope: {{Domains: {{Include: [ALL]}}}}\n{more}"
    return read_rule(f"{head}Check: {{all: [{check}]}}\n{more}\nOutcome: {{Message: It is wrong}}\n")


RULES = [
    make(0, "{name: AETERM, operator: empty}"),
    make(1, "{name: --SEQ, operator: is_not_unique_set, value: USUBJID}"),
    make(2, "{name: --SEQ, operator: non_empty}"),
    make(3, "{name: --SEQ, operator: empty}", about="Dataset"),
    make(4, "{name: AESTDTC, operator: date_less_than, value: RFSTDTC}",
         "Match Datasets: [{Name: DM, Keys: [USUBJID]}]"),
    make(5, "{name: AEX, operator: non_empty}", "Match Datasets: [{Name: SUPPAE, Keys: [USUBJID]}]"),
    make(6, "{name: LBTESTCD, operator: equal_to, value: ALT}",
         "Scope: {Domains: {Include: [LB]}}; Grouping_Variables: [USUBJID]", about="Group"),
    make(7, "{name: LBTESTCD, operator: equal_to, value: HGB}",
         "Scope: {Domains: {Include: [LB]}}; Grouping_Variables: [LBTESTCD]", about="Group"),
    make(8, "{name: variable_value_length, operator: greater_than, value: 4}",
         kind="Value Check with Variable Metadata"),
    make(9, "{name: USUBJID, operator: is_contained_by, value: $ids}",
         "Operations: [{id: $ids, operator: distinct, domain: AE, name: USUBJID}]"),
    make(10, "{name: ARMCD, operator: empty}"),
    make(11, "{name: NOTHERE, operator: empty}"),
    make(12, "{name: AETERM, operator: odd}"),
]  # fmt: skip


def describe(report: CoreReport) -> tuple[object, ...]:
    found = [(each.as_problem(), each.rows.tolist(), each.values) for each in list_findings(report)]
    return found, report.run, dict(report.not_run), {rule: dict(said) for rule, said in report.unasked.items()}


def test_rules_find_the_same_in_ranges() -> None:
    package = make_package()
    study = make_study(package, LIBRARY)
    whole = run_core(study, RULES)
    assert sum(map(stays_within, RULES)) == 10
    assert len({finding.rule.id for finding in list_findings(whole)}) == 11
    for count in (2, 7):
        assert describe(run_core(study, RULES, ranges=cut_datasets(package, count))) == describe(whole)


def test_rules_find_the_same_in_files(tmp_path: Path) -> None:
    """Datasets on disk, in files of three records; each range is written into a file of its own."""
    package = make_package()
    whole = run_core(make_study(package, LIBRARY), RULES)
    stored = [replace(each, frame=store(each, tmp_path)) for each in package]
    (tmp_path / "ranges").mkdir()
    ranges = cut_datasets(stored, 3, Shelf(tmp_path / "ranges"))
    assert len(list((tmp_path / "ranges").iterdir())) == 3 * 5
    assert describe(run_core(make_study(stored, LIBRARY), RULES, ranges=WHOLE)) == describe(whole)
    assert describe(run_core(make_study(stored, LIBRARY), RULES, ranges=ranges)) == describe(whole)


def store(dataset: Dataset, folder: Path) -> Stored:
    parts = [dataset.frame.iloc[start : start + 3] for start in range(0, len(dataset.frame), 3)]
    return Stored(
        tuple(write_tables(folder / f"{dataset.name}{number}", {"": part}) for number, part in enumerate(parts))
    )


def test_columns_of_whole_datasets_are_let_go_and_read_again() -> None:
    study = make_study(make_package(), LIBRARY)
    ae = study.named("AE")
    assert ae is not None
    codes = [vector.codes.tolist() for vector in [ae.view.find("AETERM")] if vector]
    study.view_whole(ae).find("AESEQ")
    study.forget(16)
    assert (ae.view.held, len(study.memo)) == (16, 1)
    study.forget(15)
    assert (ae.view.held, len(study.memo)) == (0, 0)
    assert [vector.codes.tolist() for vector in [ae.view.find("AETERM")] if vector] == codes


def test_all_published_rules_find_the_same_in_ranges() -> None:
    if not DEFAULT.is_dir():
        pytest.skip("CDISC's rules are not here")
    package = make_package()
    rules = [rule for rule in load_rules(DEFAULT)[0].values() if rule.is_for("SDTMIG", "3.4")]
    assert sum(map(stays_within, rules)) > 280
    study = make_study(package, LIBRARY)
    whole = describe(run_core(study, rules))
    assert describe(run_core(study, rules, ranges=cut_datasets(package, 3))) == whole
