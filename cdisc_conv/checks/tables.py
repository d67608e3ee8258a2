"""The datasets as the checks see them: columns by distinct value, dates read once, and values of DM at hand."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.checks.codes import Coded, code_series
from cdisc_conv.checks.iso import Moments, read_moments
from cdisc_conv.dataset import Dataset
from cdisc_conv.expr import Expression, parse
from cdisc_conv.standards import CodelistTerms, DatasetStandard, Standard, Terminology, VariableStandard

SUBJECT = "USUBJID"
RELATIONSHIP = "RELATIONSHIP"
NO_DATASET = "there is no dataset"
_MOST_CATEGORIES = 50_000
"""Beyond so many distinct values an expression reads the column as it is."""


class NotRunnableError(Exception):
    """A rule cannot be asked of a dataset; the text says what is missing."""


class Tables:
    """All datasets of a study, the standard and the terminology they are held against.

    `complete` is False when only some of a study's datasets were made: then nothing is said of datasets that are not
    there. `created` is the study's creation time (ISO 8601), "" when there is none.
    """

    def __init__(
        self,
        datasets: Iterable[Dataset],
        standard: Standard,
        terminology: Terminology,
        created: str = "",
        complete: bool = True,
    ) -> None:
        self.standard = standard
        self.terminology = terminology
        self.created = created
        self.complete = complete
        self.codelists: dict[tuple[str, ...], CodelistTerms | None] = {}
        """Codelists that were needed so far, by their codes."""
        self.tables = tuple(Table(dataset, self) for dataset in datasets)
        # A DM without records says nothing of any subject: that is one finding, not one for each record elsewhere.
        self._by_name = {table.name: table for table in self.tables if table.name != "DM" or table.length}

    def find(self, name: str) -> Table | None:
        """The dataset of that name, or None."""
        return self._by_name.get(name)

    def require(self, name: str) -> Table:
        """The dataset of that name; NotRunnableError when it is not there."""
        if name not in self._by_name:
            empty = any(table.name == name for table in self.tables)
            raise NotRunnableError(f"{name} has no records" if empty else f"{NO_DATASET} {name}")
        return self._by_name[name]

    def of_domain(self, domain: str) -> tuple[Table, ...]:
        """The dataset of a domain, or all the datasets it was split into."""
        return tuple(table for table in self.tables if domain in (table.name, table.dataset.domain))

    @cached_property
    def subjects(self) -> pd.Series:
        """Record of DM by USUBJID; -2 for a subject that DM has more than once, since its values are not certain."""
        dm = self.require("DM")
        coded = dm.coded(SUBJECT)
        counts = np.bincount(coded.codes, minlength=len(coded.values))
        rows = np.full(len(coded.values), -2, dtype="int64")
        once = counts[coded.codes] == 1
        rows[coded.codes[once]] = np.flatnonzero(once)
        return pd.Series(rows, index=pd.Index(coded.texts, dtype="object"))


class Table:
    """One dataset. Names of columns may be its own or ``DM.`` and a variable of DM, found by USUBJID."""

    def __init__(self, dataset: Dataset, tables: Tables) -> None:
        self.dataset = dataset
        self.tables = tables
        self.name = dataset.name
        self.length = len(dataset.frame)
        self.memo: dict[str, Any] = {}
        """What a check worked out and another one needs as well."""
        self._coded: dict[str, Coded] = {}
        self._moments: dict[str, Moments] = {}

    @property
    def frame(self) -> pd.DataFrame:
        return self.dataset.frame

    @cached_property
    def domain(self) -> str:
        """The domain, which for a split dataset is not the name."""
        return self.dataset.domain or self.name

    @cached_property
    def prefix(self) -> str:
        """What stands for ``--``; "" for a dataset that has no such variables."""
        return "" if self.class_name == RELATIONSHIP or self.is_supplemental else self.domain[:2]

    @property
    def is_supplemental(self) -> bool:
        return bool(self.dataset.supplemental_to) or (self.name.startswith("SUPP") and "QNAM" in self.frame)

    @cached_property
    def class_name(self) -> str:
        return self.dataset.class_name or (self.standard.class_name if self.standard else "")

    @cached_property
    def standard(self) -> DatasetStandard | None:
        """What the standard says of the dataset, None when it is a custom one of no known class."""
        guide = self.tables.standard
        if self.domain in guide.datasets:
            return guide.dataset(self.domain)
        if self.is_supplemental:
            return guide.supplemental(self.dataset.supplemental_to or self.name.removeprefix("SUPP"))
        try:
            return guide.custom(self.domain, self.dataset.class_name, self.dataset.label)
        except (ValueError, LookupError):
            return None

    def standard_variable(self, name: str) -> VariableStandard | None:
        """What the standard says of a variable, or None."""
        return self.tables.standard.variable(self.standard, name) if self.standard else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(map(str, self.frame.columns))

    @cached_property
    def text_names(self) -> tuple[str, ...]:
        """The columns that hold text."""
        return tuple(name for name in self.names if not self.is_numeric(name))

    def is_numeric(self, name: str) -> bool:
        return pd.api.types.is_numeric_dtype(self.frame[name].dtype)

    def has(self, name: str) -> bool:
        """Whether there is such a column, own or of DM."""
        if name.startswith("DM."):
            dm = self.tables.find("DM")
            return dm is not None and SUBJECT in dm.frame and SUBJECT in self.frame and name[3:] in dm.frame
        return name in self.frame

    def require(self, *names: str) -> None:
        """NotRunnableError when a column is not there."""
        for name in names:
            if not self.has(name):
                owner, variable = ("DM", name[3:]) if name.startswith("DM.") else (self.name, name)
                if owner == "DM" and self.tables.find("DM") is None:
                    raise NotRunnableError(f"{NO_DATASET} DM")
                raise NotRunnableError(f"{owner} has no {variable}")

    def coded(self, name: str) -> Coded:
        """A column by its distinct values."""
        if name not in self._coded:
            self.require(name)
            if name.startswith("DM."):
                self._coded[name] = self.tables.require("DM").coded(name[3:]).take(self.subject_rows)
            else:
                self._coded[name] = code_series(self.frame[name])
        return self._coded[name]

    def numbers(self, name: str) -> np.ndarray:
        """A numeric column; NotRunnableError when it holds text."""
        coded = self.coded(name)
        if isinstance(coded.values, pa.Array):
            raise NotRunnableError(f"{name} of {self.name} is not numeric")
        return coded.spread(coded.values)

    def moments(self, name: str) -> Moments:
        """A column of dates and times; NotRunnableError when it is numeric."""
        if name not in self._moments:
            coded = self.coded(name)
            if not isinstance(coded.values, pa.Array):
                raise NotRunnableError(f"{name} of {self.name} is not text")
            self._moments[name] = read_moments(coded)
        return self._moments[name]

    def text(self, name: str, row: int) -> str:
        """One value as text."""
        return self.coded(name).text(row)

    @cached_property
    def subject_rows(self) -> np.ndarray:
        """The record of DM per record (int64): -1 for none, -2 for a subject that DM has more than once."""
        coded = self.coded(SUBJECT)
        rows = self.tables.subjects.reindex(coded.texts, fill_value=-1).to_numpy()
        return coded.spread(np.asarray(rows, dtype="int64"))

    def select(self, condition: str, optional: frozenset[str] = frozenset()) -> np.ndarray:
        """Which records meet a condition, as truth values per record.

        When DM is asked, it is never true for a subject that DM has not, or has more than once. Columns in `optional`
        that are not there count as blank.
        """
        expression = _parse(condition)
        self.require(*(name for name in expression.names if name not in optional or name.startswith("DM.")))
        result = expression.evaluate(self._series, self.length).to_numpy(dtype=bool)
        if any(name.startswith("DM.") for name in expression.names):
            result = result & (self.subject_rows >= 0)
        return result

    def _series(self, name: str) -> pd.Series:
        if not self.has(name):
            standard = self.standard_variable(name)
            return pd.Series(np.nan if standard and standard.numeric else "", index=range(self.length)).astype(
                "float64" if standard and standard.numeric else "str"
            )
        coded = self.coded(name)
        if not isinstance(coded.values, pa.Array):
            return pd.Series(coded.spread(coded.values))
        if len(coded.values) > _MOST_CATEGORIES and name in self.frame:
            return self.frame[name]
        return pd.Series(pd.Categorical.from_codes(coded.codes, categories=pd.Index(coded.values.to_pylist())))

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        """The columns that tell a record from the others of its subject, for messages."""
        sequence = f"{self.prefix}SEQ"
        if self.prefix and sequence in self.frame:
            return (sequence,)
        if self.is_supplemental:
            wanted: tuple[str, ...] = ("IDVAR", "IDVARVAL", "QNAM")
        elif self.name == "RELREC":
            wanted = ("RDOMAIN", "IDVAR", "IDVARVAL")
        else:
            wanted = tuple(key for key in self.dataset.keys if key not in ("STUDYID", SUBJECT))[:3]
        return tuple(name for name in wanted if name in self.frame)


@cache
def _parse(condition: str) -> Expression:
    return parse(condition)
