"""Progress on stderr, with the seconds since the start, so that a slow step shows.

A terminal gets a line per step; a file or a pipe gets one every few seconds at most, the newest.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from cdisc_conv.visible import make_visible_line

PAUSE = 5.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Yields the function that prints a step."""
    steps = _Steps(0.0 if sys.stderr.isatty() else PAUSE)
    try:
        yield steps.show
    finally:
        steps.end()


class _Steps:
    """Prints steps at least `pause` seconds apart. One that comes too early waits, or gives way to a newer one."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._start = time.monotonic()
        self._printed = -pause
        self._waiting = ""
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def show(self, step: str) -> None:
        with self._lock:
            passed = time.monotonic() - self._start
            self._waiting = f"[{passed:6.1f} s] {step}"
            early = self._printed + self._pause - passed
            if early <= 0:
                self._print()
            elif self._timer is None:
                self._timer = threading.Timer(early, self._print_waiting)
                self._timer.daemon = True
                self._timer.start()

    def end(self) -> None:
        """Print nothing more."""
        with self._lock:
            self._waiting = ""
            if self._timer is not None:
                self._timer.cancel()

    def _print_waiting(self) -> None:
        with self._lock:
            self._timer = None
            if self._waiting:
                self._print()

    def _print(self) -> None:
        typer.echo(make_visible_line(self._waiting), err=True)
        self._waiting = ""
        self._printed = time.monotonic() - self._start
