"""A domain in several datasets (SDTMIG 3.4, 4.1.7): the records, and what define.xml says of each part.

DOMAIN stays that of the domain, --SEQ was numbered across all of it, and variables have the same length in all parts.
The engine and what reads its records know whole domains; only the files of a package are in parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import IN_MEMORY, Frame, Shelf, load, select, take
from cdisc_conv.columns.texts import is_filled
from cdisc_conv.dataset import Codelist, Column, Cut, Dataset, Records
from cdisc_conv.engine.describe.finer import meets_conditions
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.outputs import PART, OutputPart
from cdisc_conv.standards.model import name_qualifiers
from cdisc_conv.xpt.variables import LONGEST_LABEL


def split_domains(study: Study, datasets: Sequence[Dataset], shelf: Shelf = IN_MEMORY) -> list[Dataset]:
    """The datasets with each domain that is split in its parts, and its SUPP-- likewise.

    Records of no part stay in a dataset with the name of the domain. Lineage names the records of the parts.
    What is made anew goes to the shelf.
    """
    cuts = {one.name: one.cut for one in datasets if one.cut is not None}
    if not cuts:
        return list(datasets)
    parts = [part for dataset in datasets for part in _split(study, dataset, cuts, shelf)]
    places = {f"dataset {name}": _Places.of(name, cut) for name, cut in cuts.items()}
    return [_rename_sources(part, places, shelf) for part in parts]


def _split(study: Study, dataset: Dataset, cuts: Mapping[str, Cut], shelf: Shelf) -> Iterator[Dataset]:
    domain = dataset.supplemental_to or dataset.name
    cut = dataset.cut
    if cut is None or domain not in cuts:
        yield dataset
        return
    outputs = {one.name: one for one in study.datasets[domain].outputs}
    for number, name in enumerate(cut.names):
        rows = np.flatnonzero(cut.codes == number)
        if dataset.supplemental_to and len(rows):
            yield _take_qualifiers(study, dataset, name, _take(dataset, rows, shelf))
        elif not dataset.supplemental_to:
            yield _take_records(study, dataset, outputs[name], _take(dataset, rows, shelf))
    rest = np.flatnonzero(cut.codes < 0)
    if len(rest):
        yield _take(dataset, rest, shelf)


def _take_records(study: Study, dataset: Dataset, output: OutputPart, part: Dataset) -> Dataset:
    spec = study.datasets[dataset.name]
    split = spec.split_into
    assert split is not None  # there is a cut
    names = [column.name for column in part.columns if not len(part.frame) or not _is_dropped(part, column, spec.keeps)]
    what = "of other values" if not output.values else " or ".join(output.values)
    said = f"The domain {dataset.name} is split by {split.by}; these are the records with {what}."
    if split.by == PART:
        said = f"The domain {dataset.name} is in several datasets, of which this is one."
    return replace(
        part,
        name=output.name,
        label=output.label or _label_part(dataset.label, output),
        frame=select(part.frame, names),
        columns=tuple(_narrow(column, dataset.frame, part.frame) for column in part.columns if column.name in names),
        comment=" ".join(filter(None, (dataset.comment, said))),
        domain=dataset.name,
        domain_label=dataset.label,
    )


def _take_qualifiers(study: Study, dataset: Dataset, parent: str, part: Dataset) -> Dataset:
    template = study.sdtm.standard.supplemental(parent)
    return replace(
        part,
        name=name_qualifiers(parent),
        label=template.label,
        columns=tuple(_narrow(column, dataset.frame, part.frame) for column in part.columns),
        supplemental_to=parent,
        domain_label=study.datasets[dataset.supplemental_to].label,
    )


def _label_part(label: str, output: OutputPart) -> str:
    """The label of the domain and the one value of the part, as far as there is room for both."""
    made = (
        f"{label}, {output.values[0].title()}" if len(output.values) == 1 and output.values[0] != output.name else label
    )
    return made if len(made.encode()) <= LONGEST_LABEL else label


def _take(dataset: Dataset, rows: np.ndarray, shelf: Shelf) -> Dataset:
    """Some records of a dataset, with what is known of them."""
    records = dataset.records
    kept = records and Records(
        shelf.put(_take_rows(load(records.frame), rows, len(dataset.frame))),
        None if records.picked is None else shelf.put(_take_rows(load(records.picked), rows, len(dataset.frame))),
    )
    return replace(dataset, frame=shelf.put(take(dataset.frame, rows)), records=kept, cut=None)


def _take_rows(frame: pd.DataFrame, rows: np.ndarray, length: int) -> pd.DataFrame:
    """The lines about some records, with their numbers in the part."""
    places = np.full(length, -1, dtype=np.int64)
    places[rows] = np.arange(len(rows))
    found = places[frame["record"].to_numpy()]
    kept: pd.DataFrame = frame.assign(record=found)[found >= 0].reset_index(drop=True)
    return kept


def _is_dropped(part: Dataset, column: Column, keeps: Callable[[str], bool]) -> bool:
    """Whether a permissible variable has no value in a part; a study day stays beside its date."""
    if column.core != "Perm" or column.key or keeps(column.name):
        return False
    date = f"{column.name.removesuffix('DY')}DTC"
    beside = column.name.endswith("DY") and date in part.frame and is_filled(part.frame[date]).any()
    return not beside and not is_filled(part.frame[column.name]).any()


def _narrow(column: Column, whole: Frame, part: Frame) -> Column:
    """A column without the terms and the conditions that are only of other parts."""
    codelist = column.item.codelist
    levels = tuple(
        replace(level, item=replace(level.item, codelist=_narrow_terms(level.item.codelist, column.name, whole, part)))
        for level in column.value_level
        if not meets_conditions(level.conditions, whole).any() or meets_conditions(level.conditions, part).any()
    )
    item = replace(column.item, codelist=_narrow_terms(codelist, column.name, whole, part))
    return replace(column, item=item, value_level=levels)


def _narrow_terms(codelist: Codelist | None, name: str, whole: Frame, part: Frame) -> Codelist | None:
    if codelist is None or not codelist.terms or pd.api.types.is_numeric_dtype(whole[name].dtype):
        return codelist
    others = set(whole[name].unique()) - set(part[name].unique())
    kept = tuple(term for term in codelist.terms if term.value not in others)
    return replace(codelist, terms=kept) if kept else codelist


@dataclass(frozen=True)
class _Places:
    """Where the records of a domain are: the name of the dataset, and the number (from 1) there."""

    names: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, domain: str, cut: Cut) -> _Places:
        names = np.array([f"dataset {name}" for name in (*cut.names, domain)], dtype=object)
        rows = np.zeros(len(cut.codes), dtype=np.int64)
        for code in np.unique(cut.codes):
            mine = np.flatnonzero(cut.codes == code)
            rows[mine] = np.arange(1, len(mine) + 1)
        return cls(names[cut.codes], rows)


def _rename_sources(dataset: Dataset, places: Mapping[str, _Places], shelf: Shelf) -> Dataset:
    """The dataset with the records behind it named as they are in the files of the package."""
    records = dataset.records
    if records is None:
        return dataset
    picked = None if records.picked is None else shelf.put(_rename(load(records.picked), places))
    return replace(dataset, records=Records(shelf.put(_rename(load(records.frame), places)), picked))


def _rename(frame: pd.DataFrame, places: Mapping[str, _Places]) -> pd.DataFrame:
    known = [name for name in places if name in set(frame["source"].cat.categories)]
    if not known:
        return frame
    sources, rows = np.array(frame["source"].astype(object), dtype=object), np.array(frame["row"])
    for name in known:
        mine = np.flatnonzero(sources == name)
        there = rows[mine] - 1
        sources[mine], rows[mine] = places[name].names[there], places[name].rows[there]
    return frame.assign(source=pd.Categorical(pd.Series(sources, dtype="str")), row=rows)
