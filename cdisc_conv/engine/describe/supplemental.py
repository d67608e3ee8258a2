"""Supplemental qualifiers: one record of SUPP-- per qualifier that has a value (SDTMIG 3.4, 8.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import spread, take_rows
from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf, stack, stream
from cdisc_conv.columns.texts import as_text, is_written
from cdisc_conv.columns.threads import map_columns
from cdisc_conv.dataset import (
    Column,
    Condition,
    Cut,
    Dataset,
    Item,
    Origin,
    OriginSource,
    OriginType,
    Records,
    ValueLevel,
)
from cdisc_conv.derivations.base import SUBJECT
from cdisc_conv.engine.describe.items import byte_length, make_item, used_codelist
from cdisc_conv.engine.describe.origins import provenance_of
from cdisc_conv.engine.facts.datasets import DatasetFacts, merge_maps
from cdisc_conv.engine.facts.values import ValueFacts, describe_values
from cdisc_conv.engine.finish.draft import AnyDraft
from cdisc_conv.engine.plan.graph import Plan, variable_of
from cdisc_conv.spec.expected import codelist_of
from cdisc_conv.spec.model import DatasetSpec, Study

QORIG = {
    OriginType.COLLECTED: "CRF",
    OriginType.DERIVED: "DERIVED",
    OriginType.ASSIGNED: "ASSIGNED",
    OriginType.PROTOCOL: "PROTOCOL",
    OriginType.PREDECESSOR: "PREDECESSOR",
    OriginType.NOT_AVAILABLE: "NOT AVAILABLE",
}


@dataclass(frozen=True)
class Qualifiers:
    """A SUPP-- dataset and the facts of its records."""

    dataset: Dataset
    facts: DatasetFacts


def describe_supplemental(
    study: Study,
    plan: Plan,
    draft: AnyDraft,
    facts: DatasetFacts,
    cut: Cut | None = None,
    shelf: Shelf = IN_MEMORY,
) -> Qualifiers | None:
    """The SUPP-- dataset of a draft, or None when no record has a qualifier; split (`cut`) as its parent is.

    Its records go to the shelf.
    """
    names = [name for name, values in facts.qualifiers.items() if values.filled]
    if not names:
        return None
    template = study.sdtm.standard.supplemental(draft.spec.name)
    wanted = [variable.name for variable in template.variables]
    made: list[Frame] = []
    positions: list[np.ndarray] = []
    counted: list[dict[str, ValueFacts]] = []
    for stacked in _stream_qualifiers(study, plan, draft, names):
        records = stacked[wanted]
        made.append(shelf.put(records))
        positions.append(stacked["position"].to_numpy())
        series = [records[name] for name in wanted]
        facts_of = map_columns(partial(describe_values, all_values=True), series, len(records))
        counted.append(dict(zip(wanted, facts_of, strict=True)))
    columns = reduce(merge_maps, counted)
    frame, position = stack(made), np.concatenate(positions)
    levels = {"QVAL": tuple(_level(study, plan, draft.spec, name, facts.qualifiers[name]) for name in names)}
    described = tuple(
        _column(study, columns[variable.name], variable.name, template.keys, levels.get(variable.name, ()))
        for variable in template.variables
    )
    dataset = Dataset(
        name=template.name,
        label=template.label,
        frame=frame,
        columns=described,
        class_name=template.class_name,
        structure=template.structure,
        standard=study.sdtm.standard.label,
        repeating=True,
        records=Records(
            shelf.map(draft.records, partial(_find_records, position=position)),
            shelf.map(draft.picked, partial(_find_picked, position=position, names=frame["QNAM"])),
        ),
        supplemental_to=draft.spec.name,
        cut=cut and replace(cut, codes=cut.codes[position]),
    )
    return Qualifiers(dataset, DatasetFacts(len(frame), columns, frozenset()))


def _stream_qualifiers(study: Study, plan: Plan, draft: AnyDraft, names: Sequence[str]) -> Iterator[pd.DataFrame]:
    """The records of some qualifiers as they follow each other, those of some parents at a time.

    `position` is the parent record, `qualifier` the place of the qualifier in the mapping.
    """
    sequence = f"{draft.spec.name}SEQ"
    asked = ["STUDYID", SUBJECT, *([sequence] if sequence in draft.frame else [])]
    start = 0
    for parents, values in zip(stream(draft.frame, asked), stream(draft.supplemental, names), strict=True):
        pieces = [_qualifier(study, plan, draft, parents, values[name]) for name in names]
        stacked = pd.concat(pieces, ignore_index=True)
        order = np.lexsort([stacked["qualifier"], stacked["position"]])
        stacked = stacked.take(order).reset_index(drop=True)
        yield stacked.assign(position=stacked["position"] + start)
        start += len(parents)


def _qualifier(study: Study, plan: Plan, draft: AnyDraft, parents: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """The records of one qualifier of some parents."""
    name = str(values.name)
    position = np.flatnonzero(is_written(values))
    parent = parents.take(position).reset_index(drop=True)
    sequence = f"{draft.spec.name}SEQ"
    has_sequence = sequence in parent
    provenance = provenance_of(study, plan, plan.parts[draft.spec.name, name])
    entry = variable_of(study, plan.parts[draft.spec.name, name][0])
    origin = QORIG[provenance.origin.type] if provenance.origin else ""
    length = len(position)
    return pd.DataFrame(
        {
            "STUDYID": parent["STUDYID"],
            "RDOMAIN": spread(draft.spec.name, length),
            SUBJECT: parent[SUBJECT],
            "IDVAR": spread(sequence if has_sequence else "", length),
            "IDVARVAL": as_text(parent[sequence]) if has_sequence else spread("", length),
            "QNAM": spread(name, length),
            "QLABEL": spread(entry.label or name, length),
            "QVAL": take_rows(values, position),
            "QORIG": spread(origin, length),
            "QEVAL": spread(entry.evaluator, length),
            "position": position,
            "qualifier": np.full(length, list(draft.supplemental.columns).index(name)),
        }
    )


def _level(study: Study, plan: Plan, spec: DatasetSpec, name: str, facts: ValueFacts) -> ValueLevel:
    parts = plan.parts[spec.name, name]
    entry = variable_of(study, parts[0])
    terms = codelist_of(study, spec, entry)
    codelist = used_codelist(facts.values or (), terms, study.sdtm.terminology) if terms else None
    item = make_item(facts, False, "", codelist, provenance_of(study, plan, parts))
    return ValueLevel((Condition("QNAM", "EQ", (name,)),), item, label=entry.label or name)


def _column(
    study: Study, facts: ValueFacts, name: str, keys: tuple[str, ...], levels: tuple[ValueLevel, ...]
) -> Column:
    standard = next(v for v in study.sdtm.standard.supplemental("AE").variables if v.name == name)
    origin = None if levels else Origin(OriginType.ASSIGNED, OriginSource.SPONSOR)
    terms = study.sdtm.terminology.codelist(*standard.codelists) if standard.codelists else None
    codelist = used_codelist(facts.values or (), terms, study.sdtm.terminology) if terms else None
    return Column(
        name=name,
        label=standard.label,
        numeric=False,
        item=Item("text", byte_length(facts), origin=origin, codelist=codelist),
        role=standard.role,
        core=standard.core,
        key=keys.index(name) + 1 if name in keys else 0,
        value_level=levels,
    )


def _find_records(records: pd.DataFrame, position: np.ndarray) -> pd.DataFrame:
    """The raw rows behind each qualifier, which are those of its parent record, for some parents."""
    mine = _list_children(records, position)
    joined = mine.merge(records.rename(columns={"record": "parent"}), on="parent", how="inner")
    return joined[["record", "source", "row", "variant", "read"]].sort_values(
        ["record", "row"], kind="stable", ignore_index=True
    )


def _find_picked(picked: pd.DataFrame, position: np.ndarray, names: pd.Series) -> pd.DataFrame:
    """The records that the values of qualifiers are from, for some parents."""
    mine = _list_children(picked, position)
    mine = mine.assign(variable=names.iloc[mine["record"]].astype("str").to_numpy())
    found = picked.rename(columns={"record": "parent"}).assign(variable=picked["variable"].astype("str"))
    joined = mine.merge(found, on=["parent", "variable"], how="inner")[["variable", "record", "source", "row"]]
    return joined.assign(variable=pd.Categorical(joined["variable"]))


def _list_children(records: pd.DataFrame, position: np.ndarray) -> pd.DataFrame:
    """The qualifiers of the parents that a table is about: `record`, and the `parent` of each (`position` ascends)."""
    known = records["record"].to_numpy()
    first, last = np.searchsorted(position, [known.min(), known.max() + 1]) if len(known) else (0, 0)
    return pd.DataFrame({"parent": position[first:last], "record": np.arange(first, last)})
