"""Records of two datasets matched by their keys."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cdisc_conv.checks.core.data.vectors import Vector, group_rows, is_missing, match_codes


def pair_rows(ours: Sequence[Vector], theirs: Sequence[Vector], *, keep: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The rows of all pairs with the same keys, in our order; with `keep`, -1 stands for a partner that is not there.

    Missing keys are the same as each other.
    """
    count = len(ours[0]) if ours else 0
    both = [_align(mine, other) for mine, other in zip(ours, theirs, strict=True)]
    groups = group_rows(both, len(both[0]) if both else 0)
    mine, other = groups[:count], groups[count:]
    size = int(groups.max(initial=-1)) + 1
    numbers = np.bincount(other, minlength=size)
    order = np.argsort(other, kind="stable")
    starts = np.concatenate([[0], np.cumsum(numbers)[:-1]]).astype("int64") if size else np.zeros(0, dtype="int64")
    repeats = numbers[mine] if size else np.zeros(count, dtype="int64")
    filled = np.maximum(repeats, 1) if keep else repeats
    left = np.repeat(np.arange(count), filled)
    within = np.arange(len(left)) - np.repeat(np.cumsum(filled) - filled, filled)
    if not len(order):
        return left, np.full(len(left), -1)
    right = order[np.minimum(starts[mine[left]] + within, len(order) - 1)] if len(left) else left
    return left, np.where(repeats[left] > 0, right, -1)


def _align(mine: Vector, other: Vector) -> Vector:
    """Both columns as one, equal values under one number."""
    found = match_codes(other, mine)
    blank = next((code for code, value in enumerate(mine.values) if is_missing(value)), -1)
    values, numbers = list(mine.values), []
    for code, value in enumerate(other.values):
        if found[code] >= 0:
            numbers.append(int(found[code]))
        elif is_missing(value) and blank >= 0:
            numbers.append(blank)
        else:
            numbers.append(len(values))
            values.append(value)
    codes = np.array(numbers, dtype="int64")[other.codes] if numbers else other.codes
    return Vector(np.concatenate([mine.codes, codes]), tuple(values))
