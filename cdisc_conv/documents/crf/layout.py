"""The pages of a drawn CRF: which rows of which form stand where. The pages that define.xml links to come from here.

A row is a question: its label on the left, how it is answered in the middle, its annotations on the right. A row that
does not fit on the rest of a page begins the next one; a list of choices that is longer than a page goes on there. Rows
never overlap, and nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from cdisc_conv.documents.crf.model import Crf, CrfForm, CrfPages, Question
from cdisc_conv.documents.fonts import BOLD, REGULAR, Fonts

PAGE = (595.0, 842.0)
"""A4, in points."""
MARGIN = 36.0
TOP = PAGE[1] - 78.0
"""Where the content of a page begins."""
BOTTOM = 46.0
LABEL = (MARGIN, 142.0)
ANSWER = (MARGIN + 150.0, 158.0)
NOTES = (MARGIN + 318.0, PAGE[0] - 2 * MARGIN - 318.0)
"""Left edge and width of the three columns."""

SIZE, LEADING = 8.5, 11.0
SMALL, SMALL_LEADING = 7.0, 9.0
NOTE_SIZE, NOTE_LEADING, NOTE_GAP = 8.0, 10.0, 4.0
PADDING = 6.0
HEADING = 15.0
CONTENTS_LEADING = 15.0


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation in lines."""

    lines: tuple[str, ...]
    dataset: str

    @property
    def height(self) -> float:
        return len(self.lines) * NOTE_LEADING + NOTE_GAP


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer: ``box`` a square or circle to tick stands before it."""

    text: str
    box: str = ""
    """``one``, ``several`` or nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question, or a part of one, as it stands on a page; ``top`` is the distance from the page's foot."""

    name: str
    label: tuple[str, ...] = ()
    answer: tuple[Line, ...] = ()
    notes: tuple[Note, ...] = ()
    kind: str = "question"
    """``question``, ``heading`` (of what the EDC adds), ``added`` or ``text``."""
    top: float = 0.0

    @property
    def height(self) -> float:
        if self.kind == "heading":
            return HEADING + PADDING
        if self.kind in ("added", "text"):
            lines = max(len(self.label), len(self.answer)) * SMALL_LEADING
            return max(lines, sum(note.height for note in self.notes)) + 3
        label = len(self.label) * LEADING + (SMALL_LEADING if self.name else 0)
        answer = len(self.answer) * LEADING
        return max(label, answer, sum(note.height for note in self.notes)) + 2 * PADDING


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a form: what stands on it."""

    number: int
    form: CrfForm
    part: int
    parts: int
    datasets: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Headings of the datasets, line by line."""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """All pages, those of the contents first."""

    crf: Crf
    contents: int
    """How many pages the contents take."""
    pages: tuple[Page, ...] = field(default=())

    def where(self) -> CrfPages:
        """The pages of every form and field."""
        forms: dict[str, tuple[int, ...]] = {}
        fields: dict[tuple[str, str], int] = {}
        for page in self.pages:
            forms[page.form.name] = (*forms.get(page.form.name, ()), page.number)
            for row in page.rows:
                if row.name:
                    fields.setdefault((page.form.name, row.name), page.number)
        return CrfPages(forms, fields)


