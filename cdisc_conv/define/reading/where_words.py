"""Conditions of where-clauses in words that are equal where the meaning is."""

from __future__ import annotations

from collections.abc import Iterable

_SINGLE = {"IN": "EQ", "NOTIN": "NE"}
_LISTS = ("IN", "NOTIN")


def write_condition(variable: str, comparator: str, values: Iterable[str]) -> str:
    """One condition: values sorted and each once; a list of one value is a comparison with it.

    >>> write_condition("VS.VSTESTCD", "IN", ["SYSBP", "DIABP"])
    'VS.VSTESTCD IN ("DIABP", "SYSBP")'
    >>> write_condition("VS.VSTESTCD", "IN", ["SYSBP"])
    'VS.VSTESTCD EQ "SYSBP"'
    """
    quoted = sorted({'"' + value.replace('"', '""') + '"' for value in values})
    word = _SINGLE.get(comparator, comparator) if len(quoted) == 1 else comparator
    shown = f"({', '.join(quoted)})" if word in _LISTS else ", ".join(quoted)
    return f"{variable} {word} {shown}"
