"""Expectations that compare records, against plain Python on small made-up data."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.checks import check_datasets, load_shipped_rules
from tests.checks.conftest import (
    ADAM_STANDARD,
    ADAM_TERMINOLOGY,
    STANDARD,
    TERMINOLOGY,
    make_analysis_dataset,
    make_dataset,
)

RULES = {rule.id: rule for rule in load_shipped_rules()}
SUBJECTS = st.sampled_from(["01", "02"])
DAYS = st.sampled_from(["", "2022-03-01", "2022-03-02", "2022-03"])
FULL_DAYS = st.sampled_from(["", "2022-03-01", "2022-03-02", "2022-03-03"])


def count_sdtm(rule: str, **tables: str) -> int:
    datasets = [make_dataset(name, text) for name, text in tables.items()]
    report = check_datasets(datasets, STANDARD, TERMINOLOGY, rules=[RULES[rule]])
    return sum(problem.count for problem in report.problems)


RESULTS = st.tuples(SUBJECTS, st.sampled_from(["", "ALT", "AST"]), DAYS, st.sampled_from(["1", "2"]))


@given(st.lists(RESULTS, min_size=1, max_size=8))
def test_records_of_one_key_that_differ(records: list[tuple[str, str, str, str]]) -> None:
    lines = [f"{subject}|{row}|{test}|{day}|{value}" for row, (subject, test, day, value) in enumerate(records, 1)]
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for subject, test, day, value in records:
        groups[subject, test, day].append(value)
    expected = sum(len(values) for (_, test, _), values in groups.items() if test and len(set(values)) > 1)
    assert count_sdtm("ID010", LB="\n".join(["USUBJID|LBSEQ|LBTESTCD|LBDTC|LBORRES", *lines])) == expected


@given(st.lists(st.tuples(SUBJECTS, DAYS), min_size=1, max_size=6), st.lists(st.tuples(SUBJECTS, DAYS), max_size=6))
def test_starts_after_the_last_disposition(starts: list[tuple[str, str]], ends: list[tuple[str, str]]) -> None:
    latest = {"": "", "2022-03": "2022-03-31"}
    earliest = {"2022-03": "2022-03-01"}
    lines = [f"{subject}|{row}|x|{day}" for row, (subject, day) in enumerate(starts, 1)]
    last = {
        who: max((latest.get(day, day) for subject, day in ends if subject == who), default="") for who in ("01", "02")
    }
    undated = {who for who, day in ends if not day}  # a disposition without a date may be the last
    expected = sum(
        bool(day and last[who]) and who not in undated and earliest.get(day, day) > last[who] for who, day in starts
    )
    dispositions = "\n".join(["USUBJID|DSSEQ|DSSTDTC", *(f"{who}|{row}|{day}" for row, (who, day) in enumerate(ends))])
    events = "\n".join(["USUBJID|AESEQ|AETERM|AESTDTC", *lines])
    assert count_sdtm("AE012", AE=events, DS=dispositions) == expected


@given(
    st.lists(st.tuples(SUBJECTS, FULL_DAYS), min_size=1, max_size=6),
    st.lists(st.tuples(SUBJECTS, FULL_DAYS), min_size=1, max_size=6),
)
def test_starts_of_times_are_dates_of_the_subject(starts: list[tuple[str, str]], known: list[tuple[str, str]]) -> None:
    subjects = "USUBJID|TRTSDT\n01|2022-03-01\n02|"
    responses = "\n".join(["USUBJID|PARAMCD|ADT", *(f"{who}|OVR|{day}" for who, day in known)])
    times = "\n".join(["USUBJID|PARAMCD|STARTDT|CNSR", *(f"{who}|OS|{day}|1" for who, day in starts)])
    texts = {"ADSL": subjects, "ADRS": responses, "ADTTE": times}
    datasets = [make_analysis_dataset(name, text) for name, text in texts.items()]
    report = check_datasets(datasets, ADAM_STANDARD, ADAM_TERMINOLOGY, rules=[RULES["ADTTE014"]])
    dates = {("01", "2022-03-01"), *((who, day) for who, day in known if day)}
    having = {who for who, _ in dates}
    expected = sum(bool(day) and who in having and (who, day) not in dates for who, day in starts)
    assert sum(problem.count for problem in report.problems) == expected
