"""Progress on stderr: one line per step, with the seconds since the start, so that a slow step shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from cdisc_conv.visible import make_visible_line


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Yields the function that prints a step."""
    start = time.monotonic()

    def show(step: str) -> None:
        typer.echo(make_visible_line(f"[{time.monotonic() - start:6.1f} s] {step}"), err=True)

    yield show
