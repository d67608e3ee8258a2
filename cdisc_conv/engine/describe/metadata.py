"""Metadata of a finished dataset: labels from the standard, lengths from the data, origins from the mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cdisc_conv.dataset import Codelist, Column, Dataset, Item, Origin, OriginSource, OriginType, Term
from cdisc_conv.derivations.values.long_text import MOST_BYTES, SHORTENED
from cdisc_conv.engine.describe.items import flag_codelist, make_item, used_codelist
from cdisc_conv.engine.describe.origins import provenance_of
from cdisc_conv.engine.describe.pairs import pair_codelists
from cdisc_conv.engine.describe.value_level import Levels, own_provenance
from cdisc_conv.engine.facts.datasets import DatasetFacts
from cdisc_conv.engine.facts.values import ValueFacts
from cdisc_conv.engine.plan.graph import Plan
from cdisc_conv.engine.plan.order import natural_keys
from cdisc_conv.problems import Problem
from cdisc_conv.spec.expected import codelist_of, label_of, standard_variable
from cdisc_conv.spec.model import DatasetSpec, Study, Variable
from cdisc_conv.standards import CodelistTerms, VariableStandard
from cdisc_conv.tables import ColumnRef


@dataclass(frozen=True)
class Described:
    """The columns of a dataset as they are described, and what was found on the way."""

    columns: tuple[Column, ...]
    problems: tuple[Problem, ...] = ()


def describe_columns(
    study: Study, plan: Plan, spec: DatasetSpec, facts: DatasetFacts, names: Sequence[str]
) -> Described:
    """The metadata of the variables of a dataset that it has in the end (`names`), from the facts of its records.

    Findings: LEVEL001 (note), an entry of ``value_level`` that no record meets.
    """
    labels = {name: label_of(study, spec, name) or name for name in names}
    pairs = pair_codelists(facts, labels, names) if spec.family.is_analysis else {}
    describer = _Describer(study, plan, spec, facts, tuple(names))
    columns = tuple(describer.describe(name, label, pairs.get(name)) for name, label in labels.items())
    return Described(columns, tuple(describer.levels.problems))


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


class _Describer:
    """The columns of one dataset."""

    def __init__(
        self, study: Study, plan: Plan, spec: DatasetSpec, facts: DatasetFacts, names: tuple[str, ...]
    ) -> None:
        self._study = study
        self._plan = plan
        self._spec = spec
        self._facts = facts
        self._names = names
        self._keys = natural_keys(spec, facts.columns)
        self.levels = Levels(study, plan, spec, facts, names)

    def describe(self, name: str, label: str, pair: Codelist | None) -> Column:
        """One column; `pair` is its codelist where another column says the same."""
        spec, facts, numeric = self._spec, self._facts.columns[name], name in self._facts.numeric
        standard = standard_variable(self._study, spec, name)
        entry = _first_entry(spec, name)
        levels = self.levels.describe(name)
        # Where results are described test by test, the codelist belongs to the tests that have it; visits and flags of
        # an analysis dataset have one for all parameters.
        by_test = any(level.item.codelist for level in levels) if spec.family.is_analysis else bool(levels)
        codelist = None if by_test else self._codelist(entry, standard, facts) or pair
        codelist = codelist or self._criteria(name)
        found = provenance_of(self._study, self._plan, self._plan.parts[spec.name, name])
        provenance = own_provenance(levels, found, spec)
        item = make_item(facts, numeric, standard.described if standard else "", codelist, provenance)
        if entry.length is not None:
            item = replace(item, length=entry.length)
        return Column(
            name=name,
            label=label,
            numeric=numeric,
            item=item,
            format=entry.format or _date_format(spec, name, numeric),
            role=standard.role if standard else "",
            core=standard.core if standard else "",
            key=self._keys.index(name) + 1 if name in self._keys else 0,
            value_level=levels,
            may_be_missing=_may_be_missing(spec, name, facts, item),
            non_standard=standard is None
            and not _is_taken_over(self._study, (item, *(level.item for level in levels))),
        )

    def _codelist(self, entry: Variable, standard: VariableStandard | None, facts: ValueFacts) -> Codelist | None:
        """The terms a column uses, or the external dictionary that study.yaml names for it."""
        spec, name, numeric = self._spec, entry.name, entry.name in self._facts.numeric
        terms = self._add_instruments(name, codelist_of(self._study, spec, entry))
        if terms is not None and not (spec.family.is_analysis and not numeric and _has_none(terms, facts)):
            used = used_codelist(facts.values or (), terms, spec.family.terminology)
            return _decode_own(used, self._facts.names.get(name) if name.removesuffix("CD") in self._names else None)
        permitted = standard.values if standard else ()
        if spec.family.is_analysis and not numeric and facts.values is not None:
            flags = flag_codelist(name, facts.values, permitted, spec.family.terminology)
            if flags is not None:
                return flags
        versions = self._study.settings.get("dictionaries") or {}
        described = standard.described if standard else ""
        found = next((dictionary for dictionary in versions if dictionary in described), "")
        return Codelist(found, found, dictionary=found, version=versions[found]) if found else None

    def _add_instruments(self, name: str, terms: CodelistTerms | None) -> CodelistTerms | None:
        """The codelist of --TESTCD or --TEST with those of the instruments that the categories of the records name."""
        prefix, terminology = self._spec.name, self._spec.family.terminology
        categories = self._facts.columns.get(f"{prefix}CAT")
        if self._spec.family.is_analysis or name not in (f"{prefix}TESTCD", f"{prefix}TEST") or categories is None:
            return terms
        found = (terminology.instrument_codelist(f"--{name[2:]}", text) for text in categories.values or ())
        own = terms.code.split("; ") if terms is not None else []
        codes = sorted(set(filter(None, found)) - set(own))
        return terminology.codelist(*own, *codes) if codes else terms

    def _criteria(self, name: str) -> Codelist | None:
        """IETESTCD decoded by the criteria in full, where IETEST has some of them shortened; None where none is."""
        full = self._facts.full_texts
        if name != f"{SHORTENED}CD" or all(len(text.encode()) <= MOST_BYTES for text in full.values()):
            return None
        terms = tuple(Term(code, decode=text) for code, text in sorted(full.items()) if code)
        return Codelist("Inclusion/Exclusion Criteria", name, terms=terms)


PARAMETER_NAMES = ("PARAM", "PARAMCD")


def _may_be_missing(spec: DatasetSpec, name: str, facts: ValueFacts, item: Item) -> bool:
    """Whether a record lacks a value of a required variable, or may lack one.

    In SDTM no record may lack it (SDTMIG 3.4, 4.1.5); ADaM requires the variable and not its values (ADaMIG 1.3, 3.0).
    What an analysis dataset takes over is judged by the predecessor in `resolve_predecessors`.
    """
    taken = item.origin is not None and item.origin.type is OriginType.PREDECESSOR
    return facts.is_lacking or (spec.family.is_analysis and not taken and name not in PARAMETER_NAMES)


def resolve_predecessors(
    datasets: Sequence[Dataset], facts: Mapping[str, DatasetFacts], given: Sequence[Dataset] = ()
) -> list[Dataset]:
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
        if all(dataset in made and (dataset, name.partition(" ")[0]) not in known for dataset, name in names):
            return _without_predecessor(column)
        sources = [find(name, seen | {key}) for name in names]
        return _like_predecessors(
            column, [source for source in sources if source is not None], facts[key[0]].columns[key[1]]
        )

    made = {dataset.name for dataset in datasets}
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
    ref = ColumnRef(name)
    return ref.table, ref.column


def _like_predecessors(column: Column, sources: Sequence[Column], facts: ValueFacts) -> Column:
    missing = column.may_be_missing or any(not source.mandatory for source in sources)
    column = replace(column, may_be_missing=missing)
    codelist = next((source.item.codelist for source in sources if source.item.codelist), None)
    if column.item.codelist is not None or codelist is None or column.value_level or codelist.dictionary:
        return column
    if not facts.values or not facts.values <= {term.value for term in codelist.terms}:
        return column
    return replace(column, item=replace(column.item, codelist=codelist))


def _is_taken_over(study: Study, items: Iterable[Item]) -> bool:
    """Whether a variable is taken over from one of a standard, as analysis datasets may (ADaMIG 1.3, 3.1.1)."""
    named = [item.origin.predecessor for item in items if item.origin is not None]
    sources = [source for names in named for source in names.split(", ")]
    return any(_is_standard(study, *source.split(".", 1)) for source in sources if "." in source)


def _is_standard(study: Study, table: str, name: str) -> bool:
    if table in study.datasets:
        return standard_variable(study, study.datasets[table], name) is not None
    given = study.given.get(table)
    return given is not None and given.standard.variable(name) is not None


_DATE_FORMATS = {"DTM": "DATETIME20.", "DT": "DATE9.", "TM": "TIME8."}
"""How numbers that are dates are shown, by the end of their names (ADaMIG 1.3, section 3.1.2)."""


def _date_format(spec: DatasetSpec, name: str, numeric: bool) -> str:
    if not spec.family.is_analysis or not numeric:
        return ""
    return next((shown for ending, shown in _DATE_FORMATS.items() if name.endswith(ending)), "")


def _decode_own(codelist: Codelist | None, names: Mapping[str, str] | None) -> Codelist | None:
    """The codelist with the sponsor's own codes decoded by the names that the records have beside them."""
    if codelist is None or names is None or not any(term.extended for term in codelist.terms):
        return codelist
    terms = (replace(term, decode=names.get(term.value, "")) if term.extended else term for term in codelist.terms)
    return replace(codelist, terms=tuple(terms))


def _has_none(terms: CodelistTerms, facts: ValueFacts) -> bool:
    """Whether no text is a term: results that an analysis dataset takes over (TRSTRESC) may be numbers only."""
    return terms.values.isdisjoint(facts.values or ())


def _first_entry(spec: DatasetSpec, name: str) -> Variable:
    return spec.entries_named(name)[0]


def _with_length(column: Column, longest: dict[str, int]) -> Column:
    return replace(column, item=replace(column.item, length=longest[column.name]))
