"""The one place that prints findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cdisc_conv.cli.console import plural, print_line
from cdisc_conv.problems import Problem, Severity, count_by_severity
from cdisc_conv.visible import make_visible_line

if TYPE_CHECKING:
    from rich.text import Text

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def print_problems(
    problems: Sequence[Problem], *, limit: int | None = None, rest: str = "", stderr: bool = False
) -> None:
    """Print findings: errors first, then warnings, then notes, each group by place.

    `limit` is the most that are printed of a group; `rest` says where the others are to be read.
    """
    for severity in Severity:
        group = sorted((problem for problem in problems if problem.severity is severity), key=_sort_key)
        shown = group if limit is None else group[:limit]
        if group:
            print_line(f"{plural(len(group), severity.value)}:", stderr, _STYLES[severity])
        for problem in shown:
            print_line(_style(problem), stderr)
        if len(shown) < len(group):
            where = f"; all are in {rest}" if rest else ""
            print_line(f"  ... and {len(group) - len(shown):,} more{where}", stderr)


def summarise(problems: Sequence[Problem]) -> str:
    """The closing words: how many findings of each severity.

    >>> summarise([Problem("X", "bad"), Problem("Y", "odd", Severity.NOTE)])
    '1 error, 0 warnings, 1 note'
    """
    return ", ".join(plural(count, severity.value) for severity, count in count_by_severity(problems).items())


def _style(problem: Problem) -> Text:
    from rich.text import Text

    text = Text("  " + make_visible_line(str(problem)))
    text.highlight_words([problem.code], style=_STYLES[problem.severity])
    return text


def _sort_key(problem: Problem) -> tuple[str, int, str, str, str, str, str]:
    place = problem.place
    return (place.file, place.line, place.dataset, place.variable, place.form, problem.code, problem.message)
