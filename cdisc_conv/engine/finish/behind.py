"""What is behind the records of a dataset: the rows they were made from, and the records that values are from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.derivations.base import SELF
from cdisc_conv.engine.derive.state import State
from cdisc_conv.spec.model import DatasetSpec
from cdisc_conv.tables import TableId


def list_origins(state: State, spec: DatasetSpec) -> pd.DataFrame:
    """Long table of the rows behind each record, in the order they were made in; see `dataset.Records`."""
    record: list[np.ndarray] = []
    row: list[np.ndarray] = []
    source: list[np.ndarray] = []
    variant: list[np.ndarray] = []
    read: list[np.ndarray] = []
    names: list[str] = []
    start = variants = 0
    for number in state.blocks_of(spec.name):
        rows = state.blocks[spec.name, number]
        if rows.source != "nothing":
            records, source_rows = rows.origins()
            record.append(records + start)
            row.append(source_rows + 1)
            read.append(rows.origin_reads())
            variant.append((rows.origin_entries() + variants).astype(np.int16))
            if rows.source not in names:
                names.append(rows.source)
            source.append(np.full(len(records), names.index(rows.source), dtype=np.int16))
        start += rows.length
        variants += max(1, len(spec.blocks[number].for_each))
    codes: Any = _stack(source, np.int16)
    return pd.DataFrame(
        {
            "record": _stack(record, np.int64),
            "source": pd.Categorical.from_codes(codes, pd.Index(names, dtype=TEXT)),
            "row": _stack(row, np.int64),
            "variant": _stack(variant, np.int16),
            "read": _stack(read, bool),
        }
    )


def list_picks(state: State, spec: DatasetSpec) -> pd.DataFrame:
    """Long table of the records that single values are from, in the order they were made in; see `dataset.Records`."""
    starts = np.cumsum([0, *(state.blocks[spec.name, number].length for number in state.blocks_of(spec.name))])
    record: list[np.ndarray] = []
    row: list[np.ndarray] = []
    keys: list[tuple[str, str]] = []
    for part, picks in state.picks.items():
        if part.dataset != spec.name:
            continue
        places = np.concatenate([np.arange(starts[number], starts[number + 1]) for number in part.blocks])
        for each in picks:
            record.append(places[each.records])
            row.append(each.positions + 1)
            table = spec.name if each.source == SELF else each.source
            keys.append((part.name, TableId(table).source))
    for start, number in zip(starts, state.blocks_of(spec.name), strict=False):
        block = state.blocks[spec.name, number]
        for column, (records, rows) in block.taken.items():
            record.append(records + start)
            row.append(rows + 1)
            keys.append((f"raw.{column}", block.source))
    lengths = [len(each) for each in record]
    return pd.DataFrame(
        {
            "variable": _spread([name for name, _ in keys], lengths),
            "record": _stack(record, np.int64),
            "source": _spread([table for _, table in keys], lengths),
            "row": _stack(row, np.int64),
        }
    ).drop_duplicates(ignore_index=True)


def _stack(pieces: list[np.ndarray], kind: Any) -> np.ndarray:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=kind)


def _spread(texts: list[str], lengths: list[int]) -> pd.Categorical:
    """Each text as often as its length says."""
    distinct = list(dict.fromkeys(texts))
    codes: Any = np.repeat(np.array([distinct.index(text) for text in texts], dtype=np.int64), lengths)
    return pd.Categorical.from_codes(codes, pd.Index(distinct, dtype=TEXT))
