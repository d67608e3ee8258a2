"""The one place that prints findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cdisc_conv.cli.printing.console import plural, print_line
from cdisc_conv.problems import Problem, Severity, count_by_severity
from cdisc_conv.visible import make_visible_line

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def print_problems(problems: Sequence[Problem], *, stderr: bool = False) -> None:
    """Print findings: errors first, then warnings, then notes, each group by place."""
    for severity in Severity:
        group = sorted((problem for problem in problems if problem.severity is severity), key=_sort_key)
        if group:
            print_line(f"{plural(len(group), severity.value)}:", stderr, STYLES[severity])
        for problem in group:
            print_line(_style(problem), stderr)


def print_codes(problems: Sequence[Problem]) -> bool:
    """Print one finding of each code and how many there are; whether any were left out.

    Errors come first, then warnings, then notes, and within them causes before consequences: codes stand in the order
    in which the stages of a run found them. The finding shown is the one about the most values.
    """
    for severity in Severity:
        by_code: dict[str, list[Problem]] = {}
        for problem in problems:
            if problem.severity is severity:
                by_code.setdefault(problem.code, []).append(problem)
        if by_code:
            print_line(f"{plural(sum(map(len, by_code.values())), severity.value)}:", style=STYLES[severity])
        for group in by_code.values():
            print_line(_style(max(group, key=lambda problem: problem.count), _count(group)))
    return len({(problem.severity, problem.code) for problem in problems}) < len(problems)


def _count(group: Sequence[Problem]) -> str:
    """What stands behind the finding that is shown of a code."""
    if len(group) == 1:
        return ""
    return f" ... and {len(group) - 1:,} more finding{'s' if len(group) > 2 else ''} of {group[0].code}"


def summarise(problems: Sequence[Problem]) -> str:
    """The closing words: how many findings of each severity.

    >>> summarise([Problem("X", "bad"), Problem("Y", "odd", Severity.NOTE)])
    '1 error, 0 warnings, 1 note'
    """
    return ", ".join(plural(count, severity.value) for severity, count in count_by_severity(problems).items())


def _style(problem: Problem, more: str = "") -> Text:
    from rich.text import Text

    text = Text("  " + make_visible_line(f"{problem}{more}"))
    text.highlight_words([problem.code], style=STYLES[problem.severity])
    return text


def _sort_key(problem: Problem) -> tuple[str, int, str, str, str, str, str]:
    place = problem.place
    return (place.file, place.line, place.dataset, place.variable, place.form, problem.code, problem.message)
