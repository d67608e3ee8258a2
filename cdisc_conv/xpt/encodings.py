"""The encodings of text in a transport file, which the file itself does not name.

All of them hold printable ASCII in one byte each. A character can be written when the encoding has it and gives it
back: what would come back as another character (the yen sign in CP932) is not written as that other one.
"""

from __future__ import annotations

import codecs
import unicodedata
from types import MappingProxyType

import numpy as np
import pyarrow as pa

ENCODINGS = MappingProxyType({"ASCII": "ascii", "UTF-8": "utf-8", "GB18030": "gb18030", "CP932": "cp932"})
"""The names of the encodings -> what Python calls them."""

ASCII = "ascii"
_HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that no encoding writes: controls, halves of surrogate pairs, ends of lines."""


def list_unwritable(text: str, codec: str = ASCII) -> tuple[str, ...]:
    """The characters of a text that cannot be written, each once, in their order.

    >>> list_unwritable("发热 38 °C"), list_unwritable("发热 ¥", "cp932"), list_unwritable("发热", "gb18030")
    (('发', '热', '°'), ('发', '热', '¥'), ())
    """
    if text.isascii() and text.isprintable():
        return ()
    return tuple(letter for letter in dict.fromkeys(text) if not _is_writable(letter, codec))


def _is_writable(letter: str, codec: str) -> bool:
    if " " <= letter <= "~":
        return True
    if unicodedata.category(letter) in _HIDDEN:
        return False
    try:
        return letter.encode(codec).decode(codec) == letter
    except UnicodeError:
        return False


def refuse(codec: str) -> str:
    """What is wrong with characters that an encoding cannot write.

    >>> refuse("ascii"), refuse("cp932")
    ('are not printable ASCII', 'CP932 cannot hold')
    """
    return "are not printable ASCII" if codec == ASCII else f"{codec.upper()} cannot hold"


def measure(text: str, codec: str = ASCII) -> int:
    """The bytes that a text takes; a character that cannot be written counts as one, as its replacement does.

    >>> measure("发热", "gb18030"), measure("发热", "utf-8"), measure("发热")
    (4, 6, 2)
    """
    return len(text) if text.isascii() else len(text.encode(codec, "replace"))


def cut(text: str, size: int, codec: str = ASCII) -> str:
    """The beginning of a text that fits into so many bytes, never ending inside a character.

    >>> cut("发热三天", 7, "utf-8"), cut("发热三天", 7, "gb18030"), cut("𠀀a", 3, "gb18030")
    ('发热', '发热三', '')
    """
    if measure(text, codec) <= size:
        return text
    if text.isascii():
        return text[:size]
    return codecs.getincrementaldecoder(codec)().decode(text.encode(codec, "replace")[:size])


def encode_column(values: pa.LargeStringArray, codec: str) -> tuple[pa.LargeBinaryArray, np.ndarray]:
    """The bytes of each value without blanks at its end, and whether it cannot be written; distinct values go once.

    Of a value that cannot be written the bytes mean nothing.
    """
    coded = values.dictionary_encode()
    texts = [text.rstrip(" ") for text in coded.dictionary.to_pylist()]
    wrong = np.array([bool(list_unwritable(text, codec)) for text in texts], dtype=bool)
    made = pa.array([text.encode(codec, "replace") for text in texts], pa.large_binary())
    codes = coded.indices.to_numpy()
    return made.take(coded.indices), wrong[codes] if len(wrong) else np.zeros(len(codes), dtype=bool)
