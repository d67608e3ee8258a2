"""Rules about dates where they are easily wrong: signs of durations, offsets, intervals, and what overlaps."""

from __future__ import annotations

import pytest

from tests.checks.test_rules import RULES, run_case


def rows_of(rule: str, dataset: str, table: str) -> list[tuple[int, ...]]:
    return [problem.place.rows for problem in run_case(RULES[rule], {dataset: table}).problems]


EX = "USUBJID|EXSEQ|EXTRT|EXSTDTC|EXENDTC\n"


@pytest.mark.parametrize(
    ("records", "overlapping"),
    [
        # an interval that lasts is not forgotten when a short one has ended
        (["2022-01-01|2022-03-01", "2022-01-05|2022-01-06", "2022-02-01|2022-02-02"], [2, 3]),
        (["2022-01-01|2022-01-10", "2022-01-10|2022-01-20"], []),
        (["2022-01-01T08:00|2022-01-01T10:00", "2022-01-01T09:00|2022-01-01T11:00"], [2]),
        (["2022-01-01T08:00|2022-01-01T10:00", "2022-01-01T10:00|2022-01-01T11:00"], []),
        (["2022-01-01T08:00|2022-01-01T10:00", "2022-01-01|2022-01-02"], []),
        (["2022-01-01T08:00Z|2022-01-01T10:00Z", "2022-01-01T11:30+02:00|2022-01-01T13:00+02:00"], [2]),
        (["2022-01-01|2022-03-01", "2022-01-05|"], [2]),
        (["2022-01|2022-03-01", "2022-01-05|2022-01-06"], []),
        (["2022-01-01|", "2022-01-05|2022-01-06"], []),
        (["2022-01-05|2022-01-06", "2022-01-01|2022-03-01"], [1]),
    ],
)
def test_exposure_overlaps_any_interval_before_it(records: list[str], overlapping: list[int]) -> None:
    table = EX + "".join(f"01|{number}|A|{record}\n" for number, record in enumerate(records, 1))
    assert rows_of("EX005", "EX", table) == ([tuple(overlapping)] if overlapping else [])


def test_treatments_and_subjects_do_not_overlap_each_other() -> None:
    table = EX + "01|1|A|2022-01-01|2022-03-01\n01|2|B|2022-02-01|2022-02-02\n02|1|A|2022-02-01|2022-02-02\n"
    assert rows_of("EX005", "EX", table) == []


@pytest.mark.parametrize(
    ("variable", "value", "fine"),
    [
        ("AEDUR", "P1D", True),
        ("AEDUR", "-P1D", False),
        ("AEDUR", "PT1,5H", True),
        ("AEDUR", "P2W", True),
        ("AEDUR", "P1W2D", False),
    ],
)
def test_how_long_something_lasts_has_no_sign(variable: str, value: str, fine: bool) -> None:
    assert rows_of("DAT002", "AE", f"USUBJID|AESEQ|{variable}\n01|1|{value}\n") == ([] if fine else [(1,)])


@pytest.mark.parametrize("variable", ["LBELTM", "LBSTINT", "LBENINT", "LBEVLINT"])
def test_what_is_counted_from_a_point_may_lie_before_it(variable: str) -> None:
    assert rows_of("DAT002", "LB", f"USUBJID|LBSEQ|{variable}\n01|1|-PT15M\n") == []


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        ("2022-05-01T14:30+02:00", "2022-05-01T13:44Z", False),
        ("2022-05-01T14:30Z", "2022-05-01T15:44+02:00", True),
        ("2022-05-01/2022-05-10", "2022-04-30", True),
        ("2022-05-01/2022-05-10", "2022-05-05", False),
        ("2022-02-30", "2022-01-01", False),
    ],
)
def test_starts_and_ends_are_compared_as_they_stand_in_time(start: str, end: str, wrong: bool) -> None:
    table = f"USUBJID|AESEQ|AESTDTC|AEENDTC\n01|1|{start}|{end}\n"
    assert rows_of("DAT003", "AE", table) == ([(1,)] if wrong else [])
