"""Best responses by RECIST 1.1: what each sequence of assessments may come to, and the laws that hold for all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.checks import check_datasets, load_shipped_rules
from tests.checks.conftest import ADAM_STANDARD, ADAM_TERMINOLOGY, make_analysis_dataset

START = date(2022, 1, 10)
RULE = next(rule for rule in load_shipped_rules() if rule.id == "ADONC012")
TERMS = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")


def find_allowed(parameter: str, assessments: list[tuple[int, str]]) -> set[str]:
    """The best responses that the rule takes for assessments (day from the start, response)."""
    lines = ["USUBJID|PARAMCD|ADT|AVALC"]
    for term in TERMS:
        lines += [f"{term}|OVR|{START + timedelta(day)}|{response}" for day, response in assessments]
        lines += [f"{term}|{parameter}||{term}", f"{term}|{'CBOR' if parameter == 'BOR' else 'BOR'}||NED"]
    subjects = "\n".join(["USUBJID|TRTSDT", *(f"{term}|{START}" for term in TERMS)])
    datasets = [make_analysis_dataset("ADRS", "\n".join(lines)), make_analysis_dataset("ADSL", subjects)]
    report = check_datasets(datasets, ADAM_STANDARD, ADAM_TERMINOLOGY, rules=[RULE], keep=99)
    assert report.run == ("ADONC012",)
    wrong = {problem.value or problem.message.split(" is ")[1].split(",")[0] for problem in report.problems}
    return set(TERMS) - wrong


@pytest.mark.parametrize(
    ("assessments", "best", "confirmed"),
    [
        ([(42, "PR"), (84, "PR")], {"PR"}, {"PR"}),
        ([(42, "PR"), (69, "PR")], {"PR"}, {"SD", "NE"}),  # 27 days
        ([(42, "PR"), (70, "PR")], {"PR"}, {"PR"}),  # 28 days
        ([(42, "PR"), (84, "CR")], {"CR"}, {"PR"}),
        ([(42, "CR"), (84, "CR"), (126, "PD")], {"CR"}, {"CR"}),
        ([(42, "CR"), (84, "PD")], {"CR"}, {"SD", "PD"}),
        ([(42, "PR"), (84, "NE"), (126, "PR")], {"PR"}, {"PR", "SD", "NE"}),  # some take no NE between
        ([(42, "PR"), (84, "SD"), (126, "PR")], {"PR"}, {"PR", "SD", "NE"}),
        ([(42, "SD"), (84, "PD"), (126, "CR")], {"SD", "PD"}, {"SD", "PD"}),  # nothing counts after progression
        ([(84, "SD"), (126, "PD")], {"SD"}, {"SD"}),
        ([(28, "SD")], {"NE"}, {"NE"}),
        ([(28, "SD"), (56, "PD")], {"PD"}, {"PD"}),
        ([(42, "PD")], {"PD"}, {"PD"}),
        ([(42, "NE")], {"NE"}, {"NE"}),
        ([(42, "NON-CR/NON-PD"), (84, "NON-CR/NON-PD")], {"NON-CR/NON-PD"}, {"NON-CR/NON-PD"}),
        ([(42, "PR"), (42, "SD"), (90, "SD")], {"SD"}, {"SD"}),  # of one day the worst
        ([(-7, "PR"), (42, "PD")], {"PD"}, {"PD"}),  # before the start
        ([(42, "NED")], set(TERMS), set(TERMS)),  # not of RECIST 1.1
    ],
)
def test_what_assessments_come_to(assessments: list[tuple[int, str]], best: set[str], confirmed: set[str]) -> None:
    assert find_allowed("BOR", assessments) == best
    assert find_allowed("CBOR", assessments) == confirmed


SEQUENCES = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(TERMS)), min_size=1, max_size=6).map(
    lambda steps: [(sum(gap for gap, _ in steps[: n + 1]) * 7, response) for n, (_, response) in enumerate(steps)]
)


@given(SEQUENCES)
def test_something_is_always_right_and_only_what_was_seen(assessments: list[tuple[int, str]]) -> None:
    last = next((n for n, (_, one) in enumerate(assessments) if one == "PD"), len(assessments))
    seen = {one for _, one in assessments[: last + 1]}
    best, confirmed = find_allowed("BOR", assessments), find_allowed("CBOR", assessments)
    assert best and confirmed
    assert ("CR" in best) == ("CR" in seen)
    assert ("PR" in best) == ("PR" in seen and "CR" not in seen)
    assert ("PD" in best) <= ("PD" in seen)
    assert ("CR" in confirmed) <= ("CR" in best)  # a confirmed response was a response
    assert ("PR" in confirmed) <= bool(seen & {"CR", "PR"})
    assert "PD" not in seen or "NE" not in best | confirmed
