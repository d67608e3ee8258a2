"""Whether two numbers are within a tolerance, in decimal arithmetic where binary arithmetic is not sure.

70.2 - 70.1 is 0.1 in decimal digits, and 0.10000000000000853 in binary ones. A difference of exactly the tolerance is
within it.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

import numpy as np

_ARITHMETIC = Context(prec=2000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
_DOUBT = 4
"""Units in the last place by which a binary difference can be off, with some to spare."""

Tolerances = tuple[float, float]
"""Absolute, and relative to the larger magnitude."""


def equal_numbers(left: np.ndarray, right: np.ndarray, tolerance: Tolerances) -> np.ndarray:
    """Which numbers are equal within absolute and relative tolerance; a missing value equals a missing one.

    >>> equal_numbers(np.array([70.1, 70.1]), np.array([70.2, 70.2000001]), (0.1, 0.0)).tolist()
    [True, False]
    """
    same = np.asarray((left == right) | (np.isnan(left) & np.isnan(right)))
    if not any(tolerance):
        return same
    absolute, relative = tolerance
    finite = np.isfinite(left) & np.isfinite(right)
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.maximum(np.abs(left), np.abs(right))
        limit = np.maximum(absolute, relative * size)
        difference = np.abs(right - left)
        near = finite & (difference <= limit)
        slack = _DOUBT * (np.spacing(np.where(finite, size, 0.0)) + np.spacing(np.where(finite, limit, 0.0)))
        unsure = np.flatnonzero(finite & ~same & (np.abs(difference - limit) <= slack))
    if len(unsure):
        one, two = ([repr(value) for value in side[unsure].tolist()] for side in (left, right))
        near[unsure] = equal_numerals(one, two, tolerance)
    return np.asarray(same | near)


def equal_numerals(left: list[str], right: list[str], tolerance: Tolerances) -> np.ndarray:
    """The same for numbers that are written out, of which neither is missing.

    >>> equal_numerals(["9007199254740993"], ["9007199254740992"], (1.0, 0.0)).tolist()
    [True]
    """
    known: dict[tuple[str, str], bool] = {}
    for pair in zip(left, right, strict=True):
        if pair not in known:
            known[pair] = _is_near(Decimal(pair[0]), Decimal(pair[1]), tolerance)
    return np.array([known[pair] for pair in zip(left, right, strict=True)], dtype=bool)


def subtract_numerals(left: list[str], right: list[str]) -> np.ndarray:
    """Right less left, as near as float64 comes."""
    return np.array(
        [float(_ARITHMETIC.subtract(Decimal(two), Decimal(one))) for one, two in zip(left, right, strict=True)]
    )


def _is_near(left: Decimal, right: Decimal, tolerance: Tolerances) -> bool:
    if not (left.is_finite() and right.is_finite()):
        return left == right
    absolute, relative = (Decimal(repr(float(one))) for one in tolerance)
    difference = _ARITHMETIC.subtract(right, left).copy_abs()
    size = max(left.copy_abs(), right.copy_abs())
    return difference <= max(absolute, _ARITHMETIC.multiply(relative, size))
