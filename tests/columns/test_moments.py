"""ISO 8601 dates: what they can mean, what is none, and how they are ordered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.columns.calendar import DAY, count_days, count_month, exists, split_days
from cdisc_conv.columns.dates.formats import read_format
from cdisc_conv.columns.dates.parse import parse_dates
from cdisc_conv.columns.durations import is_duration
from cdisc_conv.columns.moments import Moments, find_instants, rank_in_time, read_moments, read_written

EPOCH = datetime(1970, 1, 1)


def column(*texts: str) -> pd.Series:
    return pd.Series(list(texts), dtype="str")


def read(*texts: str) -> Moments:
    return read_moments(column(*texts))


def is_before(left: str, right: str) -> bool:
    """Whether one date is before the other for certain."""
    first, second = read(left), read(right)
    return bool(first.latest[0] < second.on_clock_of(first).earliest[0])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", "2022-01-01 00:00:00", "2022-12-31 23:59:59"),
        ("2022-02", "2022-02-01 00:00:00", "2022-02-28 23:59:59"),
        ("2024-02-29", "2024-02-29 00:00:00", "2024-02-29 23:59:59"),
        ("2022---15", "2022-01-15 00:00:00", "2022-12-15 23:59:59"),
        ("2022-03-01T10", "2022-03-01 10:00:00", "2022-03-01 10:59:59"),
        ("2022-03-01T10:30", "2022-03-01 10:30:00", "2022-03-01 10:30:59"),
        ("2022-03-01T10:30:05", "2022-03-01 10:30:05", "2022-03-01 10:30:05"),
        ("2022-03-01T10:30:05.25", "2022-03-01 10:30:05.250000", "2022-03-01 10:30:05.250000"),
        ("2022-03-01T-:15", "2022-03-01 00:00:00", "2022-03-01 23:59:59"),
        ("2022-03-01T10:30+08:00", "2022-03-01 10:30:00", "2022-03-01 10:30:59"),
        ("2022-03-01/2022-03-05", "2022-03-01 00:00:00", "2022-03-05 23:59:59"),
        ("2022-03/2022-05", "2022-03-01 00:00:00", "2022-05-31 23:59:59"),
        ("2022-05-01/P10D", "2022-05-01 00:00:00", "2022-05-11 23:59:59"),
        ("2022-01-31T08:00/P1M", "2022-01-31 08:00:00", "2022-02-28 08:00:59"),
        ("P2W/2022-05-15", "2022-05-01 00:00:00", "2022-05-15 23:59:59"),
        ("2022-05-01T10:00Z/2022-05-01T12:30+02:00", "2022-05-01 10:00:00", "2022-05-01 10:30:59"),
        ("  2022-05-01 ", "2022-05-01 00:00:00", "2022-05-01 23:59:59"),
    ],
)
def test_a_date_is_a_stretch_of_time(text: str, first: str, last: str) -> None:
    moments = read(text)
    assert not moments.faults[0]
    assert str(EPOCH + timedelta(seconds=moments.earliest[0])) == first
    assert str(EPOCH + timedelta(seconds=moments.latest[0])) == last


@pytest.mark.parametrize("text", ["", "--12-15", "-----T07:15", "-----T07:15Z", "2022-03-01T10:30:05.25", "2000-02-29"])
def test_other_valid_dates(text: str) -> None:
    assert not read(text).faults[0]


@pytest.mark.parametrize(
    "text",
    [
        "2014-13-45", "2014-13", "2014-00-10", "2014-04-31", "2023-02-29", "2014-1-5", "20140105", "0000-01-01",
        "2014-", "2014--", "2014-01-05T", "2014-01-05T24:00", "2014-01-05T10:60", "2014-01-05 10:00", "05JAN2014",
        "UN-MAR-2022", "2014-01-05/", "/2014-01-05", "2014-01-05/2014-01-32", "２０１４-01-05", "2014-01-05T10:00:60",
        "1900-02-29", "2014-W02-1", "2014-002", "2014-01T10:00", "2014-01-05T10:00+15:00", "2014-01-05T10:00+0200",
        "2014-01-05T10:00:05,5", "P1D/P2D", "2014-01-10/2014-01-05", "2014-01-05/2014-01-06/2014-01-07", "٢٠١٤-01-05",
        "2014-01-05T10:30-", "2014-01-05T23:59:60",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    moments = read(text)
    assert moments.faults[0]
    assert np.isnan(moments.earliest[0])


@pytest.mark.parametrize(
    ("left", "right", "before"),
    [
        ("2022-05-01T14:30+02:00", "2022-05-01T13:44Z", True),
        ("2022-05-01T13:44Z", "2022-05-01T14:30+02:00", False),
        ("2022-05-01T23:30-05:00", "2022-05-02T06:00+02:00", False),
        ("2022-05-01T14:30", "2022-05-01T13:44Z", False),
        ("2022-05-01T14:30+02:00", "2022-05-01T15:00", True),
        ("2022-05-01", "2022-05-02T00:30+14:00", True),
        ("2022-05", "2022-05-10", False),
        ("2022-05-10", "2022-05", False),
        ("2022-04", "2022-05-01/2022-05-10", True),
        ("2022-02-30", "2023-01-01", False),
    ],
)
def test_instants_decide_where_both_have_an_offset(left: str, right: str, before: bool) -> None:
    assert is_before(left, right) is before


def test_days_stay_as_they_are_written() -> None:
    assert read("2022-05-01T23:30-05:00").days.tolist() == read("2022-05-01").days.tolist()


def test_a_group_is_ordered_by_instant_only_when_all_of_it_are_instants() -> None:
    moments = read("2022-05-01T14:30+02:00", "2022-05-01T13:44Z", "2022-05-01T14:30+02:00", "2022-05-01T13:44", "")
    groups = np.array([0, 0, 1, 1, 0])
    instants = find_instants(2, (groups, moments))
    assert instants.tolist() == [True, False]
    order = moments.on_common_clock(groups, instants).earliest
    assert order[0] < order[1]
    assert order[2] > order[3]


def test_mixtures_are_found() -> None:
    left = read("2022-05-01T10:00Z", "2022-05-01T10:00Z", "2022-05-01T10:00", "2022-05-01")
    right = read("2022-05-01T10:00", "2022-05-01T10:00+02:00", "2022-05-01T10:00", "2022-05-01T10:00Z")
    assert left.mixes_with(right).tolist() == [True, False, False, False]


def test_the_parts_of_an_interval_are_those_its_ends_share() -> None:
    parts = read_written(column("2022-05-01/2022-05-10", "2022-05-01/2022-06-01", "2021-12-30/2022-01-02")).parts
    np.testing.assert_equal(parts.year, [2022.0, 2022.0, np.nan])
    np.testing.assert_equal(parts.month, [5.0, np.nan, np.nan])
    np.testing.assert_equal(parts.day, [np.nan, np.nan, np.nan])


def test_texts_are_ranked_as_texts_unless_they_have_offsets() -> None:
    assert rank_in_time(column("2022-03-01", "2022-03", "", "2022-03-01T10")).tolist() == [2, 1, 0, 3]
    assert rank_in_time(column("2022-03-01T13:44Z", "", "2022-03-01T14:30+02:00", "2022-03-01T13:44Z")).tolist() == [
        2,
        0,
        1,
        2,
    ]
    assert rank_in_time(column("b", "a T Z", "T10:00Z")).tolist() == [2, 1, 0]
    assert rank_in_time(pd.Series([2.0, np.nan, 1.0])).tolist() == [2, 0, 1]


def test_no_values() -> None:
    assert read().earliest.tolist() == []


MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))
OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
PARTIAL = st.builds(
    lambda moment, length: moment.isoformat()[:length], MOMENTS, st.sampled_from([4, 7, 10, 13, 16, 19])
)


@given(st.lists(MOMENTS, min_size=1), st.sampled_from([10, 16, 19]))
def test_complete_dates_are_where_the_calendar_has_them(moments: list[datetime], length: int) -> None:
    found = read(*(moment.isoformat()[:length] for moment in moments))
    expected = [datetime.fromisoformat(moment.isoformat()[:length]) - EPOCH for moment in moments]
    assert found.earliest.tolist() == [each.total_seconds() for each in expected]
    assert found.days.tolist() == [float(each.days) for each in expected]


@given(st.integers(0, 9999), st.integers(0, 19), st.integers(0, 39))
def test_the_calendar_decides_what_a_date_is(year: int, month: int, day: int) -> None:
    try:
        number: float = (date(year, month, day) - date(1970, 1, 1)).days
    except ValueError:
        number = np.nan
    found = read(f"{year:04d}-{month:02d}-{day:02d}")
    assert found.faults[0] == np.isnan(number)
    np.testing.assert_equal(found.earliest[0], number * DAY)


@given(st.lists(st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1), timezones=OFFSETS), min_size=2, max_size=8))
def test_instants_are_ordered_as_time_is(moments: list[datetime]) -> None:
    moments = [moment.replace(microsecond=0) for moment in moments]
    ranks = rank_in_time(column(*(moment.isoformat() for moment in moments)))
    seconds = [moment.astimezone(UTC) for moment in moments]
    for place, other in zip(ranks[1:], ranks, strict=False):
        left, right = seconds[list(ranks).index(place)], seconds[list(ranks).index(other)]
        assert (left < right) <= (place < other)
    assert [seconds[i] for i in np.argsort(ranks, kind="stable")] == sorted(seconds)


@given(PARTIAL, PARTIAL, PARTIAL)
def test_being_before_is_a_strict_partial_order(a: str, b: str, c: str) -> None:
    assert not is_before(a, a)
    assert not (is_before(a, b) and is_before(b, a))
    if is_before(a, b) and is_before(b, c):
        assert is_before(a, c)


@given(st.lists(st.sampled_from(["2022-01-31", "2022-02-01", "1999-12-31", "2000-02-29"]), min_size=3, max_size=3))
def test_of_complete_dates_what_is_not_before_either_way_is_equal(texts: list[str]) -> None:
    a, b, c = texts
    same = [not is_before(x, y) and not is_before(y, x) for x, y in ((a, b), (b, c), (a, c))]
    assert same == [a == b, b == c, a == c]


@given(PARTIAL)
def test_a_date_that_is_read_and_written_is_itself(text: str) -> None:
    formats = ["YYYY", "YYYY-MM", "YYYY-MM-DD", "YYYY-MM-DDTHH", "YYYY-MM-DDTHH:MM", "YYYY-MM-DDTHH:MM:SS"]
    dates = parse_dates(column(text), [read_format(each) for each in formats])
    assert dates.fault.tolist() == [""]
    assert dates.joined().tolist() == [text]


@given(st.integers(-700_000, 2_000_000))
def test_days_are_split_and_counted_again(day: int) -> None:
    months, day_of_month = split_days(np.array([float(day)]))
    year, month = 1970 + months // 12, months % 12 + 1
    assert count_days(year, month, day_of_month + 1).tolist() == [float(day)]
    assert exists(year, month, day_of_month + 1).tolist() == [True]
    assert 28 <= count_month(year, month)[0] <= 31


def test_durations() -> None:
    fine = ["P1Y", "P2Y10M14D", "PT10M", "P6W", "P0.5D", "-PT15M", "P1DT12H", "PT1,5H", "+P1D"]
    wrong = ["", "P", "PT", "P1H", "1D", "P1W2D", "P1D ", "PT1S1M", "P0.5DT1H", "P1.D", "P٣D"]
    assert [is_duration(text) for text in fine] == [True] * len(fine)
    assert [is_duration(text) for text in wrong] == [False] * len(wrong)
    assert not is_duration("-PT15M", signed=False)
