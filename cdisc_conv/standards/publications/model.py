"""A published terminology package as data."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = {
    "sdtm": "SDTM CT",
    "adam": "ADaM CT",
    "define_xml": "DEFINE-XML CT",
    "send": "SEND CT",
    "cdash": "CDASH CT",
    "protocol": "Protocol CT",
    "glossary": "Glossary CT",
    "ddf": "DDF CT",
    "mrct": "MRCT CT",
    "tmf": "TMF CT",
    "coa": "COA CT",
    "qrs": "QRS CT",
    "qs_ft": "QS-FT CT",
}
"""The packages that the NCI publishes, by the name that asks for them; a package may have another name."""


@dataclass(frozen=True, slots=True)
class PublishedTerm:
    """A term of a codelist; `line` is where the file has it."""

    code: str
    value: str
    synonyms: str = ""
    preferred_term: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A codelist with its terms; `extensible` is ``Yes``, ``No`` or empty, as published."""

    code: str
    value: str
    name: str
    extensible: str
    definition: str
    preferred_term: str
    terms: tuple[PublishedTerm, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A package: its key (``sdtm``), its version (a date) and its codelists in the order of the file."""

    key: str
    version: str
    lists: tuple[PublishedList, ...]

    @property
    def name(self) -> str:
        """The name in messages and in the file, such as ``SDTM CT``."""
        return NAMES.get(self.key) or f"{self.key.upper().replace('_', '-')} CT"

    @property
    def term_count(self) -> int:
        """How many terms the codelists have together."""
        return sum(len(codelist.terms) for codelist in self.lists)
