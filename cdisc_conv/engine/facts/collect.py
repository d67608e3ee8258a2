"""From the records of a range to facts: what describing the dataset will ask for, counted once over whole columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.rows import find_distinct_rows, group_codes, take_rows
from cdisc_conv.columns.texts import as_text, is_written
from cdisc_conv.columns.threads import map_columns
from cdisc_conv.derivations.values.long_text import SHORTENED, Split
from cdisc_conv.engine.derive.rows import PartRows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.facts.datasets import (
    SHOWN_KEYS,
    Cell,
    CodeFacts,
    DatasetFacts,
    KeyFacts,
    LevelFacts,
    Pairs,
)
from cdisc_conv.engine.facts.values import ValueFacts, describe_groups, describe_values
from cdisc_conv.engine.finish.draft import AnyDraft, Draft
from cdisc_conv.engine.plan.graph import variable_of
from cdisc_conv.expr.conditions import read_conditions
from cdisc_conv.problems import SHOWN_ROWS, ProblemsError
from cdisc_conv.spec.expected import codelist_of, is_result
from cdisc_conv.spec.model import DatasetSpec, Study, ValueLevelSpec

PARAMETER_CODE, PARAMETER = "PARAMCD", "PARAM"
STRUCTURE = "BASIC DATA STRUCTURE"
ANALYSIS_VALUES = ("AVAL", "AVALC")
"""The columns of the basic data structure that are always described parameter by parameter."""


def collect_facts(state: State, draft: Draft) -> DatasetFacts:
    """The facts of the records of a dataset, before anything that is empty is left out."""
    spec, frame = draft.spec, draft.frame
    series = {str(name): column for name, column in frame.items()}
    qualifiers = {str(name): column for name, column in draft.supplemental.items()}
    column = coding_column(spec, frame.columns)
    codes, ranks = _number_codes(frame, column)
    levels = {
        name: _collect_levels(draft, name, column, codes, ranks, _has_codelist(state.study, spec, name))
        for name in frame.columns
        if column and is_told_by_code(spec, name)
    }
    numeric = frozenset(name for name, values in series.items() if values.dtype != TEXT)
    return DatasetFacts(
        records=len(frame),
        columns=_describe(state.study, spec, series),
        numeric=numeric,
        qualifiers=_describe(state.study, spec, qualifiers),
        codes=_collect_codes(draft, column, codes, ranks),
        levels=levels,
        pairs=collect_pairs(frame) if spec.family.is_analysis else {},
        names=dict(_collect_names(frame)),
        full_texts=_collect_full_texts(state, draft),
        keys=collect_keys(draft),
    )


def coding_column(spec: DatasetSpec, columns: Sequence[str] | pd.Index) -> str:
    """The column that says how to read others: PARAMCD, or --TESTCD; "" where there is none."""
    name = PARAMETER_CODE if spec.standard.class_name == STRUCTURE else f"{spec.name}TESTCD"
    return name if name in columns else ""


def is_told_by_code(spec: DatasetSpec, name: str) -> bool:
    """Whether a column may be described test by test, or parameter by parameter."""
    if spec.standard.class_name == STRUCTURE:
        return re.fullmatch(r"PARAM(CD|N)?|PARCAT\dN?|PARTYPE", name) is None
    return is_result(spec, name)


def _has_codelist(study: Study, spec: DatasetSpec, name: str) -> bool:
    """Whether the terms that a column uses are listed."""
    blocks = (spec.own_variable(name, block) for block in spec.blocks)
    entry = next((entry for entry in blocks if entry is not None), None)
    return entry is not None and codelist_of(study, spec, entry) is not None


def _describe(study: Study, spec: DatasetSpec, columns: Mapping[str, pd.Series]) -> dict[str, ValueFacts]:
    """The facts of each whole column."""

    def describe(name: str) -> ValueFacts:
        return describe_values(columns[name], all_values=_has_codelist(study, spec, name))

    rows = max(map(len, columns.values()), default=0)
    return dict(zip(columns, map_columns(describe, columns, rows), strict=True))


def _number_codes(frame: pd.DataFrame, column: str) -> tuple[list[str], np.ndarray]:
    """The codes of a column, and the number of its code for each record."""
    if not column:
        return [], np.zeros(len(frame), dtype=np.int64)
    ranks, (values,) = find_distinct_rows([frame[column]])
    return values.tolist(), ranks


def _collect_codes(draft: Draft, column: str, codes: list[str], ranks: np.ndarray) -> dict[str, CodeFacts]:
    name = PARAMETER if column == PARAMETER_CODE else f"{draft.spec.name}TEST"
    labels = draft.frame.get(name)
    found = {}
    for number, code in enumerate(codes):
        places = np.flatnonzero(ranks == number)
        label = "" if labels is None else str(labels.iloc[places[0]])
        found[code] = CodeFacts(label, frozenset(np.unique(draft.block[places]).tolist()))
    return found


def _collect_levels(
    draft: Draft, name: str, column: str, codes: list[str], ranks: np.ndarray, listed: bool
) -> LevelFacts:
    """The facts of a column for each code; `listed` when the column has a codelist."""
    frame, series = draft.frame, draft.frame[name]
    filled = is_written(series) if series.dtype == TEXT else series.notna().to_numpy()
    names = list_asked(draft.spec.value_level.get(name, ()), frame.columns)
    keys: list[tuple[Cell, ...]] = [(code,) for code in codes]
    groups = ranks
    if names:
        groups, distinct = find_distinct_rows([frame[column], *(frame[each] for each in names)])
        keys = list(zip(*(_cells(each) for each in distinct), strict=True))
    groups = np.where(filled, groups, -1)
    listed = listed or any(each.codelist for each in draft.spec.value_level.get(name, ()))
    facts = describe_groups(series, groups, len(keys), all_values=listed, results=series.dtype == TEXT)
    there = [number for number, each in enumerate(facts) if each.records and keys[number][0]]
    pairs: dict[tuple[Cell, ...], Pairs] = {}
    if name in ANALYSIS_VALUES and set(ANALYSIS_VALUES) <= set(frame) and column == PARAMETER_CODE:
        pairs = _collect_analysis_pairs(frame, groups, keys, there)
    numeric = tuple(frame[each].dtype != TEXT for each in names)
    return LevelFacts(tuple(names), numeric, {keys[number]: facts[number] for number in there}, pairs)


def list_asked(specs: Sequence[ValueLevelSpec], columns: Sequence[str] | pd.Index) -> list[str]:
    """The columns that the conditions of ``value_level`` name."""
    asked: dict[str, None] = {}
    for spec in specs:
        asked.update(dict.fromkeys(spec.where.names))
        try:
            found = read_conditions(str(spec.where), spec.place, "value_level")
        except ProblemsError:
            continue
        asked.update(dict.fromkeys(one.variable for one in found))
    return [name for name in asked if name in columns]


def _cells(series: pd.Series) -> list[Cell]:
    if series.dtype == TEXT:
        return [str(value) for value in series]
    return [None if value != value else float(value) for value in series]


def _collect_analysis_pairs(
    frame: pd.DataFrame, groups: np.ndarray, keys: list[tuple[Cell, ...]], wanted: Sequence[int]
) -> dict[tuple[Cell, ...], Pairs]:
    """The pairs of AVAL and AVALC in each group of records."""
    code, text = (frame[name] for name in ANALYSIS_VALUES)
    inside = np.flatnonzero(groups >= 0)
    numbers = pd.Series(groups[inside].astype("float64"))
    columns = [numbers, *(take_rows(each, inside) for each in (code, text))]
    if not len(inside):
        return {}
    _, (group, codes, texts) = find_distinct_rows(columns)
    found: dict[int, set[tuple[Cell, str]]] = {number: set() for number in wanted}
    for number, value, word in zip(group, _cells(codes), texts, strict=True):
        if int(number) in found:
            found[int(number)].add((value, str(word)))
    return {keys[number]: Pairs(frozenset(pairs), code.dtype != TEXT) for number, pairs in found.items()}


def collect_pairs(frame: pd.DataFrame) -> dict[tuple[str, str], Pairs]:
    """The pairs of every two columns of which the one may be the code of the other: (code, text) -> pairs."""
    numeric = frozenset(str(name) for name in frame if frame[name].dtype != TEXT)
    found: dict[tuple[str, str], Pairs] = {}
    for code in map(str, frame.columns):
        if code not in numeric and code != PARAMETER_CODE:
            continue
        for text in list_partners(code, numeric):
            if text in frame and text not in numeric:
                found[code, text] = _pair_up(frame[code], frame[text])
    return found


def _pair_up(codes: pd.Series, texts: pd.Series) -> Pairs:
    _, (code, text) = find_distinct_rows([codes, texts])
    return Pairs(frozenset(zip(_cells(code), map(str, text), strict=True)), codes.dtype != TEXT)


def list_partners(name: str, numeric: Collection[str]) -> list[str]:
    """The columns that may say in words what a column says as a code, or the other way round; the first one counts."""
    if name in (PARAMETER_CODE, PARAMETER):
        return [PARAMETER if name == PARAMETER_CODE else PARAMETER_CODE]
    if name not in numeric:
        return [*([f"{name[:-1]}N"] if name.endswith("FL") else []), f"{name}N"]
    return [*([f"{name[:-1]}L"] if name.endswith("FN") else []), *([name[:-1]] if name.endswith("N") else [])]


def _collect_names(frame: pd.DataFrame) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The names beside codes: --TEST of --TESTCD, --PARM of --PARMCD."""
    for name in map(str, frame.columns):
        partner = name.removesuffix("CD")
        if name.endswith(("TESTCD", "PARMCD")) and partner in frame:
            pairs = pd.DataFrame({"code": frame[name], "name": frame[partner]}).drop_duplicates("code")
            yield name, dict(zip(map(str, pairs["code"]), map(str, pairs["name"]), strict=True))


