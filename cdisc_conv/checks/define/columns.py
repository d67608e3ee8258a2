"""The columns of a dataset as statements of define.xml ask for them, and findings about them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cdisc_conv.checks.codes import Coded, code_series
from cdisc_conv.checks.findings import MOST_RECORDS, Finding, Records
from cdisc_conv.checks.words import EXAMPLES
from cdisc_conv.columns.stored import is_numeric
from cdisc_conv.dataset import Condition, Dataset
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.tables import SUBJECT as SUBJECT


@dataclass(frozen=True)
class Columns:
    """A dataset with its columns by distinct value, each coded once, and the other datasets beside it."""

    dataset: Dataset
    others: Mapping[str, Dataset] = field(default_factory=dict)
    _coded: dict[str, Coded] = field(default_factory=dict)
    made: Mapping[str, Coded] = field(default_factory=dict)
    """Columns that the dataset does not have itself, such as working values of a method."""

    @property
    def name(self) -> str:
        return self.dataset.name

    @property
    def length(self) -> int:
        return len(self.dataset.frame)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(str, self.dataset.frame.columns))

    def has(self, name: str) -> bool:
        """Whether there is such a column, own or (``DM.COUNTRY``) of a dataset with one record per subject."""
        owner, _, variable = name.rpartition(".")
        if not owner:
            return name in self.made or name in self.dataset.frame
        other = self.others.get(owner)
        return (
            other is not None
            and SUBJECT in self.dataset.frame
            and variable in other.frame
            and SUBJECT in other.frame
            and bool(other.frame[SUBJECT].is_unique)
        )

    def is_numeric(self, name: str) -> bool:
        return is_numeric(self.dataset.frame, name)

    def coded(self, name: str) -> Coded:
        """A column by its distinct values; of another dataset, as each subject has it."""
        if name in self.made:
            return self.made[name]
        if name not in self._coded:
            owner, _, variable = name.rpartition(".")
            if not owner:
                self._coded[name] = code_series(self.dataset.frame[name])
            else:
                other = self.others[owner].frame
                rows = pd.Index(other[SUBJECT]).get_indexer(pd.Index(self.dataset.frame[SUBJECT]))
                self._coded[name] = code_series(other[variable]).take(np.asarray(rows, dtype="int64"))
        return self._coded[name]

    def forget(self, most: int) -> None:
        """Let go of columns that were coded when they are more than so many values."""
        if self.length * len(self._coded) > most:
            self._coded.clear()

    def select(self, conditions: Iterable[Condition]) -> np.ndarray | None:
        """Which records meet all conditions (bool); None when a variable is not there or a comparator is unknown."""
        mask = np.ones(self.length, dtype=bool)
        for condition in conditions:
            met = self._meet(condition) if self.has(condition.variable) else None
            if met is None:
                return None
            mask &= met
        return mask

    def _meet(self, condition: Condition) -> np.ndarray | None:
        coded = self.coded(condition.variable)
        texts, values = coded.texts, set(condition.values)
        if condition.comparator in ("EQ", "IN", "NE", "NOTIN"):
            inside = np.array([text in values for text in texts], dtype=bool)
            return coded.spread(inside if condition.comparator in ("EQ", "IN") else ~inside)
        if condition.comparator not in _ORDERS or len(condition.values) != 1:
            return None
        bound = _to_float(condition.values[0])
        numbers = [_to_float(text) for text in texts]
        if bound is None:
            return None
        order = _ORDERS[condition.comparator]
        return coded.spread(np.array([one is not None and order(one, bound) for one in numbers], dtype=bool))

    def report(
        self,
        code: str,
        text: str,
        *,
        variable: str = "",
        rows: np.ndarray | None = None,
        severity: Severity = Severity.ERROR,
        hint: str = "",
        value: str = "",
        count: int = 1,
    ) -> Finding:
        """A finding about the dataset, a variable, or some of its records (positions)."""
        if rows is None:
            place = Place(dataset=self.name, variable=variable)
            return Finding(Problem(code, text, severity, place, hint, value, count), text)
        numbers = tuple((rows[:SHOWN_ROWS] + 1).tolist())
        place = Place(dataset=self.name, variable=variable, rows=numbers)
        wanted = dict.fromkeys((SUBJECT, *self.dataset.keys, variable))
        names = [name for name in wanted if name in self.dataset.frame]
        values = tuple(tuple(self.coded(name).text(int(row)) for name in names) for row in rows[:MOST_RECORDS])
        records = Records(tuple((rows[:MOST_RECORDS] + 1).tolist()), tuple(names), values)
        told = f"{text}; {len(rows):,} record{'' if len(rows) == 1 else 's'}{_tell_examples(records, len(rows))}"
        return Finding(Problem(code, told, severity, place, hint, value, len(rows)), text, records)


def _tell_examples(records: Records, count: int) -> str:
    shown = []
    for values in records.values[:EXAMPLES]:
        parts = [f"{name} {value or 'blank'}" for name, value in zip(records.names, values, strict=True)]
        shown.append(" ".join(part.replace(f"{SUBJECT} ", "subject ") for part in parts))
    more = f"; and {count - EXAMPLES:,} more" if count > EXAMPLES else ""
    return f": {'; '.join(shown)}{more}" if any(shown) else ""


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}


def _to_float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
