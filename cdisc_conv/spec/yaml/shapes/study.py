"""study.yaml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cdisc_conv.spec.yaml.shapes.base import Document, Text, Texts
from cdisc_conv.spec.yaml.shapes.forms import LayoutDocument

SETTINGS = ("date_formats", "date_pivot", "keep_empty", "units", "visits", "recist")
"""The keys of ``settings:`` that cdisc-conv reads; a derivation of a plug-in adds its own (`reads_settings`)."""


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
