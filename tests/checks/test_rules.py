"""Every rule of the package: a tiny table that breaks it, with all it says, and one that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdisc_conv.checks import CheckReport, Rule, check_datasets, load_shipped_rules
from cdisc_conv.checks.analysis import is_analysis_name
from cdisc_conv.dataset import Dataset
from tests.checks.conftest import (
    ADAM_STANDARD,
    ADAM_TERMINOLOGY,
    STANDARD,
    TERMINOLOGY,
    make_analysis_dataset,
    make_dataset,
)

RULES = {rule.id: rule for rule in load_shipped_rules()}
CASES: dict[str, Any] = {
    rule: case
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for rule, case in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}


def run_case(rule: Rule, tables: dict[str, Any], ranges: int = 1) -> CheckReport:
    if not rule.analysis:
        datasets = [_make(make_dataset, name, table) for name, table in tables.items()]
        return check_datasets(datasets, STANDARD, TERMINOLOGY, created="2025-12-31", rules=[rule], ranges=ranges)
    own = [_make(make_analysis_dataset, name, tables[name]) for name in tables if is_analysis_name(name)]
    beside = [_make(make_dataset, name, tables[name]) for name in tables if not is_analysis_name(name)]
    options: dict[str, Any] = {"created": "2025-12-31", "rules": [rule], "beside": beside, "ranges": ranges}
    return check_datasets(own, ADAM_STANDARD, ADAM_TERMINOLOGY, **options)


def _make(make: Callable[..., Dataset], name: str, table: Any) -> Dataset:
    """Of a case: the text of a dataset, or its text and more; ``name:`` renames it."""
    if isinstance(table, str):
        return make(name, table)
    options = dict(table)
    renamed = options.pop("name", name)
    return replace(make(name, **options), name=renamed)


def test_every_rule_has_a_case() -> None:
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_breaks_the_rule_is_told(rule: Rule) -> None:
    report = run_case(rule, CASES[rule.id]["bad"])
    assert [str(problem) for problem in report.problems] == CASES[rule.id]["says"]
    assert {problem.severity for problem in report.problems} == {rule.severity}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_keeps_the_rule_is_silent(rule: Rule) -> None:
    report = run_case(rule, CASES[rule.id]["good"])
    assert [str(problem) for problem in report.problems] == []
    assert report.run == (rule.id,)
