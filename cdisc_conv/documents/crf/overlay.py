"""Put the annotations of a CRF on the pages of a blank one that the study has.

The form's pages are those that ``page`` says. A field is found by its label (or its name) in the text of these pages;
its annotations stand right of it. What is not found that way is listed at the foot of the form's first page, field by
field, so that no annotation is missing. The pages themselves are not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from cdisc_conv.columns.texts import fold
from cdisc_conv.documents.crf import layout as at
from cdisc_conv.documents.crf.draw import COLOURS, GREY, NONE, Visits, draw_text
from cdisc_conv.documents.crf.model import Annotation, Crf, CrfForm, CrfPages, Question
from cdisc_conv.documents.fonts import BOLD, Fonts
from cdisc_conv.documents.pdf import PRODUCER, open_canvas

GAP = 6.0
EDGE = 12.0
"""What is kept free at the edges of a page."""


@dataclass(frozen=True, slots=True)
class Word:
    """A text on a page and where it begins."""

    text: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank CRF: its bytes, and the texts and the size of every page."""

    content: bytes
    words: tuple[tuple[Word, ...], ...]
    sizes: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the annotations of a field stand; without a place they are at the foot of the page."""

    page: int
    question: Question
    x: float = 0.0
    y: float | None = None


def read_blank(path: Path) -> Blank:
    """A blank CRF. Raises ValueError with a sentence when it is not a PDF that can be read."""
    try:
        content = path.read_bytes()
        reader = PdfReader(BytesIO(content))
        words = tuple(tuple(_list_words(page)) for page in reader.pages)
        sizes = tuple((float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages)
    except (OSError, PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"the blank CRF '{path.name}' cannot be read: {error}") from None
    if not sizes:
        raise ValueError(f"the blank CRF '{path.name}' has no pages")
    return Blank(content, words, sizes)


def place_fields(crf: Crf, blank: Blank, fonts: Fonts) -> list[Spot]:
    """Where every field stands, form by form; fields of forms without a page are left out."""
    return [spot for form in crf.forms for spot in _place_form(form, blank, fonts)]


def find_pages(crf: Crf, spots: Sequence[Spot]) -> CrfPages:
    """The pages of the forms as they are stated, and those on which the fields were found."""
    forms = {form.name: form.pages for form in crf.forms}
    by_question = {id(question): form.name for form in crf.forms for question in (*form.questions, *form.added)}
    return CrfPages(forms, {(by_question[id(one.question)], one.question.name): one.page for one in spots})


def annotate_blank(crf: Crf, blank: Blank, fonts: Fonts, visits: Visits = ()) -> bytes:
    """The blank CRF with annotations, headings of the datasets and bookmarks; the same bytes for the same content."""
    spots = place_fields(crf, blank, fonts)
    writer = PdfWriter(clone_from=PdfReader(BytesIO(blank.content)))
    for number, page in enumerate(writer.pages, start=1):
        forms = [form for form in crf.forms if number in form.pages]
        if forms:
            here = [spot for spot in spots if spot.page == number]
            page.merge_page(_draw_overlay(crf, forms, here, blank.sizes[number - 1], fonts))
    _add_bookmarks(writer, crf, visits)
    clock = datetime.fromisoformat(crf.created).strftime("D:%Y%m%d%H%M%S")
    writer.metadata = None
    writer.add_metadata(
        {
            "/Title": f"{crf.study} Annotated CRF",
            "/Producer": PRODUCER,
            "/CreationDate": clock,
            "/ModDate": clock,
        }
    )
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _list_words(page: PageObject) -> Iterator[Word]:
    found: list[Word] = []

    def note(text: str, current: Sequence[float], matrix: Sequence[float], _: object, size: float) -> None:
        if text.strip():
            x, y = matrix[4], matrix[5]
            place = (current[0] * x + current[2] * y + current[4], current[1] * x + current[3] * y + current[5])
            found.append(Word(" ".join(text.split()), *place, abs(size * matrix[3] * current[3]) or size))

    page.extract_text(visitor_text=note)
    yield from found


def _place_form(form: CrfForm, blank: Blank, fonts: Fonts) -> Iterator[Spot]:
    pages = [number for number in form.pages if 1 <= number <= len(blank.words)]
    taken: set[tuple[int, int]] = set()
    for question in (*form.questions, *form.added) if pages else ():
        places = ((number, index) for number in pages for index in range(len(blank.words[number - 1])))
        names = {fold(question.label).rstrip(":? *"), fold(question.name)}
        found = next(
            (
                (number, index)
                for number, index in places
                if (number, index) not in taken and fold(blank.words[number - 1][index].text).rstrip(":? *") in names
            ),
            None,
        )
        if found is None:
            yield Spot(pages[0], question)
            continue
        taken.add(found)
        number, index = found
        word = blank.words[number - 1][index]
        yield Spot(number, question, word.x + fonts.width(word.text, word.size) + GAP, word.y)


def _draw_overlay(
    crf: Crf, forms: Sequence[CrfForm], spots: Sequence[Spot], size: tuple[float, float], fonts: Fonts
) -> PageObject:
    buffer = BytesIO()
    canvas = open_canvas(buffer, size, "", "", crf.created)
    datasets = dict.fromkeys(one for form in forms for one in form.datasets)
    colours = {name: COLOURS[number % len(COLOURS)] for number, (name, _) in enumerate(datasets)}
    x = EDGE
    for dataset in datasets:
        width = at.heading_width(dataset, fonts)
        _draw_box(canvas, (x, size[1] - EDGE - 12, width, 12), colours[dataset[0]])
        draw_text(canvas, fonts, (x + 5, size[1] - EDGE - 9), at.heading_text(dataset), at.SIZE, BOLD)
        x += width + GAP
    for spot in spots:
        if spot.y is not None:
            _draw_notes(canvas, fonts, spot.question.annotations, (spot.x, spot.y, size[0] - EDGE), colours)
    _draw_rest(canvas, fonts, [spot.question for spot in spots if spot.y is None], size, colours)
    canvas.showPage()
    canvas.save()
    return PdfReader(buffer).pages[0]


def _draw_notes(
    canvas: Canvas,
    fonts: Fonts,
    notes: Sequence[Annotation],
    place: tuple[float, float, float],
    colours: dict[str, str],
) -> None:
    """The annotations of a field beside each other, right of its label; moved left where the page would end."""
    x, y, edge = place
    for note in notes:
        width = min(fonts.width(note.text, at.SMALL) + 6, edge - EDGE)
        if x + width > edge:
            x, y = max(edge - width, EDGE), y - at.SMALL_LEADING - (0 if x == place[0] else 2)
        _draw_box(canvas, (x, y - 2, width, at.SMALL_LEADING), colours.get(note.dataset, NONE))
        draw_text(canvas, fonts, (x + 3, y), fonts.wrap(note.text, width - 5, at.SMALL)[0], at.SMALL)
        x += width + 3


def _draw_rest(
    canvas: Canvas, fonts: Fonts, questions: Sequence[Question], size: tuple[float, float], colours: dict[str, str]
) -> None:
    """Fields whose labels are not on the page, from its foot upwards."""
    y = EDGE
    for question in reversed(questions):
        for note in reversed(question.annotations):
            for line in reversed(fonts.wrap(f"{question.label}: {note.text}", size[0] - 2 * EDGE - 6, at.SMALL)):
                width = fonts.width(line, at.SMALL) + 6
                _draw_box(canvas, (EDGE, y - 2, width, at.SMALL_LEADING), colours.get(note.dataset, NONE))
                draw_text(canvas, fonts, (EDGE + 3, y), line, at.SMALL)
                y += at.SMALL_LEADING + 1


def _draw_box(canvas: Canvas, box: tuple[float, float, float, float], colour: str) -> None:
    canvas.setFillColor(HexColor(colour))
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.4)
    canvas.rect(*box, stroke=1, fill=1)


def _add_bookmarks(writer: PdfWriter, crf: Crf, visits: Visits) -> None:
    known = {form.name: form for form in crf.forms if form.pages and form.pages[0] <= len(writer.pages)}
    if not known:
        return
    first = min(form.pages[0] for form in known.values()) - 1
    top = writer.add_outline_item(title="Forms", page_number=first)
    for form in known.values():
        writer.add_outline_item(title=form.label or form.name, page_number=form.pages[0] - 1, parent=top)
    shown = [(visit, [known[name] for name in names if name in known]) for visit, names in visits]
    if not any(forms for _, forms in shown):
        return
    top = writer.add_outline_item(title="Visits", page_number=first, is_open=False)
    for visit, forms in shown:
        if forms:
            parent = writer.add_outline_item(title=visit, page_number=forms[0].pages[0] - 1, parent=top, is_open=False)
            for form in forms:
                writer.add_outline_item(title=form.label or form.name, page_number=form.pages[0] - 1, parent=parent)
