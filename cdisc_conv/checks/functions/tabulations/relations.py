"""Supplemental qualifiers and related records: whether what they point at is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from cdisc_conv.checks.codes import combine, is_among
from cdisc_conv.checks.model import Hits, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import SUBJECT, NotRunnableError, Table


@register_check(reach="across")
def check_related_dataset(scope: Scope) -> Iterator[Hits]:
    """Values of RDOMAIN without such a dataset."""
    table = scope.table
    if not table.tables.complete:
        raise NotRunnableError("only some datasets of the study were made")
    coded = table.coded("RDOMAIN")
    wrong = np.array([bool(text) and not table.tables.of_domain(text) for text in coded.texts], dtype=bool)
    rows = np.flatnonzero(coded.spread(wrong))
    yield Hits("RDOMAIN", rows, coded.codes[rows], lambda row: {"value": coded.text(row)})


@register_check(reach="across")
def check_identifying_variable(scope: Scope) -> Iterator[Hits]:
    """Values of IDVAR that are not a variable of the dataset in RDOMAIN."""
    table = scope.table
    for rows, domain, name, parents in _pointers(table):
        if name and not any(name in parent.frame for parent in parents):
            yield Hits("IDVAR", rows, words=_fill(value=name, domain=domain))


@register_check(reach="subject")
def check_parent_record(scope: Scope) -> Iterator[Hits]:
    """Records that point at a record which does not exist; one without USUBJID or IDVARVAL points at a dataset."""
    table = scope.table
    values = table.coded("IDVARVAL")
    subjects = table.coded(SUBJECT)
    for rows, domain, name, parents in _pointers(table):
        asked = rows[~subjects.blank[rows] & (~values.blank[rows] if name else True)]
        found = np.zeros(len(asked), dtype=bool)
        owners = [parent for parent in parents if SUBJECT in parent.frame and (not name or name in parent.frame)]
        for parent in owners:
            left, right = [subjects.take(asked)], [parent.coded(SUBJECT)]
            if name:
                left, right = [*left, values.take(asked)], [*right, parent.coded(name)]
            found |= is_among(left, right)
        if owners:
            what = f"record with {name}" if name else "record of the subject"
            yield Hits("IDVARVAL", asked[~found], words=_fill(domain=domain, what=what))


def _pointers(table: Table) -> Iterator[tuple[np.ndarray, str, str, tuple[Table, ...]]]:
    """Per RDOMAIN and IDVAR: the records, both values, and the datasets they point into (none skipped silently)."""
    table.require("RDOMAIN", "IDVAR", "IDVARVAL", SUBJECT)
    domains, names = table.coded("RDOMAIN"), table.coded("IDVAR")
    keys = combine([domains, names], table.length)
    asked = False
    for rows in _rows_by(keys):
        parents = table.tables.of_domain(domains.text(int(rows[0])))
        if parents:
            asked = True
            yield rows, domains.text(int(rows[0])), names.text(int(rows[0])), parents
    if table.length and not asked:
        raise NotRunnableError(f"the datasets that {table.name} points at are not there")


def _rows_by(keys: np.ndarray) -> Iterator[np.ndarray]:
    codes, distinct = pd.factorize(keys)
    order = np.argsort(codes, kind="stable")
    yield from np.split(order, np.cumsum(np.bincount(codes, minlength=len(distinct)))[:-1]) if len(keys) else ()


@register_check(reach="across")
def check_qualifier_name(scope: Scope) -> Iterator[Hits]:
    """Values of QNAM that are variables of the parent dataset, there or in the standard."""
    table = scope.table
    coded, domains = table.coded("QNAM"), table.coded("RDOMAIN")
    keys = combine([domains, coded], table.length)
    for rows in _rows_by(keys):
        name, domain = coded.text(int(rows[0])), domains.text(int(rows[0]))
        parents = table.tables.of_domain(domain)
        if any(name in parent.frame or parent.standard_variable(name) for parent in parents):
            yield Hits("QNAM", rows, words=_fill(value=name, domain=domain))


def _fill(**words: str) -> Callable[[int], dict[str, str]]:
    return lambda row: words
