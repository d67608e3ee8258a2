"""What became of the values of a mapped column: used, left out with their rows, or not used by any reader."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.engine.account.lines import Account, Line, count_rows
from cdisc_conv.engine.account.rows import Masks, SourceRows, find_combinations
from cdisc_conv.spec.model import Form


def find_unused(form: Form, field: str, filled: np.ndarray, reads: Masks) -> np.ndarray:
    """The rows with a value in a column that nothing made use of; a code and its words count as one value."""
    used = np.zeros(len(filled), dtype=bool)
    for name in (field, *(name for name, other in form.fields.items() if other.decode_of == field)):
        used |= reads[name]
    return filled & ~used


def list_value_lines(
    rows: SourceRows,
    field: str,
    unused: np.ndarray,
    datasets: tuple[str, ...],
    reason: str,
    lost: np.ndarray,
) -> Iterator[Line]:
    """The lines of the values of a column that are not used, each in one of them.

    A value is left out where its row is in none of the `datasets` that read the column, and lost where it is so for a
    missing value (`lost`); with a `reason`, in 'not_submitted', all that is not used is declared.
    """
    if not unused.any():
        return

    def count(account: Account, mask: np.ndarray, by: str = "") -> Iterator[Line]:
        if mask.any():
            yield Line(rows.name, "", field, account, by, count_rows(np.flatnonzero(mask)))

    if reason:
        yield from count(Account.VALUES_NOT_SUBMITTED, unused, reason)
        return
    homes = [name for name in datasets if name in rows.used]
    away = unused & ~rows.used_by_any(homes) if homes else np.zeros_like(unused)
    yield from count(Account.VALUES_LOST, away & lost)
    for by, mine in find_combinations(rows.name_exclusions(homes), away & ~lost):
        yield Line(rows.name, "", field, Account.VALUES_LEFT_OUT, by, count_rows(mine))
    yield from count(Account.VALUES_NOT_USED, unused & ~away)
