"""Columns to finished records: the standard's order of variables, and records in key order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.threads import map_columns
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.finish.behind import list_origins, list_picks
from cdisc_conv.engine.finish.draft import Draft
from cdisc_conv.engine.plan.order import final_columns, natural_keys, order_records, sort_keys
from cdisc_conv.spec.model import DatasetSpec


def finish_dataset(state: State, name: str) -> Draft:
    """The records of a dataset as they end up: `assemble`, then `sort_records`."""
    transliterate = state.study.settings.get("transliterate") or {}
    return sort_records(assemble(state, state.study.datasets[name]), transliterate)


def finish_beside(state: State, name: str) -> Draft:
    """The records of a dataset that was made only to be read by others: its variables as far as they are made."""
    spec = state.study.datasets[name]
    there = [
        variable
        for variable in spec.names()
        if variable not in spec.working and all(part in state.values for part in state.plan.parts[name, variable])
    ]
    return sort_records(_assemble(state, spec, there, ()), state.study.settings.get("transliterate") or {})


def assemble(state: State, spec: DatasetSpec) -> Draft:
    """All columns of a dataset side by side, in the standard's order; variables that no entry maps are not there."""
    ordered = spec.family.standard.order(spec.standard, final_columns(spec))
    return _assemble(state, spec, ordered, tuple(spec.supplemental_names()))


def _assemble(state: State, spec: DatasetSpec, names: Sequence[str], qualifiers: Sequence[str]) -> Draft:
    blocks = state.blocks_of(spec.name)
    lengths = [state.blocks[spec.name, number].length for number in blocks]
    index = pd.RangeIndex(sum(lengths))
    frame = pd.DataFrame({name: state.own(spec.name, name, blocks) for name in names}, index, copy=False)
    return Draft(
        spec=spec,
        frame=frame,
        supplemental=pd.DataFrame({name: state.own(spec.name, name, blocks) for name in qualifiers}, index, copy=False),
        block=np.repeat(np.array(blocks, dtype=np.int32), lengths),
        records=list_origins(state, spec),
        picked=list_picks(state, spec),
        place=np.arange(len(frame)),
        keys=natural_keys(spec, frame.columns),
    )


def sort_records(draft: Draft, transliterate: Mapping[str, str] | None = None) -> Draft:
    """Records in the order of the natural key, then of --SEQ, then as they came; text by code point, missing first."""
    by = sort_keys(draft.spec, draft.frame.columns)
    if not by or not len(draft.frame):
        return draft
    order = order_records([draft.frame[name] for name in by], transliterate)
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
    """The rows in another order."""
    columns = map_columns(lambda name: take_rows(frame[name], order), frame.columns, len(frame))
    return pd.DataFrame(dict(zip(frame.columns, columns, strict=True)), frame.index, copy=False)
