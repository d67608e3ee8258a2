"""Related records: what RELREC says stands beside each record that it names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cdisc_conv.checks.core.data.pairing import pair_rows
from cdisc_conv.checks.core.data.study import Study, Table
from cdisc_conv.checks.core.data.vectors import Vector, concatenate, constant, from_numbers
from cdisc_conv.checks.core.data.views import Column, View, join_views
from cdisc_conv.checks.core.operators.equality import write_plainly
from cdisc_conv.tables import SUBJECT

_KEYS = ("STUDYID", SUBJECT, "RELID")


@dataclass(frozen=True)
class Pointed:
    """The records that pointers of RELREC mean: place of the pointer, record, and what the partner must agree in."""

    pointers: np.ndarray
    records: np.ndarray
    keys: tuple[Vector, ...]


@dataclass(frozen=True)
class Pointers:
    """Records of RELREC: whom and what they point to."""

    subjects: Vector
    variables: Vector
    values: Vector

    def take(self, rows: np.ndarray) -> Pointers:
        return Pointers(self.subjects.take(rows), self.variables.take(rows), self.values.take(rows))


def join_related(table: Table, view: View, relations: View, study: Study, wildcard: str) -> View:
    """The records that RELREC relates to others, each beside the other's columns, named ``RELREC.**DECOD``.

    The wildcard stands for the domain of the other record. A relation of datasets (without USUBJID and IDVARVAL)
    matches the values of the two variables that it names. Records without a relation are not there.
    """
    domains = _column(relations, "RDOMAIN")
    pointers = Pointers(
        _column(relations, SUBJECT), _column(relations, "IDVAR"), _column(relations, "IDVARVAL").map(write_plainly)
    )
    ours = np.flatnonzero(domains.test(lambda value: value == table.domain))
    others = np.flatnonzero(domains.test(lambda value: value not in (table.domain, None)))
    keys = [_column(relations, name) for name in _KEYS]
    left, right = pair_rows([key.take(ours) for key in keys], [key.take(others) for key in keys])
    left, right = ours[left], others[right]
    made = []
    for code, domain in enumerate(domains.values):
        chosen = domains.codes[right] == code
        owners = study.of_domain(domain) if isinstance(domain, str) else ()
        if owners and chosen.any():
            other = study.view_whole(owners[0])
            pairs = _match(_point(view, pointers.take(left[chosen])), _point(other, pointers.take(right[chosen])))
            made.append(_put_beside(view, other, pairs, str(domain), wildcard, study))
    return join_views(made) if made else view.take(np.zeros(0, dtype="int64"))


def _column(view: View, name: str) -> Vector:
    return view.find(name) or constant(None, view.length)


def _put_beside(
    view: View, other: View, pairs: tuple[np.ndarray, np.ndarray], domain: str, wildcard: str, study: Study
) -> View:
    known = {variable.name for part in study.library.classes.values() for variable in part}
    known |= {variable.name for variable in (*study.library.identifiers, *study.library.timing)}

    def name_generally(name: str) -> str:
        general = name.startswith(domain) and f"--{name.removeprefix(domain)}" in known
        return f"RELREC.{name.replace(domain, wildcard, 1) if general else name}"

    added: dict[str, Column] = {name_generally(name): column for name, column in other.taken_columns(pairs[1]).items()}
    return view.take(pairs[0]).with_columns(added)


def _point(view: View, pointers: Pointers) -> Pointed:
    """The records that pointers may mean."""
    found = []
    for code, name in enumerate(pointers.variables.values):
        places = np.flatnonzero(pointers.variables.codes == code)
        column = view.find(name) if isinstance(name, str) else None
        if column is not None and len(places):
            found += _find_records(view, column.map(write_plainly), pointers.take(places), places)
    return Pointed(
        np.concatenate([each.pointers for each in found]) if found else np.zeros(0, dtype="int64"),
        np.concatenate([each.records for each in found]) if found else np.zeros(0, dtype="int64"),
        tuple(concatenate([each.keys[place] for each in found]) for place in range(2)),
    )


def _find_records(view: View, column: Vector, pointers: Pointers, places: np.ndarray) -> list[Pointed]:
    """A blank subject or value means every one; then the partner must agree in it."""
    subjects = _column(view, SUBJECT)
    made = []
    for named in (True, False):
        for valued in (True, False):
            rows = np.flatnonzero((pointers.subjects.missing != named) & (pointers.values.missing != valued))
            if not len(rows):
                continue
            chosen = pointers.take(rows)
            mine = [
                constant(True, len(rows)),
                *([chosen.subjects] if named else []),
                *([chosen.values] if valued else []),
            ]
            other = [constant(True, view.length), *([subjects] if named else []), *([column] if valued else [])]
            left, right = pair_rows(mine, other)
            shared = constant(None, len(right)) if valued else column.take(right)
            made.append(Pointed(places[rows[left]], right, (subjects.take(right), shared)))
    return made


def _match(ours: Pointed, theirs: Pointed) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of records of the two sides of each relation."""
    left, right = pair_rows(
        [from_numbers(ours.pointers.astype("float64")), *ours.keys],
        [from_numbers(theirs.pointers.astype("float64")), *theirs.keys],
    )
    return ours.records[left], theirs.records[right]
