"""The running minimum of earlier records."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.texts import as_text
from cdisc_conv.derivations.base import Derivation, ExpressionField, Kind, Reach, Ref, Rows, Words
from cdisc_conv.derivations.order.baseline import FLAG, PARAMETER
from cdisc_conv.derivations.order.placing import find_placed, group_records, meet_condition, rank_records
from cdisc_conv.derivations.parameters import Refs, join_words
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression


@register
class Nadir(Derivation):
    """The lowest value of the earlier records of the subject and parameter: the running nadir.

    Earlier is strictly earlier by `order`, so records at the same place do not count for each other. Only records that
    meet `where` and have a value count towards the nadir; every record with an earlier one of these has a nadir,
    whether it counts itself or not. `baseline: exclude` leaves the baseline record (`flag`) out. A record without a
    value to order by has no nadir and counts for none.

    | USUBJID | ADY | AVAL | ANL01FL | NADIR |
    |---|---|---|---|---|
    | 01 | 1 | 96 | Y | missing |
    | 01 | 22 | 60 | Y | 96 |
    | 01 | 43 | 38 | | 60 |
    | 01 | 64 | 70 | Y | 60 |

    ```yaml
    NADIR: {nadir: {value: AVAL, by: [PARAMCD], order: [ADY], where: 'ANL01FL == "Y"'}}
    ```

    Source: RECIST 1.1 section 4.3.1 (Eisenhauer 2009): progression is measured against the smallest sum on study,
    which includes the baseline sum if that is the smallest.
    """

    name: ClassVar[str] = "nadir"
    topic: ClassVar[str] = "Analysis values"
    shorthand: ClassVar[str] = "value"
    reach: ClassVar[Reach] = Reach.SUBJECT
    kind: ClassVar[Kind] = Kind.NUMBER

    value: Ref = Field(Ref("AVAL"), description="the column whose lowest earlier value is taken")
    order: Refs = Field((Ref("ADT"),), min_length=1, description="columns that say which records are earlier")
    by: Refs = Field((PARAMETER,), description="columns that split the subject's records, each with its own nadir")
    where: Annotated[Expression, ExpressionField] | None = Field(None, description="which records count")
    baseline: Literal["include", "exclude"] = Field("include", description="whether the baseline record counts")
    flag: Ref = Field(FLAG, description="the flag that is Y on the baseline record; only with `baseline: exclude`")

    def reads(self) -> tuple[str, ...]:
        flag = (self.flag,) if self.baseline == "exclude" else ()
        where = self.where.names if self.where is not None else ()
        return tuple(dict.fromkeys((self.value, *self.order, *self.by, *where, *flag)))

    def derive(self, rows: Rows) -> pd.Series:
        values = as_numbers(rows[self.value]).to_numpy()
        columns = [rows[name] for name in self.order]
        place = rank_records(columns, len(rows))
        placed = np.flatnonzero(find_placed(columns, len(rows)))
        counts = meet_condition(rows, self.where) & ~np.isnan(values)
        if self.baseline == "exclude":
            counts &= (as_text(rows[self.flag]) != "Y").to_numpy(dtype=bool)
        groups = group_records(rows, self.by).codes
        order = placed[np.lexsort([place[placed], groups[placed]])]
        made = np.full(len(rows), np.nan)
        made[order] = find_earlier_minimum(groups[order], place[order], np.where(counts, values, np.inf)[order])
        return pd.Series(made)

    def method(self, words: Words) -> str:
        names, group = join_words(map(words, self.order)), join_words(["subject", *map(words, self.by)])
        where = f" where {words.condition(self.where)}" if self.where is not None else ""
        flagged = f" (flagged by {words(self.flag)}) does not count" if self.baseline == "exclude" else ""
        return (
            f"The lowest {words(self.value)} among the records of the same {group}{where} that are strictly earlier by "
            f"{names}; the baseline record{flagged or ' counts like others'}. Blank where there is no such record, or "
            f"where {join_words(map(words, self.order), 'or')} is missing."
        )


def find_earlier_minimum(groups: np.ndarray, places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For records sorted by group and place, the lowest value of its group at strictly lower places; NaN for none.

    A value of infinity does not count.

    >>> find_earlier_minimum(np.zeros(4), np.array([0, 1, 1, 2]), np.array([9.0, 5.0, 7.0, 6.0])).tolist()
    [nan, 9.0, 9.0, 5.0]
    """
    if not len(groups):
        return np.empty(0)
    running = pd.Series(values).groupby(groups, sort=False).cummin().to_numpy()
    new_group = np.concatenate([[True], groups[1:] != groups[:-1]])
    new_place = new_group | np.concatenate([[True], places[1:] != places[:-1]])
    starts = np.flatnonzero(new_place)[np.cumsum(new_place) - 1]
    found = np.where(new_group[starts], np.inf, running[starts - 1])
    return np.where(np.isinf(found), np.nan, found)
