"""Columns to finished datasets: the standard's order of variables, records in key order, qualifiers moved to SUPP--.

Steps, in order: `assemble` (columns of one dataset side by side), `sort_records` (by natural key), supplemental
qualifiers split off (`supplemental`), empty permissible variables dropped, and metadata attached (`metadata`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.columns.texts import as_text
from cdisc_conv.dataset import Dataset
from cdisc_conv.derivations.values.long_text import OWN_PARTS
from cdisc_conv.engine.derive.blocks import group_codes
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.describe.metadata import describe_dataset, harmonise_lengths, resolve_predecessors
from cdisc_conv.engine.finish.behind import list_origins, list_picks
from cdisc_conv.engine.finish.beside import describe_given
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.finish.sources import renumber_sources
from cdisc_conv.engine.finish.supplemental import split_supplemental
from cdisc_conv.engine.plan.order import final_columns, natural_keys, order_records, reads_final_order, sort_keys
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.spec.model import DatasetSpec, Study


def finish_datasets(state: State, names: Iterable[str]) -> list[Dataset]:
    """The finished datasets in the order of the standard, SUPP-- right after its parent.

    Adds findings to `state.problems`: KEY001 (natural keys that are not unique), DROP001 (a variable left out because
    it is empty and the standard permits it).
    """
    datasets: list[Dataset] = []
    places: dict[str, np.ndarray] = {}
    for name in names:
        draft = sort_records(assemble(state, state.study.datasets[name]))
        places[name] = draft.place
        state.problems.extend(check_keys(draft))
        draft, notes = drop_empty(state, draft)
        state.problems.extend(notes)
        datasets.append(describe_dataset(state, draft))
        qualifiers = split_supplemental(state, draft)
        if qualifiers is not None:
            datasets.append(qualifiers)
    for number, (block, records) in state.located.items():
        state.problems[number] = _locate(state, state.problems[number], block, records, places)
    resolved = resolve_predecessors(datasets, describe_given(state))
    return [_renumber(state.study, dataset, places) for dataset in harmonise_lengths(resolved)]


def _locate(
    state: State, problem: Problem, block: int, records: np.ndarray, places: Mapping[str, np.ndarray]
) -> Problem:
    """A finding with the row numbers of the finished dataset; without any where the dataset is not among them."""
    name = problem.place.dataset
    start = state.length(name, range(block))
    rows = np.unique(places[name][records + start])[:SHOWN_ROWS] if name in places else records[:0]
    return replace(problem, place=replace(problem.place, rows=tuple(int(row) + 1 for row in rows)))


def _renumber(study: Study, dataset: Dataset, places: Mapping[str, np.ndarray]) -> Dataset:
    """The dataset with its sources counted as their files count, but for those that it read in that order already."""
    reader = dataset.supplemental_to or dataset.name
    early = {name: place for name, place in places.items() if not reads_final_order(study, reader, name)}
    return renumber_sources([dataset], early)[0]


def assemble(state: State, spec: DatasetSpec) -> Draft:
    """All columns of a dataset side by side, in the standard's order; variables that no entry maps are not there."""
    blocks = state.blocks_of(spec.name)
    supplemental_names = spec.supplemental_names()
    ordered = spec.family.standard.order(spec.standard, final_columns(spec))
    frame = pd.DataFrame({name: state.own(spec.name, name, blocks) for name in ordered}, copy=False)
    qualifiers = pd.DataFrame(
        {name: state.own(spec.name, name, blocks) for name in supplemental_names}, frame.index, copy=False
    )
    lengths = [state.blocks[spec.name, number].length for number in blocks]
    return Draft(
        spec=spec,
        frame=frame,
        supplemental=qualifiers,
        block=np.repeat(np.array(blocks, dtype=np.int32), lengths),
        records=list_origins(state, spec),
        picked=list_picks(state, spec),
        place=np.arange(len(frame)),
        keys=natural_keys(spec, frame.columns),
    )


