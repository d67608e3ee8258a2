"""The CDISC standards as data: implementation guides, controlled terminology, unit conversions.

>>> from cdisc_conv.standards import load_standard, load_terminology
>>> load_standard("sdtmig", "3.4").dataset("DM").variable("SEX").codelists
('C66731',)
>>> load_terminology("sdtm", "2025-03-28").codelist("C66731").find("female").value
'F'
"""

from cdisc_conv.standards.files import UnknownStandardError, list_versions
from cdisc_conv.standards.guides import SUB_CLASSES, Standard, load_standard
from cdisc_conv.standards.model import DatasetStandard, VariableStandard
from cdisc_conv.standards.terminology import CodelistTerm, CodelistTerms, Match, Terminology, load_terminology
from cdisc_conv.standards.units import Conversion, Units, load_units

__all__ = [
    "SUB_CLASSES",
    "CodelistTerm",
    "CodelistTerms",
    "Conversion",
    "DatasetStandard",
    "Match",
    "Standard",
    "Terminology",
    "Units",
    "UnknownStandardError",
    "VariableStandard",
    "list_versions",
    "load_standard",
    "load_terminology",
    "load_units",
]
