"""Draw a CRF that is laid out: contents with links, one page or more per form, bookmarks by form and by visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from cdisc_conv.documents.crf import layout as at
from cdisc_conv.documents.crf.layout import Layout, Note, Page, Row
from cdisc_conv.documents.fonts import BOLD, ITALIC, REGULAR, Fonts
from cdisc_conv.documents.pdf import open_canvas

COLOURS = ("#BFE3F7", "#FFF2A8", "#C8EFC4", "#FAD4B5", "#E3D0F5", "#F9CADB", "#CFE8E4", "#E5E5B5")
"""Of the datasets of a form, in order; all are light enough for black text, and its name stands beside each."""

NONE = "#E8E8E8"
"""Behind what is not submitted."""

INK, GREY, RULE = HexColor("#1A1A1A"), HexColor("#666666"), HexColor("#C9CED6")

Visits = Sequence[tuple[str, Sequence[str]]]
"""Name of a visit -> names of its forms, in the order of the visits."""


def draw_crf(layout: Layout, fonts: Fonts, visits: Visits = ()) -> bytes:
    """The PDF of a CRF. Its bytes depend on the layout, the fonts and the visits alone."""
    buffer = BytesIO()
    crf = layout.crf
    canvas = open_canvas(buffer, at.PAGE, f"{crf.study} Annotated CRF", crf.title, crf.created)
    pen = _Pen(canvas, fonts, layout)
    bookmarks = list_bookmarks(layout, visits)
    for number in range(1, layout.contents + len(layout.pages) + 1):
        canvas.bookmarkPage(f"page{number}")
        for key, bookmark in enumerate(bookmarks):
            if bookmark.page == number:
                canvas.bookmarkPage(f"bookmark{key}")
        if number <= layout.contents:
            pen.draw_contents(number)
        else:
            pen.draw_page(layout.pages[number - layout.contents - 1])
        canvas.showPage()
    for key, bookmark in enumerate(bookmarks):
        canvas.addOutlineEntry(bookmark.title, f"bookmark{key}", bookmark.level, closed=bookmark.closed)
    canvas.save()
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline; ``level`` 0 is the outermost."""

    title: str
    page: int
    level: int = 0
    closed: bool = False


def list_bookmarks(layout: Layout, visits: Visits) -> list[Bookmark]:
    """The contents, every form, and the forms of every visit."""
    pages = {name: numbers[0] for name, numbers in layout.where().forms.items()}
    labels = {form.name: form.label or form.name for form in layout.crf.forms}
    found = [Bookmark("Contents", 1)]
    if pages:
        found.append(Bookmark("Forms", layout.contents + 1))
    found += [Bookmark(labels[name], page, 1) for name, page in pages.items()]
    known = [(visit, [name for name in names if name in pages]) for visit, names in visits]
    known = [(visit, names) for visit, names in known if names]
    if known:
        found.append(Bookmark("Visits", pages[known[0][1][0]], closed=True))
    for visit, names in known:
        found.append(Bookmark(visit, pages[names[0]], 1, closed=True))
        found += [Bookmark(labels[name], pages[name], 2) for name in names]
    return found


