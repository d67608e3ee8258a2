"""Put the annotations of a CRF on the pages of a blank one that the study has.

The form's pages are those that ``page`` says. A field is found by its label (or its name) in the text of these pages,
or as a field to fill in of that name; its annotations stand right of all that is in its line, such as choices and
fields to fill in. What is not found that way is listed at the foot of the form's first page, field by field, so that no
annotation is missing. The pages themselves are not changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from cdisc_conv.columns.texts import fold
from cdisc_conv.documents.crf import layout as at
from cdisc_conv.documents.crf.blank import Blank, Word
from cdisc_conv.documents.crf.draw import COLOURS, GREY, NONE, Visits, draw_text
from cdisc_conv.documents.crf.model import Annotation, Crf, CrfForm, CrfPages, Question
from cdisc_conv.documents.fonts import BOLD, Fonts
from cdisc_conv.documents.pdf import PRODUCER, open_canvas

GAP = 6.0
EDGE = 12.0
"""What is kept free at the edges of a page."""
MOST_COLUMNS = 4
MOST_TEXTS = 12
"""Texts in which a label may be written."""
ANSWERS = (":", "?", "*", "_", "[", "(", "|", "\u25a1", "\u25cb", "\u2610")
"""Signs that follow a label where its answers stand in the same text."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the annotations of a field stand; without a place they are at the foot of the page."""

    page: int
    question: Question
    x: float = 0.0
    y: float | None = None


def place_fields(crf: Crf, blank: Blank, fonts: Fonts) -> list[Spot]:
    """Where every field stands, form by form; fields of forms without a page are left out."""
    return [spot for form in crf.forms for spot in _place_form(form, blank, fonts)]


def find_pages(crf: Crf, spots: Sequence[Spot]) -> CrfPages:
    """The pages of the forms as they are stated, and those on which the fields were found."""
    forms = {form.name: form.pages for form in crf.forms}
    by_question = {id(question): form.name for form in crf.forms for question in (*form.questions, *form.added)}
    return CrfPages(forms, {(by_question[id(one.question)], one.question.name): one.page for one in spots})


def list_unplaced(crf: Crf, spots: Sequence[Spot]) -> list[CrfForm]:
    """Forms with fields of which none is found on its pages."""
    found = {id(one.question) for one in spots if one.y is not None}
    known = {id(one.question) for one in spots}
    return [
        form
        for form in crf.forms
        if (mine := {id(question) for question in form.questions} & known) and not mine & found
    ]


def annotate_blank(crf: Crf, blank: Blank, fonts: Fonts, visits: Visits = ()) -> bytes:
    """The blank CRF with annotations, headings of the datasets and bookmarks; the same bytes for the same content."""
    spots = place_fields(crf, blank, fonts)
    writer = PdfWriter(clone_from=PdfReader(BytesIO(blank.content)))
    for number, page in enumerate(writer.pages, start=1):
        forms = [form for form in crf.forms if number in form.pages]
        if forms:
            here = [spot for spot in spots if spot.page == number]
            shown = blank.pages[number - 1]
            drawn = _draw_overlay(crf, forms, here, shown.size, fonts)
            page.merge_transformed_page(drawn, Transformation(shown.matrix), expand=False)
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


def _place_form(form: CrfForm, blank: Blank, fonts: Fonts) -> Iterator[Spot]:
    pages = [number for number in form.pages if 1 <= number <= len(blank.pages)]
    taken: set[tuple[int, int]] = set()
    for question in (*form.questions, *form.added) if pages else ():
        names = {_fold(question.label), _fold(question.name)} - {""}
        found = next(_find(names, pages, blank, taken), None)
        if found is None:
            yield Spot(pages[0], question)
            continue
        number, words = found
        page = blank.pages[number - 1]
        taken |= {(number, id(word)) for word in words}
        first = words[0]
        beside = [word for word in (*page.words, *page.fields) if _is_right_of(word, first)]
        end = max(_find_end(word, fonts) for word in (*words, *beside))
        yield Spot(number, question, end + GAP, first.y if first.end is None else first.y + 2)


def _find(
    names: Collection[str], pages: Sequence[int], blank: Blank, taken: Collection[tuple[int, int]]
) -> Iterator[tuple[int, tuple[Word, ...]]]:
    """Places of a field, the best first: its label alone, in several texts, before its answers; a field to fill in."""
    free = [
        (number, [word for word in blank.pages[number - 1].words if (number, id(word)) not in taken])
        for number in pages
    ]
    for number, words in free:
        yield from ((number, (word,)) for word in words if _fold(word.text) in names)
    for number, words in free:
        yield from ((number, run) for run in _list_runs(words) if _fold(" ".join(one.text for one in run)) in names)
    for number, words in free:
        yield from ((number, (word,)) for word in words if _begins(word.text, names))
    for number in pages:
        for word in blank.pages[number - 1].fields:
            if (number, id(word)) not in taken and (
                _fold(word.text) in names or _fold(word.text.split(".")[-1]) in names
            ):
                yield number, (word,)


def _list_runs(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Texts that stand one after another in a line, as many as a label may be written in."""
    for start, first in enumerate(words):
        for length in range(2, MOST_TEXTS + 1):
            run = tuple(words[start : start + length])
            if len(run) < length or abs(run[-1].y - first.y) > first.size / 2:
                break
            yield run


def _begins(text: str, names: Collection[str]) -> bool:
    """Whether a text is a label and what is to be ticked or filled in behind it."""
    folded = fold(text)
    return any(folded.startswith(name) and folded[len(name) :].lstrip()[:1] in ANSWERS for name in names)


def _fold(text: str) -> str:
    return fold(text).rstrip(":? *._")


def _is_right_of(word: Word, first: Word) -> bool:
    """Whether a text, or a field to fill in, stands in the line of another, behind it."""
    height = word.size if word.end is not None else 0
    return word.x > first.x and word.y - first.size / 2 <= first.y <= word.y + height + first.size / 2


def _find_end(word: Word, fonts: Fonts) -> float:
    return word.x + fonts.width(word.text, word.size) if word.end is None else word.end


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
    """Fields whose labels are not on the page, at its foot, in as many columns as they need."""
    notes = [(f"{one.label}: {note.text}", note.dataset) for one in questions for note in one.annotations]
    fits = int((size[1] - 4 * EDGE) // (at.SMALL_LEADING + 1))
    for count in range(1, MOST_COLUMNS + 1):
        wide = (size[0] - (count + 1) * EDGE) / count
        lines = [(line, dataset) for text, dataset in notes for line in fonts.wrap(text, wide - 6, at.SMALL)]
        if len(lines) <= fits * count:
            break
    rows = -(-len(lines) // count)
    for place, (line, dataset) in enumerate(lines):
        column, row = divmod(place, rows)
        x, y = EDGE + column * (wide + EDGE), EDGE + (rows - 1 - row) * (at.SMALL_LEADING + 1)
        _draw_box(canvas, (x, y - 2, fonts.width(line, at.SMALL) + 6, at.SMALL_LEADING), colours.get(dataset, NONE))
        draw_text(canvas, fonts, (x + 3, y), line, at.SMALL)


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
