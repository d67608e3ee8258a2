"""A define.xml as elements that can be asked by name, whatever its version (2.0 or 2.1) and the tool that wrote it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from lxml import etree

from cdisc_conv.define.building.xml import DEF, NCI_CODE, ODM, XLINK, XML
from cdisc_conv.define.versions import find_version
from cdisc_conv.problems import Place, Problem, ProblemsError

DEF_NAMESPACES = {"2.0": "http://www.cdisc.org/ns/def/v2.0", "2.1": DEF}


class DefineDocument:
    """The metadata version of a define.xml, its definitions by identifier, and ways to ask an element.

    Names are written as in the standard (``ItemDef``, ``def:Origin``, ``xlink:href``); ``def:`` is the namespace of the
    file's own version.
    """

    def __init__(self, source: Path | bytes, name: str = "") -> None:
        self.name = name or (source.name if isinstance(source, Path) else "define.xml")
        root = _parse(source, self.name)
        self.version, namespace = _find_version(root, self.name)
        (metadata,) = root.findall(f"{{{ODM}}}Study/{{{ODM}}}MetaDataVersion")
        self._prefixes = {"": ODM, "def": namespace, "xlink": XLINK, "xml": XML}
        self.study = cast("etree._Element", metadata.getparent())
        self.root, self.metadata = root, metadata

    def index(self, name: str, identifier: str = "OID") -> dict[str, etree._Element]:
        """The definitions of a kind by their identifier."""
        return {self.get(element, identifier): element for element in self.metadata.iter(self.tag(name))}

    def tag(self, name: str) -> str:
        """A name as lxml spells it."""
        prefix, _, local = name.rpartition(":")
        return f"{{{self._prefixes[prefix]}}}{local}"

    def get(self, element: etree._Element | None, name: str) -> str:
        """An attribute with blanks as single spaces; an empty text where there is none."""
        if element is None:
            return ""
        return _squeeze(str(element.get(self.tag(name) if ":" in name else name, "")))

    def children(self, element: etree._Element | None, name: str) -> list[etree._Element]:
        """The children of a name."""
        return [] if element is None else element.findall(self.tag(name))

    def child(self, element: etree._Element | None, name: str) -> etree._Element | None:
        """The first child of a name, or None."""
        return next(iter(self.children(element, name)), None)

    def text(self, element: etree._Element | None, name: str = "") -> str:
        """The text of an element (of its child `name`, where given), blanks as single spaces.

        Of several translations each is led by its language; a single one is taken as it is.
        """
        found = self.child(element, name) if name else element
        if found is None:
            return ""
        texts = self.children(found, "TranslatedText")
        if len(texts) < 2:
            return _squeeze(_text_in(found))
        told = sorted((self.get(one, "xml:lang"), _squeeze(_text_in(one))) for one in texts)
        return " | ".join(f"{language}: {text}" for language, text in told)

    def texts(self, element: etree._Element | None, name: str) -> tuple[str, ...]:
        """The translations of a child in the order of the file, blanks as single spaces; its text where it has none."""
        found = self.child(element, name)
        if found is None:
            return ()
        return tuple(_squeeze(_text_in(one)) for one in self.children(found, "TranslatedText") or [found])

    def nci_code(self, element: etree._Element) -> str:
        """The NCI C-code of a codelist or term."""
        return self.alias(element, NCI_CODE)

    def alias(self, element: etree._Element, context: str) -> str:
        """The alias of an element in a context."""
        found = (one for one in self.children(element, "Alias") if one.get("Context") == context)
        return " ".join(sorted(self.get(one, "Name") for one in found))


def _squeeze(text: str) -> str:
    """A text without the line breaks and indentation of its file; blanks inside a line count."""
    return re.sub(r"[ \t]*[\r\n][ \t\r\n]*", " ", text.strip(" \t\r\n"))


def _parse(source: Path | bytes, name: str) -> etree._Element:
    """The root element. Nothing is fetched, nothing is expanded, and a document type declaration is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source if isinstance(source, bytes) else source.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        message = f"the file is not well-formed XML: {error.msg}"
        raise ProblemsError([Problem("DEF001", message, place=Place(file=name, line=error.lineno or 1))]) from error
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or type(error).__name__}"
        raise ProblemsError([Problem("DEF001", message, place=Place(file=name))]) from error
    if cast("Any", root.getroottree().docinfo).doctype:
        message = "the file has a document type declaration, which a define.xml must not have"
        raise ProblemsError([Problem("DEF001", message, place=Place(file=name, line=1))])
    return root


def _find_version(root: etree._Element, name: str) -> tuple[str, str]:
    """The number of the Define-XML version and its namespace; problems name the file."""
    try:
        return find_version(root, DEF_NAMESPACES)
    except ProblemsError as error:
        place = Place(file=name, line=line_of(root))
        raise ProblemsError([replace(problem, place=place) for problem in error.problems]) from None


def line_of(element: Any) -> int:
    """The line an element begins on; the type stubs of lxml do not know that it is a number."""
    return element.sourceline or 1


def _text_in(element: Any) -> str:
    """All text inside an element."""
    return "".join(element.itertext())
