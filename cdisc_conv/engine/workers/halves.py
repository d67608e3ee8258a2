"""Work on several datasets by two processors: a copy of the process does half of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from cdisc_conv.beside import can_copy, make_beside
from cdisc_conv.engine.workers.parcels import pack, unpack
from cdisc_conv.spec.model import Study

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")

LEAST = 150
"""The sum of sizes below which a copy of the process takes longer than it saves."""


def map_in_halves(
    work: Callable[[_Given], _Made], items: Sequence[_Given], sizes: Sequence[float], study: Study
) -> list[_Made]:
    """What `work` makes of each item, in their order; `sizes` say how long each takes, in columns of a dataset.

    `work` may not change anything that is needed afterwards: what it changes in the copy is lost. Without a second
    processor, all is made here. Raises what `work` raises.
    """
    ours, theirs = divide(sizes)
    if not theirs or sum(sizes) < LEAST or not can_copy():
        return [work(item) for item in items]
    with make_beside(lambda: pack([work(items[number]) for number in theirs])) as rest:
        made = {number: work(items[number]) for number in ours}
        made |= zip(theirs, unpack(rest(), study.datasets), strict=True)
    return [made[number] for number in range(len(items))]


def divide(sizes: Sequence[float]) -> tuple[list[int], list[int]]:
    """The numbers of items in two halves that take about as long, the first no shorter than the second.

    >>> divide([1, 5, 2, 3])
    ([0, 1], [2, 3])
    """
    halves: tuple[list[int], list[int]] = ([], [])
    sums = [0.0, 0.0]
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        shorter = int(sums[1] < sums[0])
        halves[shorter].append(number)
        sums[shorter] += sizes[number]
    first, second = (halves[number] for number in sorted((0, 1), key=lambda half: -sums[half]))
    return sorted(first), sorted(second)
