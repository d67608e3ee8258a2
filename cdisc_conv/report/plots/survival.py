"""The Kaplan-Meier estimate, and what a report says of it: median, its interval, numbers at risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

CONFIDENCE = 0.95
_TOLERANCE = 1e-9
"""Products of fractions that are one half on paper are not exactly so in the machine."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A survival curve. All arrays are float64 and as long as there are distinct times, which ascend.

    ``low`` and ``high`` are the pointwise confidence limits, NaN where there is none (no event yet, or nobody left).
    ``median`` and its limits are in the unit of the times, NaN when not estimable.
    """

    subjects: int
    total_events: int
    times: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    median: float
    median_low: float
    median_high: float


def estimate_survival(times: np.ndarray, is_event: np.ndarray) -> Estimate:
    """The Kaplan-Meier estimate with Greenwood's variance and log-log confidence limits.

    ``times`` are float64 without NaN, at least one; ``is_event`` bool, False for censored. Subjects censored at the
    time of an event count as at risk at that time.

    The median is the time at which the curve reaches one half, or the middle of the stretch over which it is exactly
    one half, if it falls further; its limits are the times at which the confidence limits of the curve do the same
    (Brookmeyer and Crowley 1982, as PROC LIFETEST and R's survfit with conf.type="log-log").

    >>> result = estimate_survival(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, False, False]))
    >>> [round(float(value), 3) for value in result.survival], result.median
    ([0.75, 0.5, 0.5], 2.0)
    """
    distinct = np.unique(times)
    at_risk = count_at_risk(times, distinct)
    events = count_at(times[is_event], distinct)
    survival = np.cumprod(1 - events / at_risk)
    low, high = find_limits(at_risk, events, survival)
    return Estimate(
        subjects=len(times),
        total_events=int(is_event.sum()),
        times=distinct,
        at_risk=at_risk,
        events=events,
        censored=count_at(times, distinct) - events,
        survival=survival,
        low=low,
        high=high,
        median=find_half(distinct, survival),
        median_low=find_half(distinct, low),
        median_high=find_half(distinct, high),
    )


def find_limits(at_risk: np.ndarray, events: np.ndarray, survival: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pointwise confidence limits of a survival curve, NaN while it is one and once it is zero.

    The logarithm of minus the logarithm of the estimate is taken as normal, with Greenwood's variance, so that the
    limits stay between zero and one (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data).

    >>> low, high = find_limits(np.array([4.0, 3.0]), np.array([1.0, 1.0]), np.array([0.75, 0.5]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.128, 0.058], [0.961, 0.845])
    """
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    inside = (survival > 0) & (survival < 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        width = z * np.sqrt(greenwood) / np.log(survival)  # negative, as the logarithm is
        low, high = (np.where(inside, survival ** np.exp(sign * width), np.nan) for sign in (-1, 1))
    return low, high


def count_at_risk(times: np.ndarray, at: Sequence[float] | np.ndarray) -> np.ndarray:
    """How many subjects are still followed, without an event, just before each time.

    >>> count_at_risk(np.array([5.0, 8.0, 8.0]), [0, 8, 9]).tolist()
    [3.0, 2.0, 0.0]
    """
    ordered = np.sort(times)
    return (len(ordered) - np.searchsorted(ordered, np.asarray(at), side="left")).astype("float64")


def count_at(times: np.ndarray, at: np.ndarray) -> np.ndarray:
    """How many of the times are equal to each of ``at``."""
    ordered = np.sort(times)
    return (np.searchsorted(ordered, at, side="right") - np.searchsorted(ordered, at, side="left")).astype("float64")


def find_half(times: np.ndarray, curve: np.ndarray) -> float:
    """Where a falling step curve reaches one half: the middle of a stretch at exactly one half; NaN if not."""
    reached = np.flatnonzero(curve <= 0.5 + _TOLERANCE)
    if not len(reached):
        return float("nan")
    below = np.flatnonzero(curve < 0.5 - _TOLERANCE)
    first = times[reached[0]]
    if curve[reached[0]] < 0.5 - _TOLERANCE:
        return float(first)
    # A curve that never falls below one half has no end of the stretch.
    return float((first + times[below[0]]) / 2) if len(below) else float(first)
