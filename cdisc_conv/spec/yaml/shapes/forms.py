"""forms.yaml: the forms of the export, their columns, and how files are written."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cdisc_conv.spec.yaml.shapes.base import Document, Pages, Text, Texts, Written

FIELD_TYPES = (
    "text",
    "string",
    "coded",
    "integer",
    "float",
    "decimal",
    "number",
    "boolean",
    "date",
    "time",
    "datetime",
)
"""What a column of a form may be, in the words of forms.yaml."""

FIELD_ROLES = (
    "item",
    "subject",
    "site",
    "event",
    "event_name",
    "event_date",
    "form",
    "repeat",
    "system",
    "derived",
)
"""What a column of a form is for; all but items are the EDC's own, and not collected."""


class FieldDocument(Document):
    """A column of a form."""

    label: Text = ""
    column: Text = ""
    type: Text = "text"
    page: Pages = ()
    values: dict[str, Text] = {}
    decode: Text = ""
    separator: str = ""
    unit: Text = ""
    informat: Written = ()
    unknown_parts: bool = False
    role: Text = ""
    empty: Text = ""


class KindsDocument(Document):
    """How dates, times and numbers are written."""

    date: Texts = ()
    time: Texts = ()
    number: Written = ()


class ExceptionDocument(KindsDocument):
    """``except``: how some rows are written, such as those of a site."""

    where: dict[Text, Texts] = Field(min_length=1)


class InformatsDocument(KindsDocument):
    """``informats``: how columns of a type are written that name no ``informat`` themselves."""

    exceptions: list[ExceptionDocument] = Field(default=[], alias="except")


class LayoutDocument(Document):
    """How files are written; what is left out is as for the whole source."""

    encoding: Text | None = None
    delimiter: Text | None = None
    quote: Text | None = None
    header: Texts | None = None
    end: Text | None = None
    format: Text | None = None
    metadata: Texts | None = None
    missing: Texts | None = None
    informats: InformatsDocument | None = None


class LongDocument(Document):
    """``long``: the file has one item a row, and the form one column an item."""

    item: Texts = Field(min_length=1)
    value: Text
    by: Texts = Field(min_length=1)
    keep: Texts = ()
    missing: Texts = ()
    prefix: Text = ""


class FormDocument(LayoutDocument):
    """A form: one table of the export."""

    label: Text
    file: Text = ""
    source: Text = ""
    table: Text = ""
    query: Text = ""
    subject: Text = ""
    where: dict[str, Texts] = {}
    filled: bool = False
    long: LongDocument | None = None
    page: Pages = ()
    collected_by: Literal["Investigator", "Sponsor", "Subject", "Vendor"] = "Investigator"
    key: Texts = ()
    columns: dict[str, Any] = {}


class EventDocument(Document):
    """A visit: an event of the EDC."""

    event: Text
    eid: Text = ""
    group: Text = ""
    visit: Text = ""
    visitnum: float | None = None
    day: float | None = None
    epoch: Text = ""


class FormsDocument(Document):
    """forms.yaml: the EDC's data dictionary."""

    key_columns: dict[str, Any] = {}
    key: Texts = ()
    forms: dict[str, FormDocument]
    events: list[EventDocument] = []
