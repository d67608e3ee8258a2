"""Datasets that a run has at hand beside those it writes: what was given, and what was made only to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import is_written, longest_bytes
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.engine.finish.draft import AnyDraft
from cdisc_conv.spec.expected import label_of
from cdisc_conv.spec.model import Study
from cdisc_conv.standards import DatasetStandard


def describe_given(study: Study, frames: Mapping[str, Frame]) -> list[Dataset]:
    """The given datasets, for checks and reports that look into them: their labels, types and lengths."""
    return [
        _describe(study, given.name, given.standard, frames[given.name], {})
        for given in study.given.values()
        if given.name in frames
    ]


def describe_beside(study: Study, drafts: Iterable[AnyDraft]) -> list[Dataset]:
    """The datasets that were made but are not written, for checks that look into them.

    Variables that nobody read are not there.
    """
    return [_describe_made(study, draft) for draft in drafts]


def _describe_made(study: Study, draft: AnyDraft) -> Dataset:
    spec = draft.spec
    labels = {str(variable): label_of(study, spec, str(variable)) for variable in draft.frame}
    return _describe(study, spec.name, spec.standard, draft.frame, labels)


def _describe(study: Study, name: str, standard: DatasetStandard, frame: Frame, labels: Mapping[str, str]) -> Dataset:
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
        item=Item("float", 8) if numeric else Item("text", max(1, longest_bytes(series))),
        role=known.role if known else "",
        core=known.core if known else "",
        may_be_missing=bool(series.isna().any() if numeric else not is_written(series).all()),
        non_standard=known is None,
    )
