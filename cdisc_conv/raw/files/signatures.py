"""Files that are no export of any known format, told from their first bytes, and what to do with each."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_ROOT = re.compile(rb"<\s*([A-Za-z_][\w.:-]*)")
_HTML = (b"<!doctype html", b"<html", b"<head", b"<table", b"<body", b"<script", b"<style")


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a file is, and what to do about it."""

    what: str
    hint: str


_NO_TEXT = tuple(bytes([code]) for code in (*range(1, 8), *range(14, 27), 28, 29, 30, 31))
_PAGE = Foreign("an HTML page", "it may be an error page or a web table saved under this name; export the data again")
_UNPACK = "unpack it and give the file in it"
_EXCEL = "save it as .xlsx without a password, or as CSV"
_SIGNATURES = (
    (b"\x1f\x8b", "a gzip file", _UNPACK),
    (b"BZh", "a bzip2 file", _UNPACK),
    (b"\xfd7zXZ\0", "an xz file", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd file", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "pack it as a zip, or unpack it"),
    (b"Rar!\x1a\x07", "a RAR archive", "pack it as a zip, or unpack it"),
    (b"%PDF-", "a PDF document", "export the data as CSV, XLSX or SAS files"),
    (b"{\\rtf", "an RTF document", "export the data as CSV, XLSX or SAS files"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel file, or one with a password",
        "save it as .xlsx without a password, or as CSV",
    ),
    (b"SQLite format 3\0", "an SQLite database", "declare it with 'url: sqlite:///FILE'"),
    (b"$FL2@(#)", "an SPSS file", "export it as CSV, SAS or XLSX"),
    (b"$FL3@(#)", "an SPSS file", "export it as CSV, SAS or XLSX"),
    (b"<stata_dta>", "a Stata file", "export it as CSV, SAS or XLSX"),
    (b"RDX3", "an R data file", "export it as CSV, SAS or XLSX"),
    (b"\x89PNG", "a PNG picture", "give the data file"),
    (b"\xff\xd8\xff", "a JPEG picture", "give the data file"),
    (b"GIF8", "a GIF picture", "give the data file"),
    (b"\x7fELF", "a program", "give the data file"),
    (b"ARROW1\0\0", "an Arrow file", "write it as Parquet"),
)


def is_office(head: bytes) -> bool:
    """Whether a zip that begins with these bytes is a document of an office program."""
    return any(name in head for name in (b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"xl/workbook"))


def describe_foreign(head: bytes, encoding: str = "") -> Foreign | None:
    """What a file is that begins with these bytes, when it is known to be no delimited text; None otherwise.

    >>> describe_foreign(b"\\x1f\\x8b\\x08").what, describe_foreign(b"SUBJID,AETERM\\n")
    ('a gzip file', None)
    >>> describe_foreign(b"<!DOCTYPE html><html>").what
    'an HTML page'
    """
    for start, what, hint in _SIGNATURES:
        if head.startswith(start):
            return Foreign(what, hint)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lowered = text[:200].lower()
    if lowered.startswith(_HTML):
        return Foreign(
            "an HTML page", "it may be an error page or a web table saved under this name; export the data again"
        )
    if text.startswith(b"<"):
        return _describe_xml(text)
    if text.startswith((b"{", b"[")) and re.match(rb'[{\[]\s*(["{\[]|\}|\])', text):
        return Foreign("JSON, but not Dataset-JSON", "export it as Dataset-JSON 1.1, CSV or XLSX")
    return Foreign("binary data", "give the file that the EDC exported") if _is_binary(head, encoding) else None


def _is_binary(head: bytes, encoding: str) -> bool:
    """Whether there are more signs that no text has than damage would leave; UTF-16 and UTF-32 are text.

    What can be read in an encoding that not every sequence of bytes is text of (UTF-8, GB18030) is text, however odd.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return False
    return sum(map(head.count, _NO_TEXT)) > max(4, len(head) // 20) and not _is_text(head, encoding)


def _is_text(head: bytes, encoding: str) -> bool:
    """Whether bytes, of which the last character may be cut off, are text of an encoding that refuses some bytes."""
    try:
        return _can_decode(head, encoding) and not _can_decode(bytes(range(256)), encoding)
    except LookupError:  # no such encoding, which is a finding of its own
        return False


def _can_decode(content: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding or "utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return True


def _describe_xml(text: bytes) -> Foreign | None:
    if not text.startswith((b"<?xml", b"<!--")) and not re.match(rb"<[A-Za-z_][\w.:-]*(\s[^<>]*)?/?>\s*<", text):
        return None
    bare = re.sub(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>", b"", text, flags=re.DOTALL)
    if bare.lstrip()[:20].lower().startswith(_HTML):
        return Foreign(
            "an HTML page", "it may be an error page or a web table saved under this name; export the data again"
        )
    root = _ROOT.search(bare)
    named = f" with the root element {root[1].decode()}" if root else ""
    return Foreign(f"XML{named}", "of XML, only ODM is read; export it as ODM, CSV or XLSX")
