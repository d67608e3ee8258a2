"""Lint: one finding for one cause, wherever the mapping comes across it.

A check gives the cause of a finding as its `value`; findings of the same cause become one, that of the first place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cdisc_conv.problems import Problem

MOST_PLACES = 3
_MISSING = "missing "


def missing_table(table: str) -> str:
    """The cause of findings about a dataset (``DS``) or form (``form ic``) that the study does not have."""
    return f"{_MISSING}{table}"


def fold_causes(problems: Sequence[Problem]) -> list[Problem]:
    """Findings of one code and cause as one, which says where else it shows; those without a cause stay as they are.

    Whatever reads a table that is not there is one finding, whatever its code. A finding that names a variable keeps
    its value: the rules that find the same value in datasets do not report it again.

    >>> from cdisc_conv.problems import Place
    >>> places = [Place(file="ae.yaml", line=line) for line in (4, 9, 9)]
    >>> found = [Problem("LINT302", "AE.X reads EX", place=place, value=missing_table("EX")) for place in places]
    >>> for problem in fold_causes(found): print(problem)
    ae.yaml:4: LINT302 AE.X reads EX; the same at ae.yaml:9
    """
    groups: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        code = "" if problem.value.startswith(_MISSING) else problem.code
        key = (code, problem.place.variable, problem.value) if problem.value else number
        groups.setdefault(key, []).append(problem)
    return [_join(group) for group in groups.values()]


def _join(group: Sequence[Problem]) -> Problem:
    first = group[0]
    if not first.value:
        return first
    others = list(dict.fromkeys(str(problem.place) for problem in group if problem.place != first.place))
    shown = ", ".join(others[:MOST_PLACES])
    left = len(others) - MOST_PLACES
    more = f" and {left:,} more place{'s' if left > 1 else ''}" if left > 0 else ""
    message = f"{first.message}; the same at {shown}{more}" if others else first.message
    return replace(first, message=message, value=first.value if first.place.variable else "")
