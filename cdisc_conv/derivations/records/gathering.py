"""The values that stand behind a record: of the source rows it was grouped from, or of matching records elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import is_filled
from cdisc_conv.derivations.base import Ref, Rows, TableRef, Words
from cdisc_conv.derivations.evidence import First, Parameters, Sum
from cdisc_conv.derivations.records.joining import (
    BY_SUBJECT,
    Keys,
    describe_keys,
    match_records,
    name_column,
    names_in,
    select_records,
)
from cdisc_conv.expr import Expression
from cdisc_conv.tables import ColumnRef, TableId

_RAW = "raw."


class ValuesRef(ColumnRef):
    """Where values come from.

    A bare name (``TRSTRESN``, ``raw.TRSTRESN``) is a column of the source rows behind the record; ``EX.EXDOSE``,
    ``self.AVAL`` and ``form ex.EXDOSE`` are columns of all records of another table.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls._validate, core_schema.str_schema(min_length=1))

    @classmethod
    def _validate(cls, text: str) -> ValuesRef:
        if len(text) > 2 and text[0] == text[-1] == "`":
            return cls(f"{_RAW}{text[1:-1]}")
        if not text.startswith(_RAW) and "." in text and not all(text.partition(".")):
            raise ValueError(
                f"'{text}' should be written DATASET.VARIABLE, such as EX.EXSTDTC, or as the bare name of a column of "
                "the source rows behind the record"
            )
        return cls(text)

    @property
    def has_table(self) -> bool:
        """Whether it is a column of another table, and not of the source rows behind the record."""
        return super().has_table and not self.startswith(_RAW)

    @property
    def table(self) -> TableId:
        """The dataset or form; "" for the source rows behind the record."""
        return super().table if self.has_table else TableId("")

    @property
    def column(self) -> str:
        """The name of the column in that table, or in the source rows."""
        return super().column if self.has_table else self.removeprefix(_RAW)

    @property
    def reference(self) -> Ref | TableRef:
        """The same as a reference of the record, or of a table."""
        return TableRef(self) if self.has_table else Ref(f"{_RAW}{self.column}")


def _read_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


ValuesRefs = Annotated[tuple[ValuesRef, ...], BeforeValidator(_read_list), Field(min_length=1)]


@dataclass(frozen=True)
class Gathered:
    """Values, and which of our records they stand behind.

    ``groups`` holds for each value a group from 0; ``ours`` the group of each of our records.
    """

    groups: np.ndarray
    values: pd.Series
    ours: np.ndarray
    count: int


def gather_values(
    rows: Rows, of: ValuesRef, by: Keys, where: Expression | None, each: Expression | None = None
) -> Gathered:
    """The values of a column behind each record, of the rows that meet a condition on columns beside it.

    With `each` they are what an expression on these columns makes, where the column has a value.
    """
    if not of.table:
        record, values = gather_members(rows, of, where, each)
        return Gathered(record, values, np.arange(len(rows)), len(rows))
    table = rows.table(of.table)
    picked = select_records(table, where)
    keys = [take_rows(table[name], picked) for name in by.values()]
    matches = match_records(rows, tuple(by), keys)
    asked = np.flatnonzero(matches.theirs >= 0)
    found = table[of.column]
    if each is not None:
        found = _evaluate_each(found, each, lambda name: table[name.removeprefix(_RAW)])
    values = take_rows(found, picked[asked])
    return Gathered(matches.theirs[asked], values, matches.ours, matches.count)


def _evaluate_each(values: pd.Series, each: Expression, read: Callable[[str], pd.Series]) -> pd.Series:
    """What an expression makes of each row; missing where the column that it stands for is."""
    return each.evaluate(read, len(values)).where(is_filled(values), np.nan)


def gather_members(
    rows: Rows, of: ValuesRef, where: Expression | None, each: Expression | None = None
) -> tuple[np.ndarray, pd.Series]:
    """The record of each source row that meets a condition, and its value of a column; see `gather_values`."""
    record, values = rows.members(of.column)
    if each is not None:
        values = _evaluate_each(values, each, lambda name: rows.members(name.removeprefix(_RAW))[1])
    if where is None:
        return record, values
    met = find_members(rows, where, len(record))
    return record[met], values[met].reset_index(drop=True)


