"""Progress on stderr: one line per step, with the seconds since the start, so that a slow step shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Yields the function that prints a step."""
    start = time.monotonic()

    def show(step: str) -> None:
        typer.echo(f"[{time.monotonic() - start:6.1f} s] {step}", err=True)

    yield show
