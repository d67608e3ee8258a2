"""Order of the records of a subject."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Reach, Rows, Words
from cdisc_conv.derivations.order.placing import rank_column
from cdisc_conv.derivations.parameters import Refs, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.xpt.transliteration import as_written


@register
class Sequence(Derivation):
    """Numbers the records of a subject 1, 2, 3 ... in the order of some columns.

    Text is ordered by the code points of its characters, so capital letters come before small ones and ISO 8601 dates
    come in time order with a partial date before the dates it may stand for. Numbers are ordered by size. Missing
    values come first, as SAS sorts them, or with `missing: last` after all others. Records that are equal in all
    columns keep the order they have in the source. In ADaM the analysis sequence is
    `ASEQ: {sequence: {by: [PARAMCD, ADT, AVISITN], missing: last}}`.

    | USUBJID | AESTDTC | AETERM | AESEQ |
    |---|---|---|---|
    | 01 | 2022-03-05 | Nausea | 3 |
    | 01 | | Cough | 1 |
    | 02 | 2022-04-01 | Fever | 1 |
    | 01 | 2022-03 | Rash | 2 |

    ```yaml
    AESEQ: {sequence: [AESTDTC, AETERM]}
    ```

    Source: SDTM 2.0, identifier variables (--SEQ is unique within a subject and domain); ADaMIG 1.3 section 3.3.1
    (ASEQ is unique within a subject and dataset).
    """

    name: ClassVar[str] = "sequence"
    topic: ClassVar[str] = "Identifiers and order"
    shorthand: ClassVar[str] = "by"
    reach: ClassVar[Reach] = Reach.SUBJECT
    kind: ClassVar[Kind] = Kind.NUMBER

    by: Refs = Field((), description="columns that give the order; without them the order of the source")
    within: Refs = Field((), description="columns that split the subject's records, each group numbered from 1")
    subjects: bool = Field(True, description="false in a dataset without subjects, such as trial design")
    missing: Literal["first", "last"] = Field("first", description="whether missing values come first or last")

    def actual_reach(self) -> Reach:
        return Reach.SUBJECT if self.subjects else Reach.DATASET

    def derive(self, rows: Rows) -> pd.Series:
        split = [SUBJECT, *self.within] if self.subjects else [*self.within]
        groups = rows.codes(split) if split else np.zeros(len(rows), dtype=np.int64)
        said = rows.setting("transliterate")
        columns = [as_written(rows[name], said) for name in self.by]
        order = sort_rows(groups, [rank_column(column, self.missing) for column in columns])
        return pd.Series(number_groups(groups, order).astype("float64"))

    def method(self, words: Words) -> str:
        split = ["subject"] if self.subjects else []
        group = join_words([*split, *map(words, self.within)])
        within = f" within each {group}" if group else ""
        if not self.by:
            return f"Records are numbered from 1{within}, in the order of the source data."
        names = join_words(map(words, self.by))
        return (
            f"Records are numbered from 1{within}, sorted ascending by {names}. Text is sorted by "
            f"character code and missing values come {self.missing}. Records that are equal in all of these keep the "
            "order of the source data."
        )


def sort_rows(groups: np.ndarray, ranks: list[np.ndarray]) -> np.ndarray:
    """The rows sorted by group, then by the ranks; equal rows keep their order."""
    key = groups.astype(np.int64)
    for rank in ranks:
        span = int(rank.max()) + 1 if len(rank) else 1
        if int(key.max(initial=0)) > np.iinfo(np.int64).max // (span + 1):
            key = np.unique(key, return_inverse=True)[1]
        key = key * span + rank
    return np.argsort(key, kind="stable")


def number_groups(groups: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The number of each row within its group, from 1, when the rows are taken in `order` (sorted by group)."""
    ordered = groups[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(order) else order
    sizes = np.diff(np.concatenate([starts, [len(order)]]))
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1) - np.repeat(starts, sizes)
    return numbers
