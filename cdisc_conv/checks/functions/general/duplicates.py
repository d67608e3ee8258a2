"""Records that a reviewer takes for one: equal in what tells records of a dataset apart, and not in all else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cdisc_conv.checks.codes import combine
from cdisc_conv.checks.functions.general.groups import keys_of
from cdisc_conv.checks.functions.tabulations.subjects import hash_records
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check


class Keys(Parameters):
    """``per`` are the variables that make a record what it is, ``also`` those that tell it from others where the
    dataset has them.
    """

    per: tuple[str, ...]
    also: tuple[str, ...] = ()


@register_check(Keys, reach="subject")
def check_repeated_keys(scope: Scope) -> Iterator[Hits]:
    """Records with the same key as another record that differs from it in something else than --SEQ.

    Records that are equal in everything but --SEQ are another finding (repeated_records). A record with a blank first
    key is left out.
    """
    table, parameters = scope.table, scope.parameters
    table.require(*parameters.per)
    also = [name for name in parameters.also if name in table.frame]
    rows = np.flatnonzero(scope.mask & ~table.coded(parameters.per[0]).blank)
    columns = [column.take(rows) for column in keys_of(table, [*parameters.per, *also])]
    keys = combine(columns, len(rows))
    records = hash_records(table, [name for name in table.names if name != f"{table.prefix}SEQ"])[rows]
    distinct = pd.DataFrame({"key": keys, "record": records}).drop_duplicates()["key"].to_numpy()
    counts = np.bincount(distinct, minlength=int(keys.max(initial=-1)) + 1)
    shown = ", ".join([*parameters.per, *also[:4]]) + (f" and {len(also) - 4} more" if len(also) > 4 else "")
    yield Hits(scope.variable or parameters.per[0], rows[counts[keys] > 1], words=lambda row: {"keys": shown})
