"""Value-level metadata: what a result of findings is, test by test, and an analysis value, parameter by parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Codelist, Condition, Item, OriginType, ValueLevel
from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.describe.finer import Told, tell_apart
from cdisc_conv.engine.describe.items import describe_numbers, describe_written, make_item, used_codelist
from cdisc_conv.engine.describe.origins import Provenance, provenance_of
from cdisc_conv.engine.describe.pairs import code_type, decode_terms, list_terms
from cdisc_conv.engine.describe.selection import describe_selection
from cdisc_conv.engine.facts.collect import ANALYSIS_VALUES, PARAMETER, PARAMETER_CODE, coding_column, is_told_by_code
from cdisc_conv.engine.facts.datasets import Cell, DatasetFacts, LevelFacts, Pairs, column_of
from cdisc_conv.engine.facts.values import Looks, ValueFacts, sum_facts
from cdisc_conv.engine.plan.graph import Part, Plan, variable_of
from cdisc_conv.engine.plan.narrow import narrow_study
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.expected import codelist_of, standard_variable
from cdisc_conv.spec.model import DatasetSpec, Study, ValueLevelSpec
from cdisc_conv.standards import CodelistTerms


@dataclass(frozen=True)
class _Kind:
    """The records of one test or parameter that have a value in the column, or of a numbered family of them."""

    codes: tuple[str, ...]
    label: str
    facts: ValueFacts
    pairs: Pairs | None
    """Of AVAL and AVALC in these records."""
    provenance: Provenance
    terms: CodelistTerms | None
    selection: str
    """Which records of their sources they are made of."""
    finer: tuple[Condition, ...] = ()
    """Conditions beside the code, where the mapping tells records of one test apart."""


class Levels:
    """The value-level metadata of the columns of one dataset."""

    def __init__(
        self, study: Study, plan: Plan, spec: DatasetSpec, facts: DatasetFacts, columns: Sequence[str]
    ) -> None:
        self._study = study
        self._plan = plan
        self._spec = spec
        self._facts = facts
        self._columns = frozenset(columns)
        self._column = coding_column(spec, columns)
        self._narrowed: dict[str, Study] = {}
        self.problems: list[Problem] = []

    def describe(self, name: str) -> tuple[ValueLevel, ...]:
        """The items of a column: one per test code or parameter that has values; none where they say no more.

        Results of findings and the analysis values AVAL and AVALC are always described so, once there are two tests or
        parameters; any other column of the basic data structure where its method differs by parameter. Parameters that
        differ in a number only (LDIAM1, LDIAM2 ...) are one item.
        """
        specs = self._spec.value_level.get(name, ())
        if not self._column or not is_told_by_code(self._spec, name) or (len(self._facts.codes) < 2 and not specs):
            return ()
        kinds = list(self._list_kinds(name, specs))
        if self._column == PARAMETER_CODE:
            differ = len({kind.provenance.method for kind in kinds}) > 1
            if not (specs or differ or name in ANALYSIS_VALUES):
                return ()
            if name in ANALYSIS_VALUES:
                kinds = [replace(kind, provenance=_with_selection(kind)) for kind in kinds]
            kinds = _join_numbered(kinds)
        return tuple(self._describe_kind(name, kind) for kind in kinds)

    def _list_kinds(self, name: str, specs: tuple[ValueLevelSpec, ...]) -> Iterator[_Kind]:
        """The tests or parameters in the order of their codes, each with the records that have a value."""
        levels = self._facts.levels[name]
        by_code: dict[str, list[tuple[Cell, ...]]] = {}
        for key in levels.items:
            by_code.setdefault(str(key[0]), []).append(key)
        label_there = (PARAMETER if self._column == PARAMETER_CODE else f"{self._spec.name}TEST") in self._columns
        used: dict[ValueLevelSpec, None] = {}
        for code in sorted(by_code):
            keys, about = by_code[code], self._facts.codes[code]
            all_parts = self._plan.parts[self._spec.name, name]
            parts = [part for part in all_parts if about.blocks & set(part.blocks)]
            narrowed = self._narrow(code, about.blocks)
            narrow_parts = [part._replace(blocks=tuple(n for n in part.blocks if n in about.blocks)) for part in parts]
            found = provenance_of(narrowed, self._plan, narrow_parts)
            selection = " ".join(describe_selection(narrowed, part) for part in narrow_parts)
            told, mine = self._tell_apart(levels, keys, specs)
            used.update(dict.fromkeys(mine))
            for one in told:
                facts = sum_facts([levels.items[keys[place]] for place in one.places])
                pairs = [levels.pairs[keys[place]] for place in one.places if keys[place] in levels.pairs]
                yield _Kind(
                    (code,),
                    about.label if label_there else "",
                    facts,
                    sum(pairs[1:], pairs[0]) if pairs else None,
                    _said(one.spec, found),
                    self._terms(parts[0], name, code, one, facts),
                    selection,
                    one.conditions,
                )
        self.problems += [self._describe_unused(name, spec) for spec in specs if spec not in used]

    def _tell_apart(
        self, levels: LevelFacts, keys: Sequence[tuple[Cell, ...]], specs: Sequence[ValueLevelSpec]
    ) -> tuple[list[Told], list[ValueLevelSpec]]:
        """The records of a test by the entries of ``value_level`` that hold for them; mostly there are none."""
        places = np.arange(len(keys))
        if not specs:
            return [Told(None, places)], []
        return tell_apart(self._frame_of(levels, keys), specs, places, self._column)

    def _frame_of(self, levels: LevelFacts, keys: Sequence[tuple[Cell, ...]]) -> pd.DataFrame:
        """What entries of ``value_level`` may ask for, one row per combination of values that occurs."""
        columns = [(self._column, False), *zip(levels.names, levels.numeric, strict=True)]
        made = {
            name: column_of([key[place] for key in keys], numeric)
            for place, (name, numeric) in enumerate(columns)
            if name in self._columns
        }
        return pd.DataFrame(made, index=pd.RangeIndex(len(keys)))

    def _narrow(self, code: str, blocks: frozenset[int]) -> Study:
        """The study as far as it makes the records of one test: entries of ``for_each`` for others are left out."""
        if code not in self._narrowed:
            entries = {
                number: tuple(
                    entry for entry in self._spec.blocks[number].for_each if _may_make(entry.get(self._column), code)
                )
                for number in sorted(blocks)
            }
            self._narrowed[code] = narrow_study(self._study, self._spec.name, entries, {self._column: code})
        return self._narrowed[code]

    def _terms(self, part: Part, name: str, code: str, one: Told, facts: ValueFacts) -> CodelistTerms | None:
        """The codelist of a test's results: the mapping's, else that of the instrument that the test is of, else the
        variable's; where it has any of them.

        A codelist of results is that of some tests only: responses have terms, sums of diameters are numbers.
        """
        if one.spec and one.spec.codelist:
            return self._spec.family.terminology.codelist(one.spec.codelist)
        terminology = self._spec.family.terminology
        bound = terminology.instrument_codelist(f"--{name.removeprefix(self._spec.name)}", code)
        own = codelist_of(self._study, self._spec, variable_of(self._study, part))
        terms = terminology.codelist(bound) if bound else own
        if terms is None or name in self._facts.numeric:
            return None
        return terms if not terms.values.isdisjoint(facts.values or ()) else None

    def _describe_kind(self, name: str, kind: _Kind) -> ValueLevel:
        standard = standard_variable(self._study, self._spec, name)
        if kind.terms is not None:
            codelist = used_codelist(kind.facts.values or (), kind.terms, self._spec.family.terminology)
        else:
            codelist = self._pair(name, kind)
        described = standard.described if standard else ""
        item = make_item(kind.facts, name in self._facts.numeric, described, codelist, kind.provenance)
        comparator = "EQ" if len(kind.codes) == 1 else "IN"
        item = item if self._spec.family.is_analysis else _refine_type(item, kind.facts)
        return ValueLevel((Condition(self._column, comparator, kind.codes), *kind.finer), item, label=kind.label)

    def _pair(self, name: str, kind: _Kind) -> Codelist | None:
        """The codelist of AVAL and AVALC where the one is the code of the other, and not the same number as text."""
        if kind.pairs is None or not self._columns.issuperset(ANALYSIS_VALUES):
            return None
        codes, texts = kind.pairs.columns()
        decoded = decode_terms(codes, texts)
        if not any(term.decode for term in decoded) or codes.isna().any() or (texts == "").any():
            return None
        owner, short_name = f"{self._spec.name}.{kind.codes[0]}", f"{name}.{kind.codes[0]}"
        if name == "AVALC":
            return Codelist(f"Analysis Value (C) of {owner}", short_name, terms=list_terms(texts, codes))
        return Codelist(f"Analysis Value of {owner}", short_name, type=code_type(codes), terms=decoded)

    def _describe_unused(self, name: str, spec: ValueLevelSpec) -> Problem:
        message = f"'value_level': no record with a value of {name} meets {spec.where}, so that the entry says nothing"
        place = Place(dataset=self._spec.name, variable=name)
        hint = "right where the data do not have it yet; else correct the condition"
        return Problem("LEVEL001", message, Severity.NOTE, place, hint)


def own_provenance(levels: Sequence[ValueLevel], found: Provenance, spec: DatasetSpec) -> Provenance:
    """What is left to say of a whole column of an analysis dataset: nothing when each parameter says it."""
    if not levels or not spec.family.is_analysis or any(level.item.origin is None for level in levels):
        return found
    return Provenance(None, "", "")


def _said(said: ValueLevelSpec | None, found: Provenance) -> Provenance:
    """The provenance with what an entry of ``value_level`` says."""
    if said is None:
        return found
    method, comment = said.method or found.method, said.comment or found.comment
    return replace(found, origin=said.origin or found.origin, method=method, comment=comment)


def _may_make(value: Any, code: str) -> bool:
    """Whether an entry that gives a test this value may make records of a code."""
    return value is None or isinstance(value, Ref) or str(value) in (code, "")


def _with_selection(kind: _Kind) -> Provenance:
    """The provenance with the records that a parameter is made of: part of its method, else of its comment."""
    found = kind.provenance
    if found.origin is not None and found.origin.type is OriginType.DERIVED:
        return replace(found, method=f"{kind.selection} {found.method}".strip())
    return replace(found, comment=f"{kind.selection} {found.comment}".strip())


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
    facts = sum_facts([kind.facts for kind in family])
    pairs = [kind.pairs for kind in family if kind.pairs is not None]
    both = sum(pairs[1:], pairs[0]) if pairs else None
    return replace(family[0], codes=tuple(codes), label=label, facts=facts, pairs=both)


def _mask_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _refine_type(item: Item, facts: ValueFacts) -> Item:
    """Results that are text in the dataset but numbers under this test are described as numbers."""
    if item.type != "text" or item.codelist is not None or Looks.NO_NUMBER in facts.looks:
        return item
    kind, length, digits = describe_written(facts) or describe_numbers(facts)
    return replace(item, type=kind, length=length, significant_digits=digits)
