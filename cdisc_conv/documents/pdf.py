"""A PDF whose bytes depend on its content alone: its date is that of the study, and it names no machine or person."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from cdisc_conv.documents.fonts import REGULAR

PRODUCER = "cdisc-conv"
VERSION = (1, 7)


def open_canvas(buffer: BytesIO, size: tuple[float, float], title: str, subject: str, created: str) -> Canvas:
    """A canvas that writes the same bytes for the same content."""
    canvas = Canvas(buffer, pagesize=size, invariant=1, pageCompression=1, pdfVersion=VERSION, initialFontName=REGULAR)
    describe(canvas, title, subject, created)
    return canvas


def describe(canvas: Canvas, title: str, subject: str, created: str) -> None:
    """Title, subject and dates of a document, which has its bookmarks open and is in English."""
    canvas.setTitle(title)
    canvas.setSubject(subject)
    canvas.setAuthor("")
    canvas.setCreator(PRODUCER)
    canvas.setProducer(PRODUCER)
    canvas.setDateFormatter(lambda *clock: datetime.fromisoformat(created).strftime("D:%Y%m%d%H%M%S"))
    canvas.showOutline()
