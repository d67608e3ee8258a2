"""Values taken over as they are: from a column, or written in the mapping."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Ref, Rows, Words
from cdisc_conv.derivations.distinct import TEXT, map_distinct
from cdisc_conv.derivations.registry import register
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.standards import CodelistTerms

_CASES = {"upper": str.upper, "lower": str.lower, "keep": str}
_CASE_WORDS = {"upper": "in capital letters", "lower": "in small letters"}


@register
class Copy(Derivation):
    """A column taken over, without the blanks around the text.

    Numbers stay numbers. Where the standard wants a number and the column is text, the engine reads the number, and
    text that is none is a finding.

    | AETERM (raw) | AETERM |
    |---|---|
    | `" Nausea "` | `Nausea` |

    ```yaml
    AETERM: {copy: {source: AETERM, case: upper}}
    ```
    """

    name = "copy"
    topic = "Taking over"
    shorthand = "source"
    origin = OriginType.COLLECTED

    source: Ref = Field(description="the column to take over")
    case: Literal["upper", "lower", "keep"] = Field("keep", description="letters as they are, or all capital or small")

    def derive(self, rows: Rows) -> pd.Series:
        series = rows[self.source]
        if series.dtype != TEXT:
            return series
        change = _CASES[self.case]
        return map_distinct(series, lambda values: pd.Series([change(value.strip()) for value in values], dtype=TEXT))

    def method(self, words: Words) -> str:
        if words(self.source).startswith("the field"):
            return f"As collected, {_CASE_WORDS[self.case]}." if self.case != "keep" else ""
        suffix = f", {_CASE_WORDS[self.case]}" if self.case != "keep" else ""
        return f"Set to {words(self.source)}{suffix}."


@register
class Constant(Derivation):
    """The same value in every record.

    A value that the variable's codelist does not have is found before any data is read.

    ```yaml
    AGEU: {constant: YEARS}
    ```
    """

    name = "constant"
    topic = "Taking over"
    shorthand = "value"
    origin = OriginType.ASSIGNED

    value: str | int | float = Field("", description="text or number")

    def derive(self, rows: Rows) -> pd.Series:
        if isinstance(self.value, str):
            return pd.Series([self.value], dtype=TEXT).take(np.zeros(len(rows), dtype=int)).reset_index(drop=True)
        return pd.Series(np.full(len(rows), float(self.value)))

    def method(self, words: Words) -> str:
        return ""

    def check(self, codelist: CodelistTerms | None, numeric: bool) -> list[Problem]:
        if numeric and isinstance(self.value, str) and self.value:
            return [Problem("DRV001", f"the variable is numeric, but '{self.value}' is text")]
        if codelist is None or self.value == "" or str(self.value) in codelist.values:
            return []
        message = f"'{self.value}' is not in codelist {codelist.short_name} ({codelist.code})"
        severity = Severity.WARNING if codelist.extensible else Severity.ERROR
        return [Problem("DRV002", message, severity, hint=codelist.suggest(str(self.value)))]


def _as_template(value: object) -> object:
    """A list of columns is joined with hyphens."""
    return "-".join(f"{{{name}}}" for name in value) if isinstance(value, list) else value


@register
class SubjectId(Derivation):
    """A subject identifier put together from columns, such as study, site and subject number.

    Column names stand in braces, all else is text. Blanks around the parts are taken off; a missing part is a finding,
    because subjects would be mixed up.

    | SITENUM | SUBJID | `"CDISC-{SITENUM}-{SUBJID}"` |
    |---|---|---|
    | 701 | 1015 | CDISC-701-1015 |

    ```yaml
    USUBJID: {subject_id: "HOPE2021-{SITENUM}-{SUBJID}"}
    ```

    Source of the rule: SDTMIG 3.4, section 4.1.2 (USUBJID is unique across all studies of an application).
    """

    name = "subject_id"
    topic = "Taking over"
    shorthand = "template"
    kind = Kind.TEXT

    template: Annotated[str, BeforeValidator(_as_template)] = Field(description="text with column names in braces")

    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(re.findall(r"\{([^{}]+)\}", self.template)))

    def derive(self, rows: Rows) -> pd.Series:
        pieces = re.split(r"\{([^{}]+)\}", self.template)
        result: pd.Series | str = ""
        for number, piece in enumerate(pieces):
            if number % 2 == 0:
                result = result + piece
                continue
            part = map_distinct(rows[piece], lambda values: values.str.strip())
            blank = (part == "").to_numpy(dtype=bool)
            if blank.any():
                message = f"{piece} is blank, so {rows.variable} cannot tell the subject"
                rows.report("SUBJ001", message, where=blank, severity=Severity.ERROR, field=piece)
            result = result + part
        return result if isinstance(result, pd.Series) else pd.Series([result] * len(rows), dtype=TEXT)

    def method(self, words: Words) -> str:
        pieces = re.split(r"\{([^{}]+)\}", self.template)
        named = [words(piece) if number % 2 else f'"{piece}"' for number, piece in enumerate(pieces) if piece]
        return f"Concatenation of {', '.join(named)}."
