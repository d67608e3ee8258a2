"""Sums, means, counts and lists over the rows behind a record."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from cdisc_conv.columns.distinct import find_distinct, from_arrow, rank_values, to_arrow
from cdisc_conv.columns.numbers import as_numbers
from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import as_text, is_filled
from cdisc_conv.derivations.base import Derivation, ExpressionField, Kind, Reach, Rows, Words
from cdisc_conv.derivations.records.gathering import (
    Gathered,
    ValuesRef,
    check_source,
    describe_condition,
    describe_marked,
    describe_source,
    gather_values,
    list_references,
    list_tables,
    name_values,
)
from cdisc_conv.derivations.records.joining import BY_SUBJECT, Keys, check_keys, find_reach
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr import Expression

_DECIMALS = 9
_WHOLE = 2.0**53
"""Up to here float64 holds every whole number."""


class _OverRows(Derivation):
    """What `sum`, `mean`, `count` and `list` share: where the values come from."""

    topic: ClassVar[str] = "Groups of records"
    shorthand: ClassVar[str] = "of"
    reach: ClassVar[Reach] = Reach.SUBJECT

    of: ValuesRef = Field(
        description="a column of the source rows behind the record (TRSTRESN) or of another dataset or form (EX.EXDOSE)"
    )
    by: Keys = Field(
        BY_SUBJECT, description="keys of the other dataset that must be equal: names, or own column -> their column"
    )
    where: Annotated[Expression, ExpressionField] | None = Field(None, description="a condition on columns beside `of`")

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_source([self.of], self.by, self.where)
        check_keys(self.of.table, self.by)
        return self

    def reads(self) -> tuple[str, ...]:
        return list_references([self.of], self.by, self.where)

    def tables(self) -> dict[str, tuple[str, ...]]:
        return list_tables([self.of], self.by, self.where)

    def actual_reach(self) -> Reach:
        return find_reach(self.by) if self.of.table else Reach.ROW

    def _gather(self, rows: Rows) -> Gathered:
        return gather_values(rows, self.of, self.by, self.where)

    def _name(self, words: Words) -> str:
        return f"{name_values(words, self.of)} over {describe_source(words, self.of, self.by, self.where)}"


class _OfNumbers(_OverRows):
    """What `sum` and `mean` share: numbers, and those that are missing."""

    kind: ClassVar[Kind] = Kind.NUMBER

    each: Annotated[Expression, ExpressionField] | None = Field(
        None, description="what counts of each row instead of `of`: an expression on the columns beside it"
    )
    missing: Literal["ignore", "blank"] = Field(
        "ignore", description="whether missing values are left out, or one of them makes the result missing"
    )

    def reads(self) -> tuple[str, ...]:
        return list_references([self.of], self.by, self.where, self.each)

    def tables(self) -> dict[str, tuple[str, ...]]:
        return list_tables([self.of], self.by, self.where, self.each)

    def _gather(self, rows: Rows) -> Gathered:
        return gather_values(rows, self.of, self.by, self.where, self.each)

    def _name(self, words: Words) -> str:
        if self.each is None:
            return super()._name(words)
        table = self.of.table
        value = words.condition(self.each, table) if table else describe_condition(words, self.each)
        return f"{value}, over {describe_source(words, self.of, self.by, self.where)}"

    def derive(self, rows: Rows) -> pd.Series:
        gathered = self._gather(rows)
        numbers = as_numbers(gathered.values).to_numpy()
        self._report_unread(rows, gathered, numbers)
        there = ~np.isnan(numbers)
        known = np.bincount(gathered.groups[there], minlength=gathered.count)
        total = add_up(gathered.groups[there], numbers[there], gathered.count)
        valid = known > 0
        if self.missing == "blank":
            valid &= np.bincount(gathered.groups, minlength=gathered.count) == known
        made = np.full(gathered.count, np.nan)
        made[valid] = self._finish(total[valid], known[valid])
        return pd.Series(made[gathered.ours])

    @abstractmethod
    def _finish(self, total: np.ndarray, known: np.ndarray) -> np.ndarray:
        """The result, from the sum and the number of values of each group."""

    def _report_unread(self, rows: Rows, gathered: Gathered, numbers: np.ndarray) -> None:
        """Texts that are not numbers: nobody should believe that they were added."""
        unread = np.flatnonzero(is_filled(gathered.values) & np.isnan(numbers))
        if len(unread):
            where, marked = describe_marked(gathered, unread, as_text(gathered.values.iloc[unread]))
            rows.report(
                "GRP001",
                "{values:# value|# values} of {of} {values:is not a number and counts|are not numbers and count} as "
                "missing",
                where=where,
                field=self.of,
                value="{example}",
                hint="take the numeric result, such as --STRESN, or leave such rows out with 'where'",
                parameters={"of": str(self.of), **marked},
            )

    def _missing(self) -> str:
        if self.missing == "ignore":
            return "Missing values are left out. Blank where there is no value."
        return "Blank where one of the values is missing or there is none."


@register
class Sum(_OfNumbers):
    """The sum of a column over the rows behind the record, or over the subject's records in another dataset.

    A bare name is a column of the source rows that a block with `group` made one record of; `EX.EXDOSE` is a column of
    all records of EX that match `by`. Only rows that meet `where` count. Missing values are left out, or with `missing:
    blank` make the sum missing; where there is no value the sum is missing and not 0. Text that is not a number counts
    as missing and is a finding (GRP001). With `each` an expression on the columns of a row is added instead of the
    column, where that has a value, such as the dose of an interval times its days.

    Decimal numbers are added as decimals, so 0.1 and 0.2 make 0.3, and the order of the records never matters. This
    holds for numbers of up to nine decimals; others are added from the least to the greatest.

    | source rows: VISIT | TRLNKID | TRSTRESN | | VISIT | AVAL |
    |---|---|---|---|---|---|
    | WEEK 3 | T01 | 20.1 | | WEEK 3 | 50.4 |
    | WEEK 3 | T02 | 30.3 | | | |
    | WEEK 3 | T03 | | | | |

    ```yaml
    AVAL: {sum: {of: EX.EXDOSE, each: 'EXDOSE * (days_between(EXSTDTC, EXENDTC) + 1)', where: 'EXTRT == "DRUG A"'}}
    ```

    Source: ADaMIG 1.3 section 4.2 (a parameter computed from several records); arithmetic by IEEE 754.
    """

    name: ClassVar[str] = "sum"

    def _finish(self, total: np.ndarray, known: np.ndarray) -> np.ndarray:
        return total

    def method(self, words: Words) -> str:
        return f"The sum of {self._name(words)}. {self._missing()}"


@register
class Mean(_OfNumbers):
    """The arithmetic mean of a column over the rows behind the record, or over records in another dataset.

    The sum, as `sum` makes it, divided by the number of values that are there. Nothing is rounded.

    | source rows: VISIT | VSSTRESN | | VISIT | AVAL |
    |---|---|---|---|---|
    | WEEK 3 | 120 | | WEEK 3 | 124 |
    | WEEK 3 | 128 | | | |
    | WEEK 3 | | | | |

    ```yaml
    AVAL: {mean: VSSTRESN}
    ```

    Source: ADaMIG 1.3 section 4.2.1 (a function of several rows of a parameter is a new row; DTYPE AVERAGE).
    """

    name: ClassVar[str] = "mean"

    def _finish(self, total: np.ndarray, known: np.ndarray) -> np.ndarray:
        return np.asarray(total / known)

    def method(self, words: Words) -> str:
        return f"The arithmetic mean of {self._name(words)}, not rounded. {self._missing()}"


@register
class Count(_OverRows):
    """How many values of a column there are behind the record, or among the subject's records in another dataset.

    Missing values are not counted; 0 where there is none. With `distinct` equal values count once.

    | EX.USUBJID | EX.EXTRT | EX.VISITNUM | | USUBJID | AVAL |
    |---|---|---|---|---|---|
    | 01 | OXALIPLATIN | 3 | | 01 | 2 |
    | 01 | CAPECITABINE | 3 | | 02 | 0 |
    | 01 | OXALIPLATIN | 5 | | | |

    ```yaml
    AVAL: {count: {of: EX.VISITNUM, distinct: true}}
    ```

    Source: a rule of the mapping language, for numbers of cycles, lesions and events.
    """

    name: ClassVar[str] = "count"
    kind: ClassVar[Kind] = Kind.NUMBER

    distinct: bool = Field(False, description="count equal values once")

    def derive(self, rows: Rows) -> pd.Series:
        gathered = self._gather(rows)
        there = is_filled(gathered.values)
        groups = gathered.groups[there]
        if self.distinct:
            groups = _find_pairs(groups, gathered.values[there].reset_index(drop=True))[0]
        counts = np.bincount(groups, minlength=gathered.count)
        return pd.Series(counts[gathered.ours].astype("float64"))

    def method(self, words: Words) -> str:
        what = "different values" if self.distinct else "values"
        return f"The number of {what} of {self._name(words)}. Missing values are not counted; 0 where there is none."


@register
class List(_OverRows):
    """The different values of a column behind the record, sorted and joined to one text.

    Missing values are left out. The values are sorted by the code points of their characters, numbers by size.

    | source rows: VISIT | TRLNKID | TRSTRESN | | VISIT | LSASS |
    |---|---|---|---|---|---|
    | WEEK 3 | T02 | 32 | | WEEK 3 | `T01, T02` |
    | WEEK 3 | T01 | 20 | | | |
    | WEEK 3 | T03 | | | | |

    ```yaml
    LSASS: {list: {of: TRLNKID, where: 'TRSTRESN != ""'}}
    ```

    Source: a rule of the mapping language.
    """

    name: ClassVar[str] = "list"
    kind: ClassVar[Kind] = Kind.TEXT

    separator: str = Field(", ", description="what stands between two values")

    def derive(self, rows: Rows) -> pd.Series:
        gathered = self._gather(rows)
        there = is_filled(gathered.values)
        texts = join_distinct(
            gathered.groups[there], gathered.values[there].reset_index(drop=True), gathered.count, self.separator
        )
        return from_arrow(to_arrow(texts).take(pa.array(gathered.ours)))

    def method(self, words: Words) -> str:
        return (
            f"The different values of {self._name(words)}, sorted ascending and joined by '{self.separator}'. Missing "
            "values are left out."
        )


def add_up(groups: np.ndarray, numbers: np.ndarray, count: int) -> np.ndarray:
    """The sum of each group, 0 where it has no number; neither the order of the numbers matters nor other groups.

    Decimals are scaled to whole numbers, which float64 adds without error.

    >>> add_up(np.array([0, 0, 1]), np.array([0.1, 0.2, 7.0]), 3).tolist()
    [0.3, 7.0, 0.0]
    """
    order = np.lexsort([numbers, groups])
    groups, numbers = groups[order], numbers[order]
    total = np.bincount(groups, weights=numbers, minlength=count).astype("float64")
    for decimals in range(_DECIMALS + 1):
        if not len(groups):
            break
        whole = np.rint(numbers * 10.0**decimals)
        small = np.bincount(groups, weights=np.abs(whole), minlength=count) < _WHOLE
        exact = np.bincount(groups, weights=whole / 10.0**decimals != numbers, minlength=count) == 0
        found = np.unique(groups[(small & exact)[groups]])
        total[found] = (np.bincount(groups, weights=whole, minlength=count) / 10.0**decimals)[found]
        left = (small & ~exact)[groups]
        groups, numbers = groups[left], numbers[left]
    return total


def join_distinct(groups: np.ndarray, values: pd.Series, count: int, separator: str) -> pd.Series:
    """The different values of each group, sorted and joined.

    >>> join_distinct(np.array([0, 0, 0]), pd.Series(["b", "a", "b"], dtype="str"), 2, ", ").tolist()
    ['a, b', '']
    """
    groups, values = _find_pairs(groups, values)
    order = np.lexsort([rank_values(values), groups])
    texts = to_arrow(as_text(values)).take(pa.array(order))
    ends = np.cumsum(np.bincount(groups, minlength=count))
    lists = pa.ListArray.from_arrays(pa.array(np.concatenate([[0], ends]), pa.int32()), texts)
    return from_arrow(pc.binary_join(lists, pa.scalar(separator, pa.large_string())))


def _find_pairs(groups: np.ndarray, values: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Each different pair of a group and a value once, texts without blanks at their ends."""
    found = find_distinct(as_text(values) if values.dtype == "str" else values)
    pairs = np.unique(groups * (len(found.values) + 1) + found.codes)
    codes = pairs % (len(found.values) + 1)
    return pairs // (len(found.values) + 1), take_rows(found.values, codes)
