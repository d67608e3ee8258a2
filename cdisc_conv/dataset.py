"""A finished dataset and what is known of it: the shape that the writers, define.xml, the checks and the report share.

Everything here is frozen: a stage that wants something else makes a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from cdisc_conv.columns.stored import Frame


class OriginType(StrEnum):
    """Where a value comes from (Define-XML 2.1, codelist Origin Type)."""

    COLLECTED = "Collected"
    DERIVED = "Derived"
    ASSIGNED = "Assigned"
    PROTOCOL = "Protocol"
    PREDECESSOR = "Predecessor"
    NOT_AVAILABLE = "Not Available"


class OriginSource(StrEnum):
    """Who is behind a value (Define-XML 2.1, codelist Origin Source)."""

    INVESTIGATOR = "Investigator"
    SPONSOR = "Sponsor"
    SUBJECT = "Subject"
    VENDOR = "Vendor"


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a variable or of a value-level item.

    ``pages`` are CRF pages (Collected); ``predecessor`` is the source variable, such as ``ADSL.TRTSDT`` (Predecessor);
    ``description`` is anything else a reviewer has to know of the source, such as the laboratory that sent the data.
    """

    type: OriginType
    source: OriginSource | None = None
    pages: tuple[int, ...] = ()
    predecessor: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a codelist as it is used in a study.

    ``code`` is the NCI C-code, empty for a term the sponsor added (``extended``).
    """

    value: str
    code: str = ""
    decode: str = ""
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Codelist:
    """The codelist of a column in this study: only the terms used or allowed.

    ``code`` and ``standard`` (such as ``SDTM/NCI 2025-03-28``) are empty for a list of the sponsor's own. An external
    dictionary (MedDRA, ISO 3166) has ``dictionary`` and ``version`` and no terms.
    """

    name: str
    short_name: str
    code: str = ""
    standard: str = ""
    type: str = "text"
    terms: tuple[Term, ...] = ()
    dictionary: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One range check of a where-clause: ``variable`` compared with ``values`` (EQ, NE, IN, NOTIN, LT, LE, GT, GE)."""

    variable: str
    comparator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """What define.xml says of a column, or of a column's values under a condition."""

    type: str
    """Define-XML data type: text, integer, float, date, datetime, partialDate, durationDatetime ..."""
    length: int
    significant_digits: int | None = None
    display_format: str = ""
    origin: Origin | None = None
    codelist: Codelist | None = None
    method: str = ""
    comment: str = ""
    method_type: str = "Computation"
    """``Computation``, or ``Imputation`` when the method fills in what was not collected."""


@dataclass(frozen=True, slots=True)
class ValueLevel:
    """The item that holds for the values of one column in the records that meet all ``conditions``."""

    conditions: tuple[Condition, ...]
    item: Item
    mandatory: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a finished dataset. ``numeric`` is its SAS type; ``item.length`` is its declared length in bytes."""

    name: str
    label: str
    numeric: bool
    item: Item
    format: str = ""
    """SAS display format, such as ``DATE9.``; empty for none."""
    role: str = ""
    core: str = ""
    key: int = 0
    """Place in the natural key, from 1; 0 when the column is not a key."""
    value_level: tuple[ValueLevel, ...] = ()
    non_standard: bool = False
    """True for a variable that the dataset's standard does not know."""

    may_be_missing: bool = False
    """Whether a record may lack a value although the standard requires the variable."""

    @property
    def mandatory(self) -> bool:
        """Whether no record may lack a value."""
        return self.core == "Req" and not self.may_be_missing

    @property
    def length(self) -> int:
        """Bytes in the transport file: numbers always take 8."""
        return 8 if self.numeric else self.item.length


@dataclass(frozen=True, slots=True)
class Records:
    """Which raw rows (or records of another dataset) each record was made from, as a long table.

    ``frame`` columns: ``record`` (int64, 0-based position in the dataset), ``source`` (categorical: ``form ae`` or
    ``dataset TU``), ``row`` (int64, 1-based data row of the form, or record of the dataset), ``variant`` (int16, the
    kind of record that the mapping makes of the row: the blocks of the dataset counted from 0, each entry of
    ``for_each`` as one), ``read`` (bool, whether the record has the columns of this row: of a group that is one record,
    one row is read).

    ``picked`` are the records of other tables that single values were taken from, such as that of a lookup: columns
    ``variable`` (categorical), ``record``, ``source`` and ``row``. ``raw.NAME`` is a column of the source: the rows
    that its value in the record is from, where that is not the row that is read.
    """

    frame: Frame
    picked: Frame | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """The datasets that a domain is split into, and the number of its dataset for each record; -1 for none of them."""

    names: tuple[str, ...]
    codes: np.ndarray


IDENTIFIERS = ("STUDYID", "USUBJID")
"""The columns that all datasets of a study share, supplemental qualifiers included."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A finished dataset: records in final order, columns in final order, and the metadata of both."""

    name: str
    label: str
    frame: Frame
    columns: tuple[Column, ...]
    class_name: str = ""
    """General observation class as Define-XML spells it, such as ``EVENTS`` or ``SPECIAL PURPOSE``."""
    structure: str = ""
    comment: str = ""
    standard: str = "SDTMIG 3.4"
    repeating: bool = True
    reference_data: bool = False
    purpose: str = "Tabulation"
    records: Records | None = field(default=None, compare=False, repr=False)
    supplemental_to: str = ""
    """The parent dataset when this one holds its supplemental qualifiers."""
    domain: str = ""
    """The domain of a split dataset, such as ``QS`` for ``QSCG``; empty when it is the dataset's name."""
    domain_label: str = ""
    """The label of that domain, such as ``Questionnaires``; only for a split dataset."""
    sub_class: str = ""
    """Define-XML subclass of an ADaM dataset, such as ``TIME-TO-EVENT``; empty for none."""
    codec: str = "utf-8"
    """The encoding of its file, as Python calls it, whose bytes lengths count; UTF-8 of a file in ASCII."""
    cut: Cut | None = field(default=None, compare=False, repr=False)
    """Where its records go in a package, when the domain is split there."""
    unsaid: tuple[str, ...] = ()
    """What the file that a dataset was read from does not say: ``types``, ``labels``, ``lengths``, ``formats``."""

    def shares_length(self, column: Column) -> bool:
        """Whether a column has one length in all datasets of the study: text, but of SUPP-- the identifiers only."""
        return not column.numeric and (not self.supplemental_to or column.name in IDENTIFIERS)

    @property
    def keys(self) -> tuple[str, ...]:
        """Natural key, in order."""
        return tuple(column.name for column in sorted(self.columns, key=lambda c: c.key) if column.key)

    def column(self, name: str) -> Column:
        """The metadata of one column; KeyError names the dataset too."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no variable {name}")


def find_dataset(datasets: Iterable[Dataset], name: str) -> Dataset | None:
    """The dataset of that name, or None."""
    return next((dataset for dataset in datasets if dataset.name == name), None)
