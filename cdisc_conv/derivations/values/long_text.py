"""Text that is too long for one variable."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from cdisc_conv.columns.distinct import to_arrow
from cdisc_conv.columns.texts import find_texts, text_column
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.findings import report_values
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Severity
from cdisc_conv.standards.model import CONTINUED
from cdisc_conv.xpt.encodings import ASCII, ENCODINGS, cut, measure

MOST_BYTES = 200
"""The longest value of a character variable in a transport file."""

SHORTENED = "IETEST"
"""The criterion, which has no place for later parts: it is shortened (SDTMIG 3.4, 6.3.4 and 7.4.1)."""


_LEFT_OUT = " ..."


def split_text(text: str, size: int = MOST_BYTES, codec: str = "utf-8") -> list[str]:
    """A text in parts of at most `size` bytes of an encoding, cut between words; the blanks at a cut are dropped.

    A word that is longer than `size` is cut between characters.

    >>> split_text("nausea after supper", 12), split_text("ÄÄÄ", 4)
    (['nausea after', 'supper'], ['ÄÄ', 'Ä'])
    >>> split_text("恶心呕吐", 4, "gb18030"), split_text("恶心呕吐", 4)
    (['恶心', '呕吐'], ['恶', '心', '呕', '吐'])
    """
    parts: list[str] = []
    rest = text.strip()
    while measure(rest, codec) > size:
        head = cut(rest, size, codec)
        at_end = rest[len(head)].isspace()
        blank = max((place for place, letter in enumerate(head) if letter.isspace()), default=0)
        end = max(1, len(head) if at_end or not blank else blank)  # a character that is longer than `size` stays whole
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest]


def _find_codec(rows: Rows) -> str:
    """The encoding of the transport files; for ASCII UTF-8, since what is written instead is not known yet."""
    codec = ENCODINGS.get(rows.setting("encoding") or "", ASCII)
    return "utf-8" if codec == ASCII else codec


class _Part(Derivation):
    """What `split` and `split_part` share: the text, cut into parts."""

    topic: ClassVar[str] = "Long text"
    shorthand: ClassVar[str] = "text"
    kind: ClassVar[Kind] = Kind.TEXT
    origin: ClassVar[OriginType] = OriginType.COLLECTED

    text: Ref = Field(description="the column with the text")
    size: int = Field(MOST_BYTES, ge=1, le=MOST_BYTES, description="bytes of a part, at most")

    def _take(self, rows: Rows, number: int) -> pd.Series:
        """Part `number` (from 0) of each text; texts that fit are one part."""
        found, codec = find_texts(rows[self.text]), _find_codec(rows)
        long = self._find_long(found.values, codec)
        if not long.any():
            return found.spread(found.values if number == 0 else text_column([""] * len(found.values)))
        texts = found.values.tolist()
        made = [
            _part(texts[place], self.size, number, codec) if is_long else (texts[place] if number == 0 else "")
            for place, is_long in enumerate(long)
        ]
        return found.spread(text_column(made))

    def _find_long(self, texts: pd.Series, codec: str) -> np.ndarray:
        values = to_arrow(texts)
        if codec == "utf-8":
            long = pc.greater(pc.binary_length(values), pa.scalar(self.size))
            return np.asarray(long.to_numpy(zero_copy_only=False))
        return np.array([measure(text, codec) > self.size for text in values.to_pylist()], dtype=bool)


@register
class Split(_Part):
    """The first part of a text that may be longer than 200 bytes; the rest goes to supplemental qualifiers.

    The text is cut between words, by bytes of the encoding (UTF-8 where that is ASCII) and never inside a character; a
    word over 200 bytes is cut. The blanks at a cut are dropped, so that the parts joined with a blank are the text. The
    qualifiers are called like the variable (its first seven characters) with the digits 1, 2 ...; qualifiers that
    nobody needs are not written. A text that does not fit into all parts is an error finding (SPLIT001).

    The later parts of COVAL in CO and of TSVAL in TS are variables beside them, COVAL1 and TSVAL1 and so on. IETEST in
    IE and TI is shortened: it ends in "..." where it was cut, and its text in full is the decode of IETESTCD in
    define.xml.

    | AETERM on the form | AETERM | AETERM1 |
    |---|---|---|
    | up to 200 bytes | the whole text | missing |
    | 260 bytes | the first words, at most 200 bytes | the other words |

    ```yaml
    AETERM: {split: AETERM}
    ```

    Source: SDTMIG 3.4 section 4.5.3 (text strings that exceed the maximum length).
    """

    name: ClassVar[str] = "split"

    parts: int = Field(5, ge=2, le=10, description="how many parts there may be, the variable itself included")
    label: str = Field("", description="label of the qualifiers, to which their number is added")

    def derive(self, rows: Rows) -> pd.Series:
        if rows.variable == SHORTENED:
            return self._shorten(rows)
        self._report_too_long(rows)
        return self._take(rows, 0)

    def _shorten(self, rows: Rows) -> pd.Series:
        """The first words of texts that are too long, with a mark of what is left out."""
        found, codec = find_texts(rows[self.text]), _find_codec(rows)
        long = self._find_long(found.values, codec)
        texts = found.values.tolist()
        mark = len(_LEFT_OUT)
        return found.spread(
            text_column(
                f"{split_text(text, self.size - mark, codec)[0]}{_LEFT_OUT}" if is_long else text
                for text, is_long in zip(texts, long, strict=True)
            )
        )

    def _report_too_long(self, rows: Rows) -> None:
        found, codec = find_texts(rows[self.text]), _find_codec(rows)
        long = self._find_long(found.values, codec)
        bad = np.zeros(len(long), dtype=bool)
        for place in np.flatnonzero(long):
            bad[place] = len(split_text(found.values.iloc[place], self.size, codec)) > self.parts

        def describe(text: str) -> tuple[str, str]:
            message = f"a text of {measure(text, codec):,} bytes does not fit into {self.parts} parts; its end is lost"
            return message, "raise 'parts', at most 10, or have the text shortened at the source"

        report_values(
            rows, "SPLIT001", found.codes, found.values, bad, describe, severity=Severity.ERROR, field=self.text
        )

    def companions(self, variable: str) -> dict[str, Derivation]:
        if variable not in CONTINUED:
            return {}
        return {name: derivation for name, (_, derivation) in self._later_parts(variable).items()}

    def supplemental(self, variable: str) -> dict[str, tuple[str, Derivation]]:
        return {} if variable in (*CONTINUED, SHORTENED) else self._later_parts(variable)

    def _later_parts(self, variable: str) -> dict[str, tuple[str, Derivation]]:
        label = self.label or f"Continuation of {variable}"
        # For the variable itself its own name is the raw column; for a qualifier it would be the variable, already cut.
        text = Ref(f"raw.{variable}") if self.text == variable else self.text
        return {
            f"{variable[:7]}{number}": (f"{label} {number}", SplitPart(text=text, size=self.size, number=number))
            for number in range(1, self.parts)
        }

    def method(self, words: Words) -> str:
        long = f"The value of {words(self.text)}. A text of more than {self.size} bytes is"
        if words.variable == SHORTENED:
            code = f"{words.dataset}.{SHORTENED}CD"
            return f'{long} shortened between words and ends in "..."; the decode of {code} is the text in full.'
        rest = ", ".join(self._later_parts(words.variable))
        place = f"in {rest}" if words.variable in CONTINUED else f"in SUPP{words.dataset} ({rest})"
        return f"{long} cut between words: {words.variable} holds the first part; the rest is {place}."


@register
class SplitPart(_Part):
    """A later part of a long text, as `split` brings it along; it need not be written in a mapping.

    | text | number | result |
    |---|---|---|
    | 260 bytes | 1 | the words that did not fit into the variable |
    | 180 bytes | 1 | missing |

    ```yaml
    AETERM1: {split_part: {text: AETERM, number: 1}, label: Reported Term for the Adverse Event 1}
    ```

    Source: SDTMIG 3.4 section 4.5.3 (text strings that exceed the maximum length).
    """

    name: ClassVar[str] = "split_part"

    number: int = Field(ge=1, le=9, description="which part: 1 is the one after the variable's own")

    def derive(self, rows: Rows) -> pd.Series:
        return self._take(rows, self.number)

    def method(self, words: Words) -> str:
        return (
            f"Part {self.number + 1} of {words(self.text)}, cut between words into parts of at most {self.size} bytes."
        )


def _part(text: str, size: int, number: int, codec: str) -> str:
    parts = split_text(text, size, codec)
    return parts[number] if number < len(parts) else ""
