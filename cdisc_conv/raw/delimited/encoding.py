"""Bytes of any encoding to UTF-8, block by block, with what is wrong about them."""

from __future__ import annotations

import codecs

from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.raw.source import FormSource, Reporter

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
_UNMARKED = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
"""What is read where a byte order mark should be and is not."""
COMMON = "common ones are utf-8, utf-16, cp1252, gb18030, shift_jis"


class Decoder:
    """Turns blocks of bytes into blocks of UTF-8 without byte order mark.

    `bad` describes the first byte that could not be read, if any; such bytes become U+FFFD.

    >>> decoder = Decoder("cp1252")
    >>> decoder.decode(b"caf\\xe9"), decoder.decode(b"\\x81", final=True), decoder.bad
    (b'caf\\xc3\\xa9', b'\\xef\\xbf\\xbd', '0x81 at byte 5')
    """

    def __init__(self, encoding: str, bad: str = "") -> None:
        self.bad = bad
        self._utf8 = encoding == "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)("replace" if bad else "strict")
        self._taken = 0
        self._first = True

    def decode(self, block: bytes, final: bool = False) -> bytes:
        """The next block; what is cut at its end comes with the one after it."""
        pending = self._decoder.getstate()[0]
        plain = self._utf8 and not pending and block.isascii()
        done = block if plain else self._decode(block, pending, final)
        self._taken += len(block)
        if self._first and done:
            self._first = False
            return done.removeprefix(codecs.BOM_UTF8)
        return done

    def _decode(self, block: bytes, pending: bytes, final: bool) -> bytes:
        state = self._decoder.getstate()
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            at = min(error.start, len(pending) + len(block) - 1)
            self.bad = f"0x{(pending + block)[at]:02X} at byte {self._taken - len(pending) + at + 1}"
            self._decoder.setstate(state)
            self._decoder.errors = "replace"
            return self._decoder.decode(block, final).encode("utf-8", "replace")
        if self._utf8 and not self.bad:
            left = len(self._decoder.getstate()[0])
            if not pending and not left:
                return block
            return (pending + block)[: len(pending) + len(block) - left]
        return text.encode("utf-8", "replace")


def choose_encoding(head: bytes, source: FormSource, reporter: Reporter) -> tuple[str, list[Problem], str]:
    """The codec to read a file with, what is wrong about the declared one, and what is bad about the bytes.

    A file whose byte order mark (or, for UTF-16, whose pattern of zero bytes) contradicts the declared encoding is read
    as what it is, and reported. Raises ProblemsError (RAW009) when the declared encoding does not exist.
    """
    if why := describe_bad_encoding(source.encoding):
        message = f"form '{source.name}' is declared with the encoding '{source.encoding}', which {why}"
        raise ProblemsError([reporter.report("RAW009", message, hint=COMMON)])
    declared = codecs.lookup(source.encoding).name
    actual = _detect(head)
    if actual and not declared.startswith(actual):
        message = f"form '{source.name}' is {actual}, but {source.encoding} is declared"
        return actual, [reporter.report("RAW009", message, hint=f"declare the encoding {actual}")], ""
    if declared in _UNMARKED and not head.startswith(tuple(mark for mark, name in _MARKS if name == declared)):
        return _UNMARKED[declared], [], "it does not begin with a byte order mark" if head else ""
    return "utf-8" if declared == "utf-8-sig" else declared, [], ""


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
    return "is not an encoding of text files" if found.name in _NO_FILES or found.incrementaldecoder is None else ""


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
