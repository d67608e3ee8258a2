"""Finished records and their facts to datasets: empty variables left out, metadata attached, SUPP-- beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cdisc_conv.columns.stored import IN_MEMORY, Shelf, select
from cdisc_conv.dataset import Dataset, Records
from cdisc_conv.engine.describe.cuts import cut_records
from cdisc_conv.engine.describe.metadata import Described, describe_columns, harmonise_lengths, resolve_predecessors
from cdisc_conv.engine.describe.selection import describe_groups
from cdisc_conv.engine.describe.supplemental import describe_supplemental
from cdisc_conv.engine.facts.datasets import DatasetFacts
from cdisc_conv.engine.finish.draft import AnyDraft
from cdisc_conv.engine.finish.sources import renumber_sources
from cdisc_conv.engine.plan.graph import Plan
from cdisc_conv.engine.plan.order import natural_keys, reads_final_order
from cdisc_conv.engine.plan.sayings import Sayings
from cdisc_conv.engine.workers.halves import map_in_halves
from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.model import DatasetSpec, Study
from cdisc_conv.standards.model import CONTINUED
from cdisc_conv.steps import NOTHING_KEPT, Steps


@dataclass(frozen=True)
class Finished:
    """The datasets of a run, and what was found when they were described."""

    datasets: tuple[Dataset, ...]
    problems: tuple[Problem, ...]


def describe_datasets(
    study: Study,
    plan: Plan,
    drafts: Sequence[AnyDraft],
    facts: Mapping[str, DatasetFacts],
    given: Sequence[Dataset] = (),
    beside: Sequence[AnyDraft] = (),
    shelf: Shelf = IN_MEMORY,
    steps: Steps = NOTHING_KEPT,
) -> Finished:
    """The finished datasets in the order of the drafts, SUPP-- right after its parent.

    Records may be made from those of datasets that are `given`, or made but not written (`beside`).
    Findings: KEY001 (natural keys that are not unique), DROP001 (a variable left out because it is empty and the
    standard permits it), PART001 (records of no part of a split domain), LEVEL001 (an entry of
    ``value_level`` that no record meets).
    """
    datasets: list[Dataset] = []
    problems: list[Problem] = []
    known = dict(facts)
    chosen = {draft.spec.name: choose_columns(draft.spec, facts[draft.spec.name]) for draft in drafts}
    gone = ((name, one) for name, (names, _) in chosen.items() for one in facts[name].columns if one not in names)
    study = replace(study, dropped=frozenset(gone))
    for draft, described in zip(drafts, _describe_columns(study, plan, drafts, facts, chosen, steps), strict=True):
        spec, mine = draft.spec, facts[draft.spec.name]
        problems += check_keys(spec, mine)
        names, notes = chosen[spec.name]
        problems += notes
        cut, lost = cut_records(draft)
        problems += lost
        problems += described.problems
        datasets.append(
            Dataset(
                name=spec.name,
                label=spec.label,
                frame=select(draft.frame, names),
                columns=described.columns,
                class_name=spec.standard.class_name,
                structure=spec.structure,
                comment=_comment_on(study, spec),
                standard=spec.family.standard.label,
                repeating=spec.standard.repeating,
                reference_data=spec.standard.reference_data,
                purpose="Analysis" if spec.family.is_analysis else "Tabulation",
                sub_class=spec.sub_class,
                records=Records(draft.records, draft.picked),
                cut=cut,
            )
        )
        qualifiers = describe_supplemental(study, plan, draft, mine, cut, shelf)
        if qualifiers is not None:
            datasets.append(qualifiers.dataset)
            known[qualifiers.dataset.name] = qualifiers.facts
    resolved = resolve_predecessors(datasets, known, given)
    found = {draft.spec.name: draft for draft in (*drafts, *beside)}
    return Finished(
        tuple(_renumber(study, dataset, found, shelf) for dataset in harmonise_lengths(resolved)), tuple(problems)
    )


def _describe_columns(
    study: Study,
    plan: Plan,
    drafts: Sequence[AnyDraft],
    facts: Mapping[str, DatasetFacts],
    chosen: Mapping[str, tuple[tuple[str, ...], list[Problem]]],
    steps: Steps,
) -> list[Described]:
    """The columns of each draft, by two processors, unless an earlier run described the same."""
    specs, sayings = [draft.spec for draft in drafts], Sayings(study, plan)
    said = {spec.name: sayings.of(spec.name) if steps.are_kept else None for spec in specs}

    def describe(spec: DatasetSpec) -> tuple[Described, bool]:
        mine, names = facts[spec.name], chosen[spec.name][0]
        make = partial(describe_columns, study, plan, spec, mine, names)
        if said[spec.name] is None:
            return make(), False
        return steps.recall("description", (said[spec.name], mine, names), make)

    made = map_in_halves(describe, specs, [len(chosen[spec.name][0]) for spec in specs], study)
    for spec, (_, reused) in zip(specs, made, strict=True):
        steps.note("description", spec.name, reused=reused)
    return [described for described, _ in made]


def _comment_on(study: Study, spec: DatasetSpec) -> str:
    """The comment of the mapping, and which rows the records of a tabulation are read from where several make one.

    What makes the records of an analysis dataset is said of each parameter.
    """
    gathered = "" if spec.family.is_analysis else describe_groups(study, spec)
    return " ".join(filter(None, (spec.comment, gathered)))


def _renumber(study: Study, dataset: Dataset, drafts: Mapping[str, AnyDraft], shelf: Shelf) -> Dataset:
    """The dataset with its sources counted as their files count, but for those that it read in that order already."""
    reader = dataset.supplemental_to or dataset.name
    early = {name: draft for name, draft in drafts.items() if not reads_final_order(study, reader, name)}
    return renumber_sources(dataset, lambda name: early[name].place if name in early else None, shelf)


def check_keys(spec: DatasetSpec, facts: DatasetFacts) -> list[Problem]:
    """One finding when records share their natural key, with the first few keys."""
    found = facts.keys
    if not found.records:
        return []
    names = ", ".join(natural_keys(spec, facts.columns))
    message = (
        f"{found.records} records share their natural key ({names}) with another: {found.keys} "
        f"key{'s' if found.keys > 1 else ''}, such as {'; '.join(found.shown)}"
    )
    hint = "are raw rows repeated? Otherwise add a variable to 'keys:' of the mapping"
    place = Place(dataset=spec.name, rows=tuple(row + 1 for row in found.rows))
    return [Problem("KEY001", message, Severity.WARNING, place, hint, count=found.records)]


def choose_columns(spec: DatasetSpec, facts: DatasetFacts) -> tuple[tuple[str, ...], list[Problem]]:
    """The variables that a dataset has in the end: permissible ones without a single value are left out, and listed.

    A study day stays beside its date: it is expected to be there (CDISC FB3201), even when no subject has day 1.
    """
    keys = natural_keys(spec, facts.columns)
    unused = _list_unused_parts(facts)
    names = [name for name in facts.columns if name not in unused]
    empty = [
        name
        for name in names
        if (standard := spec.family.standard.variable(spec.standard, name)) is not None
        and standard.core == "Perm"
        and not spec.keeps(name)
        and name not in keys
        and not facts.columns[name].filled
        and not _is_day_of_date(facts, name)
    ]
    if not empty or not facts.records:
        return tuple(names), []
    message = f"no record has a value of {', '.join(empty)}; permissible and empty, so left out of the dataset"
    note = Problem("DROP001", message, Severity.NOTE, Place(dataset=spec.name), count=len(empty))
    return tuple(name for name in names if name not in empty), [note]


def _list_unused_parts(facts: DatasetFacts) -> frozenset[str]:
    """The later parts of long texts that no text reaches: COVAL1, TSVAL1."""
    parts = [name for name in facts.columns if name.rstrip("0123456789") in CONTINUED and name not in CONTINUED]
    return frozenset(name for name in parts if not facts.columns[name].filled)


def _is_day_of_date(facts: DatasetFacts, name: str) -> bool:
    date = f"{name.removesuffix('DY')}DTC"
    return name.endswith("DY") and date in facts.columns and facts.columns[date].filled > 0
