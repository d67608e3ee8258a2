"""Records of one test that the entries of ``value_level`` tell apart, and the where-clauses that tell them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import spread, take_rows
from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import as_text
from cdisc_conv.dataset import Condition
from cdisc_conv.expr import Expression
from cdisc_conv.expr.conditions import read_conditions
from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.model import ValueLevelSpec

_OPPOSITES = {"EQ": "NE", "NE": "EQ", "IN": "NOTIN", "NOTIN": "IN", "LT": "GE", "GE": "LT", "GT": "LE", "LE": "GT"}


@dataclass(frozen=True)
class Told:
    """Some records of a test: the entry that holds for them, their positions, and what tells them from the others."""

    spec: ValueLevelSpec | None
    places: np.ndarray
    conditions: tuple[Condition, ...] = ()


def tell_apart(
    frame: pd.DataFrame, specs: Sequence[ValueLevelSpec], places: np.ndarray, column: str
) -> tuple[list[Told], list[ValueLevelSpec]]:
    """The records of one test (at `places`) by the entries that hold for them, and the entries that were used.

    Entries that hold for all of them need no more than the code in `column`; they say together what they say. Of those
    that hold for some, the first one counts and adds to these. A where-clause is the entry's own condition where that
    is true of its records only, else with the opposites of the entries before it; where neither will do, the values of
    the variables that the entries name.
    """
    meets = {spec: _meets(spec.where, frame, places) for spec in dict.fromkeys(specs)}
    whole = [spec for spec in specs if meets[spec].all()]
    some = [spec for spec in specs if meets[spec].any() and spec not in whole and _read(spec, column, frame)]
    names = list(dict.fromkeys(one.variable for spec in some for one in _read(spec, column, frame)))
    own = frame[names].take(places).reset_index(drop=True)
    left = np.ones(len(places), dtype=bool)
    told: list[Told] = []
    opposites: tuple[Condition, ...] | None = ()
    used = list(whole)
    for spec in some:
        mask, conditions = meets[spec] & left, _read(spec, column, frame)
        if mask.any():
            used.append(spec)
            candidates = [conditions, *([(*opposites, *conditions)] if opposites else [])]
            told += _clauses(own, names, mask, _join([spec, *whole]), places, candidates)
            left &= ~mask
        single = opposites is not None and len(conditions) == 1
        opposites = (*(opposites or ()), _turn(conditions[0])) if single else None
    if left.any():
        candidates = [opposites] if opposites is not None else []
        told += _clauses(own, names, left, _join(whole), places, candidates)
    return told, used


def meets_conditions(conditions: Sequence[Condition], table: Frame) -> np.ndarray:
    """The records that meet all conditions of a where-clause; one that asks for another dataset holds for all."""
    frame = table[list(dict.fromkeys(one.variable for one in conditions if one.variable in table))]
    found = pd.Series(True, index=frame.index)
    for condition in conditions:
        if condition.variable not in frame:
            continue
        series = frame[condition.variable]
        wanted: list[Any] = list(condition.values)
        if pd.api.types.is_numeric_dtype(series):
            wanted = [float(value) if value else np.nan for value in wanted]
        match condition.comparator:
            case "EQ" | "IN":
                found &= series.isin(wanted)
            case "NE" | "NOTIN":
                found &= ~series.isin(wanted)
            case "LT" | "LE" | "GT" | "GE":
                compare = getattr(series, condition.comparator.lower())
                found &= compare(wanted[0]).fillna(False).astype(bool)
    return found.to_numpy(dtype=bool)


def _clauses(
    own: pd.DataFrame,
    names: list[str],
    mask: np.ndarray,
    spec: ValueLevelSpec | None,
    places: np.ndarray,
    candidates: Sequence[tuple[Condition, ...]],
) -> Iterator[Told]:
    """The records of a mask under the first where-clause that is true of them only, else by the values of variables."""
    fits = (one for one in candidates if (meets_conditions(one, own) == mask).all())
    if (conditions := next(fits, None)) is not None:
        yield Told(spec, places[mask], conditions)
        return
    mine = np.flatnonzero(mask)
    texts = pd.DataFrame({name: as_text(take_rows(own[name], mine)) for name in names})
    for values, rows in texts.groupby(names, sort=True).indices.items():
        told = values if isinstance(values, tuple) else (values,)
        conditions = tuple(Condition(name, "EQ", (str(text),)) for name, text in zip(names, told, strict=True))
        yield Told(spec, places[mine[rows]], conditions)


def _join(specs: Sequence[ValueLevelSpec]) -> ValueLevelSpec | None:
    """What several entries say of the same records: each leaves open what the ones before it said."""
    if not specs:
        return None
    first = specs[0]
    for other in specs[1:]:
        first = replace(
            first,
            codelist=first.codelist or other.codelist,
            origin=first.origin or other.origin,
            method=first.method or other.method,
            comment=first.comment or other.comment,
        )
    return first


def _turn(condition: Condition) -> Condition:
    return replace(condition, comparator=_OPPOSITES[condition.comparator])


def _read(spec: ValueLevelSpec, column: str, frame: pd.DataFrame) -> tuple[Condition, ...]:
    """What an entry asks for beside the test; nothing where it is no where-clause (LINT216)."""
    try:
        found = read_conditions(str(spec.where), spec.place, "value_level")
    except ProblemsError:
        return ()
    return tuple(one for one in found if one.variable != column and one.variable in frame)


def _meets(where: Expression, frame: pd.DataFrame, places: np.ndarray) -> np.ndarray:
    """Which of the records at some positions meet a condition."""

    def column(name: str) -> pd.Series:
        """A permissible variable that is empty is not in the frame any more; what it would hold is blank."""
        found = frame[name] if name in frame else spread("", len(frame))
        return take_rows(found, places)

    return where.evaluate(column, len(places)).to_numpy(dtype=bool)
