"""What is printed goes through here: results to stdout, progress and failures to stderr."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 200
"""Columns of tables that go to a file or a pipe."""


def prepare_streams() -> None:
    """Characters that the console cannot show (Windows code pages) become ``?`` and do not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def make_console(stderr: bool = False) -> Console:
    """A console on stdout or stderr; without colour when it is no terminal or NO_COLOR is set."""
    from rich.console import Console

    stream: TextIO = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
    """A table on stdout: text to the left, numbers to the right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, header in enumerate(headers):
        numeric = bool(rows) and all(isinstance(row[number], int) for row in rows)
        table.add_column(header, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else cell for cell in row))
    make_console().print(table)


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "error"), plural(2, "error")
    ('1 error', '2 errors')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
