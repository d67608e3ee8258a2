"""Ranges one after the other, in this process."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from cdisc_conv.engine.workers.task import Take, Task, name_range


class Here:
    """This process."""

    def map(self, task: Task, take: Take, count: int) -> Generator[tuple[int, Any], None, None]:
        """As `Workers.map`."""
        for number in range(count):
            try:
                made = task(take(number))
            except Exception as error:
                error.add_note(name_range(number, count))
                raise
            yield number, made
