"""Links and bookmarks inside a PDF: where each leads, and which lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, IndirectObject, NullObject


@dataclass(frozen=True, slots=True)
class PdfLinks:
    """What a reader can follow in a PDF, and what is wrong with it; pages count from 1."""

    pages: int
    links: int
    bookmarks: int
    dead: tuple[str, ...]
    """Each link or bookmark that leads nowhere, in words."""
    files: tuple[str, ...]
    """Other files that links lead to, relative to the PDF."""


def read_links(path: Path) -> PdfLinks:
    """All links and bookmarks of a PDF. One that cannot be read is one dead entry that says so.

    A link leads to a page of the document, to a named place in it, to another file or to an address; a page that the
    document does not have, a name that it does not know, and a link without a goal lead nowhere.
    """
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            return PdfLinks(0, 0, 0, ("the document is encrypted",), ())
        return _Reading(reader).read()
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        return PdfLinks(0, 0, 0, (f"the document cannot be read: {error}",), ())


class _Reading:
    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._numbers = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages, 1)
                         if page.indirect_reference is not None}  # fmt: skip
        self._names = reader.named_destinations
        self._dead: list[str] = []
        self._files: list[str] = []

    def read(self) -> PdfLinks:
        links = 0
        for number, page in enumerate(self._reader.pages, 1):
            for link in _list_links(page):
                links += 1
                self._follow(link, f"a link on page {number}")
        bookmarks = 0
        for title, item in _list_bookmarks(self._reader.root_object.get("/Outlines")):
            bookmarks += 1
            self._follow(item, f"the bookmark '{title}'")
        files = tuple(dict.fromkeys(self._files))
        return PdfLinks(len(self._reader.pages), links, bookmarks, tuple(self._dead), files)

    def _follow(self, source: Any, what: str) -> None:
        action = _resolve(source.get("/A"))
        kind = action.get("/S") if action else None
        if kind == "/URI":
            return
        if kind in ("/GoToR", "/Launch"):
            name = _resolve(action.get("/F"))
            self._files.append(str(name.get("/UF") or name.get("/F") or "") if isinstance(name, dict) else str(name))
            return
        goal = _resolve(source.get("/Dest")) if action is None else _resolve(action.get("/D"))
        if isinstance(goal, str):
            if goal not in self._names:
                self._dead.append(f"{what} leads to '{goal}', which is no place of the document")
            return
        if not isinstance(goal, ArrayObject) or not goal:
            self._dead.append(f"{what} has no goal")
        elif self._find_page(goal[0]) is None:
            self._dead.append(f"{what} leads to a page that the document does not have")

    def _find_page(self, page: Any) -> int | None:
        if isinstance(page, IndirectObject):
            return self._numbers.get(page.idnum)
        return int(page) + 1 if isinstance(page, int) and 0 <= page < len(self._numbers) else None


def _resolve(found: Any) -> Any:
    value = found.get_object() if found is not None else None
    return None if isinstance(value, NullObject) else value


def _list_links(page: Any) -> Iterator[Any]:
    annotations: Sequence[Any] = _resolve(page.get("/Annots")) or ()
    for one in annotations:
        annotation = one.get_object()
        if annotation.get("/Subtype") == "/Link":
            yield annotation


def _list_bookmarks(outlines: Any) -> Iterator[tuple[str, Any]]:
    """Bookmarks in their order, those below others after them; each once, whatever the file says."""
    seen: set[int] = set()
    waiting = [_resolve(outlines)]
    first = True
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if not first:
            yield str(node.get("/Title", "")), node
            waiting.append(_resolve(node.get("/Next")))
        first = False
        waiting.append(_resolve(node.get("/First")))
