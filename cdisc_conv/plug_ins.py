"""Plug-ins: modules that packages offer by entry points, and whose import registers what they hold."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from cdisc_conv.problems import Problem, ProblemsError


@cache
def load_plug_ins(group: str, built_in: str) -> None:
    """Import the built-in module of a group and those of its entry points, once.

    Raises ProblemsError (SPEC900) for a plug-in that cannot be imported.
    """
    import_module(built_in)  # also reached by its entry point; a checkout that is not installed has none
    for entry in sorted(entry_points(group=group), key=lambda e: (e.value, e.name)):
        try:
            entry.load()
        except Exception as error:
            message = f"the plug-in '{entry.name}' ({entry.value}) could not be loaded: {type(error).__name__}: {error}"
            hint = "fix or uninstall the package that offers it"
            raise ProblemsError([Problem("SPEC900", message, hint=hint)]) from error
