"""Checks in ranges of subjects find what they find in all subjects at once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import hope2021
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.checks import CheckReport, Rule, check_datasets
from cdisc_conv.checks.ranges import cut_datasets, split_tables
from cdisc_conv.checks.tables import Tables
from cdisc_conv.checks.told import Cause, Findings, Told, merge_told
from cdisc_conv.dataset import Dataset
from tests.checks.conftest import (
    ADAM_STANDARD,
    ADAM_TERMINOLOGY,
    STANDARD,
    TERMINOLOGY,
    make_analysis_dataset,
    make_dataset,
)
from tests.checks.test_rules import CASES, RULES, run_case

SUBJECTS = 12


def describe(report: CheckReport) -> tuple[object, ...]:
    """Everything that a report has of its findings."""
    return report.problems, report.run, dict(report.not_run), report.findings


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_finds_the_same_in_ranges(rule: Rule) -> None:
    for kind, ranges in (("bad", 3), ("good", 2)):
        whole = run_case(rule, CASES[rule.id][kind])
        parts = run_case(rule, CASES[rule.id][kind], ranges=ranges)
        assert (parts.problems, parts.findings) == (whole.problems, whole.findings)
        assert parts.run == whole.run


@cache
def take_study(planted: bool) -> tuple[list[Dataset], list[Dataset]]:
    """The SDTM and the analysis datasets of some simulated subjects, sound or with a fault in every column."""
    subjects = sorted(hope2021.frame("DM")["USUBJID"])[:SUBJECTS]
    found: tuple[list[Dataset], list[Dataset]] = ([], [])
    for name, dataset in hope2021.datasets().items():
        frame = dataset.frame
        if "USUBJID" in frame:
            frame = frame[frame["USUBJID"].isin(subjects)].reset_index(drop=True)
        found[name.startswith("AD")].append(replace(dataset, frame=plant(frame) if planted else frame))
    return found


def plant(frame: pd.DataFrame) -> pd.DataFrame:
    """Every column has values that are wrong, blank, and those of other records; some records are there twice."""
    random = np.random.default_rng(9)
    columns = {}
    for name, column in frame.items():
        rows = random.random(len(frame))
        if str(name) == "USUBJID":
            columns[name] = column
        elif pd.api.types.is_numeric_dtype(column):
            columns[name] = column.mask(rows < 0.05, -7.5).mask(rows > 0.95)
        else:
            mixed = column.take(random.permutation(len(frame))).reset_index(drop=True)
            columns[name] = column.mask(rows < 0.04, "Wrong value").mask(rows > 0.96, "").where(rows < 0.9, mixed)
    made = pd.DataFrame(columns)
    if "USUBJID" not in made:
        return made
    return pd.concat([made, made.iloc[::9]]).sort_values("USUBJID", ignore_index=True, kind="stable")


@pytest.mark.parametrize("planted", [False, True], ids=["sound", "planted"])
def test_all_rules_find_the_same_in_ranges_of_the_simulated_study(planted: bool) -> None:
    sdtm, analysis = take_study(planted)
    for datasets, versus, beside in (
        (sdtm, (STANDARD, TERMINOLOGY), ()),
        (analysis, (ADAM_STANDARD, ADAM_TERMINOLOGY), sdtm),
    ):
        whole, parts = (
            check_datasets(datasets, *versus, created="2026-01-31", beside=beside, keep=4, ranges=ranges)
            for ranges in (1, 3)
        )
        assert list_differences(whole, parts) == []
        assert describe(parts) == describe(whole)
        assert len({problem.code for problem in whole.problems}) > (60 if planted and datasets is sdtm else 0)


def list_differences(one: CheckReport, other: CheckReport) -> list[str]:
    mine, theirs = ({str(problem): None for problem in report.problems} for report in (one, other))
    return [
        *(f"- {text}" for text in mine if text not in theirs),
        *(f"+ {text}" for text in theirs if text not in mine),
    ]


def test_columns_of_whole_datasets_are_let_go_and_read_again():
    ae = make_dataset("AE", "USUBJID|AETERM\n01|a\n01|b\n02|a")
    tables = Tables([ae], STANDARD, TERMINOLOGY)
    (table,) = tables.tables
    codes = table.coded("AETERM").codes.tolist()
    assert table.held == 3
    tables.forget(3)
    assert table.held == 3
    tables.forget(2)
    assert table.held == 0
    assert table.coded("AETERM").codes.tolist() == codes


def test_the_records_of_a_split_domain_are_let_go_too():
    parts = [
        replace(make_dataset(name, f"USUBJID|LBSEQ\n0{number}|1\n02|{number}"), domain="LB")
        for number, name in enumerate(("LBCH", "LBHE"), 1)
    ]
    tables = Tables(parts, STANDARD, TERMINOLOGY)
    table, other = tables.tables
    domain = table.domain_table
    assert [domain.coded("USUBJID").text(row) for row in range(4)] == ["01", "02", "02", "02"]
    assert table.domain_table is domain
    assert table.held == 2 * 1 + 4 * 2 + 4
    tables.forget(0)
    assert (table.held, other.held) == (0, 0)
    assert table.domain_table is not domain


def test_a_test_that_another_subject_has_is_a_test() -> None:
    """Whether a parameter is the name of a test is asked of all records, not of those of a range."""
    tests = "STUDYID|USUBJID|VSSEQ|VSTESTCD|VSSTRESN\nS|01|1|PULSE|60\nS|02|1|TEMP|37"
    values = "STUDYID|USUBJID|PARAMCD|PARAM|AVAL|SRCDOM|SRCSEQ|VSSEQ\nS|01|TEMP|Temperature|60|VS|1|1"
    analysis = make_analysis_dataset("ADVS", values)
    found = [
        check_datasets(
            [analysis], ADAM_STANDARD, ADAM_TERMINOLOGY, beside=[make_dataset("VS", tests)], ranges=ranges
        ).problems
        for ranges in (1, 2)
    ]
    assert [problem.value for problem in found[0] if problem.code == "ADSRC011"] != []
    assert found[0] == found[1]


def test_ranges_are_of_subjects_and_keep_the_numbers_of_records() -> None:
    dm = make_dataset("DM", "USUBJID|AGE\n03|1\n01|2\n02|3\n04|4")
    ta = make_dataset("TA", "ARMCD\nA")
    parts = list(split_tables(Tables([dm, ta], STANDARD, TERMINOLOGY), cut_datasets([dm, ta], 2)))
    assert [[table.frame.iloc[:, 0].tolist() for table in part.tables] for part in parts] == [
        [["01", "02"], ["A"]],
        [["03", "04"], ["A"]],
    ]
    assert [part.tables[0].numbers_of(np.arange(2)) for part in parts] == [(2, 3), (1, 4)]


told = st.builds(
    lambda rows: Told(
        len(rows), tuple(rows), tuple((row, f"r{row}") for row in rows), ("A",), tuple((row, ("a",)) for row in rows)
    ),
    st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True).map(sorted),
)
findings = st.dictionaries(st.sampled_from([Cause("A", "a"), Cause("A", "b"), Cause("B", "a")]), told, max_size=3)


@given(findings, findings, findings)
def test_what_is_told_adds_up_in_any_order(one: Findings, other: Findings, third: Findings) -> None:
    assert merge_told([merge_told([one, other]), third]) == merge_told([one, merge_told([other, third])])
    assert merge_told([one, other, third]) == merge_told([third, other, one])
