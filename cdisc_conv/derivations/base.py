"""What a derivation is, and what it may see.

A derivation is one frozen class: its fields are the parameters of the mapping language, `derive` computes a whole
column, `method` says in words what `derive` does, and the class attributes state the rest. Nothing about a derivation
is written anywhere else: lint, the engine, lineage, define.xml and docs/derivations.md all read the class.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.evidence import Parameters, SingleValues
from cdisc_conv.expr import Expression, parse
from cdisc_conv.expr.partial import Known
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.standards import CodelistTerms, Terminology
from cdisc_conv.standards.dictionaries import Dictionary
from cdisc_conv.tables import SUBJECT as SUBJECT
from cdisc_conv.tables import ColumnRef


class Reach(StrEnum):
    """How far a derivation looks: at its own row, at all rows of the subject, or at the whole dataset."""

    ROW = "row"
    SUBJECT = "subject"
    DATASET = "dataset"


class Kind(StrEnum):
    """What a derivation makes.

    ``ANY`` follows its input; the engine then reads text as numbers where the standard wants them.
    """

    TEXT = "text"
    NUMBER = "number"
    ANY = "any"


class Ref(str):
    """The name of a column as a mapping writes it.

    ``AESTDTC`` is a variable of the dataset or, where there is none (or it is the variable being mapped), a column of
    the source; ``raw.AESTDAT`` is always a column of the source; ``DM.RFSTDTC`` is a variable of another dataset, for
    the same subject. Backticks around a name with blanks or dots are taken off.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls._validate, core_schema.str_schema(min_length=1))

    @classmethod
    def _validate(cls, text: str) -> Ref:
        quoted = len(text) > 2 and text[0] == text[-1] == "`"
        return cls(f"raw.{text[1:-1]}" if quoted else text)


class TableRef(ColumnRef):
    """A column of all records of another dataset (``EX.EXSTDTC``) or raw form (``form ic.ICDAT``)."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls._validate, core_schema.str_schema(min_length=3))

    @classmethod
    def _validate(cls, text: str) -> TableRef:
        table, dot, column = text.partition(".")
        if not (table and dot and column):
            raise ValueError(f"'{text}' should be written DATASET.VARIABLE, such as EX.EXSTDTC")
        return cls(text)


class ExpressionField:
    """Field type of a parameter that holds an expression: ``Annotated[Expression, ExpressionField]``."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._validate)

    @classmethod
    def _validate(cls, value: Any) -> Expression:
        if isinstance(value, Expression):
            return value
        try:
            return parse(str(value))
        except ProblemsError as error:
            raise ValueError("; ".join(_without_place(problem) for problem in error.problems)) from None


SELF = "self"
"""As the name of a table: the records of the dataset's own blocks before the one being made."""


class Table(Protocol):
    """All records of another dataset or form."""

    def __len__(self) -> int: ...
    def __getitem__(self, column: str) -> pd.Series: ...
    def unread(self, column: str) -> np.ndarray:
        """Where a column is missing because what it was made of could not be read (bool)."""


_Made = TypeVar("_Made")


