"""Text from data and file names as people may see it: nothing in it steers a terminal, a page or a spreadsheet."""

from __future__ import annotations

import re

# C0 without tab and line feed, DEL, C1, marks that turn the direction of writing, line separators, lone surrogates.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_FORMULA = re.compile(r"[=+\-@\t\r\n]")


def make_visible(text: str) -> str:
    """The text with characters that steer instead of show as escapes; tabs and line feeds stay.

    >>> make_visible("Nau\\x1b[2Jsea \\u202etxt.exe")
    'Nau\\\\x1b[2Jsea \\\\u202etxt.exe'
    """
    return _STEERING.sub(_escape, text)


def replace_steering(text: str, sign: str) -> str:
    """The text with a sign for each character that steers; tabs and line feeds stay.

    >>> replace_steering("Nau\\x1bsea", "?")
    'Nau?sea'
    """
    return _STEERING.sub(sign, text)


def make_visible_line(text: str) -> str:
    """The same as one line.

    >>> make_visible_line("a\\tb\\n0 errors")
    'a\\\\tb\\\\n0 errors'
    """
    return make_visible(text).replace("\t", r"\t").replace("\n", r"\n")


def make_cell(text: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula; an apostrophe goes before one that begins like it.

    >>> make_cell("=1+1"), make_cell("AETERM")
    ("'=1+1", 'AETERM')
    """
    visible = make_visible_line(text)
    return f"'{visible}" if _FORMULA.match(text.lstrip(" ")) else visible


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
