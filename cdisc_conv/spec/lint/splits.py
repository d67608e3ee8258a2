"""Lint: domains that are split into several datasets (``split_into``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdisc_conv.derivations.values.copying import Constant
from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.spec.lint.variables import MOST_LABEL
from cdisc_conv.spec.model import DatasetSpec, Study
from cdisc_conv.spec.outputs import PART, SplitInto
from cdisc_conv.standards.model import GENERAL_CLASSES

_MORE = 2
"""Characters that the name of a part has beyond that of its domain."""


def check_splits(study: Study) -> Iterator[Problem]:
    """LINT220 names of parts, LINT221 what cannot be split, LINT222 values in no part or in two, LINT201 labels."""
    for dataset in study.datasets.values():
        if dataset.split_into is not None:
            yield from _check_domain(dataset, dataset.split_into)
            yield from _check_names(study, dataset)
            yield from _check_values(dataset, dataset.split_into)


def _check_domain(dataset: DatasetSpec, split: SplitInto) -> Iterator[Problem]:
    if dataset.family.is_analysis or dataset.standard.class_name not in GENERAL_CLASSES:
        what = "an analysis dataset" if dataset.family.is_analysis else "of no general observation class"
        hint = "take 'split_into' away: interventions, events and findings may be split"
        yield Problem("LINT221", f"{dataset.name} cannot be split: it is {what}", place=split.place, hint=hint)
    names = [name for name in dataset.names() if name not in dataset.working_names()]
    if split.by == PART or split.by in names:
        return
    if split.by in dataset.working_names():
        hint = "working variables are in no dataset; let the blocks say 'part' instead, and split by part"
    else:
        hint = did_you_mean(split.by, names) or "name a variable of the dataset, such as --CAT, or part"
    message = f"{dataset.name} is split by {split.by}, which is no variable of it"
    yield Problem("LINT221", message, place=split.place, hint=hint)


def _check_names(study: Study, dataset: DatasetSpec) -> Iterator[Problem]:
    domain = dataset.name
    known = re.compile(f"{re.escape(domain)}[A-Z0-9]{{1,{_MORE}}}")
    hint = f"{domain} and one or two more letters or digits, such as {domain}{'CH' if domain == 'LB' else 'AB'}"
    for one in dataset.outputs:
        if not known.fullmatch(one.name):
            message = f"{one.name} cannot be the name of a part of {domain}"
            yield Problem("LINT220", message, place=one.place, hint=hint)
        elif one.name in study.datasets or one.name in study.given:
            message = f"{one.name}, a part of {domain}, has the name of another dataset of the study"
            yield Problem("LINT220", message, place=one.place, hint=hint)
        if len(one.label.encode()) > MOST_LABEL:
            message = f"the label of {one.name} has {len(one.label.encode())} bytes; {MOST_LABEL} are the most"
            yield Problem("LINT201", message, place=one.place, hint="shorten it")


def _check_values(dataset: DatasetSpec, split: SplitInto) -> Iterator[Problem]:
    if not dataset.outputs:
        what = "no block and no file of it has a 'part'" if split.by == PART else "'datasets' is missing"
        message = f"{dataset.name} is split into no datasets: {what}"
        hint = f"such as datasets: {{{dataset.name}AB: VALUE}}" if split.by != PART else "name the parts"
        yield Problem("LINT222", message, place=split.place, hint=hint)
        return
    homes: dict[str, str] = {}
    rests: list[str] = []
    for one in dataset.outputs:
        for value in one.values:
            if value in homes:
                message = f"records with {split.by} '{value}' belong into {homes[value]} and into {one.name}"
                yield Problem("LINT222", message, place=one.place, hint="a record is in one dataset")
            homes.setdefault(value, one.name)
        rests += [] if one.values else [one.name]
    if len(rests) > 1:
        message = f"{' and '.join(rests)} name no values, and only one dataset can hold all other records of a domain"
        yield Problem("LINT222", message, place=split.place, hint="give the others their values")
    known = _list_known(dataset, split)
    if split.by == PART and "" in known and not rests:
        message = f"{dataset.name} is split by part, but a block of its records names none"
        yield Problem("LINT222", message, place=split.place, hint="give the file or the block a 'part'")
    missing = sorted(value for value in known if value and value not in homes)
    if missing and not rests:
        message = f"no part of {dataset.name} has records with {split.by} {', '.join(map(repr, missing))}"
        hint = did_you_mean(missing[0], homes) or "add them to one; a dataset without values takes all other records"
        yield Problem("LINT222", message, place=split.place, hint=hint)
    if split.by == PART:
        for value in (value for value in homes if value not in known):
            message = f"no file and no block of {dataset.name} has the part {value}"
            hint = did_you_mean(value, sorted(filter(None, known)))
            yield Problem("LINT222", message, Severity.WARNING, split.place, hint)


def _list_known(dataset: DatasetSpec, split: SplitInto) -> set[str]:
    """The values that the mapping itself writes: parts of blocks, texts of ``for_each``, and constants."""
    if split.by == PART:
        return {block.part for block in dataset.blocks}
    written = {
        str(entry[split.by])
        for block in dataset.blocks
        for entry in block.for_each
        if type(entry.get(split.by)) in (str, int, float)
    }
    constants = {
        str(entry.derivation.value)
        for entry in dataset.entries_named(split.by)
        if isinstance(entry.derivation, Constant) and entry.derivation.value != ""
    }
    return written | constants
