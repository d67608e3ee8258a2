"""Bytes of any encoding to UTF-8, with what is wrong about them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field

from cdisc_conv.problems import Problem
from cdisc_conv.raw.source import FormSource, Reporter

_BLOCK = 1 << 23
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPES = ("unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape")
_NO_FILES = frozenset({"idna", "punycode", *_ESCAPES})
"""Codecs that Python has for other things than files."""
COMMON = "common ones are utf-8, utf-16, cp1252, gb18030, shift_jis"


@dataclass(frozen=True, slots=True)
class Text:
    """The file as UTF-8 without byte order mark. `bad` describes the first byte that could not be read, if any.

    Bytes that could not be read stand as U+FFFD.
    """

    data: bytes
    bad: str = ""
    problems: list[Problem] = field(default_factory=list)


def read_text(data: bytes, source: FormSource, reporter: Reporter) -> Text | None:
    """The text of a file, or None when its declared encoding does not exist.

    A file whose byte order mark (or, for UTF-16, whose pattern of zero bytes) contradicts the declared encoding is read
    as what it is, and reported.
    """
    declared = _normalise(source.encoding)
    if declared is None:
        return None
    problems: list[Problem] = []
    actual = _detect(data)
    if actual and not declared.startswith(actual):
        message = f"form '{source.name}' is {actual}, but {source.encoding} is declared"
        problems.append(reporter.report("RAW009", message, hint=f"declare the encoding {actual}"))
        declared = actual
    if declared in ("utf-8", "utf-8-sig"):
        declared = "utf-8"
        data = data.removeprefix(codecs.BOM_UTF8)
        if data.isascii():
            return Text(data, problems=problems)
    try:
        if declared == "utf-8":
            for _ in _decode(data, declared):
                pass
            return Text(data, problems=problems)
        blocks = [block.encode("utf-8", "replace") for block in _decode(data, declared)]
        # Encodings that name the order of their bytes keep the mark at the start.
        return Text(b"".join(blocks).removeprefix(codecs.BOM_UTF8), problems=problems)
    except UnicodeError as error:
        at = _find_bad_byte(data, declared) if isinstance(error, UnicodeDecodeError) else None
        bad = str(error) if at is None else f"0x{data[at]:02X} at byte {at + 1}"
        return Text(data.decode(declared, "replace").encode("utf-8", "replace"), bad, problems)


def report_unknown_encoding(source: FormSource, reporter: Reporter) -> Problem:
    """The problem of an encoding that does not exist."""
    why = describe_bad_encoding(source.encoding)
    message = f"form '{source.name}' is declared with the encoding '{source.encoding}', which {why}"
    return reporter.report("RAW009", message, hint=COMMON)


def _normalise(encoding: str) -> str | None:
    """The codec of an encoding that files can have; None where there is none."""
    return None if describe_bad_encoding(encoding) else codecs.lookup(encoding).name


def describe_bad_encoding(encoding: str) -> str:
    """Why an encoding cannot be that of a file of text; "" when it can.

    >>> describe_bad_encoding("gb18030"), describe_bad_encoding("idna"), describe_bad_encoding("utf-9")
    ('', 'is not an encoding of text files', 'does not exist')
    """
    try:
        "".encode(encoding)  # refuses codecs that turn bytes into bytes, such as hex
        found = codecs.lookup(encoding)
    except (LookupError, UnicodeError, ValueError):
        return "does not exist"
    return "is not an encoding of text files" if found.name in _NO_FILES else ""


def _detect(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    head = data[:200]
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[start::2].count(0)
        if len(head) >= 4 and zeros > len(head) * 0.4 and head.count(0) < len(head) * 0.6:
            return name
    return ""


def _decode(data: bytes, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    view = memoryview(data)
    for start in range(0, len(data), _BLOCK):
        yield decoder.decode(bytes(view[start : start + _BLOCK]))
    yield decoder.decode(b"", final=True)


def _find_bad_byte(data: bytes, encoding: str) -> int | None:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return min(error.start, len(data) - 1)
    return None
