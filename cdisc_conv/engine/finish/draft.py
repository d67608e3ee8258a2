"""A dataset on its way from columns to `Dataset`, in memory or on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import Frame, Stored, load
from cdisc_conv.spec.model import DatasetSpec


@dataclass(frozen=True)
class Draft:
    """A dataset on its way: final columns and record order, not yet described."""

    spec: DatasetSpec
    frame: pd.DataFrame
    supplemental: pd.DataFrame
    """The qualifiers, one column per QNAM, aligned with `frame`."""
    block: np.ndarray
    """The block (0-based) each record comes from."""
    records: pd.DataFrame
    picked: pd.DataFrame
    """See `Records`."""
    place: np.ndarray
    """The position (0-based) of each record, for the records in the order of their blocks."""
    keys: tuple[str, ...]


@dataclass(frozen=True)
class KeptDraft:
    """A draft on disk, of one range or of several that follow each other: a column is read when it is asked for."""

    spec: DatasetSpec
    frame: Stored
    supplemental: Stored
    blocks: Stored
    """The column ``block``."""
    places: Stored
    """The column ``place``, counted from the number in `starts` in each of its files."""
    starts: tuple[int, ...]
    records: Frame
    picked: Frame
    keys: tuple[str, ...]

    @property
    def block(self) -> np.ndarray:
        """See `Draft`."""
        return self.blocks["block"].to_numpy()

    @property
    def place(self) -> np.ndarray:
        """See `Draft`."""
        found = zip(self.places.stream(["place"]), self.starts, strict=True)
        return np.concatenate([piece["place"].to_numpy() + start for piece, start in found])

    def load(self) -> Draft:
        """The whole draft in memory."""
        return Draft(
            spec=self.spec,
            frame=self.frame.load(),
            supplemental=self.supplemental.load(),
            block=self.block,
            records=load(self.records),
            picked=load(self.picked),
            place=self.place,
            keys=self.keys,
        )


AnyDraft: TypeAlias = Draft | KeptDraft
