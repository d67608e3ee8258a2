"""Checks against plain Python on small made-up data."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.checks import CheckReport, Rule, check_datasets, load_shipped_rules
from cdisc_conv.problems import Severity
from tests.checks.conftest import STANDARD, TERMINOLOGY, make_dataset

RULES = {rule.id: rule for rule in load_shipped_rules()}
DATES = st.one_of(
    st.just(""),
    st.builds(lambda day: str(date(2022, 1, 1) + timedelta(days=day))[:10], st.integers(0, 800)),
    st.builds(lambda day: str(date(2022, 1, 1) + timedelta(days=day))[:7], st.integers(0, 800)),
    st.sampled_from(["2022", "2023", "2022---15"]),
)


def run(rule: Rule, **tables: str) -> CheckReport:
    datasets = [make_dataset(name, text) for name, text in tables.items()]
    return check_datasets(datasets, STANDARD, TERMINOLOGY, rules=[rule])


def count(report: CheckReport) -> int:
    return sum(problem.count for problem in report.problems)


def list_days(text: str) -> list[date]:
    """All days that a date can mean."""
    pattern = text.replace("---15", "-..-15") if "---" in text else text
    days = [date(2022, 1, 1) + timedelta(days=day) for day in range(-400, 1600)]
    return [day for day in days if _fits(str(day), pattern)]


def _fits(day: str, pattern: str) -> bool:
    if ".." in pattern:
        return day.startswith("2022") and day.endswith("-15")  # the month is open
    return day.startswith(pattern)


@given(st.lists(st.tuples(DATES, DATES), min_size=1, max_size=8))
def test_dates_are_out_of_order_when_every_reading_says_so(pairs: list[tuple[str, str]]) -> None:
    lines = [f"01|{number}|{start}|{end}" for number, (start, end) in enumerate(pairs, 1)]
    report = run(RULES["DAT003"], AE="\n".join(["USUBJID|AESEQ|AESTDTC|AEENDTC", *lines]))
    expected = sum(bool(start and end) and min(list_days(start)) > max(list_days(end)) for start, end in pairs)
    assert count(report) == expected


@given(DATES, st.lists(st.tuples(DATES, st.integers(-5, 5)), min_size=1, max_size=8))
def test_study_days(reference: str, records: list[tuple[str, int]]) -> None:
    lines = [f"01|{number}|{day}|{given}" for number, (day, given) in enumerate(records, 1)]
    tables = {"DM": f"USUBJID|RFSTDTC\n01|{reference}", "AE": "\n".join(["USUBJID|AESEQ|AESTDTC|AESTDY", *lines])}

    def derive(day: str) -> int | None:
        if len(day) != 10 or len(reference) != 10:
            return None
        if "---" in day or "---" in reference:
            return None
        between = (date.fromisoformat(day) - date.fromisoformat(reference)).days
        return between + 1 if between >= 0 else between

    wrong = sum(derive(day) is not None and given not in (0, derive(day)) for day, given in records)
    assert count(run(RULES["DAT004"], **tables)) == sum(given == 0 for _, given in records)
    assert count(run(RULES["DAT005"], **tables)) == wrong
    assert count(run(RULES["DAT007"], **tables)) == sum(derive(day) is None for day, _ in records)


NAMES = st.sampled_from(["", "a", "b", "c"])


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=10))
def test_one_value_counts_the_records_of_the_rarer_values(pairs: list[tuple[str, str]]) -> None:
    lines = [f"01|{number}|{term}|{soc}" for number, (term, soc) in enumerate(pairs, 1)]
    report = run(RULES["MED001"], AE="\n".join(["USUBJID|AESEQ|AEDECOD|AESOC", *lines]))
    filled = [pair for pair in pairs if pair[0] and pair[1]]
    terms = {term for term, _ in filled}
    by_term = {term: Counter(soc for other, soc in filled if other == term) for term in terms}
    assert count(report) == sum(sum(socs.values()) - max(socs.values()) for socs in by_term.values())
    assert {problem.value for problem in report.problems} == {term for term in terms if len(by_term[term]) > 1}


@given(st.lists(st.tuples(st.sampled_from(["01", "02"]), st.integers(1, 3)), min_size=1, max_size=10))
def test_repeated_sequence_numbers(keys: list[tuple[str, int]]) -> None:
    lines = [f"{subject}|{number}" for subject, number in keys]
    times = Counter(keys)
    assert count(run(RULES["ID001"], AE="\n".join(["USUBJID|AESEQ", *lines]))) == sum(times[key] > 1 for key in keys)


@given(st.lists(st.tuples(st.sampled_from(["01", "02"]), NAMES), min_size=1, max_size=12), st.integers(0, 3))
def test_counts_of_different_values(rows: list[tuple[str, str]], most: int) -> None:
    rule = Rule(
        "OWN001", "Few terms", Severity.NOTE, "{count}", check="count", variable="AETERM",
        parameters={"per": ["USUBJID"], "of": ["AETERM"], "most": most},
    )  # fmt: skip
    lines = [f"{subject}|{number}|{term}" for number, (subject, term) in enumerate(rows, 1)]
    report = run(rule, AE="\n".join(["USUBJID|AESEQ|AETERM", *lines]))
    numbers = {subject: len({term for other, term in rows if other == subject}) for subject, _ in rows}
    wrong = Counter(str(number) for number in numbers.values() if number > most)
    assert {problem.message.split(";")[0]: problem.count for problem in report.problems} == dict(wrong)
