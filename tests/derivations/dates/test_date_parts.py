"""date_part and time_part."""

from __future__ import annotations

from tests.derivations.rows import FakeRows, derive, method


def test_the_date_of_a_datetime() -> None:
    assert derive(FakeRows({"ASTDTM": [22714 * 86400.0, 22714 * 86400 + 86399.0, -1.0, None]}), date_part="ASTDTM") == [
        22714.0,
        22714.0,
        -1.0,
        None,
    ]
    texts = FakeRows({"D": ["2022-03-10T08:30", "2022-03-10", "2022-03", ""]})
    assert derive(texts, date_part="D") == [22714.0, 22714.0, None, None]


def test_the_time_of_a_datetime() -> None:
    assert derive(FakeRows({"ASTDTM": [0.0, 22714 * 86400 + 3661.0, -1.0, None]}), time_part="ASTDTM") == [
        0.0,
        3661.0,
        86399.0,
        None,
    ]
    texts = FakeRows({"D": ["2022-03-10T08:30", "2022-03-10T08:30:15", "2022-03-10T08", "2022-03-10", ""]})
    assert derive(texts, time_part="D") == [30600.0, 30615.0, None, None, None]
    assert derive(FakeRows({"ADT": [22714.0]}), time_part="ADT") == [None]


def test_they_describe_themselves() -> None:
    assert method(date_part="ASTDTM") == (
        "The date of AE.ASTDTM as a SAS date (days since 1960-01-01); missing where AE.ASTDTM has no complete date."
    )
    assert method(time_part="ASTDTM") == (
        "The time of AE.ASTDTM as a SAS time (seconds since midnight); missing where AE.ASTDTM has no hour and minute, "
        "and with 0 for unknown seconds."
    )
