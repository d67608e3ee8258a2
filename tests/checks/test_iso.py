"""ISO 8601 dates: what they can mean, and that all ways of reading them agree."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.checks.codes import code_series
from cdisc_conv.checks.iso import DAY, is_duration, read_moment, read_moments

EPOCH = datetime(1970, 1, 1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", "2022-01-01 00:00:00", "2022-12-31 23:59:59"),
        ("2022-02", "2022-02-01 00:00:00", "2022-02-28 23:59:59"),
        ("2024-02-29", "2024-02-29 00:00:00", "2024-02-29 23:59:59"),
        ("2022---15", "2022-01-01 00:00:00", "2022-12-31 23:59:59"),
        ("2022-03-01T10", "2022-03-01 10:00:00", "2022-03-01 10:59:59"),
        ("2022-03-01T10:30", "2022-03-01 10:30:00", "2022-03-01 10:30:59"),
        ("2022-03-01T10:30:05", "2022-03-01 10:30:05", "2022-03-01 10:30:05"),
        ("2022-03-01T-:15", "2022-03-01 00:00:00", "2022-03-01 23:59:59"),
        ("2022-03-01/2022-03-05", "2022-03-01 00:00:00", "2022-03-05 23:59:59"),
    ],
)
def test_a_date_is_a_stretch_of_time(text: str, first: str, last: str) -> None:
    low, high, valid, _ = read_moment(text)
    assert valid
    assert str(EPOCH + timedelta(seconds=low)) == first
    assert str(EPOCH + timedelta(seconds=high)) == last


@pytest.mark.parametrize("text", ["", "--12-15", "-----T07:15", "2022-03-01T10:30:05.25", "2022-03-01T10:30+08:00"])
def test_other_valid_dates(text: str) -> None:
    assert read_moment(text)[2]


@pytest.mark.parametrize(
    "text",
    [
        "2014-13-45", "2014-13", "2014-00-10", "2014-04-31", "2023-02-29", "2014-1-5", "20140105", "0000-01-01",
        "2014-", "2014--", "2014-01-05T", "2014-01-05T24:00", "2014-01-05T10:60", "2014-01-05 10:00", "05JAN2014",
        "UN-MAR-2022", "2014-01-05/", "/2014-01-05", "2014-01-05/2014-01-32", "２０１４-01-05", "2014-01-05T10:00:60",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert not read_moment(text)[2]
    assert not read_moments(code_series(pd.Series([text], dtype="str"))).valid[0]


@given(st.lists(st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), min_size=1), st.sampled_from([10, 16, 19]))
def test_complete_dates_read_in_bulk_are_those_read_one_by_one(moments: list[datetime], length: int) -> None:
    texts = [f"{moment:%m-%dT%H:%M:%S}" for moment in moments]
    texts = [f"{moment.year:04d}-{text}"[:length] for moment, text in zip(moments, texts, strict=True)]
    together = read_moments(code_series(pd.Series(texts, dtype="str")))
    singly = [read_moment(text) for text in texts]
    assert together.low.tolist() == [low for low, *_ in singly]
    assert together.high.tolist() == [high for _, high, *_ in singly]
    assert together.valid.all()
    assert together.whole.all()


@given(st.integers(0, 9999), st.integers(0, 19), st.integers(0, 39))
def test_the_calendar_decides_what_a_date_is(year: int, month: int, day: int) -> None:
    try:
        number: float = (date(year, month, day) - date(1970, 1, 1)).days
    except ValueError:
        number = np.nan
    text = f"{year:04d}-{month:02d}-{day:02d}"
    found = read_moments(code_series(pd.Series([text], dtype="str")))
    assert found.valid[0] == (not np.isnan(number))
    np.testing.assert_equal(found.day[0], number)
    np.testing.assert_equal(read_moment(text)[0], number * DAY)


def test_durations() -> None:
    fine = ["P1Y", "P2Y10M14D", "PT10M", "P6W", "P0.5D", "-PT15M", "P1DT12H"]
    wrong = ["", "P", "PT", "P1H", "1D", "P1W2D", "P1D ", "PT1S1M"]
    assert [is_duration(text) for text in fine] == [True] * len(fine)
    assert [is_duration(text) for text in wrong] == [False] * len(wrong)
