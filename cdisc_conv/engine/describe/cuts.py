"""Which of the datasets that a domain is split into each record goes to (``split_into``, SDTMIG 3.4, 4.1.7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.distinct import find_distinct
from cdisc_conv.columns.texts import as_text
from cdisc_conv.dataset import Cut
from cdisc_conv.engine.finish.draft import AnyDraft
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem
from cdisc_conv.spec.model import DatasetSpec
from cdisc_conv.spec.outputs import PART

_SHOWN = 5


def cut_records(draft: AnyDraft) -> tuple[Cut | None, list[Problem]]:
    """The part of each record of a domain that is split; None for a domain that is one dataset.

    PART001: records that are in no part. They stay, in the dataset that has the name of the domain.
    """
    spec = draft.spec
    split = spec.split_into
    if split is None or not spec.outputs:
        return None, []
    values = _read_values(draft, split.by)
    if values is None:
        return None, []  # LINT221 by then
    found = find_distinct(values)
    parts = {value: number for number, one in enumerate(spec.outputs) for value in one.values}
    rest = next((number for number, one in enumerate(spec.outputs) if not one.values), -1)
    homes = np.array([parts.get(str(value), rest) for value in found.values], dtype=np.int16)
    cut = Cut(tuple(one.name for one in spec.outputs), homes[found.codes] if len(values) else homes[:0])
    lost = np.flatnonzero(cut.codes < 0)
    if not len(lost):
        return cut, []
    names = [str(found.values.iloc[code]) for code in np.unique(found.codes[lost])]
    shown = ", ".join(repr(name) if name else "blank" for name in names[:_SHOWN])
    shown += f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    record = "record is" if len(lost) == 1 else "records are"
    message = (
        f"{len(lost):,} {record} in no part of {spec.name}, since {split.by} is {shown}; "
        f"{'it stays' if len(lost) == 1 else 'they stay'} in {spec.name}"
    )
    hint = "add the values to a part of 'split_into', or a dataset without values, which takes all other records"
    rows = tuple(int(row) + 1 for row in lost[:SHOWN_ROWS])
    place = Place(dataset=spec.name, variable="" if split.by == PART else split.by, rows=rows)
    return cut, [Problem("PART001", message, place=place, hint=hint, value=names[0], count=len(lost))]


def _read_values(draft: AnyDraft, by: str) -> pd.Series | None:
    """What a domain is split by, record by record; None for a variable that it does not have."""
    if by == PART:
        return _read_parts(draft.spec, draft.block)
    for frame in (draft.frame, draft.supplemental):
        if by in frame:
            return as_text(frame[by])
    return None


def _read_parts(spec: DatasetSpec, blocks: np.ndarray) -> pd.Series:
    names = pd.Series([block.part for block in spec.blocks], dtype="str")
    return names.take(blocks).reset_index(drop=True)
