"""Where-clauses against the records: those that match nothing, and those that overlap.

Codes: DEF211 a clause that no record meets, DEF212 records under several value-level items of a variable, DEF221 a
clause that names a variable the dataset does not have.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.checks.define.columns import Columns
from cdisc_conv.checks.define.statements import ItemStatement
from cdisc_conv.checks.define.values import describe_clauses, select_level
from cdisc_conv.checks.findings import Finding
from cdisc_conv.problems import Severity, did_you_mean


def check_conditions(columns: Columns, item: ItemStatement) -> Iterator[Finding]:
    """What is wrong with the where-clauses of a variable; nothing is asked of a dataset without records."""
    if not item.levels or not columns.length:
        return
    yield from _check_names(columns, item)
    counts = np.zeros(columns.length, dtype="int64")
    empty = []
    masks = []
    for level in item.levels:
        mask = select_level(columns, level)
        if mask is None:
            continue
        if not mask.any():
            empty.append(describe_clauses(level))
        masks.append((level, mask))
        counts += mask
    for words in empty:
        text = f"no record meets the where-clause {words} of {item.name}"
        yield columns.report("DEF211", text, variable=item.name, severity=Severity.WARNING)
    several = counts > 1
    if several.any():
        row = int(np.flatnonzero(several)[0])
        words = "; ".join(describe_clauses(level) for level, mask in masks if mask[row])
        text = f"where-clauses of {item.name} overlap: {words}"
        yield columns.report("DEF212", text, variable=item.name, rows=np.flatnonzero(several))


def _check_names(columns: Columns, item: ItemStatement) -> Iterator[Finding]:
    names = dict.fromkeys(one.variable for level in item.levels for clause in level.clauses for one in clause)
    for name in names:
        if name and not columns.has(name) and "." not in name:
            text = f"a where-clause of {item.name} names {name}, which the dataset does not have"
            yield columns.report("DEF221", text, variable=item.name, hint=did_you_mean(name, columns.names))
