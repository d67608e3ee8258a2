"""JSON read piece by piece: members of a large object, elements of a large list, lines. Numbers come as text."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

_BLOCK = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


class JsonFault(ValueError):  # noqa: N818 - reported as a fault of the file
    """The text is no JSON, or not the JSON that is expected."""


class _Text:
    """The text of a stream from a place on; what is behind is let go."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._ended = "", 0, False

    def peek(self) -> str:
        """The next sign that is no blank; "" at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, sign: str) -> None:
        """Go over the next sign, which has to be this one."""
        if self.peek() != sign:
            raise JsonFault(f"'{sign}' is expected, and {self.peek()!r} is there")
        self._at += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._more():
                    raise JsonFault(f"it is no JSON: {error.msg}") from None
                continue
            if end < len(self._text) or not self._more():  # a number may go on
                self._at = end
                return value

    def _more(self) -> bool:
        if self._ended:
            return False
        # A value longer than what is here is looked at anew each time, so what is read doubles.
        block = self._stream.read(max(_BLOCK, len(self._text) - self._at))
        self._ended = not block
        self._text = self._text[self._at :] + self._decoder.decode(block, self._ended)
        self._at = 0
        return True


def read_members(stream: IO[bytes], skip: str = "", each: str = "") -> Iterator[tuple[str, Any]]:
    """The members of the object that a stream is, in order.

    Of the list `each` every element comes by itself, under its name; the elements of the list `skip` are gone over.

    >>> import io
    >>> list(read_members(io.BytesIO(b'{"a": 1.50, "rows": [[1], [2]]}'), each="rows"))
    [('a', '1.50'), ('rows', ['1']), ('rows', ['2'])]
    """
    text = _Text(stream)
    text.take("{")
    while text.peek() != "}":
        key = text.value()
        text.take(":")
        if key in (skip, each) and key:
            for element in _read_elements(text):
                if key == each:
                    yield key, element
        else:
            yield key, text.value()
        if text.peek() != "}":
            text.take(",")
    text.take("}")


def _read_elements(text: _Text) -> Iterator[Any]:
    text.take("[")
    while text.peek() != "]":
        yield text.value()
        if text.peek() != "]":
            text.take(",")
    text.take("]")


def read_lines(stream: IO[bytes]) -> Iterator[Any]:
    """The value on each line that is not blank."""
    for number, line in enumerate(stream, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        if text:
            try:
                yield _DECODER.decode(text)
            except json.JSONDecodeError as error:
                raise JsonFault(f"line {number} is no JSON: {error.msg}") from None