class _Pen:
    """What draws on the canvas; it holds nothing but the canvas, the fonts and the layout."""

    def __init__(self, canvas: Canvas, fonts: Fonts, layout: Layout) -> None:
        self._canvas = canvas
        self._fonts = fonts
        self._layout = layout
        self._total = layout.contents + len(layout.pages)

    def draw_contents(self, number: int) -> None:
        """The forms, with links to their pages."""
        canvas, crf = self._canvas, self._layout.crf
        self._frame("Annotated Case Report Form" if number == 1 else "Forms (continued)", number)
        per_page = int((at.TOP - at.BOTTOM) // at.CONTENTS_LEADING)
        forms = crf.forms[(number - 1) * per_page : number * per_page]
        pages = self._layout.where().forms
        y = at.TOP
        if not crf.forms:
            self.text(at.MARGIN, y - 12, "The data dictionary of the study has no forms.", 10)
        for form in forms:
            y -= at.CONTENTS_LEADING
            first = pages[form.name][0]
            datasets = ", ".join(name for name, _ in form.datasets)
            room = at.NOTES[0] - at.MARGIN - 12
            self.text(at.MARGIN, y, self._shorten(form.label or form.name, room, 9.5), 9.5)
            self.text(at.NOTES[0], y, self._shorten(datasets or "not submitted", at.NOTES[1] - 30, 8), 8, colour=GREY)
            self._right(str(first), y, 9.5)
            canvas.setStrokeColor(RULE)
            canvas.setLineWidth(0.3)
            canvas.line(at.MARGIN, y - 4, at.PAGE[0] - at.MARGIN, y - 4)
            area = (at.MARGIN, y - 4, at.PAGE[0] - at.MARGIN, y + 10)
            canvas.linkRect("", f"page{first}", area, relative=0, thickness=0)

    def draw_page(self, page: Page) -> None:
        """A page of a form."""
        label = page.form.label or page.form.name
        part = f" ({page.part} of {page.parts})" if page.parts > 1 else ""
        self._frame(f"{label}{part}", page.number)
        colours = _colours(page)
        y = at.TOP
        for line in page.datasets:
            x = at.MARGIN
            for dataset in line:
                width = at.heading_width(dataset, self._fonts)
                self._box(x, y - at.HEADING + 3, width, at.HEADING - 3, colours[dataset[0]])
                self.text(x + 5, y - at.HEADING + 6, at.heading_text(dataset), at.SIZE, BOLD)
                x += width + 6
            y -= at.HEADING
        for row in page.rows:
            self._draw_row(row, colours)

    def _frame(self, title: str, number: int) -> None:
        """Head and foot of a page."""
        canvas, crf = self._canvas, self._layout.crf
        right = at.PAGE[0] - at.MARGIN
        self.text(at.MARGIN, at.PAGE[1] - 36, crf.study, 8, colour=GREY)
        room = right - at.MARGIN
        size = next((size for size in (14, 12, 10.5, 9) if self._fonts.width(title, size, BOLD) <= room), 8)
        lines = self._fonts.wrap(title, room, size, BOLD)[:2]
        for index, line in enumerate(lines):
            self.text(at.MARGIN, at.PAGE[1] - 54 - index * 10, line, size, BOLD)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.8)
        canvas.line(at.MARGIN, at.PAGE[1] - 70, right, at.PAGE[1] - 70)
        room -= 90
        self.text(at.MARGIN, 26, self._shorten(crf.title, room, 7), 7, colour=GREY)
        self._right(f"Page {number} of {self._total}", 26, 7, GREY)

    def _draw_row(self, row: Row, colours: Mapping[str, str]) -> None:
        if row.kind == "heading":
            self.text(at.MARGIN, row.top - at.HEADING + 2, row.label[0], at.SIZE, BOLD, GREY)
            self._rule(row.top - at.HEADING - 2)
            return
        small = row.kind in ("added", "text")
        size, leading = (at.SMALL, at.SMALL_LEADING) if small else (at.SIZE, at.LEADING)
        top = row.top if small else row.top - at.PADDING
        y = top
        for line in row.label:
            y -= leading
            italic = line == "(continued)" or row.kind == "text"
            self.text(at.LABEL[0], y + 2, line, size, ITALIC if italic else BOLD)
        if row.name and not small:
            y -= at.SMALL_LEADING
            self.text(at.LABEL[0], y + 2, row.name, at.SMALL, colour=GREY)
        y = top
        for answer in row.answer:
            y -= leading
            indent = 14 if answer.box else 0
            self._tick(answer.box, at.ANSWER[0] + 4, y + 4.6)
            self.text(at.ANSWER[0] + indent, y + 2, answer.text, size)
        y = top
        for note in row.notes:
            self._draw_note(note, y, colours)
            y -= note.height
        if not small:
            self._rule(row.top - row.height)

    def _draw_note(self, note: Note, top: float, colours: Mapping[str, str]) -> None:
        height = note.height - at.NOTE_GAP + 2
        width = max(self._fonts.width(line, at.NOTE_SIZE) for line in note.lines) + 8
        self._box(at.NOTES[0], top - height, width, height, colours.get(note.dataset, NONE))
        for index, line in enumerate(note.lines):
            self.text(at.NOTES[0] + 4, top - (index + 1) * at.NOTE_LEADING + 1.5, line, at.NOTE_SIZE)

    def _tick(self, box: str, x: float, y: float) -> None:
        self._canvas.setStrokeColor(GREY)
        self._canvas.setLineWidth(0.7)
        if box == "one":
            self._canvas.circle(x, y, 3.2)
        elif box == "several":
            self._canvas.rect(x - 3.2, y - 3.2, 6.4, 6.4)

    def _box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._canvas.setFillColor(HexColor(colour))
        self._canvas.setStrokeColor(GREY)
        self._canvas.setLineWidth(0.5)
        self._canvas.rect(x, y, width, height, stroke=1, fill=1)

    def _rule(self, y: float) -> None:
        self._canvas.setStrokeColor(RULE)
        self._canvas.setLineWidth(0.4)
        self._canvas.line(at.MARGIN, y, at.PAGE[0] - at.MARGIN, y)

    def _right(self, text: str, y: float, size: float, colour: Color = INK) -> None:
        self.text(at.PAGE[0] - at.MARGIN - self._fonts.width(text, size), y, text, size, colour=colour)

    def _shorten(self, text: str, room: float, size: float) -> str:
        lines = self._fonts.wrap(text, room - 8, size)
        return lines[0] if len(lines) == 1 else f"{lines[0]} ..."

    def text(self, x: float, y: float, text: str, size: float, font: str = REGULAR, colour: Color = INK) -> None:
        """Set a text, each run of it in the font that has its characters."""
        draw_text(self._canvas, self._fonts, (x, y), text, size, font, colour)


def draw_text(
    canvas: Canvas,
    fonts: Fonts,
    place: tuple[float, float],
    text: str,
    size: float,
    font: str = REGULAR,
    colour: Color = INK,
) -> None:
    """Set a text at a place, each run of it in the font that has its characters."""
    canvas.setFillColor(colour)
    x, y = place
    for name, piece in fonts.runs(text, font):
        canvas.setFont(name, size)
        canvas.drawString(x, y, piece)
        x += canvas.stringWidth(piece, name, size)


def _colours(page: Page) -> dict[str, str]:
    """A dataset has one colour on all pages of a form."""
    return {name: COLOURS[number % len(COLOURS)] for number, (name, _) in enumerate(page.form.datasets)}
