"""A delimited file read once, from its first byte to its last: decoded, looked at and hashed on the way."""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cdisc_conv.raw.delimited.encoding import Decoder

BLOCK = 1 << 23
_MARK = codecs.BOM_UTF8
MARK, NUL, REPLACED = "\ufeff", "\0", "\ufffd"


class TextStream:
    """The blocks of a file as UTF-8, and what was seen in those that were read.

    `seen` are the signs of damage; `regular` is False once a quote stands where it may be none.
    """

    def __init__(self, path: Path, decoder: Decoder, delimiter: str, quote: str) -> None:
        self._path, self._decoder = path, decoder
        self._quotes = QuoteWatch(delimiter, quote)
        self._tail = b""
        self._hash = hashlib.sha256()
        self.size = 0
        self.seen: set[str] = set()

    @property
    def regular(self) -> bool:
        """Whether every quote opens or closes a field."""
        return self._quotes.regular

    @property
    def bad(self) -> str:
        """The first byte that could not be read, if any."""
        return self._decoder.bad

    @property
    def sha256(self) -> str:
        """Of the bytes that were read."""
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """All of the file, in order. Raises OSError."""
        with self._path.open("rb", buffering=0) as file:
            while block := file.read(BLOCK):
                self._hash.update(block)
                self.size += len(block)
                yield self._look(self._decoder.decode(block))
        yield self._look(self._decoder.decode(b"", final=True))
        self._quotes.finish()

    def _look(self, block: bytes) -> bytes:
        if self._decoder.bad:
            self.seen.add(REPLACED)
        if NUL not in self.seen and b"\0" in block:
            self.seen.add(NUL)
        if MARK not in self.seen and not block.isascii() and (_MARK in block or _MARK in self._tail + block[:2]):
            self.seen.add(MARK)
        self._tail = block[-2:]
        self._quotes.look(block)
        return block


class QuoteWatch:
    """Whether each quote opens a field at its start or closes it at its end; inside it is doubled.

    Almost every file keeps this everywhere, which is seen from the bytes beside each quote. Where one does not, the
    csv module has to say whether that is a fault: a quote inside a field without quotes is just a character.

    >>> watch = QuoteWatch(",", '"')
    >>> for block in (b'a,"b', b'",1\\n'):
    ...     watch.look(block)
    >>> watch.finish()
    >>> watch.regular
    True
    >>> watch.look(b'5" tape')
    >>> watch.regular
    False
    """

    def __init__(self, delimiter: str, quote: str) -> None:
        self.regular = True
        self._quote = quote.encode()
        self._beside = np.zeros(256, dtype=bool)
        self._beside[[ord(delimiter), ord("\n"), ord("\r"), *self._quote]] = True
        self._inside = False
        self._closed_at_end = False
        self._last = b"\n"

    def look(self, block: bytes) -> None:
        """The next block of the file."""
        if not (self._quote and self.regular and block):
            return
        if self._closed_at_end and not self._beside[block[0]]:
            self.regular = False
        self._closed_at_end = False
        if self._quote in block:
            self._look_at_quotes(block)
        self._last = block[-1:]

    def _look_at_quotes(self, block: bytes) -> None:
        values = np.frombuffer(block, dtype=np.uint8)
        places = np.flatnonzero(values == self._quote[0])
        opening, closing = places[int(self._inside) :: 2], places[1 - int(self._inside) :: 2]
        before = opening[opening > 0] - 1
        after = closing[closing < len(values) - 1] + 1
        at_start = len(opening) > 0 and opening[0] == 0 and not self._beside[self._last[0]]
        if at_start or not (self._beside[values[before]].all() and self._beside[values[after]].all()):
            self.regular = False
        self._closed_at_end = len(closing) > 0 and closing[-1] == len(values) - 1
        self._inside ^= bool(len(places) % 2)

    def finish(self) -> None:
        """The file has ended: a field that is open is one too many."""
        if self._inside:
            self.regular = False


class BlockFile(io.RawIOBase):
    """Blocks of bytes as a file that can be read once, for parsers that want one."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> Any:
        """At most `size` bytes; nothing at the end."""
        while not len(self._left):
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._left = memoryview(block)
        end = len(self._left) if size < 0 else size
        found, self._left = self._left[:end], self._left[end:]
        return bytes(found)
