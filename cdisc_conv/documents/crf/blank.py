"""A blank CRF: the texts and fields of its pages, where they stand as a reader sees the page.

A page may be turned (``/Rotate``) and be a part of a larger one (``/CropBox``); all places here are those on the page
as it is shown, from its lower left corner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, PyPdfError

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A text on a page, where it begins, and its size; ``end`` is where a field to fill in ends."""

    text: str
    x: float
    y: float
    size: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class BlankPage:
    """What stands on a page, its width and height as it is shown, and what leads from there to its own coordinates."""

    words: tuple[Word, ...]
    fields: tuple[Word, ...]
    """Fields to fill in, by their name and by what they are called to the user."""
    size: tuple[float, float]
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank CRF: its bytes and its pages."""

    content: bytes
    pages: tuple[BlankPage, ...]


def read_blank(path: Path) -> Blank:
    """A blank CRF. Raises ValueError with a sentence when it is not a PDF that can be read."""
    try:
        content = path.read_bytes()
        pages = tuple(_read_page(page) for page in PdfReader(BytesIO(content)).pages)
    except (OSError, PyPdfError, DependencyError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"the blank CRF '{path.name}' cannot be read: {error}") from None
    if not pages:
        raise ValueError(f"the blank CRF '{path.name}' has no pages")
    return Blank(content, pages)


def _read_page(page: PageObject) -> BlankPage:
    box = page.cropbox
    left, bottom = float(box.left), float(box.bottom)
    width, height = float(box.width), float(box.height)
    turn = page.rotation % 360
    size = (height, width) if turn in (90, 270) else (width, height)
    matrix = _lead_back(turn, left, bottom, width, height)
    words = tuple(_turn(word, matrix) for word in _list_words(page))
    return BlankPage(words, tuple(_list_fields(page, matrix)), size, matrix)


def _lead_back(turn: int, left: float, bottom: float, width: float, height: float) -> Matrix:
    """From the page as it is shown to its own coordinates."""
    if turn == 90:
        return (0, 1, -1, 0, left + width, bottom)
    if turn == 180:
        return (-1, 0, 0, -1, left + width, bottom + height)
    if turn == 270:
        return (0, -1, 1, 0, left, bottom + height)
    return (1, 0, 0, 1, left, bottom)


def _show(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    """A place of the page as it is shown. The matrix turns and moves, so its inverse is its transpose."""
    a, b, c, d, e, f = matrix
    return a * (x - e) + b * (y - f), c * (x - e) + d * (y - f)


def _turn(word: Word, matrix: Matrix) -> Word:
    return Word(word.text, *_show(word.x, word.y, matrix), word.size)


def _list_words(page: PageObject) -> Iterator[Word]:
    found: list[Word] = []

    def note(text: str, current: Sequence[float], matrix: Sequence[float], _: object, size: float) -> None:
        if text.strip():
            x, y = matrix[4], matrix[5]
            place = (current[0] * x + current[2] * y + current[4], current[1] * x + current[3] * y + current[5])
            found.append(Word(" ".join(text.split()), *place, abs(size * matrix[3] * current[3]) or size))

    page.extract_text(visitor_text=note)
    yield from found


def _list_fields(page: PageObject, matrix: Matrix) -> Iterator[Word]:
    for reference in page.get("/Annots") or ():
        widget = reference.get_object()
        box = widget.get("/Rect")
        if widget.get("/Subtype") != "/Widget" or not box:
            continue
        parent = widget.get("/Parent")
        owner = widget if "/T" in widget or parent is None else parent.get_object()
        corners = [_show(float(box[at]), float(box[at + 1]), matrix) for at in (0, 2)]
        (x, right), (y, top) = (sorted(values) for values in zip(*corners, strict=True))
        for name in dict.fromkeys(str(owner[key]) for key in ("/T", "/TU") if key in owner):
            yield Word(" ".join(name.split()), x, y, top - y, right)
