"""Docstrings that the program shows: from the source where the interpreter was told to drop them (``python -OO``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def read_docstring(thing: type[Any] | Callable[..., Any]) -> str:
    """The docstring of a class or function, its lines as they are written; empty when it has none.

    >>> read_docstring(read_docstring).partition(",")[0]
    'The docstring of a class or function'
    """
    kept = vars(thing).get("__doc__") if isinstance(thing, type) else thing.__doc__
    if kept or __debug__:
        return kept or ""
    import ast
    import inspect
    import textwrap

    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    except (OSError, TypeError, SyntaxError):  # no source beside the program
        return ""
    body = tree.body[0]
    if not isinstance(body, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    return ast.get_docstring(body, clean=False) or ""