def needs_working_memory(draft: Draft) -> bool:
    """Whether facts of a dataset are not of its records alone, but of what they were made of."""
    return SHORTENED in draft.frame and f"{SHORTENED}CD" in draft.frame


def _collect_full_texts(state: State, draft: Draft) -> dict[str, str]:
    """IETESTCD with the criteria in full, where the mapping shortens them into IETEST."""
    code = f"{SHORTENED}CD"
    if not needs_working_memory(draft):
        return {}
    found: dict[str, str] = {}
    for part in state.plan.parts[draft.spec.name, SHORTENED]:
        variable = variable_of(state.study, part)
        if not isinstance(variable.derivation, Split):
            return {}
        texts = PartRows(state, part, variable, False, None)[variable.derivation.text]
        codes = state.own(draft.spec.name, code, part.blocks)
        _, (distinct, words) = find_distinct_rows([as_text(codes), as_text(texts)])
        found |= dict(zip(map(str, distinct), map(str, words), strict=True))
    return found


def collect_keys(draft: AnyDraft) -> KeyFacts:
    """The records that share their natural key, and the first of these keys."""
    if not draft.keys or not len(draft.frame):
        return KeyFacts()
    codes = group_codes([draft.frame[key] for key in draft.keys], len(draft.frame))
    repeated = np.bincount(codes)[codes] > 1
    if not repeated.any():
        return KeyFacts()
    groups = draft.frame[list(draft.keys)].loc[repeated].drop_duplicates()
    first = groups.head(SHOWN_KEYS)
    texts = [as_text(first[key].reset_index(drop=True)) for key in draft.keys]
    shown = tuple("/".join(values) for values in zip(*texts, strict=True))
    rows = tuple(int(row) for row in np.flatnonzero(repeated)[:SHOWN_ROWS])
    return KeyFacts(int(repeated.sum()), len(groups), shown, rows)
