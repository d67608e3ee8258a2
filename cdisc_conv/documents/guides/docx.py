"""A guide as DOCX, to edit: real headings, real tables, and the same bytes for the same guide."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO

import docx
from docx.shared import Cm, Pt

from cdisc_conv.documents.guides.model import Guide, Table

WIDTH = 17.0
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_docx(guide: Guide) -> bytes:
    """The file. Characters that XML cannot hold are written as ``?``."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    document.styles["Normal"].font.size = Pt(10)
    document.add_heading(clean(guide.title), 0)
    document.add_paragraph(clean(guide.study))
    document.add_paragraph(clean(guide.subtitle))
    for number, level, part in guide.walk():
        document.add_heading(clean(f"{number} {part.title}"), min(level, 9))
        for block in part.blocks:
            if isinstance(block, Table):
                _add_table(document, block)
            else:
                document.add_paragraph(clean(block))
    clock = datetime.fromisoformat(guide.created).replace(tzinfo=None)
    said = document.core_properties
    said.title, said.subject, said.author, said.comments = clean(guide.title), clean(guide.study), "", ""
    said.created = said.modified = clock
    buffer = BytesIO()
    document.save(buffer)
    return _without_clock(buffer)


def clean(text: str) -> str:
    """A text that XML can hold."""
    return _NOT_XML.sub("?", text)


def _add_table(document: docx.document.Document, block: Table) -> None:
    head = [block.head] if any(block.head) else []
    lines = [*head, *block.rows]
    table = document.add_table(rows=len(lines), cols=len(block.widths))
    table.style = "Table Grid"
    cells = table._cells  # one look-up for the whole table: cell by cell takes the square of its size
    for index, text in enumerate(text for line in lines for text in line):
        run = cells[index].paragraphs[0].add_run(clean(text))
        run.font.size = Pt(8)
        run.bold = bool(head) and index < len(block.widths)
    total = sum(block.widths)
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Cm(WIDTH * width / total)


def _without_clock(buffer: BytesIO) -> bytes:
    """The same archive without the time at which it was packed."""
    packed = BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
