"""Visits: one name per number, in all datasets of the study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.codes import combine, first_of
from cdisc_conv.checks.model import Hits, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import Table, Tables

NUMBER, NAME = "VISITNUM", "VISIT"


@register_check(reach="across")
def check_visit_names(scope: Scope) -> Iterator[Hits]:
    """Records whose VISIT is not the one that VISITNUM has in most datasets (SV decides, where it is there)."""
    table = scope.table
    numbers, names = table.coded(NUMBER), table.coded(NAME)
    usual = _usual_names(table.tables)
    pairs = combine([numbers, names], table.length)
    first = first_of(pairs, int(pairs.max()) + 1 if len(pairs) else 0)
    odd = np.array(
        [
            bool(number and name) and usual.get(number, name) != name
            for number, name in ((numbers.text(int(row)), names.text(int(row))) for row in first)
        ],
        dtype=bool,
    )
    rows = np.flatnonzero(odd[pairs]) if len(pairs) else first
    yield Hits(
        NAME,
        rows,
        pairs[rows],
        lambda row: {"value": names.text(row), "number": numbers.text(row), "expected": usual[numbers.text(row)]},
    )


def _usual_names(tables: Tables) -> dict[str, str]:
    """The name of each visit number: SV's, else what most datasets call it, the first one when as many."""
    votes: dict[str, Counter[str]] = {}
    for table in tables.tables:
        if not (table.has(NUMBER) and table.has(NAME)):
            continue
        for number, name in _pairs(table):
            votes.setdefault(number, Counter())[name] += 1_000_000 if table.name == "SV" else 1
    return {number: counter.most_common(1)[0][0] for number, counter in votes.items()}


def _pairs(table: Table) -> list[tuple[str, str]]:
    """The visit numbers and names of a dataset; of several names of a number, the one with most records."""
    numbers, names = table.coded(NUMBER), table.coded(NAME)
    pairs = combine([numbers, names], table.length)
    counts = np.bincount(pairs)
    found: dict[str, tuple[int, str]] = {}
    for pair, row in enumerate(first_of(pairs, len(counts)).tolist()):
        number, name = numbers.text(row), names.text(row)
        if number and name and counts[pair] > found.get(number, (0, ""))[0]:
            found[number] = (int(counts[pair]), name)
    return [(number, name) for number, (_, name) in found.items()]
