"""The shape of the YAML files: which keys there are, and what kind of value each takes.

These models check structure only; `load` turns them into the frozen types of `model`, and `lint` asks whether what
they say makes sense. The JSON Schema for editors is made from them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Pages = Annotated[tuple[int, ...], BeforeValidator(lambda value: (value,) if isinstance(value, int) else value)]
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value)]
Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


Written = Annotated[
    tuple[Text, ...], BeforeValidator(lambda value: (str(value),) if isinstance(value, str | int | float) else value)
]
"""Texts, of which one may look like a number: the informat 8.2."""


class Document(BaseModel):
    """Base of all: keys that are not declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


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

SETTINGS = ("date_formats", "date_pivot", "keep_empty", "units", "visits", "recist")
"""The keys of ``settings:`` that cdisc-conv reads; a derivation of a plug-in adds its own (`reads_settings`)."""


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


class DictionaryDocument(Document):
    """``forms`` of study.yaml: the EDC's own dictionary, and the file that adds to it."""

    file: Text = "forms.yaml"
    dictionary: Texts = ()
    edc: Text = ""
    data: Text = ""
    encoding: Text = ""


FormsSource = Annotated[
    DictionaryDocument, BeforeValidator(lambda said: {"file": said} if isinstance(said, str) else said)
]


class StandardsDocument(Document):
    """Versions of the standards that a study follows."""

    sdtmig: Text = "3.4"
    sdtm_ct: Text = "2025-03-28"
    adamig: Text = "1.3"
    occds: Text = ""
    """Empty: that which came out with the ADaMIG."""
    adam_ct: Text = "2025-03-28"
    dictionaries: dict[str, Text] = {}


class SourceDocument(LayoutDocument):
    """Where files come from, and how they are written."""

    path: Text = ""
    url: Text = ""
    subject: Text = ""
    manifest: Text = ""


class SubjectKeyDocument(Document):
    """``subject_key``: the form in which the ids of a source have their subjects."""

    form: Text
    by: Annotated[dict[Text, Text], BeforeValidator(lambda said: {"": said} if isinstance(said, str) else said)] = {}
    take: Text = ""


class OtherSourceDocument(SourceDocument):
    """A source beside the EDC, which may know subjects by ids of its own."""

    subject_key: SubjectKeyDocument | None = None


class RawDocument(SourceDocument):
    """The export of the EDC, and how a row finds its subject; other sources beside it."""

    encoding: Text = "utf-8"
    delimiter: Text = ","
    subject: Text
    home: Text
    sources: dict[str, OtherSourceDocument] = {}


class GivenDocument(Document):
    """A dataset that comes as SDTM and is read."""

    file: Text
    columns: Texts
    optional: Texts = ()


class GuidesDocument(Document):
    """``documents``: what the annotated CRF and the reviewer's guides say beyond what the run knows."""

    fonts: Texts = ()
    decisions: Texts = ()


class TranslationsDocument(Document):
    """``translations`` in one language: labels of datasets and variables, and what terms of codelists mean."""

    datasets: dict[Text, Text] = {}
    variables: dict[Text, Text] = {}
    terms: dict[Text, dict[Text, Text]] = {}


class CodelistDocument(Document):
    """A codelist of the sponsor's own: its terms, with what they mean."""

    name: Text = ""
    terms: tuple[Text, ...] | dict[Text, Text] = Field(min_length=1)
    extensible: bool = False


class StudyDocument(Document):
    """study.yaml."""

    study: Text
    title: Text
    protocol: Text = ""
    created: Text
    standards: StandardsDocument = StandardsDocument()
    forms: FormsSource = DictionaryDocument()
    raw: RawDocument = RawDocument(subject="", home="")
    """Left out by a study of analysis datasets alone (`alone`)."""
    given: dict[str, GivenDocument] = {}
    not_submitted: dict[str, Text] = {}
    variables: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    agency: Literal["FDA", "NMPA", "PMDA"] | None = None
    encoding: Literal["ASCII", "UTF-8", "GB18030", "CP932"] = "ASCII"
    translations: dict[Text, TranslationsDocument] = {}
    transliterate: dict[str, Text] = {}
    formats: Annotated[
        tuple[Literal["xpt", "json", "ndjson", "dsjc"], ...],
        BeforeValidator(lambda said: (said,) if isinstance(said, str) else said),
    ] = ()
    sponsor_terms: dict[Text, tuple[Text, ...] | dict[Text, Text]] = {}
    codelists: dict[Text, CodelistDocument] = {}
    define: dict[str, Any] = {}
    documents: GuidesDocument = GuidesDocument()


class ElementDocument(Document):
    """An element of the trial: what subjects go through between two rules."""

    name: Text
    starts: Text
    ends: Text = ""
    lasts: Text = ""


class StepDocument(Document):
    """An element on the path of an arm."""

    element: Text
    epoch: Text
    branch: Text = ""
    transition: Text = ""


class ArmDocument(Document):
    """An arm: its elements in their order."""

    name: Text
    path: list[StepDocument] = Field(min_length=1)


class VisitRuleDocument(Document):
    """When planned visits start and end; `event` may hold ``*`` and ``?``."""

    event: Text
    starts: Text
    ends: Text = ""
    arm: Text = ""


class CriterionDocument(Document):
    """A criterion for inclusion or exclusion."""

    text: Text
    category: Text = ""
    rule: Text = ""
    version: Text = ""


class AssessmentDocument(Document):
    """A period in which the disease is assessed at a constant interval (durations of ISO 8601)."""

    anchor: Text
    offset: Text
    every: Text
    at_least: Text
    at_most: Text
    times: int = Field(ge=1)


class ParameterDocument(Document):
    """A value of a parameter of the trial summary."""

    value: Text = ""
    null_flavor: Text = ""
    code: Text = ""
    reference: Text = ""
    version: Text = ""
    group: Text = ""


class ProtocolDocument(Document):
    """protocol.yaml: what the protocol says of the trial."""

    version: Text = ""
    elements: dict[Text, ElementDocument] = {}
    arms: dict[Text, ArmDocument] = {}
    visits: list[VisitRuleDocument] = []
    inclusion: dict[Text, Text | CriterionDocument] = {}
    exclusion: dict[Text, Text | CriterionDocument] = {}
    assessments: list[AssessmentDocument] = []
    summary: dict[Text, Any] = {}


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
