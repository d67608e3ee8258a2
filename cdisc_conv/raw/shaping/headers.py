"""Header rows: what each of them holds, and the names of columns that follow.

A source declares them from top to bottom: ``names`` (the names of the columns), ``labels`` (what people call them),
``group`` (a heading over several columns, which is put before their names) and ``skip``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdisc_conv.problems import Problem
from cdisc_conv.raw.source import FormSource, Reporter

NAMES, LABELS, GROUP, SKIP = ROLES = ("names", "labels", "group", "skip")


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns in their order, "" for one without, and the labels of those that have one."""

    names: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


def describe_bad_header(roles: Sequence[str]) -> str:
    """Why header rows cannot be declared so; "" when they can.

    >>> describe_bad_header(["labels", "names"]), describe_bad_header([]), describe_bad_header(["labels"])
    ('', '', 'has no row of names')
    """
    for role in roles:
        if role not in ROLES:
            return f"has '{role}', which is none of {', '.join(ROLES)}"
    if roles and roles.count(NAMES) != 1:
        return "has no row of names" if NAMES not in roles else "has several rows of names; one of them is 'group'"
    return "has several rows of labels" if roles.count(LABELS) > 1 else ""


def read_header_rows(rows: Sequence[Sequence[str]], roles: Sequence[str]) -> Header:
    """Names and labels from header rows.

    The heading of a group goes as far to the right as the next one, and blanks around names are taken away.

    >>> rows = [["", "ALT", ""], ["Subject", "Result", "Unit"], ["SUBJ", "RES", "U"]]
    >>> read_header_rows(rows, ["group", "labels", "names"])
    Header(names=('SUBJ', 'ALT_RES', 'ALT_U'), labels={'SUBJ': 'Subject', 'ALT_RES': 'Result', 'ALT_U': 'Unit'})
    """
    by_role = list(zip(roles, rows, strict=False))
    own = next((row for role, row in by_role if role == NAMES), ())
    width = max((len(row) for role, row in by_role if role in (NAMES, GROUP)), default=0)
    groups = [_spread(row, width) for role, row in by_role if role == GROUP]
    names = tuple(
        "_".join(filter(None, [*(group[place] for group in groups), own[place].strip()]))
        if place < len(own) and own[place].strip()
        else ""
        for place in range(width)
    )
    labels = next((row for role, row in by_role if role == LABELS), ())
    return Header(
        names, {name: label.strip() for name, label in zip(names, labels, strict=False) if name and label.strip()}
    )


def report_short_header(rows: int, source: FormSource, reporter: Reporter) -> Problem:
    """RAW006: there are fewer rows than header rows."""
    found = f"{rows} row{'' if rows == 1 else 's'}"
    message = f"form '{source.name}' has {found}, but {len(source.header)} header rows are declared"
    return reporter.report("RAW006", message, hint="declare with 'header' what each of its header rows holds")


def _spread(row: Sequence[str], width: int) -> list[str]:
    spread, last = [], ""
    for place in range(width):
        last = (row[place].strip() if place < len(row) else "") or last
        spread.append(last)
    return spread
