"""A guide as PDF, to submit: contents with links, bookmarks, page numbers, and all fonts embedded."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageBreak, PageTemplate, Paragraph, Spacer
from reportlab.platypus import TableStyle as Style
from reportlab.platypus.tableofcontents import TableOfContents

from cdisc_conv.documents.fonts import BOLD, REGULAR, Fonts
from cdisc_conv.documents.guides.model import Guide, Table
from cdisc_conv.documents.pdf import VERSION, describe

MARGIN = 50.0
WIDTH = A4[0] - 2 * MARGIN
TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=9, leading=13, spaceAfter=5)
CELL = ParagraphStyle("cell", fontName=REGULAR, fontSize=7, leading=9, splitLongWords=1)
HEAD = ParagraphStyle("head", parent=CELL, fontName=BOLD)
HEADINGS = tuple(
    ParagraphStyle(
        f"h{n}", fontName=BOLD, fontSize=size, leading=size + 4, spaceBefore=size, spaceAfter=4, keepWithNext=1
    )
    for n, size in enumerate((14, 11.5, 10, 9))
)
LONGEST_CELL = 1500
"""Characters of a cell; the PDF cuts a longer one with three dots, since a row must fit on a page."""


def render_pdf(guide: Guide, fonts: Fonts) -> bytes:
    """The PDF; the same bytes for the same guide and fonts."""
    buffer = BytesIO()
    document = _Template(buffer, guide, fonts)
    contents = TableOfContents()
    contents.levelStyles = [
        ParagraphStyle(f"toc{n}", fontName=REGULAR, fontSize=9, leading=13, leftIndent=14 * n) for n in range(4)
    ]
    contents.tableStyle = Style([("FONTNAME", (0, 0), (-1, -1), REGULAR), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    story: list[Flowable] = [
        Paragraph(_mark(guide.title, fonts, BOLD), ParagraphStyle("title", fontName=BOLD, fontSize=20, leading=26)),
        Spacer(1, 8),
        Paragraph(_mark(guide.study, fonts), TEXT),
        Paragraph(_mark(guide.subtitle, fonts), TEXT),
        Spacer(1, 16),
        contents,
        PageBreak(),
    ]
    for number, level, section in guide.walk():
        heading = Paragraph(_mark(f"{number} {section.title}", fonts, BOLD), HEADINGS[min(level, 4) - 1])
        heading.entry = (level - 1, f"{number} {section.title}", f"s{number}")
        story.append(heading)
        for block in section.blocks:
            story += _set_table(block, fonts) if isinstance(block, Table) else [Paragraph(_mark(block, fonts), TEXT)]
    document.multiBuild(story, canvasmaker=_make_canvas)
    return buffer.getvalue()


def _make_canvas(*args: Any, **options: Any) -> Canvas:
    return Canvas(*args, **{**options, "invariant": 1, "pdfVersion": VERSION, "initialFontName": REGULAR})


def _set_table(block: Table, fonts: Fonts) -> list[Flowable]:
    total = sum(block.widths)
    head = [[Paragraph(_mark(text, fonts, BOLD), HEAD) for text in block.head]] if any(block.head) else []
    rows = [[Paragraph(_mark(_shorten(text), fonts), CELL) for text in row] for row in block.rows]
    table = LongTable(
        [*head, *rows], colWidths=[WIDTH * width / total for width in block.widths], repeatRows=len(head), hAlign="LEFT"
    )
    style = [
        ("FONTNAME", (0, 0), (-1, -1), REGULAR),
        ("GRID", (0, 0), (-1, -1), 0.3, HexColor("#B8BFC8")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *(("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3)),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), HexColor("#E9EEF4")))
    table.setStyle(Style(style))
    return [table, Spacer(1, 8)]


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 4]} ..."


def _mark(text: str, fonts: Fonts, font: str = REGULAR) -> str:
    """The text as markup: runs in another font are marked, everything else is escaped."""
    runs = fonts.runs(text, font)
    return "".join(
        escape(piece) if name == font else f'<font name="{name}">{escape(piece)}</font>' for name, piece in runs
    )


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """Heads and feet, and entries of contents and outline for every heading."""

    def __init__(self, buffer: BytesIO, guide: Guide, fonts: Fonts) -> None:
        super().__init__(buffer, pagesize=A4)
        self._guide = guide
        frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates([PageTemplate("page", [frame], onPage=self._draw_frame)])

    def _draw_frame(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        describe(canvas, f"{self._guide.study} {self._guide.title}", self._guide.subtitle, self._guide.created)
        canvas.setFont(REGULAR, 7)
        canvas.drawString(MARGIN, 28, f"{self._guide.study}  {self._guide.title}")
        canvas.drawRightString(A4[0] - MARGIN, 28, f"Page {canvas.getPageNumber()}")

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the name is ReportLab's
        """Note a heading where it came to stand."""
        entry = getattr(flowable, "entry", None)
        if entry is not None:
            level, title, key = entry
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(title, key, min(level, 3), closed=level > 0)
            self.notify("TOCEntry", (min(level, 3), escape(title), self.page, key))
