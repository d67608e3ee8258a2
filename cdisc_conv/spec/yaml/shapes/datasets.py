"""The mapping of a dataset."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cdisc_conv.spec.yaml.shapes.base import Document, Pages, Text, Texts


class MergeDocument(Document):
    """``merge``: adjoining intervals become one record."""

    by: Texts
    start: Text
    end: Text


class SplitDocument(Document):
    """``split``: a column that holds several values makes a record for each."""

    column: Text
    into: Text
    by: str = Field(default="|", min_length=1)


class CarryDocument(Document):
    """``carry``: entries of ``for_each`` are visits, and those that a group lacks are carried to."""

    by: Texts = Field(min_length=1)
    visit: Text = "AVISITN"
    take: Literal["last", "first", "min", "max"] = "last"
    value: Text = "AVAL"


class BlockDocument(Document):
    """One entry of ``records``: which records there are."""

    form: Text = ""
    source: Text = Field(default="", alias="from")
    part: Text = ""
    where: Text = ""
    for_each: list[dict[str, Any]] | str = []
    split: SplitDocument | None = None
    group: Texts = ()
    order: Texts = ()
    take: Literal["first", "last"] = "first"
    columns: dict[str, Literal["row", "first", "last", "min", "max", "most_complete", "list"]] = {}
    merge: MergeDocument | None = None
    carry: CarryDocument | None = None
    set: dict[str, Any] = {}
    working: dict[str, Any] = {}
    supplemental: dict[str, Any] = {}


class OriginDocument(Document):
    """``origin``, in the words of Define-XML 2.1."""

    type: Literal["Collected", "Derived", "Assigned", "Protocol", "Predecessor", "Not Available"]
    source: Literal["Investigator", "Sponsor", "Subject", "Vendor"] | None = None
    pages: Pages = ()
    predecessor: Text = ""


class AttributesDocument(Document):
    """What may stand beside the derivation of a variable."""

    when: Text = ""
    label: Text = ""
    type: Literal["text", "number"] | None = None
    length: int | None = Field(default=None, ge=1, le=200)
    format: Text = ""
    origin: OriginDocument | None = None
    comment: Text = ""
    method: Text = ""
    codelist: Text = ""
    evaluator: Text = ""


class ValueLevelDocument(Document):
    """What the mapping says of the values of some records."""

    where: Text
    codelist: Text = ""
    origin: OriginDocument | None = None
    method: Text = ""
    comment: Text = ""


class OutputPartDocument(Document):
    """One of the datasets that a domain is split into."""

    values: Texts = ()
    label: Text = ""


class SplitIntoDocument(Document):
    """``split_into``: the records of a domain in several datasets, by what a variable says."""

    by: Text
    datasets: dict[
        Text,
        Annotated[
            OutputPartDocument,
            BeforeValidator(lambda said: {"values": said} if isinstance(said, str | list | int | float) else said),
        ],
    ] = {}


class DatasetDocument(Document):
    """The mapping of one dataset."""

    dataset: Text
    extends: Texts = ()
    """Read with the layers, before the others, as are the next three."""
    given: dict[str, Any] = Field(default={}, alias="with")
    parameters: dict[str, Any] = {}
    optional: bool = False
    part: Text = ""
    label: Text = ""
    structure: Text = ""
    class_name: Text = Field(default="", alias="class")
    sub_class: Text = Field(default="", alias="subclass")
    keys: Texts = ()
    keep_empty: bool | Texts = False
    split_into: SplitIntoDocument | None = None
    comment: Text = ""
    records: list[BlockDocument] = Field(min_length=1)
    predecessors: dict[str, Texts] = {}
    variables: dict[str, Any] = {}
    supplemental: dict[str, Any] = {}
    working: dict[str, Any] = {}
    value_level: dict[str, list[ValueLevelDocument]] = {}
