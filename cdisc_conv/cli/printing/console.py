"""What is printed goes through here: results to stdout, progress and failures to stderr."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from cdisc_conv.visible import make_visible_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PLAIN_WIDTH = 200
"""Columns of tables that go to a file or a pipe."""


def prepare_streams() -> None:
    """Characters that the console cannot show (Windows code pages) become ``?`` and do not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def make_console(stderr: bool = False, width: int = PLAIN_WIDTH) -> Console:
    """A console on stdout or stderr; without colour when it is not a terminal or NO_COLOR is set.

    Characters of a text that would steer the terminal are shown as escapes.

    `width` counts only where there is no terminal; tables and trees are fitted to it, plain lines are never broken.
    """
    from cdisc_conv.cli.printing.terminal import SafeConsole

    stream: TextIO = sys.stderr if stderr else sys.stdout
    columns = None if stream.isatty() else width
    return SafeConsole(file=stream, width=columns, highlight=False, markup=False, emoji=False)


def print_line(text: Text | str, stderr: bool = False, style: str | None = None) -> None:
    """One line, however long."""
    make_console(stderr).print(text, style=style, soft_wrap=True)


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
    """A table on stdout: text to the left, numbers to the right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for number, header in enumerate(headers):
        numeric = bool(rows) and all(isinstance(row[number], int) for row in rows)
        table.add_column(header, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else make_visible_line(cell) for cell in row))
    console = make_console()
    with console.capture() as captured:
        console.print(table)
    lines = (line.rstrip() for line in captured.get().splitlines())
    try:
        console.file.write("".join(f"{line}\n" for line in lines))
        console.file.flush()
    except BrokenPipeError:
        console.on_broken_pipe()


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    >>> plural(1, "error"), plural(2, "error")
    ('1 error', '2 errors')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
