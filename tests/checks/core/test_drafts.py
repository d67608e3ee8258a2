"""Rules for ADaM that CDISC has not published: faults planted in a small package, each found by its rule.

CDISC publishes no cases for them. The rules are not part of cdisc-conv; the test runs where they lie beside the
checkout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.core_agreement import DEFAULT, load_rules
from cdisc_conv.checks.core import CoreRule, Study, make_study, run_core
from cdisc_conv.dataset import Dataset
from cdisc_conv.standards import load_standard
from tests.checks.core.packages import make_dataset

Columns = Mapping[str, Sequence[Any]]

ADSL: Columns = {
    "STUDYID": ["S", "S"],
    "USUBJID": ["01", "02"],
    "SEX": ["F", "M"],
    "COMPLFL": ["Y", "N"],
    "FASFL": ["Y", "Y"],
    "ITTFL": ["Y", "Y"],
    "PPROTFL": ["Y", "N"],
    "SAFFL": ["Y", "Y"],
    "RANDFL": ["Y", "Y"],
    "ENRLFL": ["Y", "Y"],
    "SAFFN": [1, 1],
}
ADPPK: Columns = {
    "STUDYID": ["S"] * 4,
    "USUBJID": ["01", "01", "02", "02"],
    "PARAMCD": ["CONC"] * 4,
    "SEX": ["F", "F", "M", "M"],
    "SEXN": [1, 1, 2, 2],
    "EVID": [0, 1, 0, 1],
    "MDV": [0, 1, 0, 1],
}
DM: Columns = {"STUDYID": ["S", "S"], "DOMAIN": ["DM", "DM"], "USUBJID": ["01", "02"]}


@pytest.fixture(scope="module")
def drafts() -> dict[str, CoreRule]:
    if not DEFAULT.is_dir():
        pytest.skip("CDISC's rules and their cases are not here")
    rules, _ = load_rules(DEFAULT)
    return {rule.id: rule for rule in rules.values() if rule.draft and rule.is_for("ADaMIG", "1.3")}


def make_analysis(adsl: Columns, adppk: Columns) -> Study:
    datasets = [make_dataset("ADSL", adsl), make_dataset("ADPPK", adppk)]
    declared = [replace(datasets[0], class_name="SUBJECT LEVEL ANALYSIS DATASET"), datasets[1]]
    return make_study(declared, load_standard("adamig", "1.3"), beside=[make_dataset("DM", DM)])


def list_rules(study: Study, rules: dict[str, CoreRule]) -> set[str]:
    return {hits.rule.id for hits in run_core(study, rules.values()).hits}


def rename(columns: Columns, old: str, new: str) -> Columns:
    return {new if name == old else name: values for name, values in columns.items()}


@pytest.mark.parametrize(
    ("end", "adsl", "adppk"),
    [
        ("AD0019", {**ADSL, "COMPLFL": ["Q", "N"]}, ADPPK),
        ("AD0020", {**ADSL, "FASFL": ["Q", "N"]}, ADPPK),
        ("AD0021", {**ADSL, "ITTFL": ["Q", "N"]}, ADPPK),
        ("AD0022", {**ADSL, "PPROTFL": ["Q", "N"]}, ADPPK),
        ("AD0023", {**ADSL, "SAFFL": ["Q", "N"]}, ADPPK),
        ("AD0024", {**ADSL, "RANDFL": ["Q", "N"]}, ADPPK),
        ("AD0025", {**ADSL, "ENRLFL": ["Q", "N"]}, ADPPK),
        ("AD0030", {**ADSL, "SAFFN": [1, 7]}, ADPPK),
        ("AD0053", {**ADSL, "USUBJID": ["01", "99"]}, ADPPK),
        ("AD0054", {**ADSL, "USUBJID": ["01", "01"]}, ADPPK),
        ("AD0013", rename(ADSL, "SAFFN", "SAFETYNUM"), ADPPK),
        ("AD0873", ADSL, {**ADPPK, "SEXN": [1, 2, 2, 2]}),
    ],
)
def test_a_planted_fault_is_found(drafts: dict[str, CoreRule], end: str, adsl: Columns, adppk: Columns) -> None:
    before, after = (list_rules(study, drafts) for study in (make_analysis(ADSL, ADPPK), make_analysis(adsl, adppk)))
    wanted = {name for name in drafts if name.endswith(end)}
    assert wanted
    assert wanted <= after, sorted(after - before)
    assert not wanted & before


def test_rules_for_a_subclass_are_asked_of_it_only(drafts: dict[str, CoreRule]) -> None:
    other: Dataset = make_dataset(
        "ADVS", {name: values for name, values in ADPPK.items() if name not in ("EVID", "MDV")}
    )
    study = make_study([other], load_standard("adamig", "1.3"))
    asked = {rule for rule in run_core(study, drafts.values()).run if drafts[rule].scope.subclasses.include}
    assert {rule for rule in asked if drafts[rule].scope.subclasses.include != ("ALL",)} == set()
