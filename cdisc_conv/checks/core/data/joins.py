"""Records of other datasets beside those that are asked, as a rule's ``Match Datasets`` say.

A plain join matches keys. Supplemental qualifiers become columns of their parent. RELREC brings the related records
of any domain. A child join goes from supplemental qualifiers, comments or RELREC to the records that they point to.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from cdisc_conv.checks.core.data.pairing import pair_rows
from cdisc_conv.checks.core.data.related import join_related
from cdisc_conv.checks.core.data.study import Study, Table
from cdisc_conv.checks.core.data.vectors import Vector, choose, constant
from cdisc_conv.checks.core.data.views import View
from cdisc_conv.checks.core.operators.equality import write_plainly
from cdisc_conv.checks.core.operators.registry import MissingVariableError
from cdisc_conv.checks.core.rule.model import CoreRule, Join

_SUPPLEMENTAL = ("SUPP", "SQ")
_KEYS = ("STUDYID", "USUBJID", "APID", "POOLID", "SPDEVID")
"""What supplemental qualifiers share with their parent, beside what IDVAR names."""


def join_all(rule: CoreRule, table: Table, view: View, study: Study) -> View:
    """The records with those of all datasets that the rule joins. A dataset that is not there joins nothing."""
    done: set[str] = set()
    for join in rule.joins:
        for other in _find_others(join, table, view, study):
            name = other.domain or other.name
            if name in done:
                continue
            done.add(name)
            named = _find_qualified(rule, join)
            key = ("join", id(view), join, other.name, named)
            view = study.once(key, partial(_join, join, named, table, view, other, study))[0]
    return view


def _find_others(join: Join, table: Table, view: View, study: Study) -> Sequence[Table]:
    if join.child:
        return _find_parents(join, table, view, study)
    if join.name == table.whole:
        return ()
    own = table.domain or table.name
    return [
        other
        for other in study.tables
        if join.name in (other.domain, other.name, other.whole)
        or (join.name == "SUPP--" and not table.is_supplemental and other.related == own)
    ]


def _find_parents(join: Join, table: Table, view: View, study: Study) -> Sequence[Table]:
    if table.is_supplemental and join.name.startswith(_SUPPLEMENTAL):
        wanted = join.name in ("SUPP--", table.name)
        return [other for other in study.tables if wanted and other.domain == table.related]
    if join.name not in (table.domain, table.name):
        return ()
    domains = view.find("RDOMAIN")
    if domains is not None:
        return [other for other in study.tables if other.domain and other.domain in domains.used]
    return [other for other in study.tables if all(key in other.view for key in join.right)]


def _find_qualified(rule: CoreRule, join: Join) -> frozenset[str]:
    """The variables of the other dataset that the rule speaks of with its name, such as ``TA.ELEMENT``."""
    stem = f"{join.name}."
    said = (text for check in rule.checks for text in (check.name, check.value) if isinstance(text, str))
    return frozenset(text.removeprefix(stem) for text in said if text.startswith(stem))


def _join(join: Join, named: frozenset[str], table: Table, view: View, other: Table, study: Study) -> tuple[View, View]:
    """The joined records, and those that they are made from: a view that is kept keeps its number."""
    records = study.view_whole(other)
    if named:
        records = records.renamed({name: f"{join.name}.{name}" for name in named if name in records})
    return _join_records(join, table, view, other, records, study), view


def _join_records(join: Join, table: Table, view: View, other: Table, records: View, study: Study) -> View:
    if join.child:
        if "IDVAR" in join.left or "IDVARVAL" in join.left:
            return _join_parent(join, table, view, other, records)
        return _join_keys(join, table, view, records, f".{other.domain}", how="left")
    if join.name == "RELREC":
        return join_related(table, view, records, study, join.wildcard)
    if join.name.startswith(_SUPPLEMENTAL):
        return _join_qualifiers(view, records)
    return _join_keys(join, table, view, records, f".{join.name}", how=join.how)


def _join_keys(join: Join, table: Table, view: View, records: View, suffix: str, *, how: str) -> View:
    """Every pair of records with the same keys; a ``left`` join keeps those without a partner."""
    ours = [_need(view, name.replace("--", table.domain)) for name in join.left]
    theirs = [_need(records, name.replace("--", join.name)) for name in join.right]
    left, right = pair_rows(ours, theirs, keep=how == "left")
    columns = records.taken_columns(right)
    kept = {name: column for name, column in columns.items() if name not in join.right or name not in join.left}
    named = {name + suffix if name in view else name: column for name, column in kept.items()}
    merged = view.take(left).with_columns(named)
    if how == "left":
        flags = np.where(right < 0, 0, 1)
        merged = merged.with_columns({f"_merge_{join.name}": Vector(flags.astype("int64"), ("left_only", "both"))})
    return merged


def _need(view: View, name: str) -> Vector:
    found = view.find(name)
    if found is None:
        raise MissingVariableError(name)
    return found


def _join_qualifiers(view: View, records: View) -> View:
    """The parent's records with a column per QNAM; the first value counts where a record has several."""
    names, values = records.find("QNAM"), records.find("QVAL")
    if names is None or values is None or not records.length:
        return view
    partner = find_parents(records, view)
    columns = {}
    for code, name in enumerate(names.values):
        if not isinstance(name, str) or name in view:
            continue
        rows = np.flatnonzero((names.codes == code) & (partner >= 0))
        place = np.full(view.length, -1, dtype="int64")
        place[partner[rows[::-1]]] = rows[::-1]
        columns[name] = values.take(place)
    return view.with_columns(columns)


