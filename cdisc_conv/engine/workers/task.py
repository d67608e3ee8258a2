"""A function that is mapped over ranges, and what can map it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Protocol

from cdisc_conv.spec.model import Study

Take = Callable[[int], Any]
"""What the function gets for a range, by the number of the range."""


class Task(Protocol):
    """A function that knows its study: an object of a module, so that it can be handed to another process."""

    @property
    def study(self) -> Study:
        """The study that arguments and results may name datasets of."""

    def __call__(self, rows: Any, /) -> Any:
        """The result for what `Take` gives; it depends on that and on the task alone."""


class Workers(Protocol):
    """Something that maps a task over ranges: `Here`, `Processes`, or `Cluster`."""

    def map(self, task: Task, take: Take, count: int) -> Generator[tuple[int, Any], None, None]:
        """The ranges from 0 to `count` with their results, as they complete, in any order.

        Arguments are taken one after the other, in the order of the ranges, and only as they are needed. Closing the
        iterator, and whatever else ends it, ends the work; nothing is left of it. Raises what the task raises, with a
        note of the range.
        """


def name_range(number: int, count: int) -> str:
    """A range as a person counts it.

    >>> name_range(0, 7)
    'range 1 of 7'
    """
    return f"range {number + 1} of {count}"


def name_ranges(numbers: Iterable[int], count: int) -> str:
    """Several ranges as a person counts them.

    >>> name_ranges([2, 0], 7)
    'ranges 1, 3 of 7'
    """
    return f"ranges {', '.join(str(number + 1) for number in sorted(numbers))} of {count}"
