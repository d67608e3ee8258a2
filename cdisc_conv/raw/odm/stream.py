"""The elements of an ODM file one after the other, without entities, without a DTD, without a tree."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import IO, Any

from lxml import etree

from cdisc_conv.problems import Place, Problem, ProblemsError

_PROLOG = 1 << 20
_NAMESPACE = re.compile(r"\{[^}]*/odm/v?(\d)[.\d]*\}")


@cache
def local(tag: Any) -> str:
    """The name of an element or attribute without its namespace.

    >>> local("{http://www.cdisc.org/ns/odm/v1.3}ItemData")
    'ItemData'
    """
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def is_odm(head: bytes) -> bool:
    """Whether a file that begins with these bytes is an ODM file: its root is ODM, or a part of one in ODM's namespace.

    >>> is_odm(b'<?xml version="1.0"?><ODM FileType="Snapshot">'), is_odm(b"<html>")
    (True, False)
    """
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf")
    text = re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", text, flags=re.DOTALL)
    text = re.sub(rb"<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", b"", text, flags=re.DOTALL)
    root = re.search(rb"<\s*([\w.-]+:)?([\w.-]+)([^>]*)", text)
    if root is None:
        return bool(re.search(rb"<ODM[\s>]", text))
    return root[2] == b"ODM" or (
        b"cdisc.org/ns/odm/" in root[3] and root[2] in (b"Study", b"MetaDataVersion", b"ClinicalData")
    )


def parse(file: IO[bytes], shown: str, names: Iterable[str] = ()) -> Iterator[tuple[str, Any]]:
    """(event, element) of a file, event ``start`` or ``end``; who is done with an element clears it.

    `names` are the elements that are of interest, without namespace; none for all.

    Raises ProblemsError: ODM001 not well formed, ODM002 entities, ODM003 not ODM.
    """
    prolog = file.read(_PROLOG)
    _refuse_entities(prolog, shown)
    file.seek(0)
    events = etree.iterparse(
        file,
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in names] or None,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    first = True
    try:
        for event, element in events:
            if first:
                _check_root(element.getroottree().getroot(), shown)
                first = False
            yield event, element
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        message = f"the file is not well-formed XML: {error.msg}"
        hint = "it may be cut off; export it again" if "Premature" in str(error.msg) else "export it again"
        raise ProblemsError([Problem("ODM001", message, place=Place(file=shown, line=line), hint=hint)]) from None


def open_bytes(data: bytes) -> IO[bytes]:
    """Bytes as a file."""
    return io.BytesIO(data)


def _refuse_entities(prolog: bytes, shown: str) -> None:
    """ODM002, before anything is parsed: what declares entities could make a small file endless."""
    text = prolog.replace(b"\0", b"")
    start = text.find(b"<!DOCTYPE")
    if start >= 0 and b"<!ENTITY" in text[start:]:
        line = text[: text.find(b"<!ENTITY", start)].count(b"\n") + 1
        message = "the file declares entities, which ODM does not need and which are not read"
        hint = "take the DOCTYPE out, or export the file again"
        raise ProblemsError([Problem("ODM002", message, place=Place(file=shown, line=line), hint=hint)])


def _check_root(root: Any, shown: str) -> None:
    name = local(root.tag)
    place = Place(file=shown, line=root.sourceline or 0)
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        message = "the file declares entities, which ODM does not need and which are not read"
        raise ProblemsError([Problem("ODM002", message, place=place, hint="take the DOCTYPE out")])
    if name not in ("ODM", "Study", "MetaDataVersion", "ClinicalData"):
        message = f"the file is XML with the root element {name or root.tag}, not ODM"
        raise ProblemsError([Problem("ODM003", message, place=place, hint="give an ODM-XML file")])


def version_of(root: Any) -> tuple[int, str]:
    """The generation of an ODM file (1 or 2) and the version it says; by the namespace where it says none."""
    said = root.get("ODMVersion", "")
    match = _NAMESPACE.match(str(root.tag))
    if said[:1].isdigit():
        return int(said[0]), said
    return (int(match[1]) if match else 1), said


def text_of(element: Any) -> str:
    """The words of a Description, Question, Decode or Symbol: in English, or without a language, or the first there
    are.

    The text of the element itself where it holds no TranslatedText.
    """
    found = [child for child in element.iter() if local(child.tag) == "TranslatedText"]
    if not found:
        return " ".join("".join(element.itertext()).split())
    xml_lang = "{http://www.w3.org/XML/1998/namespace}lang"
    english = [one for one in found if str(one.get(xml_lang, "en")).lower().startswith("en")]
    return " ".join("".join((english or found)[0].itertext()).split())
