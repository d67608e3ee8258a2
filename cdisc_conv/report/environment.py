"""Where the pages get their templates from, and the filters that all of them may use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cdisc_conv.visible import make_visible


@cache
def load_environment() -> Environment:
    """Templates of this package; everything is escaped, and a name that is not given is an error.

    >>> load_environment().from_string("{{ 1200 | thousands }}, {{ 1 | plural('row') }}: {{ '<b>' }}").render()
    '1,200, 1 row: &lt;b&gt;'
    """
    return make_environment(FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8"))


def make_environment(loader: BaseLoader) -> Environment:
    """The same for other templates. Control characters and marks that turn the direction of writing are escaped too."""
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=_show,
    )  # fmt: skip
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["plural"] = lambda number, noun: f"{number:,} {noun}{'' if number == 1 else 's'}"
    return environment


def embed(data: Any) -> Markup:
    """JSON that is safe inside a script element: no character of it can end the element or start a comment.

    >>> embed({"value": "</script>"})
    Markup('{"value":"\\\\u003c/script\\\\u003e"}')
    """
    text = json.dumps(_show_all(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  (escaped right above)


def _show(value: Any) -> Any:
    return make_visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _show_all(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _show_all(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_show_all(value) for value in data]
    return _show(data)
