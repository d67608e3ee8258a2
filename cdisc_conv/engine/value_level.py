"""Value-level metadata of findings: what a result is, test by test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Condition, Item, ValueLevel
from cdisc_conv.derivations.distinct import TEXT
from cdisc_conv.derivations.numbers import parse_numbers
from cdisc_conv.engine.blocks import spread
from cdisc_conv.engine.draft import Draft
from cdisc_conv.engine.items import describe_numbers, make_item, used_codelist
from cdisc_conv.engine.origins import Provenance, provenance_of
from cdisc_conv.engine.state import State
from cdisc_conv.expr import Expression
from cdisc_conv.spec.expected import codelist_of, is_result, standard_variable
from cdisc_conv.spec.model import ValueLevelSpec
from cdisc_conv.standards import CodelistTerms


def value_levels(state: State, draft: Draft, name: str) -> tuple[ValueLevel, ...]:
    """Value-level items of one result column of a findings dataset, one per test code that has values."""
    specs = draft.spec.value_level.get(name, ())
    test = f"{draft.spec.name}TESTCD"
    if not (is_result(draft.spec, name) and test in draft.frame):
        return ()
    tests = draft.frame[test]
    if tests.nunique() < 2 and not specs:
        return ()
    levels = [_level(state, draft, name, test, code, specs) for code in sorted(tests.unique()) if code]
    return tuple(level for level in levels if level is not None)


def _level(
    state: State, draft: Draft, name: str, test: str, code: str, specs: tuple[ValueLevelSpec, ...]
) -> ValueLevel | None:
    mask = (draft.frame[test] == code).to_numpy(dtype=bool)
    series = draft.frame[name][mask]
    series = series[series.notna() if series.dtype != TEXT else series != ""].reset_index(drop=True)
    if not len(series):
        return None
    said = next((spec for spec in specs if _holds(spec.where, draft, mask)), None)
    provenance = _provenance(state, draft, name, mask, said)
    standard = standard_variable(state.study, draft.spec, name)
    terms = _terms(state, draft, name, series, said)
    codelist = used_codelist(series, terms, draft.spec.family.terminology) if terms else None
    item = _refine_type(make_item(series, standard.described if standard else "", codelist, provenance), series)
    return ValueLevel((Condition(test, "EQ", (code,)),), item, label=_label(draft, mask))


def _terms(
    state: State, draft: Draft, name: str, series: pd.Series, said: ValueLevelSpec | None
) -> CodelistTerms | None:
    """The codelist of a test's results: the mapping's, else the variable's where it has any of them.

    A codelist of results is that of some tests only: responses have terms, sums of diameters are numbers.
    """
    terminology = draft.spec.family.terminology
    if said and said.codelist:
        return terminology.codelist(said.codelist)
    entry = next(v for block in draft.spec.blocks if (v := draft.spec.own_variable(name, block)) is not None)
    terms = codelist_of(state.study, draft.spec, entry)
    if terms is None or series.dtype != TEXT:
        return None
    return terms if not terms.values.isdisjoint(series.unique()) else None


def _holds(where: Expression, draft: Draft, mask: np.ndarray) -> bool:
    """Whether the records of the mask all meet a condition."""

    def column(name: str) -> pd.Series:
        """A permissible variable that is empty is not in the frame any more; what it would hold is blank."""
        return draft.frame[name] if name in draft.frame else spread("", len(draft.frame))

    met = where.evaluate(column, len(draft.frame)).to_numpy(dtype=bool)
    return bool(met[mask].all())


def _provenance(state: State, draft: Draft, name: str, mask: np.ndarray, said: ValueLevelSpec | None) -> Provenance:
    blocks = set(np.unique(draft.block[mask]).tolist())
    parts = [part for part in state.plan.parts[draft.spec.name, name] if blocks & set(part.blocks)]
    found = provenance_of(state.study, state.plan, parts)
    if said is None:
        return found
    return Provenance(said.origin or found.origin, said.method or found.method, said.comment or found.comment)


def _label(draft: Draft, mask: np.ndarray) -> str:
    """The name of the test, when the dataset has it."""
    name = f"{draft.spec.name}TEST"
    return str(draft.frame[name][mask].iloc[0]) if name in draft.frame else ""


def _refine_type(item: Item, series: pd.Series) -> Item:
    """Results that are text in the dataset but numbers under this test are described as numbers."""
    if item.type != "text" or item.codelist is not None:
        return item
    numbers = parse_numbers(series)
    if numbers.isna().any():
        return item
    kind, length, digits = describe_numbers(numbers)
    return replace(item, type=kind, length=length, significant_digits=digits)
