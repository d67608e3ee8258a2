"""Values taken as they are: from a column, or written in the mapping."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from pydantic import Field, field_validator

from cdisc_conv.columns.distinct import from_arrow, to_arrow
from cdisc_conv.columns.numbers import parse_numbers
from cdisc_conv.columns.texts import is_number, repeat_text, text_column, trim_text
from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import STATEMENT, Derivation, Ref, Rows, Words
from cdisc_conv.derivations.registry import register
from cdisc_conv.expr.partial import Known
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.standards import CodelistTerms

MULTIPLE = "MULTIPLE"
"""Stands for several values that are in supplemental qualifiers (SDTMIG 3.4, 4.2.8.3), whatever the codelist."""

_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
"""Numbers that need no parser."""
_CASES = {"upper": ("in capital letters", pc.utf8_upper), "lower": ("in small letters", pc.utf8_lower)}


@register
class Copy(Derivation):
    """The value of a column, without blanks at its ends.

    Blanks inside a text stay. Where the variable is numeric, the text is read as a number.

    | AETERM on the form | AETERM |
    |---|---|
    | `" Headache "` | `Headache` |
    | `"   "` | missing |

    ```yaml
    AETERM: {copy: AETERM}
    ```

    Source: SDTMIG 3.4 section 4.2.4 (text case); leading and trailing blanks carry no meaning in a transport file.
    """

    name: ClassVar[str] = "copy"
    topic: ClassVar[str] = "Values as they are"
    shorthand: ClassVar[str] = "source"
    origin: ClassVar[OriginType] = OriginType.COLLECTED

    source: Ref = Field(description="the column to copy")
    case: Literal["upper", "lower", "keep"] = Field("keep", description="turn the text into capital or small letters")

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return is_number(self.source)

    def derive(self, rows: Rows) -> pd.Series:
        values = trim_text(rows[self.source])
        if self.case == "keep" or is_number(values):
            return values
        return from_arrow(_CASES[self.case][1](to_arrow(values)))

    def specialise(self, known: Known) -> Derivation:
        value = known(self.source) if self.case == "keep" else None
        return self if value is None else Constant.model_validate({"value": value})

    def find_unread(self, rows: Rows) -> np.ndarray | None:
        return rows.unread(self.source)

    def method(self, words: Words) -> str:
        """Nothing to say of a plain copy of a field of the CRF; a variable copied from another one has this method."""
        source = words(self.source)
        plain = self.case == "keep" and (" of form " in source or source == STATEMENT)
        return "" if plain else self.sentence(words)

    def sentence(self, words: Words) -> str:
        case = "" if self.case == "keep" else f", {_CASES[self.case][0]}"
        return f"The value of {words(self.source)}{case}."


@register
class Constant(Derivation):
    """The same text or number in every record.

    A text outside the codelist of the variable is an error, found before any data are read; where the codelist is
    extensible it is a warning, unless `extend` says that the term is the sponsor's own.

    | record | AGEU |
    |---|---|
    | every | `YEARS` |

    ```yaml
    AGEU: {constant: YEARS}
    ```

    Source: SDTMIG 3.4 section 4.3 (controlled terminology).
    """

    name: ClassVar[str] = "constant"
    topic: ClassVar[str] = "Values as they are"
    shorthand: ClassVar[str] = "value"
    origin: ClassVar[OriginType] = OriginType.ASSIGNED

    value: str | int | float = Field(description='the text or number; "" leaves the variable blank')
    extend: bool = Field(False, description="the text is a sponsor's term that an extensible codelist does not have")

    @field_validator("value", mode="before")
    @classmethod
    def _refuse_truth(cls, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError(f"'{value}' is a truth value; put it in quotes if it is a text")
        return "" if value is None else value

    def makes_numbers(self, is_number: Callable[[str], bool]) -> bool:
        return not isinstance(self.value, str)

    def derive(self, rows: Rows) -> pd.Series:
        if isinstance(self.value, str):
            return repeat_text(self.value, len(rows))
        return pd.Series(np.full(len(rows), float(self.value)))

    def method(self, words: Words) -> str:
        return self.sentence(words) if self.value != "" else ""

    def sentence(self, words: Words) -> str:
        return f"Set to {self.value}." if self.value != "" else "Left blank."

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        if self.value == "":
            return []
        if numeric:
            return check_number(self.value, "the constant ")
        return check_term(str(self.value), codelist, self.extend)


def check_number(value: str | float, what: str = "") -> list[Problem]:
    """The problem (DRV001) of a value in the mapping that fills a numeric variable and is no number, if it is one."""
    if not isinstance(value, str) or not value or _PLAIN.fullmatch(value):
        return []
    unreadable = parse_numbers(text_column([value])).isna().all()
    return [Problem("DRV001", f"{what}'{value}' is not a number")] if unreadable else []


def check_term(value: str, codelist: CodelistTerms | None, extend: bool = False) -> list[Problem]:
    """The problem (DRV002) of a value in the mapping that the codelist does not have, if it is one."""
    if codelist is None or value == MULTIPLE or value in codelist.values or (extend and codelist.extensible):
        return []
    message = f"'{value}' is not in codelist {codelist.short_name} ({codelist.code})"
    if not codelist.extensible:
        return [Problem("DRV002", message, hint=codelist.suggest(value), value=value)]
    hint = codelist.suggest(value) or "list a term of your own under 'sponsor_terms' in study.yaml"
    return [Problem("DRV002", message, Severity.WARNING, hint=hint, value=value)]
