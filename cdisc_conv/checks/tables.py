"""The datasets as the checks see them: columns by distinct value, dates read once, and values of DM at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from cdisc_conv.checks.analysis import (
    ALL_ANALYSIS,
    STRUCTURES,
    TIME_TO_EVENT,
    DateKind,
    find_topic_prefix,
    read_date_kind,
    show_date,
)
from cdisc_conv.checks.codes import Coded, code_series
from cdisc_conv.checks.trace import EVERYTHING, Memo, Trace
from cdisc_conv.columns.distinct import from_arrow, to_arrow
from cdisc_conv.columns.moments import Moments, read_written
from cdisc_conv.columns.stored import Frame, is_numeric
from cdisc_conv.dataset import Dataset
from cdisc_conv.expr import Expression, parse
from cdisc_conv.expr.vectors import TEXT_TYPE, Vector
from cdisc_conv.standards import CodelistTerms, DatasetStandard, Standard, Terminology, VariableStandard
from cdisc_conv.tables import SUBJECT as SUBJECT

RELATIONSHIP = "RELATIONSHIP"
NO_DATASET = "there is no dataset"
OWNERS = ("DM", "ADSL")
"""Datasets of one record per subject, whose variables every record can read as ``DM.AGE``."""
ADAM_GUIDE = "ADaMIG"
_WHOLE_DOMAIN = "the records of its domain"
_MOST_CATEGORIES = 50_000
"""Beyond so many distinct values an expression reads the column as it is."""


class NotRunnableError(Exception):
    """A rule cannot be asked of a dataset; the text says what is missing."""


class Tables:
    """All datasets of a study, the standard and the terminology they are held against.

    `beside` are datasets that are only looked into: the SDTM datasets behind analysis datasets. `complete` is False
    when only some of a study's datasets were made: then nothing is said of datasets that are not there. `created` is
    the study's creation time (ISO 8601), "" when there is none. `declared` is False where nothing could declare terms
    of the sponsor's own. `whole` are all the datasets, where these are those of a range of subjects.
    """

    def __init__(
        self,
        datasets: Iterable[Dataset],
        standard: Standard,
        terminology: Terminology,
        created: str = "",
        complete: bool = True,
        beside: Iterable[Dataset] = (),
        declared: bool = True,
        whole: Tables | None = None,
    ) -> None:
        self.standard = standard
        self.terminology = terminology
        self.created = created
        self.complete = complete
        self.declared = declared
        self.codelists: dict[tuple[str, ...], CodelistTerms | None] = {}
        """Codelists that were needed so far, by their codes."""
        self.trace: Trace = Trace() if whole is None else whole.trace
        """What the rule that is asked looks into."""
        self._tables = tuple(Table(dataset, self, standard) for dataset in datasets)
        own = {table.name for table in self._tables}
        self._beside = tuple(Table(dataset, self, None) for dataset in beside if dataset.name not in own)
        self._all = (*self._beside, *self._tables)
        # A DM without records says nothing of any subject: that is one finding, not one for each record elsewhere.
        has_records = {t.name for t in (self if whole is None else whole)._all if t.length}
        self._by_name = {t.name: t for t in self._all if t.name not in OWNERS or t.name in has_records}
        self._subjects: dict[str, pd.Series] = {}

    @property
    def tables(self) -> tuple[Table, ...]:
        """Those that are asked."""
        self.trace.note(EVERYTHING)
        return self._tables

    @property
    def beside(self) -> tuple[Table, ...]:
        """Those that are only looked into."""
        self.trace.note(EVERYTHING)
        return self._beside

    @property
    def all(self) -> tuple[Table, ...]:
        """Those that are only looked into, and those that are asked."""
        self.trace.note(EVERYTHING)
        return self._all

    def is_first(self, table: Table) -> bool:
        """Whether a dataset is the first of those that are asked."""
        return table is self._tables[0]

    def forget(self, most: int) -> None:
        """Let go of what rules worked out when it is more than so many values."""
        if sum(table.held for table in self._all) > most:
            self._subjects.clear()
            for table in self._all:
                table.forget()

    def find(self, name: str) -> Table | None:
        """The dataset of that name, or None; of a domain that is split, the records of all its datasets."""
        self.trace.note((name, ""))
        return self.find_owner(name)

    def find_owner(self, name: str) -> Table | None:
        """The same for who notes which columns of it are looked into."""
        found = self._by_name.get(name)
        parts = () if found else tuple(table for table in self.list_domain(name) if table.name != name)
        return parts[0].domain_table if parts else found and found.domain_table

    def require(self, name: str) -> Table:
        """The dataset of that name; NotRunnableError when it is not there."""
        self.trace.note((name, ""))
        return self.require_owner(name)

    def require_owner(self, name: str) -> Table:
        """The same for who notes which columns of it are looked into."""
        found = self.find_owner(name)
        if found is None:
            empty = any(table.name == name for table in self._all)
            raise NotRunnableError(f"{name} has no records" if empty else f"{NO_DATASET} {name}")
        return found

    def of_domain(self, domain: str) -> tuple[Table, ...]:
        """The dataset of a domain, or all the datasets it was split into."""
        self.trace.note((domain, ""))
        return self.list_domain(domain)

    def list_domain(self, domain: str) -> tuple[Table, ...]:
        """The same for who notes what of them is looked into."""
        everything = (*self._tables, *self._beside)
        return tuple(table for table in everything if domain in (table.name, table.dataset.domain))

    def subjects(self, owner: str) -> pd.Series:
        """Record of DM or ADSL by USUBJID; -2 for a subject that is there more than once: its values are uncertain."""
        if owner not in self._subjects:
            self._subjects[owner] = self._find_subjects(self.require_owner(owner))
        return self._subjects[owner]

    def _find_subjects(self, owner: Table) -> pd.Series:
        coded = owner.coded(SUBJECT)
        counts = np.bincount(coded.codes, minlength=len(coded.values))
        rows = np.full(len(coded.values), -2, dtype="int64")
        once = counts[coded.codes] == 1
        rows[coded.codes[once]] = np.flatnonzero(once)
        return pd.Series(rows, index=pd.Index(coded.texts, dtype="object"))


class Table:
    """One dataset. Names of columns may be its own or ``DM.`` and a variable of DM, found by USUBJID; ADSL likewise.

    `guide` is what it is held against, None for a dataset that is only looked into.
    """

    def __init__(self, dataset: Dataset, tables: Tables, guide: Standard | None) -> None:
        self.dataset = dataset
        self.tables = tables
        self.guide = guide
        self.is_analysis = guide is not None and guide.name == ADAM_GUIDE
        self.name = dataset.name
        self.length = len(dataset.frame)
        self.memo = Memo(tables.trace)
        """What a check worked out and another one needs as well."""
        self._coded: dict[str, Coded] = {}
        self._moments: dict[str, Moments] = {}
        self._owner_rows: dict[str, np.ndarray] = {}
        self.record_numbers: np.ndarray | None = None
        """Of the records of a range, their numbers in the whole dataset."""
        self._find_whole: Callable[[], Table] = lambda: self

    @property
    def whole(self) -> Table:
        """The dataset with all records, for what a rule asks of all of them."""
        return self._find_whole()

    @whole.setter
    def whole(self, table: Table) -> None:
        self._find_whole = lambda: table

    @property
    def held(self) -> int:
        """How many values of its columns are held in memory."""
        domain = self.memo.get(_WHOLE_DOMAIN)
        beside = domain.held + domain.length * len(domain.names) if domain else 0
        return beside + self.length * (len(self._coded) + len(self._moments) + len(self._owner_rows) + len(self.memo))

    def forget(self) -> None:
        """Let go of what was read and worked out; it is read again when it is asked for."""
        for held in (self._coded, self._moments, self._owner_rows, self.memo):
            held.clear()

    def numbers_of(self, rows: np.ndarray) -> tuple[int, ...]:
        """The numbers of records, from 1."""
        return tuple((rows + 1 if self.record_numbers is None else self.record_numbers[rows]).tolist())

    @property
    def frame(self) -> Frame:
        return self.dataset.frame

    @cached_property
    def domain(self) -> str:
        """The domain, which for a split dataset is not the name."""
        return self.dataset.domain or self.name

    @cached_property
    def prefix(self) -> str:
        """What stands for ``--``; "" for a dataset that has no such variables."""
        if self.is_analysis:
            occurrences = STRUCTURES.get(self.class_name) == "OCCDS"
            return (find_topic_prefix(self.names) or self.name[2:4]) if occurrences else ""
        if self.class_name == RELATIONSHIP or self.is_supplemental:
            return ""
        associated = self.domain[:2] == "AP" and f"{self.domain[2:4]}SEQ" in self.frame
        return self.domain[2:4] if associated else self.domain[:2]

    @property
    def domain_table(self) -> Table:
        """The records of its domain, its own first; itself where the domain is not split."""
        stacked = self._stacked
        if stacked is not self:
            self.tables.trace.note((self.domain, ""))
        return stacked

    @property
    def _stacked(self) -> Table:
        """The whole domain, which is let go with the columns: it may be as large as all else together."""
        if not self._parts:
            return self
        if _WHOLE_DOMAIN not in self.memo:
            self.memo[_WHOLE_DOMAIN] = self._stack(self._parts)
        stacked: Table = self.memo[_WHOLE_DOMAIN]
        return stacked

    @cached_property
    def _parts(self) -> tuple[Table, ...]:
        """The other datasets that its domain was split into."""
        others = () if self.is_analysis else self.tables.list_domain(self.domain)
        return tuple(one for one in others if one is not self and not one.is_supplemental)

    def _stack(self, others: Sequence[Table]) -> Table:
        columns: dict[str, pd.Series] = {
            name: pd.concat([self.frame[name], *(_fill_like(self.frame[name], one.frame) for one in others)])
            for name in self.names
        }
        stacked = pd.DataFrame({name: column.reset_index(drop=True) for name, column in columns.items()})
        table = Table(replace(self.dataset, frame=stacked), self.tables, self.guide)
        if self.whole is not self:
            table._find_whole = lambda: self.whole.domain_table
        return table

    @property
    def is_supplemental(self) -> bool:
        return bool(self.dataset.supplemental_to) or (self.name.startswith("SUPP") and "QNAM" in self.frame)

    @cached_property
    def class_name(self) -> str:
        return self.dataset.class_name or (self.standard.class_name if self.standard else "")

    @cached_property
    def groups(self) -> frozenset[str]:
        """What a rule may call the dataset: its name, its domain, its class, and what these belong to."""
        if self.is_analysis:
            structure = STRUCTURES.get(self.class_name, "")
            timed = TIME_TO_EVENT if "CNSR" in self.frame else ""
            return frozenset({ALL_ANALYSIS, self.name, self.class_name, structure, self.dataset.sub_class, timed}) - {
                ""
            }
        names = {self.name, self.domain, self.class_name}
        names |= {"FINDINGS"} if self.class_name == "FINDINGS ABOUT" else set()
        return frozenset(names | ({"SUPPQUAL"} if self.is_supplemental else set()))

    @cached_property
    def standard(self) -> DatasetStandard | None:
        """What the standard says of the dataset, None when it is a custom one of no known class."""
        guide = self.guide
        if guide is None:
            return None
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
        if self.guide is None or self.standard is None:
            return None
        found = self.guide.variable(self.standard, name)
        return None if found and self._is_of_another_domain(found, name) else found

    def _is_of_another_domain(self, found: VariableStandard, name: str) -> bool:
        """Whether ADaMIG's ``--STDTC`` was found for a variable such as RFSTDTC in a dataset of AE."""
        if not (self.is_analysis and self.standard):
            return False
        return self.standard.variables[found.order - 1].name.startswith("--") and not name.startswith(self.prefix)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(map(str, self.frame.columns))

    @cached_property
    def text_names(self) -> tuple[str, ...]:
        """The columns that hold text."""
        return tuple(name for name in self.names if not self.is_numeric(name))

    def is_numeric(self, name: str) -> bool:
        return is_numeric(self.frame, name)

    def date_kind(self, name: str) -> DateKind:
        """What a numeric column of an analysis dataset counts, "" when that is not a time."""
        if not (self.is_analysis and name in self.frame and self.is_numeric(name)):
            return ""
        return read_date_kind(name, self._formats.get(name, ""))

    @cached_property
    def _formats(self) -> dict[str, str]:
        return {column.name: column.format for column in self.dataset.columns}

    def has(self, name: str) -> bool:
        """Whether there is such a column, own or of DM or ADSL."""
        owner, variable = split_owner(name)
        if owner:
            self._note(name)
            other = self.tables.find_owner(owner)
            return other is not None and SUBJECT in other.frame and SUBJECT in self.frame and variable in other.frame
        return name in self.frame

    def require(self, *names: str) -> None:
        """NotRunnableError when a column is not there."""
        for name in names:
            if not self.has(name):
                owner, variable = split_owner(name)
                if owner:
                    self.tables.require_owner(owner)
                raise NotRunnableError(f"{owner or self.name} has no {variable}")

    def require_said(self, what: str) -> None:
        """NotRunnableError when the file of the dataset does not say its ``types``, ``labels`` or ``lengths``."""
        if what in self.dataset.unsaid:
            raise NotRunnableError(f"the file of {self.name} does not say {what}")

    def coded(self, name: str) -> Coded:
        """A column by its distinct values."""
        self._note(name)
        if name not in self._coded:
            self.require(name)
            owner, variable = split_owner(name)
            if owner:
                self._coded[name] = self.tables.require_owner(owner).coded(variable).take(self.rows_in(owner))
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
        self._note(name)
        if name not in self._moments:
            coded = self.coded(name)
            if not isinstance(coded.values, pa.Array):
                raise NotRunnableError(f"{name} of {self.name} is not text")
            self._moments[name] = read_written(from_arrow(coded.values)).moments.take(coded.codes)
        return self._moments[name]

    def text(self, name: str, row: int) -> str:
        """One value as text; numeric dates as ISO 8601."""
        owner, variable = split_owner(name)
        place = self.tables.require_owner(owner) if owner else self
        text = self.coded(name).text(row)
        return show_date(text, place.date_kind(variable))

    def rows_in(self, owner: str) -> np.ndarray:
        """The record of DM or ADSL per record (int64): -1 for none, -2 for a subject that is there more than once."""
        self._note(f"{owner}.{SUBJECT}")
        if owner not in self._owner_rows:
            coded = self.coded(SUBJECT)
            rows = self.tables.subjects(owner).reindex(coded.texts, fill_value=-1).to_numpy()
            self._owner_rows[owner] = coded.spread(np.asarray(rows, dtype="int64"))
        return self._owner_rows[owner]

    def _note(self, name: str) -> None:
        """A column is looked into; its own are known to be."""
        owner, variable = split_owner(name)
        if owner:
            self.tables.trace.note((owner, variable), (owner, SUBJECT))

    @property
    def subject_rows(self) -> np.ndarray:
        """The record of DM per record; see `rows_in`."""
        return self.rows_in("DM")

    def select(self, condition: str, optional: frozenset[str] = frozenset()) -> np.ndarray:
        """Which records meet a condition, as truth values per record.

        When DM or ADSL is asked, it is never true for a subject that is not there, or there more than once. Columns in
        `optional` that are not there count as blank.
        """
        expression = _parse(condition)
        self.require(*(name for name in expression.names if name not in optional or split_owner(name)[0]))
        result = expression.evaluate(self._vector, self.length).to_numpy(dtype=bool)
        for owner in {split_owner(name)[0] for name in expression.names} - {""}:
            result = result & (self.rows_in(owner) >= 0)
        return result

    def _vector(self, name: str) -> Vector:
        """A column as expressions take it, by its distinct values where these are few."""
        if not self.has(name):
            standard = self.standard_variable(name)
            if standard and standard.numeric:
                return np.full(self.length, np.nan)
            return pa.repeat(pa.scalar("", TEXT_TYPE), self.length)
        coded = self.coded(name)
        if not isinstance(coded.values, pa.Array):
            return coded.spread(coded.values)
        if len(coded.values) > _MOST_CATEGORIES and name in self.frame:
            return to_arrow(self.frame[name])
        return pa.DictionaryArray.from_arrays(pa.array(coded.codes), coded.values)

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        """The columns that tell a record from the others of its subject, for messages."""
        if self.is_analysis:
            wanted: tuple[str, ...] = ("PARAMCD", "AVISIT", f"{self.prefix}SEQ" if self.prefix else "", "ASEQ")
            present = [name for name in wanted if name in self.frame]
            return tuple(present if "ASEQ" in present or self.prefix else present[:2] or present)
        sequence = f"{self.prefix}SEQ"
        if self.prefix and sequence in self.frame:
            return (sequence,)
        if self.is_supplemental:
            wanted = ("IDVAR", "IDVARVAL", "QNAM")
        elif self.name == "RELREC":
            wanted = ("RDOMAIN", "IDVAR", "IDVARVAL")
        else:
            wanted = tuple(key for key in self.dataset.keys if key not in ("STUDYID", SUBJECT))[:3]
        return tuple(name for name in wanted if name in self.frame)


@cache
def _parse(condition: str) -> Expression:
    return parse(condition)


def split_owner(name: str) -> tuple[str, str]:
    """Whose variable a name is: ``DM.AGE`` is AGE of DM; the owner is "" for the dataset's own.

    >>> split_owner("ADSL.TRTSDT"), split_owner("AGE")
    (('ADSL', 'TRTSDT'), ('', 'AGE'))
    """
    owner, point, variable = name.partition(".")
    return (owner, variable) if point and owner in OWNERS else ("", name)


def _fill_like(column: pd.Series, frame: Frame) -> pd.Series:
    """The same variable of another part of a domain; blank where the part lacks it, or has it of another type."""
    name = str(column.name)
    if name in frame and frame[name].dtype == column.dtype:
        return frame[name]
    blank = np.nan if pd.api.types.is_numeric_dtype(column.dtype) else ""
    return pd.Series(blank, index=pd.RangeIndex(len(frame)), dtype=column.dtype, name=name)