def find_parents(children: View, parents: View, keys: Sequence[str] = _KEYS) -> np.ndarray:
    """For each record of children, the first record of the parent that IDVAR and IDVARVAL point to, or -1.

    Without IDVAR the other keys alone say it.
    """
    shared = [name for name in keys if name in children and name in parents]
    ours = [_need(children, name) for name in shared]
    theirs = [_need(parents, name) for name in shared]
    variables = children.find("IDVAR") or constant(None, children.length)
    pointed = (children.find("IDVARVAL") or constant(None, children.length)).map(write_plainly)
    found = np.full(children.length, -1, dtype="int64")
    for code, name in enumerate(variables.values):
        rows = np.flatnonzero(variables.codes == code)
        mine, other = [vector.take(rows) for vector in ours], list(theirs)
        if isinstance(name, str):
            column = parents.find(name)
            if column is None:
                continue
            mine.append(pointed.take(rows))
            other.append(column.map(write_plainly))
        if mine:
            left, right = pair_rows(mine, other)
            first = pd.Series(right).groupby(left).first()
            found[rows[first.index.to_numpy()]] = first.to_numpy()
    return found


def _join_parent(join: Join, table: Table, view: View, other: Table, records: View) -> View:
    """Supplemental qualifiers, comments or RELREC with the record of the parent that each of them points to."""
    keys = [name.replace("--", table.domain) for name in join.left if name not in ("IDVAR", "IDVARVAL")]
    rows = find_parents(view, records, keys)
    domains = view.find("RDOMAIN")
    if domains is not None and not table.is_supplemental:
        rows = np.where(domains.test(lambda value: value == other.domain), rows, -1)
    columns = records.taken_columns(rows)
    added = {name: column for name, column in columns.items() if name not in view}
    earlier = [name for name in columns if name in view and name not in table.view]
    both = {name: _overlay(view, name, records, rows) for name in earlier}
    return view.with_columns({**added, **both})


def _overlay(view: View, name: str, records: View, rows: np.ndarray) -> Vector:
    """A column of an earlier parent, where this one says nothing."""
    return choose(rows >= 0, _need(records, name).take(rows), _need(view, name))
