"""The order of records within a subject."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.distinct import TEXT, encode
from cdisc_conv.derivations.registry import register


def rank(series: pd.Series) -> np.ndarray:
    """Numbers that sort as the values do: text by code point, missing values first."""
    if series.dtype != TEXT:
        return np.nan_to_num(series.to_numpy(dtype=float), nan=-np.inf)
    codes, distinct = encode(series)
    order = sorted(range(len(distinct)), key=distinct.tolist().__getitem__)
    places = np.empty(len(distinct), dtype=np.int64)
    places[order] = np.arange(len(distinct))
    return places[codes]


@register
class Sequence(Derivation):
    """The number of a record within its subject, 1, 2, 3 ... in the order of other variables.

    Missing values come first, text is ordered by code point, and records that tie keep the order of the source.

    | USUBJID | AESTDTC | AESEQ |
    |---|---|---|
    | 01 | 2022-03-10 | 2 |
    | 01 | 2022-03-01 | 1 |
    | 02 | 2022-05-05 | 1 |

    ```yaml
    AESEQ: {sequence: [AESTDTC, AETERM]}
    ```

    Source of the rule: SDTMIG 3.4, section 4.1.5 (--SEQ is unique within subject and domain).
    """

    name = "sequence"
    topic = "Order"
    shorthand = "by"
    kind = Kind.NUMBER
    reach = Reach.SUBJECT

    by: tuple[Ref, ...] = Field(description="the variables that order the records", min_length=1)

    def derive(self, rows: Rows) -> pd.Series:
        subject = rows.codes([SUBJECT])
        order = np.lexsort([*(rank(rows[ref]) for ref in reversed(self.by)), subject])
        starts = np.flatnonzero(np.diff(subject[order], prepend=-1))
        lengths = np.diff(starts, append=len(order))
        numbers = np.empty(len(order))
        numbers[order] = np.arange(len(order)) - np.repeat(starts, lengths) + 1
        return pd.Series(numbers)

    def method(self, words: Words) -> str:
        by = ", ".join(words(ref) for ref in self.by)
        return (
            f"Consecutive number of the record within the subject (USUBJID), starting at 1, in ascending order of {by}; "
            f"missing values first, records that are equal in all of these in the order of the source."
        )
