"""Random numbers that are the same on every platform and with every NumPy version.

Only `Generator.random` of PCG64 is used, whose stream NumPy keeps; every other distribution is made from it here with
plain arithmetic and is rounded to whole units by the callers. Each topic has its own stream, so that a parameter of
one topic leaves the draws of the others alone, and a form that is added changes no other form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shape = int | tuple[int, ...]

DAYS_PER_MONTH = 30.4375
NEVER = 10**6
"""A day that does not come."""

TOPICS = ("roster", "demographics", "tumours", "course", "exposure", "adverse_events", "visits", "follow_up", "untidy")
"""The topics whose stream has the number of their place here; that of any other topic follows from its name."""


class Draws:
    """The stream of one topic for one block of subjects.

    >>> Draws(1, "roster").whole(1, 6, 5).tolist()
    [6, 6, 2, 3, 6]
    """

    def __init__(self, seed: int, topic: str, block: int = 0) -> None:
        number = (TOPICS.index(topic), block) if topic in TOPICS else (len(TOPICS), block, *topic.encode())
        sequence = np.random.SeedSequence(entropy=seed, spawn_key=number)
        self._generator = np.random.Generator(np.random.PCG64(sequence))

    def even(self, shape: Shape) -> Floats:
        """Numbers in [0, 1)."""
        return self._generator.random(shape)

    def chance(self, probability: float | Floats, shape: Shape) -> Bools:
        """True with a probability (one for all, or one each)."""
        return self.even(shape) < probability

    def whole(self, low: int | Ints, high: int | Ints, shape: Shape) -> Ints:
        """Whole numbers between two ends, both included."""
        return np.floor(low + self.even(shape) * (np.asarray(high) - low + 1)).astype(np.int64)

    def fraction(self, low: float | Floats, high: float | Floats, shape: Shape) -> Floats:
        """Numbers between two ends."""
        return low + self.even(shape) * (np.asarray(high) - low)

    def spread(self, quantiles: Sequence[float], shape: Shape) -> Floats:
        """Numbers with the given quantiles at evenly spaced probabilities."""
        return np.interp(self.even(shape), np.linspace(0, 1, len(quantiles)), quantiles)

    def pick(self, weights: Sequence[float] | Mapping[str, float], shape: Shape) -> Ints:
        """Positions in a list of weights."""
        values = list(weights.values()) if isinstance(weights, Mapping) else list(weights)
        steps = np.cumsum(values) / np.sum(values)
        return np.minimum(np.searchsorted(steps, self.even(shape), side="right"), len(values) - 1)

    def waiting_days(self, monthly_hazard: float | Floats, shape: Shape) -> Ints:
        """Whole days until an event of constant hazard; `NEVER` where it does not come."""
        with np.errstate(divide="ignore"):
            months = -np.log1p(-self.even(shape)) / np.asarray(monthly_hazard, dtype=np.float64)
        return np.minimum(np.floor(months * DAYS_PER_MONTH), NEVER).astype(np.int64)
