"""The fonts of the documents, all of them embedded, and how text is measured, wrapped and set in them.

Latin text is set in Bitstream Vera, which comes with ReportLab. Characters that it does not have (Chinese, Japanese,
Korean, further symbols) come from a font that is named by the study or found on the machine; where there is none, a
box stands for the character, and the character is remembered in `missing`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from cdisc_conv.steps import Steps

_Drawn = TypeVar("_Drawn")

REGULAR, BOLD, ITALIC = "Vera", "VeraBd", "VeraIt"
_OWN = Path(reportlab.__file__).parent / "fonts"

BOX = "?"
"""What stands for a character that no font has."""

KNOWN = (
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "NotoSansSC-Regular.ttf",
    "msyh.ttc",
    "simhei.ttf",
    "simsun.ttc",
    "msgothic.ttc",
    "Arial Unicode.ttf",
    "ARIALUNI.TTF",
    "DejaVuSans.ttf",
)
"""Files of fonts with many characters, the preferred ones first. TrueType outlines only: ReportLab embeds no others."""

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)

HOW_TO_GET = (
    "install a font that has them, such as Debian's fonts-droid-fallback, or name a TrueType file of the study folder "
    "in study.yaml: documents: {fonts: [FILE]}"
)


@dataclass(frozen=True)
class Fonts:
    """The fonts in the order in which a character is looked for; `missing` gathers the characters that none has."""

    more: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Their files, with sizes and times: what is drawn with others differs."""
    missing: dict[str, None] = field(default_factory=dict, compare=False, repr=False)

    def runs(self, text: str, font: str = REGULAR) -> list[tuple[str, str]]:
        """The text as (font, text) pieces.

        >>> open_fonts().runs("5 mg")
        [('Vera', '5 mg')]
        """
        pairs = [self._choose(char, font) for char in text.replace("\t", " ").replace("\n", " ")]
        return [(name, "".join(char for _, char in run)) for name, run in groupby(pairs, key=lambda pair: pair[0])]

    def width(self, text: str, size: float, font: str = REGULAR) -> float:
        """Points that a text takes."""
        return float(sum(pdfmetrics.stringWidth(piece, name, size) for name, piece in self.runs(text, font)))

    def wrap(self, text: str, width: float, size: float, font: str = REGULAR) -> list[str]:
        """The text in lines of at most `width`, broken at blanks, at ideographs, and inside words that are too long.

        >>> open_fonts().wrap("Date of birth", 40, 10)
        ['Date of', 'birth']
        """
        lines = [""]
        for word in _split_words(text):
            if self.width(lines[-1] + word.rstrip(), size, font) <= width:
                lines[-1] += word
            elif self.width(word.strip(), size, font) <= width:
                lines.append(word.lstrip())
            else:
                for char in word:
                    if lines[-1] and self.width(lines[-1] + char, size, font) > width:
                        lines.append("")
                    lines[-1] += char
        return [stripped for line in lines if (stripped := line.strip())] or [""]

    def _choose(self, char: str, font: str) -> tuple[str, str]:
        for name in (font, *self.more):
            if ord(char) in pdfmetrics.getFont(name).face.charToGlyph:
                return name, char
        self.missing[char] = None
        return font, BOX


def open_fonts(files: Sequence[Path] = ()) -> Fonts:
    """The fonts at hand: those of ReportLab, the given files, and those that are found on the machine.

    A given file that cannot be read raises ValueError with a sentence that says so.
    """
    for name in (REGULAR, BOLD, ITALIC):
        pdfmetrics.registerFont(_read_font(name, _OWN / f"{name}.ttf"))
    more, read = [], []
    for number, path in enumerate([*files, *_find_installed()]):
        try:
            font = _read_font(f"Further{number}", path)
        except (TTFError, OSError) as error:
            if path in files:
                raise ValueError(f"the font '{path.name}' cannot be used: {error}") from None
            continue
        pdfmetrics.registerFont(font)
        more.append(font.fontName)
        read.append(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}")
    return Fonts(tuple(more), tuple(read))


def keep_drawn(steps: Steps, what: str, made_of: Any, fonts: Fonts, draw: Callable[[], _Drawn]) -> _Drawn:
    """What `draw` makes of `made_of` with fonts, unless an earlier run drew it; `fonts` then miss what they missed."""
    drawn, missing = steps.make("drawing", what, (what, made_of, fonts), lambda: (draw(), tuple(fonts.missing)))
    fonts.missing.update(dict.fromkeys(missing))
    return drawn


def _read_font(name: str, path: Path) -> TTFont:
    """A font file under a name; read once for all documents of a process, and again when it has changed."""
    state = path.stat()
    return _read_font_once(name, path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read_font_once(name: str, path: Path, changed: int, size: int) -> TTFont:
    return TTFont(name, path)


@cache
def _find_installed() -> tuple[Path, ...]:
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        root = Path(folder).expanduser() if folder.startswith("~") else Path(folder)
        if not root.is_dir() or (root.drive and sys.platform != "win32"):
            continue
        for path in sorted(root.rglob("*.tt[fc]")):
            if path.name in KNOWN:
                found.setdefault(path.name, path)
    return tuple(found[name] for name in KNOWN if name in found)


def _split_words(text: str) -> Iterator[str]:
    """Words with the blanks after them; every ideograph is a word."""
    word = ""
    for char in text.replace("\n", " ").replace("\t", " "):
        if "\u2e80" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7af" or "\uf900" <= char <= "\uffef":
            if word:
                yield word
            yield char
            word = ""
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    if word:
        yield word