def lay_out(crf: Crf, fonts: Fonts) -> Layout:
    """The pages of a CRF. A study without forms has one page of contents, which says so."""
    per_page = int((TOP - BOTTOM) // CONTENTS_LEADING)
    contents = max(1, -(-len(crf.forms) // per_page))
    numbers = count(contents + 1)
    pages = []
    for form in crf.forms:
        parts = list(_fill_pages(form, fonts))
        pages += [
            Page(next(numbers), form, part, len(parts), _list_headings(form, rows, fonts), rows)
            for part, rows in enumerate(parts, start=1)
        ]
    return Layout(crf, contents, tuple(pages))


def _fill_pages(form: CrfForm, fonts: Fonts) -> Iterator[tuple[Row, ...]]:
    """The rows of each page of a form, in place. Room is kept for the headings of all datasets of the form."""
    top = TOP - HEADING * len(_break_headings(form.datasets, fonts)) - PADDING
    rows: list[Row] = []
    y = top
    for row in _list_rows(form, fonts):
        for piece in _split(row, top - BOTTOM):
            keep = HEADING + 2 * SMALL_LEADING if piece.kind == "heading" else 0  # a heading never stands alone
            if y - piece.height - keep < BOTTOM and rows:
                yield tuple(rows)
                rows, y = [], top
            rows.append(replace(piece, top=y))
            y -= piece.height
    yield tuple(rows)


def _list_rows(form: CrfForm, fonts: Fonts) -> Iterator[Row]:
    if form.note:
        lines = fonts.wrap(form.note, PAGE[0] - 2 * MARGIN, SMALL)
        yield Row("", tuple(lines), kind="text")
    for question in form.questions:
        label = tuple(fonts.wrap(question.label, LABEL[1], SIZE, BOLD))
        yield Row(question.name, label, tuple(_list_answer(question, fonts)), _list_notes(question, fonts))
    if form.added:
        yield Row("", ("Added by the EDC",), kind="heading")
    for question in form.added:
        label = tuple(fonts.wrap(question.name, LABEL[1], SMALL, BOLD))
        answer = tuple(Line(text) for text in fonts.wrap(question.label, ANSWER[1], SMALL))
        yield Row(question.name, label, answer, _list_notes(question, fonts), kind="added")


def _list_answer(question: Question, fonts: Fonts) -> Iterator[Line]:
    """How a question is answered, line by line."""
    if question.values:
        box = "several" if question.several else "one"
        for code, words in question.values:
            shown = words if words == code or not words else f"{words} ({code})"
            lines = fonts.wrap(shown or code, ANSWER[1] - 14, SIZE)
            yield Line(lines[0], box)
            yield from (Line(line, "more") for line in lines[1:])
        return
    yield from (Line(text) for text in fonts.wrap(_describe_blank(question), ANSWER[1], SIZE))


def _describe_blank(question: Question) -> str:
    unit = f" {question.unit}" if question.unit else ""
    if question.type == "date":
        return "__ - ___ - ____ (DD-MON-YYYY" + (", UN or UNK for unknown parts)" if question.unknown_parts else ")")
    blanks = {
        "datetime": "__ - ___ - ____  __ : __ (DD-MON-YYYY HH:MM)",
        "time": "__ : __ (HH:MM)",
        "integer": f"|__|__|__|{unit}",
        "boolean": "yes / no",
    }
    number = question.type in ("decimal", "float", "number")
    return blanks.get(question.type, f"|__|__|__| . |__|__|{unit}" if number else f"{'_' * 22}{unit}")


def _list_notes(question: Question, fonts: Fonts) -> tuple[Note, ...]:
    return tuple(
        Note(tuple(fonts.wrap(one.text, NOTES[1] - 8, NOTE_SIZE, REGULAR)), one.dataset) for one in question.annotations
    )


def _split(row: Row, room: float) -> Iterator[Row]:
    """A row in pieces that each fit on a page; a label goes on with the words that it is continued."""
    first = True
    while row.height > room:
        lines = int((room - 2 * PADDING) // LEADING) - 2
        kept, taken = 0, 0.0
        while kept < len(row.notes) and taken + row.notes[kept].height <= room - 2 * PADDING:
            taken += row.notes[kept].height
            kept += 1
        notes = row.notes[: max(kept, 1)] if row.notes else ()
        if row.notes and not kept:  # one annotation longer than a page
            most = int((room - 3 * PADDING) // NOTE_LEADING)
            head = Note(row.notes[0].lines[:most], row.notes[0].dataset)
            rest = Note(row.notes[0].lines[most:], row.notes[0].dataset)
            notes, left = (head,), (rest, *row.notes[1:])
        else:
            left = row.notes[len(notes) :]
        yield replace(row, label=row.label[:lines], answer=row.answer[:lines], notes=notes)
        label = row.label[lines:] or ((*(row.label[:2] if first else row.label[:-1]), "(continued)"))
        row = replace(row, label=label, answer=row.answer[lines:], notes=left)
        first = False
    yield row


def _list_headings(form: CrfForm, rows: tuple[Row, ...], fonts: Fonts) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The datasets that are annotated on a page."""
    here = {note.dataset for row in rows for note in row.notes}
    return _break_headings(tuple(one for one in form.datasets if one[0] in here), fonts)


def _break_headings(datasets: tuple[tuple[str, str], ...], fonts: Fonts) -> tuple[tuple[tuple[str, str], ...], ...]:
    lines: list[list[tuple[str, str]]] = []
    room = 0.0
    for name, label in datasets:
        width = heading_width((name, label), fonts)
        if not lines or width > room:
            lines.append([])
            room = PAGE[0] - 2 * MARGIN
        lines[-1].append((name, label))
        room -= width + 6
    return tuple(tuple(line) for line in lines)


def heading_width(dataset: tuple[str, str], fonts: Fonts) -> float:
    """Points that the heading of a dataset takes."""
    return fonts.width(heading_text(dataset), SIZE, BOLD) + 10


def heading_text(dataset: tuple[str, str]) -> str:
    """``DM = Demographics``."""
    return f"{dataset[0]} = {dataset[1]}" if dataset[1] else dataset[0]
