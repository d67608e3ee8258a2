"""ISO 8601 durations: whether a text is one, and how long it lasts.

A duration has weeks, or years, months, days, hours, minutes and seconds, each at most once; its smallest part may have
decimals, after a point or a comma. A sign before the P is what SDTM adds for durations that lie before something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from cdisc_conv.columns.calendar import DAY, count_days, count_month, split_days

_N = r"\d+(?:[.,]\d+(?=\w$))?"
_DURATION = re.compile(
    rf"(?P<sign>[+-])?P(?=[\dT])(?:(?P<week>{_N})W|(?:(?P<year>{_N})Y)?(?:(?P<month>{_N})M)?(?:(?P<day>{_N})D)?"
    rf"(?:T(?=\d)(?:(?P<hour>{_N})H)?(?:(?P<minute>{_N})M)?(?:(?P<second>{_N})S)?)?)",
    re.ASCII,
)
_MONTHS = {"year": 12, "month": 1}
_SECONDS = {"week": 7 * DAY, "day": DAY, "hour": 3600, "minute": 60, "second": 1}


def is_duration(text: str, signed: bool = True) -> bool:
    """Whether a text is an ISO 8601 duration; with a sign only where `signed`.

    >>> [is_duration(text) for text in ("P3D", "PT1,5H", "-PT15M", "P2W", "P", "3 days", "PT", "P1.5Y2M")]
    [True, True, True, True, False, False, False, False]
    >>> is_duration("-P1D", signed=False)
    False
    """
    found = _DURATION.fullmatch(text)
    return found is not None and (signed or found["sign"] is None)


def measure_durations(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Months and seconds (both float64) of durations without sign; NaN for a text that is none.

    >>> months, seconds = measure_durations(["P1Y2M", "P1DT2H", "-P1D"])
    >>> months.tolist(), seconds.tolist()
    ([14.0, 0.0, nan], [0.0, 93600.0, nan])
    """
    found = [_measure(text) for text in texts]
    months, seconds = zip(*found, strict=True) if found else ((), ())
    return np.array(months, dtype=float), np.array(seconds, dtype=float)


def _measure(text: str) -> tuple[float, float]:
    found = _DURATION.fullmatch(text)
    if found is None or found["sign"]:
        return np.nan, np.nan

    def add(sizes: dict[str, float] | dict[str, int]) -> float:
        return float(sum(float(found[name].replace(",", ".")) * size for name, size in sizes.items() if found[name]))

    return add(_MONTHS), add(_SECONDS)


def move(moments: np.ndarray, months: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Moments (seconds since 1970) moved by months, then by seconds; the 31st becomes the last day of a shorter month.

    >>> move(np.array([30 * DAY]), np.array([1.0]), np.array([0.0])).tolist() == [58 * DAY]
    True
    """
    known = ~np.isnan(moments + months + seconds)
    days = np.where(known, np.floor(moments / DAY), 0)
    start, day = split_days(days)
    target = start + np.where(known, months, 0)
    whole = np.floor(target)
    year, month = 1970 + np.floor(whole / 12), whole % 12 + 1
    moved = count_days(year, month, np.minimum(day + 1, count_month(year, month)))
    part = (target - whole) * 30.4375 * DAY
    return np.where(known, moved * DAY + moments - days * DAY + part + seconds, np.nan)