def sort_records(draft: Draft) -> Draft:
    """Records in the order of the natural key, then of --SEQ, then as they came; text by code point, missing first."""
    by = sort_keys(draft.spec, draft.frame.columns)
    if not by or not len(draft.frame):
        return draft
    order = order_records([draft.frame[name] for name in by])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    records = draft.records.assign(record=place[draft.records["record"].to_numpy()])
    records = records.sort_values(["record", "row"], kind="stable", ignore_index=True)
    return replace(
        draft,
        frame=_reorder(draft.frame, order),
        supplemental=_reorder(draft.supplemental, order),
        block=draft.block[order],
        records=records,
        picked=draft.picked.assign(record=place[draft.picked["record"].to_numpy()]),
        place=place,
    )


def _reorder(frame: pd.DataFrame, order: np.ndarray) -> pd.DataFrame:
    """The rows in another order; the columns one by one on all processors, since arrow lets go of the interpreter."""
    with ThreadPoolExecutor() as threads:
        columns = threads.map(lambda name: frame[name].take(order).reset_index(drop=True), frame.columns)
        return pd.DataFrame(dict(zip(frame.columns, columns, strict=True)), frame.index, copy=False)


def check_keys(draft: Draft) -> list[Problem]:
    """One finding when records share their natural key, with the first few keys."""
    if not draft.keys or not len(draft.frame):
        return []
    codes = group_codes([draft.frame[key] for key in draft.keys], len(draft.frame))
    repeated = np.bincount(codes)[codes] > 1
    if not repeated.any():
        return []
    groups = draft.frame.loc[repeated, list(draft.keys)].drop_duplicates()
    first = groups.head(3)
    texts = [as_text(first[key].reset_index(drop=True)) for key in draft.keys]
    shown = ["/".join(values) for values in zip(*texts, strict=True)]
    message = (
        f"{int(repeated.sum())} records share their natural key ({', '.join(draft.keys)}) with another: {len(groups)} "
        f"key{'s' if len(groups) > 1 else ''}, such as {'; '.join(shown)}"
    )
    hint = "are raw rows repeated? Otherwise add a variable to 'keys:' of the mapping"
    rows = tuple(int(row) + 1 for row in np.flatnonzero(repeated)[:SHOWN_ROWS])
    place = Place(dataset=draft.spec.name, rows=rows)
    return [Problem("KEY001", message, Severity.WARNING, place, hint, count=int(repeated.sum()))]


def drop_empty(state: State, draft: Draft) -> tuple[Draft, list[Problem]]:
    """Permissible variables without a single value are left out, and listed.

    A study day stays beside its date: it is expected to be there (CDISC FB3201), even when no subject has day 1.
    """
    draft = replace(draft, frame=draft.frame.drop(columns=_unused_parts(draft)))
    empty = [
        name
        for name in draft.frame.columns
        if (standard := draft.spec.family.standard.variable(draft.spec.standard, name)) is not None
        and standard.core == "Perm"
        and name not in draft.keys
        and _is_empty(draft.frame[name])
        and not _is_day_of_date(draft.frame, name)
    ]
    if not empty or not len(draft.frame):
        return draft, []
    message = f"no record has a value of {', '.join(empty)}; permissible and empty, so left out of the dataset"
    note = Problem("DROP001", message, Severity.NOTE, Place(dataset=draft.spec.name), count=len(empty))
    return replace(draft, frame=draft.frame.drop(columns=empty)), [note]


def _unused_parts(draft: Draft) -> list[str]:
    """The later parts of long texts that no text reaches: COVAL1, TSVAL1."""
    parts = [name for name in draft.frame.columns if name.rstrip("0123456789") in OWN_PARTS and name not in OWN_PARTS]
    return [name for name in parts if _is_empty(draft.frame[name])]


def _is_day_of_date(frame: pd.DataFrame, name: str) -> bool:
    date = f"{name.removesuffix('DY')}DTC"
    return name.endswith("DY") and date in frame and not _is_empty(frame[date])


def _is_empty(series: pd.Series) -> bool:
    return bool((series == "").all()) if series.dtype == TEXT else bool(series.isna().all())
