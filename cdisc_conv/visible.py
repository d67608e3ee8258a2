"""Text from data and file names as people may see it: nothing in it steers a terminal, a page or a spreadsheet.

A character that cannot be shown as it is stands as its code point, ``<U+00A0>``, wherever people read it.
"""

from __future__ import annotations

import re
import unicodedata

# C0 without tab and line feed, DEL, C1, marks that turn the direction of writing, line separators, lone surrogates.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_FORMULA = re.compile(r"[=+\-@\t\r\n]")


def make_visible(text: str) -> str:
    """The text with characters that steer instead of show as code points; tabs and line feeds stay.

    >>> make_visible("Nau\\x1b[2Jsea \\u202etxt.exe")
    'Nau<U+001B>[2Jsea <U+202E>txt.exe'
    """
    return _STEERING.sub(lambda match: write_code(match[0]), text)


def show_hidden(text: str) -> str:
    """The text with everything that nobody sees as code points: blanks but the plain one, and marks without width.

    Of a text whose accents stand apart from their letters, that look like others, the accents are shown as well.

    >>> show_hidden("5\\u00a0mg"), show_hidden("Caf\\u00e9"), show_hidden("a\\u200bb"), show_hidden("Cafe\\u0301")
    ('5<U+00A0>mg', 'Caf\\xe9', 'a<U+200B>b', 'Cafe<U+0301>')
    """
    if text.isascii() and text.isprintable():
        return text
    apart = unicodedata.normalize("NFC", text) != text
    return "".join(
        write_code(letter) if not letter.isprintable() or (apart and unicodedata.category(letter) == "Mn") else letter
        for letter in text
    )


def write_code(character: str) -> str:
    """A character as its code point.

    >>> write_code("\\t")
    '<U+0009>'
    """
    return f"<U+{ord(character):04X}>"


def replace_steering(text: str, sign: str) -> str:
    """The text with a sign for each character that steers; tabs and line feeds stay.

    >>> replace_steering("Nau\\x1bsea", "?")
    'Nau?sea'
    """
    return _STEERING.sub(sign, text)


def make_visible_line(text: str) -> str:
    """The same as one line.

    >>> make_visible_line("a\\tb\\n0 errors")
    'a<U+0009>b<U+000A>0 errors'
    """
    return make_visible(text).replace("\t", write_code("\t")).replace("\n", write_code("\n"))


def make_cell(text: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula; an apostrophe goes before one that begins like it.

    >>> make_cell("=1+1"), make_cell("AETERM")
    ("'=1+1", 'AETERM')
    """
    visible = make_visible_line(text)
    return f"'{visible}" if _FORMULA.match(text.lstrip(" ")) else visible
