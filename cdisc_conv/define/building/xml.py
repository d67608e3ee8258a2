"""The XML vocabulary of Define-XML 2.1: namespaces, identifiers, and the few shapes that repeat."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from lxml import etree

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
ARM = "http://www.cdisc.org/ns/arm/v1.0"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
NAMESPACES = {None: ODM, "def": DEF, "xlink": XLINK}
RESULTS_NAMESPACES = {**NAMESPACES, "arm": ARM}
"""With analysis results metadata."""
_PREFIXES = {"def": DEF, "arm": ARM, "xlink": XLINK, "xml": XML}

NCI_CODE = "nci:ExtCodeID"
"""The context of an alias that is an NCI C-code."""

_OID_PART = re.compile(r"(?!.*-[0-9a-f]{8}\Z)[A-Za-z0-9_-]{1,40}\Z")  # what ends like a hash gets one of its own
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def qualify(name: str) -> str:
    """``def:Origin`` as lxml spells it; a name without prefix is of ODM (elements only).

    >>> qualify("def:Origin")
    '{http://www.cdisc.org/ns/def/v2.1}Origin'
    >>> qualify("ItemDef")
    '{http://www.cdisc.org/ns/odm/v1.3}ItemDef'
    """
    prefix, _, local = name.rpartition(":")
    return f"{{{_PREFIXES[prefix] if prefix else ODM}}}{local}"


@lru_cache(maxsize=1024)
def shorten(tag: object) -> str:
    """The opposite of `qualify`; attributes keep no prefix where they have no namespace.

    >>> shorten("{http://www.cdisc.org/ns/def/v2.1}Origin"), shorten("OID")
    ('def:Origin', 'OID')
    """
    text = str(tag)
    for prefix, namespace in _PREFIXES.items():
        text = text.replace(f"{{{namespace}}}", f"{prefix}:")
    return text.replace(f"{{{ODM}}}", "")


def add_element(parent: etree._Element, name: str, attributes: dict[str, str] | None = None) -> etree._Element:
    """A new last child. Attributes with an empty text are left out, the others keep their order."""
    element = etree.SubElement(parent, qualify(name))
    for key, value in (attributes or {}).items():
        if value:
            element.set(qualify(key) if ":" in key else key, value)
    return element


def add_text(
    parent: etree._Element, name: str, text: str, language: str, others: Mapping[str, str] = MappingProxyType({})
) -> etree._Element:
    """A child that holds a translated text, such as ``Description`` or ``Decode``; `others` are by language."""
    element = add_element(parent, name)
    for lang, words in ((language, text), *((one, said) for one, said in others.items() if said)):
        add_element(element, "TranslatedText", {"xml:lang": lang}).text = words
    return element


def make_oid_part(text: str) -> str:
    """A text as part of an identifier: itself when it is plain and short, else a readable stem and a hash.

    Two different texts give different parts (but for a collision of 32 bits of SHA-256).

    >>> make_oid_part("SYSBP")
    'SYSBP'
    >>> make_oid_part("Grade 3/4")
    'Grade_3_4-52397efa'
    """
    if _OID_PART.match(text):
        return text
    stem = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:30]
    return f"{stem}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def find_forbidden(text: str) -> int | None:
    """Position (from 0) of the first character that XML 1.0 cannot hold, or None.

    >>> find_forbidden("a\\x01b"), find_forbidden("a\\tb")
    (1, None)
    """
    match = _NOT_XML.search(text)
    return match.start() if match else None


def flag_yes(value: bool) -> str:
    """``Yes``, or nothing: for attributes that are only ever written as Yes."""
    return "Yes" if value else ""


def write_yes_no(value: bool) -> str:
    """``Yes`` or ``No``."""
    return "Yes" if value else "No"
