"""Datasets that a run has at hand beside those it writes: what was given, and what was made only to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.describe.items import byte_length
from cdisc_conv.engine.facts.values import describe_values
from cdisc_conv.spec.expected import label_of
from cdisc_conv.spec.model import Study
from cdisc_conv.standards import DatasetStandard


def describe_given(state: State) -> list[Dataset]:
    """The given datasets, for checks and reports that look into them: their labels, types and lengths."""
    return [
        _describe(state.study, given.name, given.standard, state.given[given.name], {})
        for given in state.study.given.values()
        if given.name in state.given
    ]


def describe_beside(state: State, written: Iterable[str]) -> list[Dataset]:
    """The given datasets, and those that were made but are not among the `written`, for checks that look into them.

    Of the latter, records stand in the order they were made in, and variables that nobody read are not there.
    """
    known = set(written)
    made = dict.fromkeys(dataset for dataset, _ in state.blocks if dataset not in known)
    return [*describe_given(state), *(_describe_made(state, name) for name in state.study.datasets if name in made)]


def _describe_made(state: State, name: str) -> Dataset:
    spec = state.study.datasets[name]
    blocks = state.blocks_of(name)
    there = [
        variable
        for variable in spec.names()
        if variable not in spec.working and all(part in state.values for part in state.plan.parts[name, variable])
    ]
    frame = pd.DataFrame({variable: state.own(name, variable, blocks) for variable in there})
    labels = {variable: label_of(state.study, spec, variable) for variable in there}
    return _describe(state.study, name, spec.standard, frame, labels)


def _describe(
    study: Study, name: str, standard: DatasetStandard, frame: pd.DataFrame, labels: Mapping[str, str]
) -> Dataset:
    family = study.family_of(name)
    return Dataset(
        name=name,
        label=standard.label,
        frame=frame,
        columns=tuple(_describe_column(standard, str(key), series, labels) for key, series in frame.items()),
        class_name=standard.class_name,
        structure=standard.structure,
        standard=family.standard.label,
        repeating=standard.repeating,
        reference_data=standard.reference_data,
        purpose="Analysis" if family.is_analysis else "Tabulation",
    )


def _describe_column(standard: DatasetStandard, name: str, series: pd.Series, labels: Mapping[str, str]) -> Column:
    known = standard.variable(name)
    numeric = series.dtype != TEXT
    return Column(
        name=name,
        label=labels.get(name) or (known.label if known else name),
        numeric=numeric,
        item=Item("float", 8) if numeric else Item("text", byte_length(describe_values(series))),
        role=known.role if known else "",
        core=known.core if known else "",
        may_be_missing=bool(series.isna().any() if numeric else (series == "").any()),
        non_standard=known is None,
    )
