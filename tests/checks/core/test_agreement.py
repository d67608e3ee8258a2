"""CDISC's published test cases: our answers are those that the rules' authors expect, and this does not get worse.

The rules and cases are not part of cdisc-conv; the test runs where they lie beside the checkout.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.core_agreement import DEFAULT, load_cases, load_rules, make_case_study, run_cases
from cdisc_conv.checks.core import Library, make_study, run_core
from cdisc_conv.checks.core.rule.support import list_unknown
from cdisc_conv.checks.core.run import CANNOT_RUN
from cdisc_conv.dataset import Dataset
from cdisc_conv.standards import load_standard

DIFFERENT = {
    "CORE-000239 negative 01",
    "CORE-000272 negative 03",
    "CORE-000355 negative 01",
    "CORE-000560 negative 01",
    "CORE-000612 negative 01",
    "CORE-000699 negative 01",
    "CORE-000711 negative 01",
    "CORE-000714 negative 01",
    "CORE-000718 positive 01",
}
"""Where we find other records, each explained in docs/core.md."""
OTHER_VALUES = {
    "CORE-000328 negative 01",
    "CORE-000700 negative 01",
    "CORE-000793 negative 01",
    "CORE-000862 negative 01",
}
"""Where we find the same records and report a variable more, as CDISC's engine does."""
PAGE = Path(__file__).resolve().parents[3] / "docs" / "core.md"


def test_published_cases() -> None:
    if not DEFAULT.is_dir():
        pytest.skip("CDISC's rules and their cases are not here")
    outcomes = [outcome for outcome in run_cases(DEFAULT) if outcome.case.published]
    assert len(outcomes) >= 680
    assert {outcome.name for outcome in outcomes if outcome.result == "different"} <= DIFFERENT
    assert {outcome.name for outcome in outcomes if outcome.result == "records"} <= OTHER_VALUES


def test_every_difference_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in sorted(DIFFERENT | OTHER_VALUES) if name.split()[0] not in page] == []


@pytest.fixture(scope="module")
def everything() -> list[Dataset]:
    """The first dataset of each name that some case has."""
    if not DEFAULT.is_dir():
        pytest.skip("CDISC's rules and their cases are not here")
    datasets: dict[str, Dataset] = {}
    for case in load_cases(DEFAULT)[::4]:
        for table in make_case_study(case, Library()).tables:
            datasets.setdefault(table.name, table.dataset)
    return list(datasets.values())


@pytest.mark.parametrize(("version", "count"), [("3.2", 259), ("3.3", 294), ("3.4", 330)])
def test_every_published_rule_executes(everything: list[Dataset], version: str, count: int) -> None:
    """No rule fails, and none asks for what we do not know; a rule that is not asked lacks a variable or a dataset."""
    rules = [rule for rule in load_rules(DEFAULT)[0].values() if not rule.draft and rule.is_for("SDTMIG", version)]
    assert len(rules) == count
    assert [rule.id for rule in rules if list_unknown(rule)] == []
    report = run_core(make_study(everything, load_standard("sdtmig", version)), rules)
    reasons = [why for said in report.unasked.values() for why in said.values()]
    assert [why for why in reasons if CANNOT_RUN in why or "does not know" in why] == []
    assert len(report.run) > 0.8 * count
