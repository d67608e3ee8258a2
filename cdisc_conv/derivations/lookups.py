"""Values from other datasets and forms: one record's, or the least and greatest of many."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from cdisc_conv.derivations.base import SUBJECT, Derivation, Kind, Ref, Rows, Table, TableRef, Words
from cdisc_conv.derivations.distinct import TEXT
from cdisc_conv.derivations.expressions import Formula
from cdisc_conv.derivations.ordering import rank
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity


def _as_pairs(value: Any) -> Any:
    """``USUBJID``, a list of names, or own name -> their name."""
    names = [value] if isinstance(value, str) else value
    return {Ref(name): name for name in names} if isinstance(names, list | tuple) else names


Pairs = Annotated[dict[Ref, str], BeforeValidator(_as_pairs)]
Names = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


def _select(table: Table, where: Formula | None) -> np.ndarray:
    """The positions of the records that meet the condition."""
    if where is None:
        return np.arange(len(table))
    return np.flatnonzero(where.evaluate(table.__getitem__, len(table)).to_numpy(dtype=bool))


def _match(rows: Rows, by: dict[Ref, str], table: Table, picked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Common group numbers for our records and for the picked records of the table, by equal values of the keys."""
    ours = np.zeros(len(rows), dtype=np.int64)
    theirs = np.zeros(len(picked), dtype=np.int64)
    for own, their in by.items():
        left, right = rows[own], table[their].take(picked)
        if left.dtype != right.dtype:
            left, right = left.astype("float64"), right.astype("float64")
        codes, distinct = pd.factorize(pd.concat([left, right], ignore_index=True), use_na_sentinel=False)
        both = pd.factorize(np.concatenate([ours, theirs]) * (len(distinct) + 1) + codes)[0]
        ours, theirs = both[: len(rows)], both[len(rows) :]
    return ours, theirs


def _take(values: pd.Series, positions: np.ndarray) -> pd.Series:
    """The values at the positions; missing where the position is -1."""
    blank = pd.Series([""], dtype=TEXT) if values.dtype == TEXT else pd.Series([np.nan])
    whole = pd.concat([values, blank], ignore_index=True)
    return whole.take(np.where(positions < 0, len(values), positions)).reset_index(drop=True)


@register
class Lookup(Derivation):
    """A value from the matching record of another dataset or form.

    Records match when all `by` variables are equal; `where` restricts theirs. When several match, `order` and `keep`
    say which one is taken; without `keep`, several different values for one record are a finding, and the first in
    their order is taken. No match leaves the value missing.

    | DS.USUBJID | DS.DSDECOD | DS.DSSTDTC | | USUBJID | DTHDTC |
    |---|---|---|---|---|---|
    | 01 | DEATH | 2022-08-01 | | 01 | 2022-08-01 |
    | 02 | COMPLETED | 2022-09-01 | | 02 | |

    ```yaml
    DTHDTC: {lookup: {from: DS, where: 'DSDECOD == "DEATH"', take: DSSTDTC}}
    ```
    """

    name = "lookup"
    topic = "Other records"

    source: str = Field(alias="from", description="the dataset (DS) or form (form ic) to look in")
    take: str = Field(description="their column that is taken over")
    by: Pairs = Field(
        default_factory=lambda: {Ref(SUBJECT): SUBJECT}, description="the keys: names, or own name: their name"
    )
    where: Formula | None = Field(None, description="a condition on their columns")
    order: Names = Field((), description="their columns that order the records")
    keep: Literal["first", "last"] | None = Field(None, description="which of several records to take")

    def reads(self) -> tuple[str, ...]:
        return tuple(self.by)

    def tables(self) -> dict[str, tuple[str, ...]]:
        where = self.where.names if self.where else ()
        return {self.source: tuple(dict.fromkeys((self.take, *self.by.values(), *self.order, *where)))}

    def derive(self, rows: Rows) -> pd.Series:
        table = rows.table(self.source)
        picked = _select(table, self.where)
        if self.order:
            ordered = np.lexsort([rank(table[name].take(picked)) for name in reversed(self.order)])
            picked = picked[ordered]
        ours, theirs = _match(rows, self.by, table, picked)
        values = table[self.take].take(picked).reset_index(drop=True)
        if self.keep is None:
            self._report_several(rows, ours, theirs, values)
        position = np.full(max(ours.max(initial=-1), theirs.max(initial=-1)) + 1, -1)
        sequence = np.arange(len(theirs))
        last = self.keep == "last"
        position[theirs if last else theirs[::-1]] = sequence if last else sequence[::-1]
        return _take(values, position[ours])

    def _report_several(self, rows: Rows, ours: np.ndarray, theirs: np.ndarray, values: pd.Series) -> None:
        codes = pd.factorize(values, use_na_sentinel=False)[0]
        distinct = pd.DataFrame({"group": theirs, "value": codes}).drop_duplicates()
        several = distinct["group"].value_counts()
        ambiguous = np.isin(ours, several.index[several > 1].to_numpy())
        if ambiguous.any():
            keys = ", ".join(self.by.values())
            message = f"{self.source} has several records with different {self.take} for one {keys}; the first is taken"
            hint = "say which one with 'order' and 'keep: first' or 'keep: last', or restrict 'where'"
            rows.report("LOOK001", message, where=ambiguous, severity=Severity.ERROR, hint=hint)

    def method(self, words: Words) -> str:
        where = f" where {words.condition(self.where, self.source)}" if self.where else ""
        which = f" the {self.keep}" if self.keep else ""
        order = f" in the order of {', '.join(self.order)}" if self.order else ""
        keys = ", ".join(self.by.values())
        return (
            f"{self.take} of{which} the record of {words.table(self.source)} with the same {keys}{where}{order}; missing when "
            f"there is none."
        )


