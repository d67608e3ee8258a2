"""The datasets of a package as CDISC's rules speak of them: domains, split datasets, supplemental qualifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from cdisc_conv.checks.core.data.library import DETECTABLE, SUPPLEMENTAL, Library, LibraryVariable, Subject
from cdisc_conv.checks.core.data.vectors import Value, from_series, to_text
from cdisc_conv.checks.core.data.views import View, join_views, view_frame
from cdisc_conv.checks.ranges import Ranges
from cdisc_conv.columns.stored import select, stream, take
from cdisc_conv.dataset import Dataset
from cdisc_conv.standards import Terminology

T = TypeVar("T")

_STRUCTURES = (
    "SUBJECT LEVEL ANALYSIS DATASET",
    "BASIC DATA STRUCTURE",
    "OCCURRENCE DATA STRUCTURE",
    "ADAM OTHER",
    "MEDICAL DEVICE BASIC DATA STRUCTURE",
    "MEDICAL DEVICE OCCURRENCE DATA STRUCTURE",
    "DEVICE LEVEL ANALYSIS DATASET",
    "REFERENCE DATA STRUCTURE",
)
_SUPPLEMENTAL_NAMES = ("SUPP", "SQ")
_SAID_AS = {
    "labels": "variable_label",
    "lengths": "variable_size",
    "types": "variable_data_type",
    "formats": "variable_format",
}
"""What a file may not say (CSV says none of them), as the rules call it."""
_TOPICS = (("TERM", "EVENTS"), ("TRT", "INTERVENTIONS"), ("QNAM", "RELATIONSHIP"))


@dataclass(frozen=True, slots=True)
class File:
    """The file of a dataset: its name and its size in bytes."""

    name: str
    size: int = 0

    @property
    def blank(self) -> Value:
        """What a blank text is: a text in formats that declare one, and no value at all in a CSV file."""
        return None if self.name.casefold().endswith(".csv") else ""


class Table:
    """One dataset. ``domain`` is what its first record says; a dataset such as ``QSPH`` is a part of domain QS.

    Of a range of subjects, `numbers` are those of its records and `of` is the dataset as a whole, which says what
    it is.
    """

    def __init__(
        self, dataset: Dataset, file: File | None = None, numbers: np.ndarray | None = None, of: Table | None = None
    ) -> None:
        self.dataset = dataset
        self.name = dataset.name.upper()
        self.file = file or File(f"{dataset.name.lower()}.xpt")
        self.view = view_frame(dataset.frame, self.name, self.file.blank, numbers)
        self._of = of or self

    def first(self, name: str) -> str | None:
        """A value of the first record as text; None when there is no such column or no record."""
        frame = self._of.dataset.frame
        if name not in frame or not len(frame):
            return None
        column = next(piece[name] for piece in stream(frame, [name]) if len(piece))
        return to_text(from_series(column.iloc[:1]).at(0))

    def show(self, names: Iterable[str], rows: np.ndarray) -> dict[str, list[str]]:
        """The values of variables that it has, in some records (numbers from 1, ascending, each once), as text."""
        there = [name for name in dict.fromkeys(names) if name in self.view]
        taken = take(select(self.dataset.frame, there), rows - 1)
        vectors = {name: from_series(taken[name], self.file.blank) for name in there}
        return {name: [to_text(vector.at(row)) for row in range(len(rows))] for name, vector in vectors.items()}

    @cached_property
    def domain(self) -> str:
        """The domain, "" for datasets that have none."""
        said = self.first("DOMAIN")
        if said is None and "DOMAIN" in self.view:  # without records: what the dataset or its name says
            return self.dataset.domain or self.name[: 4 if self.name.startswith("AP") else 2]
        return said or ""

    @cached_property
    def is_supplemental(self) -> bool:
        return self.name.startswith(_SUPPLEMENTAL_NAMES)

    @cached_property
    def related(self) -> str:
        """The domain that supplemental qualifiers belong to, else ""."""
        if not self.is_supplemental:
            return ""
        said = self.first("RDOMAIN")
        return self.name[4 if self.name.startswith("SUPP") else 2 :] if said is None else said

    @cached_property
    def whole(self) -> str:
        """The name of the dataset before it was split: the domain, or ``SUPPQS`` for ``SUPPQSPH``."""
        if self.domain:
            return self.domain
        if self.is_supplemental:
            return f"{'SUPP' if self.name.startswith('SUPP') else 'SQ'}{self.related}"
        return self.name

    @property
    def is_split(self) -> bool:
        return self.name != self.whole

    @cached_property
    def about_persons(self) -> bool:
        """Whether the dataset is about associated persons."""
        if self.is_supplemental:
            return len(self.related) == 4 and self.related.startswith("AP")
        return "APID" in self.view or self.name.startswith("AP")

    @cached_property
    def suffix(self) -> str:
        """The domain behind ``AP``, such as ``MH`` for APMH; else ""."""
        long = self.about_persons and not self.is_supplemental and len(self.domain) >= 4
        return self.domain[2:] if long else ""

    @property
    def prefix(self) -> str:
        """What stands for ``--`` in names of variables."""
        return self.suffix or self.domain

    @cached_property
    def variables(self) -> tuple[dict[str, Value], ...]:
        """What the file says of each variable, as the rules call it; what it does not say is not there."""
        unsaid = {_SAID_AS[word] for word in self.dataset.unsaid if word in _SAID_AS}
        rows = (
            {
                "variable_name": column.name,
                "variable_order_number": float(place),
                "variable_label": column.label,
                "variable_size": float(column.length),
                "variable_data_type": "Num" if column.numeric else "Char",
                "variable_format": column.format,
            }
            for place, column in enumerate(self.dataset.columns, 1)
        )
        return tuple({key: value for key, value in row.items() if key not in unsaid} for row in rows)

    @property
    def facts(self) -> dict[str, Value]:
        """What is known of the dataset as a whole, as the rules call it."""
        return {
            "dataset_size": float(self.file.size),
            "dataset_location": self.file.name,
            "dataset_name": self.name,
            "dataset_label": self.dataset.label,
            "record_count": float(len(self._of.dataset.frame)),
            "is_ap": self.about_persons,
            "ap_suffix": self.suffix,
            "domain": self.domain,
        }


@dataclass(frozen=True)
class Study:
    """Everything that rules are asked of, and what they are held against.

    `terminologies` are the packages at hand by name and version (``sdtmct-2025-03-28``), the study's own first.
    `define` is what define.xml says, None when there is none. `dictionaries` are what a person has of MedDRA,
    WHODrug and the like, by their names in rules; none of them is public, so mostly there are none.
    """

    tables: tuple[Table, ...]
    library: Library
    standard: str = "sdtmig"
    version: str = "3.4"
    substandard: str = ""
    use_case: str = ""
    terminologies: Mapping[str, Terminology] = field(default_factory=dict)
    define: Any = None
    dictionaries: Mapping[str, Any] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    """The names of datasets that are only looked into."""
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What rules worked out and others need as well."""

    def part(self, ranges: Ranges, number: int) -> Study:
        """The same package in one range of subjects."""
        taken = [(table, *ranges.take(table.dataset, number)) for table in self.tables]
        return replace(self, tables=tuple(Table(dataset, of.file, numbers, of) for of, dataset, numbers in taken))

    def forget(self, most: int) -> None:
        """Let go of what was read and worked out when it is more than so many values."""
        joined = [each for kept in self.memo.values() for each in (kept if isinstance(kept, tuple) else (kept,))]
        views = {each for each in joined if isinstance(each, View)} | {table.view for table in self.tables}
        if sum(view.held for view in views) > most:
            self.memo.clear()
            for table in self.tables:
                table.view.forget()

    def once(self, key: Any, work: Callable[[], T]) -> T:
        """What `work` makes, made once per key."""
        if key not in self.memo:
            self.memo[key] = work()
        found: T = self.memo[key]
        return found

    def named(self, name: str) -> Table | None:
        """The dataset of that name, or None."""
        return next((table for table in self.tables if table.name == name), None)

    def of_domain(self, domain: str) -> tuple[Table, ...]:
        """The datasets whose records say they are of the domain."""
        return tuple(table for table in self.tables if table.domain == domain)

    def parts(self, whole: str) -> tuple[Table, ...]:
        """The dataset of that name before splitting, or the datasets that it was split into."""
        return tuple(table for table in self.tables if table.whole == whole)

    def wholes(self) -> tuple[tuple[Table, ...], ...]:
        """All datasets, the parts of a split one together, in the order of the package."""
        return tuple(self.parts(whole) for whole in dict.fromkeys(table.whole for table in self.tables))

    def view_whole(self, table: Table) -> View:
        """The records of a dataset and of the other parts of its domain."""
        return self.once(("view", table.whole), lambda: join_views([part.view for part in self.parts(table.whole)]))

    def class_of(self, table: Table) -> str:
        """The general observation class, "" when nothing says it."""
        known = self.library.find(table.whole)
        return known.class_name if known and known.class_name else self._guess_class(table)

    def guide_variables(self, table: Table) -> tuple[LibraryVariable, ...]:
        """What the guide and the model allow in a dataset, in order."""
        return self.once(("guide", table.name), lambda: self.library.guide_variables(self.subject(table)))

    def model_variables(self, table: Table) -> tuple[LibraryVariable, ...]:
        """What the model allows in a dataset, in order."""
        return self.once(("model", table.name), lambda: self.library.model_variables(self.subject(table)))

    def _guess_class(self, table: Table) -> str:
        """The class of a custom domain: its topic variable gives it away."""
        if "DOMAIN" not in table.view and "RDOMAIN" not in table.view:
            return ""
        prefix = table.domain if "DOMAIN" in table.view else ""
        found = next((name for topic, name in _TOPICS if prefix + topic in table.view), "")
        if found:
            return found
        if f"{prefix}TESTCD" in table.view:
            return "FINDINGS ABOUT" if f"{prefix}OBJ" in table.view else "FINDINGS"
        parent = next((other for other in self.of_domain(table.suffix)), None) if table.suffix else None
        return self.class_of(parent) if parent is not None and parent is not table else ""

    def subject(self, table: Table) -> Subject:
        """The dataset as the library is asked about it."""
        key, prefix, persons = table.whole, table.whole, False
        if table.is_supplemental:
            key, persons = SUPPLEMENTAL, key.startswith("SQAP")
        elif key.startswith("AP") and len(key) > 2:
            key = prefix = key[2:]
            persons = True
        known = self.library.find(key)
        name = known.class_name if known is not None else self._guess_class(table)
        if persons and known is None and name not in DETECTABLE:
            name = self.class_of(table)
        return Subject(key, prefix, name, known is None, persons)


def find_structure(table: Table) -> str:
    """The data structure of an analysis dataset: what is declared, else what its name and columns say."""
    if table.dataset.class_name in _STRUCTURES:
        return table.dataset.class_name
    names = table.view.names
    if table.name == "ADSL":
        return _STRUCTURES[0]
    if {"PARAMCD", "PARAM", "AVAL", "AVALC"} & set(names):
        return _STRUCTURES[1]
    return _STRUCTURES[2] if any(name.endswith(("TERM", "TRT", "DECOD")) for name in names) else _STRUCTURES[3]


def find_subclass(table: Table) -> str:
    """The subclass of an analysis dataset, "" for none: what is declared, else what its name and columns say."""
    if table.dataset.sub_class:
        return table.dataset.sub_class
    if table.name.startswith("ADNCA"):
        return "NON-COMPARTMENTAL ANALYSIS"
    modelled = table.name.startswith("ADPPK") or {"EVID", "MDV"} <= set(table.view.names)
    return "POPULATION PHARMACOKINETIC ANALYSIS" if modelled else ""
