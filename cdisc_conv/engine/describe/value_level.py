"""Value-level metadata: what a result of findings is, test by test, and an analysis value, parameter by parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.numbers import parse_numbers
from cdisc_conv.dataset import Codelist, Condition, Item, OriginType, ValueLevel
from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.derive.blocks import take_rows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.describe.finer import Told, tell_apart
from cdisc_conv.engine.describe.items import describe_numbers, describe_written, make_item, used_codelist
from cdisc_conv.engine.describe.origins import Provenance, provenance_of
from cdisc_conv.engine.describe.pairs import PARAMETER, PARAMETER_CODE, code_type, decode_terms, list_terms
from cdisc_conv.engine.describe.selection import describe_selection
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.graph import Part, variable_of
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.expected import codelist_of, is_result, standard_variable
from cdisc_conv.spec.model import DatasetSpec, Study, ValueLevelSpec
from cdisc_conv.standards import CodelistTerms

STRUCTURE = "BASIC DATA STRUCTURE"
ANALYSIS_VALUES = ("AVAL", "AVALC")
"""The columns of the basic data structure that are always described parameter by parameter."""


@dataclass(frozen=True)
class _Kind:
    """The records of one test or parameter that have a value in the column, or of a numbered family of them."""

    codes: tuple[str, ...]
    label: str
    places: np.ndarray
    """The positions of the records."""
    provenance: Provenance
    terms: CodelistTerms | None
    selection: str
    """Which records of their sources they are made of."""
    finer: tuple[Condition, ...] = ()
    """Conditions beside the code, where the mapping tells records of one test apart."""


def value_levels(state: State, draft: Draft, name: str) -> tuple[ValueLevel, ...]:
    """The value-level items of a column: one per test code or parameter that has values; none where they say no more.

    Results of findings and the analysis values AVAL and AVALC are always described so, once there are two tests or
    parameters; any other column of the basic data structure where its method differs by parameter. Parameters that
    differ in a number only (LDIAM1, LDIAM2 ...) are one item.
    """
    column = _coding_column(draft, name)
    specs = draft.spec.value_level.get(name, ())
    if column is None or (draft.frame[column].nunique() < 2 and not specs):
        return ()
    kinds = list(_list_kinds(state, draft, name, column, specs))
    if column == PARAMETER_CODE:
        differ = len({kind.provenance.method for kind in kinds}) > 1
        if not (specs or differ or name in ANALYSIS_VALUES):
            return ()
        if name in ANALYSIS_VALUES:
            kinds = [replace(kind, provenance=_with_selection(kind)) for kind in kinds]
        kinds = _join_numbered(kinds)
    return tuple(_describe(state, draft, name, column, kind) for kind in kinds)


def own_provenance(levels: Sequence[ValueLevel], found: Provenance, spec: DatasetSpec) -> Provenance:
    """What is left to say of a whole column of an analysis dataset: nothing when each parameter says it."""
    if not levels or not spec.family.is_analysis or any(level.item.origin is None for level in levels):
        return found
    return Provenance(None, "", "")


def _coding_column(draft: Draft, name: str) -> str | None:
    """The column that says how to read another one, or None."""
    if draft.spec.standard.class_name == STRUCTURE:
        own = name in (PARAMETER_CODE, PARAMETER) or re.fullmatch(r"PARAMN|PARCAT\dN?|PARTYPE", name)
        return PARAMETER_CODE if PARAMETER_CODE in draft.frame and not own else None
    test = f"{draft.spec.name}TESTCD"
    return test if is_result(draft.spec, name) and test in draft.frame else None


def _list_kinds(
    state: State, draft: Draft, name: str, column: str, specs: tuple[ValueLevelSpec, ...]
) -> Iterator[_Kind]:
    """The tests or parameters in the order of their codes, each with the records that have a value."""
    series = draft.frame[name]
    used: dict[ValueLevelSpec, None] = {}
    filled = (series != "" if series.dtype == TEXT else series.notna()).to_numpy(dtype=bool)
    labels = draft.frame.get(PARAMETER if column == PARAMETER_CODE else f"{draft.spec.name}TEST")
    for code, places in _split(draft.frame[column]).items():
        valued = places[filled[places]]
        if not len(valued):
            continue
        blocks = set(np.unique(draft.block[places]).tolist())
        parts = [part for part in state.plan.parts[draft.spec.name, name] if blocks & set(part.blocks)]
        narrowed = _narrow(state, draft.spec, blocks, column, code)
        narrow_parts = [replace(part, blocks=tuple(n for n in part.blocks if n in blocks)) for part in parts]
        found = provenance_of(narrowed, state.plan, narrow_parts)
        label = "" if labels is None else str(labels.iloc[places[0]])
        selection = " ".join(describe_selection(narrowed, part) for part in narrow_parts)
        told, mine = tell_apart(draft.frame, specs, valued, column)
        used.update(dict.fromkeys(mine))
        for one in told:
            said, kind = one.spec, found
            if said is not None:
                kind = Provenance(
                    said.origin or found.origin, said.method or found.method, said.comment or found.comment
                )
            terms = _terms(state, draft, parts[0], name, one)
            yield _Kind((code,), label, one.places, kind, terms, selection, one.conditions)
    for spec in specs:
        if spec not in used:
            _report_unused(state, draft, name, spec)


def _report_unused(state: State, draft: Draft, name: str, spec: ValueLevelSpec) -> None:
    message = f"'value_level': no record with a value of {name} meets {spec.where}, so that the entry says nothing"
    place = Place(dataset=draft.spec.name, variable=name)
    hint = "right where the data do not have it yet; else correct the condition"
    state.report(Problem("LEVEL001", message, Severity.NOTE, place, hint))


def _split(codes: pd.Series) -> Mapping[str, np.ndarray]:
    """The positions of the records of each code, in the order of the codes; records without one are left out."""
    numbers, values = pd.factorize(codes, sort=True)
    order = np.argsort(numbers, kind="stable")
    ends = np.searchsorted(numbers[order], np.arange(len(values) + 1))
    return {str(value): order[ends[i] : ends[i + 1]] for i, value in enumerate(values) if value}


def _narrow(state: State, spec: DatasetSpec, blocks: set[int], column: str, code: str) -> Study:
    """The study as far as it makes the records of one test: entries of ``for_each`` for other tests are left out."""
    entries = {
        number: tuple(entry for entry in spec.blocks[number].for_each if _may_make(entry.get(column), code))
        for number in sorted(blocks)
    }
    return state.narrow(spec.name, entries, column, code)


def _may_make(value: Any, code: str) -> bool:
    """Whether an entry that gives a test this value may make records of a code."""
    return value is None or isinstance(value, Ref) or str(value) in (code, "")


def _with_selection(kind: _Kind) -> Provenance:
    """The provenance with the records that a parameter is made of: part of its method, else of its comment."""
    found = kind.provenance
    if found.origin is not None and found.origin.type is OriginType.DERIVED:
        return replace(found, method=f"{kind.selection} {found.method}".strip())
    return replace(found, comment=f"{kind.selection} {found.comment}".strip())


def _terms(state: State, draft: Draft, part: Part, name: str, one: Told) -> CodelistTerms | None:
    """The codelist of a test's results: the mapping's, else the variable's where it has any of them.

    A codelist of results is that of some tests only: responses have terms, sums of diameters are numbers.
    """
    if one.spec and one.spec.codelist:
        return draft.spec.family.terminology.codelist(one.spec.codelist)
    terms = codelist_of(state.study, draft.spec, variable_of(state.study, part))
    if terms is None or draft.frame[name].dtype != TEXT:
        return None
    used = take_rows(draft.frame[name], one.places).unique()
    return terms if not terms.values.isdisjoint(used) else None


def _join_numbered(kinds: Sequence[_Kind]) -> list[_Kind]:
    """Parameters whose codes and labels differ in numbers only, and that share all else, as one."""
    families: dict[object, list[_Kind]] = {}
    for kind in kinds:
        numbered = re.search(r"\d", kind.codes[0]) is not None
        shape = (_mask_numbers(kind.codes[0]), _mask_numbers(kind.label)) if numbered else kind.codes
        families.setdefault((shape, kind.provenance, kind.terms, kind.finer), []).append(kind)
    return [_join(family) for family in families.values()]


def _join(family: Sequence[_Kind]) -> _Kind:
    if len(family) == 1:
        return family[0]
    codes = sorted((kind.codes[0] for kind in family), key=lambda code: (len(code), code))
    words = [re.split(r"(\d+)", kind.label) for kind in family]
    label = "".join(same[0] if len(set(same)) == 1 else "n" for same in zip(*words, strict=True))
    places = np.sort(np.concatenate([kind.places for kind in family]))
    return replace(family[0], codes=tuple(codes), label=label, places=places)


def _mask_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _describe(state: State, draft: Draft, name: str, column: str, kind: _Kind) -> ValueLevel:
    series = draft.frame[name].iloc[kind.places].reset_index(drop=True)
    standard = standard_variable(state.study, draft.spec, name)
    if kind.terms is not None:
        codelist = used_codelist(series, kind.terms, draft.spec.family.terminology)
    else:
        codelist = _pair(draft, name, kind) if column == PARAMETER_CODE else None
    item = make_item(series, standard.described if standard else "", codelist, kind.provenance)
    comparator = "EQ" if len(kind.codes) == 1 else "IN"
    item = item if draft.spec.family.is_analysis else _refine_type(item, series)
    return ValueLevel((Condition(column, comparator, kind.codes), *kind.finer), item, label=kind.label)


def _pair(draft: Draft, name: str, kind: _Kind) -> Codelist | None:
    """The codelist of AVAL and AVALC where the one is the code of the other, and not the same number as text."""
    if name not in ANALYSIS_VALUES or not set(ANALYSIS_VALUES) <= set(draft.frame):
        return None
    codes, texts = (draft.frame[column].iloc[kind.places].reset_index(drop=True) for column in ANALYSIS_VALUES)
    decoded = decode_terms(codes, texts)
    if not any(term.decode for term in decoded) or codes.isna().any() or (texts == "").any():
        return None
    owner, short_name = f"{draft.spec.name}.{kind.codes[0]}", f"{name}.{kind.codes[0]}"
    if name == "AVALC":
        return Codelist(f"Analysis Value (C) of {owner}", short_name, terms=list_terms(texts, codes))
    return Codelist(f"Analysis Value of {owner}", short_name, type=code_type(codes), terms=decoded)


def _refine_type(item: Item, series: pd.Series) -> Item:
    """Results that are text in the dataset but numbers under this test are described as numbers."""
    if item.type != "text" or item.codelist is not None:
        return item
    numbers = parse_numbers(series)
    if numbers.isna().any():
        return item
    kind, length, digits = describe_written(series) or describe_numbers(numbers)
    return replace(item, type=kind, length=length, significant_digits=digits)