def describe_marked(gathered: Gathered, marked: np.ndarray, texts: pd.Series) -> tuple[np.ndarray, Parameters]:
    """Which of our records have one of the `marked` values behind them (positions; `texts` are what they say).

    With them, for texts: ``values``, how many values that are, and ``example``, one behind the first of the records.
    """
    groups = gathered.groups[marked]
    first_of = dict(zip(groups[::-1].tolist(), texts.tolist()[::-1], strict=True))
    counts = np.bincount(groups[groups >= 0], minlength=gathered.count)
    behind = np.zeros(len(gathered.ours), dtype=np.int64)
    asked, first = np.unique(gathered.ours, return_index=True)
    behind[first] = counts[asked]  # records that share their values count them once
    where = np.isin(gathered.ours, groups[groups >= 0])
    example = First(lambda record: str(first_of[gathered.ours[record]]))
    return where, {"values": Sum(behind), "example": example}


def find_members(rows: Rows, where: Expression, size: int) -> np.ndarray:
    """Which of the source rows behind the records (`size` of them) meet a condition on source columns."""
    met = where.evaluate(lambda name: rows.members(name.removeprefix(_RAW))[1], size)
    return met.to_numpy(dtype=bool)


def check_source(of: Sequence[ValuesRef], by: Keys, where: Expression | None) -> None:
    """Raises ValueError when own source rows and other tables are mixed, or keys or names do not fit the former."""
    tables = {ref.table for ref in of}
    if "" not in tables:
        return
    if len(tables) > 1:
        raise ValueError("'of' names columns of the source rows behind the record and of other datasets; take one kind")
    if by != BY_SUBJECT:
        raise ValueError(f"'by' matches records of another dataset, but {of[0]} is a column of the record's own rows")
    foreign = [name for name in names_in(where) if "." in name]
    if foreign:
        raise ValueError(f"'where' can ask only for columns of the source rows behind the record, not for {foreign[0]}")


def list_references(
    of: Sequence[ValuesRef], by: Keys, where: Expression | None, each: Expression | None = None
) -> tuple[str, ...]:
    """What a derivation over these values reads of its own rows: the keys, or the source columns as ``raw.X``."""
    if any(ref.table for ref in of):
        return tuple(by)
    names = (*(ref.column for ref in of), *names_in(where), *names_in(each))
    return tuple(dict.fromkeys(f"{_RAW}{name}" for name in names))


def list_tables(
    of: Sequence[ValuesRef], by: Keys, where: Expression | None, each: Expression | None = None
) -> dict[str, tuple[str, ...]]:
    """The other tables that a derivation over these values reads, with the columns it needs."""
    found: dict[str, tuple[str, ...]] = {}
    for ref in of:
        if ref.table:
            columns = (*found.get(ref.table, ()), *by.values(), *names_in(where), *names_in(each), ref.column)
            found[ref.table] = tuple(dict.fromkeys(columns))
    return found


def name_values(words: Words, of: ValuesRef) -> str:
    """The column in words."""
    return name_column(words, of.table, of.column) if of.table else words(Ref(f"{_RAW}{of.column}"))


def describe_source(words: Words, of: ValuesRef, by: Keys, where: Expression | None) -> str:
    """Which rows the values come from, in words: ``all records whose USUBJID is the same and where ...``."""
    if of.table:
        condition = f" and where {words.condition(where, of.table)}" if where is not None else ""
        return f"all records {describe_keys(words, by)}{condition}"
    if where is None:
        return "the source records grouped into this record"
    return f"the source records grouped into this record where {describe_condition(words, where)}"


def describe_condition(words: Words, where: Expression) -> str:
    """A condition on source columns in words."""
    return words.condition(where.rename({name: f"{_RAW}{name.removeprefix(_RAW)}" for name in where.names}))
