"""Times with offsets from UTC in comparisons."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.expr import parse

FRAME = pd.DataFrame(
    {
        "A": ["2022-03-01T14:30+02:00", "2022-03-01T14:30", "2022-03-01T23:30-05:00", "", "2022-03-02"],
        "B": ["2022-03-01T13:44Z", "2022-03-01T13:44Z", "2022-03-02T01:00Z", "2022-03-01T13:44Z", "2022-03-01"],
    },
    dtype="str",
)


def values(text: str) -> list[object]:
    return parse(text).evaluate(FRAME.__getitem__, len(FRAME)).tolist()


def test_times_that_both_have_an_offset_compare_by_their_instants() -> None:
    assert values("A < B") == [True, False, False, False, False]
    assert values("A >= B") == [False, True, True, False, True]
    assert values('A < "2022-03-01T13:44Z"') == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert values('"2022-03-01T13:44Z" > A') == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert values("min(A, B)") == [
        "2022-03-01T14:30+02:00",
        "2022-03-01T13:44Z",
        "2022-03-02T01:00Z",
        "2022-03-01T13:44Z",
        "2022-03-01",
    ]
    assert values("max(A, B)") == [
        "2022-03-01T13:44Z",
        "2022-03-01T14:30",
        "2022-03-01T23:30-05:00",
        "2022-03-01T13:44Z",
        "2022-03-02",
    ]


def test_a_date_that_does_not_exist_is_before_and_after_nothing() -> None:
    frame = pd.DataFrame({"A": ["2022-02-30", "2022-13", "2022-02", "2022-02-30"], "B": ["2022-03-01"] * 3 + [""]})
    assert parse("A < B").evaluate(frame.__getitem__, 4).tolist() == [False, False, True, False]
    assert parse("B >= A").evaluate(frame.__getitem__, 4).tolist() == [False, False, True, False]