class Rows(Protocol):
    """The records a derivation fills, and everything it may ask about them.

    Series that come out are aligned with the records (RangeIndex 0..n-1): ``str`` dtype with "" for missing, or
    float64 with NaN for missing.
    """

    dataset: str
    """Name of the dataset being made, such as ``AE``."""
    variable: str
    """Name of the variable being made."""
    numeric: bool
    """Whether the standard wants the variable numeric."""
    terminology: Terminology

    def __len__(self) -> int: ...

    def __getitem__(self, ref: str) -> pd.Series:
        """The column behind a reference that the derivation declared in `reads`."""

    def peek(self, ref: str) -> pd.Series:
        """The same for a check: its values do not count as used."""

    def evaluate(self, expression: Expression) -> pd.Series:
        """The values of an expression; of its columns, only those values count as read that it makes use of."""

    def codes(self, refs: Sequence[str]) -> np.ndarray:
        """One int64 group number per record: records with equal values of all `refs` share a number."""

    def table(self, source: str) -> Table:
        """All records of another dataset (``DS``) or form (``form ic``); ``self``: those of the blocks before."""

    def members(self, column: str) -> tuple[np.ndarray, pd.Series]:
        """Every source row behind the records, for records that stand for a group of rows.

        Gives the position of the record that each source row belongs to (int64, ascending), and the value of a source
        `column` in each of these rows. Where a block does not group, each record has its one row.
        """

    def share(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What several variables of the same records are made of: `make()` the first time, then what it made then.

        `key` says what it is. What `make` reports, and says of records that values are from (`took`), counts for the
        first variable only.
        """

    def took(self, source: str, positions: np.ndarray) -> None:
        """Say which record of `table(source)` each record has its value from: positions (0-based), -1 for none."""

    def matched(self, source: str, asked: np.ndarray, found: np.ndarray) -> None:
        """Say which records of `table(source)` (positions, 0-based) meet the condition, and which of them have the keys
        of one of the records.

        Of a raw form, the others count as not looked up; without this all rows are looked up.
        """

    def codelist(self) -> CodelistTerms | None:
        """The codelist of the variable: the spec's, else the standard's, else none."""

    def unread(self, ref: str) -> np.ndarray:
        """Where the column behind a reference is missing because what it was made of could not be read (bool)."""

    def setting(self, name: str) -> Any:
        """A table or option of study.yaml, such as ``visits`` or ``date_formats``; None when it is not there."""

    def dictionary(self, name: str) -> Dictionary | None:
        """The coding dictionary (``MedDRA``, ``WHODrug``) whose version study.yaml names; None when it is not there."""

    def matching(self, mask: np.ndarray) -> Rows:
        """The same for the records where `mask` is true; problems still name the right rows."""

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
        """Record a finding about the records where `where` (boolean) is true; all records when it is left out.

        What a text says of all the records, such as how many they are, is known only when the ranges of subjects are
        together. So with `parameters`, message, hint and value are templates (`str.format`) of them and of ``count``,
        the number of records. With `values`, each bad value is a finding, and `message` is that of the ones too many.

        With `once` it is left out where a finding with its code and `value` was recorded of the same `field` before,
        whichever variable that was made for: one cause, one finding. Where `value` is not all of the cause, `once`
        is a text that is.
        """


class Words(Protocol):
    """How a method text names things, so that a reviewer recognises them."""

    dataset: str
    variable: str

    def __call__(self, ref: str) -> str:
        """``AE.AESTDTC``, or the field of the CRF: ``field "Start date" (AESTDAT) of form Adverse Events``."""

    def condition(self, expression: Expression, table: str = "") -> str:
        """An expression in words; `table` is the dataset or form its names belong to when not this one."""

    def column(self, table: str, name: str) -> str:
        """A variable of another dataset in words: ``DS.DSSTDTC``."""

    def table(self, source: str) -> str:
        """The name of a dataset or form in words."""

    def setting(self, name: str) -> Any:
        """A table or option of study.yaml; None when it is not there."""


STATEMENT = "the protocol's statement"
"""What texts call a value of protocol.yaml."""


class Derivation(BaseModel, ABC):
    """Base of every derivation. Subclass it, declare the fields, and register it with `registry.register`."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True, defer_build=True
    )

    name: ClassVar[str]
    """The word that mappings use."""
    topic: ClassVar[str]
    """The heading of the catalogue it stands under."""
    shorthand: ClassVar[str] = ""
    """The field that a bare value stands for: ``{copy: AETERM}`` is ``{copy: {source: AETERM}}``."""
    reach: ClassVar[Reach] = Reach.ROW
    kind: ClassVar[Kind] = Kind.ANY
    reads_settings: ClassVar[tuple[str, ...]] = ()
    """The keys of ``settings:`` in study.yaml that only this derivation reads, such as a table of a plug-in."""
    origin: ClassVar[OriginType] = OriginType.DERIVED
    """Collected stands for: Collected when the value comes from a form, else Derived."""

    @abstractmethod
    def derive(self, rows: Rows) -> pd.Series:
        """The whole column: ``str`` dtype ("" missing) or float64 (NaN missing), as long as `rows`."""

    @abstractmethod
    def method(self, words: Words) -> str:
        """What `derive` does, in words that leave a reviewer no question; "" for a plain copy."""

    def sentence(self, words: Words) -> str:
        """The method text where it stands beside others (a branch of ``cases``), and so is never empty."""
        return self.method(words)

    @property
    def imputes(self) -> bool:
        """Whether it may fill in what was not collected: define.xml calls its method an imputation."""
        return False

    def reads(self) -> tuple[str, ...]:
        """References it reads, in order: every `Ref`, every name in an expression, and those of nested derivations.

        Names in another table are written ``DS.DSSTDTC`` with `tables` saying that all its records are read.
        """
        return self._reads

    @cached_property
    def _reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_walk(self)))

    def tables(self) -> dict[str, tuple[str, ...]]:
        """Other tables of which it reads all records, with the columns it needs: ``{"DS": ("DSSTDTC", ...)}``."""
        return {}

    def picks(self) -> dict[str, tuple[str, ...]]:
        """Of `tables`, the columns that it reads in the very records that it tells `Rows.took` of."""
        return {}

    def supplemental(self, variable: str) -> dict[str, tuple[str, Derivation]]:
        """Supplemental qualifiers it brings along when it fills `variable`: QNAM -> (label, derivation)."""
        return {}

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        """Whether this use of it makes numbers; asked where no standard says what the variable is.

        `is_number` tells of a reference, or of a column of another table (`TableRef`), whether it holds numbers. What
        is of kind ``ANY`` says here which column it follows.
        """
        return self.kind is Kind.NUMBER

    def companions(self, variable: str) -> dict[str, Derivation]:
        """Variables it brings along when it fills `variable`: name -> derivation.

        ``ASTDT`` that is imputed brings its flag ``ASTDTF``. An entry of the mapping for the same name goes first.
        """
        return {}

    def find_unread(self, rows: Rows) -> np.ndarray | None:
        """Where `derive` leaves a value missing because what it reads is there but unreadable (bool); None: nowhere.

        Who reads the variable asks this, so that ``31-FEB-2022`` is not taken for a date that was not collected.
        """
        return None

    def reads_siblings(self) -> bool:
        """Whether a record's value depends on other records of its own dataset, as a sequence number does.

        In a dataset whose blocks read earlier blocks, what does not is made block by block, so that a later block may
        read it.
        """
        return self.actual_reach() is not Reach.ROW and not self.tables()

    def actual_reach(self) -> Reach:
        """The reach of this use of it; a derivation that holds others reaches as far as they do."""
        return self.reach

    def actual_origin(self) -> OriginType:
        """The origin of this use of it, which may depend on the derivations it holds."""
        return self.origin

    def specialise(self, known: Known) -> Derivation:
        """What is left of it for records in which the values of some references are known before any data are read.

        An entry of ``for_each`` says which test its records are of, and so which branch of ``cases`` makes them. Values
        stay the same; lineage and method texts of these records speak of nothing else.
        """
        return self

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        """What can be said against it before any data is read, such as a constant outside its codelist."""
        return []


def _walk(value: Any) -> Iterator[str]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Expression):
        yield from value.names
    elif isinstance(value, Derivation) and value.__class__.reads is not Derivation.reads:
        yield from value.reads()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _walk(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _walk(item)


def _without_place(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message
