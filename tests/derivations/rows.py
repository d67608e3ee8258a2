"""Records for the tests of derivations: a dict of columns, tables and settings that keeps what is reported."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.derivations.base import Derivation
from cdisc_conv.derivations.evidence import (
    Parameters,
    SingleValues,
    count_numbers,
    list_fixed,
    settle_parameters,
)
from cdisc_conv.derivations.registry import build_nested
from cdisc_conv.expr import Expression
from cdisc_conv.findings import Finding, Found, describe_findings
from cdisc_conv.problems import Place, Severity
from cdisc_conv.standards import CodelistTerms, Terminology, load_terminology

CT = load_terminology("sdtm", "2025-03-28")


@dataclass(frozen=True)
class Report:
    """A finding: its rows count from 0."""

    code: str
    message: str
    rows: list[int]
    severity: Severity = Severity.ERROR
    field: str = ""
    value: str = ""
    hint: str = ""


def column(values: Sequence[Any]) -> pd.Series:
    """Numbers as float64 (None is missing), anything else as text."""
    if values and all(value is None or isinstance(value, int | float) for value in values):
        return pd.Series([np.nan if value is None else float(value) for value in values])
    return pd.Series(list(values), dtype="str")


@dataclass
class FakeRows:
    """The `Rows` protocol over inline columns; names may be written with or without ``raw.``."""

    columns: Mapping[str, Sequence[Any]]
    tables: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    dictionaries: Mapping[str, Any] = field(default_factory=dict)
    terms: CodelistTerms | None = None
    variable: str = "AEX"
    dataset: str = "AE"
    numeric: bool = False
    terminology: Terminology = CT
    reports: list[Report] = field(default_factory=list)
    picked: np.ndarray | None = None
    lost: Mapping[str, Sequence[bool]] = field(default_factory=dict)
    """Of a column: where it is missing because what it was made of could not be read."""
    groups: Sequence[int] = ()
    """The record of each source row, ascending; `group_rows` holds the columns of these rows."""
    group_rows: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    taken: list[tuple[str, list[int]]] = field(default_factory=list)
    """The records of other tables that the values were said to be from."""

    def matched(self, source: str, asked: np.ndarray, found: np.ndarray) -> None:
        pass

    def share(self, key: Hashable, make: Callable[[], Any]) -> Any:
        return make()

    def took(self, source: str, positions: np.ndarray) -> None:
        self.taken.append((source, positions.tolist()))

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.picked is None else len(self.picked)

    def __getitem__(self, ref: str) -> pd.Series:
        name = ref if ref in self.columns else ref.removeprefix("raw.")
        series = column(self.columns[name])
        return series if self.picked is None else series.take(self.picked).reset_index(drop=True)

    def peek(self, ref: str) -> pd.Series:
        return self[ref]

    def evaluate(self, expression: Expression) -> pd.Series:
        return expression.evaluate(self.__getitem__, len(self))

    def codes(self, refs: Sequence[str]) -> np.ndarray:
        groups = list(zip(*(self[ref].astype("str").fillna("").tolist() for ref in refs), strict=True))
        known = {key: number for number, key in enumerate(dict.fromkeys(groups))}
        return np.array([known[key] for key in groups], dtype=np.int64)

    def table(self, source: str) -> FakeTable:
        prefix = f"{source}."
        lost = {name.removeprefix(prefix): marks for name, marks in self.lost.items() if name.startswith(prefix)}
        return FakeTable(self.tables[source], lost)

    def members(self, column_name: str) -> tuple[np.ndarray, pd.Series]:
        """The source rows behind the records: those of `groups`, else one per record."""
        series = column(self.group_rows[column_name]) if self.groups else self[column_name]
        record = np.array(self.groups) if self.groups else np.arange(len(self))
        return record.astype(np.int64), series

    def codelist(self) -> CodelistTerms | None:
        return self.terms

    def setting(self, name: str) -> Any:
        return self.settings.get(name)

    def dictionary(self, name: str) -> Any:
        return self.dictionaries.get(name)

    def unread(self, ref: str) -> np.ndarray:
        lost = np.array(self.lost.get(ref, [False] * len(next(iter(self.columns.values())))), dtype=bool)
        return lost if self.picked is None else lost[self.picked]

    def matching(self, mask: np.ndarray) -> FakeRows:
        positions = np.arange(len(self)) if self.picked is None else self.picked
        settings = {
            name: getattr(self, name)
            for name in ("tables", "settings", "dictionaries", "terms", "variable", "dataset", "numeric", "lost")
        }
        return FakeRows(self.columns, **settings, reports=self.reports, picked=positions[np.asarray(mask, dtype=bool)])

    def report(
        self,
        code: str,
        message: str,
        *,
        where: np.ndarray | None = None,
        severity: Severity = Severity.WARNING,
        field: str = "",
        value: str = "",
        hint: str = "",
        once: bool | str = False,
        parameters: Parameters | None = None,
        values: SingleValues | None = None,
    ) -> None:
        records = np.arange(len(self)) if where is None else np.flatnonzero(where)
        positions = records if self.picked is None else self.picked[records]
        numbers = positions + 1
        finding = Finding(
            code, message, severity, Place(field=field), hint, value, fixed=list_fixed(parameters),
            most=values.most if values else 0,
        )  # fmt: skip
        found = Found(
            count_numbers(numbers),
            parameters=settle_parameters(parameters, records, numbers),
            values=values.settle(records, numbers) if values else {},
        )
        texts = (
            values.values.take(values.codes[records]).astype("str").to_numpy() if values else np.full(len(records), "")
        )
        for problem in describe_findings({finding: found}):
            known = {(each.code, each.field, each.value) for each in self.reports}
            if once is True and (problem.code, field, problem.value) in known:
                continue
            mine = texts == problem.value if values else np.ones(len(records), dtype=bool)
            if values and problem.count != mine.sum():
                mine = ~np.isin(texts, [each.value for each in self.reports])
            rows = positions[mine].tolist()
            self.reports.append(
                Report(problem.code, problem.message, rows, problem.severity, field, problem.value, problem.hint)
            )


class FakeTable:
    """The `Table` protocol over inline columns."""

    def __init__(self, columns: Mapping[str, Sequence[Any]], lost: Mapping[str, Sequence[bool]]) -> None:
        self._columns, self._lost = columns, lost

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def __getitem__(self, name: str) -> pd.Series:
        return column(self._columns[name])

    def unread(self, name: str) -> np.ndarray:
        return np.array(self._lost.get(name, [False] * len(self)), dtype=bool)


class FakeWords:
    """The `Words` protocol: names as they are, columns of the form by their form."""

    dataset = "AE"
    variable = "AEX"

    def __call__(self, ref: str) -> str:
        if ref.startswith("raw."):
            return f"{ref[4:]} of form Adverse Events"
        return ref if "." in ref else f"AE.{ref}"

    def condition(self, expression: Expression, table: str = "") -> str:
        def name_it(name: str) -> str:
            return self(name.removeprefix("own.")) if name.startswith("own.") else f"{table}.{name}"

        return expression.describe(name_it if table else self)

    def column(self, table: str, name: str) -> str:
        return f"{table}.{name}"

    def table(self, source: str) -> str:
        return source

    def setting(self, name: str) -> Any:
        return None


def make(**entry: Any) -> Derivation:
    """A derivation as a mapping writes it: ``make(copy="AETERM")``."""
    return build_nested(entry)


def derive(rows: FakeRows, **entry: Any) -> list[Any]:
    """The values a derivation makes, missing numbers as None."""
    made = make(**entry).derive(rows)
    assert len(made) == len(rows)
    assert made.dtype == "str" or made.dtype == "float64"
    assert list(made.index) == list(range(len(rows)))
    return [None if value != value else value for value in made.tolist()]


def method(**entry: Any) -> str:
    """The method text of a derivation."""
    return make(**entry).method(FakeWords())


def refusal(**entry: Any) -> str:
    """Why a mapping entry is refused."""
    try:
        make(**entry)
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{entry} is not refused")
