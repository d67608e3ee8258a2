"""A dataset on its way from columns to `Dataset`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

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
