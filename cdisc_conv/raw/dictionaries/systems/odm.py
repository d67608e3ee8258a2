"""Systems whose dictionary is the metadata of an ODM file: CDISC ODM as such, OpenEDC."""

from __future__ import annotations

from typing import ClassVar

from cdisc_conv.raw.dictionaries.model import Dictionary
from cdisc_conv.raw.dictionaries.registry import DictionaryReader, Evidence, Source, missing, register


class OdmReader(DictionaryReader):
    """A system that has no other dictionary than ODM; the registry reads that for it."""

    needs: ClassVar[str] = "an ODM-XML file with MetaDataVersion"

    def recognise(self, source: Source) -> Evidence | None:
        return None

    def read(self, source: Source) -> Dictionary:
        raise missing(self, source)


@register
class Odm(OdmReader):
    """CDISC ODM-XML 1.3.2 or 2.0 of any system."""

    name = "odm"
    label = "CDISC ODM-XML"


@register
class OpenEdc(OdmReader):
    """OpenEDC: metadata and clinical data in two ODM files."""

    name = "openedc"
    label = "OpenEDC"
