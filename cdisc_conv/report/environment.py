"""Where the pages get their templates from, and the filters that all of them may use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def load_environment() -> Environment:
    """Templates of this package; everything is escaped, and a name that is not given is an error.

    >>> load_environment().from_string("{{ 1200 | thousands }}, {{ 1 | plural('row') }}: {{ '<b>' }}").render()
    '1,200, 1 row: &lt;b&gt;'
    """
    loader = FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["plural"] = lambda number, noun: f"{number:,} {noun}{'' if number == 1 else 's'}"
    return environment