class _Extreme(Derivation):
    """What `min` and `max` share."""

    topic = "Other records"
    shorthand = "of"

    of: Annotated[tuple[TableRef, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else v)] = Field(
        description="variables of other datasets, such as EX.EXSTDTC"
    )
    where: Formula | None = Field(None, description="a condition on the columns of that dataset")
    by: str = Field(SUBJECT, description="the variable that must be equal")
    date: bool = Field(False, description="whether only the date part is taken")

    def reads(self) -> tuple[str, ...]:
        return (self.by,)

    def tables(self) -> dict[str, tuple[str, ...]]:
        where = self.where.names if self.where else ()
        merged: dict[str, tuple[str, ...]] = {}
        for ref in self.of:
            merged[ref.table] = tuple(dict.fromkeys((*merged.get(ref.table, ()), ref.column, self.by, *where)))
        return merged

    def derive(self, rows: Rows) -> pd.Series:
        pieces = [self._column(rows, ref) for ref in self.of]
        keys = pd.concat([piece[0] for piece in pieces], ignore_index=True)
        values = pd.concat([piece[1] for piece in pieces], ignore_index=True)
        codes, subjects = pd.factorize(pd.concat([rows[self.by], keys], ignore_index=True), use_na_sentinel=False)
        ours, theirs = codes[: len(rows)], codes[len(rows) :]
        order = np.lexsort([rank(values), theirs])
        if self.name == "min":
            order = order[::-1]
        position = np.full(len(subjects), -1)
        position[theirs[order]] = order
        return _take(values, position[ours])

    def _column(self, rows: Rows, ref: TableRef) -> tuple[pd.Series, pd.Series]:
        """(keys, values) of the records that meet the condition and have a value."""
        table = rows.table(ref.table)
        picked = _select(table, self.where)
        values = table[ref.column].take(picked)
        if values.dtype == TEXT and self.date:
            values = values.str.slice(0, 10)
        present = (values != "") if values.dtype == TEXT else values.notna()
        return table[self.by].take(picked)[present], values[present]

    def method(self, words: Words) -> str:
        which = "earliest or least" if self.name == "min" else "latest or greatest"
        where = f", of records where {words.condition(self.where, self.of[0].table)}" if self.where else ""
        part = " (date part only)" if self.date else ""
        return (
            f"The {which} value of {', '.join(self.of)}{part} over all records of the same {self.by}{where}. Missing values are "
            f"ignored; dates are compared as ISO 8601 text, so that a partial date comes before the complete dates it spans. "
            f"Missing when there is no value."
        )


@register
class Minimum(_Extreme):
    """The least value, or the earliest date, over the subject's records in other datasets.

    Missing values are ignored. Dates are compared as ISO 8601 text: a partial date comes before the complete ones
    that it may stand for.

    ```yaml
    RFXSTDTC: {min: EX.EXSTDTC}
    ```
    """

    name = "min"


@register
class Maximum(_Extreme):
    """The greatest value, or the latest date, over the subject's records in other datasets.

    Missing values are ignored. Dates are compared as ISO 8601 text, as in `min`.

    ```yaml
    RFPENDTC: {max: [DS.DSDTC, SV.SVENDTC, AE.AEENDTC]}
    ```
    """

    name = "max"


@register
class Exists(Derivation):
    """Y when another dataset has a record for the subject that meets a condition, blank otherwise.

    ```yaml
    DTHFL: {exists: {from: DS, where: 'DSDECOD == "DEATH"'}}
    ```
    """

    name = "exists"
    topic = "Other records"
    kind = Kind.TEXT

    source: str = Field(alias="from", description="the dataset (DS) or form (form dd) to look in")
    where: Formula | None = Field(None, description="a condition on their columns")
    by: Pairs = Field(
        default_factory=lambda: {Ref(SUBJECT): SUBJECT}, description="the keys: names, or own name: their name"
    )

    def reads(self) -> tuple[str, ...]:
        return tuple(self.by)

    def tables(self) -> dict[str, tuple[str, ...]]:
        return {self.source: tuple(dict.fromkeys((*self.by.values(), *(self.where.names if self.where else ()))))}

    def derive(self, rows: Rows) -> pd.Series:
        table = rows.table(self.source)
        ours, theirs = _match(rows, self.by, table, _select(table, self.where))
        return pd.Series(np.where(np.isin(ours, theirs), "Y", ""), dtype=TEXT)

    def method(self, words: Words) -> str:
        where = f" where {words.condition(self.where, self.source)}" if self.where else ""
        return f"Y when {words.table(self.source)} has a record of the same {', '.join(self.by.values())}{where}; blank otherwise."
