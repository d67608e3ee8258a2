"""Metadata of a finished dataset: labels from the standard, lengths from the data, origins from the mapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.texts import as_text, format_numbers
from cdisc_conv.dataset import Codelist, Column, Dataset, Item, Origin, OriginSource, OriginType, Records, Term
from cdisc_conv.derivations.values.long_text import MOST_BYTES, SHORTENED, Split
from cdisc_conv.engine.derive.rows import PartRows
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.describe.items import flag_codelist, make_item, used_codelist
from cdisc_conv.engine.describe.origins import provenance_of
from cdisc_conv.engine.describe.pairs import pair_codelists
from cdisc_conv.engine.describe.value_level import own_provenance, value_levels
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.graph import variable_of
from cdisc_conv.spec.expected import codelist_of, label_of, standard_variable
from cdisc_conv.spec.model import DatasetSpec, Variable
from cdisc_conv.standards import CodelistTerms, VariableStandard


def describe_dataset(state: State, draft: Draft) -> Dataset:
    """The finished dataset of a draft, with the metadata of every column."""
    spec = draft.spec
    labels = {name: label_of(state.study, spec, name) or name for name in draft.frame.columns}
    pairs = pair_codelists(draft.frame, labels) if spec.family.is_analysis else {}
    columns = tuple(_describe_column(state, draft, name, label, pairs.get(name)) for name, label in labels.items())
    return Dataset(
        name=spec.name,
        label=spec.label,
        frame=draft.frame,
        columns=columns,
        class_name=spec.standard.class_name,
        structure=spec.structure,
        comment=spec.comment,
        standard=spec.family.standard.label,
        repeating=spec.standard.repeating,
        reference_data=spec.standard.reference_data,
        purpose="Analysis" if spec.family.is_analysis else "Tabulation",
        sub_class=spec.sub_class,
        records=Records(draft.records, draft.picked),
    )


def harmonise_lengths(datasets: Sequence[Dataset]) -> list[Dataset]:
    """Every text variable as long as its longest value in any dataset of the study.

    The variables of supplemental qualifiers are as long as they need to be in each SUPP--, but for identifiers that all
    datasets share. Source: FDA Study Data Technical Conformance Guide, 3.3.3.
    """
    longest: dict[str, int] = {}
    for dataset in datasets:
        for column in filter(dataset.shares_length, dataset.columns):
            longest[column.name] = max(longest.get(column.name, 1), column.item.length)
    return [
        replace(
            dataset,
            columns=tuple(
                _with_length(column, longest) if dataset.shares_length(column) else column for column in dataset.columns
            ),
        )
        for dataset in datasets
    ]


def _describe_column(state: State, draft: Draft, name: str, label: str, pair: Codelist | None) -> Column:
    spec, series = draft.spec, draft.frame[name]
    standard = standard_variable(state.study, spec, name)
    parts = state.plan.parts[spec.name, name]
    entry = _first_entry(spec, name)
    levels = value_levels(state, draft, name)
    # Where results are described test by test, the codelist belongs to the tests that have it; visits and flags of an
    # analysis dataset have one for all parameters.
    by_test = any(level.item.codelist for level in levels) if spec.family.is_analysis else bool(levels)
    codelist = None if by_test else _codelist(state, spec, entry, standard, series, _names(draft, name)) or pair
    codelist = codelist or _criteria(state, draft, name)
    provenance = own_provenance(levels, provenance_of(state.study, state.plan, parts), spec)
    item = make_item(series, standard.described if standard else "", codelist, provenance)
    if entry.length is not None:
        item = replace(item, length=entry.length)
    return Column(
        name=name,
        label=label,
        numeric=series.dtype != TEXT,
        item=item,
        format=entry.format or _date_format(spec, name, series),
        role=standard.role if standard else "",
        core=standard.core if standard else "",
        key=draft.keys.index(name) + 1 if name in draft.keys else 0,
        value_level=levels,
        may_be_missing=_may_be_missing(spec, name, series, item),
        non_standard=standard is None and not _is_taken_over(state, (item, *(level.item for level in levels))),
    )


PARAMETER_NAMES = ("PARAM", "PARAMCD")


def _may_be_missing(spec: DatasetSpec, name: str, series: pd.Series, item: Item) -> bool:
    """Whether a record lacks a value of a required variable, or may lack one.

    In SDTM no record may lack it (SDTMIG 3.4, 4.1.5); ADaM requires the variable and not its values (ADaMIG 1.3, 3.0).
    What an analysis dataset takes over is judged by the predecessor in `resolve_predecessors`.
    """
    lacking = bool((series == "").any()) if series.dtype == TEXT else bool(series.isna().any())
    taken = item.origin is not None and item.origin.type is OriginType.PREDECESSOR
    return lacking or (spec.family.is_analysis and not taken and name not in PARAMETER_NAMES)


def resolve_predecessors(datasets: Sequence[Dataset], given: Sequence[Dataset] = ()) -> list[Dataset]:
    """The datasets with what variables have of their predecessors: the codelist, and whether a value may be missing.

    The predecessor of a predecessor counts as well, and so does one in a `given` dataset. A codelist comes along where
    all values are terms of it.
    """
    known = {(dataset.name, column.name): column for dataset in (*given, *datasets) for column in dataset.columns}

    def find(key: tuple[str, str], seen: frozenset[tuple[str, str]]) -> Column | None:
        """A column as it will be, its own predecessors resolved."""
        column = known.get(key)
        origin = column.item.origin if column is not None else None
        if column is None or key in seen or origin is None or origin.type is not OriginType.PREDECESSOR:
            return column
        names = [_split_name(name) for name in origin.predecessor.split(", ")]
        if all(dataset in frames and (dataset, name.partition(" ")[0]) not in known for dataset, name in names):
            return _without_predecessor(column)
        sources = [find(name, seen | {key}) for name in names]
        return _like_predecessors(column, [source for source in sources if source is not None], frames[key[0]])

    frames = {dataset.name: dataset.frame for dataset in datasets}
    resolved = []
    for dataset in datasets:
        columns = tuple(find((dataset.name, column.name), frozenset()) or column for column in dataset.columns)
        resolved.append(replace(dataset, columns=columns))
    return resolved


def _without_predecessor(column: Column) -> Column:
    """A column whose predecessor has no value in any record, so that its dataset was written without it."""
    origin = Origin(OriginType.NOT_AVAILABLE, OriginSource.SPONSOR)
    comment = f"{column.item.comment} The variable that it is taken over from has no value and is left out.".strip()
    return replace(column, may_be_missing=True, item=replace(column.item, origin=origin, comment=comment))


def _split_name(name: str) -> tuple[str, str]:
    """``ADSL.TRT01P`` as dataset and variable; a qualifier of SUPP-- has none."""
    dataset, _, variable = name.partition(".")
    return dataset, variable


def _like_predecessors(column: Column, sources: Sequence[Column], frame: pd.DataFrame) -> Column:
    missing = column.may_be_missing or any(not source.mandatory for source in sources)
    column = replace(column, may_be_missing=missing)
    codelist = next((source.item.codelist for source in sources if source.item.codelist), None)
    if column.item.codelist is not None or codelist is None or column.value_level or codelist.dictionary:
        return column
    series = frame[column.name]
    values = series if series.dtype == TEXT else format_numbers(pd.Series(series.dropna().unique()))
    held = {value for value in values.unique() if value}
    if not held or not held <= {term.value for term in codelist.terms}:
        return column
    return replace(column, item=replace(column.item, codelist=codelist))


def _is_taken_over(state: State, items: Iterable[Item]) -> bool:
    """Whether a variable is taken over from one of a standard, as analysis datasets may (ADaMIG 1.3, 3.1.1)."""
    named = [item.origin.predecessor for item in items if item.origin is not None]
    sources = [source for names in named for source in names.split(", ")]
    return any(_is_standard(state, *source.split(".", 1)) for source in sources if "." in source)


def _is_standard(state: State, table: str, name: str) -> bool:
    if table in state.study.datasets:
        return standard_variable(state.study, state.study.datasets[table], name) is not None
    given = state.study.given.get(table)
    return given is not None and given.standard.variable(name) is not None


_DATE_FORMATS = {"DTM": "DATETIME20.", "DT": "DATE9.", "TM": "TIME8."}
"""How numbers that are dates are shown, by the end of their names (ADaMIG 1.3, section 3.1.2)."""


def _date_format(spec: DatasetSpec, name: str, series: pd.Series) -> str:
    if not spec.family.is_analysis or series.dtype == TEXT:
        return ""
    return next((shown for ending, shown in _DATE_FORMATS.items() if name.endswith(ending)), "")


def _codelist(
    state: State,
    spec: DatasetSpec,
    entry: Variable,
    standard: VariableStandard | None,
    series: pd.Series,
    names: pd.Series | None,
) -> Codelist | None:
    """The terms a column uses, or the external dictionary that study.yaml names for it."""
    terms = codelist_of(state.study, spec, entry)
    if terms is not None and not (spec.family.is_analysis and _has_none(terms, series)):
        return _decode_own(used_codelist(series, terms, spec.family.terminology), entry.name, series, names)
    permitted = standard.values if standard else ()
    if spec.family.is_analysis and (flags := flag_codelist(entry.name, series, permitted, spec.family.terminology)):
        return flags
    versions = state.study.settings.get("dictionaries") or {}
    described = standard.described if standard else ""
    name = next((name for name in versions if name in described), "")
    return Codelist(name, name, dictionary=name, version=versions[name]) if name else None


def _criteria(state: State, draft: Draft, name: str) -> Codelist | None:
    """IETESTCD decoded by the criteria in full, where IETEST has some of them shortened; None where none is."""
    if name != f"{SHORTENED}CD" or SHORTENED not in draft.frame:
        return None
    found: dict[str, str] = {}
    for part in state.plan.parts[draft.spec.name, SHORTENED]:
        variable = variable_of(state.study, part)
        if not isinstance(variable.derivation, Split):
            return None
        texts = PartRows(state, part, variable, False, None)[variable.derivation.text]
        codes = state.own(draft.spec.name, name, part.blocks)
        found |= dict(zip(as_text(codes), as_text(texts), strict=True))
    if all(len(text.encode()) <= MOST_BYTES for text in found.values()):
        return None
    terms = tuple(Term(code, decode=text) for code, text in sorted(found.items()) if code)
    return Codelist("Inclusion/Exclusion Criteria", name, terms=terms)


def _names(draft: Draft, name: str) -> pd.Series | None:
    """The column with the names of codes: --TEST of --TESTCD, --PARM of --PARMCD."""
    return draft.frame.get(name.removesuffix("CD")) if name.endswith(("TESTCD", "PARMCD")) else None


def _decode_own(codelist: Codelist | None, name: str, codes: pd.Series, names: pd.Series | None) -> Codelist | None:
    """The codelist with the sponsor's own codes decoded by the names that the records have beside them."""
    if codelist is None or names is None or not any(term.extended for term in codelist.terms):
        return codelist
    pairs = pd.DataFrame({"code": codes, "name": names}).drop_duplicates("code")
    decodes = dict(zip(pairs["code"], pairs["name"], strict=True))
    terms = (
        replace(term, decode=str(decodes.get(term.value, ""))) if term.extended else term for term in codelist.terms
    )
    return replace(codelist, terms=tuple(terms))


def _has_none(terms: CodelistTerms, series: pd.Series) -> bool:
    """Whether no text is a term: results that an analysis dataset takes over (TRSTRESC) may be numbers only."""
    return series.dtype == TEXT and terms.values.isdisjoint(series.unique())


def _first_entry(spec: DatasetSpec, name: str) -> Variable:
    return next(entry for block in spec.blocks if (entry := spec.own_variable(name, block)) is not None)


def _with_length(column: Column, longest: dict[str, int]) -> Column:
    return replace(column, item=replace(column.item, length=longest[column.name]))
