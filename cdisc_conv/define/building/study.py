"""What define.xml says of the study as a whole: names, standards, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cdisc_conv.dataset import Codelist
from cdisc_conv.define.building.displays import ResultDisplay
from cdisc_conv.define.building.xml import make_oid_part

STYLESHEET = "define2-1.xsl"
"""The file that shows define.xml."""


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard the data follow: an implementation guide (``IG``) or a terminology package (``CT``).

    Datasets name an implementation guide as ``SDTMIG 3.4`` and codelists a package as ``SDTM/NCI 2025-03-28``;
    ``key`` is that name.

    >>> Standard("SDTMIG", "IG", "3.4").key
    'SDTMIG 3.4'
    >>> Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM").key
    'SDTM/NCI 2025-03-28'
    """

    name: str
    type: str
    version: str
    publishing_set: str = ""
    status: str = "Final"
    comment: str = ""

    @property
    def key(self) -> str:
        return f"{self.publishing_set}/NCI {self.version}" if self.type == "CT" else f"{self.name} {self.version}"

    @property
    def oid(self) -> str:
        """The identifier in define.xml.

        >>> Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM").oid
        'STD.SDTM.2025-03-28'
        """
        parts = (self.publishing_set if self.type == "CT" else self.name, *self.version.split("."))
        return ".".join(("STD", *map(make_oid_part, parts)))


class DocumentKind(StrEnum):
    """What a document is to the reader of define.xml."""

    ANNOTATED_CRF = "annotated CRF"
    SUPPLEMENTAL = "supplemental"
    """A reviewer's guide, the analysis plan: something to be read beside define.xml."""
    REFERENCED = "referenced"
    """Only there for what refers to it, such as the tables, or a program."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file that travels with define.xml. ``href`` is relative to the folder of define.xml."""

    id: str
    title: str
    href: str
    kind: DocumentKind = DocumentKind.SUPPLEMENTAL


@dataclass(frozen=True, slots=True)
class Translation:
    """Labels and the meaning of terms in another language.

    ``variables`` are by name (``AETERM``) or dataset and name (``AE.AETERM``), ``terms`` by codelist (its short name or
    C-code) and coded value.
    """

    language: str
    datasets: Mapping[str, str]
    variables: Mapping[str, str]
    terms: Mapping[str, Mapping[str, str]]

    def label(self, dataset: str, variable: str = "") -> str:
        """The label of a dataset, or of a variable of it; "" where it is not translated."""
        if not variable:
            return self.datasets.get(dataset, "")
        return self.variables.get(f"{dataset}.{variable}") or self.variables.get(variable, "")

    def term(self, codelist: Codelist, value: str) -> str:
        """What a coded value means; "" where it is not translated."""
        of_list = self.terms.get(codelist.short_name) or self.terms.get(codelist.code) or {}
        return of_list.get(value, "")


@dataclass(frozen=True, slots=True)
class DefineStudy:
    """The study and its metadata version.

    ``created`` is the creation time as ISO 8601 text; it is given and never read off the clock, so that the same
    input makes the same bytes. ``dataset_folder`` is where the transport files are, relative to define.xml (empty:
    beside it). ``stylesheet`` is the address that browsers are pointed to; empty leaves it out. ``displays`` are the
    tables and figures of the analysis, in their order; without any there is no results metadata. ``translations`` add
    texts in other languages to labels and decodes.
    """

    name: str
    description: str
    protocol_name: str
    created: str
    standards: tuple[Standard, ...]
    documents: tuple[Document, ...] = ()
    metadata_name: str = ""
    metadata_description: str = ""
    originator: str = ""
    context: str = "Submission"
    comment: str = ""
    language: str = "en"
    dataset_folder: str = ""
    stylesheet: str = "define2-1.xsl"
    displays: tuple[ResultDisplay, ...] = ()
    translations: tuple[Translation, ...] = ()

    def standard(self, key: str) -> Standard | None:
        """The standard that a dataset or a codelist calls ``key``, or None."""
        return next((standard for standard in self.standards if standard.key == key), None)

    def document(self, identifier: str) -> Document | None:
        """The document of that id, or None."""
        return next((document for document in self.documents if document.id == identifier), None)

    @property
    def annotated_crf(self) -> Document | None:
        """The annotated CRF that page numbers refer to."""
        return next((one for one in self.documents if one.kind is DocumentKind.ANNOTATED_CRF), None)
