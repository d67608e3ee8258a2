"""Records for visits that a subject lacks, carried from a record that is there: LOCF, BOCF, WOCF."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import group_codes
from cdisc_conv.spec.model import Carry


def find_carried(
    carry: Carry, by: list[pd.Series], there: pd.Series, wanted: pd.Series, value: pd.Series
) -> np.ndarray:
    """The positions of the rows that are kept, of rows that stand for a record at each visit that is wanted.

    `there` is the visit of each row, `wanted` the visit that it is to be carried to. A visit that its group has gets
    nothing; any other gets the row that `carry` picks among those of earlier visits.
    """
    have, want = as_numbers(there).to_numpy(dtype=float), as_numbers(wanted).to_numpy(dtype=float)
    group = group_codes(by, len(have))
    _, numbers = np.unique(np.concatenate([have, want]), return_inverse=True)
    size = int(numbers.max(initial=0)) + 1
    had, asked = group * size + numbers[: len(have)], group * size + numbers[len(have) :]
    open_ = np.flatnonzero((have < want) & ~np.isin(asked, had[~np.isnan(have)]))
    worth = as_numbers(value).to_numpy(dtype=float)
    weight = {"last": have, "first": -have, "max": worth, "min": -worth}[carry.take]
    known = open_[~np.isnan(weight[open_])]
    # The last in this order is taken: of equal ones that of the later visit, then the later row.
    order = known[np.lexsort((known, have[known], weight[known], asked[known]))]
    closing = np.flatnonzero(np.diff(asked[order], append=-1) != 0) if len(order) else order
    return np.sort(order[closing])
